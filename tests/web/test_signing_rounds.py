"""Unsigned contracts are recalled twice at most, in office hours; dates of posts are told to creators and team."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.outreach import Message
from core.stages import Stage
from core.store import candidate_named, move
from flows.steps import deal_news, signing_rounds
from flows.steps.signing_rounds import Out, due_now
from tests.house import CAMPAIGN, House, text_of
from tests.web.signing_scene import Signer, signatures, token_in, with_settings

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def out_for(days: float, **known: object) -> Out:
    at = NOW - timedelta(days=days)
    fields: dict[str, object] = {"since": at, "reminders": 0, "last": at, "link_ends": NOW + timedelta(days=9),
                                 "link_warned": False, "team_told": False}  # fmt: skip
    return Out(**(fields | known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        (out_for(2.9), ""),
        (out_for(3), "reminder"),
        (out_for(3, reminders=1), "reminder"),
        (out_for(3, reminders=2), "team told"),
        (out_for(30, reminders=2, team_told=True), ""),
        (out_for(1, link_ends=NOW + timedelta(days=2)), "link ends"),
        (out_for(1, link_ends=NOW + timedelta(days=2), link_warned=True), ""),
        (out_for(3, link_ends=NOW), "reminder"),
    ],
)
def test_what_is_due(out: Out, expected: str) -> None:
    assert due_now(out, NOW, after_days=3) == expected


def test_nobody_is_reminded_where_that_is_switched_off() -> None:
    assert due_now(out_for(30), NOW, after_days=0) == ""


def subjects(house: House) -> list[str]:
    return [str(mail["Subject"]) for mail in house.outbox()]


def test_unsigned_is_recalled_twice_then_the_team_hears(signer: Signer, out: House, clock: FixedClock) -> None:
    assert signing_rounds.remind_unsigned(out.w) == 0
    clock.advance(timedelta(days=3))  # from a Friday to a Monday morning
    assert signing_rounds.remind_unsigned(out.w) == 1
    assert signing_rounds.remind_unsigned(out.w) == 0
    assert "Earlier links" not in text_of(out.outbox()[-1])
    assert "There is a newer link" in signer.look().text
    clock.advance(timedelta(days=3))
    assert signing_rounds.remind_unsigned(out.w) == 1
    clock.advance(timedelta(days=2, hours=12))
    assert signing_rounds.remind_unsigned(out.w) == 0  # a Saturday night
    clock.advance(timedelta(days=1, hours=12))
    assert signing_rounds.remind_unsigned(out.w) == 1
    assert deal_news.send_news(out.w) == 2
    assert subjects(out).count("Still to sign: your agreement for Linen Summer") == 2
    assert any(subject.startswith("Still unsigned:") for subject in subjects(out))
    for _ in range(20):
        clock.advance(timedelta(days=1))
        signing_rounds.remind_unsigned(out.w)
    assert subjects(out).count("Still to sign: your agreement for Linen Summer") == 2
    assert sum(subject.startswith("Your link to sign for") for subject in subjects(out)) == 1
    last = Signer(signer.client, out, token_in(out))
    assert last.sign(code=last.ask_code()).status_code == 303
    assert len(signatures(out)) == 1


def test_a_link_under_which_a_code_is_being_typed_in_stays(signer: Signer, out: House, clock: FixedClock) -> None:
    clock.advance(timedelta(days=12, minutes=1))  # its end is near, which a mail with a new one says
    code = signer.ask_code()
    assert signing_rounds.remind_unsigned(out.w) == 0
    assert signer.sign(code=code).status_code == 303
    assert len(signatures(out)) == 1


def test_who_asked_for_a_code_and_left_hears_that_the_link_ends(signer: Signer, out: House, clock: FixedClock) -> None:
    clock.advance(timedelta(days=12, minutes=1))
    signer.ask_code()
    clock.advance(timedelta(minutes=10))
    assert signing_rounds.remind_unsigned(out.w) == 1


def test_without_our_page_nobody_is_reminded_by_it(out: House, clock: FixedClock) -> None:
    clock.advance(timedelta(days=4))
    bare = with_settings(out, public_url="")
    assert signing_rounds.remind_unsigned(bare.w) == 0
    bare.w.engine.dispose()


def test_dates_of_posts_are_told_once_and_a_missed_one_to_the_team(
    signer: Signer, out: House, creator: str, clock: FixedClock
) -> None:
    signer.sign(code=signer.ask_code())
    assert signing_rounds.remind_of_posts(out.w) == 0
    for _ in range(85):
        clock.advance(timedelta(days=1))
        signing_rounds.remind_of_posts(out.w)
    with reading(out.w.engine) as session:
        steps = session.exec(select(Message.step).where(col(Message.step).startswith("posts-"))).all()
    assert sorted(steps) == ["posts-closes-1", "posts-opens-1"]
    deal_news.send_news(out.w)
    assert sum(subject.startswith("Posts overdue:") for subject in subjects(out)) == 2


def test_who_has_posted_is_not_reminded(signer: Signer, out: House, creator: str, clock: FixedClock) -> None:
    signer.sign(code=signer.ask_code())
    with unit_of_work(out.w.engine) as session:
        move(session, clock, candidate_named(session, CAMPAIGN, creator), Stage.LIVE, actor="omar")
    clock.advance(timedelta(days=85))
    assert signing_rounds.remind_of_posts(out.w) == 0
