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
PREPARED = {
    "_handle_lower": "' ' || lower(handle) || ' '",
    "_name_lower": "lower(coalesce(name, ''))",
    "_bio_lower": "lower(coalesce(bio, ''))",
}
_COLUMNS = {"handle": "_handle_lower", "name": "_name_lower", "bio": "_bio_lower"}


def _points(clues: tuple[Clue, ...]) -> str:
    return " + ".join(f"{clue.points} * {clue.pattern.matches_sql(_COLUMNS[clue.place])}::int" for clue in clues)


def _kind() -> str:
    """Most accounts show nothing: the person's words are looked for only where points are enough without them."""
    person = f"{PERSON_CLUE.points} * {PERSON_CLUE.pattern.matches_sql(_COLUMNS['bio'])}::int"
    business = f"{BUSINESS_POINTS} * (coalesce(account_type, '') = 'business')::int"
    brand, reposts = f"({_points(BRAND_CLUES)} + {business})", f"({_points(REPOST_CLUES)})"

    def enough(points: str) -> str:
        return f"case when {points} >= {ENOUGH} then {points} - {person} >= {ENOUGH} else false end"

    return f"case when {enough(reposts)} then {REPOSTS} when {enough(brand)} then {BRAND} else {PERSON} end"


def _ramp(ramp: Ramp, value: str) -> str:
    return f"least(greatest(({value} - {ramp.none}) / {ramp.all - ramp.none}, 0.0), 1.0)"


def _times(sign: str) -> str:
    """How often this sign stands in the bio."""
    return f"(length(_bio_lower) - length(replace(_bio_lower, '{sign}', '')))"


def _stuffing() -> str:
    """Short bios cannot be piles of anything, so most profiles are done after a look at their length."""
    words = f"regexp_extract_all(_bio_lower, '{WORD.pattern}')"
    repeated = f"1.0 - len(list_distinct({words})) / greatest(len({words}), 1)"
    items = " + ".join(_times(sign) for sign in LIST_SIGNS)
    bio = f"greatest({_ramp(BIO_TAGS, _times('#'))}, {_ramp(LIST_ITEMS, f'({items})')}, {_ramp(REPEATED, repeated)})"
    tags = _ramp(TAGS, "coalesce(len(hashtags), 0)")
    return f"greatest({tags}, case when length(_bio_lower) >= {SHORTEST_PILE} then {bio} else 0.0 end)"


_BARE_BIO = "replace(replace(_bio_lower, ' ', ''), chr(10), '')"
SIGNALS: tuple[Signal, ...] = (
    counted("kind", _kind()),
    known("stuffing", _stuffing()),
    Signal(
        "bio_key",
        f"case when length({_BARE_BIO}) < {SHORTEST_KEY} then 0 else md5_number_lower({_BARE_BIO}) end::ubigint",
        "uint64",
    ),
    counted(
        "text_length",
        "coalesce(length(bio), 0) + coalesce(length(array_to_string(captions, ' ')), 0) "
        "+ coalesce(length(array_to_string(hashtags, ' ')), 0)",
        dtype="uint16",
    ),
)
