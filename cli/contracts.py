"""`greenroom contracts`: draft, look at, send out and sign."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, answer, table
from contracts import service as contracts
from core.database import reading, unit_of_work
from core.errors import WrongUsage
from core.files import sha256_of
from core.store import candidate_named
from flows.steps import deals
from flows.wiring import wired

app = typer.Typer()


@app.command("draft")
def draft(
    campaign: CampaignName,
    creator: Annotated[str, typer.Argument(help="Only this creator, also for a new version.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Draft a contract for every agreement that waits for one, and ask legal to sign off."""
    w = wired()
    if not creator:
        drafted = deals.draft_contracts(w)
        answer({"drafted": drafted}, as_json=as_json,
               lines=[f"{drafted} contracts drafted; legal is asked.", "See: greenroom approvals list"])  # fmt: skip
        return
    person = w.actor(actor).id
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        candidate = candidate_named(session, campaign, creator)
        contract = deals.draft_contract(session, w, renderer, candidate.id or 0, actor=person)
    path = w.archive.path_of(contract.docx_sha256)
    lines = [f"{contract.file_name}, version {contract.version}: {path}", "See: greenroom approvals list"]
    answer(contract.model_dump(mode="json"), as_json=as_json, lines=lines)


@app.command("send")
def send(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Mail every contract that legal signed off to its creator, to be signed."""
    out = deals.send_contracts(wired())
    answer({"out_for_signature": out}, as_json=as_json, lines=[f"{out} contracts went out for signature.",
           f"See: greenroom contracts status {campaign}"])  # fmt: skip


@app.command("signed")
def signed(
    campaign: CampaignName,
    creator: CreatorName,
    name: Annotated[str, typer.Option(help="The name as the creator signed it.")],
    evidence: Annotated[str, typer.Option(help="How we know: the reply's date, say.")] = "",
    file: Annotated[Path | None, typer.Option(help="The signed file that came back.")] = None,
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
    contract = deals.record_signature(w, campaign, creator, signed_name=name, recorded_by=w.actor(actor).id,
                                      evidence=proof)  # fmt: skip
    answer(contract.model_dump(mode="json"), as_json=as_json, lines=[f"{contract.file_name} is signed by {name}."])


@app.command("status")
def status(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Everybody who agreed, and where their contract stands."""
    w = wired()
    with reading(w.engine) as session:
        standings = contracts.status(session, campaign)
    rows = [
        (s.handle, s.stage, f"v{s.contract.version} {s.contract.status}" if s.contract else "not drafted",
         s.signed_name, w.archive.path_of(s.contract.docx_sha256) if s.contract else "")
        for s in standings
    ]  # fmt: skip
    document = [
        {"handle": s.handle, "platform": s.platform, "stage": s.stage, "signed_name": s.signed_name,
         "signed_at": s.signed_at, "contract": s.contract.model_dump(mode="json") if s.contract else None}
        for s in standings
    ]  # fmt: skip
    columns = ["creator", "stands", "contract", "signed by", "file"]
    answer(document, as_json=as_json, lines=[table(f"Contracts of {campaign}", columns, rows)])


@app.command("check")
def check(campaign: CampaignName, creator: CreatorName, as_json: JsonFlag = False) -> None:
    """Read a creator's archived contract again: is it whole, and does it say what its template says?"""
    w = wired()
    with reading(w.engine) as session:
        problems = deals.check_contract(session, w, campaign, creator)
    lines = problems or ["It is whole and says what its template says."]
    answer({"ok": not problems, "problems": problems}, as_json=as_json, lines=lines)
    if problems:
        raise typer.Exit(1)
