"""`greenroom demo`: the whole journey offline, on generated profiles, with scripted people."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.screen import JsonFlag, answer, say, table
from core.errors import Refused
from core.settings import Settings
from flows.embedded import use_own_prefect

#: In the demo's folder; only a folder that holds it is ever emptied.
MARKER = ".greenroom-demo"


def demo(
    profiles: Annotated[int, typer.Option(min=2_000, max=1_000_000, help="How many profiles to generate.")] = 20_000,
    as_json: JsonFlag = False,
) -> None:
    """The whole journey offline: generated creators, scripted people, real flows; says where everything lies."""
    home = Settings().home / "demo"
    _start_clean(home)
    use_own_prefect(home / "prefect")
    # Prefect reads its settings when first imported, so the flows come after them.
    from flows.demo import run_demo

    started = time.monotonic()

    def tell(text: str) -> None:
        say(f"{time.monotonic() - started:5.1f} s  {text}")

    say("Everything below is generated or scripted: no real creator, no real person, nothing is sent.", style="bold")
    done = run_demo(home, profiles=profiles, tell=tell)
    document = asdict(done) | {"seconds": round(time.monotonic() - started, 1)}
    (home / "summary.json").write_text(json.dumps(document, indent=2, default=str), encoding="utf-8")
    answer(
        document,
        as_json=as_json,
        lines=[
            Text(),
            table("How far they came", ["stage", "creators"], done.funnel, right=["creators"]),
            Text(),
            table("Where to look", ["what", "where"], done.places),
            Text(),
            Text("Go on with your own data:", style="bold"),
            *(f"  {command}" for command in done.next_commands),
        ],
    )


def _start_clean(home: Path) -> None:
    """Empty the demo's own folder; anything else in its place is left alone."""
    import shutil

    if home.exists() and any(home.iterdir()) and not (home / MARKER).exists():
        raise Refused(f"{home} exists and is not a demo's folder.", next_step="Move it away, or set GREENROOM_HOME.")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / MARKER).write_text("Made by greenroom demo, and emptied by it.\n", encoding="utf-8")
