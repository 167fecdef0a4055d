"""Mails as creators will read them: golden files per language, and any creator text against header, HTML and linter."""

import email
import email.policy
import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.campaign import Campaign
from core.errors import BadInput, Refused
from core.mailer import Address, OutgoingMail
from core.mailer import compose as as_bytes
from core.models.candidates import Snapshot
from core.people import People
from outreach import lint_alike
from outreach.composing import Composed, Occasion, Reader, compose
from outreach.render import load_template
from outreach.sayings import load_sayings
from outreach.words import LOCALES, Locale
from tests.outreach.conftest import START_OF_TESTS, TEMPLATES
from tests.outreach.languages import in_language

STEPS = ("invite", "follow-up-1", "follow-up-2")
FACTS = {"bio": "Calm outfits from my balcony 🌿", "hashtags": ["linen", "slowfashion"], "city": "Vienna",
         "followers": 24_000, "engagement_percent": 4.2, "audience": {"country:Germany": 0.41}}  # fmt: skip


def written(
    campaign: Campaign, people: People, locale: Locale, step: str = "invite", *, name: str = "Ada Linen",
    handle: str = "ada.linen", first_subject: str = "", **facts: object,
) -> Composed:  # fmt: skip
    rows = {
        field: Snapshot(candidate_id=1, field=field, value=value, source="pool:x", kind="reported",
                        fetched_at=START_OF_TESTS)
        for field, value in (facts or FACTS).items()
    }  # fmt: skip
    occasion = Occasion(
        step, people.named("sofia"), date(2026, 11, 27), "consent", "AT",
        "https://go.example.com/u/abcdefghijklmnopqrstuvwxyz", first_subject,
        date(2026, 11, 20) if first_subject else None,
    )  # fmt: skip
    reader = Reader(name, handle, "instagram", "ada@example.com", rows)
    return compose(load_template(TEMPLATES, step, locale), in_language(campaign, locale), reader, occasion,
                   now=START_OF_TESTS)  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_the_mails_of_a_sequence_read_as_agreed(
    locale: Locale, campaign: Campaign, people: People, golden: Callable[[str, str], None]
) -> None:
    first = ""
    for step in STEPS:
        mail = written(campaign, people, locale, step, first_subject=first)
        first = first or mail.subject
        golden(f"{step}-{locale}.txt", f"Subject: {mail.subject}\n\n{mail.text}")
        golden(f"{step}-{locale}.html", mail.html)
        assert mail.subject == first if step == "invite" else mail.subject == f"Re: {first}"


@pytest.mark.parametrize("locale", LOCALES)
def test_each_letter_has_three_paragraphs_between_greeting_and_name(
    locale: Locale, campaign: Campaign, people: People
) -> None:
    letter = written(campaign, people, locale).text.split("\n—\n")[0]
    assert len(letter.strip().split("\n\n")) == 5


def test_without_enough_facts_nothing_is_written(campaign: Campaign, people: People) -> None:
    with pytest.raises(Refused, match="Only 1 of the 2 personal facts"):
        written(campaign, people, "en", followers=9_000)
    with pytest.raises(Refused, match="Only 0 of the 1"):
        written(campaign, people, "en", "follow-up-1", first_subject="An idea", nothing=1)


def test_a_sender_with_a_private_mailbox_is_told_where_to_mend_it(campaign: Campaign, people: People) -> None:
    private = people.named("sofia").model_copy(update={"mail": "sofia@gmail.com"})
    occasion = Occasion("invite", private, date(2026, 11, 27))
    rows = {"city": "Vienna", "followers": 9_000}
    snapshot = {name: Snapshot(candidate_id=1, field=name, value=value, source="x", kind="reported",
                               fetched_at=START_OF_TESTS) for name, value in rows.items()}  # fmt: skip
    reader = Reader("Ada", "ada", "instagram", "ada@example.com", snapshot)
    with pytest.raises(Refused, match=r"gmail\.com.*people file"):
        compose(load_template(TEMPLATES, "invite", "en"), campaign, reader, occasion, now=START_OF_TESTS)


HOSTILE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="<>&\"'{}%#\r\n\t,;:@()\\[]|\u202e\u200f\u2066\u0000🌸éß “”„«»/=-", max_size=300),
    st.sampled_from([
        "Ada\r\nBcc: evil@example.com", "</p><script>alert(1)</script>", "{{ 7*7 }}", "{% for x in y %}", "A" * 300,
        "🌸🌿✨", "\u202eadA", "Ada, Linen <ada@x.example>", "javascript:alert(1)", "—", "a\n—\nb", "Re: you & me",
        "&lt;b&gt;", "https://evil.example", "مريم علي", "<!--", "]]>", "None", "{greeting}", "{}",
    ]),
)  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


@given(name=HOSTILE, handle=HOSTILE, bio=HOSTILE, tag=HOSTILE, city=HOSTILE, locale=st.sampled_from(LOCALES))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_of_a_creator_breaks_header_html_or_linter(
    campaign: Campaign, people: People, name: str, handle: str, bio: str, tag: str, city: str, locale: Locale
) -> None:
    try:
        mail = written(campaign, people, locale, name=name, handle=handle or "ada", bio=bio, hashtags=[tag], city=city,
                       followers=9_000, engagement_percent=4.2)  # fmt: skip
    except Refused:
        return
    page = _Tags(mail.html)
    assert set(page.tags) <= {"html", "head", "meta", "title", "body", "div", "p", "br", "a"}
    assert all(link.startswith("https://go.example.com/u/") for link in page.links)
    assert list(lint_alike.differences(mail.text, mail.html)) == []
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00]", mail.subject + mail.text + mail.html)
    sender, recipient = Address("Sofia Marin", "sofia@example.com"), Address(mail.recipient_name, "ada@example.com")
    raw = as_bytes(OutgoingMail(sender, recipient, mail.subject, mail.text, "<gr.1@example.com>", START_OF_TESTS,
                                html=mail.html))  # fmt: skip
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert [address.addr_spec for address in read["To"].addresses] == ["ada@example.com"]
    assert set(read.keys()) <= {"Date", "Message-ID", "From", "To", "Subject", "MIME-Version", "Content-Type"}
    assert " ".join(str(read["Subject"]).split()) == " ".join(mail.subject.split())


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("caption = [", "captoin = [", "facts.caption is missing"),
        ('"Your bio says “{}”.", ', "", "facts.bio has 2 different sentences; 3 are needed"),
        ("“{}” is a line", "“” is a line", "facts.caption, sentence 3 must have {} exactly once"),
        ("“{}” is a line", "“{}” of {nobody} is a line", "{nobody} is no place it can have"),
        ("“{}” is a line", "“{0.__class__}” is a line", "is no place it can have"),
        ("“{}” is a line", "“{}” is a { line", "facts.caption, sentence 3"),
        ('bonus = "a bonus on what you sell"', "", "offer.model.bonus is missing"),
        ("[facts]", "[facts]\nshoe_size = []", "facts.shoe_size is no kind of fact"),
        ("[facts]", "[facts", "cannot be read"),
    ],
)  # fmt: skip
def test_phrases_that_would_not_fit_are_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, was: str, becomes: str, said: str
) -> None:
    folder = tmp_path_factory.mktemp("templates")
    (folder / "outreach").mkdir()
    text = (TEMPLATES / "outreach" / "phrases.en.toml").read_text(encoding="utf-8")
    assert was in text
    (folder / "outreach" / "phrases.en.toml").write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(BadInput, match=re.escape(said)):
        load_sayings(folder, "en")


def test_a_folder_without_phrases_uses_those_that_come_with_us(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    assert load_sayings(tmp_path_factory.mktemp("none"), "fr") == load_sayings(TEMPLATES, "fr")
