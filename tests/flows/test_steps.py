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
from core.store import candidate_named
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
    deals.accept_offer(house.w, CAMPAIGN, creator, actor="sofia", how="reply")
    deals.draft_contracts(house.w)
    return creator, house.open_request("final contract")


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
    # A longlist made now leaves the creator out, and when the cool-down is over the question is asked again.
    assert longlist.source_campaign(house.w, other, actor="omar").new_candidates >= 1
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=91))
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
    with pytest.raises(Refused, match="no offer to accept"):
        deals.accept_offer(house.w, CAMPAIGN, creator, actor="sofia", how="reply")
    with pytest.raises(Refused, match="Sofia Marin"):
        house.decide(question, "approve", by="sofia")
    house.decide(question, "approve", by="olivia")
    assert deals.accept_offer(house.w, CAMPAIGN, creator, actor="sofia", how="reply").version == offer.version


def test_a_contract_made_anew_voids_the_question_about_the_old_one(house: House, tmp_path: Path) -> None:
    creator, old = _contract_to_sign_off(house)
    house.decide(old, "request_changes", by="lena", reason="name another law")
    changed = tmp_path / "linen-summer.toml"
    changed.write_text(CAMPAIGN_FILE.read_text().replace('governing_law = "Germany"', 'governing_law = "Austria"'))
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(minutes=5))
    longlist.source_campaign(house.w, changed, actor="omar")
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        contract = deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="omar")
    assert contract.version == 2
    new = house.open_request("final contract")
    assert any("Germany" in difference and "Austria" in difference for difference in new.card["differences"])
    house.decide(new, "sign_off", by="lena")
    assert house.stage(creator) == Stage.SIGNED_OFF


def test_a_drafted_contract_redrafted_before_a_decision_cannot_be_signed_off_by_the_old_click(
    house: House, tmp_path: Path
) -> None:
    creator, old = _contract_to_sign_off(house)
    changed = tmp_path / "linen-summer.toml"
    changed.write_text(CAMPAIGN_FILE.read_text().replace('governing_law = "Germany"', 'governing_law = "Austria"'))
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(minutes=5))
    longlist.source_campaign(house.w, changed, actor="omar")
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="omar")
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


def test_a_signature_mail_that_was_lost_between_two_steps_goes_out_with_the_next_run(house: House) -> None:
    creator, question = _contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    job = next_job(house.w, SEND_JOB)
    assert job is not None
    # The process died after the contract was marked as out and before its mail was sent.
    with unit_of_work(house.w.engine) as session:
        deals._put_out(session, house.w, int(job.payload["contract"]))
    finish(house.w, job)
    assert deals.send_contracts(house.w) == 0
    [attachment] = house.outbox()[-1].iter_attachments()
    assert attachment.get_filename() == f"{CAMPAIGN}-{creator.partition(':')[2]}-v1.docx"
    assert house.stage(creator) == Stage.OUT_FOR_SIGNATURE


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
    review.drop(house.w, CAMPAIGN, creator, actor="olivia", reason="moved abroad")
    assert house.stage(creator) == Stage.DROPPED
    with pytest.raises(Refused, match="no longer asked: the creator was dropped"):
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
        review.drop(house.w, CAMPAIGN, creator, actor="olivia", reason=" ")
    review.drop(house.w, CAMPAIGN, creator, actor="olivia", reason="off brand after all")
    assert outreach.send_due(house.w, CAMPAIGN).sent == ()
    assert house.outbox() == []
    with reading(house.w.engine) as session:
        assert reserved_accounts(session, house.w.clock, brand="Aurelia Linen", campaign="other") == set()
