"""Every kind of request is asked, shown at the terminal and in Slack, and decided, whatever its card offers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from rich.text import Text
from sqlalchemy import Engine
from sqlmodel import Session

from approvals.kinds import COMES_AFTER, UNDO_WINDOW, YES, Kind
from approvals.second_thoughts import apply
from approvals.service import Decision, Effects, Question, ask, decide_now
from approvals.slack import cards
from approvals.slack.ids import chosen
from cli.cards import card_lines
from core.campaign import Campaign
from core.cards import Card, CardFile, Choice, Fact
from core.clock import Clock, FixedClock
from core.database import unit_of_work
from core.models.approvals import Request
from core.people import People, Role
from flows.slack.showing import shown_of

Ask = Callable[..., Question]
APPROVE, SIGN_OFF = Choice(id="approve", label="Approve"), Choice(id="sign_off", label="Sign off")
DECLINE = Choice(id="decline", label="Decline", needs_reason=True)
CHANGES = Choice(id="request_changes", label="Request changes", needs_reason=True)
#: Who is asked, and between which choices.
ASKED: dict[Kind, tuple[str, Role, tuple[Choice, ...]]] = {
    Kind.CANDIDATE: ("rosa", Role.REVIEWER, (APPROVE, DECLINE, Choice(id="hold", label="Hold"))),
    Kind.OUTREACH_BATCH: ("omar", Role.OPS, (APPROVE, CHANGES)),
    Kind.OFFER: ("olivia", Role.OWNER, (APPROVE, DECLINE)),
    Kind.BRIEF: ("olivia", Role.OWNER, (SIGN_OFF, CHANGES)),
    Kind.TRACKING: ("omar", Role.OPS, (SIGN_OFF, CHANGES)),
    Kind.DRAFT_CONTENT: ("olivia", Role.OWNER, (APPROVE, CHANGES)),
    Kind.FINAL_CONTRACT: ("lena", Role.LEGAL, (SIGN_OFF, CHANGES)),
    Kind.RETURNED: ("lena", Role.LEGAL, (APPROVE, DECLINE)),
    Kind.MEASUREMENT: ("anton", Role.ANALYTICS, (SIGN_OFF, CHANGES)),
    Kind.WEIGHTS: ("olivia", Role.OWNER, (APPROVE, DECLINE)),
    Kind.COUNTERSIGNATURE: ("olivia", Role.OWNER, (SIGN_OFF, DECLINE)),
    Kind.SPOT_CHECK: ("omar", Role.OPS, (APPROVE, CHANGES)),
}


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What a kind is does not depend on the database."""
    return sqlite_engine


@pytest.fixture
def of_kind(engine: Engine, clock: FixedClock, people: People, question: Ask) -> Callable[[Kind], Request]:
    def build(kind: Kind) -> Request:
        who, role, choices = ASKED[kind]
        card = Card(
            title=f"A {kind} of Ada",
            facts=(Fact(label="Fee", value="200.00 EUR", evidence="offer version 2"),),
            risk="thin data",
            differences=("Fee: 100 → 200",),
            files=(CardFile(name="a.docx", sha256="ab12" * 16, path="/archive/ab12"),),
            choices=choices,
        )
        with unit_of_work(engine) as session:
            return ask(session, clock, question(kind=str(kind), role=role, assignee=who, card=card, requested_by="x"))

    return build


def test_twelve_kinds_are_known_and_each_is_tried_here() -> None:
    assert len(Kind) == 12
    assert set(ASKED) == set(UNDO_WINDOW) == set(Kind)
    assert {*COMES_AFTER, *COMES_AFTER.values()} <= set(Kind)
    assert all(any(choice.id in YES for choice in choices) for _, _, choices in ASKED.values())


@pytest.mark.parametrize("kind", ["contract", "Candidate", "", "creative_brief"])
def test_a_kind_that_nobody_knows_is_a_mistake_of_whoever_asks(
    engine: Engine, clock: FixedClock, question: Ask, kind: str
) -> None:
    with unit_of_work(engine) as session, pytest.raises(ValueError, match="is no kind of request"):
        ask(session, clock, question(kind=kind))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_shown_at_the_terminal_and_in_slack(
    engine: Engine, clock: FixedClock, people: People, of_kind: Callable[[Kind], Request], kind: Kind
) -> None:
    request = of_kind(kind)
    with unit_of_work(engine) as session:
        shown = shown_of(session, clock, people, request)
    at_the_terminal = "\n".join(line.plain if isinstance(line, Text) else line for line in card_lines(request))
    message = cards.message(shown)
    for words in (f"A {kind} of Ada", "200.00 EUR", "thin data"):
        assert words in at_the_terminal
        assert words in str(message)
    offered = [chosen(part["action_id"]) for block in message["blocks"] for part in block.get("elements", [])
               if "action_id" in part]  # fmt: skip
    assert [choice.id for choice in ASKED[kind][2]] == [name for name in offered if name]


@pytest.mark.parametrize("may_be_taken_back", [False, True])
@pytest.mark.parametrize(("kind", "choice"), [(kind, choice.id) for kind in Kind for choice in ASKED[kind][2]])
def test_every_kind_is_decided_with_each_of_its_choices(
    engine: Engine, clock: FixedClock, people: People, campaign: Campaign, of_kind: Callable[[Kind], Request],
    kind: Kind, choice: str, may_be_taken_back: bool,
) -> None:  # fmt: skip
    ran: list[tuple[str, str]] = []

    def note(_session: Session, _clock: Clock, request: Request, decision: Decision) -> None:
        ran.append((request.kind, decision.choice))

    effects: Effects = {(known, offer.id): note for known, (_, _, offers) in ASKED.items() for offer in offers}
    request = of_kind(kind)
    decision = Decision(request_id=request.id, choice=choice, actor=people.named(ASKED[kind][0]), door="slack",
                        reason="as agreed", may_be_taken_back=may_be_taken_back)  # fmt: skip
    done = decide_now(engine, clock, decision, people=people, campaign=campaign, effects=effects)
    if may_be_taken_back and UNDO_WINDOW[kind]:
        assert ran == []
        clock.advance(timedelta(minutes=10))
        with unit_of_work(engine) as session:
            assert apply(session, clock, done.id, done.decided_at or clock.now(), effects=effects, people=people)
    assert ran == [(kind, choice)]
