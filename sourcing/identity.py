"""Which accounts on record may be one person's: pairs, how sure, on what evidence. Pure; whoever merges decides.

Two thresholds. From `SUGGEST` (60 %) on, people are asked: the same address, a link, a shared link page, or the same
handle with the same name reach it; one name or one handle alone does not, for too many have it. From `AUTOMATIC` (94 %)
on, a merge is made without asking, and can be undone: it takes links both ways or the same address, and beside it a
handle or name that agrees. A link from one side, a copied name and a copied link page never add up to it; who copies an
address as well gets no mail of ours by it. A merge is not made either where anybody is left to choose between: several
accounts of one platform that fit, or a person who has one on that platform already; nor by way of a third account.

No pair is looked at that shares no address, link, link page or handle as it looks; a handle that is only near says too
little for a suggestion without one of them. What many share, and an address or page that two accounts of one platform
share, is a common word or an agency's, and is passed over.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sourcing.identity_signs import (
    ADDRESSES,
    Sign,
    Signed,
    are_two,
    look_alike,
    looks_like,
    signed,
    signs_between,
    sureness,
)
from sourcing.profiles import Profile

SUGGEST, AUTOMATIC = 0.60, 0.94
#: Twenty platforms there are; a person with more accounts than that on them is a word.
_LARGEST_BLOCK = 20


@dataclass(frozen=True)
class Suggestion:
    """Two accounts (platform:handle) that may be one person's. `sure` 0..1; `evidence` are sentences, the strongest
    first, `signs` their names for the audit log; `warning` says why they must not be merged, "" else."""

    one: str
    other: str
    sure: float
    evidence: tuple[str, ...]
    signs: tuple[str, ...]
    automatic: bool = False
    warning: str = ""


@dataclass(frozen=True)
class OnRecord:
    """Who accounts belong to now, by account key; `apart` are pairs of persons whom somebody has split."""

    persons: Mapping[str, str]
    apart: Collection[frozenset[str]] = ()

    def person(self, key: str) -> str:
        return self.persons.get(key, key)

    def settled(self, one: str, other: str) -> bool:
        """Whether it is decided already that they are one, or two."""
        mine, theirs = self.person(one), self.person(other)
        return mine == theirs or frozenset((mine, theirs)) in self.apart


def suggestions(
    profiles: Sequence[Profile],
    record: OnRecord,
    *,
    mail_key: Callable[[str], str],
    among: Collection[str] | None = None,
) -> list[Suggestion]:
    """Surest first. `mail_key` is the same for every spelling of a mailbox; `among`: only pairs with one of these."""
    accounts = [signed(one, mail=mail_key(one.email) if one.email else "") for one in profiles]
    accounts = _without_shared(accounts)
    found = [
        judged
        for one, other in _pairs(accounts)
        if not record.settled(one.key, other.key) and (judged := _judged(one, other)) is not None
    ]
    found.sort(key=lambda one: (-one.sure, one.one, one.other))
    # Whether somebody is left to choose also hangs on pairs that nobody asked about.
    clear = _only_clear(found, record, {one.key: one for one in accounts})
    wanted = None if among is None else frozenset(among)
    return [one for one in clear if wanted is None or one.one in wanted or one.other in wanted]


def _judged(one: Signed, other: Signed) -> Suggestion | None:
    if are_two(one, other):
        return None
    signs = signs_between(one, other)
    sure, warning = sureness(signs), look_alike(one, other)
    if sure < SUGGEST and not (warning and signs):
        return None
    automatic = sure >= AUTOMATIC and not warning and _both_say_so(signs)
    return Suggestion(one.key, other.key, round(sure, 3), tuple(sign.sentence for sign in signs),
                      tuple(sign.name for sign in signs), automatic, warning)  # fmt: skip


def _both_say_so(signs: Iterable[Sign]) -> bool:
    names = {sign.name for sign in signs}
    families = {sign.family for sign in signs}
    return "name" in families and bool(names & {"links both ways", *ADDRESSES})


def _without_shared(accounts: Sequence[Signed]) -> list[Signed]:
    """Addresses and pages that two accounts of one platform have say nothing of who somebody is."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    shared: set[str] = set()
    for one in accounts:
        for said in {one.mail, *one.pages} - {""}:
            if seen[one.profile.platform, said]:
                shared.add(said)
            seen[one.profile.platform, said].add(one.key)
    return [
        replace(one, mail="" if one.mail in shared else one.mail, pages=one.pages - shared)
        if one.mail in shared or one.pages & shared
        else one
        for one in accounts
    ]


def _pairs(accounts: Sequence[Signed]) -> Iterator[tuple[Signed, Signed]]:
    """Each pair that shares something, once, in the order of their keys."""
    by_key = {one.key: one for one in accounts}
    blocks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in by_key.values():
        for sign in (("mail", one.mail), ("handle", looks_like(one.handle)), *(("page", page) for page in one.pages)):
            if sign[1]:
                blocks[sign].append(one.key)
    together = {
        pair for keys in blocks.values() if len(keys) <= _LARGEST_BLOCK for pair in combinations(sorted(keys), 2)
    }
    together |= {
        (min(one.key, key), max(one.key, key)) for one in by_key.values() for key in one.links
        if key in by_key and key != one.key
    }  # fmt: skip
    return ((by_key[one], by_key[other]) for one, other in sorted(together))


def _only_clear(found: list[Suggestion], record: OnRecord, known: Mapping[str, Signed]) -> list[Suggestion]:
    """None is automatic that leaves somebody to choose, or that by way of a third makes one of two who are not."""
    fitting: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in found:
        fitting[one.one, _platform(one.other)].add(one.other)
        fitting[one.other, _platform(one.one)].add(one.one)
    accounts: dict[str, set[str]] = defaultdict(set)
    for key in known.keys() | record.persons.keys():
        accounts[record.person(key)].add(key)
    joined: dict[str, str] = {}
    clear = []
    for one in found:
        mine, theirs = (_at_last(record.person(key), joined) for key in (one.one, one.other))
        choice = len(fitting[one.one, _platform(one.other)]) > 1 or len(fitting[one.other, _platform(one.one)]) > 1
        automatic = one.automatic and not choice
        if automatic and mine != theirs:
            automatic = not _are_apart(mine, theirs, record, joined) and not any(
                _contradict(a, b, known) for a in accounts[mine] for b in accounts[theirs]
            )
            if automatic:
                joined[theirs] = mine
                accounts[mine] |= accounts[theirs]
        clear.append(replace(one, automatic=automatic))
    return clear


def _are_apart(mine: str, theirs: str, record: OnRecord, joined: Mapping[str, str]) -> bool:
    """Whether somebody has split these persons, or any that were joined to them since."""
    return any({_at_last(person, joined) for person in pair} == {mine, theirs} for pair in record.apart)


def _contradict(one: str, other: str, known: Mapping[str, Signed]) -> bool:
    """Whether one person cannot have both accounts; of those that nothing is known of, only the platform says it."""
    if one not in known or other not in known:
        return _platform(one) == _platform(other)
    return are_two(known[one], known[other]) or bool(look_alike(known[one], known[other]))


def _at_last(person: str, joined: Mapping[str, str]) -> str:
    while (into := joined.get(person)) is not None:
        person = into
    return person


def _platform(key: str) -> str:
    return key.partition(":")[0]
