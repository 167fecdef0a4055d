"""News of deals in Slack: one post in the campaign's channel for all, and one to each where no channel is named."""

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

from core.clock import FixedClock
from core.database import unit_of_work
from core.models.deals import Contract
from flows.steps import deal_news, upkeep
from tests.flows.scenes import contract_to_sign_off, sign_as_creator, signed_deal
from tests.flows.slack.slacked import Slacked, in_slack, leave, member, words
from tests.house import CAMPAIGN, House


def happened(house: House, news: str) -> None:
    with unit_of_work(house.w.engine) as session:
        deal_news.tell(session, house.w, session.exec(select(Contract)).one(), news)


def mailed(there: Slacked) -> list[str]:
    return sorted(str(mail["To"]) for mail in there.house.outbox() if "Linen Summer" in str(mail["Subject"])
                  and str(mail["Subject"]).startswith(("Signed: ", "Posts overdue: ")))  # fmt: skip


def test_it_is_one_post_that_calls_all_whom_it_concerns_and_nobody_is_mailed(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    creator = signed_deal(house)
    with in_slack(house, tmp_path, clock) as there:
        leave(there.house, 0)
        there.settle()
        happened(there.house, deal_news.LATE)
        assert [deal_news.send_news(there.house.w) for _ in range(2)] == [1, 0]
        there.settle()
        [told] = there.top()
        assert told["text"].startswith("Posts overdue: ")
        assert creator in words(told)
        assert f"<@{member('omar')}> <@{member('sofia')}>" in words(told)
        assert mailed(there) == []


def test_it_hangs_below_the_contracts_card_and_shows_no_document(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    creator, _ = contract_to_sign_off(house)
    with in_slack(house, tmp_path, clock) as there:
        leave(there.house, 0)
        there.settle()
        [card] = there.top()
        before = len(there.thread(card))
        sign_as_creator(there.house, creator)
        happened(there.house, deal_news.SIGNED)
        assert deal_news.send_news(there.house.w) == 1
        there.settle()
        told = there.thread(card)[before:]
        assert [one["text"].partition(":")[0] for one in told] == ["Signed"]
        assert "greenroom contracts history" in words(told[0])
        assert "attached" not in words(told[0])
        assert "files" not in told[0]


def test_where_no_channel_is_named_each_is_told_and_who_is_not_there_by_mail(
    house: House, tmp_path: Path, clock: FixedClock
) -> None:
    signed_deal(house)
    gone = (f'slack = "{member("sofia")}"', 'slack = ""')
    with in_slack(house, tmp_path, clock, edit=gone, slack_channel="") as there:
        leave(there.house, 0)
        happened(there.house, deal_news.LATE)
        assert deal_news.send_news(there.house.w) == 2
        there.settle()
        [told] = there.messages(f"D{member('omar')}")
        assert told["text"].startswith("Posts overdue: ")
        assert mailed(there) == ["Sofia Marin <sofia@example.com>"]


def test_what_the_channel_does_not_take_is_told_to_each_once(house: House, tmp_path: Path, clock: FixedClock) -> None:
    signed_deal(house)
    with in_slack(house, tmp_path, clock, slack_channel="C0GONE") as there:
        leave(there.house, 0)
        there.simulator.archived.add("C0GONE")
        happened(there.house, deal_news.LATE)
        assert deal_news.send_news(there.house.w) == 1
        there.settle()
        there.announce()
        assert [deal_news.send_news(there.house.w) for _ in range(2)] == [2, 0]
        there.settle()
        assert mailed(there) == ["Omar Haddad <omar@example.com>", "Sofia Marin <sofia@example.com>"]


def test_what_runs_out_is_posted_there_too(house: House, tmp_path: Path, clock: FixedClock) -> None:
    signed_deal(house)
    with in_slack(house, tmp_path, clock) as there:
        leave(there.house, 0)
        there.settle()
        clock.advance(datetime(2027, 1, 20, 9, tzinfo=UTC) - clock.now())
        assert [upkeep.tell_ends(there.house.w) for _ in range(2)] == [1, 0]
        there.settle()
        [told] = there.top()
        assert told["text"] == f"1 thing ends soon in deals of {CAMPAIGN}"
        assert "the campaign ends on 31 January 2027" in words(told)
        assert f"<@{member('omar')}>" in words(told)
