"""Around every call: a limit on what is sent, and headers that keep browsers from misusing what comes back."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.answers import said

BODY_LIMIT = 2**20
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Shell:
    """Reads the whole body before the program does, so that one too long never reaches it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", []))
                said = {bytes(name).lower() for name, _ in own}
                # A page may say more exactly what it needs; nothing else does.
                message["headers"] = [*own, *(header for header in HEADERS if header[0] not in said)]
            await send(message)

        try:
            body = await _body(receive)
        except _HungUpError:
            return  # half of what somebody wrote is not what they meant, and nobody waits for an answer
        if body is None:
            await said(413, "That is more than 1 MB.", "Send less.")(scope, receive, with_headers)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, with_headers)


class _HungUpError(Exception):
    """Whoever called hung up before all of it was here."""


async def _body(receive: Receive) -> bytes | None:
    """All that was sent; None where it is too much. Raises _HungUpError where the rest of it never came."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUpError
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            return None
        if not message.get("more_body", False):
            return bytes(body)
