"""Where a profile speaks of a brief: phrases of the bio, hashtags, name, handle, captions. Pure; text stays data.

What it finds is quoted as written, on one line, without control and direction characters.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sourcing.factors.topic import BRIEF_SHARE, KEYWORD_SHARE, Query
from sourcing.profiles import Profile
from sourcing.words import fold, likeness, stem

_TOKEN = re.compile(r"[^\W_]+")
_WORTH_SHOWING = 0.25
_LONGEST_QUOTE = 70
_WEIGHTS_KEPT = 200_000
_JOINING = "\u1100"
# A longer one is not shown whole, whatever of it is visible.
_SHORT_PIECE = 500
_MARKS = " .,;:-–—+&*_'\"\ufe0f\u200d"
# Bios are lists: line ends, bars, bullets and emoji stand between their items.
_BREAK = re.compile(
    "[\n\r|•·●▪~<>«»/\\\\()\u2190-\u21ff\u2300-\u2bff\U0001f000-\U0001f12f\U0001f170-\U0001faff]"
    r"|[.,;:!?](?=\s|$)|\s[-–—]\s"
)
_NO_PROSE = re.compile(r"\S*@\S*|#\S+|https?:\S+|www\.\S+|<[^<>\s]+>")
_LOOSE_ENDS = frozenset(
    word
    for word in re.split(" ", "a an and as at by for from in is my of on or our the to und with your de la le et y")
)


@dataclass(frozen=True)
class Mention:
    """One quote and how much it says about the brief (the likeness of its words, by their share in the score)."""

    quote: str
    weight: float


@dataclass(frozen=True)
class Evidence:
    bio: Mention | None
    hashtags: tuple[Mention, ...]
    name: Mention | None
    handle: Mention | None
    caption: Mention | None

    @property
    def strongest(self) -> float:
        single = [mention.weight for mention in (self.bio, self.name, self.handle, self.caption) if mention]
        return max(single + [mention.weight for mention in self.hashtags], default=0.0)


def evidence(profile: Profile, asked: Query) -> Evidence:
    weights = _weights(asked)
    tags = [tag for tag in dict.fromkeys(profile.hashtags) if weights[tag] >= _WORTH_SHOWING * KEYWORD_SHARE]
    shown = sorted(tags, key=lambda tag: -weights[tag])[:4]
    captions = [_best_phrase(caption, weights) for caption in profile.captions]
    return Evidence(
        bio=_best_phrase(profile.bio or "", weights),
        hashtags=tuple(Mention(f"#{one_line(tag, 40)}", weights[tag]) for tag in shown),
        name=_whole(profile.name or "", weights),
        handle=_whole(profile.handle, weights),
        caption=max((found for found in captions if found), key=lambda m: m.weight, default=None),
    )


def one_line(text: str, longest: int) -> str:
    """The text on one line, fit to be quoted to a person: no control, direction or zero-width characters."""
    line = " ".join((text if text.isprintable() else _visible(text)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _visible(text: str) -> str:
    spaced = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn") or c == "\u200d")


def _shares(asked: Query) -> dict[str, float]:
    """word of the brief → its share in the topic score; a word asked twice has the larger."""
    shares: dict[str, float] = {}
    groups = [(asked.name, 1.0 / max(len(asked.name), 1))]
    groups += [(phrase, KEYWORD_SHARE / len(phrase)) for phrase in asked.keywords]
    groups += [((word,), BRIEF_SHARE) for word in asked.brief]
    for words, share in groups:
        for word in words:
            shares[word] = max(shares.get(word, 0.0), share)
    return shares


class _Weights(dict[str, float]):
    """How much each word of a profile says about the brief; profiles say the same words, so each is weighed once."""

    def __init__(self, shares: dict[str, float]) -> None:
        super().__init__()
        self._shares = shares
        self._stems = tuple({stem(word) for word in shares})
        # What Hangul is put together from joins its neighbours, so there a word may look otherwise than its text.
        self._joins = any(letter >= _JOINING for letter in "".join(self._stems))

    def may_be_in(self, text: str) -> bool:
        """Whether a word of the text could weigh anything: a quick look, which most captions end with."""
        folded = fold(text)
        return self._joins or any(root in folded for root in self._stems)

    def __missing__(self, text: str) -> float:
        if len(self) >= _WEIGHTS_KEPT:
            self.clear()
        self[text] = weight = _weight(text, self._shares)
        return weight


@lru_cache(maxsize=4)
def _weights(asked: Query) -> _Weights:
    return _Weights(_shares(asked))


def _weight(text: str, shares: dict[str, float]) -> float:
    """The best match of the words of the brief in one word of a profile."""
    folded = fold(text)
    best = 0.0
    for word, share in shares.items():
        place = folded.find(stem(word))
        if place >= 0:
            best = max(best, share * likeness(word, folded, place))
    return best


def _whole(text: str, weights: _Weights) -> Mention | None:
    weight = max((weights[token] for token in _TOKEN.findall(text)), default=0.0)
    return Mention(one_line(text, _LONGEST_QUOTE), weight) if weight >= _WORTH_SHOWING * KEYWORD_SHARE else None


def _best_phrase(text: str, weights: _Weights) -> Mention | None:
    """The piece of the text (between line ends, bars, full stops) that says most; a long one is cut to the words around
    the match. Hashtags, addresses and names of others in the text are no sentence and are not quoted."""
    if not weights.may_be_in(text):
        return None
    found, most = None, 0.0
    for piece in _BREAK.split(_NO_PROSE.sub("\n", text)):
        weight = sum(map(weights.__getitem__, _TOKEN.findall(piece)))
        if weight >= _WORTH_SHOWING * KEYWORD_SHARE and weight > most:
            found, most = piece, weight
    return None if found is None else Mention(_around(found, weights), most)


def _around(piece: str, weights: _Weights) -> str:
    """The whole piece; of a long one the strongest word, two before and three after it, without loose ends ("and")."""
    whole = one_line(piece[:_SHORT_PIECE], _LONGEST_QUOTE + 10).strip(_MARKS)
    if len(whole) <= _LONGEST_QUOTE:
        return whole
    tokens = [(match.start(), match.end(), weights[match.group()]) for match in _TOKEN.finditer(piece)]
    strongest = max(range(len(tokens)), key=lambda number: tokens[number][2])
    first, last = max(strongest - 2, 0), min(strongest + 3, len(tokens) - 1)
    while first < strongest and _is_loose(piece, tokens[first]):
        first += 1
    while last > strongest and _is_loose(piece, tokens[last]):
        last -= 1
    return one_line(piece[tokens[first][0] : tokens[last][1]], _LONGEST_QUOTE)


def _is_loose(piece: str, token: tuple[int, int, float]) -> bool:
    return piece[token[0] : token[1]].lower() in _LOOSE_ENDS
