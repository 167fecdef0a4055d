"""What speaks against an account, however well it fits: what it is, what it says, what its person asked for. Pure.

Decided by reading the profile; limits that columns can tell are `sourcing.filters`'.
"""

from core.campaign import Campaign
from sourcing.factors import account_kind, safety
from sourcing.known import Exclusions
from sourcing.lexicon.account_kinds import BRAND, REPOSTS
from sourcing.pool import Profile
from sourcing.words import split

_KINDS = {
    BRAND: ("brands", "Looks like a shop or a brand's own account"),
    REPOSTS: ("reposts", "Looks like a page that reposts others"),
}
_KIND = "a brand's own account or a repost page"
#: The one that speaks against a person, whichever account it is.
OPTED_OUT = "opted out"
_COPIED, _LEAST_WORDS, _PIECE = 0.6, 8, 4


class Objections:
    """Those of one campaign. An answer is (the limit's name, what a person is told), None where nothing speaks against.

    `kind`: as the pool's column of that name.
    """

    def __init__(self, campaign: Campaign, exclusions: Exclusions) -> None:
        self._unwanted, self._out = campaign.audience.keep_out, exclusions
        self._phrases = safety.compile_phrases(campaign.safety)
        self._brief = _pieces(campaign.topic.brief)

    def at_sight(self, kind: int) -> tuple[str, str] | None:
        """Without reading the profile."""
        name, words = _KINDS.get(kind, ("", ""))
        return (_KIND, words) if name in self._unwanted else None

    def phrase_in(self, profile: Profile) -> safety.Hit | None:
        """The veto or, without one, the watched phrase that it says first."""
        return safety.first_hit(profile, self._phrases)

    def to(self, profile: Profile, kind: int, hit: safety.Hit | None) -> tuple[str, str] | None:
        """`hit`: what `phrase_in` gave."""
        if self.at_sight(kind):
            return _KIND, account_kind.words_of(profile)
        if self._out.opted_out(profile):
            return OPTED_OUT, "Asked not to be written to"
        if hit is not None and hit.phrase.level == "veto":
            return "brand safety", hit.words
        if self._brief and _copied(profile, self._brief):
            return "copies the brief", "The bio repeats the brief word for word"
        return None


def _pieces(text: str) -> frozenset[tuple[str, ...]]:
    """Every four words in a row; none of a text too short to be told when copied."""
    words = split(text)
    if len(words) < _LEAST_WORDS:
        return frozenset()
    return frozenset(tuple(words[place : place + _PIECE]) for place in range(len(words) - _PIECE + 1))


def _copied(profile: Profile, brief: frozenset[tuple[str, ...]]) -> bool:
    words = split(profile.bio or "")
    said = {tuple(words[place : place + _PIECE]) for place in range(len(words) - _PIECE + 1)}
    return len(brief & said) >= _COPIED * len(brief)
