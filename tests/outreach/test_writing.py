"""An invitation as it is written: whose words it quotes, who is left for a person, and when it is written anew."""

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.mailer import FileMailer
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from outreach import suppression
from outreach.render import greeting_for
from outreach.service import send_due, write_invitations
from outreach.words import LOCALES
from tests.outreach.conftest import PEPPER, TEMPLATES

Approved = Callable[..., Candidate]
GERMAN = {
    "locale": "de",
    "angle": "ein Outfit, drei Situationen aus deinem Alltag",
}


@pytest.fixture
def german(campaign: Campaign) -> Campaign:
    return campaign.model_copy(
        update={
            "slug": "leinen-sommer",
            "outreach": campaign.outreach.model_copy(update=GERMAN),
            "topic": campaign.topic.model_copy(update={"name": "Slow Fashion"}),
            "offer": campaign.offer.model_copy(
                update={
                    "product": "ein Leinenhemd deiner Wahl",
                    "stipend": Decimal("249.50"),
                    "commission_percent": Decimal("7.5"),
                    "deliverables": ("ein Reel oder TikTok mit dem Hemd draußen", "zwei Storys mit deinem Code"),
                }
            ),
            "company": campaign.company.model_copy(update={"address_source": "dein öffentliches Profil"}),
        }
    )


def written(session: Session) -> Message:
    return session.exec(select(Message).order_by(col(Message.id).desc())).first() or pytest.fail("nothing was written")


def write(engine: Engine, clock: FixedClock, campaign: Campaign, people: People, templates: Path = TEMPLATES):  # type: ignore[no-untyped-def]
    with unit_of_work(engine) as session:
        return write_invitations(session, clock, campaign, people, templates=templates, pepper=PEPPER)


def test_an_english_invitation_traces_what_it_says(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen", name="Ada Linen", bio="Calm outfits from my balcony 🌿 | hi@example.com",
                 hashtags=["linen", "slowfashion", "ootd"], city="Berlin")  # fmt: skip
    write(sqlite_engine, clock, campaign, people)
    with reading(sqlite_engine) as session:
        message = written(session)
        assert [fact["source"] for fact in message.facts] == ["pool:test#hashtags", "pool:test#bio", "pool:test#city"]
        assert message.recipient_name == "Ada Linen"
        assert message.answer_by == date(2026, 11, 27)


def test_a_german_invitation_traces_what_it_says(
    sqlite_engine: Engine, clock: FixedClock, german: Campaign, people: People, approved: Approved
) -> None:
    listed = [
        {"kind": "caption", "value": "Drei Jahre dasselbe Hemd, und es wird immer schöner.", "source": "post:77"},
        {"kind": "place", "value": "Austria", "source": "pool:row-12"},
        {"kind": "audience", "value": "vor allem 25 bis 34 Jahre alt", "source": "report:3"},
        {"kind": "guess", "value": "likes linen", "source": "nowhere"},
    ]
    with unit_of_work(sqlite_engine) as session:
        approved(session, "zoë.näht", campaign=german, name="Zoë Müller", email="zoe@example.com", platform="tiktok",
                 facts=listed)  # fmt: skip
    write(sqlite_engine, clock, german, people)
    with reading(sqlite_engine) as session:
        message = written(session)
        assert [fact["source"] for fact in message.facts] == ["post:77", "pool:row-12", "report:3"]


@pytest.mark.parametrize("model", ["seed", "commission", "bonus", "hybrid"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_offer_can_be_written(
    sqlite_engine: Engine,
    clock: FixedClock,
    campaign: Campaign,
    people: People,
    approved: Approved,
    model: str,
    locale: str,
) -> None:
    paid = {"stipend": Decimal(0)} if model in ("seed", "commission") else {}
    shared = {"commission_percent": Decimal(0)} if model in ("seed", "bonus") else {}
    other = campaign.model_copy(
        update={
            "offer": campaign.offer.model_copy(update={"model": model, **paid, **shared}),
            "outreach": campaign.outreach.model_copy(update={"locale": locale}),
        }
    )
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen", campaign=other)
    done = write(sqlite_engine, clock, other, people)
    assert len(done.written) == 1, done.left
    with reading(sqlite_engine) as session:
        text = written(session).text
    assert bool(re.search(r"200\sEUR", text)) == (model in ("bonus", "hybrid"))
    asked_for = {"en": "the fee", "de": "Das Honorar", "es": "El pago fijo", "fr": "La rémunération fixe"}
    assert (asked_for[locale] in text) == (model in ("bonus", "hybrid"))
    assert bool(re.search(r"[Cc]ommission is settled|Provision rechnen|comisión la liquidamos|commission est calculée",
                          text)) == (model in ("commission", "hybrid"))  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Ada\r\nBcc: evil@example.com",
        "A" * 300,
        "🌸🌿✨",
        "{{7*7}}",
        "\u202eadA",
        "<script>",
        "=HYPERLINK(1)",
        "[NAME]",
        "Linen, Ada",
        "{% for x in y %}",
        "مريم",
        "None",
        "X" * 5,
    ],
)
def test_a_hostile_name_gives_a_clean_mail_or_none(
    sqlite_engine: Engine,
    clock: FixedClock,
    campaign: Campaign,
    people: People,
    approved: Approved,
    tmp_path: Path,
    name: str,
) -> None:
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen", name=name, bio=f"{name} and more of {name}")
    done = write(sqlite_engine, clock, campaign, people)
    assert len(done.written) + len(done.left) == 1
    mailer = FileMailer(tmp_path)
    report = send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER)
    assert len(report.sent) == len(done.written)
    for path in tmp_path.glob("*.eml"):
        raw = path.read_bytes()
        assert raw.count(b"\r\nTo: ") == 1
        assert b"evil" not in raw.partition(b"\r\n\r\n")[0]
    with reading(sqlite_engine) as session:
        for mail in session.exec(select(Message)):
            assert "49" not in mail.text
            assert "{{" not in mail.text
            assert "\u202e" not in mail.text


def test_names_become_greetings_or_the_handle_does() -> None:
    assert greeting_for("Ada Linen", "ada") == "Ada Linen"
    assert greeting_for("Zoë O’Neill-Müller 🌿", "zoe") == "Zoë O’Neill-Müller"
    assert greeting_for("Ada | Slow Fashion", "ada") == "Ada"
    assert greeting_for("\r\nAda\r\nBcc: eve@example.com", "ada") == "Ada"
    assert greeting_for("مريم", "m") == "مريم"
    assert greeting_for("Katharina ♡ faire mode", "k") == "Katharina"
    assert greeting_for("🌸✨ Lena Steiner 🌸 Berlin", "lena") == "Lena Steiner"
    spaced = "L E N A S T E I N E R"
    for hostile in ("🌸", "{{7*7}}", "", "A" * 41, "www.ada.example", "Ada <b>", "a@b.example", "4ever", "X", spaced):
        assert greeting_for(hostile, "ada.linen") == "@ada.linen"


def test_who_cannot_be_written_to_is_left_for_a_person_with_the_reason(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "good")
        approved(session, "no.address", email=None)
        approved(session, "odd.address", email="a@example.com, b@example.com")
        approved(session, "umlaut", email="zoë@example.com")
        approved(session, "few.facts", country=None)
        approved(session, "shared", email="good@example.com")
        approved(session, "opted.out")
        suppression.add(session, clock, pepper=PEPPER, address="Opted.Out+x@Example.com", why="asked", actor="omar")
        approved(session, "known.account", email="new@example.com")
        suppression.add(
            session, clock, pepper=PEPPER, account=("Instagram", "@Known.Account"), why="asked", actor="omar"
        )
    done = write(engine, clock, campaign, people)
    assert len(done.written) == 1
    reasons = {left.handle: left.reason for left in done.left}
    assert {handle: bool(re.search(pattern, reasons[handle])) for handle, pattern in {
        "no.address": "No mail address", "odd.address": "not a mail address", "umlaut": "by hand",
        "few.facts": "Only 1 of the 2", "shared": "same address", "opted.out": "opted out",
        "known.account": "opted out"}.items()} == dict.fromkeys(reasons, True)  # fmt: skip
    assert write(engine, clock, campaign, people).written == ()


def test_a_mail_that_has_not_gone_is_written_anew_when_its_template_changes_and_one_that_has_stays(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, tmp_path: Path
) -> None:
    (tmp_path / "outreach").mkdir()
    shutil.copy(TEMPLATES / "outreach" / "sequences.toml", tmp_path / "outreach")
    path = tmp_path / "outreach" / "invite.en.txt.j2"
    source = (TEMPLATES / "outreach" / "invite.en.txt.j2").read_text()
    path.write_text(source)
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen")
    write(sqlite_engine, clock, campaign, people, tmp_path)
    with reading(sqlite_engine) as session:
        before = written(session).model_dump()
    path.write_text(source.replace("Best wishes", "Cheers"))
    clock.advance(timedelta(hours=1))
    done = write(sqlite_engine, clock, campaign, people, tmp_path)
    assert (done.written, done.renewed) == ((), (before["id"],))
    with reading(sqlite_engine) as session:
        mail = written(session)
        assert "Cheers" in mail.text
        assert mail.template_sha256 != before["template_sha256"]
        assert (mail.message_id, mail.created_at) == (before["message_id"], clock.now())
    assert len(send_due(sqlite_engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER).sent) == 1
    path.write_text(source.replace("Best wishes", "Yours"))
    assert write(sqlite_engine, clock, campaign, people, tmp_path).renewed == ()
    with reading(sqlite_engine) as session:
        assert "Cheers" in written(session).text


def test_a_mail_of_before_the_campaign_read_so_is_written_anew(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved
) -> None:
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen")
    write(sqlite_engine, clock, campaign, people)
    with reading(sqlite_engine) as session:
        at = written(session).created_at
    for since, renewed in ((at, 0), (at + timedelta(minutes=1), 1)):
        with unit_of_work(sqlite_engine) as session:
            done = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER,
                                     reads_so_since=since)  # fmt: skip
        assert len(done.renewed) == renewed


def test_a_mail_that_waited_too_long_is_written_again_not_sent(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, tmp_path: Path
) -> None:
    with unit_of_work(engine) as session:
        approved(session, "ada.linen")
    write(engine, clock, campaign, people)
    clock.advance(timedelta(days=6))
    report = send_due(engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER)
    assert (report.sent, report.left, report.stale) == ((), 1, 1)
    assert len(write(engine, clock, campaign, people).renewed) == 1
    report = send_due(engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER)
    assert len(report.sent) == 1
    with reading(engine) as session:
        assert "Thursday, 3 December 2026" in written(session).text
