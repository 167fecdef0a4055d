"""Every kind of mail in every language as it leaves, byte for byte: written, sent and signed the way the product does
it, with a fixed clock and a fixed key. The files in tests/golden/outreach are what a mail server would be handed.
"""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import dkim
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.mailer import FileMailer
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import People
from core.signing import DkimKey, DkimSigner
from core.stages import Stage
from core.store import move
from outreach import correcting, quarantine
from outreach.answering import open_item, send_answer
from outreach.service import send_due, write_follow_ups, write_invitations
from outreach.unsubscribe import token_for
from outreach.words import LOCALES, Locale
from tests.outreach.conftest import GOLDEN, PEPPER, START_OF_TESTS, TEMPLATES
from tests.outreach.fixed_key import fixed_key
from tests.outreach.languages import in_language
from tests.outreach.servers import read

PUBLIC_URL = "https://go.example.com"
KINDS = ("invite", "follow-up-1", "follow-up-2", "correction", "answer")
SEQUENCE = KINDS[:3]
#: The number that a creator would be given by lot.
CREATOR = "11111111-2222-4333-8444-555555555555"
#: Nobody's names; what each says of themselves has letters that mail cannot carry as they are.
CREATORS: dict[Locale, dict[str, Any]] = {
    "en": {"handle": "maya.hemsworth.test", "name": "Maya Hemsworth", "city": "London", "country": "United Kingdom",
           "bio": "Calm outfits from my balcony 🌿", "hashtags": ["linen", "slowfashion"]},
    "de": {"handle": "zoe.naeht.test", "name": "Zoë Brückner", "city": "Köln", "country": "Germany",
           "bio": "Ich nähe, was ich trage ✨", "hashtags": ["leinen", "nähliebe"]},
    "es": {"handle": "inigo.lino.test", "name": "Íñigo Peñalba", "city": "Sevilla", "country": "Spain",
           "bio": "Ropa lenta y mañanas tranquilas", "hashtags": ["lino", "modasostenible"]},
    "fr": {"handle": "elea.coud.test", "name": "Éléa Garçonnet", "city": "Lyon", "country": "France",
           "bio": "Je couds mes vêtements à l’atelier", "hashtags": ["lin", "modeéthique"]},
}  # fmt: skip
SAID: dict[Locale, tuple[str, str]] = {
    "en": ("The fee is 200 EUR, not 250 EUR.", "Yes, I would love to take part!"),
    "de": ("Das Honorar beträgt 1.249,50 EUR, nicht 1.294,50 EUR.", "Ja, sehr gern, ich bin dabei!"),
    "es": ("El pago es de 1249,50 EUR, no de 1294,50 EUR.", "¡Sí, me interesa mucho!"),
    "fr": ("La rémunération est de 1 249,50 EUR, et non de 1 294,50 EUR.", "Oui, avec plaisir !"),
}


@dataclass
class Office:
    """One campaign in one language whose mails become files, each signed."""

    engine: Engine
    clock: FixedClock
    campaign: Campaign
    people: People
    mailer: FileMailer

    def send(self, moment: str) -> None:
        self.clock.advance(datetime.fromisoformat(moment).replace(tzinfo=UTC) - self.clock.now())
        with unit_of_work(self.engine) as session:
            write_invitations(session, self.clock, self.campaign, self.people, **self._desk)
            write_follow_ups(session, self.clock, self.campaign, self.people, **self._desk)
        report = send_due(self.engine, self.clock, self.mailer, self.campaign, self.people, pepper=PEPPER)
        assert len(report.sent) == 1, report

    def correct(self, say: str) -> None:
        """The invitation's wording was wrong: whom it reached gets a correction, which a person let go."""
        with unit_of_work(self.engine) as session:
            first = session.exec(select(Message).where(Message.step == "invite")).one()
            version = quarantine.Version(first.template, first.template_sha256)
            row = quarantine.put(session, self.clock, version, campaign=first.campaign, why="wrong fee", by="omar")
            done = correcting.draft_corrections(session, self.clock, row, say=say, people=self.people,
                                                templates=TEMPLATES, pepper=PEPPER)  # fmt: skip
            correcting.let_go(session, self.clock, [draft.id or 0 for draft in done.drafts], campaign=first.campaign,
                              by="omar")  # fmt: skip

    def answer(self, said: str, language: Locale) -> None:
        """The creator answered the invitation, and a person sends what was drafted."""
        with unit_of_work(self.engine) as session:
            first = session.exec(select(Message).where(Message.step == "invite")).one()
            candidate = session.get_one(Candidate, first.candidate_id)
            move(session, self.clock, candidate, Stage.REPLIED, actor="greenroom")
            reply = Reply(mail_id="<yes.1@creators.example>", message_id=first.id, candidate_id=candidate.id, text=said,
                          kind="interested", because=said, sender=first.recipient, language=language,
                          received_at=self.clock.now())  # fmt: skip
            session.add(reply)
            session.flush()
            open_item(session, self.clock, reply, candidate, self.campaign, self.people, templates=TEMPLATES)
            send_answer(session, self.clock, reply.id or 0, reply.draft, actor=self.people.named("sofia"),
                        people=self.people, pepper=PEPPER)  # fmt: skip

    def mails(self) -> dict[str, tuple[Message, bytes]]:
        with reading(self.engine) as session:
            found = session.exec(select(Message).order_by(col(Message.id))).all()
        return {
            kind: (message, self.mailer.path_of(message.message_id).read_bytes())
            for kind, message in zip(KINDS, found, strict=True)
        }

    @property
    def _desk(self) -> dict[str, Any]:
        return {"templates": TEMPLATES, "pepper": PEPPER, "public_url": PUBLIC_URL}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> DkimKey:
    return fixed_key("example.com", tmp_path_factory.mktemp("dkim"))


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> Locale:
    found: Locale = request.param
    return found


@pytest.fixture
def mails(
    locale: Locale, sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, tmp_path: Path,
    key: DkimKey, approved: Callable[..., Candidate],
) -> dict[str, tuple[Message, bytes]]:  # fmt: skip
    """One of each kind: the row of the ledger, and the bytes that left."""
    # Receivers refuse a signature from the future, and the follow-ups' days may lie in ours.
    signer = DkimSigner(key, FixedClock(START_OF_TESTS))
    mailer = FileMailer(tmp_path / "out", signer=signer)
    office = Office(sqlite_engine, clock, in_language(campaign, locale), people, mailer)
    with unit_of_work(sqlite_engine) as session:
        put(session, approved, office.campaign, locale)
    for moment in ("2026-11-20T10:00", "2026-11-23T10:00", "2026-11-27T10:00"):
        office.send(moment)
    correction, answer = SAID[locale]
    office.correct(correction)
    office.send("2026-11-27T13:00")
    office.answer(answer, locale)
    office.send("2026-11-27T15:00")
    return office.mails()


def put(session: Session, approved: Callable[..., Candidate], campaign: Campaign, locale: Locale) -> None:
    known = dict(CREATORS[locale])
    approved(session, known.pop("handle"), campaign=campaign, creator_id=CREATOR,
             audience={"country:Germany": 0.41}, **known)  # fmt: skip


def test_mails_leave_as_they_were_written_down(mails: dict[str, tuple[Message, bytes]], locale: Locale) -> None:
    for kind, (_, raw) in mails.items():
        path = GOLDEN / f"{kind}-{locale}.eml"
        if os.environ.get("GREENROOM_UPDATE_GOLDEN"):
            path.write_bytes(raw)
        assert path.read_bytes() == raw, kind


def test_every_server_can_carry_them_and_a_receiver_can_check_them(
    mails: dict[str, tuple[Message, bytes]], key: DkimKey
) -> None:
    def dns(name: bytes, timeout: int = 5) -> bytes:
        return key.record.encode() if name.rstrip(b".").decode() == key.record_name else b""

    for _, raw in mails.values():
        assert raw.isascii()
        assert set(re.findall(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)) == set()
        assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None
        head, _, body = raw.partition(b"\r\n\r\n")
        assert max(map(len, body.split(b"\r\n"))) <= 78
        assert max(len(line) for line in head.split(b"\r\n") if not line.startswith(b"List-Unsubscribe")) <= 78
        encodings = set(re.findall(rb"(?im)^content-transfer-encoding: (\S+)", raw))
        assert encodings <= {b"7bit", b"quoted-printable", b"base64"}
        assert dkim.verify(raw, dnsfunc=dns)
        for was, becomes in ((b"\r\nTo: ", b"\r\nTo: x"), (b"EUR", b"USD"), (b"List-Unsubscribe: ", b"X-Gone: ")):
            assert was not in raw or not dkim.verify(raw.replace(was, becomes, 1), dnsfunc=dns)


def test_one_click_stops_them_and_no_address_is_broken_in_two(mails: dict[str, tuple[Message, bytes]]) -> None:
    for kind, (message, raw) in mails.items():
        lines = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
        offered = [line for line in lines if line.lower().startswith("list-unsubscribe")]
        if kind == "answer":  # a person writes to a person who asked
            assert offered == []
            continue
        stopped = mails["invite"][0] if kind == "correction" else message
        token = token_for(PEPPER, stopped.message_id)
        click, mailto = f"{PUBLIC_URL}/u/{token}", f"mailto:sofia@example.com?subject=stop%20{token}"
        assert offered == [f"List-Unsubscribe: <{click}>, <{mailto}>",
                           "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]  # fmt: skip
        if kind in SEQUENCE:
            assert plain(read(raw)).count(click) == 1


def test_both_parts_say_the_same_and_what_the_ledger_holds(mails: dict[str, tuple[Message, bytes]]) -> None:
    for kind, (message, raw) in mails.items():
        mail = read(raw)
        assert plain(mail) == message.text
        assert str(mail["Subject"]) == message.subject
        assert (mail["To"].addresses[0].display_name, mail["To"].addresses[0].addr_spec) == (
            message.recipient_name, message.recipient)  # fmt: skip
        html = mail.get_body(preferencelist=("html",))
        assert html is not None, kind
        assert shown(html.get_content()) == message.text.split()


def test_the_same_mail_has_the_same_id_and_stands_in_its_thread(
    mails: dict[str, tuple[Message, bytes]], campaign: Campaign
) -> None:
    ids = []
    for message, raw in mails.values():
        seed = f"{campaign.slug}/{campaign.cycle}/{CREATOR}/{message.step}"
        ids.append(f"<gr.{hashlib.sha256(seed.encode()).hexdigest()[:32]}@example.com>")
        assert [str(one) for one in read(raw).get_all("Message-ID")] == ids[-1:]
    read_ids = {kind: str(read(raw)["References"] or "").split() for kind, (_, raw) in mails.items()}
    assert read_ids == {
        "invite": [], "follow-up-1": ids[:1], "follow-up-2": ids[:2], "correction": ids[:1],
        "answer": [ids[0], "<yes.1@creators.example>"],
    }  # fmt: skip


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain",))
    assert part is not None
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


class _Shown(HTMLParser):
    """What a mail program shows of a page: all that stands in its body, and nothing of its head."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self._inside = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside |= tag == "body"
        self.text += " " if tag in ("p", "div", "br") else ""

    def handle_data(self, data: str) -> None:
        self.text += data if self._inside else ""


def shown(html: str) -> list[str]:
    reader = _Shown()
    reader.feed(html)
    reader.close()
    return reader.text.split()
