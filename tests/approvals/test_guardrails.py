"""What the guardrails caught is counted, with how much they looked at."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from approvals.guardrails import GUARDRAILS, Told, caught, report
from approvals.sampling import note, sample_card, sample_question, spot_check
from approvals.service import Decision, Question, ask, decide
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.guardrails import AutomatedAction
from core.models.outreach import Message
from core.people import People
from core.store import keep_campaign
from tests.conftest import START

SLUG = "linen-summer"


def told(session: Session, name: str, campaign: str | None = SLUG) -> Told:
    return next(one for one in report(session, campaign, START) if one.guardrail == name)


def test_every_guardrail_is_reported_also_where_it_had_nothing_to_do(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as session:
        assert report(session, None, START) == tuple(Told(name, 0, 0) for name in GUARDRAILS)
    assert set(GUARDRAILS) == {
        "gate", "sampling", "spot check", "sign-off rules", "four eyes", "content changed", "caption scan",
    }  # fmt: skip


def test_catches_are_counted_by_what_was_found_commonest_first(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        for found, times in {"no disclosure": 3, "no code": 1, "too long": 1, "banned words": 2}.items():
            for number in range(times):
                assert caught(session, clock, guardrail="caption scan", campaign=SLUG,
                              subject=f"draft:{number}", found=found)  # fmt: skip
        caught(session, clock, guardrail="caption scan", campaign="other", subject="draft:9", found="no code")
    with reading(engine) as session:
        assert told(session, "caption scan") == Told(
            "caption scan", 0, 7, (("no disclosure", 3), ("banned words", 2), ("no code", 1))
        )
        assert told(session, "caption scan", None).caught == 8
        assert report(session, SLUG, START + timedelta(seconds=1))[-1].caught == 0


def test_a_gate_that_stays_shut_is_caught_once_a_day(engine: Engine, clock: FixedClock) -> None:
    def again(subject: str = "campaign:linen-summer/1", found: str = "not signed off") -> bool:
        with unit_of_work(engine) as session:
            return caught(session, clock, guardrail="gate", campaign=SLUG, subject=subject, found=found)

    assert again()
    clock.advance(timedelta(hours=23))
    assert not again()
    assert again(found="nobody named")
    assert again(subject="campaign:linen-summer/2")
    clock.advance(timedelta(hours=1))
    assert again()
    with reading(engine) as session:
        assert (told(session, "gate").looked_at, told(session, "gate").caught) == (4, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"guardrail": "gates"},
        {"found": "Ada wrote <!channel>"},
        {"found": ""},
        {"found": "x" * 61},
        {"subject": "ada@example.com"},
        {"subject": "creator:Ada Linen"},
        {"subject": "draft:1\n"},
    ],
)
def test_what_a_creator_wrote_is_not_kept_as_a_catch(
    sqlite_engine: Engine, clock: FixedClock, wrong: dict[str, str]
) -> None:
    known = {"guardrail": "gate", "campaign": SLUG, "subject": "draft:1", "found": "no code"}
    with unit_of_work(sqlite_engine) as session, pytest.raises(ValueError, match=r"no guardrail|told as"):
        caught(session, clock, **(known | wrong))


def test_what_was_asked_decided_and_put_in_force_is_what_was_looked_at(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, question: Callable[..., Question]
) -> None:
    omar = people.named("omar")
    with unit_of_work(engine) as session:
        keep_campaign(session, clock, campaign)
        ask(session, clock, question(kind="draft content", subject="draft:1", four_eyes=True))
        put = ask(session, clock, question())
        choice = Decision(request_id=put.id, choice="approve", actor=people.named("rosa"), door="slack")
        effects = {("candidate", "approve"): lambda *_: None}
        decide(session, clock, choice, people=people, campaign=campaign, effects=effects)
        for number in range(10):
            note(session, clock, campaign=SLUG, kind="k", subject=f"s:{number}")
        clock.advance(timedelta(days=7))
        for action in spot_check(session, clock, SLUG, "2026-W47", 2):
            card = sample_card(action, what="k", weekly=True)
            ask(session, clock, sample_question(action, campaign, card, assignee=omar, weekly=True))
        first = session.get_one(AutomatedAction, 1)
        ask(session, clock, sample_question(first, campaign, sample_card(first, what="k"), assignee=omar))
    with reading(engine) as session:
        looked = {one.guardrail: one.looked_at for one in report(session, SLUG, START)}
        assert looked == {"sign-off rules": 1, "gate": 0, "sampling": 1, "spot check": 2, "four eyes": 1,
                          "content changed": 1, "caption scan": 1}  # fmt: skip
        assert all(one.looked_at == 0 for one in report(session, "city-stores", START))
        assert all(one.looked_at == 0 for one in report(session, SLUG, START + timedelta(days=8)))


def test_marketing_mail_that_went_out_passed_the_gate(
    sqlite_engine: Engine, clock: FixedClock, longlisted: Callable[..., Candidate]
) -> None:
    with unit_of_work(sqlite_engine) as session:
        candidate = longlisted(session, "ada.linen")
        for number, (category, status) in enumerate(
            [("marketing", "sent"), ("marketing", "failed"), ("transactional", "sent")]
        ):
            session.add(Message(
                candidate_id=candidate.id or 0, campaign=SLUG, step=f"step {number}", category=category, status=status,
                sender="sofia", recipient="ada@example.com", subject="s", text="t", message_id=f"<{number}@x>",
                template="invite", template_sha256="0" * 64, facts=[], created_at=START, sent_at=START,
            ))  # fmt: skip
        caught(session, clock, guardrail="gate", campaign=SLUG, subject="campaign:linen-summer/1", found="no analyst")
    with reading(sqlite_engine) as session:
        assert told(session, "gate") == Told("gate", 2, 1, (("no analyst", 1),))
