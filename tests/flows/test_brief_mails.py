"""Briefs go to creators by themselves once a deal is signed: once, again where their words changed, never unsigned."""

from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import col, select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.briefs import BriefDocument
from core.models.candidates import Snapshot
from core.models.deals import Contract
from core.models.outreach import Message
from core.stages import Stage
from core.store import candidate_named, move
from flows.steps import brief_mails, briefs, deal_news, deals_kept, outreach, sign_offs, signing_mails
from tests.flows.scenes import contract_to_sign_off, edit, sign_as_creator, signed_deal
from tests.house import CAMPAIGN, House, text_of

SUBJECT, CHANGED = "Your brief for Linen Summer", "Your brief for Linen Summer has changed"


def mails(house: House, subject: str) -> list[EmailMessage]:
    return [mail for mail in house.outbox() if mail["Subject"] == subject]


def news(house: House) -> list[str]:
    deal_news.send_news(house.w)
    return [text_of(mail) for mail in house.outbox() if str(mail["Subject"]).startswith("Brief has not gone")]


def say_otherwise(house: House, folder: Path, hashtag: str = "#LinenDays", *, sign: bool = True) -> None:
    """Somebody edits [brief] of the campaign, and the brand lead signs it off anew."""
    edit(house, folder, 'hashtag = ""', f'hashtag = "{hashtag}"')
    if sign:
        sign_off(house)


def sign_off(house: House) -> None:
    """The brand lead signs the campaign off as it reads now."""
    [brief] = sign_offs.ask_sign_offs(house.w, CAMPAIGN, actor=house.w.people.named("omar"))
    house.decide(brief, "sign_off", by="olivia")


def test_both_sheets_go_once_the_deal_is_signed_and_not_twice(house: House) -> None:
    creator, _ = contract_to_sign_off(house)
    assert brief_mails.send_due(house.w) == 0
    sign_as_creator(house, creator)
    assert brief_mails.send_due(house.w) == 1
    assert brief_mails.send_due(house.w) == 0
    [mail] = mails(house, SUBJECT)
    with reading(house.w.engine) as session:
        sheets = session.exec(select(BriefDocument).order_by(col(BriefDocument.id))).all()
        message = session.exec(select(Message).where(Message.step == "brief-1.1")).one()
    attached = [(part.get_filename(), part.get_payload(decode=True)) for part in mail.iter_attachments()]
    assert attached == [(one.file_name, house.w.archive.read(one.docx_sha256)) for one in sheets]
    assert (message.status, message.category, message.needs_stage) == ("sent", "transactional", Stage.SIGNED)
    assert news(house) == []
    _, deal = deals_kept.export(house.w, CAMPAIGN, creator, actor=house.w.people.named("lena"))
    assert "Brief and welcome sheet were put into a mail to the creator" in deal.files["index.html"].decode()
    with pytest.raises(Refused, match=r"went out on .* already \(sent\)"):
        brief_mails.send(house.w, CAMPAIGN, creator, actor=house.w.people.named("omar"))


def test_words_that_changed_go_once_more_when_they_are_signed_off(house: House, tmp_path: Path) -> None:
    signed_deal(house)
    brief_mails.send_due(house.w)
    say_otherwise(house, tmp_path, sign=False)
    assert brief_mails.send_due(house.w) == 0
    assert news(house) == []  # the brand lead is asked already, and the creator has the words of before
    sign_off(house)
    assert [brief_mails.send_due(house.w), brief_mails.send_due(house.w)] == [1, 0]
    [mail] = mails(house, CHANGED)
    assert "- Hashtag: #LinenDays (new)" in text_of(mail)


def test_an_edit_that_leaves_the_words_alone_sends_nothing(house: House, tmp_path: Path) -> None:
    signed_deal(house)
    brief_mails.send_due(house.w)
    edit(house, tmp_path, "payment_days = 30", "payment_days = 29")
    sign_off(house)
    assert brief_mails.send_due(house.w) == 0


def test_without_the_brand_leads_word_nothing_goes_and_ops_hear_once_why(house: House, tmp_path: Path) -> None:
    signed_deal(house)
    say_otherwise(house, tmp_path, sign=False)
    assert [brief_mails.send_due(house.w), brief_mails.send_due(house.w)] == [0, 0]
    [told] = news(house)
    assert "is not signed off in the words it has now" in told.replace("\n", " ")
    assert f"greenroom campaign sign-offs {CAMPAIGN}" in told
    sign_off(house)
    assert brief_mails.send_due(house.w) == 1
    assert len(mails(house, SUBJECT)) == 1


def test_it_waits_for_whoever_signs_for_the_company(house: House) -> None:
    creator = signed_deal(house)
    with unit_of_work(house.w.engine) as session:
        contract = session.exec(select(Contract)).one()
        contract.template_approval = contract.template_approval | {"countersigned_by": "olivia"}
        session.add(contract)
    assert brief_mails.send_due(house.w) == 0
    with pytest.raises(Refused, match="olivia has not signed for the company"):
        brief_mails.send(house.w, CAMPAIGN, creator, actor=house.w.people.named("omar"))


def test_who_has_no_address_gets_them_from_a_person(house: House, tmp_path: Path) -> None:
    creator = signed_deal(house)
    with unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        for row in session.exec(
            select(Snapshot).where(Snapshot.candidate_id == candidate.id, Snapshot.field == "email")
        ):
            session.delete(row)
    assert [brief_mails.send_due(house.w), brief_mails.send_due(house.w)] == [0, 0]
    [told] = news(house)
    assert f"contracts brief {CAMPAIGN} {creator} --handed-over" in told.replace("\n", " ")
    omar = house.w.people.named("omar")
    sheets = brief_mails.hand_over(house.w, CAMPAIGN, creator, actor=omar)
    assert [sheet.version for sheet in sheets] == [1, 1]
    with reading(house.w.engine) as session:
        gone = brief_mails.gone_out(session, session.exec(select(Contract)).one())
    assert gone is not None
    assert (gone.how, gone.event.detail["by"], gone.newest) == ("handed over", "omar", True)
    with pytest.raises(Refused, match="already"):
        brief_mails.hand_over(house.w, CAMPAIGN, creator, actor=omar)
    assert brief_mails.send_due(house.w) == 0
    assert len(news(house)) == 1
    say_otherwise(house, tmp_path)
    assert [brief_mails.send_due(house.w), brief_mails.send_due(house.w)] == [0, 0]
    assert len(news(house)) == 2  # newer sheets are newer work
    assert mails(house, SUBJECT) == []


def test_a_mail_that_has_not_left_gives_way_to_newer_sheets(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_deal(house)
    monkeypatch.setattr(signing_mails, "send_now", lambda *_: None)  # the mail server is away
    assert brief_mails.send_due(house.w) == 1
    say_otherwise(house, tmp_path)
    assert brief_mails.send_due(house.w) == 1
    with reading(house.w.engine) as session:
        steps = session.exec(select(Message.step, Message.status).where(col(Message.step).startswith("brief-"))).all()
    assert sorted(steps) == [("brief-1.1", "cancelled"), ("brief-2.2", "pending")]
    outreach.send_due(house.w, CAMPAIGN)
    assert len(mails(house, SUBJECT)) == 1  # a first mail: they never saw the earlier one
    assert mails(house, CHANGED) == []


def test_by_hand_in_another_language_and_kept_so(house: House, tmp_path: Path) -> None:
    creator = signed_deal(house)
    sheets, status = brief_mails.send(house.w, CAMPAIGN, creator, actor=house.w.people.named("omar"), language="de")
    assert (status, [sheet.template for sheet in sheets]) == ("sent", ["brief-de", "onboarding-de"])
    assert brief_mails.send_due(house.w) == 0
    say_otherwise(house, tmp_path)
    assert brief_mails.send_due(house.w) == 1
    assert len(mails(house, "Dein Briefing für Linen Summer hat sich geändert")) == 1


def test_who_has_posted_or_whose_dates_are_over_gets_none(house: House, clock: FixedClock) -> None:
    creator = signed_deal(house)
    with unit_of_work(house.w.engine) as session:
        last = date.fromisoformat(session.exec(select(Contract)).one().terms["post_until"])
    clock.advance(timedelta(days=(last - clock.now().date()).days + 1))
    assert brief_mails.send_due(house.w) == 0
    clock.advance(timedelta(days=-2))
    with unit_of_work(house.w.engine) as session:
        move(session, clock, candidate_named(session, CAMPAIGN, creator), Stage.LIVE, actor="omar")
    assert brief_mails.send_due(house.w) == 0
    with pytest.raises(Refused, match="they are LIVE"):
        brief_mails.send(house.w, CAMPAIGN, creator, actor=house.w.people.named("omar"))


def test_nobody_else_may_send_them(house: House) -> None:
    creator = signed_deal(house)
    with pytest.raises(Refused, match="may not send briefs"):
        brief_mails.send(house.w, CAMPAIGN, creator, actor=house.w.people.named("rosa"))
    assert briefs.make_briefs(house.w, CAMPAIGN, creator, actor=house.w.people.named("omar"))
