"""Where cards go: the channel that is named, whoever is asked, or nowhere until there is a place."""

from pathlib import Path

import pytest

from core.clock import FixedClock
from core.database import reading
from flows.slack.delivery import delivery
from flows.slack.posting import announce, look_again
from flows.slack.trouble import lost_in_words
from flows.steps import conversation
from tests.flows.slack.slacked import Slacked, buttons, in_slack, leave, member, with_slack, words
from tests.house import House


def test_without_a_channel_it_goes_to_whoever_is_asked_and_to_the_next_when_it_is_handed_on(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    also = ('roles = ["ops", "owner", ', 'roles = ["ops", "owner", "reviewer", ')
    with in_slack(house, tmp_path, clock, edit=also, slack_channel="") as there:
        w, first = there.house.w, leave(house, 3)[0]
        there.settle()
        [parent] = there.top(f"D{member('rosa')}")
        assert len(there.thread(parent, f"D{member('rosa')}")) == 3
        conversation.reassign(w, first.id, to=w.people.named("omar"), actor=w.people.named("rosa"), door="slack")
        there.settle()
        assert "For Omar Haddad" in words(there.thread(parent, f"D{member('rosa')}")[0])
        [parent] = there.top(f"D{member('omar')}")
        [card] = there.thread(parent, f"D{member('omar')}")
        assert "request.choose.approve" in buttons(card)


def test_with_neither_channel_nor_account_nothing_is_posted_until_a_channel_is_named(
    house: House, tmp_path: Path, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="greenroom.slack")
    plain = house.w.settings.people_file
    with in_slack(house, tmp_path, clock, slack_channel="", people_file=plain) as there:
        leave(there.house, 3)
        assert there.announce() == 0
        assert there.announce() == 0
        assert len([line for line in caplog.messages if "no channel is named" in line]) == 3
        named = with_slack(there.house, tmp_path, there.simulator.address, clock, people_file=plain)
        assert announce(named.w) == 0
        look_again(named.w)
        assert announce(named.w) == 4


def test_a_channel_that_is_gone_is_told_to_ops_until_another_is_named(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    with in_slack(house, tmp_path, clock, slack_channel="C9") as there:
        w = there.house.w
        leave(there.house, 3)
        there.announce()
        with reading(w.engine) as session:
            assert (delivery(session).waiting, lost_in_words(session)) == (4, [])
        there.settle()
        with reading(w.engine) as session:
            told = lost_in_words(session)
        assert len(told) == 2
        assert "1 message for C9 never reached Slack" in told[0]
        assert "channel_not_found" in told[0]
        named = with_slack(there.house, tmp_path, there.simulator.address, clock, slack_channel="C2")
        look_again(named.w)
        moved = Slacked(named, there.simulator, clock)
        moved.settle()
        assert len(moved.thread(moved.top("C2")[0], "C2")) == 3
        assert "Queue 2" in words(moved.top("C2")[0])
        with reading(w.engine) as session:
            assert lost_in_words(session) == []
