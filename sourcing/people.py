"""One place per person: which accounts belong to the same one, by exact evidence. Pure; a merge in the record decides.

Evidence is the record itself, or, for accounts on different platforms, a link from one to the other, the same e-mail
address, or the same handle with the same name. Likeness is none: two people may have one name. An address shared on one
platform is an agency's, and links to one's own platform, or to several accounts of another, lead to friends (or are
meant to push others off a list).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sourcing.evidence import one_line
from sourcing.handles import accounts_in
from sourcing.profiles import Profile, account_key
from sourcing.words import fold

_SHORTEST_HANDLE = 5


@dataclass(frozen=True)
class _Claim:
    number: int
    profile: Profile


class Persons:
    """Remembers who has come. Ask with the best account of each person first."""

    def __init__(self, recorded: Mapping[str, str]) -> None:
        """`recorded`: account key → the person it belongs to, as the record has it."""
        self._recorded = recorded
        self._signs: dict[tuple[str, str], _Claim] = {}
        self._shared: set[tuple[str, str]] = set()
        self._accounts: list[list[str]] = []
        self._number: dict[str, int] = {}

    def claim(self, profile: Profile) -> str | None:
        """None for a person who was not there yet; else which account of theirs was, and how that is known."""
        linked = linked_accounts(profile)
        for sign, how in self._signs_of(profile, linked):
            first = None if sign in self._shared else self._signs.get(sign)
            if first is not None and (sign[0] == "record" or first.profile.platform != profile.platform):
                self._join(profile, linked, first.number)
                return f"Another account of @{one_line(first.profile.handle, 40)} ({first.profile.platform}): {how}"
        if profile.email and ("email", profile.email) in self._signs:
            # Another person's on the same platform, else it had been found above.
            self._shared.add(("email", profile.email))
        self._accounts.append([])
        self._join(profile, linked, len(self._accounts) - 1)
        return None

    def others(self, profile: Profile) -> tuple[str, ...]:
        """The other accounts of the same person that came, as account keys."""
        return tuple(key for key in self._accounts[self._number[profile.key]] if key != profile.key)

    def _join(self, profile: Profile, linked: tuple[str, ...], number: int) -> None:
        self._accounts[number].append(profile.key)
        self._number[profile.key] = number
        claim = _Claim(number, profile)
        for sign in self._left_by(profile, linked):
            self._signs.setdefault(sign, claim)

    def _signs_of(self, profile: Profile, linked: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], str]]:
        """What would show that this profile's person was there, and how that is said."""
        if profile.key in self._recorded:
            yield ("record", self._recorded[profile.key]), "the record has them as one person"
        yield ("linked", profile.key), "it links here"
        for key in linked:
            yield ("account", key), "this account links to it"
        if profile.email:
            yield ("email", profile.email), "the same e-mail address"
        if name := _name(profile):
            yield ("name", name), "the same handle and name"

    def _left_by(self, profile: Profile, linked: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        if profile.key in self._recorded:
            yield "record", self._recorded[profile.key]
        yield "account", profile.key
        yield from (("linked", key) for key in linked)
        if profile.email:
            yield "email", profile.email
        if name := _name(profile):
            yield "name", name


def linked_accounts(profile: Profile) -> tuple[str, ...]:
    """Account keys of the accounts on other platforms that a profile links to, in its links or its bio: its own.

    Whoever links to several accounts of a platform links to others, too, and nobody can tell which is their own.
    """
    found: dict[str, set[str]] = {}
    for text in (*profile.links, profile.bio or ""):
        for platform, handle in accounts_in(text):
            if platform != profile.platform:
                found.setdefault(platform, set()).add(handle)
    return tuple(account_key(platform, *handles) for platform, handles in found.items() if len(handles) == 1)


def _name(profile: Profile) -> str:
    """Handle and name, where both say enough to belong to one person; "" else."""
    name = " ".join(fold(profile.name or "").split())
    return f"{profile.handle}\n{name}" if len(profile.handle) >= _SHORTEST_HANDLE and len(name) >= 4 else ""
