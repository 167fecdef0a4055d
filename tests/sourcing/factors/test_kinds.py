"""Persons, brands and repost pages; piles of search words."""

from typing import Any

import pytest

from sourcing.factors.account_kind import kind_of
from sourcing.factors.account_kind import words_of as kind_words
from sourcing.factors.stuffing import stuffing_of
from sourcing.factors.stuffing import words as stuffing_words
from sourcing.lexicon.account_kinds import BRAND, PERSON, REPOSTS


@pytest.mark.parametrize(
    ("handle", "name", "bio", "kind"),
    [
        ("ania.style", "ania | fashion blogger", "my shop ↓ free shipping with code ANIA", PERSON),
        ("workshopdiary", "Mara", "pottery workshops and tea", PERSON),
        ("linen.shop", "Linen Shop", "calm things for calm days", BRAND),
        ("aurelia", "Aurelia", "Official account of the Aurelia Linen Company", BRAND),
        ("toni10", "Toni", "Official account of Toni Maier", PERSON),
        ("aurelia.co", "Aurelia", "Worldwide shipping. Follow us", BRAND),
        ("aurelia", "Aurelia ™", "Envíos a todo el país", BRAND),
        ("sew.with.lea", "Lea", "I sew. Worldwide shipping", PERSON),
        ("slow.inspo", "Slow Inspo", "the best outfits", REPOSTS),
        ("outfits4you", "Outfits", "DM for credit or removal", REPOSTS),
        ("outfits4you", "Outfits", "Tag us to be featured 📸", REPOSTS),
        ("mode.taeglich", "Mode", "täglich mode, markiere uns", REPOSTS),
        ("bestofmel", "Mel", "my daily outfits", PERSON),
        ("bookshop.girl", "Ines", "I read in bookshops", PERSON),
        ("ada", None, None, PERSON),
    ],
)  # fmt: skip
def test_two_places_or_one_very_clear_one(made: Any, handle: str, name: str, bio: str, kind: int) -> None:
    assert kind_of(made(handle=handle, name=name, bio=bio)) == kind


def test_a_business_account_alone_is_a_person_and_with_a_clue_a_brand(made: Any) -> None:
    assert kind_of(made(account_type="business", bio="hello")) == PERSON
    assert kind_of(made(account_type="business", bio="our products are made by hand")) == BRAND
    assert kind_of(made(bio="our products are made by hand")) == PERSON


def test_the_reason_names_what_was_read_on_one_line(made: Any) -> None:
    shop = made(handle="linen.shop", name="Linen\nShop \u202eevil", bio=None, account_type="business")
    said = kind_words(shop)
    assert said == (
        "Looks like a shop or a brand's own account: handle says “shop”, name says “shop”, registered as a business"
    )
    assert kind_words(made()) == ""
    twice = kind_words(made(bio="Tag us to be featured"))
    assert twice == "Looks like a page that reposts others: bio says “tag us to be featured”"
    assert "a page that reposts others: bio says “dm for credit”" in kind_words(made(bio="DM for credit"))


def test_five_hundred_hashtags_are_a_pile_and_prose_is_not(made: Any) -> None:
    pile = made(bio=" ".join(f"#tag{number}" for number in range(500)))
    assert stuffing_of(pile) == 1.0
    assert stuffing_words(pile) == "Search words are piled up: 500 hashtags in the bio"
    again = made(bio="linen " * 40)
    assert stuffing_of(again) == 1.0
    assert stuffing_words(again) == "Search words are piled up: “linen” 40 times in the bio"
    assert stuffing_of(made(bio=" | ".join(f"word{number}" for number in range(60)))) == 1.0
    assert stuffing_of(made(hashtags=tuple(map(str, range(100))))) == 1.0
    prose = "Mum of two in Leeds | slow fashion, linen and tea | I write about what lasts and mend what does not, daily"
    assert stuffing_of(made(bio=prose, hashtags=("linen", "slowfashion"))) == 0.0
    assert stuffing_words(made(bio=prose)) == ""
    assert stuffing_of(made()) == 0.0
