"""What an answer means by its words: which list of signs goes first, sentence by sentence. Pure.

Whoever opts out or complains is heard above all else. Then: terms that are refused are price talk; a later time keeps
the door open, so it goes before a decline; money goes before a question, a question before a yes.
"""

import re
from dataclasses import dataclass

from outreach.phrases import ReplyKind, Sign, folded, signs

#: People say what they want in the first pages; a pasted novel must not take minutes.
_SENTENCES = 300
_SENTENCE = 600


@dataclass(frozen=True)
class Decided:
    """A kind and the sentence that decided; not `sure` where the sign is weak, such as a bare question mark."""

    kind: ReplyKind
    sentence: str
    sure: bool = True


class Signed:
    """The sentences of one answer and which signs they carry, looked up once each."""

    def __init__(self, sentences: list[str]) -> None:
        self._pairs = [(sentence, folded(sentence[:_SENTENCE])) for sentence in sentences[:_SENTENCES]]
        self._found: dict[Sign, str] = {}
        self._blanked: dict[tuple[str, Sign], str] = {}

    def first(self, sign: Sign, *, but: Sign | None = None) -> str:
        """The first sentence with this sign once the words of `but` are blanked out; "" where none has it."""
        if sign not in self._found:
            self._found[sign] = next((s for s, plain in self._pairs if self._has(plain, sign, but)), "")
        return self._found[sign]

    def asked(self) -> str:
        """The first question that does not already agree."""
        onward = signs()[Sign.ONWARD]
        return next((s for s, plain in self._pairs if _asks(s) and not onward.search(plain)), "")

    def _has(self, plain: str, sign: Sign, but: Sign | None) -> bool:
        return bool(signs()[sign].search(self._without(plain, but) if but else plain))

    def _without(self, plain: str, but: Sign) -> str:
        if (plain, but) not in self._blanked:
            self._blanked[plain, but] = signs()[but].sub(" ~ ", plain)
        return self._blanked[plain, but]


def closing(signed: Signed) -> Decided | None:
    """A complaint or an opt-out, which nothing else outweighs."""
    for sign, kind in ((Sign.COMPLAINT, ReplyKind.COMPLAINT), (Sign.OPT_OUT, ReplyKind.OPT_OUT)):
        sentence = signed.first(sign, but=Sign.HARMLESS)
        if sentence:
            return Decided(kind, sentence)
    return None


def said(signed: Signed) -> Decided | None:
    """What the words say of one who does not opt out; None where no rule speaks."""
    away = signed.first(Sign.AWAY)
    if away:
        return Decided(ReplyKind.AWAY, away)
    bargain = signed.first(Sign.BARGAIN)
    if bargain:
        return Decided(ReplyKind.PRICE_TALK, bargain)
    return _timed_or_declined(signed) or _wanted(signed)


def _timed_or_declined(signed: Signed) -> Decided | None:
    later, declined = signed.first(Sign.LATER), signed.first(Sign.DECLINED, but=Sign.WILLING)
    price = signed.first(Sign.PRICE)
    if later and not (price and not declined):
        return Decided(ReplyKind.LATER, later)
    if declined:
        return Decided(ReplyKind.DECLINED, declined)
    return Decided(ReplyKind.PRICE_TALK, price) if price else None


def _wanted(signed: Signed) -> Decided | None:
    asked, interested = signed.first(Sign.QUESTION, but=Sign.ONWARD), signed.first(Sign.INTERESTED)
    away = signed.first(Sign.AWAY_SOFT)
    if away:
        return Decided(ReplyKind.LATER, away, sure=False) if interested else Decided(ReplyKind.AWAY, away, sure=False)
    if asked:
        return Decided(ReplyKind.QUESTION, asked)
    marked = signed.asked()
    if marked:
        return Decided(ReplyKind.QUESTION, marked, sure=False)
    willing = signed.first(Sign.WILLING)
    if willing:
        return Decided(ReplyKind.INTERESTED, willing)
    wanted = interested or signed.first(Sign.ONWARD)
    return Decided(ReplyKind.INTERESTED, wanted, sure=False) if wanted else None


def _asks(sentence: str) -> bool:
    end = sentence[-_SENTENCE:]
    return bool(re.search(r"[?？]\W{0,20}$", end) and re.search(r"\w", end))
