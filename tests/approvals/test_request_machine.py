"""Whatever is asked, decided, taken back, carried out and withdrawn in whatever order: one question per matter that is
open or can come open again, one effect for each decision that stands, and none before its time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import Session, SQLModel, select

from approvals.conversation import answer, ask_for_information, comment, reassign
from approvals.kinds import UNDO_WINDOW, Kind
from approvals.requests import is_unsettled
from approvals.second_thoughts import apply, take_back
from approvals.service import (
    APPLY_JOB,
    AlreadyDecided,
    Decision,
    DecisionRefused,
    Effects,
    Question,
    ask,
    decide,
    open_requests,
    void,
)
from core import audit, jobs
from core.campaign import load_campaign
from core.cards import Card, Choice
from core.clock import Clock, FixedClock
from core.database import open_engine, reading, unit_of_work
from core.errors import Refused, TransientError
from core.models.approvals import Request, RequestComment
from core.people import People, Role, load_people

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


class Requests(RuleBasedStateMachine):
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

    @initialize()
    def begin(self) -> None:
        self.ask("candidate:1", "a" * 64)

    @rule(matter=MATTERS, content=CONTENTS)
    def ask(self, matter: str, content: str) -> None:
        question = Question(kind="candidate", subject=matter, campaign=CAMPAIGN.slug, card=CARD, role=Role.REVIEWER,
                            assignee=PEOPLE.named("rosa"), requested_by="omar", sla=CAMPAIGN.sla,
                            content_sha256=content)  # fmt: skip
        with unit_of_work(self.engine) as session:
            request_id = ask(session, self.clock, question).id
        before = self._unsettled(matter)
        if before is not None and self.known[before].content == content:
            assert request_id == before
            return
        assert request_id not in self.known
        if before is not None:
            self._over(before, "void")
        self.known[request_id] = Known(matter, content)

    @rule(pick=PICK, choice=st.sampled_from(["approve", "decline"]), who=WHO, refuses=st.booleans(),
          window=st.sampled_from([True, True, False]), seen=st.one_of(st.none(), CONTENTS))  # fmt: skip
    def decide(self, pick: int, choice: str, who: str, window: bool, seen: str | None, refuses: bool) -> None:
        request_id = self._picked(pick)
        known = self.known[request_id]
        changed = seen not in (None, known.content)
        try:
            self._decide(request_id, choice, who, seen, window=window, refuses=refuses)
        except AlreadyDecided:
            assert known.status in ("decided", "pending")
        except DecisionRefused:
            assert known.status == "void" or (known.status == "open" and changed)
        except Refused:
            assert refuses
            assert not window
            assert known.status == "open"
        else:
            assert known.status == "open"
            assert not changed
            known.decided_at = self.clock.now()
            if window:
                known.status, known.until = "pending", self.clock.now() + WINDOW
            else:
                self._over(request_id, "decided")

    @rule(pick=PICK)
    def decide_with_an_effect_that_fails(self, pick: int) -> None:
        request_id = self._picked(pick)
        if self.known[request_id].status != "open":
            return
        try:
            self._decide(request_id, "approve", "rosa", None, fails=True)
        except ZeroDivisionError:
            return
        raise AssertionError("the failure was swallowed")

    @rule(pick=PICK, who=st.sampled_from(["rosa", "omar", "lena"]))
    def take_back(self, pick: int, who: str) -> None:
        request_id = self._picked(pick)
        known = self.known[request_id]
        in_time = known.until is not None and self.clock.now() < known.until
        try:
            with unit_of_work(self.engine) as session:
                take_back(session, self.clock, request_id, actor=PEOPLE.named(who), door="web", people=PEOPLE,
                          campaign=CAMPAIGN)  # fmt: skip
        except DecisionRefused:
            assert known.status != "pending" or not in_time or who == "lena"
        else:
            assert known.status == "pending"
            assert in_time
            assert who != "lena"
            known.status, known.until, known.decided_at = "open", None, None

    @rule(refuses=st.booleans())
    def apply_what_is_due(self, refuses: bool) -> None:
        """As the worker does; a job comes back for as long as it fails."""
        while True:
            with unit_of_work(self.engine) as session:
                job = jobs.claim(session, self.clock, kind=APPLY_JOB)
            if job is None:
                break
            at = datetime.fromisoformat(job.payload["decided_at"])
            self._apply(job.payload["request"], at, refuses)
            with unit_of_work(self.engine) as session:
                jobs.finish(session, self.clock, job.id or 0)
        for known in self.known.values():
            assert known.status != "pending" or (known.until is not None and self.clock.now() < known.until)

    @rule(pick=PICK, ago=st.sampled_from([timedelta(0), timedelta(minutes=1)]))
    def apply_at_the_wrong_time(self, pick: int, ago: timedelta) -> None:
        """A job that was worked twice, too soon, or that belongs to a decision taken back since."""
        request_id = self._picked(pick)
        at = (self.known[request_id].decided_at or self.clock.now()) - ago
        try:
            self._apply(request_id, at, False)
        except TransientError:
            known = self.known[request_id]
            assert known.status == "pending"
            assert known.until is not None
            assert self.clock.now() < known.until

    @precondition(lambda self: any(known.status in ("open", "pending") for known in self.known.values()))
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        unsettled = [name for name, known in self.known.items() if known.status in ("open", "pending")]
        request_id = data.draw(st.sampled_from(sorted(unsettled, key=list(self.known).index)))
        with unit_of_work(self.engine) as session:
            void(session, self.clock, kind="candidate", subject=self.known[request_id].matter, why="no longer needed")
        self._over(request_id, "void")

    @rule(pick=PICK, who=WHO)
    def pause_or_go_on(self, pick: int, who: str) -> None:
        request_id = self._picked(pick)
        known, actor = self.known[request_id], PEOPLE.named(who)
        calendar, other = PEOPLE.named("rosa").calendar, PEOPLE.named("sofia")
        try:
            with unit_of_work(self.engine) as session:
                request = session.get_one(Request, request_id)
                if known.waits:
                    answer(session, self.clock, request, actor=other, text="Here.", door="web", calendar=calendar)
                else:
                    ask_for_information(session, self.clock, request, actor=actor, of=other, text="Who?", door="web",
                                        calendar=calendar)  # fmt: skip
        except Refused:
            assert known.status != "open"
        else:
            assert known.status == "open"
            known.waits = not known.waits

    @rule(pick=PICK, to=st.sampled_from(["rosa", "rolf"]))
    def hand_on(self, pick: int, to: str) -> None:
        request_id = self._picked(pick)
        try:
            with unit_of_work(self.engine) as session:
                request = session.get_one(Request, request_id)
                reassign(session, self.clock, request, to=PEOPLE.named(to), actor=PEOPLE.named("omar"), people=PEOPLE,
                         calendar=PEOPLE.named(request.assignee).calendar)  # fmt: skip
        except Refused:
            assert self.known[request_id].status != "open"

    @rule(minutes=st.sampled_from([1, 9, 10, 10, 11, 60, 50 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

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

    def _picked(self, pick: int) -> str:
        names = list(self.known)
        return names[-1 - pick % len(names)]

    def _over(self, request_id: str, status: str) -> None:
        known = self.known[request_id]
        known.status, known.until, known.waits = status, None, False

    def _unsettled(self, matter: str) -> str | None:
        found = [name for name, known in self.known.items()
                 if known.matter == matter and known.status in ("open", "pending")]  # fmt: skip
        assert len(found) <= 1
        return found[0] if found else None

    def _apply(self, request_id: str, at: datetime, refuses: bool) -> None:
        known = self.known[request_id]
        due = known.status == "pending" and known.decided_at == at and self.clock.now() >= (known.until or at)
        with unit_of_work(self.engine) as session:
            done = apply(session, self.clock, request_id, at, effects=self._effects(refuses), people=PEOPLE)
        assert (done is not None) == due
        if due and refuses:
            known.status, known.until, known.decided_at = "open", None, None
            known.reopened += 1
        elif due:
            self._over(request_id, "decided")

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

    def _decide(
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


class RequestsAtLength(Requests):
    """The same for longer."""


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=4, stateful_step_count=30, deadline=None, derandomize=True)
TestRequestsAtLength = pytest.mark.slow(RequestsAtLength.TestCase)
TestRequestsAtLength.settings = settings(max_examples=100, stateful_step_count=40, deadline=None, derandomize=True)
