"""The review queue, the mails and the upkeep, when things do not go straight."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.files import sha256_of
from core.models.candidates import Candidate
from core.reservations import reserved_accounts
from core.stages import Stage
from core.store import candidate_named, keep_campaign, snapshot_of, the_candidate
from flows.steps import deals, longlist, outreach, review, upkeep
from tests.flows.scenes import invited
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build, text_of


def test_declines_make_room_for_the_next_best_until_enough_are_approved(house: House) -> None:
    for question in house.queue()[:3]:
        house.decide(question, "decline", by="rosa", reason="off topic")
    assert len(house.queue()) == 22
    assert longlist.refill_queues(house.w) == 3
    assert longlist.refill_queues(house.w) == 0
    for question in house.queue()[: house.campaign().longlist.approved_target]:
        house.decide(question, "approve", by="rosa")
    house.decide(house.queue()[0], "hold", by="rosa", reason="later")
    assert longlist.refill_queues(house.w) == 0


@pytest.mark.slow
def test_a_second_source_run_keeps_everybody_where_they_stand(house: House) -> None:
    house.decide(house.queue()[0], "decline", by="rosa", reason="off brand")
    again = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    assert again.new_candidates == 0
    with reading(house.w.engine) as session:
        stages = dict(session.exec(select(Candidate.stage, func.count()).group_by(Candidate.stage)).all())
    assert stages == {"LONGLISTED": 225, "QUEUED": 24, "DECLINED_BY_US": 1}


def test_the_first_approval_keeps_the_creator_from_the_brands_other_campaign(house: House, tmp_path: Path) -> None:
    other = tmp_path / "linen-winter.toml"
    other.write_text(CAMPAIGN_FILE.read_text().replace('slug = "linen-summer"', 'slug = "linen-winter"'))
    longlist.source_campaign(house.w, other, actor="omar", limit=40)
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    creator, question = house.best_with_an_address()
    house.decide(question, "approve", by="rosa")
    assert house.stage(creator, "linen-winter") == Stage.HELD
    assert len(house.queue("linen-winter")) == 24
    # A longlist made now leaves the creator out, also when the cool-down is over but the matter is still under way.
    assert longlist.source_campaign(house.w, other, actor="omar", limit=40).new_candidates >= 1
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=91))
    assert upkeep.tidy(house.w)["holds_ended"] == 0
    # The creator is let go before anybody wrote: the other campaign's question is asked again.
    review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason="plans changed")
    assert house.stage(creator, "linen-winter") == Stage.QUEUED


def test_a_hold_whose_reason_has_ended_is_asked_about_again(house: House, tmp_path: Path) -> None:
    other = tmp_path / "linen-winter.toml"
    other.write_text(CAMPAIGN_FILE.read_text().replace('slug = "linen-summer"', 'slug = "linen-winter"'))
    longlist.source_campaign(house.w, other, actor="omar", limit=40)
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    [creator] = invited(house)
    house.answer(house.outbox()[0], "Thank you, but I have to pass this time.")
    outreach.read_replies(house.w)
    deals.decline_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), reason="fully booked")
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=89))
    assert upkeep.tidy(house.w)["holds_ended"] == 0
    house.w.clock.advance(timedelta(days=2))
    assert upkeep.tidy(house.w)["holds_ended"] == 1
    assert house.stage(creator, "linen-winter") == Stage.QUEUED


def test_an_approval_after_the_other_campaign_was_first_becomes_a_hold(house: House, tmp_path: Path) -> None:
    other = tmp_path / "linen-winter.toml"
    other.write_text(CAMPAIGN_FILE.read_text().replace('slug = "linen-summer"', 'slug = "linen-winter"'))
    creator, question = house.best_with_an_address()
    longlist.source_campaign(house.w, other, actor="omar", limit=40)
    house.decide(question, "approve", by="rosa")
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    with reading(house.w.engine) as session:
        rival = candidate_named(session, "linen-winter", creator)
        late = review.latest_request(session, kind="candidate", subject=f"candidate:{rival.id}")
    house.decide(late, "approve", by="rosa")
    assert house.stage(creator, "linen-winter") == Stage.HELD


def test_an_opt_out_ends_it_and_keeps_the_creator_off_later_longlists(house: House) -> None:
    [creator] = invited(house)
    house.answer(house.outbox()[0], "No thanks, please remove me from your list.")
    [reply] = outreach.read_replies(house.w)
    assert (reply.kind, house.stage(creator)) == ("opt-out", Stage.CLOSED_BY_OPT_OUT)
    again = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    handle = creator.partition(":")[2]
    assert not re.search(rf'"handle": ?"{re.escape(handle)}"', (Path(again.folder) / "longlist.jsonl").read_text())


def test_whoever_is_late_is_reminded_once_per_level(house: House) -> None:
    assert upkeep.remind(house.w) == 0
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=3))
    first = upkeep.remind(house.w)
    assert first > 0
    assert upkeep.remind(house.w) == 0
    assert "Rosa" in str(house.outbox()[0]["To"])
    assert "linen-summer" in text_of(house.outbox()[0])


def test_whoever_has_something_waiting_gets_one_digest_a_day(house: House) -> None:
    assert upkeep.send_digests(house.w) == 0  # asked since the office opened
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=3))
    assert upkeep.send_digests(house.w) == 1
    assert upkeep.send_digests(house.w) == 0
    [mail] = house.outbox()
    assert "Rosa" in str(mail["To"])
    assert str(mail["Subject"]).startswith("Your day: ")
    house.w.clock.advance(timedelta(days=1))
    assert upkeep.send_digests(house.w) == 1


@pytest.mark.slow
def test_the_same_longlist_twice_is_the_same_bytes(house: House, tmp_path: Path) -> None:
    first = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar", out=tmp_path / "a")
    second = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="olivia", out=tmp_path / "b")
    assert first.run_id == second.run_id
    for suffix in ("jsonl", "csv", "xlsx", "html"):
        assert sha256_of(tmp_path / "a" / f"longlist.{suffix}") == sha256_of(tmp_path / "b" / f"longlist.{suffix}")


def test_a_creator_dropped_before_any_mail_is_not_written_to_and_free_for_the_brands_other_campaigns(
    house: House,
) -> None:
    creator, question = house.best_with_an_address()
    house.decide(question, "approve", by="rosa")
    outreach.write_invitations(house.w, CAMPAIGN)
    with pytest.raises(Refused, match="without a reason"):
        review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason=" ")
    review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason="off brand after all")
    assert outreach.send_due(house.w, CAMPAIGN).sent == ()
    assert house.outbox() == []
    with reading(house.w.engine) as session:
        assert reserved_accounts(session, house.w.clock, brand="Aurelia Linen", campaign="other") == set()


@pytest.mark.slow
def test_the_queue_grows_beyond_its_first_places_where_more_approvals_are_wanted(house: House, tmp_path: Path) -> None:
    more = tmp_path / "linen-summer.toml"
    more.write_text(CAMPAIGN_FILE.read_text().replace("approved_target = 12", "approved_target = 40"))
    longlist.source_campaign(house.w, more, actor="omar", limit=40)
    for question in house.queue():
        house.decide(question, "approve", by="rosa")
    assert longlist.refill_queues(house.w) == 15
    assert len(house.queue()) == 15


def test_only_the_longlist_in_force_is_queued(house: House, tmp_path: Path) -> None:
    strict = tmp_path / "linen-summer.toml"
    text = CAMPAIGN_FILE.read_text()
    strict.write_text(text.replace("followers_max = 100_000", "followers_max = 15_000"))
    longlist.source_campaign(house.w, strict, actor="omar", limit=40)
    for question in house.queue():
        house.decide(question, "decline", by="rosa", reason="off topic")
    longlist.refill_queues(house.w)
    with reading(house.w.engine) as session:
        for question in review.review_queue(session, CAMPAIGN):
            snapshot = snapshot_of(session, the_candidate(session, question.candidate_id or 0))
            assert snapshot["followers"].value <= 15_000
    assert len(house.queue()) == 25


def test_an_opt_out_elsewhere_takes_the_creator_out_of_every_queue(house: House) -> None:
    creator, question = house.best_with_an_address()
    platform, _, handle = creator.partition(":")
    outreach.suppress(house.w, actor=house.w.people.named("omar"), why="asked by phone", account=(platform, handle))
    assert house.stage(creator) == Stage.CLOSED_BY_OPT_OUT
    with pytest.raises(Refused, match="no longer asked"):
        house.decide(question, "approve", by="rosa")
    assert longlist.refill_queues(house.w) == 1


def test_one_campaign_that_names_somebody_who_left_does_not_stop_the_others(house: House, tmp_path: Path) -> None:
    other = tmp_path / "linen-winter.toml"
    other.write_text(CAMPAIGN_FILE.read_text().replace('slug = "linen-summer"', 'slug = "linen-winter"'))
    longlist.source_campaign(house.w, other, actor="omar", limit=40)
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    house.decide(house.queue()[0], "decline", by="rosa", reason="off topic")
    with unit_of_work(house.w.engine) as session:
        broken = house.campaign().model_copy(
            update={"owners": house.campaign().owners.model_copy(update={"reviewers": ("gone",)})}
        )
        keep_campaign(session, house.w.clock, broken)
    house.decide(house.queue("linen-winter")[0], "decline", by="rosa", reason="off topic")
    assert longlist.refill_queues(house.w) == 1
    assert len(house.queue("linen-winter")) == 25


def test_a_record_whose_first_run_was_killed_before_it_made_anything_is_made_by_the_next(
    tmp_path: Path, clock: FixedClock
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "greenroom.db").touch()
    house = build(home, clock)
    with reading(house.w.engine) as session:
        assert session.exec(select(Candidate)).all() == []
    house.w.engine.dispose()
