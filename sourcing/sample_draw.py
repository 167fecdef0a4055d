"""Draws the invented people of the sample pool and what they write: names, handles, bios, hashtags, captions.

Knows the word lists and a random number generator; knows no platform figures, dates or files.
"""

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, NamedTuple, TypeVar

from sourcing.sample_words import COUNTRIES, NICHES, VOCABULARIES, Country, Niche, Vocabulary, plain, shown

T = TypeVar("T")

LONGEST_HANDLE = 30


class Kind(NamedTuple):
    """What sort of account it is; `engagement` is a factor on what is usual, `email` the share that states one."""

    name: str
    engagement: float
    email: float
    handles: tuple[str, ...]
    names: tuple[str, ...]


class Person(NamedTuple):
    """Who is behind one or two accounts. `location` is empty where the export does not know it."""

    kind: Kind
    words: Vocabulary
    niche: Niche
    second: Niche
    city: str
    location: str
    followers: int
    username: str
    fullname: str
    email: str | None


class Wheel(Generic[T]):
    """Options drawn in proportion to their weights."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.options = tuple(weights)
        self._upto = tuple(accumulate(weights.values()))
        self._total = self._upto[-1]

    def spin(self, rng: Random) -> T:
        # The product may round up to the total itself, which belongs to the last option.
        return self.options[min(bisect(self._upto, rng.random() * self._total), len(self.options) - 1)]


_CREATOR = Kind(
    "creator",
    engagement=1.0,
    email=0.62,
    handles=(
        *("{word}with{first}", "{word}.{first}", "{first}.{last}", "{first}{last}{year}", "{first}_{word}"),
        *("_{first}.{last}_", "the{word}{first}", "{first}s{word}", "{word}by{first}", "its{first}{last}"),
        *("hey{first}{last}", "{first}.in.{city}", "{word}{city}", "{first}{word}{year}", "{first}.{last}.{word}"),
        *("{word}_and_{other}", "{first}.{last}{year}", "{word}.{last}", "{first}{last}{word}", "{city}.{word}"),
    ),
    names=(
        *("{first} {last}",) * 11,
        *("{first}",) * 3,
        *("{first} {last} {e}", "{first} | {a}", "{first} ♡ {a}", "{first} {last} · {a}", "{a} {e}", "{a} • {city}"),
        *("{e} {first} {e}", ""),
    ),
)
_SHOP = Kind(
    "shop",
    engagement=0.35,
    email=0.75,
    handles=("{word}.shop", "studio{word}{last}", "{word}and{other}co", "shop{word}{year}", "{last}.{word}.official"),
    names=("Studio {last}", "{last} & {first}", "{a} shop", "atelier {last} {e}", "{last} {a}"),
)
_REPOSTS = Kind(
    "reposts",
    engagement=0.55,
    email=0.2,
    handles=("daily{word}", "{word}_inspo{year}", "best.of.{word}", "{word}.daily.{other}", "{word}{city}feed"),
    names=("daily {a}", "{a} inspo {e}", "best of {a}", "{a} & {b} {e}{e}"),
)
_STUFFER = _CREATOR._replace(name="stuffer", engagement=0.6)

_KINDS = Wheel({_CREATOR: 90.5, _SHOP: 4.5, _REPOSTS: 3.0, _STUFFER: 2.0})
_COUNTRIES = Wheel({number: country.weight for number, country in enumerate(COUNTRIES)})
_LANGUAGES = {country.name: Wheel(country.languages) for country in COUNTRIES}
_NICHES = {code: Wheel({key: NICHES[key].weight for key in words.niches}) for code, words in VOCABULARIES.items()}
_JOINERS = (" | ", "\n", " • ", " ✨ ", ". ", "\n\n", " ")
_DOMAINS = ("example.com", "example.org", "example.net")  # RFC 2606: nobody can own them
_UNSUITABLE = ("18+ betting tips in my channel", "casino promo code in the story 🎰", "sports betting, dm for odds")


def pick(rng: Random, options: Sequence[T]) -> T:
    return options[int(rng.random() * len(options))]  # three times as fast as Random.choice


def draw_person(rng: Random, *, followers: int, claim: Callable[[str], str]) -> Person:
    """`claim` gets the wished handle and returns one that nobody has yet."""
    kind = _KINDS.spin(rng)
    country = COUNTRIES[_COUNTRIES.spin(rng)]
    words = VOCABULARIES[_LANGUAGES[country.name].spin(rng)]
    niche = NICHES[_NICHES[words.language].spin(rng)]
    second = _second_niche(rng, niche, words)
    city = pick(rng, country.cities)
    parts = _name_parts(rng, words, niche, second) | {"city": city}
    username = claim(_handle(rng, kind, parts))
    share = kind.email * (1.08 if 5_000 <= followers <= 100_000 else 0.8)
    return Person(
        kind=kind,
        words=words,
        niche=niche,
        second=second,
        city=city,
        location=_location(rng, country),
        followers=followers,
        username=username,
        fullname=_fullname(rng, kind, parts),
        email=f"{username}@{pick(rng, _DOMAINS)}" if rng.random() < share else None,
    )


def write_bio(rng: Random, person: Person) -> str:
    """Few short pieces, as people write them; empty for about one in ten."""
    if person.kind is _STUFFER:
        return _stuffed_bio(rng, person)
    if person.kind is _CREATOR and rng.random() < 0.1:
        return ""
    pieces = [_fill(rng, pick(rng, _bio_frames(rng, person)), person)]
    chance = rng.random()
    if chance < 0.2 and person.kind is _CREATOR:
        pieces.append(_fill(rng, pick(rng, person.words.plain_bios), person))
    elif chance < 0.3:
        pieces.append(f"📍 {person.city}")
    elif chance < 0.36:
        pieces.append(" ".join(some_hashtags(rng, person)[:3]))
    if rng.random() < 0.32:
        pieces.append(pick(rng, person.words.contacts))
    if person.email and rng.random() < 0.35:
        pieces.append(f"📩 {person.email}")
    if rng.random() < 0.006:
        pieces.append(pick(rng, _UNSUITABLE))
    return pick(rng, _JOINERS).join(piece for piece in pieces if piece)


def some_hashtags(rng: Random, person: Person) -> list[str]:
    """Up to nine, in the creator's language with some in English; none at all for one in 25."""
    if rng.random() < 0.04:
        return []
    tags = _walk(rng, person.words.niches[person.niche.key].tags, 3 + int(rng.random() * 4))
    if rng.random() < 0.3:
        tags += _walk(rng, VOCABULARIES["en"].niches[person.niche.key].tags, 2)
    if person.second is not person.niche:
        tags += _walk(rng, person.words.niches[person.second.key].tags, 2)
    return list(dict.fromkeys(tags))


def some_captions(rng: Random, person: Person) -> list[str]:
    """Two to four, of the niche or of everyday life."""
    wanted = 2 + int(rng.random() * 3)
    words = VOCABULARIES["en"] if rng.random() < 0.1 else person.words
    own = _walk(rng, words.niches[person.niche.key].captions, wanted)
    everyday = _walk(rng, words.captions, wanted)
    captions = [caption if rng.random() < 0.6 else _fill(rng, everyday.pop(), person, words) for caption in own]
    captions += [_fill(rng, everyday.pop(), person, words) for _ in range(wanted - len(captions))]
    return [_decorated(rng, caption, person) for caption in captions]


def _second_niche(rng: Random, niche: Niche, words: Vocabulary) -> Niche:
    """Another niche for every fifth creator, where the language has words for it; otherwise the same one."""
    key = pick(rng, niche.beside)
    return NICHES[key] if key in words.niches and rng.random() < 0.2 else niche


def _name_parts(rng: Random, words: Vocabulary, niche: Niche, second: Niche) -> dict[str, str]:
    # Every twelfth name comes from another country than its bearer lives in.
    named_in = words if rng.random() < 0.92 else pick(rng, tuple(VOCABULARIES.values()))
    topics = words.niches
    return {
        "first": pick(rng, named_in.first_names),
        "last": pick(rng, named_in.surnames),
        "word": pick(rng, niche.handle_words if rng.random() < 0.65 else topics[niche.key].tags),
        "other": pick(rng, second.handle_words),
        "a": pick(rng, topics[niche.key].topics),
        "b": pick(rng, topics[second.key].topics),
        "e": pick(rng, niche.emoji),
        "year": f"{int(rng.random() * 100):02d}",
    }


def _handle(rng: Random, kind: Kind, parts: dict[str, str]) -> str:
    letters = {key: plain(parts[key]) for key in ("first", "last", "word", "other", "year", "city")}
    # Hashtags and cities in scripts without Latin letters leave nothing for a handle.
    letters["word"] = letters["word"] or letters["other"]
    letters["city"] = letters["city"] or letters["last"]
    return pick(rng, kind.handles).format_map(letters)[:LONGEST_HANDLE].rstrip(".")


def _fullname(rng: Random, kind: Kind, parts: dict[str, str]) -> str:
    parts = parts | {"first": shown(parts["first"]), "last": shown(parts["last"])}
    name = pick(rng, kind.names).format_map(parts)
    chance = rng.random()
    if chance < 0.06:
        return name.lower()
    if chance < 0.09 and len(name) < 16:
        return " ".join(name.upper())
    return name


def _location(rng: Random, country: Country) -> str:
    return country.name if rng.random() > 0.06 else ""


def _bio_frames(rng: Random, person: Person) -> tuple[str, ...]:
    if person.kind is _SHOP:
        return person.words.shops
    if person.kind is _REPOSTS:
        return person.words.reposts
    return person.words.bios if rng.random() < 0.86 else person.words.plain_bios


def _stuffed_bio(rng: Random, person: Person) -> str:
    """Words of many niches in a row, to be found by every search."""
    niches = list(person.words.niches.values())
    rng.shuffle(niches)
    named = [pick(rng, niche.topics if rng.random() < 0.5 else niche.tags) for niche in niches[:10]]
    return pick(rng, (" | ", " ", ", ")).join(named)


def _fill(rng: Random, frame: str, person: Person, words: Vocabulary | None = None) -> str:
    niches = (words or person.words).niches
    first, next_to_it = _walk(rng, niches[person.niche.key].topics, 2)
    return frame.format(
        a=first,
        b=next_to_it if person.second is person.niche else pick(rng, niches[person.second.key].topics),
        e=pick(rng, person.niche.emoji),
        city=person.city,
    )


def _decorated(rng: Random, caption: str, person: Person) -> str:
    chance = rng.random()
    if chance < 0.3:
        return caption
    if chance < 0.6:
        return f"{caption} {pick(rng, person.niche.emoji)}"
    return f"{caption} {' '.join(_walk(rng, person.words.niches[person.niche.key].tags, 2))}"


def _walk(rng: Random, options: tuple[str, ...], count: int) -> list[str]:
    """Up to `count` neighbouring options from a random start, none twice."""
    start = int(rng.random() * len(options))
    return [options[(start + step) % len(options)] for step in range(min(count, len(options)))]
