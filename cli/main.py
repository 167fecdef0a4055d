"""The `greenroom` command: which commands there are, and what every failure looks like to the person who typed."""

import json
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import typer
from typer.exceptions import TyperException

from cli.screen import say
from core.errors import GreenroomError

#: Command → (module, its function or group, one line of help). A module is loaded when its command is typed, so a
#: question is not slowed down by what other commands need.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("cli.demo", "demo", "The whole journey offline, on generated creators."),
    "doctor": ("cli.doctor", "doctor", "What is configured, reachable and missing."),
    "pool": ("cli.pool", "app", "The pool of creator profiles."),
    "source": ("cli.longlist", "source", "Make a longlist for a campaign and queue the best for review."),
    "rank": ("cli.longlist", "rank", "Rank the pool for many briefs."),
    "longlist": ("cli.longlist", "app", "Longlists that were made."),
    "review": ("cli.review", "app", "Decide about the creators in the review queue."),
    "approvals": ("cli.approvals", "app", "Everything that waits for somebody's decision."),
    "outreach": ("cli.outreach", "app", "Mails to approved creators."),
    "inbox": ("cli.inbox", "app", "Answers of creators."),
    "suppress": ("cli.suppress", "app", "Who must never be written to again."),
    "deal": ("cli.deal", "app", "Offers, and what became of them."),
    "contracts": ("cli.contracts", "app", "Contracts from approved templates."),
    "audit": ("cli.audit", "app", "The log of what happened, and proof that it is whole."),
    "db": ("cli.database", "app", "The record's own upkeep."),
}


def command_line(words: Sequence[str]) -> typer.Typer:
    """The commands, of which only the one that was typed is loaded; the others are there to be listed."""
    app = typer.Typer(
        name="greenroom",
        help="Runs a creator programme: longlist, review, outreach, contracts.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    typed = next((word for word in words if not word.startswith("-")), "")
    for name, (module, attribute, summary) in COMMANDS.items():
        part = getattr(import_module(module), attribute) if name == typed else typer.Typer()
        if isinstance(part, typer.Typer):
            app.add_typer(part, name=name, help=summary, no_args_is_help=True)
        else:
            app.command(name, help=summary)(part)
    return app


def main() -> None:
    """Run the command; exit 0 done, 1 refused, 2 wrong usage, 3 an outside system failed and a retry is worth it."""
    try:
        sys.exit(command_line(sys.argv[1:])(standalone_mode=False) or 0)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except GreenroomError as error:
        _tell(error.message, error.next_step)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        _tell("Stopped. What was done is on record, nothing is half-done.", "The same command goes on from here.")
        sys.exit(130)
    except TyperException as error:
        if error.format_message():
            _tell(error.format_message(), "See: greenroom --help")
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        _tell(_disk_trouble(error), "Mend that and run the same command again.")
        sys.exit(3)
    except Exception as error:
        _tell(f"Something failed that should not: {type(error).__name__}: {error}.", f"Details: {_log(error)}")
        sys.exit(1)


def _tell(message: str, next_step: str) -> None:
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"error": message, "next_step": next_step}, ensure_ascii=False) + "\n")
    say(message, style="bold")
    if next_step:
        say(next_step)


def _disk_trouble(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{place}."


def _log(error: Exception) -> Path:
    from core.settings import Settings

    log = Settings().home / "greenroom.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv[1:2])}\n")
        traceback.print_exception(error, file=stream)
    return log


if __name__ == "__main__":
    main()
