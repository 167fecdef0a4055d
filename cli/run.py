"""Runs one command, and says what every failure looks like to the person who typed.

No failure shows a traceback: what is foreseen is a sentence with its next step, what is not goes to greenroom.log.
"""

import errno
import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cli.interruption import STOPPED, CtrlC
from cli.screen import hearing_logs, never_choke, print_out, say
from core.errors import GreenroomError

_REFUSED, _WRONG_USAGE, _TRY_AGAIN = 1, 2, 3
#: What the machine may be rid of by the next try; a missing file or a missing right it will not.
_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EBUSY}


def run(words: Sequence[str], commands: Mapping[str, tuple[str, str, str]], ctrl_c: CtrlC) -> int:
    """Run the command that the words spell; returns its exit code, whatever happened."""
    never_choke(sys.stdout, sys.stderr)
    with hearing_logs():
        return _run(words, commands, ctrl_c)


def _run(words: Sequence[str], commands: Mapping[str, tuple[str, str, str]], ctrl_c: CtrlC) -> int:
    try:
        code = command_line(words, commands)(args=list(words), prog_name="greenroom", standalone_mode=False) or 0
        # The framework takes Ctrl-C for an exit of its own.
        return _stopped(words) if ctrl_c.pressed and code == STOPPED else int(code)
    except KeyboardInterrupt:
        return _stopped(words)
    except SystemExit:
        return 0  # the framework's way of saying that nobody reads its help text to the end
    except Exception as error:
        if not ctrl_c.pressed:
            return _failed(error, words)
        if not isinstance(error, GreenroomError | TyperException):
            _log(error, words)  # what a library made of the key, or a bug: nobody can tell from here
        return _stopped(words)


def command_line(words: Sequence[str], commands: Mapping[str, tuple[str, str, str]]) -> typer.Typer:
    """The commands, of which only the one that was typed is loaded; the others are there to be listed."""
    app = typer.Typer(
        name="greenroom",
        help="Runs a creator programme: longlist, review, outreach, contracts.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        cls=_Told,
    )
    typed = next((word for word in words if not word.startswith("-")), "")
    for name, (module, attribute, summary) in commands.items():
        part = getattr(import_module(module), attribute) if name == typed else typer.Typer()
        if isinstance(part, typer.Typer):
            acts_alone = bool(part.info.invoke_without_command)
            app.add_typer(part, name=name, help=summary, no_args_is_help=not acts_alone, cls=_Told)
        else:
            app.command(name, help=summary)(part)
    return app


class _Told(TyperGroup):
    """Lists its commands with the first paragraph of their help; the framework would cut it to what one line holds."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        if command is not None and not command.short_help:
            first = (command.help or "").partition("\n\n")[0]
            command.short_help = " ".join(first.split())
        return command


def _failed(error: Exception, words: Sequence[str]) -> int:
    match error:
        case GreenroomError():
            return _tell(words, error.message, error.next_step, code=error.exit_code)
        case TyperException():
            return _misspelt(error, words)
        case OSError():
            code = _TRY_AGAIN if error.errno in _PASSING else _REFUSED
            return _tell(words, _disk_trouble(error), "Mend that and run the same command again.", code=code)
        case ValidationError() if error.title == "Settings":
            return _tell(words, *_wrong_settings(error), code=_REFUSED)
        case UnicodeEncodeError() if not all(map(_is_text, words)):
            return _tell(words, "The command holds bytes that are no text.", "Type the name again.", code=_WRONG_USAGE)
    said = f"Something failed that should not: {type(error).__name__}: {error}."
    return _tell(words, said, f"Details: {_log(error, words)}", code=_REFUSED)


def _stopped(words: Sequence[str]) -> int:
    said = "Stopped. What was done is on record, nothing is half-done."
    return _tell(words, said, "The same command goes on from here.", code=STOPPED)


def _misspelt(error: TyperException, words: Sequence[str]) -> int:
    message, command = error.format_message(), getattr(getattr(error, "ctx", None), "command_path", "greenroom")
    # Without any word the framework's message is the help itself.
    hint = "" if message.startswith("Usage:") else f"See: {command} --help"
    return _tell(words, message, hint, code=_WRONG_USAGE)


def _tell(words: Sequence[str], message: str, next_step: str, *, code: int) -> int:
    if "--json" in words:
        with suppress(OSError):  # the answer may be what could not be written
            print_out(json.dumps({"error": message, "next_step": next_step.strip()}) + "\n")
    say(message, style="bold")
    if next_step:
        say(next_step)
    return code


def _disk_trouble(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror or error}."


def _wrong_settings(error: ValidationError) -> tuple[str, str]:
    # Without the values: one of them may be a secret.
    wrong = [f"GREENROOM_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors()]
    return f"A setting cannot be used. {'; '.join(wrong)}.", "Mend it in the environment or in .env (see .env.example)."


def _is_text(word: str) -> bool:
    return word.isascii() or not any("\ud800" <= character <= "\udfff" for character in word)


def _log(error: Exception, words: Sequence[str]) -> str:
    """Write the traceback down; returns where. Without all the words typed: they may hold names and addresses."""
    report = f"{datetime.now(UTC).isoformat()} {' '.join(words[:1])}\n{''.join(traceback.format_exception(error))}"
    raw = report.encode(errors="backslashreplace")
    try:
        log = _home() / "greenroom.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stream:
            stream.write(raw)
    except OSError:
        return f"no file could be written ({traceback.format_tb(error.__traceback__)[-1].strip().splitlines()[0]})"
    return str(log)


def _home() -> Path:
    from core.settings import Settings

    try:
        return Settings().home
    except ValueError:  # the settings themselves may be what failed
        return Path(os.environ.get("GREENROOM_HOME") or "var")
