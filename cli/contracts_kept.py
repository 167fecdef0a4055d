"""`greenroom contracts status|history|check|ends|export`: where deals stand, and what is kept of them."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.contracts_briefs import brief_words, outing_lines
from cli.lookup import check_campaign, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, Line, answer, counted, fields_of, table
from contracts import service as contracts
from contracts.board import NOBODY, NOT_DRAFTED, Standing
from contracts.ends import ends_in
from contracts.history import Deal, Version
from core.database import reading
from core.errors import Refused
from core.files import atomic_writer
from core.store import candidate_named
from flows.steps import deals, deals_kept, signing_page
from flows.wiring import wired

app = typer.Typer()
_ENDS = {"usage": "use of content"}
_BOARD = ["creator", "contract", "waits for", "since", "due"]


@app.command("status")
def status(
    campaign: CampaignName,
    paths: Annotated[bool, typer.Option("--paths", help="Also where each document lies.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Everybody who agreed: their contract, with whom it waits, since when, until when, and what comes next."""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        standings = deals_kept.board(session, w, campaign)
        links = signing_page.link_states(session, w, campaign)
        briefs = {s.name: brief_words(session, s.contract) for s in standings if s.contract}
    counts = contracts.counts(standings)
    rows = [
        (s.name, f"v{s.contract.version} {_words(s.contract_status)}" if s.contract else NOT_DRAFTED,
         s.turn.who, f"{s.turn.since:%Y-%m-%d}", _minute(s.turn.due).removesuffix(" 00:00"))
        for s in standings
    ]  # fmt: skip
    told = ", ".join(f"{number} {_words(status)}" for status, number in counts.items())
    title = f"{counted(len(rows), 'creator')} of {campaign} with an agreement{f': {told}' if told else ''}"
    lines: list[Line] = [table(title, _BOARD, rows, whole=["creator"])]
    # Below the table, where a command or a path of any length can be copied whole.
    lines += [f"Next for {s.name}: {s.turn.next_step}" for s in standings if s.turn.who != NOBODY]
    drafted = [s.contract for s in standings if s.contract] if paths else []
    lines += [f"{contract.file_name}: {w.archive.path_of(contract.docx_sha256)}" for contract in drafted]
    links_of = {s.name: links[s.contract.id] for s in standings if s.contract and s.contract.id in links}
    lines += [f"Link to sign of {name}: {state}, until {_minute(until)}"
              for name, (_, state, until) in links_of.items() if state not in ("signed", "ended", "open")]  # fmt: skip
    lines += [f"Brief of {name}: {said}" for name, said in briefs.items() if said]
    told_links = {name: {"state": state, "expires_at": link.expires_at} for name, (link, state, _) in links_of.items()}
    answer(
        [_as_document(s) | {"link": told_links.get(s.name), "brief": briefs.get(s.name, "")} for s in standings],
        as_json=as_json,
        lines=lines,
    )


@app.command("history")
def history(campaign: CampaignName, creator: CreatorName, as_json: JsonFlag = False) -> None:
    """Everything on record of one deal: offers, each version with its terms, what was asked, signature, audit log."""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        deal = contracts.deal_of(session, candidate_named(session, campaign, creator))
        briefs = outing_lines(session, [one.contract for one in deal.versions])
        no_pdf = {one.contract.id: contracts.why_no_pdf(session, one.contract) for one in deal.versions
                  if w.archive.pdf_path(one.contract.docx_sha256) is None}  # fmt: skip
    lines: list[Line] = [f"{deal.name} in {campaign} is {deal.candidate.stage}."]
    lines += [f"Offer {o.version}, {o.status}, made by {o.offered_by} on {_minute(o.created_at)}" for o in deal.offers]
    for version in deal.versions:
        lines += _version_lines(version, w.archive.path_of(version.contract.docx_sha256))
        lines += [f"  No PDF: {why}"] if (why := no_pdf.get(version.contract.id)) else []
    if not deal.versions:
        lines.append("No contract was drafted yet.")
    lines += [f"{sheet.kind.capitalize()} {sheet.version}, {sheet.status}, made by {sheet.made_by} on "
              f"{_minute(sheet.created_at)}" for sheet in deal.briefs]  # fmt: skip
    lines += [f"Both sheets {said}" for said in briefs]
    mails = len(deal.sent) + len(deal.received)
    lines.append(f"{counted(mails, 'mail')} about it. All of it as files: greenroom contracts export {campaign} "
                 f"{deal.name} --out FILE.zip")  # fmt: skip
    answer(_history(deal), as_json=as_json, lines=lines)


@app.command("check")
def check(
    campaign: CampaignName,
    creator: Annotated[str, typer.Argument(help="Only this creator's; left out: every version of everybody's.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Read archived contracts again: is each whole, and does it say what its template and its terms say?"""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        if creator:
            problems = deals.check_contract(session, w, campaign, creator)
            lines = problems or ["It is whole and says what its template says."]
            document: dict[str, Any] = {"ok": not problems, "problems": problems}
        else:
            checked = deals_kept.check_all(session, w, campaign)
            wrong = [(contract, found) for contract, found in checked if found]
            problems = [f"{contract.file_name}: {'; '.join(found)}" for contract, found in wrong]
            whole = counted(len(checked) - len(wrong), "document")
            lines = [*problems, f"{whole} whole and true to {'its' if whole == '1 document' else 'their'} template."]
            document = {"ok": not wrong, "checked": len(checked),
                        "problems": {contract.file_name: found for contract, found in wrong}}  # fmt: skip
    answer(document, as_json=as_json, lines=lines)
    if problems:
        raise typer.Exit(1)


@app.command("ends")
def ends(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """What runs out of signed contracts and when: use of content, exclusivity, the campaign. Ops is told in time."""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        standings = contracts.status(session, campaign)
    signed = [(s.name, s.contract) for s in standings if s.contract and s.contract_status == "signed"]
    found = [(name, kind, day) for name, contract in signed for kind, day in ends_in(contract.terms)]
    found.sort(key=lambda end: (end[2], end[0]))
    title = f"What ends in {counted(len({name for name, _, _ in found}), 'signed deal')} of {campaign}"
    answer([{"creator": name, "what": kind, "last_day": day} for name, kind, day in found], as_json=as_json,
           lines=[table(title, ["creator", "what", "last day"], [(name, _ENDS.get(kind, kind), day)
                                                                 for name, kind, day in found])])  # fmt: skip


@app.command("export")
def export(
    campaign: CampaignName,
    creator: CreatorName,
    out: Annotated[Path, typer.Option("--out", help="The zip file to write.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """One deal as a zip that a lawyer can read without us: begin with its index.html."""
    w = wired_for(campaign)
    content, found = deals_kept.export(w, campaign, creator, actor=w.actor(actor))
    try:
        with atomic_writer(out) as stream:
            os.fchmod(stream.fileno(), 0o600)  # before anything is in it
            stream.write(content)
    except OSError as error:
        raise Refused(f"The zip cannot be written to {out}: {error.strerror}.",
                      next_step="Name another file with --out.") from None  # fmt: skip
    sha256 = hashlib.sha256(content).hexdigest()
    lines = [
        *(f"Missing: {problem}" for problem in found.problems),
        f"Written: {out}, {counted(len(found.files), 'file')}, {len(content) // 1000:,} kB, sha256 {sha256}.",
        "It holds a creator's name, address and mails: give it to whoever needs it, and delete your copy.",
    ]
    answer({"file": out, "sha256": sha256, "files": sorted(found.files), "missing": found.problems},
           as_json=as_json, lines=lines)  # fmt: skip
    if found.problems:
        raise typer.Exit(1)


def _as_document(s: Standing) -> dict[str, Any]:
    return {
        "handle": s.handle, "platform": s.platform, "stage": s.stage, "signed_name": s.signed_name,
        "signed_at": s.signed_at, "contract_status": s.contract_status, "waits_for": s.turn.who,
        "since": s.turn.since, "due": s.turn.due, "next": s.turn.next_step,
        "contract": fields_of(s.contract) if s.contract else None,
    }  # fmt: skip


def _version_lines(version: Version, path: Path) -> Iterator[str]:
    contract = version.contract
    yield ""
    yield f"Version {contract.version}, {_words(version.standing)}, drafted {_minute(contract.created_at)}: {path}"
    yield f"  sha256 {contract.docx_sha256}, from {contract.template} {contract.template_sha256[:12]}"
    for request in version.requests:
        what = f"{request.choice} by {request.decided_by} on {_minute(request.decided_at)}" if request.choice else ""
        why = f": {request.reason or request.void_reason}" if request.reason or request.void_reason else ""
        yield f"  Asked {request.assignee} on {_minute(request.asked_at)}: {what or request.status}{why}"
    yield from (f"  Came back on {one.at[:16].replace('T', ' ')}: sha256 {one.sha256}" for one in version.came_back)
    if version.signature is not None:
        signed = version.signature
        yield f"  Signed as “{signed.signed_name}” on {_minute(signed.at)}, recorded by {signed.recorded_by}"
        yield from (f"    {name}: {value}" for name, value in sorted(dict(signed.evidence).items()))
    for entry in version.audit:
        yield f"  {entry.seq:>6}  {entry.at[:16].replace('T', ' ')}  {entry.action} by {entry.actor}  {entry.hash[:12]}"


def _history(deal: Deal) -> dict[str, Any]:
    return {
        "creator": deal.name,
        "stage": deal.candidate.stage,
        "offers": [fields_of(offer) for offer in deal.offers],
        "briefs": [fields_of(sheet) for sheet in deal.briefs],
        "versions": [
            {"contract": fields_of(one.contract), "standing": one.standing,
             "requests": [fields_of(request) for request in one.requests],
             "signature": fields_of(one.signature) if one.signature else None,
             "came_back": [asdict(back) for back in one.came_back],
             "audit": [fields_of(entry) for entry in one.audit]}
            for one in deal.versions
        ],
        "mails_sent": [mail.message_id for mail in deal.sent],
        "mails_received": [reply.mail_id for reply in deal.received],
    }  # fmt: skip


def _words(status: str) -> str:
    return status.replace("_", " ")


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
