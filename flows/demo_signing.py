"""The signing page on the demo's record: the contract that legal wanted otherwise goes out with a link after all.

Scripted people draft it anew and sign it off; whoever tries the page is its creator. Everything it does, the product
does, and nothing is sent: mails are files. Knows nothing of how the web door is started.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from approvals.kinds import Kind
from approvals.service import open_requests
from core.clock import Clock, FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.people import Role
from core.settings import PROJECT, Settings
from core.stages import Stage
from core.store import account_name, stored_campaign, the_candidate
from flows.demo import CAMPAIGN
from flows.steps import deals, review, signing
from flows.wiring import Wiring, wire

_LINK = re.compile(r"http://\S+/sign/[a-z2-7]{32}")


@dataclass(frozen=True)
class Opened:
    """A creator of the demo with a link of their own, and where their mails lie."""

    creator: str
    link: str
    outbox: Path


def demo_settings(home: Path, *, public_url: str) -> Settings:
    """Those that the demo ran with, and the signing page on this machine."""
    return Settings(
        home=home.resolve(), database_url=None, dry_run=True, people_file=PROJECT / "people.example.toml",
        templates=PROJECT / "templates", public_url=public_url, signature_provider="own",
        terminal_may_sign_off=True,  # everybody here is scripted
    )  # fmt: skip


def open_page(settings: Settings, clock: Clock) -> Opened:
    """One creator of the demo gets a link to sign. Raises Refused where nobody has anything to sign any more."""
    candidate_id = _unsigned(wire(settings, clock))
    w = wire(settings, clock)
    with reading(w.engine) as session:
        creator = account_name(session, the_candidate(session, candidate_id))
        sender = w.people.holder(stored_campaign(session, CAMPAIGN), Role.SENDER, clock.now())
    before = set(_mails(settings))
    signing.reissue(w, CAMPAIGN, creator, actor=sender)
    w.engine.dispose()
    [link] = {one for mail in set(_mails(settings)) - before for one in _LINK.findall(mail.read_text(encoding="utf-8"))}
    return Opened(creator, link, settings.outbox_folder)


def _unsigned(w: Wiring) -> int:
    """Who has a contract to sign; where nobody has, the one that was sent back is made ready for its creator."""
    waiting = _at(w, Stage.OUT_FOR_SIGNATURE)
    if not waiting and (left := _at(w, Stage.CONTRACT_DRAFTED)):
        with reading(w.engine) as session:
            last = session.exec(select(AuditEntry.at).order_by(col(AuditEntry.seq).desc()).limit(1)).one()
        # In the demo's own days: its deal is not over, whenever somebody tries this.
        _put_out(wire(w.settings, FixedClock(datetime.fromisoformat(last) + timedelta(hours=1))), left[-1])
        waiting = left[-1:]
    w.engine.dispose()
    if not waiting:
        raise Refused("Everybody in the demo has signed or declined.", next_step="Begin anew: make demo")
    return waiting[0]


def _put_out(w: Wiring, candidate_id: int) -> None:
    with reading(w.engine) as session:
        campaign = stored_campaign(session, CAMPAIGN)
    sender, legal = (w.people.holder(campaign, role, w.clock.now()) for role in (Role.SENDER, Role.LEGAL))
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        deals.draft_contract(session, w, renderer, candidate_id, actor=sender.id)
    with reading(w.engine) as session:
        asked = [one for one in open_requests(session, campaign=CAMPAIGN) if one.kind == Kind.FINAL_CONTRACT]
    for request in asked:
        review.decide(w, request.id, "sign_off", actor=legal, door="script")
    deals.send_contracts(w, CAMPAIGN)
    w.engine.dispose()


def _at(w: Wiring, stage: Stage) -> Sequence[int]:
    with reading(w.engine) as session:
        query = select(Candidate.id).where(Candidate.campaign == CAMPAIGN, Candidate.stage == stage)
        return [one or 0 for one in session.exec(query.order_by(col(Candidate.rank)))]


def _mails(settings: Settings) -> Sequence[Path]:
    return list(settings.outbox_folder.glob("*.eml"))
