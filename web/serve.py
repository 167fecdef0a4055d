"""The web door as a process: `python -m web.serve --host 127.0.0.1 --port 8700`. Started by `greenroom serve`."""

import argparse

import uvicorn

from flows.wiring import Wiring, wire
from web.app import SlackHttp, create_app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8700)
    words = parser.parse_args()
    # Without the access log, which would hold ids of people. Which proxies are believed about addresses is the
    # program's matter (GREENROOM_TRUSTED_PROXIES): by itself uvicorn believes whoever calls from this machine.
    w = wire()
    uvicorn.run(create_app(w, _slack(w)), host=words.host, port=words.port, access_log=False, proxy_headers=False,
                server_header=False, timeout_graceful_shutdown=10)  # fmt: skip


def _slack(w: Wiring) -> SlackHttp | None:
    if w.settings.slack_signing_secret is None:
        return None  # without Slack, nothing of Slack's is loaded
    from flows.slack.forms import form_errors
    from web.slack import slack_http

    return slack_http(w, form_errors)


if __name__ == "__main__":
    main()
