"""Drafted answers about money say what the offer says: fee, months, commission, bonuses, when, and what binds."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from core.campaign import Campaign
from core.money import Money
from core.people import People
from outreach.answer_mail import check_text
from outreach.drafting import Asked, Standing, draft_for, left_to_translate
from outreach.swap_language import LANGUAGES, load_swap_language
from tests.outreach.conftest import TEMPLATES

QUESTION = {
    "en": "How do you pay, and do you ask for exclusivity?", "de": "Wie bezahlt ihr, und was ist mit Exklusivität?",
    "es": "¿Cómo es el pago? ¿Y la exclusividad?", "fr": "Comment se fait le paiement, et l'exclusivité ?",
}  # fmt: skip
Golden = Callable[[str, str], None]


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


RETAINER = Standing(
    eur("200.00"), Decimal("12.5"), payment_days=14, usage_days=60, months=6,
    bonuses=((eur("100.00"), eur("2000.00")), (eur("250.00"), eur("5000.00"))), exclusivity_days=45,
    exclusivity_scope="linen clothing",
)  # fmt: skip
ONCE = replace(RETAINER, months=1, bonuses=(), exclusivity_days=0, exclusivity_scope="")
NONE = Decimal(0)


def drafted(campaign: Campaign, people: People, standing: Standing, kind: str, language: str) -> str:
    asked = Asked(kind, QUESTION[language], "Ada Lindgren", "ada.linen")
    draft = draft_for(asked, campaign, people.named("sofia"), standing, load_swap_language(TEMPLATES, language),
                      locale=language)  # fmt: skip
    check_text(draft.text, standing, offer="greenroom deal offer")
    return draft.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_retainer_is_said_whole_in_the_language_of_the_answer(
    language: str, campaign: Campaign, people: People, golden: Golden
) -> None:
    price = drafted(campaign, people, RETAINER, "price talk", language)
    golden(
        f"drafted-terms-{language}.txt", f"{price}\n---\n\n{drafted(campaign, people, RETAINER, 'question', language)}"
    )


@pytest.mark.parametrize(
    ("standing", "says", "never"),
    [
        (ONCE, "a fee of 200 EUR and 12.5 percent commission", "month for"),
        (ONCE, "the fee within 14 days of the last post; commission is settled monthly", "Everything"),
        (replace(ONCE, commission_percent=NONE), "We pay the fee within 14 days of the last post.", "Commission"),
        (replace(ONCE, stipend=eur("0")), "Commission is settled monthly and paid within 14 days", "a fee"),
        (replace(ONCE, stipend=eur("0"), commission_percent=NONE), "No money is paid for it.", "within 14 days"),
        (
            replace(RETAINER, stipend=eur("0"), commission_percent=NONE, months=1),
            "Everything is settled monthly",
            "fee",
        ),
    ],
)
def test_each_kind_of_offer_has_its_own_words(
    standing: Standing, says: str, never: str, campaign: Campaign, people: People
) -> None:
    text = drafted(campaign, people, standing, "price talk", "en")
    assert says in text
    assert never not in text


def test_nobody_is_told_that_nothing_binds_them_where_something_does(campaign: Campaign, people: People) -> None:
    bound, free = (drafted(campaign, people, one, "question", "en") for one in (RETAINER, ONCE))
    assert "for 45 days from your first post, for linen clothing" in bound
    assert "we do not ask for it" not in bound
    assert "we do not ask for it" in free


def test_a_scope_in_the_words_of_the_campaign_is_flagged_to_translate(campaign: Campaign, people: People) -> None:
    offer = campaign.offer.model_copy(update={"exclusivity_days": 45, "exclusivity_scope": "linen clothing"})
    bound = campaign.model_copy(update={"offer": offer})
    german = drafted(bound, people, RETAINER, "question", "de")
    assert left_to_translate(german, "answers.de.toml#question@x", bound) == ("linen clothing",)
    assert left_to_translate(german, "answers.en.toml#question@x", bound) == ()
