"""`greenroom contracts`: draft, send out and sign; looking at what was kept is next door."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from cli import contracts_briefs, contracts_kept, contracts_signing
from cli.contracts_templates import app as templates_app
from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.returned import compare, content_of
from cli.screen import JsonFlag, answer, counted, fields_of
from cli.undone import lines_of, undone
from core.database import reading, unit_of_work
from core.errors import WrongUsage
from core.stages import Stage
from core.store import candidate_named
from flows.effects import SEND_JOB
from flows.steps import deals, signing_mails
from flows.steps.pdfs import make_pdfs
from flows.steps.work import wake
from flows.wiring import wired
from outreach import service as outreach
from outreach.ledger import TRANSACTIONAL
from outreach.service import MessageLine

app = typer.Typer()
app.add_typer(templates_app, name="templates")
app.add_typer(contracts_kept.app)
app.command("link")(contracts_signing.link)
app.command("links")(contracts_signing.links)
app.command("compare")(compare)
app.command("brief")(contracts_briefs.brief)

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
        *([why] if (why := signing_mails.why_no_link(w)) and out else []),
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
    """Record the creator's signature under the contract that is out; a file must say what went out."""
    w = wired()
    proof: dict[str, object] = {"note": evidence} if evidence else {}
    if not proof and file is None:
        raise WrongUsage("A signature needs evidence.", next_step="Add --evidence TEXT or --file FILE.")
    given = (file.name, content_of(file)) if file is not None else None
    contract, look = deals.record_signed(
        w, campaign, creator, signed_name=name, actor=w.actor(actor), evidence=proof, file=given
    )
    lines = [f"{contract.file_name} is signed by {name}.", *([f"Warning: {look}"] if look else [])]
    answer(fields_of(contract) | ({"look": look} if look else {}), as_json=as_json, lines=lines)


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
