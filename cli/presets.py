"""`greenroom pool presets`: how files of vendors are read, to see, copy and change."""

from pathlib import Path
from typing import Annotated

import typer

from cli.screen import JsonFlag, Line, answer, say, table
from core.settings import Settings

app = typer.Typer()

Name = Annotated[str, typer.Argument(help="A preset: greenroom pool presets list.")]


@app.command("list")
def list_presets(as_json: JsonFlag = False) -> None:
    """All presets: those that come with the product, and the team's own, which win by name."""
    from sourcing.presets import store

    found, wrong = store.sound(Settings().home)
    rows = [(one.name, one.preset.title, "your own" if one.own else "") for one in found]
    document = [{"name": one.name, "title": one.preset.title, "kind": one.preset.kind, "own": one.own,
                 "path": one.path} for one in found]  # fmt: skip
    use = "Use one: greenroom pool import FILE --preset NAME\nChange one: greenroom pool presets copy NAME NEW"
    lines: list[Line] = [table("Presets", ["name", "reads", ""], rows), use]
    for one in wrong:
        say(one)
    answer(document, as_json=as_json, lines=lines)


@app.command("show")
def show(name: Name, as_json: JsonFlag = False) -> None:
    """One preset, as it is written."""
    from sourcing.presets import store

    found = store.load(Settings().home, name)
    document = {"name": name, "own": found.own, "path": found.path} | found.preset.model_dump(mode="json")
    answer(document, as_json=as_json, lines=[found.path.read_text(encoding="utf-8-sig").rstrip()])


@app.command("copy")
def copy(
    name: Name,
    new: Annotated[str, typer.Argument(help="The name of the copy: a-z, 0-9 and -. The same name replaces it here.")],
    as_json: JsonFlag = False,
) -> None:
    """Copy a preset to change it. A copy under the same name is used in place of the one that ships."""
    from sourcing.presets import store

    path: Path = store.copy(Settings().home, name, new)
    lines = [f"Copied. Change it with any editor: {path}", f"Next: greenroom pool import FILE --preset {new}"]
    answer({"name": new, "path": path}, as_json=as_json, lines=lines)
