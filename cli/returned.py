"""`greenroom contracts compare`: a contract that came back, held against the one we sent."""

import stat
from pathlib import Path
from typing import Annotated

import typer

from cli.cards import asked_line
from cli.lookup import wired_for
from cli.options import ActorFlag
from cli.screen import JsonFlag, Line, answer, counted
from contracts.returned.documents import is_pdf
from contracts.returned.findings import Comparison, Severity
from contracts.returned.package import MAX_FILE
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
        _write(html, result.page)
    answer(_document(result, html), as_json=as_json, lines=_lines(w, result, content, html, only_look=only_look))
    if result.comparison.outside:
        raise typer.Exit(1)


def content_of(file: Path) -> bytes:
    """What came back. Raises BadInput where it cannot be read, is no plain file, or is larger than any contract."""
    try:
        known = file.stat()
        if not stat.S_ISREG(known.st_mode):
            raise BadInput(f"{file} is no file.", next_step="Name the file that came back.")
        if known.st_size > MAX_FILE:
            raise BadInput(f"{file} has more than {MAX_FILE // 1_000_000} MB; no contract has.",
                           next_step="Ask for the file again, as .docx or as PDF.")  # fmt: skip
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.", next_step="Name the file that came back.") from None


def _write(html: Path, text: str) -> None:
    try:
        write_atomically(html, text)
    except OSError as error:
        raise Refused(f"The page cannot be written to {html}: {error.strerror}.",
                      next_step="Name another file with --html.") from None  # fmt: skip


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
        "touches": result.touches,
        "approved_clauses": result.clauses,
        "cannot_be_accepted": result.obstacle,
        "page": html,
        "page_sha256": result.page_sha256,
    }


def _lines(w: Wiring, result: Returned, content: bytes, html: Path | None, *, only_look: bool) -> list[Line]:
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
    if result.page_sha256 and html is None:
        lines.append(f"Both texts side by side are kept: {w.archive.path_of(result.page_sha256)}")
    lines += _next(result)
    if result.request is not None:
        lines.append(asked_line(result.request))
    elif comparison.outside and not only_look:
        lines.append("Ours is not signed off yet, so nothing was sent that could come back: nobody is asked.")
    return lines


def _next(result: Returned) -> list[Line]:
    """What may be done with it besides what legal says, with the exact command."""
    where = f"{result.campaign} {result.handle}"
    lines: list[Line] = []
    if result.clauses:
        chosen = " ".join(f"--clause {name}" for name in result.clauses)
        lines.append(f"It brings in {', '.join(result.clauses)} of the approved clauses, word for word. A new version "
                     f"of ours with it: greenroom deal reopen {where} --reason WHY, then")  # fmt: skip
        lines.append(f"  greenroom deal offer {where} {chosen}")
    wishes = [one for one in result.comparison.permitted if not one.where.startswith("signature")]
    if wishes and not result.comparison.outside:
        lines.append(f"Signed, it may be recorded as it is: greenroom contracts signed {where} --name NAME --file FILE")
    if any(one.where == "filming.angles" for one in wishes):
        lines.append("A new version of ours with that wish, for everybody of the campaign: write it as filming_angles")
        lines.append(f"  under [contract] of the campaign file, then: greenroom contracts draft {where}")
    if result.obstacle:
        lines.append(f"Legal cannot accept it. {result.obstacle}")
    return lines


def _verdict(name: str, comparison: Comparison) -> str:
    if comparison.outside:
        return f"{counted(len(comparison.outside), 'change')} outside the permitted places of {name}:"
    if comparison.permitted:
        return f"Nothing changed outside the permitted places of {name}."
    return f"It says exactly what {name} says."
