"""Whatever is asked, decided and withdrawn in whatever order: one open question per matter, one decision each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule
from sqlmodel import Session, SQLModel, select

from approvals.service import AlreadyDecided, Decision, DecisionRefused, Question, ask, decide, open_requests, void
from core import audit
from core.campaign import load_campaign
from core.cards import Card, Choice
from core.clock import Clock, FixedClock
from core.database import open_engine, reading, unit_of_work
from core.models.approvals import Request
from core.people import Role, load_people

PROJECT = Path(__file__).resolve().parents[2]
CAMPAIGN = load_campaign(PROJECT / "campaigns" / "linen-summer.toml")
PEOPLE = load_people(PROJECT / "people.example.toml")
MATTERS = st.sampled_from(["candidate:1", "candidate:2", "candidate:3"])
CONTENTS = st.sampled_from(["a" * 64, "b" * 64])
CARD = Card(title="Ada", choices=(Choice(id="approve", label="Approve"), Choice(id="decline", label="Decline")))


class Requests(RuleBasedStateMachine):
    asked: Bundle[str] = Bundle("asked")

    def __init__(self) -> None:
        super().__init__()
        self.engine = open_engine("sqlite://")
        SQLModel.metadata.create_all(self.engine)
        self.clock = FixedClock(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
        self.open: dict[str, tuple[str, str]] = {}
        self.status: dict[str, str] = {}
        self.effects: list[str] = []

    def teardown(self) -> None:
        self.engine.dispose()

    @rule(target=asked, matter=MATTERS, content=CONTENTS)
    def ask(self, matter: str, content: str) -> str:
        question = Question(kind="candidate", subject=matter, campaign=CAMPAIGN.slug, card=CARD, role=Role.REVIEWER,
                            assignee=PEOPLE.named("rosa"), requested_by="omar", sla=CAMPAIGN.sla,
                            content_sha256=content)  # fmt: skip
        with unit_of_work(self.engine) as session:
            request_id = ask(session, self.clock, question).id
        before = self.open.get(matter)
        if before is not None and before[1] == content:
            assert request_id == before[0]
            return request_id
        assert request_id not in self.status
        if before is not None:
            self.status[before[0]] = "void"
        self.open[matter] = (request_id, content)
        self.status[request_id] = "open"
        return request_id

    @rule(request_id=asked, choice=st.sampled_from(["approve", "decline"]), who=st.sampled_from(["rosa", "omar"]),
          seen=st.one_of(st.none(), CONTENTS))  # fmt: skip
    def decide(self, request_id: str, choice: str, who: str, seen: str | None) -> None:
        known = self.status[request_id]
        matter = next((matter for matter, (open_id, _) in self.open.items() if open_id == request_id), None)
        changed = matter is not None and seen not in (None, self.open[matter][1])
        try:
            self._decide(request_id, choice, who, seen)
        except AlreadyDecided:
            assert known == "decided"
        except DecisionRefused:
            assert known == "void" or changed
        else:
            assert known == "open"
            assert not changed
            assert matter is not None
            del self.open[matter]
            self.status[request_id] = "decided"

    @rule(request_id=consumes(asked))
    def decide_with_an_effect_that_fails(self, request_id: str) -> None:
        if self.status[request_id] != "open":
            return
        try:
            self._decide(request_id, "approve", "rosa", None, fails=True)
        except ZeroDivisionError:
            return
        raise AssertionError("the failure was swallowed")

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        matter = data.draw(st.sampled_from(sorted(self.open)))
        with unit_of_work(self.engine) as session:
            void(session, self.clock, kind="candidate", subject=matter, why="no longer needed")
        self.status[self.open.pop(matter)[0]] = "void"

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @invariant()
    def the_record_agrees(self) -> None:
        with reading(self.engine) as session:
            rows = session.exec(select(Request)).all()
            assert {row.id: row.status for row in rows} == self.status
            assert {row.id for row in open_requests(session)} == {request_id for request_id, _ in self.open.values()}
            assert audit.verify(session).problem == ""
        for row in rows:
            decided = (row.choice, row.decided_by, row.door, row.decided_at)
            assert all(decided) if row.status == "decided" else not any(decided)
        assert sorted(self.effects) == sorted(row.id for row in rows if row.status == "decided")

    def _decide(self, request_id: str, choice: str, who: str, seen: str | None, fails: bool = False) -> None:
        def effect(_session: Session, _clock: Clock, request: Request, _decision: Decision) -> None:
            if fails:
                raise ZeroDivisionError
            self.effects.append(request.id)

        decision = Decision(request_id=request_id, choice=choice, actor=PEOPLE.named(who), door="web",
                            content_sha256=seen)  # fmt: skip
        effects = {("candidate", "approve"): effect, ("candidate", "decline"): effect}
        with unit_of_work(self.engine) as session:
            decide(session, self.clock, decision, people=PEOPLE, campaign=CAMPAIGN, effects=effects)


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=30, stateful_step_count=25, deadline=None, derandomize=True)
