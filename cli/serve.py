"""`greenroom serve`: everything that has to run, as one tree of processes; how it is; and keys to the web door."""

from datetime import timedelta
from typing import Annotated

import typer

from cli.screen import JsonFlag, answer, say, table
from core.clock import SystemClock
from core.settings import Settings
from flows.serving.children import children_of
from flows.serving.status import status_of
from flows.serving.supervisor import Supervisor
from flows.serving.tokens import issue
from flows.wiring import wired

app = typer.Typer(invoke_without_command=True)


@app.callback()
def serve(
    context: typer.Context,
    no_prefect: Annotated[
        bool, typer.Option("--no-prefect", help="Without schedules; due jobs are still done.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address of the web door (else GREENROOM_WEB_HOST).")] = "",
    port: Annotated[int, typer.Option(help="Its port (else GREENROOM_WEB_PORT).", min=0, max=65535)] = 0,
) -> None:
    """Everything at once: the web door, the worker, the schedules. Ctrl-C stops it all."""
    if context.invoked_subcommand is not None:
        return
    w = wired()
    w.check()
    host, port = host or w.settings.web_host, port or w.settings.web_port
    children = children_of(w.settings, host=host, port=port, prefect=not no_prefect)
    Supervisor(w.settings.home, children, say=say).run(f"The web door: http://{host}:{port}. Ctrl-C stops everything.")


@app.command("status")
def status(as_json: JsonFlag = False) -> None:
    """What runs, since when, and how often it had to be started again."""
    found = status_of(Settings().home, now=SystemClock().now())
    columns = ["what", "pid", "seconds", "restarts", "last exit"]
    rows = [
        tuple(
            "" if child[key] is None else str(child[key]) for key in ("name", "pid", "seconds", "restarts", "last_exit")
        )
        for child in found.children
    ]
    lines = [table("Greenroom is served", columns, rows)] if found.running else [
        "Nothing is served from this home.", "Start it with: greenroom serve",
    ]  # fmt: skip
    answer({"running": found.running, **found.document}, as_json=as_json, lines=lines)
    if not found.running:
        raise typer.Exit(1)


@app.command("token")
def token(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Their id in the people file.")],
    days: Annotated[int, typer.Option(help="How long it is good, at most 90.")] = 30,
    as_json: JsonFlag = False,
) -> None:
    """A personal key to the web door: whoever has it decides as that person."""
    w = wired()
    person_id = w.people.named(person).id
    key = issue(w.pepper, person_id, now=w.clock.now(), valid=timedelta(days=days))
    answer({"person": person_id, "token": key, "days": days}, as_json=as_json, lines=[key])
