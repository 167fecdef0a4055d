"""The approved words for answers: every language is whole, nothing is evaluated, and wrong files say what is wrong."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInput, Refused
from outreach.phrases import ReplyKind
from outreach.swap_language import FIELDS, LANGUAGES, SwapLanguage, filled, load_swap_language
from tests.outreach.conftest import TEMPLATES

VALUES = {name: f"<{name}>" for name in FIELDS}
ASKED = {
    "en": "Which sizes are there, do you ship to Norway, and what about usage rights and exclusivity? When is it paid?",
    "de": "Welche Größen gibt es, wie ist der Versand? Nutzungsrechte, Exklusivität? Wann wird bezahlt?",
    "es": "¿Qué tallas hay, hacéis envíos, y los derechos, la exclusividad? ¿Cuándo es el pago?",
    "fr": "Quelles tailles, la livraison, les droits, l'exclusivité ? Quand est le paiement ?",
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> SwapLanguage:
    return load_swap_language(TEMPLATES, request.param)


@pytest.mark.parametrize(
    ("kind", "possible", "passage"),
    [
        (ReplyKind.INTERESTED, None, "interested"),
        (ReplyKind.PRICE_TALK, None, "price_standing"),
        (ReplyKind.PRICE_TALK, True, "price_possible"),
        (ReplyKind.PRICE_TALK, False, "price_ask"),
        (ReplyKind.LATER, None, "later"),
        (ReplyKind.DECLINED, None, "declined"),
        (ReplyKind.QUESTION, None, "question_open"),
    ],
)
def test_each_kind_of_answer_has_words_in_each_language(
    language: SwapLanguage, kind: ReplyKind, possible: bool | None, passage: str
) -> None:
    text, source = language.draft(kind, "?", VALUES, possible=possible)
    assert "<greeting>" in text
    assert "<sender_name>" in text
    assert "{" not in text
    assert source == f"{language.name}#{passage}@{language.sha256}"


@pytest.mark.parametrize("kind", [ReplyKind.UNCLEAR, ReplyKind.OPT_OUT, ReplyKind.AWAY])
def test_what_nobody_can_prepare_a_person_writes(language: SwapLanguage, kind: ReplyKind) -> None:
    assert language.draft(kind, "hm", VALUES, possible=None) == ("", "")


def test_common_questions_are_answered_in_the_words_that_somebody_approved(language: SwapLanguage) -> None:
    asked = ASKED[language.name.split(".")[1]]
    text, source = language.draft(ReplyKind.QUESTION, asked, VALUES, possible=None)
    assert source.startswith(f"{language.name}#question+sizes+shipping+usage-rights+exclusivity+timeline+payment@")
    assert all(
        place in text for place in ("<usage_days>", "<starts_on>", "<ends_on>", "<terms>", "<paid>", "<exclusivity>")
    )


def test_every_language_answers_the_same_questions() -> None:
    topics = [set(load_swap_language(TEMPLATES, one).said.topics) for one in LANGUAGES]
    assert all(one == topics[0] for one in topics)


def test_what_is_paid_is_said_in_words(language: SwapLanguage) -> None:
    def said(**paid: Any) -> str:
        known: dict[str, Any] = {"stipend": "", "months": "", "commission": "", "bonuses": ()}
        return " | ".join(language.terms.parts(**known | paid))

    assert "200 EUR" in said(stipend="200 EUR", commission="10")
    assert "10" in said(stipend="200 EUR", commission="10")
    assert "10" not in said(stipend="200 EUR")
    assert said() == language.terms.neither
    monthly = said(stipend="200 EUR", months="6", bonuses=[("50 EUR", "1,000 EUR"), ("70 EUR", "2,000 EUR")])
    assert all(amount in monthly for amount in ("200 EUR", "6", "50 EUR", "1,000 EUR", "70 EUR", "2,000 EUR"))
    assert monthly.count(" | ") == 2
    assert "{" not in monthly


def test_words_that_a_file_of_before_lacks_are_those_that_come_with_us(tmp_path: Path, language: SwapLanguage) -> None:
    text = (TEMPLATES / "outreach" / language.name).read_text(encoding="utf-8")
    before = text.partition("\nmonthly = ")[0].replace("{{ paid }}", "{{ payment_days }}")
    (tmp_path / "outreach").mkdir()
    (tmp_path / "outreach" / language.name).write_text(before, encoding="utf-8")
    loaded = load_swap_language(tmp_path, language.name.split(".")[1])
    assert loaded.terms == language.terms
    assert loaded.sha256 != language.sha256


def test_a_place_is_filled_once_and_nothing_is_evaluated() -> None:
    hostile = "{{ brand }} {{ 7*7 }} {% for x in y %} {{ x.__class__ }} ${HOME}"
    assert filled("Hi {{ greeting }}!", {"greeting": hostile, "brand": "B"}) == f"Hi {hostile}!"
    with pytest.raises(Refused, match="greeting"):
        filled("Hi {{ greeting }}", {"greeting": " "})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("{{ greeting }},", "{{ nickname }},"), "no field 'nickname'"),
        (("{{ greeting }},", "{{ greeting.__class__ }},"), "nothing else stands in braces"),
        (("{{ greeting }},", "{% if x %},"), "nothing else stands in braces"),
        (('approved_by = "olivia"', 'approved_by = ""'), "approved_by"),
        (("approved_on = 2026-11-20", "approved_on = 'soon'"), "approved_on"),
        (("[later]", "[latter]"), "later"),
        (("[interested]", "[interested"), "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_it_is_wrong(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    text = (TEMPLATES / "outreach" / "answers.en.toml").read_text(encoding="utf-8")
    (tmp_path / "outreach").mkdir()
    (tmp_path / "outreach" / "answers.en.toml").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadInput, match=says):
        load_swap_language(tmp_path, "en")
    with pytest.raises(BadInput, match="no approved words"):
        load_swap_language(tmp_path, "fr")
