"""The bar of a long piece of work on the pool: what is being done, how much of it, how much a second."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sourcing.progress import Progress, Step


def shown(step: Callable[..., None]) -> "Progress":
    """Puts a step of an import on a bar."""
    began: dict[str, float] = {}

    def show(at: "Step") -> None:
        seconds = time.monotonic() - began.setdefault(at.label, time.monotonic())
        done, unit = (at.size / 2**20, "MB") if at.size else (float(at.rows), "profiles")
        rate = f", {done / seconds:,.0f}/s" if done and seconds >= 1 else ""
        step(at.share, 1.0, f"{at.label}: {done:,.0f} {unit}{rate}" if done else at.label)

    return show
