"""The web door as a real server, with Slack's calls coming in."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from approvals.slack.app import FormErrors
from flows.wiring import Wiring
from tests.flows.serving.waiting import until
from web.app import create_app
from web.slack import slack_http

SECRET = "signing-secret"


def no_errors(_body: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


@contextmanager
def served(w: Wiring, form_errors: FormErrors = no_errors) -> Iterator[str]:
    """The address for Slack's calls at a real web server with the whole web door."""
    config = uvicorn.Config(create_app(w, slack_http(w, form_errors)), port=0, ws="none", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/slack/events"
    finally:
        server.should_exit = True
        thread.join(20)
