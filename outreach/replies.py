"""What an answer means: the words the person wrote without what they quoted, and the sentence that decides. Pure.

An opt-out always wins over anything else that is said. Where nothing decides, a person reads it.
"""

import re
import unicodedata
from dataclasses import dataclass

from outreach.inbox import IncomingMail
from outreach.phrases import SIGNS, ReplyKind
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


_STOP_SUBJECT = re.compile(r"^\s*(stop|unsubscribe)\b[\s-]*([0-9a-f]{32})?\s*$", re.IGNORECASE)

_SIGNS = {kind: re.compile("|".join(patterns), re.IGNORECASE) for kind, patterns in SIGNS.items()}


def read(mail: IncomingMail, *, our_text: str = "") -> Reading:
    """What the answer means. `our_text` is the mail it answers: words of ours are never taken for theirs."""
    if mail.is_bounce:
        return Reading(ReplyKind.BOUNCE, mail.subject or "a report of failed delivery", mail.text[:2_000])
    own = stripped(mail.text, our_text)
    if _STOP_SUBJECT.match(mail.subject):
        return Reading(ReplyKind.OPT_OUT, mail.subject, own)
    sentences = _sentences(own)
    by_kind = {kind: next((s for s in sentences if sign.search(s)), "") for kind, sign in _SIGNS.items()}
    if by_kind[ReplyKind.OPT_OUT]:
        return Reading(ReplyKind.OPT_OUT, by_kind[ReplyKind.OPT_OUT], own)
    if mail.is_automatic:
        return Reading(ReplyKind.AWAY, "it was answered by a machine", own)
    for kind, sentence in by_kind.items():
        if sentence:
            return Reading(kind, sentence, own)
    asked = next((sentence for sentence in sentences if re.search(r"\w.*[?？]\W*$", sentence)), "")
    if asked:
        return Reading(ReplyKind.QUESTION, asked, own)
    return Reading(ReplyKind.UNCLEAR, "nothing in it decides" if sentences else "it has no words of its own", own)


def stop_token(mail: IncomingMail) -> str:
    """The mark of the message whose unsubscribe address was used; '' where there is none."""
    found = _STOP_SUBJECT.match(mail.subject)
    return (found.group(2) or "").lower() if found else ""


def _sentences(text: str) -> list[str]:
    straight = text.replace("’", "'").replace("‘", "'")
    pieces = re.split(r"\n+|(?<=[!?…])\s+|(?<=[^\d\s]\.)\s+|(?<=？)", unicodedata.normalize("NFKC", straight))
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]
