import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from approvals.rights import check_actor
from approvals.service import DecisionRefused, Question, ask
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.people import Absence, People, Role

Ask = Callable[..., Question]
Decide = Callable[..., Request]


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """Who may decide what does not depend on the database."""
    return sqlite_engine


def refusals(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        found = session.exec(select(AuditEntry).where(AuditEntry.action == "request.refused")).all()
        return [(entry.actor, json.loads(entry.detail)["why"]) for entry in found]


@pytest.mark.parametrize(
    ("by", "choice", "more", "why", "says"),
    [
        ("rosa", "maybe", {}, "no such choice", "Choices: approve, decline."),
        ("rosa", "decline", {}, "no reason", "such as: wrong audience; off brand"),
        ("rosa", "decline", {"reason": " \n\t "}, "no reason", "Decline needs a reason."),
        ("rosa", "decline", {"reason": "\x01\u202e\u200b\u3164"}, "no reason", "Decline needs a reason."),
        ("rosa", "decline", {"reason": "x" * 2_345}, "reason is too long", "Shorten it by 345"),
        ("rosa", "decline", {"reason": "no\x00"}, "reason is not text", "characters that are not text"),
        ("rosa", "decline", {"reason": "no\udce4"}, "reason is not text", "characters that are not text"),
        ("rosa", "approve", {"content_sha256": "0" * 64}, "content changed", "has changed since Rosa Lindqvist saw it"),
        ("rosa", "approve", {"content_sha256": ""}, "content changed", "Look at it again"),
        ("sofia", "approve", {}, "not theirs", "waits for Rosa Lindqvist as reviewer of linen-summer"),
        ("lena", "approve", {}, "not theirs", "Lena Okafor may not decide this"),
        ("olivia", "approve", {}, "not theirs", "Ask Rosa Lindqvist."),
    ],
)
def test_a_decision_that_may_not_be_is_refused_and_noted(
    engine: Engine, asked: Request, decided: Decide, effects_seen: list[tuple[str, str]],
    by: str, choice: str, more: dict[str, object], why: str, says: str,
) -> None:  # fmt: skip
    with pytest.raises(DecisionRefused) as caught:
        decided(asked, choice, by=by, **more)
    assert says in str(caught.value)
    assert caught.value.exit_code == 1
    assert refusals(engine) == [(by, why)]
    assert effects_seen == []
    with reading(engine) as session:
        assert session.get_one(Request, asked.id).status == "open"
    assert decided(asked).decided_by == "rosa"


def test_the_stand_in_may_decide(asked: Request, decided: Decide) -> None:
    assert decided(asked, by="omar").decided_by == "omar"


def test_while_somebody_and_their_stand_in_are_away_the_next_in_line_may_decide(
    asked: Request, people: People, campaign: Campaign, clock: FixedClock
) -> None:
    """Rosa's stand-in is Omar, and here his is Sofia: she is the one who is reminded."""
    day = clock.now().date()
    changes = {"away": (Absence(**{"from": day, "until": day}),), "delegate": "sofia"}
    team = {person.id: person for person in people}
    team["omar"] = team["omar"].model_copy(update=changes)
    only_omar = People(team)
    both = People(team | {"rosa": team["rosa"].model_copy(update=changes | {"delegate": "omar"})})
    check_actor(asked, team["sofia"], people=both, campaign=campaign, at=clock.now())
    for there, at in ((only_omar, clock.now()), (both, clock.now() + timedelta(days=1))):
        with pytest.raises(DecisionRefused, match="may not decide this"):
            check_actor(asked, team["sofia"], people=there, campaign=campaign, at=at)


def test_whoever_holds_the_role_in_the_campaign_may_decide(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide
) -> None:
    with unit_of_work(engine) as session:
        request = ask(session, clock, question(assignee="omar"))
    assert decided(request, by="rosa").decided_by == "rosa"


def test_having_a_role_is_not_holding_it_in_this_campaign(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide
) -> None:
    with unit_of_work(engine) as session:  # omar is an owner too, but not of linen-summer
        request = ask(session, clock, question(assignee="sofia", role=Role.OWNER))
    with pytest.raises(DecisionRefused, match="Omar Haddad may not decide"):
        decided(request, by="omar")
    assert decided(request, by="olivia").decided_by == "olivia"


def test_where_four_eyes_are_asked_whoever_asked_cannot_answer(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide
) -> None:
    with unit_of_work(engine) as session:
        request = ask(session, clock, question(four_eyes=True, requested_by="omar"))
    with pytest.raises(DecisionRefused, match=r"Omar Haddad asked this question .* Ask Rosa Lindqvist\."):
        decided(request, by="omar")
    assert refusals(engine) == [("omar", "four eyes")]
    assert decided(request, by="rosa").decided_by == "rosa"


@pytest.mark.parametrize("door", ["terminal", "cli", "Slack", ""])
def test_legal_signs_off_only_where_identity_is_proved(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide, door: str
) -> None:
    with unit_of_work(engine) as session:
        request = ask(session, clock, question(kind="final contract", role=Role.LEGAL, assignee="lena"))
    with pytest.raises(DecisionRefused, match="GREENROOM_TERMINAL_MAY_SIGN_OFF=true"):
        decided(request, by="lena", door=door)
    assert refusals(engine) == [("lena", "door")]
    assert decided(request, by="lena", door="slack").door == "slack"


def test_an_installation_may_let_its_terminal_sign_off(
    engine: Engine, clock: FixedClock, question: Ask, decided: Decide
) -> None:
    with unit_of_work(engine) as session:
        request = ask(session, clock, question(kind="final contract", role=Role.LEGAL, assignee="lena"))
    assert decided(request, by="lena", terminal_may_sign_off=True).status == "decided"


def test_rights_come_from_the_people_file_and_not_from_the_caller(
    asked: Request, decided: Decide, people: People
) -> None:
    forged = people.named("sofia").model_copy(update={"roles": (Role.REVIEWER,), "id": "eve"})
    with pytest.raises(Refused, match="Nobody is called 'eve'"):
        decided(asked, actor=forged)


def test_a_mistyped_id_concerns_no_request(engine: Engine, asked: Request, decided: Decide) -> None:
    with pytest.raises(Refused, match="There is no request"):
        decided(asked, request_id="ada@example.com")
    assert refusals(engine) == []
