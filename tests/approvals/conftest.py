from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from approvals.second_thoughts import apply, take_back_now
from approvals.service import Decision, Effects, Question, ask, decide_now
from core.campaign import Campaign
from core.cards import Card, Choice, Fact
from core.clock import Clock, FixedClock
from core.database import unit_of_work
from core.models.approvals import Request
from core.people import People, Role
from tests.approvals.pending import Apply, Ask, Decide, TakeBack

HOSTILE = "Ada 🧵 \u202eadA {{7*7}} =HYPERLINK() <!channel>\r\nBcc: eve@example.com"
CHOICES = (
    Choice(id="approve", label="Approve"),
    Choice(id="decline", label="Decline", needs_reason=True, reasons=("wrong audience", "off brand")),
)


@pytest.fixture
def question(people: People, campaign: Campaign) -> Ask:
    """A question to rosa about a candidate, unless told otherwise: `question(title="…", role=Role.LEGAL)`."""

    def build(*, title: str = HOSTILE, assignee: str = "rosa", **changes: object) -> Question:
        known: dict[str, object] = {
            "kind": "candidate",
            "subject": "candidate:1",
            "campaign": campaign.slug,
            "card": Card(title=title, facts=(Fact(label="Followers", value="24,000"),), choices=CHOICES),
            "role": Role.REVIEWER,
            "assignee": people.named(assignee),
            "requested_by": "omar",
            "sla": campaign.sla,
        }
        return Question(**(known | changes))  # type: ignore[arg-type]

    return build


@pytest.fixture
def asked(engine: Engine, clock: FixedClock, question: Ask) -> Request:
    """An open request to rosa, on the record."""
    with unit_of_work(engine) as session:
        return ask(session, clock, question())


@pytest.fixture
def effects_seen() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def decided(
    engine: Engine, clock: FixedClock, people: People, campaign: Campaign, effects_seen: list[tuple[str, str]]
) -> Decide:
    """Decides as rosa from the terminal, unless told otherwise, noting which effects ran."""

    def note(_session: Session, _clock: object, request: Request, decision: Decision) -> None:
        effects_seen.append((request.id, decision.choice))

    def decide(request: Request, choice: str = "approve", *, by: str = "rosa", **more: object) -> Request:
        flag = bool(more.pop("terminal_may_sign_off", False))
        known: dict[str, object] = {"request_id": request.id, "choice": choice, "door": "terminal"}
        known["actor"] = people.named(by)
        decision = Decision(**(known | more))  # type: ignore[arg-type]
        effects = {(request.kind, choice.id): note for choice in CHOICES}
        return decide_now(engine, clock, decision, people=people, campaign=campaign, effects=effects,
                          terminal_may_sign_off=flag)  # fmt: skip

    return decide


@pytest.fixture
def pending(asked: Request, decided: Decide) -> Request:
    """Rosa approved and may take it back."""
    return decided(asked, may_be_taken_back=True)


@pytest.fixture
def taken_back(engine: Engine, clock: FixedClock, people: People, campaign: Campaign) -> TakeBack:
    """Takes back as rosa from the terminal, unless told otherwise."""

    def run(request: Request, *, by: str = "rosa", door: str = "terminal", sign_off: bool = False) -> Request:
        return take_back_now(engine, clock, request.id, actor=people.named(by), door=door, people=people,
                             campaign=campaign, terminal_may_sign_off=sign_off)  # fmt: skip

    return run


@pytest.fixture
def applied(engine: Engine, clock: FixedClock, people: People, effects_seen: list[tuple[str, str]]) -> Apply:
    """Carries out a decision, noting which effects ran, unless the test brings its own."""

    def note(_session: Session, _clock: Clock, request: Request, decision: Decision) -> None:
        effects_seen.append((request.id, decision.choice))

    def run(request: Request, *, at: datetime | None = None, effects: Effects | None = None) -> Request | None:
        known = effects or {(request.kind, choice): note for choice in ("approve", "decline")}
        with unit_of_work(engine) as session:
            return apply(session, clock, request.id, at or request.decided_at or clock.now(), effects=known,
                         people=people)  # fmt: skip

    return run
