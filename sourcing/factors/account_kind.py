"""Kind of account: a person, a brand's own account or shop, or a page that reposts others. Unit: points, see below.

Source: handle, name, bio and the platform's account type. Precision comes before recall: whoever is taken for a brand
is kept off the list, so two places must agree, or the bio must say it in so many words; whoever speaks as a person is
one. Pure; the same points are counted in columns by `sourcing.signals`.
"""

from collections.abc import Iterator

from sourcing.evidence import one_line
from sourcing.lexicon.account_kinds import (
    BRAND,
    BRAND_CLUES,
    BUSINESS_POINTS,
    ENOUGH,
    PERSON,
    PERSON_CLUE,
    REPOST_CLUES,
    REPOSTS,
    Clue,
)
from sourcing.lexicon.patterns import lowered
from sourcing.profiles import Profile


def kind_of(profile: Profile) -> int:
    """PERSON, BRAND or REPOSTS; where both are said, reposts: such pages sell things too."""
    texts = _texts(profile)
    person = PERSON_CLUE.points if PERSON_CLUE.pattern.compiled.search(texts["bio"]) else 0
    reposts = sum(clue.points for clue, _ in _found(REPOST_CLUES, texts))
    business = BUSINESS_POINTS if profile.account_type == "business" else 0
    brand = sum(clue.points for clue, _ in _found(BRAND_CLUES, texts)) + business
    if reposts - person >= ENOUGH:
        return REPOSTS
    return BRAND if brand - person >= ENOUGH else PERSON


def words_of(profile: Profile) -> str:
    """Why it is no person's account, with its evidence, on one line; "" for a person's."""
    kind = kind_of(profile)
    if kind == PERSON:
        return ""
    clues = BRAND_CLUES if kind == BRAND else REPOST_CLUES
    said: list[str] = []
    quoted: list[tuple[str, str]] = []
    for clue, quote in _found(clues, _texts(profile)):
        # A weaker clue is often a part of a stronger one.
        if not any(clue.place == place and quote in longer for place, longer in quoted):
            said.append(f"{clue.place} says “{one_line(quote.strip(' ._'), 40)}”")
            quoted.append((clue.place, quote))
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
