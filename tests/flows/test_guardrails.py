"""Of what runs by itself a person sees a share; what they find wrong stops the rest and says what else is alike."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from approvals.guardrails import CONTENT_CHANGED, FOUR_EYES, RULES, SAMPLING, WEEKLY_CHECK, report
from approvals.kinds import Kind
from contracts.changes import Changes
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.guardrails import AutomatedAction
from core.people import People
from flows.steps import deals, guardrails, outreach, review
from flows.steps.outreach import is_paused
from flows.steps.sign_offs import after_edit
from outreach import service as outreach_room
from tests.approvals.campaign_edits import edited
from tests.flows.scenes import adopt, approved, invited
from tests.house import CAMPAIGN, House


def sampling(house: House, every: int) -> Campaign:
    rules = house.campaign().guardrails.model_copy(update={"sample_every": every})
    return house.campaign().model_copy(update={"guardrails": rules})


def spot_checks(house: House) -> list[Request]:
    with reading(house.w.engine) as session:
        return list(session.exec(select(Request).where(Request.kind == Kind.SPOT_CHECK).order_by(Request.subject)))


def told(house: House, guardrail: str) -> tuple[int, dict[str, int]]:
    with reading(house.w.engine) as session:
        since = house.w.clock.now() - timedelta(days=30)
        one = next(one for one in report(session, CAMPAIGN, since) if one.guardrail == guardrail)
    return one.caught, dict(one.findings)


def test_of_ten_invitations_one_is_shown_to_ops_with_all_that_was_written(house: House) -> None:
    invited(house, 10)
    [check] = spot_checks(house)
    assert (check.assignee, check.status) == ("omar", "open")
    mail = next(fact["value"] for fact in check.card["facts"] if fact["label"] == "Mail")
    assert "The offer is" in mail
    assert guardrails.ask_samples(house.w, CAMPAIGN) == 0
    house.decide(check, "fine", by="omar")
    with reading(house.w.engine) as session:
        assert not is_paused(session, CAMPAIGN)


def test_a_campaign_may_have_everything_looked_at(house: House) -> None:
    adopt(house, sampling(house, 1))
    invited(house, 3)
    assert len(spot_checks(house)) == 3


def test_a_problem_stops_what_is_left_and_says_what_went_out_alike(house: House) -> None:
    adopt(house, sampling(house, 1))
    creators = invited(house, 2)
    first, _ = spot_checks(house)
    with pytest.raises(Refused, match="needs a reason"):
        house.decide(first, "problem", by="omar")
    house.decide(first, "problem", by="omar", reason="wrong facts")
    approved(house, 1)
    outreach.write_invitations(house.w, CAMPAIGN)
    with pytest.raises(Refused, match="is paused: Greenroom stopped it"):
        outreach.send_due(house.w, CAMPAIGN)
    with reading(house.w.engine) as session:
        alike = guardrails.affected(session, session.get_one(Request, first.id))
    assert sorted(one.creator for one in alike) == sorted(creators)
    assert {one.status for one in alike} == {"sent"}
    assert told(house, SAMPLING) == (1, {"wrong facts": 1})
    outreach.go_on(house.w, CAMPAIGN, actor=house.w.people.named("omar"))
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 1


def test_what_a_person_says_in_their_own_words_is_counted_without_them(house: House) -> None:
    adopt(house, sampling(house, 1))
    invited(house, 1)
    [check] = spot_checks(house)
    house.decide(check, "problem", by="omar", reason="Ada wrote me she hates linen")
    assert told(house, SAMPLING) == (1, {"problem": 1})


@pytest.mark.slow
def test_an_offer_within_the_limits_is_noted_and_one_that_the_owner_decides_is_not(house: House) -> None:
    adopt(house, sampling(house, 1))
    first, second = invited(house, 2)
    for mail in house.outbox():
        house.answer(mail, f"I am interested, count me in!{' ' * len(str(mail['To']))}")
    outreach.read_replies(house.w)
    sofia = house.w.people.named("sofia")
    offer, _ = deals.make_offer(house.w, CAMPAIGN, first, actor=sofia)
    _, question = deals.make_offer(house.w, CAMPAIGN, second, actor=sofia, changes=Changes(stipend=Decimal(450)))
    assert question is not None
    house.decide(question, "approve", by="olivia")
    assert (
        deals.make_offer(house.w, CAMPAIGN, second, actor=sofia, changes=Changes(stipend=Decimal(450)))[0].status
        == "made"
    )
    with reading(house.w.engine) as session:
        noted = session.exec(select(AutomatedAction.subject).where(AutomatedAction.kind == "offer within limits")).all()
    assert noted == [f"offer:{offer.id}"]
    assert guardrails.weekly_spot_check(house.w) == 1
    check = next(one for one in spot_checks(house) if "an offer to" in one.card["title"])
    assert first in check.card["title"]
    assert "stipend" in check.card["facts"][2]["value"]
    with reading(house.w.engine) as session:
        alike = guardrails.affected(session, session.get_one(Request, check.id))
    assert [(one.creator, one.status) for one in alike] == [(first, "made")]


def test_each_week_a_person_sees_some_of_what_the_lot_passed_over_and_only_once(
    house: House, clock: FixedClock
) -> None:
    invited(house, 10)
    assert guardrails.weekly_spot_check(house.w) == 0
    clock.advance(timedelta(days=3))
    assert guardrails.weekly_spot_check(house.w) == 5
    assert guardrails.weekly_spot_check(house.w, CAMPAIGN) == 0
    weekly = [check for check in spot_checks(house) if check.subject.startswith("spot-check:")]
    assert len(weekly) == 5
    house.decide(weekly[0], "problem", by="omar", reason="off brand")
    assert told(house, WEEKLY_CHECK) == (1, {"off brand": 1})
    with reading(house.w.engine) as session:
        assert is_paused(session, CAMPAIGN)


def test_answers_that_four_eyes_or_changed_content_stopped_are_told_by_kind(house: House) -> None:
    approved(house, 1)
    shown = house.queue()[0]
    with pytest.raises(Refused, match="has changed since"):
        review.decide(
            house.w, shown.id, "approve", actor=house.w.people.named("rosa"), door="web", content_sha256="0" * 64
        )
    assert told(house, CONTENT_CHANGED) == (1, {"candidate": 1})
    assert told(house, FOUR_EYES) == (0, {})


def test_an_edit_that_voids_a_sign_off_is_counted_by_what_it_changed(house: House) -> None:
    for keys in (["weights.topic"], ["offer.stipend", "outreach.angle", "audience.followers_max"]):
        campaign = edited(house.campaign(), keys)
        adopt(house, campaign)
        with unit_of_work(house.w.engine) as session:
            after_edit(session, house.w, campaign)
    assert told(house, RULES) == (2, {"money": 1, "voice": 1})


def test_an_invitation_of_which_only_a_person_could_tell_that_it_went_out_is_sampled_too(house: House) -> None:
    adopt(house, sampling(house, 1))
    approved(house, 1)
    house.let_mails_go()
    with unit_of_work(house.w.engine) as session:
        [mail] = outreach_room.ready(session, CAMPAIGN)
        mail.status = "unknown"
        session.add(mail)
    assert guardrails.weekly_spot_check(house.w, CAMPAIGN) == 0
    with unit_of_work(house.w.engine) as session:
        outreach_room.settle_by_word(session, house.w.clock, mail.id or 0, sent=True, actor="sofia")
    assert guardrails.weekly_spot_check(house.w) == 1


def test_only_a_spot_check_tells_what_else_was_done_alike(house: House) -> None:
    with (
        reading(house.w.engine) as session,
        pytest.raises(Refused, match=r"Only a spot check tells.*: greenroom approvals list"),
    ):
        guardrails.affected(session, session.get_one(Request, house.queue()[0].id))


def test_no_mail_goes_while_a_problem_that_was_found_can_still_be_taken_back(house: House, clock: FixedClock) -> None:
    adopt(house, sampling(house, 1))
    invited(house, 1)
    [check], omar = spot_checks(house), house.w.people.named("omar")
    approved(house, 1)
    outreach.write_invitations(house.w, CAMPAIGN)

    def problem() -> None:
        review.decide(house.w, check.id, "problem", actor=omar, door="slack", reason="wrong facts",
                      may_be_taken_back=True)  # fmt: skip

    problem()
    with pytest.raises(Refused, match=f"Omar Haddad found a problem in spot check {check.id[:8]}"):
        outreach.send_due(house.w, CAMPAIGN)
    review.take_back(house.w, check.id, actor=omar, door="slack")
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 1
    problem()
    clock.advance(timedelta(minutes=10))
    review.apply_due(house.w)
    with reading(house.w.engine) as session:
        assert is_paused(session, CAMPAIGN)


def test_a_problem_found_in_the_middle_of_a_batch_stops_it(house: House) -> None:
    adopt(house, sampling(house, 1))
    invited(house, 1)
    [check], omar = spot_checks(house), house.w.people.named("omar")
    approved(house, 2)
    outreach.write_invitations(house.w, CAMPAIGN)

    def problem(_sent: object) -> None:
        review.decide(house.w, check.id, "problem", actor=omar, door="slack", reason="wrong facts",
                      may_be_taken_back=True)  # fmt: skip

    done = outreach.send_due(house.w, CAMPAIGN, on_sent=problem)
    assert (len(done.sent), done.left) == (1, 1)
    assert "found a problem" in done.shut


def test_a_batch_is_told_also_where_nobody_could_be_asked_for_samples(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Ops left the people file between the mails' writing and their sending."""
    adopt(house, sampling(house, 1))
    approved(house, 1)
    house.let_mails_go()
    without = People({person.id: person for person in house.w.people if person.id != "omar"})
    assert len(outreach.send_due(house.w.with_people(without), CAMPAIGN).sent) == 1
    assert "nobody could be asked for samples of linen-summer: Nobody is called 'omar'" in caplog.text
    assert guardrails.weekly_spot_check(house.w) == 1
