"""On what two sources disagree about an account, and which of them won: kept with the profile, and leaving with it.

Owns what counts as disagreeing. Only text of SQL is made. Addresses are not kept here: a second address of a person
would be one that nobody looks for when they ask to be forgotten.
"""

#: Facts that do not change by themselves; of followers, numbers that are a quarter apart.
FACTS = ("country", "language", "city", "category", "account_type")
FOLLOWERS = "followers"
_MOST = 20
_MARK = "chr(9)"


def disputed(new: str, old: str, new_source: str, old_source: str) -> str:
    """A list, perhaps empty, of what `new` says otherwise than `old`: prefixes of columns, such as "t." or "old_".

    An entry is the field, the value that won and its source, the value that lost and its source, with tabs between.
    """
    differs = {fact: f"{new}{fact} <> {old}{fact}" for fact in FACTS}
    differs[FOLLOWERS] = f"abs({new}{FOLLOWERS} - {old}{FOLLOWERS}) * 4 > greatest({new}{FOLLOWERS}, {old}{FOLLOWERS})"
    entries = ", ".join(
        f"case when {when} then concat_ws({_MARK}, '{fact}', {new}{fact}, {new_source}, {old}{fact}, {old_source}) end"
        for fact, when in differs.items()
    )
    others = f"contains({old_source}, {new_source}) or contains({new_source}, {old_source})"
    listed = f"list_filter([{entries}]::varchar[], lambda entry: entry is not null)"
    return f"case when {others} then []::varchar[] else coalesce({listed}, []::varchar[]) end"


def remembered(now: str, before: str, new: str) -> str:
    """All that is to be kept: what is `new`, what the row brought (`now`), and what was known (`before`) as long as the
    value that won then is still the profile's."""
    facts = " ".join(f"when '{fact}' then {fact}::varchar" for fact in (*FACTS, FOLLOWERS))
    holds = f"split_part(entry, {_MARK}, 2) is not distinct from (case split_part(entry, {_MARK}, 1) {facts} end)"
    still = f"list_filter(coalesce({before}, []::varchar[]), lambda entry: {holds})"
    whole = f"list_concat(list_concat({new}, coalesce({now}, []::varchar[])), {still})"
    return f"nullif(list_sort(list_distinct({whole}))[:{_MOST}], []::varchar[])"


def noted(before: str, against: str) -> str:
    """All that is to be kept of a row that stays as it is and is told otherwise (`against`); null for nothing new."""
    known = f"coalesce({before}, []::varchar[])"
    whole = f"list_sort(list_distinct(list_concat({known}, {against})))[:{_MOST}]"
    return f"case when len({against}) > 0 and not list_has_all({known}, {whole}) then {whole} end"


def part(place: int) -> str:
    """A part of an entry: 1 the field, 2 and 3 what won and from whom, 4 and 5 what lost and from whom."""
    return f"split_part(entry, {_MARK}, {place})"
