"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m bench.sink`.

Prints its port. It speaks as much SMTP as smtplib asks for.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.spawn import PROJECT


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink ESMTP\r\n")
    while line := await reader.readline():
        command = line[:4].upper()
        if command == b"DATA":
            writer.write(b"354 go on\r\n")
            await writer.drain()
            await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
        await writer.drain()
    writer.close()


async def serve() -> None:
    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - how the caller hears of it
    await server.serve_forever()


@contextmanager
def sink() -> Iterator[int]:
    """The port of a sink that lives as long as the block."""
    with subprocess.Popen([sys.executable, "-m", "bench.sink"], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        try:
            yield int(it.stdout.readline())
        finally:
            it.terminate()


if __name__ == "__main__":
    asyncio.run(serve())
