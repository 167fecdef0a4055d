"""`greenroom db`: the record's own upkeep."""

import typer

from cli.screen import JsonFlag, answer
from core import schema
from core.database import open_engine
from core.settings import Settings

app = typer.Typer()


@app.callback()
def _group() -> None:
    """The record's own upkeep."""


@app.command("upgrade")
def upgrade(as_json: JsonFlag = False) -> None:
    """Make the record, or bring an older one up to this version; run twice it changes nothing."""
    engine = open_engine(Settings().database_address)
    was_current = schema.is_current(engine)
    schema.upgrade(engine)
    where = engine.url.render_as_string(hide_password=True)
    text = f"{where} was up to date." if was_current else f"{where} is now up to date."
    answer({"record": where, "changed": not was_current}, as_json=as_json, lines=[text])
