"""A worker that prints a line of its own before each answer, as a library might."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.worker import Answer, serve


def talking(files: Sequence[bytes], _: Mapping[str, Any]) -> Answer:
    print("loading …", flush=True)  # noqa: T201
    return [], files[0]


if __name__ == "__main__":
    serve(talking)
