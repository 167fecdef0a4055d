"""Location: whether a creator, or the audience, is where the campaign is. Unit: 0..1. Source: country, city, text.

Only asked where the campaign names countries or a local area (R15, R64: store visits); else it is no factor at all.
With an area, living in it or naming it is all one can ask; the country alone is worth a half, and a city known to be
another one a little less. A fifth of the audience in the area is as good as living there. Pure.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sourcing.evidence import one_line
from sourcing.lexicon.places import BEFORE_PLACE, COMMON_WORDS, COMPOUNDS, city_names
from sourcing.profiles import Profile
from sourcing.words import split

COUNTRY_ALONE = 0.5
OTHER_CITY = 0.35
FULL_SHARE = 0.2
#: From so many letters on a city's name inside a hashtag is hardly ever a part of another word.
_LONG_NAME = 7
_SHORTEST_PART = 5

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class NamedPlace(NamedTuple):
    """Where a profile names the area: handle, name, bio, hashtags or captions, and the words as written."""

    place: str
    quote: str


def place_fit(
    in_country: Flags,
    known: Flags,
    mentions_area: Flags | None,
    *,
    city: npt.NDArray[np.int8] | None = None,
    audience_share: Floats | None = None,
) -> Floats:
    """1 in the right place, 0 in another country, NaN unknown, per row.

    `mentions_area` None: no area is asked, and only the country counts. `city`: 1 the area, 0 another city, -1 not
    known. `audience_share`: of the audience in the area, NaN unknown.
    """
    if mentions_area is None:
        return np.where(known, in_country.astype(np.float64), np.nan)
    fit = np.where(known, np.where(in_country, COUNTRY_ALONE, 0.0), np.nan)
    possible = in_country | ~known
    if city is not None:
        fit = np.where((city == 0) & possible, OTHER_CITY, fit)
    if audience_share is not None:
        near = COUNTRY_ALONE + (1.0 - COUNTRY_ALONE) * np.clip(audience_share / FULL_SHARE, 0.0, 1.0)
        # Some audience in the area says more than no word about it; none of it there says nothing against the person.
        fit = np.where((np.nan_to_num(audience_share) > 0) & possible, np.fmax(fit, near), fit)
    here = mentions_area if city is None else mentions_area | (city == 1)
    return np.where(here & possible, 1.0, fit)


def is_area(city: str, area: str) -> bool:
    """Whether a profile's city is the area, under any of its names."""
    return not city_names(city).isdisjoint(city_names(area))


def area_parts(area: str) -> tuple[tuple[str, ...], ...]:
    """How to find profiles that may name the area in a word index: for each of its names, the words that must be there.

    Joined forms are one word that begins or ends with the name, so the last word of each tuple may be part of one;
    `named` decides.
    """
    return tuple(sorted(tuple(split(name)) for name in city_names(area) if split(name)))


def named(profile: Profile, area: str) -> NamedPlace | None:
    """The first place where the profile names the area: as whole words anywhere, or inside a hashtag or the handle."""
    names = area_parts(area)
    texts = [("bio", profile.bio or ""), ("name", profile.name or "")]
    texts += [("hashtags", tag) for tag in profile.hashtags] + [("handle", profile.handle)]
    texts += [("captions", caption) for caption in profile.captions]
    for place, text in texts:
        if any(_says(text, name, joined=place in ("hashtags", "handle")) for name in names):
            return NamedPlace(place, f"#{one_line(text, 40)}" if place == "hashtags" else one_line(text, 60))
    return None


def words(profile: Profile, area: str | None, *, audience_share: float = float("nan")) -> str:
    """One line, such as: Location: Germany, city Hamburg, bio names Berlin: “coffee in Berlin”."""
    said = [one_line(profile.country, 60) if profile.country else "country not known"]
    if area is None:
        return f"Location: {said[0]}"
    if profile.city:
        said.append(f"city {one_line(profile.city, 60)}")
    found = named(profile, area)
    if found:
        said.append(f"{_SPOKEN[found.place]} {one_line(area, 60)}: “{found.quote}”")
    elif not (profile.city and is_area(profile.city, area)):
        said.append(f"does not name {one_line(area, 60)}")
    if not np.isnan(audience_share):
        said.append(f"{audience_share:.0%} of the audience is there")
    return f"Location: {', '.join(said)}"


_SPOKEN = {
    "bio": "bio names", "name": "name names", "hashtags": "a hashtag names", "handle": "handle names",
    "captions": "a caption names",
}  # fmt: skip


def _says(text: str, name: tuple[str, ...], *, joined: bool) -> bool:
    said = split(text)
    for place in range(len(said)):
        if tuple(said[place : place + len(name)]) == name and _is_meant(text, said, place):
            return True
    whole = "".join(name)
    return joined and len(whole) >= _SHORTEST_PART and any(_holds(word, whole) for word in said)


def _is_meant(text: str, said: list[str], place: int) -> bool:
    """Whether the word there is the city: "a nice day" is not Nice, "in Nice" and "à Nice" are."""
    if said[place] not in COMMON_WORDS or len(said) == 1:
        return True
    before = said[place - 1] if place else ""
    return before in BEFORE_PLACE or (before == "a" and "à" in text.lower())


def _holds(word: str, name: str) -> bool:
    """Whether a joined word is the name and something that people add to a city."""
    if word == name:
        return True
    for rest in (word.removeprefix(name), word.removesuffix(name)):
        if rest != word and (rest in COMPOUNDS or rest.isdigit() or len(name) >= _LONG_NAME):
            return True
    return False
