"""Signals of what an account is: person, brand or repost page; a pile of search words; whose bio is the same."""

from sourcing.factors.account_kind import (
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
from sourcing.factors.stuffing import (
    BIO_TAGS, LIST_ITEMS, REPEATED, SHORTEST_REPETITION, TAGS, Ramp,
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


def _times(letters: str) -> str:
    """How often these letters stand in the bio."""
    return f"(length(_bio_lower) - length(translate(_bio_lower, '{letters}', '')))"


def _stuffing() -> str:
    words = "regexp_extract_all(_bio_lower, '[^ ,;|#/.\n\t•·]{3,}')"
    repeated = f"1.0 - len(list_distinct({words})) / greatest(len({words}), 1)"
    return (
        f"greatest({_ramp(BIO_TAGS, _times('#'))}, {_ramp(LIST_ITEMS, _times('|,•·/;'))}, "
        f"{_ramp(TAGS, 'coalesce(len(hashtags), 0)')}, case when length(_bio_lower) >= {SHORTEST_REPETITION} "
        f"then {_ramp(REPEATED, repeated)} else 0.0 end)"
    )


_BARE_BIO = "translate(_bio_lower, ' \n\r\t', '')"
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
