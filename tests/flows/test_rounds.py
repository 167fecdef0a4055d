"""A round of the outreach over all campaigns that run."""

from datetime import date, timedelta

import pytest

from core.clock import FixedClock
from core.database import reading
from core.stages import Stage
from flows.steps import longlist
from flows.steps.rounds import outreach_round, running
from tests.flows.scenes import approved
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House


def test_a_round_writes_sends_and_closes_who_never_answered(house: House, clock: FixedClock) -> None:
    [creator] = approved(house, 1)
    house.let_mails_go()
    assert outreach_round(house.w)["sent"] == 1
    assert outreach_round(house.w) == {}
    sent = 1
    for _ in range(30):
        clock.advance(timedelta(days=1))
        sent += outreach_round(house.w).get("sent", 0)
    assert (sent, house.stage(creator)) == (3, Stage.NO_ANSWER)


def test_a_campaign_that_may_not_go_keeps_no_other(house: House, caplog: pytest.LogCaptureFixture) -> None:
    [creator] = approved(house, 1)
    other = house.w.settings.home / "other.toml"
    text = CAMPAIGN_FILE.read_text(encoding="utf-8").replace('slug = "linen-summer"', 'slug = "a-first-one"')
    other.write_text(
        text.replace('brand = "Aurelia Linen"', 'brand = "Other"').replace("quiet_days = 30", "quiet_days = 0")
    )
    longlist.source_campaign(house.w, other, actor="omar")
    longlist.fill_queue(house.w, "a-first-one", actor="omar")
    house.decide(house.queue("a-first-one")[0], "approve", by="rosa")
    house.let_mails_go()
    done = outreach_round(house.w)
    assert (done["sent"], house.stage(creator)) == (1, Stage.INVITED)
    with reading(house.w.engine) as session:
        assert running(session, house.w) == ["a-first-one", CAMPAIGN]


def test_a_campaign_that_is_over_is_left(house: House, clock: FixedClock) -> None:
    approved(house, 1)
    clock.advance(date(2027, 2, 1) - clock.now().date())
    with reading(house.w.engine) as session:
        assert running(session, house.w) == []
    assert outreach_round(house.w) == {}
