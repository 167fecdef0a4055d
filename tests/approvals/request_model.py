"""What must be true of requests, kept beside the record: what each is, what ran, and how both are compared."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlmodel import Session, SQLModel, select

from approvals.conversation import comment
from approvals.kinds import UNDO_WINDOW, Kind
from approvals.requests import is_unsettled
from approvals.second_thoughts import apply
from approvals.service import (
    Decision,
    Effects,
    decide,
    open_requests,
)
from core import audit
from core.campaign import load_campaign
from core.cards import Card, Choice
from core.clock import Clock, FixedClock
from core.database import open_engine, reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request, RequestComment
from core.people import People, load_people

PROJECT = Path(__file__).resolve().parents[2]
CAMPAIGN = load_campaign(PROJECT / "campaigns" / "linen-summer.toml")
TEAM = load_people(PROJECT / "people.example.toml")
ROLF = TEAM.named("rosa").model_copy(update={"id": "rolf", "name": "Rolf"})
PEOPLE = People({person.id: person for person in (*TEAM, ROLF)})
MATTERS = st.sampled_from(["candidate:1", "candidate:2", "candidate:3"])
CONTENTS = st.sampled_from(["a" * 64, "b" * 64])
WHO = st.sampled_from(["rosa", "omar"])
#: One of the last three requests: older ones are rarely of interest any more.
PICK = st.integers(0, 2)
CARD = Card(title="Ada", choices=(Choice(id="approve", label="Approve"), Choice(id="decline", label="Decline")))
WINDOW = UNDO_WINDOW[Kind.CANDIDATE]


@dataclass
class Known:
    """What must be true of a request. `until` is the end of the time in which its decision may be taken back."""

    matter: str
    content: str
    status: str = "open"
    decided_at: datetime | None = None
    until: datetime | None = None
    waits: bool = False
    reopened: int = 0


class Model(RuleBasedStateMachine):
    """The record, what is known of it, and the steps that rules are made of."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = open_engine("sqlite://")
        SQLModel.metadata.create_all(self.engine)
        self.clock = FixedClock(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
        self.known: dict[str, Known] = {}
        #: Which effects ran, and when.
        self.effects: dict[str, datetime] = {}

    def teardown(self) -> None:
        self.engine.dispose()

    @invariant()
    def the_record_agrees(self) -> None:
        with reading(self.engine) as session:
            rows = session.exec(select(Request)).all()
            unsettled = session.exec(select(Request.subject).where(is_unsettled())).all()
            said = session.exec(select(RequestComment)).all()
            open_now = {row.id for row in open_requests(session)}
            assert audit.verify(session).problem == ""
        assert {row.id: _status(row) for row in rows} == {name: known.status for name, known in self.known.items()}
        assert open_now == {name for name, known in self.known.items() if known.status == "open"}
        assert len(unsettled) == len(set(unsettled))
        for row in rows:
            self._is_whole(row)
            notes = [one.text for one in said if one.request_id == row.id and one.author == "greenroom"]
            assert len(notes) == self.known[row.id].reopened
            done = [one for one in said if one.request_id == row.id and one.text == "done"]
            assert len(done) == (1 if row.applied_at else 0)
        assert not [one for one in said if one.text == "half done"]
        assert self.effects == {row.id: row.applied_at for row in rows if row.applied_at}

    def _is_whole(self, row: Request) -> None:
        decided = (row.choice, row.decided_by, row.door, row.decided_at)
        assert all(decided) if row.status == "decided" else not any((*decided, row.effective_at, row.applied_at))
        assert row.effective_at is None or row.applied_at is None or row.effective_at <= row.applied_at
        assert (row.waits_for is None) == (row.paused_at is None)
        assert (row.waits_for is not None) == self.known[row.id].waits

    def picked(self, pick: int) -> str:
        names = list(self.known)
        return names[-1 - pick % len(names)]

    def over(self, request_id: str, status: str) -> None:
        known = self.known[request_id]
        known.status, known.until, known.waits = status, None, False

    def unsettled(self, matter: str) -> str | None:
        found = [name for name, known in self.known.items()
                 if known.matter == matter and known.status in ("open", "pending")]  # fmt: skip
        assert len(found) <= 1
        return found[0] if found else None

    def apply_it(self, request_id: str, at: datetime, refuses: bool) -> None:
        known = self.known[request_id]
        due = known.status == "pending" and known.decided_at == at and self.clock.now() >= (known.until or at)
        with unit_of_work(self.engine) as session:
            done = apply(session, self.clock, request_id, at, effects=self._effects(refuses), people=PEOPLE)
        assert (done is not None) == due
        if due and refuses:
            known.status, known.until, known.decided_at = "open", None, None
            known.reopened += 1
        elif due:
            self.over(request_id, "decided")

    def _effects(self, refuses: bool = False, fails: bool = False) -> Effects:
        def effect(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
            comment(session, clock, request, actor=decision.actor, text="half done", door=decision.door)
            if fails:
                raise ZeroDivisionError
            if refuses:
                raise Refused("The creator is gone.")
            half = session.exec(select(RequestComment).where(RequestComment.text == "half done")).one()
            half.text = "done"
            session.add(half)
            assert request.id not in self.effects
            self.effects[request.id] = clock.now()

        return {("candidate", "approve"): effect, ("candidate", "decline"): effect}

    def decide_it(
        self, request_id: str, choice: str, who: str, seen: str | None, *, window: bool = False, refuses: bool = False,
        fails: bool = False,
    ) -> None:  # fmt: skip
        decision = Decision(request_id=request_id, choice=choice, actor=PEOPLE.named(who), door="web",
                            content_sha256=seen, may_be_taken_back=window)  # fmt: skip
        with unit_of_work(self.engine) as session:
            decide(
                session, self.clock, decision, people=PEOPLE, campaign=CAMPAIGN, effects=self._effects(refuses, fails)
            )


def _status(row: Request) -> str:
    return "pending" if row.status == "decided" and row.applied_at is None else row.status
