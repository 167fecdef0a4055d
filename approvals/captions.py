"""Whether a draft caption may be published: its disclosure, code and link, claims and length. Pure (R50).

Decides nothing: what is flagged goes to ops with one click to approve or to ask for changes (R51). A caption is a
creator's own text and may try to look like what it is not; every place is found in it as it was written.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.campaign import Campaign
from core.cards import Card, CardFile, Choice, Fact

#: What is seen before the "more" of a feed; unconfirmed, as platforms change it without a word.
OPENING = 125
#: Longest caption of each platform; unconfirmed likewise.
LONGEST = {"instagram": 2_200, "tiktok": 2_200, "youtube": 5_000}
#: Label of the fact that says what the creator's contract asked for when the draft was handed in.
MUST_OPEN = "Must open with"
#: Promises that no brand can stand behind, whatever it sells; a campaign's `safety.veto` adds its own.
CLAIMS = (
    "guarantee*", "cures", "cure for", "heals", "risk-free", "miracle*", "clinically proven", "doctor recommended",
    "no side effects", "100% safe", "lose weight fast", "get rich", "garantiert*", "heilt", "risikofrei*",
    "wundermittel", "klinisch bewiesen", "ohne nebenwirkungen", "keine nebenwirkungen",
)  # fmt: skip
#: Words that readers do not understand as advertising (FTC and ASA guides).
_WEAK = ("sp", "spon", "collab", "gifted", "ambassador", "affiliate", "partner", "pr", "ee", "thanks to")
_DENIED = re.compile(r"(?:\b(?:no|not|not an?|never|isnt|isn't|isn’t an?|kein\w*|nicht|un(?:paid|bezahlt\w*))\s+)$")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+", re.IGNORECASE)
_HASHTAGS = re.compile(r"(?:#\w+[\s,.·|]*){3,}")
_HIDDEN = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
#: Flags a card shows one by one; whoever asks for changes needs no more to see what is wrong.
_SHOWN = 10
#: How far before a disclosure its denial may begin.
_NEAR = 30
_APART = r"[\s\-_'’%]*"


@dataclass(frozen=True)
class Agreed:
    """What the contract with the creator asks of the caption. `disclosure`: alternatives stand with a / between them.

    Of `link` and `hashtags` one is enough: not every platform makes links of a caption.
    """

    disclosure: str
    code: str
    link: str
    hashtags: tuple[str, ...]
    code_prefix: str


@dataclass(frozen=True)
class Flag:
    """`rule` is a word for counting, `words` a sentence, `found` the caption's own words and `at` where they stand."""

    rule: str
    words: str
    found: str = ""
    at: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Everything that is wrong with a caption; nothing lets it go."""

    flags: tuple[Flag, ...]

    @property
    def clean(self) -> bool:
        return not self.flags


def agreed(campaign: Campaign, *, code: str, link: str, disclosure: str = "", hashtags: tuple[str, ...] = ()) -> Agreed:
    """From the campaign and the creator's own contract; hashtags of brand and campaign where it names none."""
    own = hashtags or tuple(re.sub(r"\W", "", name) for name in (campaign.brand, campaign.name))
    return Agreed(disclosure or campaign.contract.disclosure, code, link, own, campaign.tracking.code_prefix)


def scan(caption: str, campaign: Campaign, terms: Agreed, *, platform: str = "instagram") -> Verdict:
    """Hold a caption against what was agreed and what no campaign may claim."""
    text = _Text(caption)
    return Verdict(
        (
            *_length(caption, platform),
            *_disclosure(text, terms),
            *_code(text, terms),
            *_way_to_buy(text, terms),
            *_claims(text, campaign.safety.veto),
            *_disguise(text),
        )
    )


def content_card(
    campaign: Campaign, verdict: Verdict, *, caption: str, creator: str, platform: str, link: str = "",
    disclosure: str = "", files: tuple[CardFile, ...] = (),
) -> Card:  # fmt: skip
    """The question to ops about one draft: `creator` is how people call them; the caption is shown as it is.

    `disclosure` is what the creator's own contract asks for.
    """
    flags = [Fact(label="Flag", value=flag.words, evidence=f"“{flag.found}”" if flag.found else "")
             for flag in verdict.flags[:_SHOWN]]  # fmt: skip
    reasons = tuple(dict.fromkeys(fact.value for fact in flags))
    return Card(
        title=f"Draft by {creator} for {campaign.name}",
        subtitle=f"{platform}; {_counted(len(verdict.flags))}",
        link=link,
        facts=(
            *flags,
            Fact(label="Caption", value=caption or "(empty)",
                 evidence="" if verdict.clean else _counted(len(verdict.flags))),
            Fact(label=MUST_OPEN, value=disclosure or campaign.contract.disclosure,
                 evidence="contract" if disclosure else "campaign file"),
        ),
        risk=" ".join(reasons),
        files=files,
        choices=(
            Choice(id="approve", label="Approve"),
            Choice(id="request_changes", label="Request changes", needs_reason=True,
                   reasons=reasons or ("disclosure", "claims", "code or link", "off brand")),
        ),
    )  # fmt: skip


class _Text:
    """A caption folded letter by letter (case, accents, dressed-up letters), which knows where each letter stood."""

    def __init__(self, caption: str) -> None:
        self.raw = caption
        letters = [(letter, place) for place, one in enumerate(caption) for letter in _fold(one)]
        self.folded = "".join(letter for letter, _ in letters)
        self._places = [place for _, place in letters]

    def found(self, pattern: str | re.Pattern[str]) -> Iterator[tuple[int, int, str, re.Match[str]]]:
        """Start, end and words of each match, in the caption as written."""
        for match in re.finditer(pattern, self.folded):
            start, end = self._places[match.start()], self._places[match.end() - 1] + 1
            yield start, end, self.raw[start:end], match

    def said(self, pattern: str | re.Pattern[str]) -> Iterator[tuple[int, int, str, re.Match[str]]]:
        """The same without what stands in a link: its tags hold the campaign's name, which often begins like a code,
        and words such as affiliate, and nobody reads them."""
        links = [hit.span() for hit in _LINK.finditer(self.raw)]
        return (hit for hit in self.found(pattern) if not any(first <= hit[0] < last for first, last in links))


def _fold(one: str) -> str:
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", one).casefold())
    return "".join(letter for letter in flat if unicodedata.category(letter) not in ("Mn", "Cf"))


def _folded(words: str) -> str:
    return "".join(map(_fold, words))


def _phrase(words: str) -> str:
    """A pattern for whole words next to each other, also run together or joined by a hyphen; * lets the last go on."""
    parts = re.findall(r"[^\W_]+", _folded(words))
    if not parts:
        return r"(?!)"
    joined = _APART.join(map(re.escape, parts))
    if _UNSPACED.search(words):
        return joined
    return rf"(?<![^\W_]){joined}" + (r"\w*" if words.rstrip().endswith("*") else r"(?![^\W_])")


def _label(words: str) -> str:
    """A pattern for a disclosure: with or without #, and no part of a longer word such as ad-free."""
    return rf"(?<![\w@./-])#?{re.escape(_folded(words.lstrip('#')))}(?![\w-])"


def _length(caption: str, platform: str) -> Iterator[Flag]:
    most = LONGEST.get(platform, min(LONGEST.values()))
    if not caption.strip():
        yield Flag("empty", "The caption is empty.")
    elif len(caption) > most:
        yield Flag("too long", f"The caption has {len(caption)} characters; {platform} takes {most}.")


def _disclosure(text: _Text, terms: Agreed) -> Iterator[Flag]:
    labels = [part.strip() for part in re.split(r"[/|]", terms.disclosure) if part.strip("# \t")]
    wanted = " or ".join(f"“{label}”" for label in labels)
    found = [hit for label in labels for hit in text.said(_label(label))]
    said = sorted((hit for hit in found if not _denied(text, hit[3])), key=lambda hit: hit[0])
    if not said:
        weak = next((hit for word in _WEAK for hit in text.said(_label(word))), None) or next(iter(found), None)
        if weak is None:
            yield Flag("no disclosure", f"It does not say {wanted}.")
        else:
            yield Flag("no disclosure", f"“{weak[2]}” is no disclosure; it must say {wanted}.", weak[2], weak[0])
        return
    problems = [_misplaced(text, terms, start, end) for start, end, _, _ in said]
    if all(problems):
        start, _, words, _ = said[0]
        yield Flag("disclosure misplaced", f"“{words}” {problems[0]}.", words, start)


def _denied(text: _Text, match: re.Match[str]) -> bool:
    return _DENIED.search(text.folded[max(0, match.start() - _NEAR) : match.start()]) is not None


def _misplaced(text: _Text, terms: Agreed, start: int, end: int) -> str:
    """Why a disclosure there is not seen in time; "" where it is."""
    if end > OPENING:
        return f"stands after the first {OPENING} characters, where it is cut off"
    earlier = [hit.start() for hit in _LINK.finditer(text.raw)] + [hit[0] for hit in text.found(_exactly(terms.code))]
    if any(place < start for place in earlier):
        return "stands after the code or link"
    if any(first <= start < last for first, last, _, _ in text.found(_HASHTAGS)):
        return "is lost among hashtags"
    return ""


def _code(text: _Text, terms: Agreed) -> Iterator[Flag]:
    if not any(True for _ in text.found(_exactly(terms.code))):
        yield Flag("no code", f"The code {terms.code} is not in it.")
    like_one = rf"(?<![\w-]){_folded(terms.code_prefix)}-[a-z0-9]{{3,12}}(?![\w-])"
    for start, _, words, match in text.said(like_one):
        if match[0] != _folded(terms.code):
            yield Flag("wrong code", f"“{words}” is not this creator's code.", words, start)


def _way_to_buy(text: _Text, terms: Agreed) -> Iterator[Flag]:
    links = [(hit.start(), hit[0].rstrip(".,;:!?)]}'")) for hit in _LINK.finditer(text.raw)]
    tagged = any(True for tag in terms.hashtags for _ in text.found(rf"#{re.escape(_folded(tag.lstrip('#')))}(?!\w)"))
    if not tagged and terms.link not in (link for _, link in links):
        tags = " or ".join(f"#{tag.lstrip('#')}" for tag in terms.hashtags)
        yield Flag("no link or hashtag", f"It has neither this creator's link nor {tags}.")
    for place, link in links:
        if link != terms.link:
            bare = _page(link) == _page(terms.link)
            why = "is the right page without this creator's tags" if bare else "leads elsewhere"
            yield Flag("wrong link", f"“{link[:80]}” {why}.", link, place)


def _claims(text: _Text, veto: Iterable[str]) -> Iterator[Flag]:
    for origin, phrases in (("no campaign may claim", CLAIMS), ("this campaign rules out", veto)):
        for phrase in phrases:
            for start, _, words, _ in text.found(_phrase(phrase)):
                yield Flag("banned words", f"“{words}” is what {origin}.", words, start)


def _disguise(text: _Text) -> Iterator[Flag]:
    hidden = _HIDDEN.search(text.raw)
    if hidden:
        name = f"U+{ord(hidden[0]):04X}"
        yield Flag("hidden characters", f"It holds characters that cannot be seen ({name}).", name, hidden.start())
    for match in re.finditer(r"[^\W\d_]{2,}", text.raw):
        if len({_script(letter) for letter in match[0]} & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
            yield Flag("look-alike letters", f"“{match[0]}” mixes alphabets.", match[0], match.start())


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _exactly(code: str) -> str:
    return rf"(?<![\w-]){re.escape(_folded(code))}(?![\w-])"


def _page(link: str) -> tuple[str, str]:
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        return "", link
    return parts.netloc.casefold(), parts.path.rstrip("/")


def _counted(flags: int) -> str:
    return "nothing flagged" if not flags else f"{flags} flag{'s' if flags > 1 else ''}"
