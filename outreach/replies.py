"""What an answer means: the words the person wrote themselves, and the sentence that decides. Pure.

An opt-out always wins over anything else that is said. Rules speak first, a model where they are silent; where nothing
decides, a person reads it.
"""

import re
import unicodedata
from dataclasses import dataclass

from outreach.inbox import IncomingMail
from outreach.meaning.language import language_of
from outreach.meaning.rules import Decided, Signed, closing, said
from outreach.phrases import ReplyKind
from outreach.stripping import stripped


@dataclass(frozen=True)
class Reading:
    """What an answer was taken for, and the sentence (or sign) that decided.

    `language` is "en", "de", "es", "fr" or "" where it cannot be told; `decided_by` is rule, model or person, and
    `confidence` (0 to 1) is the model's.
    """

    kind: ReplyKind
    because: str
    text: str
    language: str = ""
    decided_by: str = "rule"
    confidence: float | None = None


#: How a reading begins whose words no rule knows but which the model takes for an opt-out: first in a person's list.
MAY_BE_OPT_OUT = "may be an opt-out"

#: Chosen on answers that the model had not learnt and no rule was made for. Where no rule spoke, half of those above
#: the first were opt-outs; above the last two the model was right more often than not and than the weak rule.
MAY_OPT_OUT, MAY_OPT_OUT_DESPITE_RULE = 0.25, 0.5
SURE, SURER_THAN_WEAK_RULE = 0.3, 0.45

#: What the model may decide. Not "away": that would let follow-ups go on to somebody who answered.
_LEARNT = frozenset(
    {ReplyKind.INTERESTED, ReplyKind.QUESTION, ReplyKind.PRICE_TALK, ReplyKind.LATER, ReplyKind.DECLINED}
)

#: A model has an opinion of anything; with less than two words that it has ever read it is worth nothing.
_FEWEST_WORDS = 2

_STOP_SUBJECT = re.compile(r"^\s*(stop|unsubscribe)\b[\s-]*([0-9a-f]{32}|[a-z2-7]{26})?\s*$", re.IGNORECASE)

#: Mail programs break lines after some 60 to 80 characters; people end a line sooner, or with a full stop.
_BROKEN_LINE = re.compile(r"(?<=[^\n]{50}[^\n.!?…:])\n(?=[^\s>*•-])")


def read(mail: IncomingMail, *, our_text: str = "") -> Reading:
    """What the answer means. `our_text` is the mail it answers: words of ours are never taken for theirs."""
    if mail.is_bounce:
        return Reading(ReplyKind.BOUNCE, mail.subject or "a report of failed delivery", mail.text[:2_000])
    own = stripped(mail.text, our_text)
    language = language_of(own)
    if _STOP_SUBJECT.match(mail.subject):
        return Reading(ReplyKind.OPT_OUT, mail.subject, own, language)
    sentences = sentences_of(own)
    signed = Signed(sentences)
    closes = closing(signed)
    if closes:
        return Reading(closes.kind, closes.sentence, own, language)
    if mail.is_automatic:
        return Reading(ReplyKind.AWAY, "it was answered by a machine", own, language)
    if not re.search(r"\w", own):
        return Reading(ReplyKind.UNCLEAR, "it has no words of its own", own, language)
    return _weighed(said(signed), own, sentences, language)


def _weighed(by_rule: Decided | None, own: str, sentences: list[str], language: str) -> Reading:
    """What the rules say, held against a model. It closes nobody: what it takes for an opt-out a person sees first."""
    from outreach.meaning.model import known_words, opinion  # numpy, which the other commands need not load

    if by_rule and by_rule.kind is ReplyKind.AWAY:
        return Reading(by_rule.kind, by_rule.sentence, own, language)
    if by_rule is None and known_words(own) < _FEWEST_WORDS:
        return Reading(ReplyKind.UNCLEAR, "nothing in it decides", own, language)
    found = opinion(own, sentences)
    if found.may_opt_out >= (MAY_OPT_OUT_DESPITE_RULE if by_rule else MAY_OPT_OUT):
        because = f"{MAY_BE_OPT_OUT}: {found.opt_out_sentence}"
        return Reading(ReplyKind.UNCLEAR, because, own, language, "model", round(found.may_opt_out, 2))
    enough = SURE if by_rule is None else SURER_THAN_WEAK_RULE
    if (by_rule is None or not by_rule.sure) and found.kind in _LEARNT and found.confidence >= enough:
        return Reading(found.kind, found.sentence, own, language, "model", round(found.confidence, 2))
    if by_rule:
        return Reading(by_rule.kind, by_rule.sentence, own, language)
    return Reading(ReplyKind.UNCLEAR, "nothing in it decides", own, language)


def stop_token(mail: IncomingMail) -> str:
    """The mark of the message whose unsubscribe address was used; '' where there is none."""
    found = _STOP_SUBJECT.match(mail.subject)
    return (found.group(2) or "").lower() if found else ""


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each on one line. A line's end ends a sentence, unless a mail program broke the line."""
    straight = _BROKEN_LINE.sub(" ", text.replace("’", "'").replace("‘", "'"))
    pieces = re.split(r"\n+|(?<=[!?…])\s+|(?<=[^\d\s]\.)\s+|(?<=？)", unicodedata.normalize("NFKC", straight))
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]
