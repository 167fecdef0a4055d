"""One place per person: what shows that two accounts are one person's, and what does not."""

from dataclasses import replace

import pytest

from sourcing.people import Persons, linked_accounts
from sourcing.profiles import Profile

ADA = Profile("instagram", "ada.linen", "Ada Linen", None, (), (), None, None, 20_000, None, None, None, None, None,
              "2026-11-20T00:00:00Z", "test.csv")  # fmt: skip


def account(platform: str, handle: str, **told: object) -> Profile:
    return replace(ADA, platform=platform, handle=handle, **({"name": None} | told))  # type: ignore[arg-type]


def kept(*profiles: Profile, recorded: dict[str, str] | None = None) -> list[str]:
    """Who gets a place, best first."""
    persons = Persons(recorded or {})
    return [profile.key for profile in profiles if persons.claim(profile) is None]


MAIN = account("instagram", "ada.linen")


@pytest.mark.parametrize(
    ("first", "second", "how"),
    [
        (account("instagram", "ada", links=("https://www.tiktok.com/@Ada_Tok?x=1",)), account("tiktok", "ada_tok"),
         "it links here"),
        (MAIN, account("tiktok", "ada_tok", bio="more on instagram.com/Ada.Linen."), "this account links to it"),
        (MAIN, account("youtube", "adalinen", links=("http://instagram.com/ada.linen/",)), "this account links to it"),
        (account("instagram", "ada", email="a@x.example"), account("tiktok", "other", email="a@x.example"),
         "the same e-mail address"),
        (account("instagram", "ada.linen", name="Ada Linén"), account("tiktok", "ada.linen", name="ADA  Linen"),
         "the same handle and name"),
    ],
)  # fmt: skip
def test_exact_evidence_makes_two_accounts_one_person(first: Profile, second: Profile, how: str) -> None:
    persons = Persons({})
    assert persons.claim(first) is None
    assert persons.claim(second) == f"Another account of @{first.handle} (instagram): {how}"
    assert persons.others(first) == (second.key,)
    assert persons.others(second) == (first.key,)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # An agency's address, a friend, a namesake, a short handle, pages that are no accounts.
        (account("instagram", "ada", email="a@agency.example"), account("instagram", "bob", email="a@agency.example")),
        (account("instagram", "ada", bio="with instagram.com/bob"), account("instagram", "bob")),
        (account("instagram", "ada.linen", name="Ada"), account("tiktok", "ada.linen", name="Ada")),
        (account("instagram", "ada", name="Ada Linen"), account("tiktok", "ada", name="Ada Linen")),
        (account("instagram", "ada.linen", name="Ada Linen"), account("tiktok", "ada.linen2", name="Ada Linen")),
        (account("instagram", "ada", links=("https://tiktok.com/tag/linen",)), account("tiktok", "linen")),
        (account("instagram", "ada", bio="nottiktok.com/bob"), account("tiktok", "bob")),
        # A list of links, be it friends or somebody who would push others off.
        (account("instagram", "ada", links=("tiktok.com/@bob", "tiktok.com/@cy")), account("tiktok", "bob")),
    ],
)
def test_likeness_is_no_evidence(first: Profile, second: Profile) -> None:
    assert kept(first, second) == [first.key, second.key]


def test_what_the_record_says_holds_on_one_platform_too() -> None:
    second = account("instagram", "ada.second")
    assert kept(MAIN, second, recorded={MAIN.key: "p1", second.key: "p1"}) == [MAIN.key]
    assert kept(MAIN, second, recorded={MAIN.key: "p1", second.key: "p2"}) == [MAIN.key, second.key]


def test_evidence_reaches_through_accounts_that_were_left_out() -> None:
    tok = account("tiktok", "ada_tok", links=("instagram.com/ada.linen",), email="a@x.example")
    tube = account("youtube", "adavideos", email="a@x.example")
    persons = Persons({})
    assert [persons.claim(one) is None for one in (MAIN, tok, tube)] == [True, False, False]
    assert persons.others(MAIN) == (tok.key, tube.key)


def test_an_address_that_two_people_of_one_platform_have_shows_nothing_afterwards() -> None:
    ada, bob, cy = (account(platform, handle, email="team@agency.example")
                    for platform, handle in (("instagram", "ada"), ("instagram", "bob"), ("tiktok", "cy")))  # fmt: skip
    assert kept(ada, bob, cy) == [ada.key, bob.key, cy.key]


def test_hostile_text_is_read_without_trouble_and_said_on_one_line() -> None:
    hostile = account("instagram", "a\n\u202eb", bio="tiktok.com/@" + "x" * 10_000 + " tiktok.com/@. tiktok.com/@@@")
    assert all(key.startswith("tiktok:") for key in linked_accounts(hostile))
    persons = Persons({"instagram:a\n\u202eb": "p", "tiktok:z": "p"})
    persons.claim(hostile)
    told = persons.claim(account("tiktok", "z")) or ""
    assert told.isprintable()
    assert "record" in told
