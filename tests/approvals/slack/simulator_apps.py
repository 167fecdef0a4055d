"""Real apps of Bolt's before the simulated Slack: over HTTP, and in Socket Mode.

Owns starting them and letting them go quickly. Knows nothing of what they do.
"""

import gc
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from approvals.slack.app import FormErrors, Receive, answer_http, make_app
from tests.approvals.slack.simulator import Simulator


def no_errors(_: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


def app_of(simulator: Simulator, receive: Receive, form_errors: FormErrors = no_errors) -> App:
    """The app as Greenroom makes it, calling the simulated Slack."""
    client = WebClient(token="xoxb-app", base_url=simulator.address, retry_handlers=[])
    return make_app(signing_secret=simulator.secret, client=client, receive=receive, form_errors=form_errors)


def bare_app(simulator: Simulator) -> App:
    """An app of Bolt's that hears nothing yet."""
    client = WebClient(token="xoxb-app", base_url=simulator.address, retry_handlers=[])
    return App(
        signing_secret=simulator.secret,
        client=client,
        token_verification_enabled=False,
        authorize=lambda enterprise_id, team_id: AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token
        ),
    )


@contextmanager
def over_http(simulator: Simulator, app: App) -> Iterator[str]:
    """The app listens, and the simulated Slack knows where."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = answer_http(app, body, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body.encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Slack does not wait for slow answers, which are then written to nobody."""

    server = Quiet(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    simulator.doors.request_url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        yield simulator.doors.request_url
    finally:
        simulator.doors.request_url = ""
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def over_socket(simulator: Simulator, app: App, *, token: str = "xapp-1") -> Iterator[SocketModeClient]:
    """The app is connected in Socket Mode."""
    handler = SocketModeHandler(app, token, ping_interval=0.05)
    try:
        handler.connect()  # type: ignore[no-untyped-call]
        simulator.sockets.wait()
        yield handler.client
    finally:
        let_go(handler.client)


def let_go(client: SocketModeClient) -> None:
    """Close a client of Socket Mode without the second that it waits for its last message."""
    client.closed = True
    client.enqueue_message("{}")
    client.close()
    client.disconnect()  # of a line that it opened anew meanwhile
    # A line that could not be opened it leaves to the collector: here, where that is known, and not in a later test.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
