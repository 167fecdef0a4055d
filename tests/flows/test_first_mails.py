"""Of a new wording a few mails go first; what comes back of them decides whether the others follow."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from approvals.guardrails import GATE, report
from approvals.kinds import Kind
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.outreach import Message, Reply, SendAttempt
from flows.steps import guardrails, outreach, review, sign_offs
from flows.steps.watchman import Watchman, watchman, wording_in_force
from outreach.quarantine import quarantined
from tests.approvals.campaign_edits import edited
from tests.flows.scenes import adopt, approved
from tests.house import CAMPAIGN, House


@pytest.fixture(autouse=True)
def few_first(house: House) -> None:
    """As the example campaign has it: five, and the others twenty hours later."""
    chosen = house.campaign().outreach.model_copy(update={"canary_size": 5, "canary_hours": 20})
    adopt(house, house.campaign().model_copy(update={"outreach": chosen}))


def watch(house: House) -> Watchman:
    found = watchman(house.w, CAMPAIGN)
    assert found is not None
    return found


def held(house: House) -> str:
    """Why no more invitations may go now."""
    with reading(house.w.engine) as session:
        words = wording_in_force(session, house.w, house.campaign())
        keeper = Watchman(house.w, house.campaign(), words, sign_offs.voice_of(house.w, house.campaign()))
        [invitation] = {mail.template_sha256 for mail in session.exec(select(Message).where(Message.step == "invite"))}
        return keeper.held(session).get(invitation, "")


def first_out(house: House, many: int = 5, waiting: int = 2) -> list[Message]:
    """So many are out, and some wait."""
    approved(house, many + waiting)
    house.let_mails_go()
    assert len(outreach.send_due(house.w, CAMPAIGN, limit=many).sent) == many
    with reading(house.w.engine) as session:
        return list(session.exec(select(Message).where(Message.status == "sent").order_by(col(Message.id))))


def came_back(house: House, mail: Message, kind: str) -> None:
    with unit_of_work(house.w.engine) as session:
        session.add(Reply(mail_id=f"<{mail.id}.{kind}@example.com>", message_id=mail.id, candidate_id=mail.candidate_id,
                          kind=kind, because="said so", text="", received_at=house.w.clock.now()))  # fmt: skip


def second_looks(house: House, status: str = "open") -> list[Request]:
    with reading(house.w.engine) as session:
        query = select(Request).where(Request.kind == Kind.OUTREACH_BATCH, Request.status == status)
        return [one for one in session.exec(query) if one.subject.startswith("first mails:")]


def test_five_go_first_and_the_others_follow_by_themselves_twenty_hours_later(house: House, clock: FixedClock) -> None:
    approved(house, 7)
    house.let_mails_go()
    assert held(house) == ""
    outreach.send_due(house.w, CAMPAIGN, limit=4)
    assert held(house) == ""
    clock.advance(timedelta(hours=1))
    outreach.send_due(house.w, CAMPAIGN, limit=1)
    assert held(house) == ("The first 5 mails in these words are out; the others follow from 2026-11-21 06:31 UTC.")
    clock.advance(timedelta(hours=20))
    assert held(house) == ""
    assert second_looks(house) == []


def test_a_batch_sends_the_first_five_and_goes_on_once_they_have_been_out_for_long_enough(
    house: House, clock: FixedClock
) -> None:
    approved(house, 8)
    house.let_mails_go()
    done = outreach.send_due(house.w, CAMPAIGN)
    assert (len(done.sent), done.left) == (5, 3)
    assert "the others follow from 2026-11-21 05:31 UTC" in done.left_because
    assert outreach.send_due(house.w, CAMPAIGN).sent == ()
    clock.advance(timedelta(days=3))
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 3


@pytest.mark.slow
def test_a_campaign_may_have_fewer_first_or_let_all_go_at_once(house: House) -> None:
    chosen = house.campaign().outreach.model_copy(update={"canary_size": 1, "canary_hours": 0})
    adopt(house, house.campaign().model_copy(update={"outreach": chosen}))
    first_out(house, 1)
    assert held(house) == ""


@pytest.mark.slow
@pytest.mark.parametrize("status", ["sending", "unknown"])
def test_a_mail_of_which_nobody_knows_counts_among_the_first(house: House, status: str) -> None:
    mails = first_out(house)
    with unit_of_work(house.w.engine) as session:
        mail = session.get_one(Message, mails[0].id)
        mail.status, mail.sent_at = status, None
        session.add(mail)
    assert "are out; the others follow from 2026-11-21 05:31 UTC" in held(house)
    with unit_of_work(house.w.engine) as session:
        attempt = session.exec(select(SendAttempt).where(SendAttempt.message_id == mails[0].id)).one()
        attempt.started_at = house.w.clock.now() + timedelta(hours=2)
        session.add(attempt)
    assert "follow from 2026-11-21 07:31 UTC" in held(house)


def test_a_bounce_holds_the_others_until_a_person_says_so(house: House, clock: FixedClock) -> None:
    mails = first_out(house)
    came_back(house, mails[2], "bounce")
    clock.advance(timedelta(hours=30))
    assert held(house) == "Of the first 5 mails in these words 1 came back."
    assert guardrails.look_at_first_mails(house.w) == 1
    [question] = second_looks(house)
    assert (question.assignee, question.card["title"]) == (
        "omar", "The first 5 mails of Linen Summer are out: 1 came back",
    )  # fmt: skip
    told = {fact["label"]: fact["value"] for fact in question.card["facts"]}
    assert sorted(told.values()) == sorted(["invite.en.txt.j2", "bounce", *["nothing yet"] * 4])
    assert sum(label.startswith("@") for label in told) == 5
    guardrails.look_at_first_mails(house.w, CAMPAIGN)
    assert [one.id for one in second_looks(house)] == [question.id]
    house.decide(question, "approve", by="omar")
    assert held(house) == ""
    assert guardrails.look_at_first_mails(house.w) == 0
    assert second_looks(house) == []


@pytest.mark.slow
def test_while_it_can_be_taken_back_nothing_follows_from_the_answer(house: House) -> None:
    came_back(house, first_out(house)[0], "complaint")
    guardrails.look_at_first_mails(house.w)
    [question] = second_looks(house)
    review.decide(house.w, question.id, "approve", actor=house.w.people.named("omar"), door="slack",
                  may_be_taken_back=True)  # fmt: skip
    assert held(house) == "Of the first 5 mails in these words 1 was complained about."


def test_a_no_takes_the_wording_out_of_use(house: House) -> None:
    came_back(house, first_out(house)[0], "complaint")
    guardrails.look_at_first_mails(house.w)
    [question] = second_looks(house)
    with pytest.raises(Refused, match="needs a reason"):
        house.decide(question, "decline", by="omar")
    house.decide(question, "decline", by="omar", reason="looks like spam")
    assert "is in quarantine since 20 November 2026: looks like spam." in held(house)
    with reading(house.w.engine) as session:
        assert len(quarantined(session)) == 1
        left = session.exec(select(Message.status, Message.withdrawn).where(Message.status != "sent")).all()
        told = report(session, CAMPAIGN, house.w.clock.now())
    assert left == [("cancelled", "in quarantine: looks like spam")] * 2
    assert dict(next(one for one in told if one.guardrail == GATE).findings)["first mails quarantined"] == 1
    assert guardrails.look_at_first_mails(house.w) == 0


@pytest.mark.slow
def test_one_who_opts_out_is_to_be_expected_and_two_are_not(house: House) -> None:
    mails = first_out(house)
    came_back(house, mails[0], "opt-out")
    came_back(house, mails[1], "interested")
    assert "are out; the others follow" in held(house)
    came_back(house, mails[4], "opt-out")
    assert held(house) == "Of the first 5 mails in these words 2 opted out."


@pytest.mark.slow
def test_who_opts_out_elsewhere_counts_too(house: House) -> None:
    mails = first_out(house)
    for mail in mails[:2]:
        outreach.suppress(house.w, actor=house.w.people.named("omar"), why="asked by phone", address=mail.recipient)
    assert held(house) == "Of the first 5 mails in these words 2 opted out."


@pytest.mark.slow
def test_where_more_comes_back_the_question_is_put_anew(house: House) -> None:
    mails = first_out(house)
    for mail in mails[:2]:
        came_back(house, mail, "bounce")
        guardrails.look_at_first_mails(house.w)
    [question] = second_looks(house)
    assert question.card["title"].endswith("are out: 2 came back")
    assert [one.void_reason for one in second_looks(house, "void")] == ["replaced by newer content"]


@pytest.mark.slow
def test_what_comes_back_after_the_others_followed_is_no_matter_of_the_first(house: House, clock: FixedClock) -> None:
    mails = first_out(house)
    clock.advance(timedelta(days=3))
    outreach.send_due(house.w, CAMPAIGN)
    clock.advance(timedelta(hours=1))
    came_back(house, mails[0], "bounce")
    assert held(house) == ""


@pytest.mark.slow
def test_other_words_begin_with_a_few_again_and_nobody_is_asked_about_the_former(
    house: House, clock: FixedClock
) -> None:
    came_back(house, first_out(house)[0], "bounce")
    guardrails.look_at_first_mails(house.w)
    [question] = second_looks(house)
    adopt(house, edited(house.campaign(), ["outreach.angle"]))
    with pytest.raises(Refused, match=r"was changed since this was asked"):
        house.decide(question, "approve", by="omar")
    house.sign_off_campaign()
    assert [one.void_reason for one in second_looks(house, "void")] == [sign_offs.EDITED]
    house.let_mails_go()
    assert held(house) == ""
    # What no creator reads begins nothing anew.
    adopt(house, edited(house.campaign(), ["weights.topic"]))
    assert len(watch(house).wording.templates) == 3


def test_a_batch_asks_by_itself_where_the_first_came_back(house: House) -> None:
    came_back(house, first_out(house, waiting=1)[0], "bounce")
    outreach.send_due(house.w, CAMPAIGN, limit=1)
    assert len(second_looks(house)) == 1
