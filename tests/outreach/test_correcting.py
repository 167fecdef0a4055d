"""The words of a correction: what a template of one may ask for, and that a wrong one is refused with its line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput
from core.mailer import FileMailer
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from outreach import correcting, quarantine
from outreach.correcting import Drafted
from outreach.service import send_due, write_invitations
from tests.outreach.conftest import PEPPER, TEMPLATES

Correct = Callable[..., Drafted]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Templates of our own, to be made wrong."""
    shutil.copytree(TEMPLATES / "outreach", tmp_path / "templates" / "outreach")
    return tmp_path / "templates"


@pytest.fixture
def correct(
    sqlite_engine: Engine, clock: FixedClock, people: People, folder: Path, invited: Callable[[Engine], Message]
) -> Correct:
    """Drafts the correction to one creator who has our invitation, from the templates of that folder."""
    first = invited(sqlite_engine)

    def draft(say: str = "The fee is 250 EUR.") -> Drafted:
        with unit_of_work(sqlite_engine) as session:
            version = quarantine.Version(first.template, first.template_sha256)
            row = quarantine.put(session, clock, version, campaign=first.campaign, why="wrong fee", by="omar")
            return correcting.draft_corrections(session, clock, row, say=say, people=people, templates=folder,
                                                pepper=PEPPER)  # fmt: skip

    return draft


def drafts(session: Session) -> list[Message]:
    return list(session.exec(select(Message).where(Message.status == "draft")))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Subject: Sorry\n\nHi {{ greeting }},\n{{ nickname }}\n", r"line 4: there is no field 'nickname'.*Known: "),
        ("Subject: Sorry\n{{ offer }}\n", r"line 2: there is no field 'offer'"),
        ("Subject: Sorry\n{{ correction.__class__ }}\n", r"line 2: .*not getattr"),
        ("Subject: Sorry\n{{ correction.__class__.__mro__ }}\n", r"line 2: .*not getattr"),
        ("Subject: Sorry\n{{ correction['x'] }}\n", r"line 2: .*not getitem"),
        ("Subject: Sorry\n{% for x in range(10**9) %}x{% endfor %}\n", r"line 2"),
        ("Subject: Sorry\n{% for x in correction %}{% for y in correction %}z{% endfor %}{% endfor %}\n", r"line 2"),
        ("Subject: Sorry\n{% while true %}x{% endwhile %}\n", r"line 2: .*unknown tag 'while'"),
        ("Subject: Sorry\n{{ 'a' * 10**12 }}\n", r"line 2: .*not mul"),
        ("Subject: Sorry\n{{ 9**9**9 }}\n", r"line 2: .*not pow"),
        ("Subject: Sorry\n{{ '%099999999d' % 1 }}\n", r"line 2: .*not mod"),
        ("Subject: Sorry\n{{ correction|center(10**9) }}\n", r"line 2: .*not filter"),
        ("Subject: Sorry\n{% set x = correction %}{{ x }}\n", r"line 2"),
        ("Subject: Sorry\n{% include 'invite.en.txt.j2' %}\n", r"line 2: .*not include"),
        ("Subject: Sorry\n{% if greeting %}\n", r"line 2"),
        ("Subject: Sorry\n" + "x" * 30_000, r"30,015 characters"),
        ("Hi {{ greeting }}\n", r"first line must begin with 'Subject:'"),
        ("Subject: {{ '' }}\n\nHi\n", r"no subject"),
        ("Subject: Sorry\n\nHi {{ greeting }}\n", r"does not print \{\{ correction \}\}"),
    ],
)  # fmt: skip
def test_a_correction_that_asks_for_more_is_refused_with_its_line(
    correct: Correct, folder: Path, sqlite_engine: Engine, source: str, said: str
) -> None:
    (folder / "outreach" / "correction.en.txt.j2").write_text(source, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        correct()
    caught.match(r"(?s)correction\.en\.txt\.j2.*" + said)
    with reading(sqlite_engine) as session:
        assert drafts(session) == []


def test_a_correction_that_is_no_text_or_not_there_is_refused_by_name(correct: Correct, folder: Path) -> None:
    path = folder / "outreach" / "correction.en.txt.j2"
    path.write_bytes(b"Subject: Gr\xfc\xdfe\n\n{{ correction }}\n")
    with pytest.raises(BadInput, match=r"correction\.en\.txt\.j2 is not UTF-8 text"):
        correct()
    path.unlink()
    with pytest.raises(BadInput, match=r"no mail template .*correction\.en\.txt\.j2"):
        correct()


@pytest.mark.parametrize("say", ["", "  \r\n ", "🌿", "x" * 601])
def test_what_was_wrong_is_said_in_words_and_briefly(correct: Correct, say: str) -> None:
    with pytest.raises(BadInput, match=r"Nothing says what was wrong|601 characters; 600"):
        correct(say)


def test_what_a_person_says_is_never_evaluated(correct: Correct, sqlite_engine: Engine) -> None:
    correct("It is {{ 7 * 7 }} EUR <b>,\r\nSubject: x {% raw %}")
    with reading(sqlite_engine) as session:
        [draft] = drafts(session)
    said = "It is {{ 7 * 7 }} EUR <b>, Subject: x {% raw %}"
    assert said in draft.text
    assert "&lt;b&gt;" in draft.html
    assert draft.subject.startswith("A correction to my mail of ")


@pytest.mark.parametrize("name", ["Ada\r\nBcc: eve@example.com", "A" * 300, "🌸🌿✨", "\u202eadA", "<script>",
                                  "{{7*7}}", "Linen, Ada"])  # fmt: skip
def test_a_hostile_name_is_as_harmless_in_a_correction(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, tmp_path: Path, name: str,
    approved: Callable[..., Candidate],
) -> None:  # fmt: skip
    mailer = FileMailer(tmp_path / "out")
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada.linen", name=name)
        write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
    send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER)
    with unit_of_work(sqlite_engine) as session:
        first = session.exec(select(Message)).one()
        version = quarantine.Version(first.template, first.template_sha256)
        row = quarantine.put(session, clock, version, campaign=campaign.slug, why="x", by="omar")
        done = correcting.draft_corrections(session, clock, row, say="It is 250 EUR.", people=people,
                                            templates=TEMPLATES, pepper=PEPPER)  # fmt: skip
        correcting.let_go(session, clock, [done.drafts[0].id or 0], campaign=campaign.slug, by="omar")
    assert len(send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER).sent) == 1
    with reading(sqlite_engine) as session:
        mail = session.exec(select(Message).where(Message.step != "invite")).one()
    head = mailer.path_of(mail.message_id).read_bytes().partition(b"\r\n\r\n")[0]
    assert head.count(b"\r\nTo: ") == 1
    assert b"\r\nBcc:" not in head
    for part in (mail.text, mail.html):
        assert not [bad for bad in ("\u202e", "{{", "<script>", "A" * 60, "Bcc") if bad in part]
