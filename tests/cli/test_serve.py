"""`greenroom serve status|token`: what is said without anything being served."""

import pytest

from core.pepper import load_pepper
from flows.serving.tokens import person_of
from tests.cli.conftest import Terminal


def test_a_key_is_for_the_person_it_was_made_for(longlisted: Terminal) -> None:
    made = longlisted.document("serve", "token", "rosa")
    pepper = load_pepper(longlisted.home)
    assert made["person"] == "rosa"
    assert made["days"] == 30
    assert person_of(pepper, made["token"], now=longlisted.clock.now()) == "rosa"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nobody",), "Nobody is called 'nobody'"),
        (("rosa", "--days", "0"), "A key is good for 1 to 90 days"),
        (("rosa", "--days", "91"), "A key is good for 1 to 90 days"),
    ],
)
def test_no_key_is_made_for_who_is_not_there_or_for_ever(
    longlisted: Terminal, words: tuple[str, ...], told: str
) -> None:
    answer = longlisted("serve", "token", *words)
    assert (answer.code, answer.out) == (1, "")
    assert told in answer.err


def test_where_nothing_is_served_the_status_says_so(longlisted: Terminal) -> None:
    answer = longlisted("serve", "status")
    assert (answer.code, answer.out) == (1, "Nothing is served from this home.\nStart it with: greenroom serve\n")
