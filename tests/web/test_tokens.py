"""Personal keys: whose, until when, and that nobody else can make or change one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from flows.serving.tokens import BadToken, issue, person_of
from tests.conftest import START

PEPPER = b"p" * 32
DAY = timedelta(days=1)
TOKEN = issue(PEPPER, "rosa", now=START, valid=DAY)


def test_a_key_tells_whose_it_is_until_its_last_second() -> None:
    assert person_of(PEPPER, TOKEN, now=START + DAY - timedelta(seconds=1)) == "rosa"
    with pytest.raises(BadToken, match="no longer"):
        person_of(PEPPER, TOKEN, now=START + DAY)


def test_a_key_of_another_installation_is_none() -> None:
    with pytest.raises(BadToken):
        person_of(b"q" * 32, TOKEN, now=START)


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABab01-_.=+/ \n"))
def test_a_key_changed_in_one_character_is_none(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(BadToken):
            person_of(PEPPER, changed, now=START)


@given(st.text(max_size=80))
def test_any_text_is_refused_and_nothing_else(text: str) -> None:
    with pytest.raises(BadToken):
        person_of(PEPPER, text, now=START)


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_key_lives_no_longer_than_ninety_days(days: int) -> None:
    with pytest.raises(Refused):
        issue(PEPPER, "rosa", now=START, valid=timedelta(days=days))
    assert issue(PEPPER, "rosa", now=START, valid=timedelta(days=90))
