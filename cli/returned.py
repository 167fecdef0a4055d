"""`greenroom contracts compare`: a contract that came back, held against the one we sent."""

from pathlib import Path
from typing import Annotated

import typer

from cli.cards import asked_line
from cli.lookup import wired_for
from cli.options import ActorFlag
from cli.screen import JsonFlag, Line, answer, counted
from contracts.returned.documents import is_pdf
from contracts.returned.findings import Comparison, Severity
from contracts.returned.page import Heading, page
from core.errors import BadInput, Refused, WrongUsage
from core.files import write_atomically
from flows.steps import returned
from flows.steps.returned import Returned
from flows.wiring import Wiring, wired

Given = Annotated[
    list[str], typer.Argument(metavar="[CAMPAIGN CREATOR] FILE", help="The file; and whose it is, if it does not say.")
]
PageFile = Annotated[Path | None, typer.Option("--html", help="Write both texts side by side to this file.")]
OnlyLook = Annotated[bool, typer.Option("--only-look", help="Keep nothing and ask nobody.")]


def compare(
    given: Given, html: PageFile = None, only_look: OnlyLook = False, actor: ActorFlag = "", as_json: JsonFlag = False
) -> None:
    """Compare a returned .docx or PDF with what we sent; legal is asked about changes outside the permitted places."""
    if len(given) not in (1, 3):
        raise WrongUsage("Compare takes a file, or a campaign, a creator and a file.",
                         next_step="greenroom contracts compare CAMPAIGN CREATOR FILE")  # fmt: skip
    file = Path(given[-1])
    content = content_of(file)
    if len(given) == 3:
        w, (slug, creator) = wired_for(given[0]), given[:2]
    else:
        w = wired()
        slug, creator = returned.contract_printed_in(w, content, name=file.name)
    if only_look:
        result = returned.look_at(w, slug, creator, content, name=file.name)
    else:
        result = returned.take_in(w, slug, creator, content, name=file.name, actor=w.actor(actor))
    if html is not None:
        _write(html, page(_heading(w, result, file), result.comparison))
    answer(_document(result, html), as_json=as_json, lines=_lines(result, content, html, only_look=only_look))
    if result.comparison.outside:
        raise typer.Exit(1)


def content_of(file: Path) -> bytes:
    """What came back. Raises BadInput where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.", next_step="Name the file that came back.") from None


def _write(html: Path, text: str) -> None:
    try:
        write_atomically(html, text)
    except OSError as error:
        raise Refused(f"The page cannot be written to {html}: {error.strerror}.",
                      next_step="Name another file with --html.") from None  # fmt: skip


def _heading(w: Wiring, result: Returned, file: Path) -> Heading:
    return Heading(
        title=f"Contract with {result.handle}, {result.campaign}",
        sent_name=result.contract.file_name,
        sent_sha256=result.contract.docx_sha256,
        returned_name=file.name,
        returned_sha256=result.sha256,
        compared_at=f"{w.clock.now():%Y-%m-%d %H:%M} UTC",
    )


def _document(result: Returned, html: Path | None) -> dict[str, object]:
    comparison = result.comparison
    return {
        "campaign": result.campaign,
        "creator": result.handle,
        "contract": result.contract.file_name,
        "sent_sha256": result.contract.docx_sha256,
        "returned_sha256": result.sha256,
        "unchanged": not comparison.findings,
        "outside": [one.as_json() for one in comparison.outside],
        "permitted": [one.as_json() for one in comparison.permitted],
        "request": result.request.id if result.request else None,
        "page": html,
    }


def _lines(result: Returned, content: bytes, html: Path | None, *, only_look: bool) -> list[Line]:
    comparison = result.comparison
    lines: list[Line] = [_verdict(result.contract.file_name, comparison)]
    lines += [f"  {'! ' if one.severity is Severity.HIDDEN else ''}{one.sentence}" for one in comparison.outside]
    if comparison.permitted:
        lines.append("In permitted places:")
        lines += [f"  {one.sentence}" for one in comparison.permitted]
    if is_pdf(content):
        lines.append("A PDF is compared by its words: look at its pages too before anybody signs.")
    if html is not None:
        lines.append(f"Both texts side by side: {html}")
    if result.request is not None:
        lines.append(asked_line(result.request))
    elif comparison.outside and not only_look:
        lines.append("Ours is not signed off yet, so nothing was sent that could come back: nobody is asked.")
    return lines


def _verdict(name: str, comparison: Comparison) -> str:
    if comparison.outside:
        return f"{counted(len(comparison.outside), 'change')} outside the permitted places of {name}:"
    if comparison.permitted:
        return f"Nothing changed outside the permitted places of {name}."
    return f"It says exactly what {name} says."
