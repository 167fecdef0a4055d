"""The web door as a process: `python -m web.serve --host 127.0.0.1 --port 8700`. Started by `greenroom serve`."""

import argparse

import uvicorn

from flows.wiring import wire
from web.app import create_app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8700)
    words = parser.parse_args()
    # Without the access log, which would hold ids of people; proxies in front are not believed about addresses.
    uvicorn.run(create_app(wire()), host=words.host, port=words.port, access_log=False, proxy_headers=False,
                server_header=False, timeout_graceful_shutdown=10)  # fmt: skip


if __name__ == "__main__":
    main()
