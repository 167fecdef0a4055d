"""What a person wrote themselves in an answer: without quotes, forwarded mails, signatures and legal notices. Pure.

Knows how mail programs write in English, German, Spanish and French. What the words mean is `outreach.replies`' matter.
"""

import re

from outreach.footers import is_contact, is_sign_off, without_footers

_ATTRIBUTION = re.compile(
    r"^\W*("
    r"on\b.{0,300}(?<!\bi )(?<!\bwe )\bwrote|.{0,200}[<@].{0,200}\bwrote|"
    r"am\b.{0,300}\bschrieb\b(?! ich| wir).{0,200}|am\b.{0,300}\bhat\b.{0,200}\bgeschrieben|"
    r".{0,200}\bschrieb am\b.{0,200}|.{0,200}[<@].{0,200}\bschrieb|"
    r"le\b.{0,300}\ba écrit|.{0,200}[<@].{0,200}\ba écrit|"
    r"e[ln]\b.{0,300}\bescribió|.{0,200}[<@].{0,200}\bescribió( el\b.{0,100})?|"
    r"\d{4}-\d\d-\d\d \d\d?:\d\d.{0,100}<[^>]{3,100}>"
    r")\s*:\s*$",
    re.IGNORECASE,
)
_BROKEN_ATTRIBUTION = re.compile(
    r"^[> \t]*(?:on|am|le|el|en)\b[^\n]{0,300}(?:\n[^\n]{1,200}?){1,2}?:[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_WROTE = re.compile(r"\b(wrote|schrieb|geschrieben|a écrit|escribió)\b", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^\s*([-_*–—]{2,}\s*(original message|original mail|forwarded message|ursprüngliche nachricht|"
    r"original-?\s?nachricht|weitergeleitete nachricht|message d'origine|message original|message transféré|"
    r"mensaje original|mensaje reenviado)\s*[-_*–—]{2,}|_{10,}|"
    r"(begin forwarded message|anfang der weitergeleiteten (nachricht|e-mail)|début du message (réexpédié|transféré)|"
    r"inicio del mensaje reenviado)\s*:)\s*$",
    re.IGNORECASE,
)
_LABELS = (
    r"from|sent|date|to|cc|subject|reply-to|von|gesendet|datum|an|betreff|antwort an|de|envoyé( le)?|à|a|objet|"
    r"date d'envoi|copie à|enviado( el)?|fecha|para|asunto"
)
_HEADER = re.compile(rf"^[\s*>|]*({_LABELS})[*\s]*:[*\s]*\S", re.IGNORECASE)
_FIRST_HEADER = re.compile(
    r"^[\s*|]*(from|von|de|sent|gesendet|envoyé( le)?|enviado( el)?|betreff|subject|asunto|objet|date|datum|fecha)"
    r"[*\s]*:[*\s]*\S",
    re.IGNORECASE,
)
#: A shorter piece of our mail could be the very words we offer.
_SURELY_OURS = 30
_LONGEST_RUN = 40
_LONGEST_MARK = 800


def stripped(text: str, our_text: str = "") -> str:
    """What the person wrote themselves. `our_text` is the mail they answer: its lines are never taken for theirs."""
    lines = _unwrapped(text).split("\n")
    cut = _where_the_quote_starts(lines)
    own = _own(lines[:cut], our_text)
    if not own and our_text and cut < len(lines):
        # Answered under a quote that no mark sets off: what neither we wrote nor the mail program is theirs.
        below = [line for line in lines[cut:] if not (_HEADER.match(line) or _is_mark(line))]
        own = _own(below, our_text) if len(_without_ours(below, our_text)) < len(below) else ""
    return own


def _own(lines: list[str], our_text: str) -> str:
    unquoted = [line.rstrip() for line in lines if not (line.lstrip().startswith(">") or _is_attribution(line))]
    text = "\n".join(_without_ours(unquoted, our_text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_without_contacts(without_footers(text).split("\n")))).strip()


def _unwrapped(text: str) -> str:
    """Attributions that a mail program broke over two or three lines stand on one again."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u202f", " ")
    text = re.sub("[\u200b\u200e\u200f\u2060\ufeff]", "", text)
    return _BROKEN_ATTRIBUTION.sub(lambda found: _on_one_line(found[0]), text)


def _on_one_line(lines: str) -> str:
    return re.sub(r"\n[> ]*", " ", lines) if _WROTE.search(lines) else lines


def _where_the_quote_starts(lines: list[str]) -> int:
    """The line from which on nothing is theirs; quotes marked with > end no mail: people answer between them."""
    followers = _followers(lines)
    for place, (line, following) in enumerate(zip(lines, followers, strict=True)):
        if len(line) > _LONGEST_MARK:
            continue
        if _ATTRIBUTION.match(line) and not following.lstrip().startswith(">"):
            return place
        if _DIVIDER.match(line):
            return place
        if _FIRST_HEADER.match(line) and _HEADER.match(following) and not following.lstrip().startswith(">"):
            return place
    return len(lines)


def _is_mark(line: str) -> bool:
    return _is_attribution(line) or bool(_DIVIDER.match(line))


def _is_attribution(line: str) -> bool:
    return len(line) <= _LONGEST_MARK and bool(_ATTRIBUTION.match(line))


def _followers(lines: list[str]) -> list[str]:
    """For each line the next one that is not empty; "" at the end."""
    found, following = [], ""
    for line in reversed(lines):
        found.append(following)
        following = line if line.strip() else following
    return found[::-1]


def _without_ours(lines: list[str], our_text: str) -> list[str]:
    """Without runs of lines that stand in our mail, however a mail program wrapped them."""
    ours = f" {_plain(our_text)} "
    our_lines = {_plain(line) for line in our_text.split("\n")} - {""}
    if not our_lines:
        return lines
    plain = [_plain(line) for line in lines]
    kept, place = [], 0
    while place < len(lines):
        length = _run_of_ours(plain[place : place + _LONGEST_RUN], ours, our_lines)
        if not length:
            kept.append(lines[place])
        place += max(1, length)
    return kept


def _run_of_ours(plain: list[str], ours: str, our_lines: set[str]) -> int:
    """How many lines from here on are ours; 0 where the first is not."""
    if not plain[0]:
        return 0
    joined, length = "", 0
    for line in plain:
        longer = f"{joined} {line}".strip()
        if f" {longer} " not in ours:
            break
        joined, length = longer, length + 1
    if len(joined) >= _SURELY_OURS:
        return length
    return 1 if plain[0] in our_lines else 0


def _without_contacts(lines: list[str]) -> list[str]:
    """Without the lines that only say how to reach them: after a closing greeting, or two and more at the end."""
    signed = max((place for place, line in enumerate(lines) if is_sign_off(line)), default=-1)
    if signed >= 0:
        return [line for place, line in enumerate(lines) if place <= signed or not is_contact(line)]
    end = len(lines)
    while end and (not lines[end - 1].strip() or is_contact(lines[end - 1])):
        end -= 1
    return lines[:end] if sum(bool(line.strip()) for line in lines[end:]) >= 2 else lines


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
