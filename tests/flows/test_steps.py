"""What happens between the rooms when things do not go straight."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import func, select

from contracts import service as contracts
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.files import sha256_of
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.reservations import reserved_accounts
from core.stages import Stage
from core.store import account_of, candidate_named, keep_campaign, snapshot_of, the_candidate
from flows.effects import SEND_JOB
from flows.steps import deals, longlist, outreach, review, upkeep
from flows.steps.work import finish, next_job
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build, text_of


@pytest.fixture(scope="module")
def longlisted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a pool, a longlist and a queue, made once; tests work on copies."""
    from tests.conftest import START

    house = build(tmp_path_factory.mktemp("made") / "home", FixedClock(START))
    house.import_sample()
    longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    longlist.fill_queue(house.w, CAMPAIGN, actor="omar")
    house.w.engine.dispose()
    return house.w.settings.home


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path, clock: FixedClock) -> House:
    import shutil

    shutil.copytree(longlisted_home, tmp_path / "home")
    return build(tmp_path / "home", clock)


def _invited(house: House, many: int = 1) -> list[str]:
    """Approve and invite so many creators."""
    chosen = house.with_addresses(many)
    for _, question in chosen:
        house.decide(question, "approve", by="rosa")
    outreach.write_invitations(house.w, CAMPAIGN)
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == many
    return [creator for creator, _ in chosen]


def _contract_to_sign_off(house: House) -> tuple[str, Request]:
    [creator] = _invited(house)
    house.answer(house.outbox()[0], "I am interested, count me in!")
    outreach.read_replies(house.w)
    deals.make_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"))
    deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), how="reply")
    deals.draft_contracts(house.w)
    return creator, house.open_request("final contract")


def _redraft_under_another_law(house: House, creator: str, folder: Path) -> Contract:
    changed = folder / "linen-summer.toml"
    changed.write_text(CAMPAIGN_FILE.read_text().replace('governing_law = "Germany"', 'governing_law = "Austria"'))
    longlist.source_campaign(house.w, changed, actor="omar")
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        return deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="omar")


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
    longlist.source_campaign(house.w, other, actor="omar")
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    creator, question = house.best_with_an_address()
    house.decide(question, "approve", by="rosa")
    assert house.stage(creator, "linen-winter") == Stage.HELD
    assert len(house.queue("linen-winter")) == 24
    # A longlist made now leaves the creator out, also when the cool-down is over but the matter is still under way.
    assert longlist.source_campaign(house.w, other, actor="omar").new_candidates >= 1
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=91))
    assert upkeep.tidy(house.w)["holds_ended"] == 0
    # The creator is let go before anybody wrote: the other campaign's question is asked again.
    review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason="plans changed")
    assert house.stage(creator, "linen-winter") == Stage.QUEUED


def test_a_hold_whose_reason_has_ended_is_asked_about_again(house: House, tmp_path: Path) -> None:
    other = tmp_path / "linen-winter.toml"
    other.write_text(CAMPAIGN_FILE.read_text().replace('slug = "linen-summer"', 'slug = "linen-winter"'))
    longlist.source_campaign(house.w, other, actor="omar")
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    [creator] = _invited(house)
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
    longlist.source_campaign(house.w, other, actor="omar")
    house.decide(question, "approve", by="rosa")
    longlist.fill_queue(house.w, "linen-winter", actor="omar")
    with reading(house.w.engine) as session:
        rival = candidate_named(session, "linen-winter", creator)
        late = review.latest_request(session, kind="candidate", subject=f"candidate:{rival.id}")
    house.decide(late, "approve", by="rosa")
    assert house.stage(creator, "linen-winter") == Stage.HELD


def test_an_opt_out_ends_it_and_keeps_the_creator_off_later_longlists(house: House) -> None:
    [creator] = _invited(house)
    house.answer(house.outbox()[0], "No thanks, please remove me from your list.")
    [reply] = outreach.read_replies(house.w)
    assert (reply.kind, house.stage(creator)) == ("opt-out", Stage.CLOSED_BY_OPT_OUT)
    again = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    handle = creator.partition(":")[2]
    assert not re.search(rf'"handle": ?"{re.escape(handle)}"', (Path(again.folder) / "longlist.jsonl").read_text())


def test_an_offer_beyond_the_limit_waits_for_the_owner_and_not_for_the_one_who_made_it(house: House) -> None:
    [creator] = _invited(house)
    house.answer(house.outbox()[0], "I am interested, but my rate is 450 EUR.")
    outreach.read_replies(house.w)
    sofia = house.w.people.named("sofia")
    offer, question = deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia, stipend=Decimal(450))
    assert offer.status == "drafted"
    assert question is not None
    assert question.assignee == "olivia"
    with pytest.raises(Refused, match="waits for the owner"):
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), how="reply")
    with pytest.raises(Refused, match="Sofia Marin"):
        house.decide(question, "approve", by="sofia")
    house.decide(question, "approve", by="olivia")
    assert (
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), how="reply").version
        == offer.version
    )


def test_a_contract_made_anew_voids_the_question_about_the_old_one(house: House, tmp_path: Path) -> None:
    creator, old = _contract_to_sign_off(house)
    house.decide(old, "request_changes", by="lena", reason="name another law")
    assert _redraft_under_another_law(house, creator, tmp_path).version == 2
    new = house.open_request("final contract")
    assert any("Germany" in difference and "Austria" in difference for difference in new.card["differences"])
    house.decide(new, "sign_off", by="lena")
    assert house.stage(creator) == Stage.SIGNED_OFF


def test_a_drafted_contract_redrafted_before_a_decision_cannot_be_signed_off_by_the_old_click(
    house: House, tmp_path: Path
) -> None:
    creator, old = _contract_to_sign_off(house)
    _redraft_under_another_law(house, creator, tmp_path)
    with pytest.raises(Refused, match="no longer asked"):
        house.decide(old, "sign_off", by="lena")
    assert house.open_request("final contract").content_sha256 != old.content_sha256


def test_a_contract_changed_in_the_archive_is_not_signed_off(house: House) -> None:
    _, question = _contract_to_sign_off(house)
    path = house.w.archive.path_of(question.content_sha256)
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(Exception, match="was changed after it was kept"):
        house.decide(question, "sign_off", by="lena")
    with reading(house.w.engine) as session:
        assert session.exec(select(Contract)).one().status == "drafted"


def test_a_contract_mail_that_was_queued_by_a_run_that_was_killed_goes_out_with_the_next(house: House) -> None:
    creator, question = _contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    job = next_job(house.w, SEND_JOB)
    assert job is not None
    with unit_of_work(house.w.engine) as session:
        deals._queue_mail(session, house.w, int(job.payload["contract"]))
    finish(house.w, job)
    # Only a mail that went out makes a contract out for signature.
    assert house.stage(creator) == Stage.SIGNED_OFF
    assert deals.send_contracts(house.w) == 1
    [attachment] = house.outbox()[-1].iter_attachments()
    assert attachment.get_filename() == f"{CAMPAIGN}-{creator.partition(':')[2]}-v1.docx"
    assert house.stage(creator) == Stage.OUT_FOR_SIGNATURE
    with reading(house.w.engine) as session:
        assert session.exec(select(Contract)).one().status == "out"


def test_a_contract_redrafted_before_its_mail_went_out_is_not_mailed(house: House, tmp_path: Path) -> None:
    creator, question = _contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    job = next_job(house.w, SEND_JOB)
    assert job is not None
    with unit_of_work(house.w.engine) as session:
        deals._queue_mail(session, house.w, int(job.payload["contract"]))
    _redraft_under_another_law(house, creator, tmp_path)
    mails = len(house.outbox())
    assert deals.send_contracts(house.w) == 0
    assert len(house.outbox()) == mails
    assert house.stage(creator) == Stage.CONTRACT_DRAFTED


def test_a_signed_off_contract_drafted_again_with_the_same_terms_asks_nobody(house: House) -> None:
    creator, question = _contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="omar")
    with reading(house.w.engine) as session:
        assert (
            session.exec(select(Request).where(Request.status == "open", Request.kind == "final contract")).all() == []
        )
    assert deals.send_contracts(house.w) == 1


def test_a_creator_without_an_address_can_be_carried_to_the_signature_by_hand(house: House) -> None:
    with reading(house.w.engine) as session:
        without = [
            request
            for request in review.review_queue(session, CAMPAIGN)
            if "email" not in snapshot_of(session, the_candidate(session, request.candidate_id or 0))
        ]
        account = account_of(session, the_candidate(session, without[0].candidate_id or 0))
        creator = f"{account.platform}:{account.handle}"
    sofia = house.w.people.named("sofia")
    house.decide(without[0], "approve", by="rosa")
    [left] = outreach.write_invitations(house.w, CAMPAIGN).left
    assert "No mail address" in left.reason
    outreach.by_hand(house.w, CAMPAIGN, creator, actor=sofia, how="direct message on the platform")
    assert house.stage(creator) == Stage.INVITED
    outreach.record_answer(house.w, CAMPAIGN, creator, actor=sofia, kind="interested", note="wrote back at once")
    deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia)
    deals.accept_offer(house.w, CAMPAIGN, creator, actor=sofia, how="direct message")
    deals.draft_contracts(house.w)
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    assert deals.send_contracts(house.w) == 0
    assert house.stage(creator) == Stage.SIGNED_OFF
    deals.hand_over(house.w, CAMPAIGN, creator, actor=sofia)
    deals.record_signature(
        house.w, CAMPAIGN, creator, signed_name="Her Name", actor=sofia, evidence={"note": "photo of the page"}
    )
    assert house.stage(creator) == Stage.SIGNED


def test_whoever_is_late_is_reminded_once_per_level(house: House) -> None:
    assert upkeep.remind(house.w) == 0
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=3))
    first = upkeep.remind(house.w)
    assert first > 0
    assert upkeep.remind(house.w) == 0
    assert "Rosa" in str(house.outbox()[0]["To"])
    assert "linen-summer" in text_of(house.outbox()[0])


def test_the_same_longlist_twice_is_the_same_bytes(house: House, tmp_path: Path) -> None:
    first = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar", out=tmp_path / "a")
    second = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="rosa", out=tmp_path / "b")
    assert first.run_id == second.run_id
    for suffix in ("jsonl", "csv", "xlsx", "html"):
        assert sha256_of(tmp_path / "a" / f"longlist.{suffix}") == sha256_of(tmp_path / "b" / f"longlist.{suffix}")


def test_a_dropped_creator_is_asked_about_no_more_and_frees_the_budget(house: House) -> None:
    creator, question = _contract_to_sign_off(house)
    with reading(house.w.engine) as session:
        assert contracts.budget(session, house.campaign()).committed.amount == Decimal(200)
    review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason="moved abroad")
    assert house.stage(creator) == Stage.DROPPED
    with pytest.raises(Refused, match="no longer asked: the creator is DROPPED"):
        house.decide(question, "sign_off", by="lena")
    with reading(house.w.engine) as session:
        assert contracts.budget(session, house.campaign()).committed.amount == 0


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


def test_the_queue_grows_beyond_its_first_places_where_more_approvals_are_wanted(house: House, tmp_path: Path) -> None:
    more = tmp_path / "linen-summer.toml"
    more.write_text(CAMPAIGN_FILE.read_text().replace("approved_target = 12", "approved_target = 40"))
    longlist.source_campaign(house.w, more, actor="omar")
    for question in house.queue():
        house.decide(question, "approve", by="rosa")
    assert longlist.refill_queues(house.w) == 15
    assert len(house.queue()) == 15


def test_only_the_longlist_in_force_is_queued(house: House, tmp_path: Path) -> None:
    strict = tmp_path / "linen-summer.toml"
    text = CAMPAIGN_FILE.read_text()
    strict.write_text(text.replace("followers_max = 100_000", "followers_max = 15_000"))
    longlist.source_campaign(house.w, strict, actor="omar")
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
    longlist.source_campaign(house.w, other, actor="omar")
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


@pytest.mark.parametrize("who", ["rosa", "lena"])
def test_whoever_does_not_negotiate_cannot_bind_budget_or_record_a_signature(house: House, who: str) -> None:
    [creator] = _invited(house)
    house.answer(house.outbox()[0], "I am interested!")
    outreach.read_replies(house.w)
    deals.make_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"))
    with pytest.raises(Refused, match="may not record an acceptance"):
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named(who), how="reply")
    with pytest.raises(Refused, match="may not drop a creator"):
        review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named(who), reason="because")
    assert house.stage(creator) == Stage.NEGOTIATING


def test_an_offer_that_no_approved_template_covers_is_not_made(house: House, tmp_path: Path) -> None:
    rich = tmp_path / "linen-summer.toml"
    text = CAMPAIGN_FILE.read_text().replace('per_creator_maximum = "400.00"', 'per_creator_maximum = "9000.00"')
    rich.write_text(text.replace('budget = "6000.00"', 'budget = "90000.00"'))
    [creator] = _invited(house)
    longlist.source_campaign(house.w, rich, actor="omar")
    house.answer(house.outbox()[0], "I am interested!")
    outreach.read_replies(house.w)
    with pytest.raises(Refused, match="approved for contracts of up to"):
        deals.make_offer(
            house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), stipend=Decimal(8000)
        )  # fmt: skip
    assert house.stage(creator) == Stage.REPLIED


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
