"""Where a creator is, and when a profile names a place."""

import math
from typing import Any

import numpy as np
import pytest

from sourcing.factors.location import area_parts, is_area, named, place_fit, words


@pytest.mark.parametrize(
    ("known", "area", "place"),
    [
        ({"bio": "coffee in Berlin"}, "Berlin", "bio"),
        ({"bio": "Kaffee in München"}, "Munich", "bio"),
        ({"hashtags": ("berlinfashion",)}, "Berlin", "hashtags"),
        ({"hashtags": ("fashionberlin",)}, "Berlin", "hashtags"),
        ({"hashtags": ("berliner",)}, "Berlin", None),
        ({"handle": "lena.in.berlin"}, "Berlin", "handle"),
        ({"handle": "amsterdamgirl22"}, "Amsterdam", "handle"),
        ({"hashtags": ("essentials",)}, "Essen", None),
        ({"hashtags": ("parishilton",)}, "Paris", None),
        ({"bio": "romeo and juliet"}, "Rome", None),
        ({"bio": "have a nice day"}, "Nice", None),
        ({"bio": "la vie à Nice"}, "Nice", "bio"),
        ({"bio": "la vie est belle"}, "Los Angeles", None),
        ({"bio": "new york state of mind"}, "New York", "bio"),
        ({"hashtags": ("newyorkfoodie",)}, "New York", "hashtags"),
        ({"captions": ("a day in Kraków",)}, "Cracow", "captions"),
        ({"bio": "東京 カフェ"}, "Tokyo", "bio"),
        ({"bio": None}, "Berlin", None),
    ],
)
def test_an_area_is_named_as_a_word_or_joined_to_one(
    made: Any, known: dict[str, Any], area: str, place: str | None
) -> None:
    found = named(made(**known), area)
    assert (found.place if found else None) == place


def test_every_name_of_a_city_is_looked_up() -> None:
    assert area_parts("Munich") == (("monaco", "di", "baviera"), ("muenchen",), ("munchen",), ("munich",))
    assert area_parts("Kreuzberg") == (("kreuzberg",),)
    assert is_area("Köln", "cologne")
    assert not is_area("Bonn", "cologne")


def test_living_there_or_naming_it_is_all_and_the_country_alone_a_half() -> None:
    in_country = np.array([True, True, True, True, False, False, True])
    known = np.array([True, True, True, True, True, False, True])
    mentions = np.array([False, True, False, False, True, False, False])
    city = np.array([-1, -1, 1, 0, 1, 1, -1], dtype=np.int8)
    share = np.array([math.nan, math.nan, math.nan, math.nan, 0.5, math.nan, 0.1])
    fit = place_fit(in_country, known, mentions, city=city, audience_share=share)
    assert fit == pytest.approx([0.5, 1.0, 1.0, 0.35, 0.0, 1.0, 0.75])
    assert place_fit(in_country, known, mentions)[:2].tolist() == [0.5, 1.0]


def test_words_name_city_and_quote(made: Any) -> None:
    profile = made(country="Germany", city="Potsdam", hashtags=("berlinfashion",))
    assert words(profile, "Berlin", audience_share=0.12) == (
        "Location: Germany, city Potsdam, a hashtag names Berlin: “#berlinfashion”, 12% of the audience is there"
    )
    assert words(made(), None) == "Location: country not known"
    assert words(made(country="Germany"), "Berlin") == "Location: Germany, does not name Berlin"
