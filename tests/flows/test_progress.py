"""A campaign line for each creator: what happened, what comes next and when, and what stands in the way."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import Refused
from core.models.outreach import Message, Reply
from core.store import candidate_named, snapshot_of
from flows.steps import outreach, quarantine, senders
from flows.steps.progress import progress_of
from outreach import breakers
from outreach.progress import CreatorLine
from tests.flows.scenes import adopt, approved, invited
from tests.house import CAMPAIGN, House


def line_of(house: House, creator: str) -> CreatorLine:
    return next(line for line in progress_of(house.w, CAMPAIGN).lines if line.creator == creator)


def ready(house: House, many: int = 1) -> list[str]:
    """So many have a mail that may go."""
    creators = approved(house, many)
    house.let_mails_go()
    return creators


def test_whoever_is_in_the_queue_has_no_line_and_who_was_approved_waits_for_a_mail(house: House) -> None:
    [creator] = approved(house, 1)
    found = progress_of(house.w, CAMPAIGN)
    assert [(line.creator, line.stage, line.last, line.next, line.why) for line in found.lines] == [
        (creator, "APPROVED", "", "invite", "it is written with the next batch"),
    ]  # fmt: skip
    assert (found.stopped, found.lines[0].blocked) == ("Nobody has seen a mail in these words",) * 2


def test_who_may_not_be_written_to_by_a_machine_waits_for_a_person(house: House) -> None:
    [creator] = approved(house, 1)
    with unit_of_work(house.w.engine) as session:
        session.delete(snapshot_of(session, candidate_named(session, CAMPAIGN, creator))["email"])
    assert line_of(house, creator).blocked == "No mail address is on record"


def test_who_was_written_to_gets_a_follow_up_from_the_morning_of_the_third_day(house: House) -> None:
    [creator] = invited(house)
    with unit_of_work(house.w.engine) as session:
        mail = session.exec(select(Message)).one()
        mail.time_zone, mail.country = "America/New_York", "US"
        session.add(mail)
    line = line_of(house, creator)
    assert (line.last, line.last_at, line.answered) == ("invite", datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "")
    # Friday plus three is a Monday; nine in New York.
    assert (line.next, line.when, line.blocked) == ("follow-up-1", datetime(2026, 11, 23, 14, 0, tzinfo=UTC), "")
    assert line.why == "3 days after the first mail without a reply"


def test_an_answer_ends_it_and_an_automatic_one_does_not(house: House) -> None:
    [creator] = invited(house)
    with unit_of_work(house.w.engine) as session:
        mail = session.exec(select(Message)).one()
        session.add(Reply(mail_id="<away@x>", message_id=mail.id, candidate_id=mail.candidate_id, kind="away",
                          because="", text="", received_at=house.w.clock.now()))  # fmt: skip
    assert (line_of(house, creator).answered, line_of(house, creator).next) == ("away", "follow-up-1")
    house.answer(house.outbox()[0], "I am interested, count me in!")
    outreach.read_replies(house.w)
    line = line_of(house, creator)
    assert (line.stage, line.answered, line.next, line.when) == ("REPLIED", "interested", "", None)


def test_a_pause_a_problem_with_the_words_or_a_sender_who_stands_still_is_said(house: House) -> None:
    [creator] = ready(house)
    assert line_of(house, creator).blocked == ""
    sofia, omar = (house.w.people.named(name) for name in ("sofia", "omar"))
    outreach.pause(house.w, CAMPAIGN, actor=sofia)
    assert "is paused: Sofia Marin stopped it" in line_of(house, creator).blocked
    outreach.go_on(house.w, CAMPAIGN, actor=sofia)
    with unit_of_work(house.w.engine) as session:
        breakers.stop_sender(session, house.w.clock, "sofia", why="3 of 20 mails came back", actor="greenroom")
    assert line_of(house, creator).blocked == "the mails of Sofia Marin stand still: 3 of 20 mails came back"
    assert progress_of(house.w, CAMPAIGN).stops == {"sofia": "3 of 20 mails came back"}
    with pytest.raises(Refused, match="may not let a sender go on"):
        senders.let_go_on(house.w, CAMPAIGN, sender="sofia", actor=sofia)
    senders.let_go_on(house.w, CAMPAIGN, sender="sofia", actor=omar)
    assert line_of(house, creator).blocked == ""
    with pytest.raises(Refused, match="do not stand still"):
        senders.let_go_on(house.w, CAMPAIGN, sender="sofia", actor=omar)


@pytest.mark.slow
def test_what_waits_for_the_first_few_says_until_when(house: House) -> None:
    chosen = house.campaign().outreach.model_copy(update={"canary_size": 1, "canary_hours": 20})
    adopt(house, house.campaign().model_copy(update={"outreach": chosen}))
    ready(house, 2)
    outreach.send_due(house.w, CAMPAIGN, limit=1)
    found = progress_of(house.w, CAMPAIGN)
    waiting = next(line for line in found.lines if line.next == "invite")
    said = "The first mail in these words is out; the others follow from 2026-11-21 05:31 UTC"
    assert waiting.blocked == said
    assert found.held == (f"{waiting.blocked}.",)


@pytest.mark.slow
def test_a_wording_in_quarantine_leaves_it_to_a_person(house: House) -> None:
    [creator] = ready(house)
    quarantine.put_in_quarantine(house.w, CAMPAIGN, named="", why="wrong fee", say="",
                                 actor=house.w.people.named("omar"))  # fmt: skip
    line = line_of(house, creator)
    assert (line.next, line.why) == ("", "the invitation cancelled; a person decides: in quarantine: wrong fee")


@pytest.mark.slow
def test_a_full_day_puts_it_off_to_the_next_working_day(house: House) -> None:
    chosen = house.campaign().outreach.model_copy(update={"daily_cap": 1})
    adopt(house, house.campaign().model_copy(update={"outreach": chosen}))
    ready(house, 2)
    outreach.send_due(house.w, CAMPAIGN)
    [waiting] = [line for line in progress_of(house.w, CAMPAIGN).lines if line.next == "invite"]
    assert waiting.blocked == "Sofia Marin has sent all mails of the day"
    assert waiting.when is not None
    assert waiting.when.date() == datetime(2026, 11, 23, tzinfo=UTC).date()


@pytest.mark.slow
def test_many_creators_take_as_many_queries_as_few(house: House, clock: FixedClock) -> None:
    def asked() -> int:
        count = 0

        def note(*_told: object) -> None:
            nonlocal count
            count += 1

        event.listen(house.w.engine, "before_cursor_execute", note)
        progress_of(house.w, CAMPAIGN, ledger=True)
        event.remove(house.w.engine, "before_cursor_execute", note)
        return count

    invited(house, 2)
    few = asked()
    approved(house, 8)
    outreach.write_invitations(house.w, CAMPAIGN)
    outreach.send_due(house.w, CAMPAIGN)
    clock.advance(timedelta(days=1))
    assert asked() == few


def test_the_ledger_tells_each_attempt_with_its_place_of_the_day(house: House) -> None:
    invited(house, 2)
    tried = progress_of(house.w, CAMPAIGN, ledger=True).attempts
    assert [(one.step, one.sender, one.outcome, str(one.day), one.number) for one in tried] == [
        ("invite", "sofia", "sent", "2026-11-20", 1), ("invite", "sofia", "sent", "2026-11-20", 2),
    ]  # fmt: skip
    assert all(one.via.startswith("folder") and one.ended_at for one in tried)
    with unit_of_work(house.w.engine) as session:
        numbers = session.exec(select(Message.id).order_by(col(Message.id))).all()
    assert [one.message_id for one in tried] == list(numbers)
