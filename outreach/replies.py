"""What an answer means: the words the person wrote without what they quoted, and the sentence that decides. Pure.

An opt-out always wins over anything else that is said. Where nothing decides, a person reads it.
"""

import re
import unicodedata
from dataclasses import dataclass

from outreach.inbox import IncomingMail
from outreach.phrases import SIGNS, ReplyKind


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

_ATTRIBUTION = re.compile(
    r"^\W*(on\b.{0,300}\bwrote|am\b.{0,300}\bschrieb\b.{0,200}|.{0,200}\bschrieb am\b.{0,200}|le\b.{0,300}\ba écrit|"
    r"el\b.{0,300}\bescribió)\s*:\s*$",
    re.IGNORECASE,
)
_BROKEN_ATTRIBUTION = re.compile(
    r"^\W*(?:on|am|le|el)\b[^\n]{0,300}(?:\n[^\n]{1,200}?){1,2}?:[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_WROTE = re.compile(r"\b(wrote|schrieb|a écrit|escribió)\b", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^\s*([-_*]{2,}\s*(original message|forwarded message|ursprüngliche nachricht|originalnachricht|message d'origine|"
    r"mensaje original|weitergeleitete nachricht)\s*[-_*]{2,}|_{10,})\s*$",
    re.IGNORECASE,
)
_HEADER_BLOCK = re.compile(r"^\W*(from|von|de|sent|gesendet|envoyé|enviado)\s?:\s*\S", re.IGNORECASE)
_NEXT_HEADER = re.compile(
    r"^\W*(sent|date|to|gesendet|datum|an|envoyé|à|enviado|para|subject|betreff)\s?:", re.IGNORECASE
)


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


def stripped(text: str, our_text: str = "") -> str:
    """What the person wrote themselves: without quotes, forwarded headers, and lines of the mail they answer."""
    lines = _unwrapped(text).split("\n")
    ours = _plain(our_text)
    our_lines = {_plain(line) for line in our_text.split("\n")} - {""}
    kept: list[str] = []
    for place, line in enumerate(lines):
        rest = [later for later in lines[place + 1 :] if later.strip()]
        if _ATTRIBUTION.match(line):
            if rest and rest[0].lstrip().startswith(">"):
                continue
            break
        if _DIVIDER.match(line) or (_HEADER_BLOCK.match(line) and rest and _NEXT_HEADER.match(rest[0])):
            break
        plain = _plain(line)
        # Mail programs wrap lines, so a long piece counts, too; a short one could be the very words we offer.
        is_ours = plain in our_lines or (len(plain) >= 30 and plain in ours)
        if not (line.lstrip().startswith(">") or is_ours):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()


def _unwrapped(text: str) -> str:
    """Attributions that a mail program broke over two or three lines stand on one again."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return _BROKEN_ATTRIBUTION.sub(lambda found: _on_one_line(found[0]), text)


def _on_one_line(lines: str) -> str:
    return lines.replace("\n", " ") if _WROTE.search(lines) else lines


def _sentences(text: str) -> list[str]:
    straight = text.replace("’", "'").replace("‘", "'")
    pieces = re.split(r"\n+|(?<=[!?…])\s+|(?<=[^\d\s]\.)\s+|(?<=？)", unicodedata.normalize("NFKC", straight))
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
