"""Somebody who calls the web door, in this process: one event loop of its own, as uvicorn has one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI


class Caller:
    def __init__(self, app: FastAPI, portal: BlockingPortal, address: str) -> None:
        self._portal = portal
        # What fails inside comes back as the answer a real caller would get.
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 40_000))

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.call("POST", path, **more)

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer: httpx.Response = self._portal.call(self._send, method, path, more)
        return answer

    async def _send(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url="http://greenroom") as client:
            return await client.request(method, path, **more)


@contextmanager
def calling(app: FastAPI, *, address: str = "127.0.0.1") -> Iterator[Caller]:
    with start_blocking_portal() as portal:
        yield Caller(app, portal, address)
