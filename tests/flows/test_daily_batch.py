"""What the batch of each day does to a creator who does not answer, through the steps that people and flows use."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.stages import Stage
from flows.steps import outreach as steps
from flows.wiring import Wiring
from outreach import service as outreach
from outreach.service import SendReport
from tests.flows.scenes import approved, invited
from tests.house import CAMPAIGN, House


def day(house: House, moment: str) -> SendReport:
    clock = house.w.clock
    assert isinstance(clock, FixedClock)
    clock.advance(datetime.fromisoformat(moment).replace(tzinfo=UTC) - clock.now())
    steps.close_unanswered(house.w, CAMPAIGN)
    steps.write_due(house.w, CAMPAIGN)
    return steps.send_due(house.w, CAMPAIGN)


def test_two_follow_ups_then_no_answer_and_a_late_reply_reopens_it(house: House) -> None:
    [creator] = invited(house)
    assert day(house, "2026-11-22T10:00").left == 1  # tomorrow's is written already
    for moment, mails in (("2026-11-23T10:00", 2), ("2026-11-26T10:00", 2), ("2026-11-27T10:00", 3),
                          ("2026-12-04T07:00", 3)):  # fmt: skip
        day(house, moment)
        assert (moment, len(house.outbox())) == (moment, mails)
        assert house.stage(creator) == Stage.INVITED
    first, second, third = house.outbox()
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert second["From"] == first["From"]
    day(house, "2026-12-04T10:00")
    assert house.stage(creator) == Stage.NO_ANSWER
    assert day(house, "2026-12-07T10:00").sent == ()
    house.answer(first, "Sorry for being late, I am interested!")
    steps.read_replies(house.w)
    assert house.road(creator)[-2:] == [Stage.NO_ANSWER, Stage.REPLIED]


def test_who_answered_is_not_followed_up(house: House) -> None:
    invited(house)
    house.answer(house.outbox()[0], "Let me think about it. What would I have to film?")
    steps.read_replies(house.w)
    assert day(house, "2026-11-23T10:00").sent == ()
    assert day(house, "2026-11-27T10:00").sent == ()


def test_a_follow_up_takes_a_slot_of_its_day(house: House) -> None:
    invited(house)
    steps.write_due(house.w, CAMPAIGN)
    with reading(house.w.engine) as session:
        assert list(outreach.status(session, CAMPAIGN).slots.values()) == [1]
    day(house, "2026-11-23T10:00")
    with reading(house.w.engine) as session:
        assert sorted(outreach.status(session, CAMPAIGN).slots.values()) == [1, 1]


def test_a_new_mailbox_is_warmed_up_as_the_settings_say(house: House) -> None:
    approved(house, 3)
    house.let_mails_go()
    warm = Wiring(house.w.settings.model_copy(update={"warm_up": 1}), house.w.clock)
    assert len(steps.send_due(warm, CAMPAIGN).sent) == 1
    assert steps.send_due(warm, CAMPAIGN).sent == ()
    warm.engine.dispose()


def test_files_are_written_without_a_pace_and_mails_leave_at_that_of_the_settings(house: House) -> None:
    assert steps.pace_of(house.w) is None
    real = Wiring(house.w.settings.model_copy(update={"dry_run": False}), house.w.clock)
    assert steps.pace_of(real) == outreach.Pace(12, 120)


def test_a_sender_who_was_stopped_goes_on_when_somebody_who_may_says_so(house: House) -> None:
    approved(house)
    house.let_mails_go()
    with unit_of_work(house.w.engine) as session:
        outreach.stop_sender(session, house.w.clock, "sofia", why="4 of 50 mails came back", actor="greenroom")
    stopped = steps.send_due(house.w, CAMPAIGN)
    assert (stopped.sent, stopped.left_because) == (
        (), "the mails of Sofia Marin stand still: 4 of 50 mails came back")  # fmt: skip
    assert steps.stops(house.w) == {"sofia": "4 of 50 mails came back"}
    with pytest.raises(Refused, match="may not let mails go on"):
        steps.lift_stop(house.w, "sofia", actor=house.w.people.named("rosa"))
    steps.lift_stop(house.w, "sofia", actor=house.w.people.named("omar"))
    assert len(steps.send_due(house.w, CAMPAIGN).sent) == 1


def test_an_unsubscribe_link_stands_in_the_mail_where_there_is_an_address_of_ours(house: House) -> None:
    approved(house)
    w = Wiring(house.w.settings.model_copy(update={"public_url": "https://creators.example.com"}), house.w.clock)
    steps.write_due(w, CAMPAIGN)
    House(w).let_mails_go()
    assert len(steps.send_due(w, CAMPAIGN).sent) == 1
    [mail] = house.outbox()
    assert mail["List-Unsubscribe"].startswith("<https://creators.example.com/u/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    w.engine.dispose()


def test_mails_of_tomorrow_are_written_today(house: House) -> None:
    invited(house)
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=1))
    assert steps.write_due(house.w, CAMPAIGN).follow_ups.written == ()
    house.w.clock.advance(timedelta(days=1))
    assert len(steps.write_due(house.w, CAMPAIGN).follow_ups.written) == 1
