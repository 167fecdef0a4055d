"""The words by which our own mails offer to stop are understood in whatever form people answer with them."""

import re
import textwrap
from email.message import EmailMessage
from pathlib import Path

import pytest

from bench.replies import load, reading_of
from core.campaign import Campaign
from core.settings import PROJECT
from outreach.inbox import RawMail, parse
from outreach.law.notice import notice
from outreach.law.policy import Basis
from outreach.phrases import LANGUAGES, OPTS_OUT, ReplyKind
from outreach.replies import MAY_BE_OPT_OUT, read

_QUOTED = re.compile(r"[“„«]\s?([^“”„«»]{2,20}?)[\s\u00a0\u202f]?[”“»]")

FORMS = [
    "{word}", "{word}.", "{word}!", "{WORD}", "{Word}", "“{word}”", "„{word}“", "« {word} »", '"{word}"', "{word} 🙏",
    "🛑 {word} 🛑", "{word}\n\nAda", "{word}\n\n-- \nAda Lind\nada.example", "{word}\n\nSent from my iPhone",
    "{word}\n\nVon meinem iPhone gesendet", "{word}\n\nLiebe Grüße\nAda", "\n\n  {word}  \n\n", "{word}\r\n\r\nAda",
    "{word}\n\nOn Fri, Nov 20, 2026 at 10:30 AM Sofia <sofia@example.com> wrote:\n\n{quoted}",
    "{word}\n\nAm 20.11.2026 um 10:30 schrieb Sofia Marin:\n{ours}",
    "{word}\n\nEl vie, 20 nov 2026 a las 10:30, Sofia (<sofia@example.com>) escribió:\n\n{quoted}",
    "{word}\n\nLe ven. 20 nov. 2026 à 10:30, Sofia <sofia@example.com> a écrit :\n\n{quoted}",
    "{word}\n\nVon: Sofia Marin\nGesendet: Freitag\nAn: Ada\n\n{ours}", "{quoted}\n\n{word}", "{ours}\n\n{word}",
]  # fmt: skip


def invitation(language: str) -> str:
    return (PROJECT / "templates" / "outreach" / f"invite.{language}.txt.j2").read_text(encoding="utf-8")


OFFERED = [(language, word) for language in LANGUAGES for word in _QUOTED.findall(invitation(language))]


def test_every_invitation_offers_two_words() -> None:
    assert OFFERED == [
        ("en", "no thanks"), ("en", "stop"), ("de", "nein danke"), ("de", "Stopp"),
        ("es", "no, gracias"), ("es", "stop"), ("fr", "non merci"), ("fr", "stop"),
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "word"), OFFERED)
@pytest.mark.parametrize("is_html", [False, True])
def test_the_words_we_offer_are_an_opt_out(language: str, word: str, is_html: bool) -> None:
    ours = invitation(language).replace("Subject:", "").strip()
    quoted = "\n".join(f"> {line}" for line in ours.split("\n"))
    for form in FORMS:
        text = form.format(word=word, WORD=word.upper(), Word=word.capitalize(), ours=ours, quoted=quoted)
        for our_text in (ours, ""):
            reading = read(parse(RawMail("x", _mail(text, is_html=is_html))), our_text=our_text)
            if form.startswith("{ours}") and not our_text:
                continue  # under an unmarked quote of a mail that is not at hand nobody can tell whose words those are
            assert reading.kind is ReplyKind.OPT_OUT, (form, our_text == "", reading)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_mail_alone_is_none(language: str) -> None:
    ours = invitation(language)
    for our_text in (ours, ""):
        assert read(parse(RawMail("x", _mail(ours, is_html=False))), our_text=our_text).kind not in OPTS_OUT


WRITTEN = [*sorted((PROJECT / "tests" / "golden" / "outreach").glob("*.[th]*")),
           *sorted((PROJECT / "templates" / "outreach").glob("direct.*.txt"))]  # fmt: skip


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_no_mail_of_ours_quoted_without_marks_closes_anybody(path: Path) -> None:
    ours = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        mail = EmailMessage()
        mail.set_content(ours, subtype="html")
        ours = parse(RawMail("x", mail.as_bytes())).text
    wrapped = "\n".join(textwrap.fill(line, 70) for line in ours.split("\n"))
    quotes = (ours, wrapped, ours.replace("\n—\n", "\n"), wrapped.replace("\n\n", "\n"))
    for quote in dict.fromkeys(quotes):  # some are the same
        for text in (quote, f"Mia\n\n{quote}", f"{quote}\n\nMia"):
            assert read(parse(RawMail("x", _mail(text, is_html=False)))).kind not in OPTS_OUT


YES = {"en": "Yes, gladly!", "de": "Ja, gern!", "es": "¡Me interesa mucho!", "fr": "Oui, avec plaisir !"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("basis", [Basis.CONSENT, Basis.INTEREST])
@pytest.mark.parametrize("country", ["DE", "US", "CA", ""])
def test_the_notice_quoted_without_marks_is_never_theirs(
    campaign: Campaign, language: str, basis: Basis, country: str
) -> None:
    company = campaign.company.model_copy(update={"privacy_url": "https://brand.example/privacy"})
    told = notice(language, campaign.model_copy(update={"company": company}), source="your public TikTok profile",
                  basis=basis, country=country)  # fmt: skip
    paragraphs = told.split("\n\n")
    quotes = ["\n\n".join(textwrap.fill(one, width) for one in paragraphs) for width in (40, 72, 990)]
    for quote in (*quotes, "\n".join(paragraphs), "\n".join(f"| {line}" for line in quotes[1].split("\n"))):
        for is_html in (False, True):
            for said, kind in ((YES[language], ReplyKind.INTERESTED), ("stop", ReplyKind.OPT_OUT)):
                for text in (f"{said}\n\n{quote}", f"{quote}\n\n{said}"):
                    reading = read(parse(RawMail("x", _mail(text, is_html=is_html))))
                    assert reading.kind is kind, (text, reading)


def test_who_opts_out_politely_is_heard_and_who_asks_for_their_viewers_is_not_closed() -> None:
    readings = [(answer, reading_of(answer.text)) for answer in load("polite")]
    assert len(readings) == 55
    for answer, reading in readings:
        if answer.kind in OPTS_OUT:
            assert reading.kind in OPTS_OUT or reading.because.startswith(MAY_BE_OPT_OUT), answer
        else:
            assert reading.kind not in OPTS_OUT, answer


def _mail(text: str, *, is_html: bool) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ada@example.com", "sofia@example.com", "Re: An idea"
    mail["Message-ID"] = "<r1@example.com>"
    if is_html:
        lines = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "").split("\n")
        mail.set_content("".join(f"<div>{line or '<br>'}</div>" for line in lines), subtype="html")
    else:
        mail.set_content(text)
    return mail.as_bytes()
