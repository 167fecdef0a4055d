"""Signals of what an account is: person, brand or repost page; a pile of search words; whose bio is the same."""

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
from sourcing.signals.piles import (
    BIO_TAGS,
    LIST_ITEMS,
    LIST_SIGNS,
    REPEATED,
    SHORTEST_PILE,
    TAGS,
    WORD,
    Ramp,
)  # fmt: skip
from sourcing.signals.signal import Signal, counted, known

SHORTEST_KEY = 20
_BIO = "lower(concat(bio, ''))"
_COLUMNS = {"handle": "concat(' ', lower(handle), ' ')", "name": "lower(concat(name, ''))", "bio": _BIO}


def _points(clues: tuple[Clue, ...]) -> str:
    return " + ".join(f"{clue.points} * {clue.pattern.matches_sql(_COLUMNS[clue.place])}::int" for clue in clues)


def _kind() -> str:
    """In arithmetic: a page of reposts counts before a brand."""
    person = f"{PERSON_CLUE.points} * {PERSON_CLUE.pattern.matches_sql(_BIO)}::int"
    business = f"{BUSINESS_POINTS} * (account_type is not distinct from 'business')::int"
    reposts = f"({_points(REPOST_CLUES)} - {person} >= {ENOUGH})::int"
    brand = f"({_points(BRAND_CLUES)} + {business} - {person} >= {ENOUGH})::int"
    return f"{PERSON} + {reposts} * {REPOSTS} + (1 - {reposts}) * {brand} * {BRAND}"


def _ramp(ramp: Ramp, value: str) -> str:
    return f"least(greatest(({value} - {ramp.none}) / {ramp.all - ramp.none}, 0.0), 1.0)"


def _times(sign: str) -> str:
    """How often this sign stands in the bio."""
    return f"(length({_BIO}) - length(replace({_BIO}, '{sign}', '')))"


def _stuffing() -> str:
    """Short bios cannot be piles of anything, so most profiles are done after a look at their length."""
    words = f"regexp_extract_all({_BIO}, '{WORD.pattern}')"
    repeated = f"1.0 - len(list_distinct({words})) / greatest(len({words}), 1)"
    items = " + ".join(_times(sign) for sign in LIST_SIGNS)
    bio = f"greatest({_ramp(BIO_TAGS, _times('#'))}, {_ramp(LIST_ITEMS, f'({items})')}, {_ramp(REPEATED, repeated)})"
    tags = _ramp(TAGS, "greatest(len(hashtags), 0)")
    return f"greatest({tags}, case when length({_BIO}) >= {SHORTEST_PILE} then {bio} else 0.0 end)"


_BARE_BIO = f"replace(replace({_BIO}, ' ', ''), chr(10), '')"
SIGNALS: tuple[Signal, ...] = (
    counted("kind", _kind()),
    known("stuffing", _stuffing()),
    Signal(
        "bio_key",
        f"(md5_number_lower({_BARE_BIO}) * (length({_BARE_BIO}) >= {SHORTEST_KEY})::int)::ubigint",
        "uint64",
    ),
    counted(
        "text_length",
        "length(concat(bio, array_to_string(captions, ' '), array_to_string(hashtags, ' ')))",
        dtype="uint16",
    ),
)
