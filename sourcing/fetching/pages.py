"""A run on disk: every answer is a page, written whole before the next is asked for, and never asked for again.

    fetched/<run>/order.json     what was asked for
    fetched/<run>/pages/*.json   one answer each: its rows with our field names, and what is to be asked after it
    fetched/<run>/state.json     where the run stands without the pages that the pool has already
    fetched/<run>/import/*.jsonl rows on their way into the pool, one file for each set of fields
What is still to be asked follows from order and pages alone, so a process may be killed at any moment. Rows leave the
disk once the pool has them: a copy would outlive an erasure, and YouTube's thirty days.
"""

import fcntl
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.errors import BadInput, Refused
from core.files import write_atomically
from sourcing.fetching.asking import Ask, Heard, Order, Row, Wanted

_FORMAT = 1


class Torn(Exception):
    """A page in the middle is gone, of somebody who asked to be forgotten say: what comes after cannot be read."""


class Run:
    """Opened with `begin_run` or `open_run`. `queue` is what is still to be asked, in order."""

    def __init__(self, folder: Path, order: Order) -> None:
        self.folder, self.order = folder, order
        self.queue: list[Ask] = []
        self.rows: list[Row] = []
        self.pages = 0
        self.profiles = 0
        self.left_out: Counter[str] = Counter()
        self.missing: dict[str, None] = {}
        #: What answers called themselves (ETag), by the digest of the request: good once the pool has all they said.
        self.tags: dict[str, str] = {}

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def room(self) -> int:
        """How many profiles are still wanted, beyond those that what is to be asked will bring."""
        return self.order.limit - self.profiles - sum(ask.yields for ask in self.queue)

    def add(self, heard: Heard, *, tag: str = "") -> None:
        """Keep the answer to the first of the queue, on disk before anything else happens."""
        page = {
            "rows": list(heard.rows), "then": [ask.as_document() for ask in heard.then],
            "more": [ask.as_document() for ask in heard.more], "left_out": dict(heard.left_out),
            "missing": list(heard.missing), "tags": {self.queue[0].digest: tag} if tag else {},
        }  # fmt: skip
        _write(self.folder / "pages" / f"{self.pages + 1:06d}.json", page)
        self._count(page)

    def import_files(self) -> list[Path]:
        """The rows that the pool does not have yet. Rows with other fields go into a file of their own: to the import a
        field that a file lacks is unknown, and one that is empty is known to be empty."""
        shapes: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows:
            shapes.setdefault(tuple(sorted(row)), []).append(row)
        files = []
        for number, shape in enumerate(sorted(shapes), start=1):
            rows = shapes[shape]
            # The pool keeps the name of the file beside what it says.
            file = self.folder / "import" / f"{rows[0]['source']} {number}.jsonl"
            write_atomically(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
            files.append(file)
        return files

    def imported(self) -> None:
        """The pool has all rows: they leave the disk, and what is still to be asked stays."""
        state = {
            "through": self.pages, "queue": [ask.as_document() for ask in self.queue], "profiles": self.profiles,
            "left_out": dict(self.left_out), "missing": list(self.missing), "tags": self.tags,
        }  # fmt: skip
        _write(self.folder / "state.json", state)
        shutil.rmtree(self.folder / "import", ignore_errors=True)
        for page in self._page_files():
            page.unlink(missing_ok=True)  # an erasure may have been here
        self.rows = []

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def resume(self, begin: Iterable[Ask]) -> None:
        """Where the run stands, from what is on disk."""
        self.queue = list(begin)
        state = self.folder / "state.json"
        through = 0
        if state.exists():
            kept = _read(state)
            through, self.queue = int(kept["through"]), [Ask.of(one) for one in kept["queue"]]
            self.pages, self.profiles = through, int(kept["profiles"])
            self.left_out, self.missing = Counter(kept["left_out"]), dict.fromkeys(kept["missing"])
            self.tags = dict(kept["tags"])
            self._leave_what_is_too_much()
        for file in self._page_files():
            # Pages up to there were left by a process that was killed while it tidied up.
            if int(file.stem) > through:
                if int(file.stem) != self.pages + 1:
                    raise Torn(self.folder)
                self._count(_read(file))

    def _count(self, page: dict[str, Any]) -> None:
        then, more = ([Ask.of(one) for one in page[name]] for name in ("then", "more"))
        self.queue = [*then, *self.queue[1:], *more]
        self.rows += page["rows"]
        self.pages += 1
        self.profiles += len(page["rows"])
        self.left_out.update(page["left_out"])
        for told in page["missing"]:
            # Once for each field, whatever other answers propose as its new name.
            if not any(_field_of(one) == _field_of(told) for one in self.missing):
                self.missing[told] = None
        self.tags |= page["tags"]
        self._leave_what_is_too_much()

    def _leave_what_is_too_much(self) -> None:
        """A further page of a search is not asked for where enough profiles are there or on their way."""
        while self.queue and self.room <= 0 and not self.queue[0].yields:
            del self.queue[0]

    def _page_files(self) -> list[Path]:
        return sorted((self.folder / "pages").glob("[0-9]*.json"))


def begin_run(folder: Path, order: Order, begin: Iterable[Ask]) -> Run:
    asks = list(begin)
    shutil.rmtree(folder, ignore_errors=True)
    document = {"format": _FORMAT, "order": asdict(order), "begin": [ask.as_document() for ask in asks]}
    _write(folder / "order.json", document)
    run = Run(folder, order)
    run.resume(asks)
    return run


def open_run(folder: Path) -> Run | None:
    """The run as it stands; None where its folder is gone, was never finished being made, or lacks a page."""
    if not (folder / "order.json").exists():
        return None
    document = _read(folder / "order.json")
    if document.get("format") != _FORMAT:
        return None
    told = document["order"]
    order = Order(**{**told, "accounts": tuple(Wanted(**one) for one in told["accounts"])})
    run = Run(folder, order)
    try:
        run.resume(Ask.of(one) for one in document["begin"])
    except Torn:
        return None
    return run


def drop_runs_naming(folder: Path, needles: re.Pattern[str]) -> int:
    """Remove the runs that hold what the pattern finds, of somebody who asked to be forgotten; returns how many. They
    are fetched anew when they are next asked for."""
    found = set()
    # A fetch that is under way renames and removes files meanwhile; neither is an error of the erasure.
    for where, _folders, names in os.walk(folder):
        for file in (Path(where, name) for name in names if ".json" in name):
            with suppress(FileNotFoundError):
                if needles.search(file.read_text(encoding="utf-8", errors="replace")):
                    found.add(file.relative_to(folder).parts[0])
    for name in found:
        shutil.rmtree(folder / name, ignore_errors=True)
    return len(found)


@contextmanager
def alone_with(folder: Path) -> Iterator[None]:
    """One process at a time goes on with a run. Raises Refused where another does."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    path = folder.parent / f".{folder.name}.lock"
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(lock.fileno()).st_ino != path.stat().st_ino:
                raise BlockingIOError  # whoever had it before took it away; somebody else may have the new one
        except OSError:
            raise Refused("The same is being fetched by another process right now.",
                          next_step="Wait for it, or ask for something else.") from None  # fmt: skip
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _field_of(told: str) -> str:
    return told.partition(" (")[0]


def _write(file: Path, document: dict[str, Any]) -> None:
    write_atomically(file, json.dumps(document, ensure_ascii=False))


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        raise BadInput(f"{file} is damaged.", next_step=f"Remove {file.parent} and fetch anew.") from None
