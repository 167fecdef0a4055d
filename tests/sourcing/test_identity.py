"""Which accounts may be one person's, how sure, and who must never be taken for another."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcing.identity import AUTOMATIC, SUGGEST, OnRecord, Suggestion, suggestions
from sourcing.profiles import Profile

ADA = Profile("instagram", "ada.linen", "Ada Linen", None, (), (), None, None, 20_000, None, None, None, None, None,
              "2026-11-20T00:00:00Z", "test.csv")  # fmt: skip
NOBODY = OnRecord({})


def account(platform: str, handle: str, **told: object) -> Profile:
    return replace(ADA, platform=platform, handle=handle, **({"name": None} | told))  # type: ignore[arg-type]


def found(*profiles: Profile, record: OnRecord = NOBODY, among: set[str] | None = None) -> list[Suggestion]:
    return suggestions(profiles, record, mail_key=str.casefold, among=among)


def links(*addresses: str) -> dict[str, object]:
    return {"links": addresses}


MAIN = account(
    "instagram", "ada.linen", name="Ada Linen", email="ada@x.example", **links("https://tiktok.com/@adalinen")
)
BACK = links("https://instagram.com/ada.linen")


@pytest.mark.parametrize(
    ("other", "signs"),
    [
        (account("tiktok", "adalinen", **BACK), ("links both ways", "near handle")),
        (account("tiktok", "adalinen", name="Ada Linen", email="ADA@x.example"),
         ("mail", "link", "name", "near handle")),
        (account("youtube", "ada.linen", name="Linen, Ada", email="ada@x.example"), ("mail", "handle", "name")),
        (account("bluesky", "ada.linen.bsky.social", name="Ada Linen", email="ada@x.example"),
         ("mail", "handle", "name")),
        (account("mastodon", "ada.linen@mastodon.social", name="Ada Linén", email="ada@x.example"),
         ("mail", "handle", "name")),
    ],
)  # fmt: skip
def test_what_both_sides_say_is_merged_without_asking(other: Profile, signs: tuple[str, ...]) -> None:
    (pair,) = found(MAIN, other)
    assert (pair.automatic, pair.warning) == (True, "")
    assert set(pair.signs) == set(signs)
    assert pair.sure >= AUTOMATIC
    assert len(pair.evidence) == len(signs)


@pytest.mark.parametrize(
    ("other", "evidence"),
    [
        (account("tiktok", "adalinen"), "@ada.linen (instagram) links to @adalinen (tiktok)"),
        (account("youtube", "sews", email="ada@x.example"), "the same e-mail address"),
        (account("youtube", "ada.linen", name="Ada Linen"), "the same handle"),
        # Whatever a copy says, the person it copies does not say it.
        (account("youtube", "ada.linen", name="Ada Linen", **BACK),
         "@ada.linen (youtube) links to @ada.linen (instagram)"),
    ],
)  # fmt: skip
def test_what_one_side_alone_says_is_asked_about(other: Profile, evidence: str) -> None:
    pairs = found(MAIN, other)
    assert [pair.automatic for pair in pairs] == [False]
    assert SUGGEST <= pairs[0].sure < AUTOMATIC
    assert evidence in pairs[0].evidence


def test_a_couple_that_links_to_each_other_is_asked_about() -> None:
    anna = account("instagram", "anna_bakes", name="Anna", **links("tiktok.com/@benbuilds"))
    ben = account("tiktok", "benbuilds", name="Ben", **links("instagram.com/anna_bakes"))
    (pair,) = found(anna, ben)
    assert (pair.signs, pair.automatic) == (("links both ways",), False)


def test_a_shared_link_page_is_evidence_and_a_shop_is_none() -> None:
    page = links("https://linktr.ee/ada?utm=1", "https://www.amazon.de/shop/x")
    (pair,) = found(account("instagram", "ada", **page), account("tiktok", "sews", **page))
    assert (pair.evidence, pair.automatic) == (("both lead to linktr.ee/ada",), False)
    shop = links("https://www.amazon.de/shop/x")
    assert found(account("instagram", "ada", **shop), account("tiktok", "sews", **shop)) == []


@pytest.mark.parametrize("mail", ["ada@talent-agency.example", "booking@x.example"])
def test_a_managements_address_alone_is_no_suggestion(mail: str) -> None:
    assert found(account("instagram", "ada", email=mail), account("tiktok", "bob", email=mail)) == []


def test_the_address_and_page_of_an_agency_with_two_on_one_platform_say_nothing() -> None:
    told: dict[str, object] = {"email": "hi@studio.example", **links("https://studio.example")}
    ada, bob = account("instagram", "ada", **told), account("instagram", "bob", **told)
    assert found(ada, bob, account("tiktok", "cyd", **told)) == []
    # With handle and name that agree they are not needed.
    same = account("tiktok", "ada.linen", name="Ada Linen", **told)
    (pair,) = found(ada, bob, same, account("instagram", "ada.linen", name="Ada Linen", **told))
    assert (pair.signs, pair.automatic) == (("handle", "name"), False)


@pytest.mark.parametrize(
    "fan",
    [
        account("tiktok", "ada.linen.fans", name="Ada Linen", email="ada@x.example", **BACK),
        account("tiktok", "adalinen", name="Ada Linen", email="ada@x.example", bio="Fanpage, not her!", **BACK),
        account("tiktok", "adalinenfanclub", name="Ada Linen", **BACK),
    ],
)
def test_a_fan_page_is_never_the_person(fan: Profile) -> None:
    assert found(MAIN, fan) == []


def test_who_is_called_stefan_or_likes_coffee_has_no_fan_page() -> None:
    told: dict[str, object] = {"name": "Stefan Linen", "bio": "fan of coffee", "email": "s@x.example"}
    (pair,) = found(account("instagram", "stefan.linen", **told), account("tiktok", "stefan.linen", **told))
    assert pair.automatic


@pytest.mark.parametrize("names", [("Anna Weber", "Ben Weber"), ("Jan Weber", "Jon Weber")])
def test_a_family_with_one_name_stays_two(names: tuple[str, str]) -> None:
    one = account("instagram", "weberhome", name=names[0], email="w@x.example", **links("tiktok.com/@weberhome"))
    other = account("tiktok", "weberhome", name=names[1], email="w@x.example", **links("instagram.com/weberhome"))
    assert found(one, other) == []


@pytest.mark.parametrize("handle", ["\u0430da.linen", "\u0430\u0501\u0430.\u04bb\u043e\u043c\u0435"])
def test_look_alikes_in_other_alphabets_are_flagged_and_never_merged(handle: str) -> None:
    plain = "ada.linen" if "linen" in handle else "ada.home"
    one = account("instagram", plain, name="Ada Linen", email="ada@x.example")
    (pair,) = found(one, account("tiktok", handle, name="Ada Linen", email="ada@x.example"))
    assert not pair.automatic
    assert "alphabets" in pair.warning


def test_a_handle_that_mixes_alphabets_is_flagged_though_both_accounts_have_it() -> None:
    told: dict[str, object] = {"name": "Ada Linen", "email": "ada@x.example"}
    (pair,) = found(*(account(platform, "\u0430da.linen", **told) for platform in ("instagram", "tiktok")))
    assert (pair.automatic, "mixes letters" in pair.warning) == (False, True)


def test_one_handle_in_cyrillic_letters_is_no_look_alike() -> None:
    told: dict[str, object] = {"name": "\u0410\u0434\u0430 \u041b\u0451\u043d", "email": "ada@x.example"}
    cyrillic = "\u0430\u0434\u0430\u043b\u0435\u043d"
    (pair,) = found(*(account(platform, cyrillic, **told) for platform in ("instagram", "tiktok")))
    assert (pair.automatic, pair.warning) == (True, "")


def test_where_two_accounts_of_a_platform_fit_neither_is_merged() -> None:
    told: dict[str, object] = {"name": "Ada Linen", "email": "ada@x.example"}
    others = [account("tiktok", "ada.linen", **told), account("youtube", "ada.linen", **told)]
    assert all(pair.automatic for pair in found(account("instagram", "ada.linen", **told), others[0]))
    twice = account("tiktok", "ada.linen2", name="Ada Linen", **BACK)
    assert not any(pair.automatic for pair in found(MAIN, twice, account("tiktok", "adalinen", **BACK)))


def test_a_person_who_has_an_account_on_that_platform_gets_no_other_without_asking() -> None:
    other = account("tiktok", "adalinen", **BACK)
    record = OnRecord({MAIN.key: "ada", "tiktok:ada.real": "ada", other.key: "new"})
    assert [pair.automatic for pair in found(MAIN, other, record=record)] == [False]


def test_what_is_decided_is_not_asked_again() -> None:
    other = account("tiktok", "adalinen", **BACK)
    persons = {MAIN.key: "a", other.key: "b"}
    assert found(MAIN, other, record=OnRecord(dict.fromkeys(persons, "a"))) == []
    assert found(MAIN, other, record=OnRecord(persons, {frozenset("ab")})) == []
    assert len(found(MAIN, other, record=OnRecord(persons))) == 1


def test_only_pairs_with_one_of_those_asked_about_are_given() -> None:
    other = account("tiktok", "adalinen", **BACK)
    assert found(MAIN, other, among={"tiktok:somebody"}) == []
    assert len(found(MAIN, other, among={other.key})) == 1


def test_who_is_left_to_choose_is_seen_though_only_one_of_them_is_asked_about() -> None:
    twice = account("tiktok", "ada.linen2", name="Ada Linen", **BACK)
    (pair,) = found(MAIN, twice, account("tiktok", "adalinen", **BACK), among={"tiktok:adalinen"})
    assert (pair.automatic, pair.sure >= AUTOMATIC) == (False, True)


def one_in_the_middle() -> list[Profile]:
    """An account without a name that links to two others and they to it."""
    middle = account("youtube", "weberhome", **links("instagram.com/weberhome", "tiktok.com/@weberhome"))
    back = links("youtube.com/@weberhome")
    return [middle, *(account(platform, "weberhome", **back) for platform in ("instagram", "tiktok"))]


def joined(profiles: list[Profile], record: OnRecord = NOBODY) -> set[frozenset[str]]:
    return {frozenset((pair.one, pair.other)) for pair in found(*profiles, record=record) if pair.automatic}


def test_two_who_are_not_one_are_not_made_one_by_way_of_a_third() -> None:
    middle, one, other = one_in_the_middle()
    ways = {frozenset((middle.key, one.key)), frozenset((middle.key, other.key))}
    assert joined([middle, one, other]) == ways
    # A family that shares the third account, and two whom somebody has split.
    anna, ben = replace(one, name="Anna Weber"), replace(other, name="Ben Weber")
    assert len(joined([middle, anna, ben]) & ways) == 1
    persons = {middle.key: "m", one.key: "a", other.key: "b"}
    assert len(joined([middle, one, other], OnRecord(persons, {frozenset("ab")})) & ways) == 1


def test_a_word_that_many_have_for_a_handle_makes_no_pairs() -> None:
    """On Mastodon, every server has its own."""
    one, *many = [account("mastodon", f"foodie@s{number}.example", name="Ada Linen") for number in range(30)]
    other = account("tiktok", "foodie", name="Ada Linen")
    assert found(one, *many, other) == []
    assert len(found(one, other)) == 1


def test_an_agency_whose_creators_link_to_each_other_is_asked_about() -> None:
    told: dict[str, object] = {"email": "hi@studio.example"}
    one = account("instagram", "ada.linen", name="Ada Linen", **told, **links("tiktok.com/@bobsews"))
    (pair,) = found(one, account("tiktok", "bobsews", name="Bob Sews", **told))
    assert (pair.automatic, pair.sure >= AUTOMATIC) == (False, True)


_HANDLES = st.sampled_from(["ada.linen", "adalinen", "ada_linen2", "bob", "\u0430da.linen", "ada.linen.fans"])
_PROFILES = st.builds(
    account,
    st.sampled_from(["instagram", "tiktok", "youtube", "mastodon", "website"]),
    _HANDLES,
    name=st.sampled_from([None, "Ada Linen", "Bob Linen", "Ada"]),
    email=st.sampled_from([None, "ada@x.example", "hi@agency.example"]),
    links=st.lists(st.sampled_from(["instagram.com/ada.linen", "tiktok.com/@adalinen", "linktr.ee/ada"])).map(tuple),
)


@given(st.lists(_PROFILES, max_size=8, unique_by=lambda one: one.key), st.randoms())
def test_the_order_of_accounts_changes_nothing_and_no_platform_is_merged_with_itself(
    profiles: list[Profile], random: object
) -> None:
    pairs = found(*profiles)
    shuffled = list(profiles)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found(*shuffled) == pairs
    person: dict[str, set[str]] = {one.key: {one.key} for one in profiles}
    for pair in pairs:
        assert not (pair.automatic and (pair.warning or pair.sure < AUTOMATIC))
        if pair.automatic:
            whole = person[pair.one] | person[pair.other]
            for key in whole:
                person[key] = whole
        among = {pair.one}
        assert found(*profiles, among=among) == [one for one in pairs if among & {one.one, one.other}]
    for keys in person.values():
        platforms = [key.partition(":")[0] for key in keys]
        assert len(platforms) == len(set(platforms))
