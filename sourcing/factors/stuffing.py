"""Stuffing: how much of bio and hashtags is a pile of search words. Unit: 0 (prose) to 1 (a pile). Source: the text.

The largest of four measures, each rising in a straight line between two values: hashtags in the bio; items of a list
(bars, bullets, commas); the share of words that were said before; hashtags of the profile. The bounds are ours:
"mum | wife | blogger | Leeds" is how people write, forty items are not. Pure; counted in columns by `sourcing.signals`.
"""

from collections import Counter

from sourcing.evidence import one_line
from sourcing.lexicon.patterns import lowered
from sourcing.profiles import Profile
from sourcing.signals.piles import BIO_TAGS, LIST_ITEMS, LIST_SIGNS, REPEATED, SHORTEST_PILE, TAGS, WORD

WORTH_SAYING = 0.5


def stuffing_of(profile: Profile) -> float:
    """The signal of one profile."""
    return max(part for part, _ in _parts(profile))


def words(profile: Profile) -> str:
    """What is piled up; "" below a half."""
    most, said = max(_parts(profile), key=lambda part: part[0])
    return f"Search words are piled up: {said}" if most >= WORTH_SAYING else ""


def _parts(profile: Profile) -> list[tuple[float, str]]:
    parts = [(TAGS.at(len(profile.hashtags)), f"{len(profile.hashtags)} hashtags")]
    bio = lowered(profile.bio or "")
    if len(bio) < SHORTEST_PILE:
        return parts
    tags, items = bio.count("#"), sum(bio.count(sign) for sign in LIST_SIGNS)
    parts += [
        (BIO_TAGS.at(tags), f"{tags} hashtags in the bio"),
        (LIST_ITEMS.at(items), f"a list of {items} items in the bio"),
    ]
    said = WORD.findall(bio)
    if said:
        word, times = Counter(said).most_common(1)[0]
        parts.append((REPEATED.at(1 - len(set(said)) / len(said)), f"“{one_line(word, 30)}” {times} times in the bio"))
    return parts
