"""Many on the record in one go: the same rows and the same audit chain as one by one, on both databases."""

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.audit import AuditEntry
from core.models.candidates import Candidate, StageChange
from core.models.creators import Account, Creator
from core.models.sourcing import SourcingRun
from core.store import enter, enter_all, keep_campaign


def newcomers(session: Session, clock: FixedClock, campaign: Campaign, names: str) -> list[Candidate]:
    candidates = []
    for rank, name in enumerate(names, start=1):
        account, creator = (
            Account(platform="instagram", key=name, handle=name),
            Creator(name=name, created_at=clock.now()),
        )
        session.add_all([account, creator])
        session.flush()
        candidates.append(
            Candidate(campaign=campaign.slug, cycle=campaign.cycle, brand=campaign.brand, creator_id=creator.id,
                      account_id=account.id or 0, stage="", run_id="r", rank=rank, entered_stage_at=clock.now())
        )  # fmt: skip
    return candidates


def chain(session: Session) -> list[tuple[int, str, str]]:
    return [(one.seq, one.subject, one.hash) for one in session.exec(select(AuditEntry).order_by(col(AuditEntry.seq)))]


def test_entering_many_gives_the_chain_of_entering_each(engine: Engine, clock: FixedClock, campaign: Campaign) -> None:
    chains = []
    for together in (True, False):
        with Session(engine) as session:
            kept = keep_campaign(session, clock, campaign, actor="omar")
            session.add(SourcingRun(run_id="r", campaign=campaign.slug, campaign_hash=kept, pool_version="v", funnel=[],
                                    actor="omar", at=clock.now()))  # fmt: skip
            session.flush()
            first = session.exec(select(Candidate.id).order_by(col(Candidate.id).desc())).first() or 0
            arriving = newcomers(session, clock, campaign, "abcdefg")
            if together:
                assert enter_all(session, clock, [], actor="omar") == []
                enter_all(session, clock, arriving, actor="omar")
            else:
                for candidate in arriving:
                    enter(session, clock, candidate, actor="omar")
            numbers = [(candidate.id or 0) - first for candidate in arriving]
            # A sequence goes on after a rollback, so the numbers are told from where it stood.
            assert [number - numbers[0] for number in numbers] == list(range(7))
            changes = session.exec(select(StageChange).order_by(col(StageChange.id))).all()
            assert [change.candidate_id for change in changes] == [candidate.id for candidate in arriving]
            assert {change.went_to for change in changes} == {"LONGLISTED"}
            assert audit.verify(session).problem == ""
            chains.append([(seq, subject.partition(":")[0]) for seq, subject, _ in chain(session)])
            session.rollback()
    assert chains[0] == chains[1]


def test_entries_written_together_have_the_hashes_of_entries_written_one_by_one(
    engine: Engine, clock: FixedClock
) -> None:
    happened = [audit.Happened("longlist.made", f"run:{n}", {"n": n, "ä": ["é", None]}) for n in range(5)]
    with Session(engine) as session:
        for one in happened:
            audit.record(session, clock, actor="omar", action=one.action, subject=one.subject, detail=one.detail)
        each = chain(session)
        session.rollback()
    with unit_of_work(engine) as session:
        assert audit.record_all(session, clock, [], actor="omar") == []
        audit.record_all(session, clock, happened[:2], actor="omar")
        audit.record_all(session, clock, happened[2:], actor="omar")
        assert chain(session) == each
        assert audit.verify(session).problem == ""
