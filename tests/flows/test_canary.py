"""No invitation goes before a person has let one in its words go."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from approvals.guardrails import GATE, report
from approvals.kinds import Kind
from approvals.slack.canary import BODY, FOLLOW_UP
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput, Refused
from core.models.approvals import Request
from core.models.outreach import Message
from core.stages import Stage
from core.store import candidate_named, snapshot_of
from flows.steps import canary, outreach, review, sign_offs
from outreach import service as outreach_room
from tests.approvals.campaign_edits import edited
from tests.flows.scenes import adopt, approved, invited
from tests.house import CAMPAIGN, House, text_of


def show(house: House, who: str = "omar") -> Request:
    return canary.ask_canary(house.w, CAMPAIGN, actor=house.w.people.named(who))


def caught(house: House) -> dict[str, int]:
    with reading(house.w.engine) as session:
        told = report(session, CAMPAIGN, house.w.clock.now())
        return dict(next(one for one in told if one.guardrail == GATE).findings)


def test_the_mail_that_is_shown_is_the_mail_that_is_sent(house: House) -> None:
    first, _ = approved(house, 2)
    request = show(house)
    facts = {fact["label"]: fact["value"] for fact in request.card["facts"]}
    assert facts["To"] == f"@{first.partition(':')[2]}"
    assert (facts["Sender"], facts["Template"]) == ("Sofia Marin", "invite.en.txt.j2")
    assert "1 more is ready" in facts["Will follow"]
    with pytest.raises(Refused, match="The first mail waits for sofia"):
        outreach.send_due(house.w, CAMPAIGN)
    house.decide(request, "approve", by="sofia")
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 2
    sent = house.outbox()[0]
    assert (sent["Subject"], text_of(sent).replace("\r\n", "\n")) == (facts["Subject"], facts["Body"])


def test_what_follows_where_nobody_answers_is_shown_with_the_first_mail(house: House) -> None:
    approved(house, 1)
    follow_ups = [fact for fact in show(house).card["facts"] if fact["label"].startswith(FOLLOW_UP)]
    assert [fact["label"] for fact in follow_ups] == ["Follow-up after 3 days", "Follow-up after 7 days"]
    assert all("{{" not in fact["value"] and house.campaign().brand in fact["value"] for fact in follow_ups)


def test_a_follow_up_that_reads_otherwise_is_other_words(house: House, tmp_path: Path) -> None:
    approved(house, 1)
    folder = tmp_path / "templates"
    shutil.copytree(house.w.settings.templates, folder)
    w = replace(house.w, settings=house.w.settings.model_copy(update={"templates": folder}))
    before = sign_offs.voice_of(w, house.campaign())
    assert before == sign_offs.voice_of(house.w, house.campaign())
    (folder / "outreach" / "answers.en.toml").write_text("", encoding="utf-8")  # a person reads what it makes
    assert sign_offs.voice_of(w, house.campaign()) == before
    for name in ("follow-up-2.en.txt.j2", "sequences.toml"):
        path = folder / "outreach" / name
        text = path.read_text(encoding="utf-8").replace("after_days = 7", "after_days = 8")
        path.write_text(text.replace("Subject: ", "Subject: So, "), encoding="utf-8")
        assert sign_offs.voice_of(w, house.campaign()) != before
        before = sign_offs.voice_of(w, house.campaign())
    (folder / "outreach" / "follow-up-2.en.txt.j2").unlink()
    with pytest.raises(BadInput, match=r"There is no mail template .*follow-up-2\.en"):
        sign_offs.voice_of(w, house.campaign())


def test_whoever_shows_the_mail_is_not_asked_about_it_where_somebody_else_can_be(house: House) -> None:
    approved(house, 1)
    assert (show(house, "sofia").assignee, show(house, "omar").id == show(house, "sofia").id) == ("omar", True)
    with pytest.raises(Refused, match="asked this question and cannot answer it too"):
        house.decide(house.open_request(Kind.OUTREACH_BATCH), "approve", by="sofia")


def test_one_answer_holds_for_all_mails_in_the_same_words(house: House) -> None:
    invited(house, 1)
    with pytest.raises(Refused, match="in these words were let go before"):
        show(house)
    approved(house, 1)
    outreach.write_invitations(house.w, CAMPAIGN)
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 1


def test_a_mail_that_nobody_wants_is_not_sent_and_needs_a_reason(house: House) -> None:
    [creator] = approved(house, 1)
    request = show(house)
    with pytest.raises(Refused, match="needs a reason"):
        house.decide(request, "decline", by="sofia")
    house.decide(request, "decline", by="sofia", reason="wrong offer")
    with pytest.raises(Refused, match="sofia let no mail in these words go"):
        outreach.send_due(house.w, CAMPAIGN)
    assert (house.outbox(), house.stage(creator)) == ([], Stage.APPROVED)
    assert caught(house) == {"first mail declined": 1, "first mail seen by a person": 1}


def test_a_mail_in_older_words_is_let_go_by_nobody(house: House) -> None:
    approved(house, 1)
    request = show(house)
    adopt(house, edited(house.campaign(), ["offer.product"]))
    with pytest.raises(Refused, match=r"was changed since this was asked\. Ask anew: greenroom outreach canary"):
        house.decide(request, "approve", by="sofia")
    # How results are told no creator reads: what was shown is what goes.
    adopt(house, edited(house.campaign(), ["measurement.baseline"]))
    new = show(house)
    adopt(house, edited(house.campaign(), ["measurement.tools"]))
    assert house.decide(new, "approve", by="sofia").status == "decided"


def test_mails_wait_until_the_answer_about_the_first_cannot_be_taken_back(house: House, clock: FixedClock) -> None:
    approved(house, 1)
    request = show(house)

    def let_go() -> None:
        review.decide(house.w, request.id, "approve", actor=house.w.people.named("sofia"), door="slack",
                      may_be_taken_back=True)  # fmt: skip

    let_go()
    with pytest.raises(Refused, match="can still be taken back"):
        outreach.send_due(house.w, CAMPAIGN)
    review.take_back(house.w, request.id, actor=house.w.people.named("sofia"), door="slack")
    with pytest.raises(Refused, match="The first mail waits for sofia"):
        outreach.send_due(house.w, CAMPAIGN)
    let_go()
    clock.advance(timedelta(minutes=10))
    assert [one.id for one in review.apply_due(house.w)] == [request.id]
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 1


def test_what_was_let_go_is_asked_anew_where_the_words_change_before_it_counts(house: House, clock: FixedClock) -> None:
    approved(house, 1)
    request = show(house)
    review.decide(house.w, request.id, "approve", actor=house.w.people.named("sofia"), door="slack",
                  may_be_taken_back=True)  # fmt: skip
    adopt(house, edited(house.campaign(), ["outreach.angle"]))
    clock.advance(timedelta(minutes=10))
    review.apply_due(house.w)
    assert house.open_request(Kind.OUTREACH_BATCH).id == request.id
    assert sign_offs.withdraw_outdated(house.w) == 1


def test_without_a_mail_there_is_nothing_to_show_and_nothing_to_refuse(house: House) -> None:
    with pytest.raises(Refused, match="No mail of linen-summer is ready to be looked at"):
        show(house)
    assert outreach.send_due(house.w, CAMPAIGN).sent == ()


@pytest.mark.parametrize("who", ["rosa", "lena", "anton"])
def test_whoever_does_not_write_to_creators_neither_shows_a_mail_nor_pauses(house: House, who: str) -> None:
    person = house.w.people.named(who)
    with pytest.raises(Refused, match="may not show the first mail"):
        canary.ask_canary(house.w, CAMPAIGN, actor=person)
    with pytest.raises(Refused, match="may not pause the outreach"):
        outreach.pause(house.w, CAMPAIGN, actor=person)
    with pytest.raises(Refused, match="may not let the outreach go on"):
        outreach.go_on(house.w, CAMPAIGN, actor=person)


def test_an_edit_in_the_middle_of_a_batch_stops_it_and_the_rest_goes_out_in_the_new_words(
    house: House,
) -> None:
    approved(house, 2)
    house.let_mails_go()

    def edit(_sent: Message) -> None:
        adopt(house, edited(house.campaign(), ["outreach.angle"]))

    done = outreach.send_due(house.w, CAMPAIGN, on_sent=edit)
    assert (len(done.sent), done.left) == (1, 1)
    assert "signed off with other money, terms, wording or tracking" in done.shut
    assert set(caught(house)) == {
        "sign-off of the creative brief", "sign-off of the tracking setup", "first mail seen by a person",
    }  # fmt: skip
    house.sign_off_campaign()
    house.let_mails_go()
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 1
    before, after = (text_of(mail) for mail in house.outbox())
    angle = house.campaign().outreach.angle
    assert (angle in before, angle in after) == (False, True)


def test_a_template_that_is_gone_in_the_middle_of_a_batch_stops_it_and_what_went_out_is_told(
    house: House, tmp_path: Path
) -> None:
    approved(house, 2)
    house.let_mails_go()
    folder = tmp_path / "templates"
    shutil.copytree(house.w.settings.templates, folder)
    w = replace(house.w, settings=house.w.settings.model_copy(update={"templates": folder}))

    def remove(_sent: Message) -> None:
        (folder / "outreach" / "invite.en.txt.j2").unlink()

    done = outreach.send_due(w, CAMPAIGN, on_sent=remove)
    assert (len(done.sent), done.left) == (1, 1)
    assert "There is no mail template" in done.shut


def test_a_mail_in_older_words_is_left_until_it_is_written_anew(house: House) -> None:
    approved(house, 1)
    outreach.write_invitations(house.w, CAMPAIGN)
    adopt(house, edited(house.campaign(), ["outreach.angle"]))
    adopt(house, edited(house.campaign(), ["outreach.reply_within_days"]))
    house.sign_off_campaign()
    # Of the two who wait, only the mail that is written by now is shown.
    approved(house, 1)
    house.let_mails_go()
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 2
    assert all(house.campaign().outreach.angle in text_of(mail) for mail in house.outbox())


def test_a_mail_that_could_not_be_written_anew_is_not_the_one_shown(house: House) -> None:
    first, second = approved(house, 2)
    outreach.write_invitations(house.w, CAMPAIGN)
    adopt(house, edited(house.campaign(), ["outreach.angle"]))
    with unit_of_work(house.w.engine) as session:
        session.delete(snapshot_of(session, candidate_named(session, CAMPAIGN, first))["email"])
    shown = {fact["label"]: fact["value"] for fact in show(house).card["facts"]}
    assert house.campaign().outreach.angle in shown[BODY]
    assert shown["To"] == f"@{second.partition(':')[2]}"


def test_the_gate_counts_what_it_stops_once_a_day(house: House) -> None:
    approved(house, 1)
    outreach.write_invitations(house.w, CAMPAIGN)
    for _ in range(3):
        with pytest.raises(Refused, match=r"Show one: greenroom outreach canary linen-summer"):
            outreach.send_due(house.w, CAMPAIGN)
    assert caught(house) == {"first mail seen by a person": 1}


def test_what_a_person_wrote_by_hand_is_a_fact_and_recorded_whatever_the_gate_says(house: House) -> None:
    [creator] = approved(house, 1)
    adopt(house, edited(house.campaign(), ["outreach.angle"]))
    sofia = house.w.people.named("sofia")
    outreach.by_hand(house.w, CAMPAIGN, creator, actor=sofia, how="direct message")
    assert house.stage(creator) == Stage.INVITED


def test_an_invitation_written_while_mails_of_a_running_deal_go_waits_for_somebody_to_look_at_the_gate(
    house: House,
) -> None:
    [creator] = approved(house, 1)
    adopt(house, edited(house.campaign(), ["outreach.angle"]))
    with unit_of_work(house.w.engine) as session:
        outreach_room.queue_transactional(
            session, house.w.clock, house.campaign(), candidate_named(session, CAMPAIGN, creator), step="parcel",
            subject="Your parcel", text="Where shall we send it?", people=house.w.people,
        )  # fmt: skip

    def write(_sent: Message) -> None:
        assert len(outreach.write_invitations(house.w, CAMPAIGN).written) == 1

    assert len(outreach.send_due(house.w, CAMPAIGN, on_sent=write).sent) == 1
    assert house.stage(creator) == Stage.APPROVED
