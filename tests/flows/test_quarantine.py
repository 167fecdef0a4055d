"""A wording that was wrong is taken out of use at once, everywhere, and whoever got it is told what is right."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from approvals.conversation import comments
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput, Refused
from core.models.audit import AuditEntry
from core.models.outreach import Message
from core.models.sending import Quarantine
from core.stages import Stage
from flows.steps import canary, outreach, quarantine, sign_offs
from flows.steps.watchman import Watchman, wording_in_force
from tests.flows.scenes import adopt, approved, invited
from tests.flows.test_guardrails import sampling, spot_checks
from tests.house import CAMPAIGN, House

SAY = "We offered 200 EUR where it is 250 EUR."


def put(house: House, *, named: str = "invite", say: str = "", by: str = "omar") -> quarantine.Quarantined:
    actor = house.w.people.named(by)
    return quarantine.put_in_quarantine(house.w, CAMPAIGN, named=named, why="wrong fee", say=say, actor=actor)


def mails(house: House, status: str) -> list[Message]:
    with reading(house.w.engine) as session:
        return list(session.exec(select(Message).where(Message.status == status).order_by(col(Message.id))))


def held(house: House) -> Mapping[str, str]:
    with reading(house.w.engine) as session:
        campaign = house.campaign()
        words = wording_in_force(session, house.w, campaign)
        return Watchman(house.w, campaign, words, sign_offs.voice_of(house.w, campaign)).held(session)


@pytest.fixture
def reached(house: House) -> House:
    """Two creators got the mail, for two it waits."""
    invited(house, 2)
    approved(house, 2)
    outreach.write_invitations(house.w, CAMPAIGN)
    return house


def test_what_waits_is_called_back_and_what_went_out_is_listed(reached: House) -> None:
    reached.answer(reached.outbox()[0], "I am interested, count me in!")
    outreach.read_replies(reached.w)
    done = put(reached)
    assert (len(done.called_back), done.row.why, done.row.by) == (2, "wrong fee", "omar")
    assert sorted((one.status, one.answer) for one in done.went_out) == [("sent", ""), ("sent", "interested")]
    assert {one.withdrawn for one in mails(reached, "cancelled")} == {"in quarantine: wrong fee"}
    version = f"invite.en.txt.j2 (version {done.row.template_sha256[:12]})"
    assert held(reached)[done.row.template_sha256] == f"{version} is in quarantine since 20 November 2026: wrong fee."
    again = put(reached)
    assert (again.row.id, again.called_back, again.corrections.drafts) == (done.row.id, (), ())
    with reading(reached.w.engine) as session:
        actions = session.exec(select(AuditEntry.action).where(AuditEntry.subject == f"quarantine:{done.row.id}")).all()
        assert "wrong fee" not in "".join(session.exec(select(AuditEntry.detail)))
    assert actions == ["wording.quarantined"]


def test_nothing_more_is_shown_in_the_wording_until_it_reads_otherwise(reached: House, tmp_path: Path) -> None:
    put(reached)
    with pytest.raises(Refused, match=r"is in quarantine.*Change the words in invite\.en\.txt\.j2.*--lift"):
        canary.ask_canary(reached.w, CAMPAIGN, actor=reached.w.people.named("omar"))
    folder = tmp_path / "templates"
    shutil.copytree(reached.w.settings.templates, folder)
    path = folder / "outreach" / "invite.en.txt.j2"
    path.write_text(path.read_text(encoding="utf-8").replace("Best wishes", "Kind regards"), encoding="utf-8")
    mended = House(replace(reached.w, settings=reached.w.settings.model_copy(update={"templates": folder})))
    adopt(mended, mended.campaign())
    mended.sign_off_campaign()
    mended.let_mails_go()
    assert len(outreach.send_due(mended.w, CAMPAIGN).sent) == 2
    assert sum("Kind regards" in mail.text for mail in mails(reached, "sent")) == 2


@pytest.mark.slow
def test_nothing_new_is_written_in_it_either(reached: House) -> None:
    put(reached)
    approved(reached, 1)
    written = outreach.write_due(reached.w, CAMPAIGN)
    assert (written.invitations.written, len(written.left)) == ((), 3)
    assert (
        sum("is in quarantine since" in left.reason and "Change the words" in left.reason for left in written.left) == 1
    )


def test_lifted_what_was_called_back_goes_after_all(reached: House) -> None:
    put(reached)
    sofia = reached.w.people.named("sofia")
    row, waiting = quarantine.lift(reached.w, CAMPAIGN, named="", actor=sofia)
    assert (len(waiting), row.lifted_by, held(reached)) == (2, "sofia", {})
    assert len(outreach.send_due(reached.w, CAMPAIGN).sent) == 2
    with pytest.raises(Refused, match="is not in quarantine"):
        quarantine.lift(reached.w, CAMPAIGN, named="invite", actor=sofia)


def test_each_mailbox_gets_one_draft_that_a_person_sends(reached: House, clock: FixedClock) -> None:
    first, second = mails(reached, "sent")
    clock.advance(timedelta(days=1))
    done = put(reached, say=f"  {SAY}\n")
    drafts = done.corrections.drafts
    assert [(draft.recipient, draft.status, draft.category) for draft in drafts] == [
        (first.recipient, "draft", "answer"), (second.recipient, "draft", "answer"),
    ]  # fmt: skip
    draft = drafts[0]
    assert (draft.headers["In-Reply-To"], draft.headers["References"]) == (first.message_id, first.message_id)
    assert draft.subject == "A correction to my mail of 20 November 2026"
    assert f"Something in that mail was wrong: {SAY}" in draft.text
    assert first.subject in draft.text
    assert reached.campaign().company.postal_address in draft.text
    again = put(reached, say="It is 260 EUR.").corrections.drafts
    assert [one.id for one in again] == [one.id for one in drafts]
    assert "260 EUR" in again[0].text
    sofia = reached.w.people.named("sofia")
    quarantine.send_corrections(reached.w, CAMPAIGN, numbers=[draft.id or 0], actor=sofia)
    assert [one.id for one in mails(reached, "pending")] == [draft.id]
    with pytest.raises(Refused, match="is no draft of a correction"):
        quarantine.send_corrections(reached.w, CAMPAIGN, numbers=[draft.id or 0], actor=sofia)
    assert [one.id for one in quarantine.corrections(reached.w, CAMPAIGN)] == [drafts[1].id]
    left = put(reached, say=SAY).corrections.left
    assert [one.reason for one in left] == [f"The correction to them is pending (mail {draft.id})."]
    assert outreach.send_due(reached.w, CAMPAIGN).sent == (draft.id,)


@pytest.mark.slow
def test_who_opted_out_gets_no_correction(reached: House) -> None:
    first, second = mails(reached, "sent")
    outreach.suppress(reached.w, actor=reached.w.people.named("omar"), why="asked by phone", address=first.recipient)
    done = put(reached, say=SAY)
    assert [draft.recipient for draft in done.corrections.drafts] == [second.recipient]
    assert [one.reason for one in done.corrections.left] == ["They opted out of mails from us."]


@pytest.mark.slow
def test_a_draft_in_the_wording_is_called_back_too_and_what_is_on_the_wire_is_left(reached: House) -> None:
    waiting, wire = mails(reached, "pending")
    with unit_of_work(reached.w.engine) as session:
        for mail, status in ((waiting, "draft"), (wire, "unknown")):
            row = session.get_one(Message, mail.id)
            row.status = status
            session.add(row)
    done = put(reached)
    assert done.called_back == (waiting.id,)
    assert [one.status for one in done.went_out] == ["sent", "sent", "unknown"]


def test_it_takes_ops_the_sender_the_owner_or_the_brand_lead(reached: House) -> None:
    for who in ("rosa", "lena", "anton"):
        with pytest.raises(Refused, match="may not take a wording out of use"):
            put(reached, by=who)
    owners = reached.campaign().owners.model_copy(update={"brand_lead": "lena"})
    adopt(reached, reached.campaign().model_copy(update={"owners": owners}))
    assert put(reached, by="lena").row.by == "lena"


@pytest.mark.slow
def test_a_wording_is_named_by_its_template_or_its_version(reached: House) -> None:
    with pytest.raises(Refused, match=r"called 'welcome'. Known: invite\.en\.txt\.j2 [0-9a-f]{12}"):
        put(reached, named="welcome")
    [sent, _] = mails(reached, "sent")
    assert put(reached, named=sent.template_sha256[:8]).row.template == "invite.en.txt.j2"
    assert put(reached, named="invite.en.txt.j2").row.template_sha256 == sent.template_sha256
    assert put(reached, named="").row.template_sha256 == sent.template_sha256
    with reading(reached.w.engine) as session:
        assert len(session.exec(select(Quarantine)).all()) == 1


def test_it_says_why_and_what_was_wrong(reached: House) -> None:
    omar = reached.w.people.named("omar")
    with pytest.raises(BadInput, match="Nothing says why"):
        quarantine.put_in_quarantine(reached.w, CAMPAIGN, named="", why=" ", say="", actor=omar)
    assert mails(reached, "cancelled") == []
    for say, said in (("...", "Nothing says what was wrong"), ("long " * 200, "600 are the most")):
        with pytest.raises(BadInput, match=f"{said}.*The wording is out of use; no correction was drafted"):
            put(reached, say=say)
    # Wrong words go on to nobody, whatever is wrong with the words that are to put them right.
    assert len(mails(reached, "cancelled")) == 2
    assert mails(reached, "draft") == []


@pytest.mark.slow
def test_what_a_person_says_is_never_read_as_a_template(reached: House) -> None:
    draft = put(reached, say="{{ 7*7 }} is right.").corrections.drafts[0]
    assert "{{ 7*7 }} is right." in draft.text


def test_whoever_finds_a_mail_wrong_is_told_how_to_take_its_wording_out_of_use(house: House) -> None:
    adopt(house, sampling(house, 1))
    [creator] = invited(house, 1)
    [check] = spot_checks(house)
    house.decide(check, "problem", by="omar", reason="off brand")
    with reading(house.w.engine) as session:
        [said] = comments(session, check.id)
    [mail] = mails(house, "sent")
    assert f"greenroom outreach quarantine linen-summer --template {mail.template_sha256[:12]}" in said.text
    assert house.stage(creator) == Stage.INVITED
    approved(house, 1)
    outreach.write_invitations(house.w, CAMPAIGN)
    with pytest.raises(Refused, match="quarantine linen-summer --reason WHY"):
        outreach.send_due(house.w, CAMPAIGN)
