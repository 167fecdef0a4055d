"""The terminal as a keyboard and a page that is drawn anew. Screens go to stderr: stdout is for the answer alone."""

import sys

import typer
from rich.console import Console, RenderableType

from cli.review_screen import WIDEST


def terminal_is_there() -> bool:
    """Whether somebody can press a key and see what it did."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class TerminalKeyboard:
    """Whoever sits at this process's terminal."""

    def __init__(self) -> None:
        found = Console(stderr=True)
        self._console = Console(stderr=True, highlight=False, width=min(found.width, WIDEST))

    @property
    def size(self) -> tuple[int, int]:
        """Signs in a line, and lines."""
        return self._console.width, self._console.height

    def key(self) -> str:
        return str(typer.getchar())

    def line(self, prompt: str) -> str:
        return self._console.input(f"  {prompt} ", markup=False)

    def draw(self, what: RenderableType) -> None:
        self._console.clear()
        self._console.print(what)

    def clear(self) -> None:
        self._console.clear()
