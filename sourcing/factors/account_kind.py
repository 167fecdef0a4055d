"""Kind of account: a person, a brand's own account or shop, or a page that reposts others. Unit: points, see below.

Source: handle, name, bio and the platform's account type. Precision comes before recall: whoever is taken for a brand
is kept off the list, so two places must agree, or the bio must say it in so many words; whoever speaks as a person is
one. Pure; the same points are counted in columns by `sourcing.signals`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sourcing.evidence import one_line
from sourcing.lexicon import account_kinds as words
from sourcing.lexicon.patterns import Pattern, lowered
from sourcing.pool import Profile

PERSON, BRAND, REPOSTS = 0, 1, 2
ENOUGH = 4
#: points of an account that the platform calls a business: creators have such accounts too
BUSINESS_POINTS = 1
#: taken away where the bio speaks as a person
PERSON_POINTS = 3


@dataclass(frozen=True)
class Clue:
    """One place where a kind of account shows: `place` is handle, name or bio."""

    place: str
    points: int
    pattern: Pattern


BRAND_CLUES = (
    Clue("handle", 2, words.HANDLE_BRAND),
    Clue("name", 2, words.NAME_BRAND),
    Clue("bio", 4, words.BIO_BRAND_OFFICIAL),
    Clue("bio", 3, words.BIO_BRAND_CLEAR),
    Clue("bio", 1, words.BIO_BRAND),
)
REPOST_CLUES = (
    Clue("handle", 2, words.HANDLE_REPOSTS),
    Clue("name", 2, words.NAME_REPOSTS),
    Clue("bio", 4, words.BIO_REPOSTS_CLEAR),
    Clue("bio", 3, words.BIO_REPOSTS_STRONG),
    Clue("bio", 1, words.BIO_REPOSTS),
)
PERSON_CLUE = Clue("bio", PERSON_POINTS, words.BIO_PERSON)


def kind_of(profile: Profile) -> int:
    """PERSON, BRAND or REPOSTS; where both are said, reposts: such pages sell things too."""
    texts = _texts(profile)
    person = PERSON_POINTS if PERSON_CLUE.pattern.compiled.search(texts["bio"]) else 0
    reposts = sum(clue.points for clue, _ in _found(REPOST_CLUES, texts))
    business = BUSINESS_POINTS if profile.account_type == "business" else 0
    brand = sum(clue.points for clue, _ in _found(BRAND_CLUES, texts)) + business
    if reposts - person >= ENOUGH:
        return REPOSTS
    return BRAND if brand - person >= ENOUGH else PERSON


def words_of(profile: Profile) -> str:
    """Why it is no person's account: "Looks like a shop or a brand's own account: handle “linen.shop”, …"; "" for one."""
    kind = kind_of(profile)
    if kind == PERSON:
        return ""
    clues = BRAND_CLUES if kind == BRAND else REPOST_CLUES
    said = [f"{clue.place} says “{one_line(quote.strip(' ._'), 40)}”" for clue, quote in _found(clues, _texts(profile))]
    if kind == BRAND and profile.account_type == "business":
        said.append("registered as a business")
    looks = "a shop or a brand's own account" if kind == BRAND else "a page that reposts others"
    return f"Looks like {looks}: {', '.join(said)}"


def _found(clues: tuple[Clue, ...], texts: dict[str, str]) -> Iterator[tuple[Clue, str]]:
    for clue in clues:
        match = clue.pattern.compiled.search(texts[clue.place])
        if match:
            yield clue, match.group()


def _texts(profile: Profile) -> dict[str, str]:
    return {
        "handle": f" {lowered(profile.handle)} ",
        "name": lowered(profile.name or ""),
        "bio": lowered(profile.bio or ""),
    }
