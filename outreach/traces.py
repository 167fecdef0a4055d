"""Files in the home folder that hold a person: longlist files, previews, mails written as files, answers that came,
and lines of logs.

Owns finding and deleting them, and what logs are left with. The record is its own (`outreach.erasing`), contracts lie
in their archive.
"""

import re
from collections.abc import Collection, Iterator
from email import message_from_bytes
from pathlib import Path

from core.mailer import FileMailer

#: A mail's own words lie further down, and may be coded; who it is from or to stands here.
_HEAD = 65_536
#: An arrival from Slack that a broken disk left ends in "unreadable".
_PAGES = frozenset({".html", ".json", ".jsonl", ".csv", ".txt", ".tsv", ".md", ".unreadable"})


def mails_sent(outbox: Path, message_ids: Collection[str]) -> list[Path]:
    """What a dry run wrote of these mails."""
    mailer = FileMailer(outbox)
    return [path for path in map(mailer.path_of, filter(None, message_ids)) if path.exists()]


def mails_read(inbox: Path, *, mail_ids: Collection[str], addresses: Collection[str]) -> list[Path]:
    """Mails in the inbox folder, read or not, that are theirs: by Message-ID, or as an address in their head."""
    wanted = {one.strip().casefold() for one in (*mail_ids, *addresses) if one.strip()}
    return [path for path in sorted(inbox.rglob("*.eml")) if wanted and _is_of(path, wanted)] if inbox.is_dir() else []


def runs_with(runs: Path, run_ids: Collection[str]) -> list[Path]:
    """The files of the longlists that name them; they are made again without them by `greenroom source`."""
    return [path for run in sorted(run_ids) if (runs / run).is_dir() for path in sorted((runs / run).iterdir())]


def pages_with(home: Path, needles: re.Pattern[str], *, leave: Collection[Path]) -> list[Path]:
    """Pages and tables below the home folder that name them, such as previews; `leave` are folders with own rules."""
    return [path for path in _pages(home, leave) if needles.search(_text(path))]


def logs_with(home: Path, needles: re.Pattern[str]) -> list[Path]:
    """What programs wrote down while they worked, where it names them: the words of an error may."""
    return [path for path in sorted({*home.glob("*.log"), *home.glob("logs/*.log")}) if needles.search(_text(path))]


def strike_out(path: Path, needles: re.Pattern[str]) -> None:
    """Put crosses over them, letter by letter: a program that writes to the log meanwhile goes on at its end."""
    with path.open("r+b") as stream:
        at = 0
        for line in stream.readlines():
            told = line.decode("utf-8", "surrogateescape")
            left = needles.sub(_crosses, told).encode("utf-8", "surrogateescape")
            if left != line:
                stream.seek(at)
                stream.write(left)
            at += len(line)


def delete(paths: Collection[Path]) -> int:
    """Returns how many were there; done again it finds none."""
    gone = 0
    for path in paths:
        if path.exists():
            path.chmod(0o600)  # documents of the archive are read-only
            path.unlink()
            gone += 1
    return gone


def _pages(home: Path, leave: Collection[Path]) -> Iterator[Path]:
    if not home.is_dir():
        return
    for path in sorted(home.iterdir()):
        if path in leave or path.is_symlink():
            continue
        if path.is_dir():
            yield from _pages(path, leave)
        elif path.suffix in _PAGES:
            yield path


def _is_of(path: Path, wanted: Collection[str]) -> bool:
    with path.open("rb") as stream:
        head = message_from_bytes(stream.read(_HEAD))
    told = " ".join(str(value) for _, value in head.items()).casefold()
    return any(one in told for one in wanted)


def _crosses(found: re.Match[str]) -> str:
    return "x" * len(found[0].encode("utf-8", "surrogateescape"))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
