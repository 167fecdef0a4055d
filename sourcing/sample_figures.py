"""Draws what exports of vendors know beyond text: city, links, posting days, past sightings, audience, paid posts.

Plausible for the person: at home where they live, in their language, of the age and interests of their niche. What is
the same for many is drawn once and shared. Knows no files.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from random import Random
from typing import NamedTuple

from sourcing.sample_draw import Person, Wheel, pick
from sourcing.sample_words import COUNTRIES, NICHES
from sourcing.sample_words.commerce import AFFILIATE_LINKS, BRANDS, CODE_CAPTIONS, OTHER_LINKS

Shares = dict[str, float]

_SHAPES = 64
_MOST_POSTS = 12
_AGES = ("13-17", "18-24", "25-34", "35-44", "45-64", "65-")
_AGE_SHARES = ((8, 34, 36, 14, 7, 1), (3, 20, 42, 23, 10, 2), (14, 44, 27, 9, 5, 1), (2, 12, 33, 30, 19, 4))
_WOMEN = {
    "slow_fashion": 82, "makeup": 88, "skincare": 86, "parenting": 84, "home_decor": 78, "baking": 74, "yoga": 80,
    "books": 72, "gaming": 22, "football": 18, "tech": 26, "finance": 34, "streetwear": 42, "music": 47,
    "fitness": 48, "running": 46,
}  # fmt: skip
# Mean days between two posts, and how common.
_GAPS = Wheel({0.12: 1.0, 0.6: 10.0, 1.5: 30.0, 3.0: 35.0, 6.0: 15.0, 14.0: 7.0, 40.0: 2.0})
_ACCOUNT_TYPES = Wheel({"creator": 45.0, "regular": 36.0, "business": 19.0})
_NEIGHBOURS = {
    "Germany": ("Austria", "Switzerland", "United States"), "Austria": ("Germany", "Switzerland", "Italy"),
    "Switzerland": ("Germany", "France", "Italy"), "United Kingdom": ("United States", "Ireland", "Australia"),
    "France": ("Belgium", "Switzerland", "Canada"), "Netherlands": ("Belgium", "Germany", "United Kingdom"),
    "Brazil": ("Portugal", "United States", "Argentina"), "Portugal": ("Brazil", "Spain", "France"),
}  # fmt: skip
_FAR = ("United States", "United Kingdom", "Spain")


class Audience(NamedTuple):
    """Shares of the audience 0..1 by name; None where no vendor looked."""

    countries: Shares | None
    cities: Shares | None
    ages: Shares | None
    genders: Shares | None
    languages: Shares | None
    credibility: float | None


class Paid(NamedTuple):
    posts: int | None
    partners: list[str]


_NO_AUDIENCE = Audience(None, None, None, None, None, None)


def draw_audience(rng: Random, person: Person, *, leapt: bool) -> Audience:
    """Known for half of them."""
    chance = rng.random()
    if chance >= 0.5:
        return _NO_AUDIENCE
    shape = int(chance * 2 * _SHAPES)
    country = person.location or "United States"
    real = 0.9 - 0.25 * rng.random() ** 2 - (0.0 if person.kind.engagement > 0.9 else 0.08) - 0.15 * leapt
    countries, languages = _places(country, person.words.language, shape)
    ages, genders = _people(person.niche.key, shape)
    return Audience(countries, _cities(country, person.city, shape), ages, genders, languages, round(real, 3))


def draw_links(rng: Random, person: Person) -> list[str]:
    """None for half of them, an affiliate link for one in nine."""
    chance = rng.random()
    if chance > 0.5:
        return []
    forms = AFFILIATE_LINKS if chance < 0.11 else OTHER_LINKS
    return [pick(rng, forms).format(handle=person.username, tail=int(chance * 1e6))]


def draw_paid(rng: Random, person: Person) -> Paid:
    """Counted for half of them; a third of those were paid before."""
    chance = rng.random()
    if chance > 0.5:
        return Paid(None, [])
    if chance > 0.16 or person.kind.engagement < 0.9:
        return Paid(0, [])
    posts = 1 + int(chance * 50)
    first = int(chance * 1e4) % len(BRANDS)
    return Paid(posts, [BRANDS[(first + 3 * step) % len(BRANDS)] for step in range(min(posts, 3))])


def code_caption(rng: Random, person: Person) -> str | None:
    """For one creator in twelve a caption with their own coupon code, in their language."""
    if rng.random() > 0.08 or person.kind.engagement < 0.9:
        return None
    letters = "".join(letter for letter in person.username.upper() if "A" <= letter <= "Z")[:8]
    return pick(rng, CODE_CAPTIONS[person.words.language]).format(
        code=f"{letters or 'FRIEND'}{pick(rng, ('10', '15', '20'))}", brand=pick(rng, BRANDS)
    )


def draw_posted(rng: Random, days: Sequence[str], last_seen: int) -> list[str]:
    """Days of recent posts, newest first; unknown (none) for a quarter."""
    if rng.random() < 0.25:
        return []
    gap = _GAPS.spin(rng)
    return [days[last_seen - back] for back in _post_gaps(gap, int(rng.random() * _SHAPES)) if back <= last_seen]


def draw_history(
    rng: Random, days: Sequence[str], seen: tuple[int, int], now: tuple[int, int | None, float | None]
) -> tuple[list[list[str | int | float | None]], bool]:
    """(sightings about a month apart up to the last one, oldest first; whether followers leapt between two of them).

    `seen`: first and last day. `now`: followers, engagement in 1/100 percent, comments to likes. Known for two in five;
    one in twenty of those leapt, and of these two in three without the engagement to go with it.
    """
    chance = rng.random()
    first, last = seen
    months = min((last - first) // 30, 7)
    if chance > 0.4 or not months:
        return [], False
    followers, engagement, comments = now
    growth = 1.0 + rng.random() ** 3 * 0.12
    leap = int(chance * 1e4) % (months + 1) if chance < 0.02 and months > 1 else 0
    sightings: list[list[str | int | float | None]] = []
    number, rate = float(followers), engagement
    for back in range(months + 1):
        sightings.append([days[last - 30 * back], int(number), rate, comments])
        if back + 1 == leap:
            number /= 1.4 + 60 * chance
            rate = rate and (min(6_000, rate * 2) if chance < 0.0133 else rate)
        else:
            number /= growth
    return sightings[::-1], leap > 0


def draw_account_type(rng: Random, person: Person) -> str:
    return "business" if person.kind.name == "shop" and rng.random() < 0.8 else _ACCOUNT_TYPES.spin(rng)


@cache
def category(niche: str) -> str:
    """As platforms show it: Slow fashion."""
    return niche.replace("_", " ").capitalize()


@lru_cache(maxsize=8_192)
def _places(country: str, language: str, shape: int) -> tuple[Shares, Shares]:
    home = 0.3 + 0.55 * _spread(shape, 1)
    others = [name for name in (*_NEIGHBOURS.get(country, ()), *_FAR) if name != country][:3]
    rest = 1.0 - home
    countries = {country: home} | {name: rest * part for name, part in zip(others, (0.4, 0.2, 0.1), strict=False)}
    own = 0.5 + 0.4 * _spread(shape, 2)
    languages = {language: own} | ({"en": (1 - own) * 0.7} if language != "en" else {"es": (1 - own) * 0.4})
    return _rounded(countries), _rounded(languages)


@lru_cache(maxsize=8_192)
def _cities(country: str, city: str, shape: int) -> Shares:
    others = next((place.cities for place in COUNTRIES if place.name == country), ())
    shares = {city: 0.05 + 0.2 * _spread(shape, 3)}
    for step, name in enumerate(others[:3]):
        shares.setdefault(name, 0.06 / (step + 1))
    return _rounded(shares)


@lru_cache(maxsize=4_096)
def _people(niche: str, shape: int) -> tuple[Shares, Shares]:
    ages = _AGE_SHARES[(list(NICHES).index(niche) + shape) % len(_AGE_SHARES)]
    women = min(0.97, max(0.03, _WOMEN.get(niche, 58) / 100 + 0.2 * (_spread(shape, 4) - 0.5)))
    return (
        {name: share / 100 for name, share in zip(_AGES, ages, strict=True)},
        _rounded({"female": women, "male": 1.0 - women}),
    )


@cache
def _post_gaps(gap: float, shape: int) -> tuple[int, ...]:
    """Days back of each post: some regular, some in bursts."""
    rng = Random(shape)
    place, days = rng.expovariate(1 / gap), []
    for _ in range(3 + int(rng.random() * (_MOST_POSTS - 2))):
        days.append(int(place))
        place += rng.expovariate(1 / gap)
    return tuple(days)


def _spread(shape: int, turn: int) -> float:
    """An even spread of 0..1 over the shapes, another one each turn."""
    return (shape * (2 * turn + 1) % _SHAPES) / (_SHAPES - 1)


def _rounded(shares: Shares) -> Shares:
    return {name: round(share, 3) for name, share in shares.items()}
