"""Offers, contracts and signatures, when things do not go straight."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from contracts import service as contracts
from contracts.changes import Changes
from contracts.providers import Way
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.deals import Contract, Offer
from core.models.outreach import Reply
from core.stages import Stage
from core.store import account_of, candidate_named, snapshot_of, the_candidate
from flows.effects import SEND_JOB
from flows.steps import deals, longlist, outreach, putting_out, review
from flows.steps.work import finish, next_job
from tests.flows.scenes import contract_to_sign_off, invited, redraft_under_another_law
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House


def test_an_offer_beyond_the_limit_waits_for_the_owner_and_not_for_the_one_who_made_it(house: House) -> None:
    [creator] = invited(house)
    house.answer(house.outbox()[0], "I am interested, but my rate is 450 EUR.")
    outreach.read_replies(house.w)
    sofia = house.w.people.named("sofia")
    offer, question = deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia, changes=Changes(stipend=Decimal(450)))
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


@pytest.mark.parametrize("says_yes", [True, False])
def test_a_deal_settles_the_answer_that_led_to_it(house: House, says_yes: bool) -> None:
    [creator] = invited(house)
    house.answer(house.outbox()[0], "I am interested, but what do you pay?")
    outreach.read_replies(house.w)
    sofia = house.w.people.named("sofia")
    deals.make_offer(house.w, CAMPAIGN, creator, actor=sofia)
    with reading(house.w.engine) as session:
        # Somebody still has to tell the creator of the offer.
        assert session.exec(select(Reply.state)).all() == ["open"]
    if says_yes:
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=sofia, how="reply")
    else:
        deals.decline_offer(house.w, CAMPAIGN, creator, actor=sofia, reason="fee too low")
    with reading(house.w.engine) as session:
        [reply] = session.exec(select(Reply)).all()
    settled = "they accepted an offer" if says_yes else "they said no to an offer"
    assert (reply.state, reply.outcome, reply.handled_by) == ("done", settled, "sofia")


def test_a_contract_made_anew_voids_the_question_about_the_old_one(house: House, tmp_path: Path) -> None:
    creator, old = contract_to_sign_off(house)
    house.decide(old, "request_changes", by="lena", reason="name another law")
    assert redraft_under_another_law(house, creator, tmp_path).version == 2
    new = house.open_request("final contract")
    assert any("Germany" in difference and "Austria" in difference for difference in new.card["differences"])
    house.decide(new, "sign_off", by="lena")
    assert house.stage(creator) == Stage.SIGNED_OFF


def test_a_drafted_contract_redrafted_before_a_decision_cannot_be_signed_off_by_the_old_click(
    house: House, tmp_path: Path
) -> None:
    creator, old = contract_to_sign_off(house)
    redraft_under_another_law(house, creator, tmp_path)
    with pytest.raises(Refused, match="no longer asked"):
        house.decide(old, "sign_off", by="lena")
    assert house.open_request("final contract").content_sha256 != old.content_sha256


def test_a_contract_changed_in_the_archive_is_not_signed_off(house: House) -> None:
    _, question = contract_to_sign_off(house)
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
    creator, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    job = next_job(house.w, SEND_JOB)
    assert job is not None
    with unit_of_work(house.w.engine) as session:
        putting_out.put_out(session, house.w, int(job.payload["contract"]), Way("reply"), step="contract-1")
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
    creator, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    job = next_job(house.w, SEND_JOB)
    assert job is not None
    with unit_of_work(house.w.engine) as session:
        putting_out.put_out(session, house.w, int(job.payload["contract"]), Way("reply"), step="contract-1")
    redraft_under_another_law(house, creator, tmp_path)
    mails = len(house.outbox())
    assert deals.send_contracts(house.w) == 0
    assert len(house.outbox()) == mails
    assert house.stage(creator) == Stage.CONTRACT_DRAFTED


def test_a_signed_off_contract_drafted_again_with_the_same_terms_asks_nobody(house: House) -> None:
    creator, question = contract_to_sign_off(house)
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


def test_a_dropped_creator_is_asked_about_no_more_and_frees_the_budget(house: House) -> None:
    creator, question = contract_to_sign_off(house)
    with reading(house.w.engine) as session:
        assert contracts.budget(session, house.campaign()).committed.amount == Decimal(200)
    review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason="moved abroad")
    assert house.stage(creator) == Stage.DROPPED
    with pytest.raises(Refused, match="no longer asked: the creator is DROPPED"):
        house.decide(question, "sign_off", by="lena")
    with reading(house.w.engine) as session:
        assert contracts.budget(session, house.campaign()).committed.amount == 0


@pytest.mark.parametrize("who", ["rosa", "lena"])
def test_whoever_does_not_negotiate_cannot_bind_budget_or_record_a_signature(house: House, who: str) -> None:
    [creator] = invited(house)
    house.answer(house.outbox()[0], "I am interested!")
    outreach.read_replies(house.w)
    deals.make_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"))
    with pytest.raises(Refused, match="may not record an acceptance"):
        deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named(who), how="reply")
    with pytest.raises(Refused, match="may not drop a creator"):
        review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named(who), reason="because")
    assert house.stage(creator) == Stage.NEGOTIATING


@pytest.mark.parametrize(("reason", "says"), [("\x01\u200b", "without a reason"), ("x" * 2_001, "2,000 are the most")])
def test_a_drop_takes_a_reason_as_a_decision_does(house: House, reason: str, says: str) -> None:
    creator, _ = house.best_with_an_address()
    with pytest.raises(Refused, match=says):
        review.drop(house.w, CAMPAIGN, creator, actor=house.w.people.named("olivia"), reason=reason)
    assert house.stage(creator) == Stage.QUEUED


def test_an_offer_that_no_approved_template_covers_is_not_made(house: House, tmp_path: Path) -> None:
    rich = tmp_path / "linen-summer.toml"
    text = CAMPAIGN_FILE.read_text().replace('per_creator_maximum = "400.00"', 'per_creator_maximum = "9000.00"')
    rich.write_text(text.replace('budget = "6000.00"', 'budget = "90000.00"'))
    [creator] = invited(house)
    longlist.source_campaign(house.w, rich, actor="omar")
    house.answer(house.outbox()[0], "I am interested!")
    outreach.read_replies(house.w)
    with pytest.raises(Refused, match="approved for contracts of up to"):
        deals.make_offer(
            house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), changes=Changes(stipend=Decimal(8000))
        )  # fmt: skip
    assert house.stage(creator) == Stage.REPLIED


def test_an_owner_cannot_let_an_offer_whose_template_is_no_longer_approved(house: House) -> None:
    [creator] = invited(house)
    house.answer(house.outbox()[0], "I am interested, but my rate is 450 EUR.")
    outreach.read_replies(house.w)
    _, question = deals.make_offer(
        house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), changes=Changes(stipend=Decimal(450))
    )  # fmt: skip
    assert question is not None
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(days=4 * 365))
    with pytest.raises(Refused, match="was approved until"):
        house.decide(question, "approve", by="olivia")
    with reading(house.w.engine) as session:
        assert session.exec(select(Offer)).one().status == "drafted"
