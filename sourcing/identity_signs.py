"""What speaks for two accounts being one person's: each sign its weight and its sentence, and what speaks against.

Pure; looks at two accounts at a time and knows no thresholds (sourcing.identity). A weight is how sure one would be of
one person if that sign were all there is. Signs of a family hang together (whoever copies a handle copies the name), so
of what accounts lead to only the strongest counts; handle and name add up to less than the lower threshold and a bit.
"""

import re
from dataclasses import dataclass, field
from functools import reduce
from typing import Literal

from rapidfuzz import fuzz

from core.platforms import CHANNEL_ID
from sourcing.evidence import one_line
from sourcing.handles import accounts_in, mixes_alphabets, normal_handle
from sourcing.people import linked_accounts
from sourcing.profiles import Profile, account_key
from sourcing.words import fold

Family = Literal["links", "mail", "name"]
#: Weights. A link from one side is a claim that anybody can make, fans too; only links both ways are said by both.
BOTH_LINK, ONE_LINKS, LINK_PAGE, WEBSITE = 0.92, 0.75, 0.7, 0.5
#: An address is one mailbox, but a management's has many creators in it.
MAIL, MANAGEMENT_MAIL = 0.85, 0.4
#: Names of the signs that an address gives.
ADDRESSES = frozenset({"mail", "management's mail"})
HANDLE, NEAR_HANDLE, NAME, NEAR_NAME = 0.45, 0.3, 0.35, 0.2
_SHORTEST_HANDLE, _SHORTEST_STEM, _SHORTEST_NAME = 5, 4, 4
#: Percent of agreement: one letter in ten may differ in a handle; "Jan" and "Jon" (67) are two people.
_NEAR, _NEAR_FIRST_NAME = 90, 85
_MANAGEMENT = re.compile(r"management|mgmt|agency|agentur|talent|booking|artists")
_FAN_HANDLE = re.compile(
    r"(?:^|[._-])(?:fans?|fanpage|fanclub|updates|archive|unofficial|parody)(?:$|[._-])|fan(?:page|club)s?$"
)
_FAN_WORDS = re.compile(
    r"\bfan ?(?:page|account|club|konto|seite)\b|\bby fans\b|\bnot affiliated\b|\btribute (?:page|account)\b"
    r"|\b(?:unofficial|inoffiziell\w*|parody)\b"
)
_ADDED = re.compile(r"^(?:the|its|real|official)(?=\w{4})|(?<=\w{4})(?:official|real|tv|yt|ig)$")
# Letters of other alphabets that look like a Latin one in small print.
_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u043a\u043c\u0442\u0432\u043d"
    "\u03b1\u03bf\u03b5\u03b9\u03ba\u03bd\u03c1\u03c4\u03c5\u03c7",
    "aeopcyxijsdhkmtbh" "aoeikvptux",
)  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """`name` is for the audit log and holds nothing personal; `sentence` is for people."""

    name: str
    family: Family
    weight: float
    sentence: str


@dataclass(frozen=True)
class Signed:
    """An account with what it may be known by. `mail` is the hash of its address, "" where there is none to go by."""

    profile: Profile
    mail: str = field(repr=False)
    links: frozenset[str]
    pages: frozenset[str]
    handle: str
    stem: str
    name: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.profile.key


def signed(profile: Profile, *, mail: str = "") -> Signed:
    """What an account may be known by; `mail` is the hash of its address."""
    pages = frozenset(_pages(profile))
    handle = bare_handle(profile)
    letters = "".join(c for c in looks_like(handle) if c.isalnum())
    stem = _ADDED.sub("", letters.rstrip("0123456789"))
    return Signed(
        profile, mail, frozenset(linked_accounts(profile)) | {account_key("website", page) for page in pages}, pages,
        handle, stem if len(stem) >= _SHORTEST_STEM else "",
        tuple(re.findall(r"[^\W_]+", fold(profile.name or ""))),
    )  # fmt: skip


def bare_handle(profile: Profile) -> str:
    """What a person chose of a handle: without the server, or "" where a platform chose it."""
    handle = profile.handle
    if profile.platform == "podcast" or CHANNEL_ID.fullmatch(handle):
        return ""
    if profile.platform == "mastodon":
        handle = handle.partition("@")[0]
    if profile.platform == "website":
        handle = handle.partition("/")[2] or handle.split(".")[0]
    return fold(handle.removesuffix(".bsky.social"))


def looks_like(text: str) -> str:
    """The Latin letters a text looks like."""
    return fold(text).translate(_ALIKE)


def look_alike(one: Signed, other: Signed) -> str:
    """Why a pair must never be merged, whatever speaks for it: one may be made to be taken for the other. "" if not."""
    for account in (one, other):
        if mixes_alphabets(account.profile.handle):
            return f"@{one_line(account.profile.handle, 40)} mixes letters of two alphabets"
    if one.handle and one.handle != other.handle and looks_like(one.handle) == looks_like(other.handle):
        return "the handles look the same and are written in two alphabets"
    return ""


def are_two(one: Signed, other: Signed) -> bool:
    """Whether they are two whatever speaks for one: fan pages, first names that differ, accounts of one platform."""
    if one.profile.platform == other.profile.platform or is_fan_page(one.profile) or is_fan_page(other.profile):
        return True
    return _share_family_name(one.name, other.name)


def is_fan_page(profile: Profile) -> bool:
    said = fold(f"{profile.name or ''} \n {profile.bio or ''}")
    return bool(_FAN_HANDLE.search(fold(profile.handle)) or _FAN_WORDS.search(said))


def signs_between(one: Signed, other: Signed) -> tuple[Sign, ...]:
    """What speaks for them being one person, the strongest first; of what they lead to only the strongest."""
    found = [sign for sign in (_leads(one, other), _mail(one, other), _handles(one, other), _names(one, other)) if sign]
    return tuple(sorted(found, key=lambda sign: -sign.weight))


def sureness(signs: tuple[Sign, ...]) -> float:
    """0..1: what is left of doubt is what every sign leaves of it."""
    return 1.0 - reduce(lambda doubt, sign: doubt * (1.0 - sign.weight), signs, 1.0)


def _leads(one: Signed, other: Signed) -> Sign | None:
    there, back = other.key in one.links, one.key in other.links
    if there and back:
        return Sign("links both ways", "links", BOTH_LINK, "each links to the other")
    if there or back:
        source, target = (one, other) if there else (other, one)
        said = f"{_called(source)} links to {_called(target)}"
        return Sign("link", "links", ONE_LINKS, said)
    shared = sorted(one.pages & other.pages, key=lambda page: ("/" not in page, page))
    if not shared:
        return None
    if "/" in shared[0]:
        return Sign("link page", "links", LINK_PAGE, f"both lead to {one_line(shared[0], 60)}")
    return Sign("website", "links", WEBSITE, f"both lead to {one_line(shared[0], 60)}")


def _mail(one: Signed, other: Signed) -> Sign | None:
    if not one.mail or one.mail != other.mail:
        return None
    if _MANAGEMENT.search((one.profile.email or "").casefold()):
        return Sign("management's mail", "mail", MANAGEMENT_MAIL, "the same e-mail address, of a management it seems")
    return Sign("mail", "mail", MAIL, "the same e-mail address")


def _handles(one: Signed, other: Signed) -> Sign | None:
    if not one.handle or not other.handle:
        return None
    if one.handle == other.handle and len(one.handle) >= _SHORTEST_HANDLE:
        return Sign("handle", "name", HANDLE, "the same handle")
    near = one.stem == other.stem or fuzz.ratio(one.stem, other.stem) >= _NEAR
    if one.stem and other.stem and near:
        return Sign("near handle", "name", NEAR_HANDLE, "nearly the same handle")
    return None


def _names(one: Signed, other: Signed) -> Sign | None:
    mine, theirs = one.name, other.name
    if sum(map(len, mine)) < _SHORTEST_NAME or sum(map(len, theirs)) < _SHORTEST_NAME:
        return None
    if sorted(mine) == sorted(theirs):
        # A first name alone is many people's.
        weight = NAME if len(mine) > 1 else NEAR_NAME
        return Sign("name", "name", weight, "the same name")
    near = fuzz.token_sort_ratio(" ".join(mine), " ".join(theirs), score_cutoff=_NEAR)
    if near and fuzz.ratio(mine[0], theirs[0]) >= _NEAR_FIRST_NAME:
        return Sign("near name", "name", NEAR_NAME, "nearly the same name")
    return None


def _share_family_name(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """ "Anna Weber" and "Ben Weber"; written the other way round they are one name, not two."""
    if (
        len(mine) < 2
        or len(theirs) < 2
        or mine[-1] != theirs[-1]
        or set(mine) <= set(theirs)
        or set(theirs) <= set(mine)
    ):
        return False
    return fuzz.ratio(mine[0], theirs[0]) < _NEAR_FIRST_NAME


def _pages(profile: Profile) -> list[str]:
    """Link pages and websites a profile leads to: no account of a platform, no shop that everybody uses."""
    found = []
    for link in profile.links:
        page = normal_handle(link, "website")
        if page and not page.startswith(("amazon.", "amzn.")) and not any(accounts_in(link)):
            found.append(page)
    return found


def _called(one: Signed) -> str:
    return f"@{one_line(one.profile.handle, 40)} ({one.profile.platform})"
