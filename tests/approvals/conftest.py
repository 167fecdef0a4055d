from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from approvals.service import Decision, Question, ask, decide_now
from core.campaign import Campaign
from core.cards import Card, Choice, Fact
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.approvals import Request
from core.people import People, Role

HOSTILE = "Ada 🧵 \u202eadA {{7*7}} =HYPERLINK() <!channel>\r\nBcc: eve@example.com"
CHOICES = (
    Choice(id="approve", label="Approve"),
    Choice(id="decline", label="Decline", needs_reason=True, reasons=("wrong audience", "off brand")),
)
Ask = Callable[..., Question]
Decide = Callable[..., Request]


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
