"""`greenroom pool import`: the preset or the guess that reads a file, asked of a person where nobody knows."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from cli.bars import shown
from cli.customers import import_customers
from cli.screen import JsonFlag, Line, answer, counted, progress, say
from cli.terminal import TerminalKeyboard, terminal_is_there
from core.errors import Refused, WrongUsage
from core.platforms import platform_name
from flows.steps import importing
from flows.wiring import wired
from sourcing.handles import check_platform

if TYPE_CHECKING:
    from sourcing.dates import Order
    from sourcing.importers import FileReport, ImportReport
    from sourcing.presets.guessing import Guessed
    from sourcing.presets.looking import Look
    from sourcing.presets.preset import Preset

_MOST_SAID, _MOST_UNUSED = 8, 20


@dataclass(frozen=True)
class _Flags:
    """What was said of all files of one command."""

    platform: str
    dates: "Order | None"
    sheet: str | None

    def command(self, file: Path) -> str:
        """The same command again, to copy."""
        told = {"platform": self.platform, "dates": self.dates, "sheet": self.sheet}
        flags = [f" --{name} {quote(value)}" for name, value in told.items() if value]
        return f"greenroom pool import {quote(str(file))}{''.join(flags)}"


@dataclass
class _Readings:
    """Which preset reads which file, by what name; `new` were confirmed just now and are to be kept, `like` have the
    header of one of those; `unusable` is what was said of presets that are wrong."""

    presets: "dict[Path, Preset]" = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    new: list[Path] = field(default_factory=list)
    like: dict[Path, Path] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    unusable: set[str] = field(default_factory=set)


def import_files(
    files: Annotated[list[Path], typer.Argument(help="Tables, JSON or Parquet, plain or gzipped.")],
    platform: Annotated[str | None, typer.Option(help="Where the accounts are, if no column says so.")] = None,
    preset: Annotated[str, typer.Option(help="How the files are read: greenroom pool presets list.")] = "",
    dates: Annotated[
        str, typer.Option(metavar="dmy|mdy", help="Whether 03/04 is in April (dmy) or in March (mdy).")
    ] = "",
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a workbook is read, if not the first.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the columns for what they are guessed to be.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make the profiles of files part of the pool. Bad rows go to a rejects file, the rest goes in.

    A file is read by the preset that is named, or by one that knows its header, or as its columns say. Where that
    leaves doubts they are shown as a table to confirm or change; the next file with that header is not asked about.
    """
    from sourcing.presets import store

    check_platform(platform)
    w = wired()
    readings = _Readings()
    flags = _Flags(platform or "", _order(dates), sheet)
    if preset:
        found = store.load(w.settings.home, preset)
        if found.preset.kind == "customers":
            import_customers(w, files, found, sheet=sheet, as_json=as_json)
            return
        readings.presets = dict.fromkeys(files, found.preset)
        readings.names = dict.fromkeys(map(str, files), found.name)
    else:
        ask = _asking(flags, yes=yes, as_json=as_json)
        for file in files:
            _settle(file, w.settings.home, flags, readings, ask)
    with progress("Importing") as step:
        done = importing.import_files(
            w, files, platform=platform, presets=readings.presets, dates=flags.dates, sheet=sheet,
            on_progress=shown(step),
        )  # fmt: skip
    kept = [_kept(w.settings.home, file, readings) for file in readings.new]
    readings.names |= {str(file): readings.names[str(one)] for file, one in readings.like.items()}
    document = asdict(done) | {"rejects": [asdict(reject) for reject in done.rejects[:100]]}
    document["presets"] = readings.names
    answer(document, as_json=as_json, lines=[*readings.lines, *_told(done), *kept])


def _order(said: str) -> "Order | None":
    word = said.strip().casefold()
    if word in ("dmy", "mdy"):
        return "dmy" if word == "dmy" else "mdy"
    if not word:
        return None
    raise WrongUsage(
        f"--dates {said!r} does not say whether the day or the month comes first.",
        next_step="Write --dates dmy where 03/04 is the 3rd of April, --dates mdy where it is the 4th of March.",
    )


def _settle(
    file: Path, home: Path, flags: _Flags, readings: _Readings, ask: "Callable[[Look], tuple[Guessed, list[Line]]]"
) -> None:
    """Find out how a file is read. Raises Refused where a person would have to look and nobody can be asked."""
    from sourcing.presets.looking import look, preset_of, with_days

    looked = look(file, home, platform=flags.platform, sheet=flags.sheet)
    for wrong in sorted(set(looked.unusable) - readings.unusable):
        say(f"{wrong}\nThe import goes on without it.")
    readings.unusable.update(looked.unusable)
    if flags.dates and not looked.recognised:
        looked = with_days(looked, flags.dates)
    known = looked.recognised
    if known is not None:
        _insist_on_platform(looked, known.preset, f"the preset {known.name} reads", flags)
        readings.presets[file], readings.names[str(file)] = known.preset, known.name
        on = flags.platform or known.preset.platform
        told = f" Its accounts are on {platform_name(on)}." if on else ""
        readings.lines.append(f"{file.name} is read by the preset {known.name}: {known.preset.title}.{told}")
    elif like := next((one for one in readings.new if readings.presets[one].recognised_by == looked.header), None):
        _insist_on_platform(looked, readings.presets[like], f"{like.name} has too, with", flags)
        readings.presets[file], readings.like[file] = readings.presets[like], like
        readings.lines.append(f"{file.name} is read as {like.name} is.")
    elif looked.posts:
        raise _posts(looked)
    elif not looked.plain:
        guessed, lines = ask(looked)
        readings.presets[file] = preset_of(guessed, looked, title=f"Like {file.name}"[:120])
        readings.new.append(file)
        readings.lines += lines


def _insist_on_platform(looked: "Look", preset: "Preset", whose: str, flags: _Flags) -> None:
    """Raise Refused where a file's name says another platform than what was said of a file with this header."""
    from sourcing.presets.wording import platform_named

    named = platform_named(looked.file.name)
    if preset.platform and named and named != preset.platform and not flags.platform:
        raise Refused(
            f"{looked.file.name} has the header that {whose} accounts on {platform_name(preset.platform)}, but its "
            f"name says {platform_name(named)}.",
            next_step=f"Say which: {flags.command(looked.file)} --platform {named}",
        )


def _asking(flags: _Flags, *, yes: bool, as_json: bool) -> "Callable[[Look], tuple[Guessed, list[Line]]]":
    from cli.import_table import answered, confirm
    from sourcing.readers import FIELDS

    def ask(looked: "Look") -> "tuple[Guessed, list[Line]]":
        guessed, name = looked.guessed, f"{looked.file.name} ({looked.said})"
        if not yes and not as_json and terminal_is_there():
            keyboard = TerminalKeyboard()
            taken = confirm(name, guessed, keyboard, fields=FIELDS, size=keyboard.size)
            keyboard.clear()
            if taken is None:
                raise Refused("You stopped, and nothing went in.", next_step=flags.command(looked.file))
            return taken, []
        if guessed.missing or not (yes or guessed.sure):
            raise _nobody_to_ask(looked, flags)
        return guessed, [answered(name, guessed)]

    return ask


def _posts(looked: "Look") -> Refused:
    columns = ", ".join(repr(one.column) for one in looked.guessed.columns[:_MOST_SAID])
    return Refused(
        f"{looked.file.name} holds posts, a row each, and says nothing of the accounts but their names: read as "
        f"profiles they would be empty. Columns found: {columns}.",
        next_step="Import the list of the accounts. Their posts can stand in it, a JSON list in each row: texts in a "
        "column captions, days in a column posted (docs/sources.md, Posts).\n"
        "If these are accounts all the same, say so in a preset: greenroom pool import FILE --preset NAME",
    )


def _nobody_to_ask(looked: "Look", flags: _Flags) -> Refused:
    """Says what the columns would be taken for, and the exact command that takes them so."""
    from cli.import_table import taken_as

    guessed, command = looked.guessed, flags.command(looked.file)
    if "handle" in guessed.missing:
        columns = ", ".join(repr(one.column) for one in guessed.columns[:_MOST_SAID])
        return Refused(
            f"{looked.file.name} ({looked.said}): no column says whose account a row is of (handle, username, profile "
            f"address). Columns found: {columns}.",
            next_step=_way_to_accounts(looked, command),
        )
    used = [f"{one.column!r} as {taken_as(one)} ({one.sure})" for one in guessed.columns if one.field]
    used += [f"{one.column!r} not at all ({one.why})" for one in guessed.unfit]
    told = "; ".join(used[:_MOST_SAID])
    if "platform" in guessed.missing:
        return Refused(
            f"{looked.file.name}: nothing says on which platform these accounts are. It would be read so: {told}.",
            next_step=f"{command} --platform instagram --yes",
        )
    return Refused(
        f"{looked.file.name} has columns that a person has to look at first. It would be read so: {told}.",
        next_step=f"Take it so: {command} --yes\nChange it at a terminal: {command}",
    )


def _way_to_accounts(looked: "Look", command: str) -> str:
    if looked.said.startswith("json"):
        return "Say in a preset where in it they lie (rows): greenroom pool presets copy modash-search ours"
    sheets = f"\nRead another sheet: {command} --sheet NAME" if "; not " in looked.said else ""
    return f"Say which at a terminal: {command}{sheets}"


def _kept(home: Path, file: Path, readings: _Readings) -> str:
    from sourcing.presets import store
    from sourcing.presets.writing import as_toml

    comment = f"Made when {file.name} was imported. Change what is wrong; what is not named is not read."
    path = store.save(home, store.name_for(file), as_toml(readings.presets[file], comment=comment))
    readings.names[str(file)] = path.stem
    return f"Kept as the preset {path.stem}: the next file with this header is read without a question ({path})."


def _told(done: "ImportReport") -> Iterator[Line]:
    for file in done.files:
        yield from _of_file(file)
    merged = done.merged
    counts = [(merged.new, "new"), (merged.updated, "updated"), (merged.unchanged, "unchanged"),
              (merged.older, "older than what is known"), (merged.duplicates, "twice in the files")]  # fmt: skip
    if said := ", ".join(f"{count:,} {what}" for count, what in counts if count):
        yield f"{said}."
    if merged.erased:
        yield (f"{counted(merged.erased, 'row is', 'rows are')} of people who asked to be forgotten (person erase): "
               "left out.")  # fmt: skip
    if done.rejected:
        usable = counted(done.rejected, "row was not usable", "rows were not usable")
        first = next((one for one in done.rejects if not one.reason.endswith("row kept")), None)
        such_as = f" ({first.place}: {f'{first.column} {first.reason}'.strip()})" if first else ""
        yield f"{usable}{such_as}; why, line by line: {done.rejects_file}"
    yield from done.notes
    yield f"{'Now' if done.changed else 'As before'} {counted(done.profiles, 'profile')} in the pool ({done.version})."
    yield "Next: greenroom source CAMPAIGN.toml"


def _of_file(file: "FileReport") -> Iterator[str]:
    """What was made of its columns: a guess, for a person to see."""
    yield f"{file.file}: {counted(file.read, 'row')} read as {file.format}"
    told = (f"{_field(ours)} from {theirs}" for ours, theirs in file.columns.items())
    yield f"  columns: {', '.join(told)}"
    if not any(ours.partition("@")[0] == "followers" for ours in file.columns):
        yield "  no column says how many followers: campaigns leave out whose number nobody knows"
    if file.ignored:
        more = len(file.ignored) - _MOST_UNUSED
        others = f" and {more:,} more" if more > 0 else ""
        yield f"  not used: {', '.join(file.ignored[:_MOST_UNUSED])}{others}"
    if file.never_read:
        yield f"  never read, as they tell what the law protects: {', '.join(file.never_read)}"
    yield from (f"  {note}" for note in file.notes)


def _field(ours: str) -> str:
    """As people say it: the followers of one of several accounts are its platform's."""
    name, _, platform = ours.partition("@")
    return f"{name} on {platform_name(platform)}" if platform else name
