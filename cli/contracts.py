"""`greenroom contracts`: draft, look at, send out and sign."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from cli.contracts_templates import app as templates_app
from cli.lookup import check_campaign, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, Line, answer, counted, fields_of, table
from cli.undone import lines_of, undone
from contracts import service as contracts
from core.database import reading, unit_of_work
from core.errors import WrongUsage
from core.files import sha256_of
from core.stages import Stage
from core.store import candidate_named
from flows.effects import SEND_JOB
from flows.steps import deals
from flows.steps.pdfs import make_pdfs
from flows.steps.work import wake
from flows.wiring import wired
from outreach import service as outreach
from outreach.ledger import TRANSACTIONAL
from outreach.service import MessageLine

app = typer.Typer()
app.add_typer(templates_app, name="templates")

SignedFile = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, readable=True, help="The signed file that came back.")
]


@app.command("draft")
def draft(
    campaign: CampaignName,
    creator: Annotated[str, typer.Argument(help="Only this creator, also for a new version.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Draft a contract for every agreement that waits for one, and ask legal to sign off."""
    w = wired_for(campaign)
    if not creator:
        _draft_all(campaign, as_json)
        return
    person = w.actor(actor).id
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        candidate = candidate_named(session, campaign, creator)
        contract = deals.draft_contract(session, w, renderer, candidate.id or 0, actor=person)
    make_pdfs(w, campaign)
    path = w.archive.path_of(contract.docx_sha256)
    lines = [f"{contract.file_name}, version {contract.version}: {path}", "Legal is asked: greenroom approvals list"]
    answer(fields_of(contract), as_json=as_json, lines=lines)


@app.command("send")
def send(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Mail every contract that legal signed off to its creator, to be signed."""
    w = wired_for(campaign)
    wake(w, SEND_JOB)
    out = deals.send_contracts(w, campaign)
    with reading(w.engine) as session:
        left, mails = undone(session, SEND_JOB), _not_sent(session, campaign)
    lines = [
        f"{counted(out, 'contract')} put out for signature.",
        *lines_of(left),
        *(f"The mail to {mail.handle} has not left: {mail.status}. {mail.detail}".rstrip() for mail in mails),
        f"See: greenroom {'outreach' if mails else 'contracts'} status {campaign}",
    ]
    document = {"out_for_signature": out, "undone": [asdict(one) for one in left],
                "mails_not_sent": [asdict(mail) for mail in mails]}  # fmt: skip
    answer(document, as_json=as_json, lines=lines)
    if mails or any(one.failed for one in left):
        raise typer.Exit(3 if any(mail.status == "pending" for mail in mails) else 1)


@app.command("hand-over")
def hand_over(campaign: CampaignName, creator: CreatorName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Record that you gave the signed-off contract to a creator yourself, as where no mail address is known."""
    w = wired_for(campaign)
    contract = deals.hand_over(w, campaign, creator, actor=w.actor(actor))
    lines = [
        f"{contract.file_name} is out for signature.",
        f"Next, when it comes back: greenroom contracts signed {campaign} {creator} --name NAME --evidence HOW",
    ]
    answer(fields_of(contract), as_json=as_json, lines=lines)


@app.command("signed")
def signed(
    campaign: CampaignName,
    creator: CreatorName,
    name: Annotated[str, typer.Option(help="The name as the creator signed it.")],
    evidence: Annotated[str, typer.Option(help="How we know: the reply's date, say.")] = "",
    file: SignedFile = None,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record the creator's signature under the contract that is out."""
    w = wired()
    proof: dict[str, object] = {"note": evidence} if evidence else {}
    if file is not None:
        proof |= {"file": file.name, "file_sha256": sha256_of(file)}
    if not proof:
        raise WrongUsage("A signature needs evidence.", next_step="Add --evidence TEXT or --file FILE.")
    contract = deals.record_signature(w, campaign, creator, signed_name=name, actor=w.actor(actor), evidence=proof)
    answer(fields_of(contract), as_json=as_json, lines=[f"{contract.file_name} is signed by {name}."])


@app.command("status")
def status(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Everybody who agreed, and where their contract stands."""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        standings = contracts.status(session, campaign)
    rows = [
        (f"{s.platform}:{s.handle}", s.stage,
         f"v{s.contract.version} {s.contract_status}" if s.contract else "not drafted", s.signed_name)
        for s in standings
    ]  # fmt: skip
    document = [
        {"handle": s.handle, "platform": s.platform, "stage": s.stage, "signed_name": s.signed_name,
         "signed_at": s.signed_at, "contract_status": s.contract_status,
         "contract": fields_of(s.contract) if s.contract else None}
        for s in standings
    ]  # fmt: skip
    title = f"{counted(len(rows), 'creator')} of {campaign} with an agreement"
    lines: list[Line] = [table(title, ["creator", "stands", "contract", "signed by"], rows)]
    # Below the table, where a path of any length can be copied whole.
    lines += [f"{s.contract.file_name}: {w.archive.path_of(s.contract.docx_sha256)}" for s in standings if s.contract]
    answer(document, as_json=as_json, lines=lines)


@app.command("check")
def check(campaign: CampaignName, creator: CreatorName, as_json: JsonFlag = False) -> None:
    """Read a creator's archived contract again: is it whole, and does it say what its template says?"""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        problems = deals.check_contract(session, w, campaign, creator)
    lines = problems or ["It is whole and says what its template says."]
    answer({"ok": not problems, "problems": problems}, as_json=as_json, lines=lines)
    if problems:
        raise typer.Exit(1)


def _draft_all(campaign: str, as_json: bool) -> None:
    w = wired()
    wake(w, deals.DRAFT_JOB)
    drafted = deals.draft_contracts(w, campaign)
    with reading(w.engine) as session:
        left = undone(session, deals.DRAFT_JOB)
    lines = [f"{counted(drafted, 'contract')} drafted.", *lines_of(left)]
    if drafted:
        lines.append("Legal is asked: greenroom approvals list")
    answer({"drafted": drafted, "undone": [asdict(one) for one in left]}, as_json=as_json, lines=lines)
    if any(one.failed for one in left):
        raise typer.Exit(1)


def _not_sent(session: Session, campaign: str) -> list[MessageLine]:
    """Mails with contracts to sign of which nobody can say that a mail server took them."""
    mails = outreach.status(session, campaign).messages
    return [
        mail
        for mail in mails
        if mail.category == TRANSACTIONAL and mail.stage == Stage.SIGNED_OFF and mail.status != "cancelled"
    ]
