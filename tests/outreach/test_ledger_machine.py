"""Whatever happens in whatever order: no mail twice, no slot too many, none lost, no follow-up to who answered."""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, func
from sqlmodel import SQLModel, col, select

from core import audit
from core.campaign import load_campaign
from core.clock import FixedClock, local_day
from core.database import open_engine, reading, unit_of_work
from core.models.candidates import Candidate
from core.models.creators import Account, Creator
from core.models.outreach import Message, Reply, SendAttempt, SendSlot
from core.models.sourcing import SourcingRun
from core.stages import Stage
from core.store import enter, keep_campaign, move
from outreach import ledger, settling, suppression
from outreach.entries import locked_message, message_of
from outreach.ledger import Claimed, Lane, Outcome
from tests.outreach.conftest import PEPPER, START_OF_TESTS

CAP = 2
CANDIDATES = 5
CAMPAIGN = load_campaign(Path(__file__).resolve().parents[2] / "campaigns" / "linen-summer.toml")


class LedgerMachine(RuleBasedStateMachine):
    """Workers that claim, send, die or come back late; creators who answer; a person who always tells the truth; a
    clock that moves, mostly forward."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(START_OF_TESTS)
        self.folder = tempfile.TemporaryDirectory(prefix="greenroom-ledger-")
        self.engine: Engine = open_engine(f"sqlite:///{self.folder.name}/record.db")
        SQLModel.metadata.create_all(self.engine)
        self.wire: Counter[int] = Counter()
        self.at_work: list[Claimed] = []
        self.answered: set[int] = set()
        with unit_of_work(self.engine) as session:
            keep_campaign(session, self.clock, CAMPAIGN)
            session.add(
                SourcingRun(
                    run_id="r",
                    campaign=CAMPAIGN.slug,
                    campaign_hash=CAMPAIGN.hash,
                    pool_version="x",
                    funnel=[],
                    actor="omar",
                    at=self.clock.now(),
                )
            )
            session.flush()
            for number in range(CANDIDATES):
                self._add_candidate(session, number)

    def _add_candidate(self, session, number: int) -> None:  # type: ignore[no-untyped-def]
        account = Account(platform="instagram", key=f"c{number}", handle=f"c{number}")
        creator = Creator(name=f"c{number}", created_at=self.clock.now())
        session.add(account)
        session.add(creator)
        session.flush()
        candidate = Candidate(
            campaign=CAMPAIGN.slug,
            brand="b",
            creator_id=creator.id,
            account_id=account.id or 0,
            stage="",
            run_id="r",
            rank=number,
            entered_stage_at=self.clock.now(),
        )
        enter(session, self.clock, candidate, actor="omar")
        move(session, self.clock, candidate, Stage.QUEUED, actor="omar")
        move(session, self.clock, candidate, Stage.APPROVED, actor="rosa")
        session.add(
            Message(
                candidate_id=candidate.id or 0,
                campaign=CAMPAIGN.slug,
                step="invite",
                sender="sofia",
                recipient=f"c{number}@example.com",
                subject="s",
                text="t",
                message_id=f"<gr.{number}@x>",
                template="t",
                template_sha256="0",
                facts=[],
                needs_stage=Stage.APPROVED,
                moves_to=Stage.INVITED,
                created_at=self.clock.now(),
            )
        )

    @property
    def today(self):  # type: ignore[no-untyped-def]
        return local_day(self.clock.now(), "Europe/Berlin")

    @rule()
    def claim(self) -> None:
        lane = Lane(CAMPAIGN.slug, CAP, "w", "v", PEPPER, ("sofia",), {"sofia": self.today})
        with unit_of_work(self.engine) as session:
            found = ledger.claim(session, self.clock, lane)
        if isinstance(found, Claimed):
            assert self.wire[found.message.id or 0] == 0, "a mail that was sent is to be sent again"
            follows = found.message.step != "invite"
            assert not follows or found.message.candidate_id not in self.answered, "who answered is written to again"
            self.at_work.append(found)

    @precondition(lambda self: self.at_work)
    @rule(outcome=st.sampled_from(Outcome), really=st.booleans(), dies=st.booleans(), data=st.data())
    def finish(self, outcome: Outcome, really: bool, dies: bool, data: st.DataObject) -> None:
        claimed = self.at_work.pop(data.draw(st.integers(0, len(self.at_work) - 1)))
        arrived = outcome is Outcome.SENT or (outcome is Outcome.UNKNOWN and really)
        # A mailer never passes the point of no return after its worker's lease has run out.
        with reading(self.engine) as session:
            attempt = session.get_one(SendAttempt, claimed.attempt_id)
            too_late = attempt.lease_until < self.clock.now()
        if too_late and (arrived or outcome is Outcome.UNKNOWN):
            outcome, arrived = Outcome.TRY_LATER, False
        self.wire[claimed.message.id or 0] += arrived
        if not dies:
            with unit_of_work(self.engine) as session:
                ledger.close(session, self.clock, claimed.attempt_id, outcome)

    @rule(minutes=st.sampled_from([1, 16, 60, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(minutes=st.sampled_from([1, 60]))
    def the_clock_is_set_back(self, minutes: int) -> None:
        self.clock.advance(-timedelta(minutes=minutes))

    @rule(number=st.integers(1, CANDIDATES))
    def a_follow_up_is_written(self, number: int) -> None:
        with unit_of_work(self.engine) as session:
            first = message_of(session, number, "invite")
            if first is None or first.status != "sent" or message_of(session, number, "follow-up-1") is not None:
                return
            follow_up = Message(**first.model_dump(exclude={"id"}))
            follow_up.step, follow_up.message_id, follow_up.status = "follow-up-1", f"<gr.{number}.1@x>", "pending"
            follow_up.needs_stage, follow_up.moves_to, follow_up.sent_at = Stage.INVITED, None, None
            follow_up.attempts, follow_up.withdrawn, follow_up.not_before = 0, "", None
            session.add(follow_up)

    @rule(number=st.integers(1, CANDIDATES), kind=st.sampled_from(["interested", "bounce"]))
    def something_comes_back(self, number: int, kind: str) -> None:
        with unit_of_work(self.engine) as session:
            candidate = session.get_one(Candidate, number)
            if candidate.stage != Stage.INVITED or number in self.answered:
                return
            session.add(Reply(mail_id=f"<r{number}@x>", message_id=number, candidate_id=number, kind=kind, because="",
                              text="", received_at=self.clock.now()))  # fmt: skip
            if kind == "interested":
                move(session, self.clock, candidate, Stage.REPLIED, actor="omar")
            self.answered.add(number)

    @rule()
    def expire(self) -> None:
        with unit_of_work(self.engine) as session:
            ledger.expire_leases(session, self.clock, campaign=CAMPAIGN.slug)

    @rule(number=st.integers(1, CANDIDATES))
    def a_person_tells(self, number: int) -> None:
        with unit_of_work(self.engine) as session:
            message = locked_message(session, number)
            if message.status == "unknown":
                settling.settle(session, self.clock, message, sent=bool(self.wire[number]), actor="omar", why="looked")

    @rule(number=st.integers(1, CANDIDATES))
    def is_put_back(self, number: int) -> None:
        with unit_of_work(self.engine) as session:
            message = locked_message(session, number)
            candidate = session.get_one(Candidate, message.candidate_id)
            called_off = message.status == "cancelled" and not message.withdrawn
            if (message.status == "failed" or called_off) and candidate.stage == Stage.APPROVED:
                settling.retry(session, self.clock, message, actor="omar")

    @rule(number=st.integers(1, CANDIDATES), refused=st.booleans(), step=st.sampled_from(["invite", "follow-up-1"]))
    def is_called_back(self, number: int, refused: bool, step: str) -> None:
        with unit_of_work(self.engine) as session:
            if refused:
                settling.put_back(session, self.clock, [number], not_before=self.clock.now(), why="about us")
            else:
                settling.cancel(session, self.clock, candidate_id=number, step=step, why="not wanted")

    @rule(number=st.integers(1, CANDIDATES))
    def opts_out(self, number: int) -> None:
        with unit_of_work(self.engine) as session:
            suppression.add(
                session, self.clock, pepper=PEPPER, address=f"c{number - 1}@example.com", why="x", actor="omar"
            )

    @invariant()
    def nothing_twice_and_nothing_lost(self) -> None:
        assert all(times <= 1 for times in self.wire.values())
        with reading(self.engine) as session:
            rows = session.exec(select(Message, Candidate.stage).where(Candidate.id == Message.candidate_id)).all()
            slots = Counter(slot.message_id for slot in session.exec(select(SendSlot)))
            per_day = session.exec(select(func.count()).select_from(SendSlot).group_by(col(SendSlot.day))).all()
        assert all(count <= CAP for count in per_day)
        for message, stage in rows:
            number = message.id or 0
            assert message.status in ("pending", "sending", "sent", "failed", "unknown", "cancelled")
            assert slots[number] == (message.status in ("sending", "sent", "unknown"))
            assert stage in (Stage.APPROVED, Stage.INVITED, Stage.REPLIED)
            if message.step == "invite" and (stage != Stage.APPROVED or not message.withdrawn):
                assert (stage != Stage.APPROVED) == (message.status == "sent")
            if self.wire[number]:
                assert message.status in ("sent", "sending", "unknown")
            if message.status == "sent":
                assert self.wire[number] == 1

    def teardown(self) -> None:
        with reading(self.engine) as session:
            assert audit.verify(session).problem == ""
        self.engine.dispose()
        self.folder.cleanup()


class LedgerAtLength(LedgerMachine):
    """The same for longer."""


ALIKE = settings(
    stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)  # fmt: skip
TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(ALIKE, max_examples=6)
TestLedgerAtLength = pytest.mark.slow(LedgerAtLength.TestCase)
TestLedgerAtLength.settings = settings(ALIKE, max_examples=50)
