"""What a mail looks like to a filter and to somebody in a hurry: length, links, capitals, shouting, money. Pure."""

import re
from collections.abc import Iterable, Iterator

from outreach.html_part import parted
from outreach.lint_words import SPAM

#: (least, most) words above the footer, which is required by law and by no reader.
INVITE_WORDS, FOLLOW_UP_WORDS = (60, 250), (35, 160)
LETTER_LINKS_MOST, LINKS_MOST = 1, 3
_WORDS_PER_LINK = 40
_SUBJECT_CHARACTERS = (6, 100)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥]|\b(?:EUR|USD|GBP|CHF)\b")
_SHOUTED = re.compile(r"\b[^\W\d_]{4,}\b")
_MONEY_MOST, _SHOUTED_MOST, _CAPITALS_MOST, _EXCLAIMED_MOST = 4, 2, 0.25, 1


def length(text: str, *, follow_up: bool) -> Iterator[str]:
    """Each of these yields what is wrong, a clause each."""
    least, most = FOLLOW_UP_WORDS if follow_up else INVITE_WORDS
    count = sum(any(map(str.isalnum, word)) for word in parted(text)[0].split())
    if not least <= count <= most:
        yield f"it has {count} words; {least} to {most} are read"


def links(text: str, *, ours: Iterable[str]) -> Iterator[str]:
    """Only our own pages, few of them."""
    found = [link.rstrip(".,;:!?)") for link in _LINK.findall(text)]
    above = len(_LINK.findall(parted(text)[0]))
    if above > LETTER_LINKS_MOST or len(found) > LINKS_MOST:
        yield f"it has {len(found)} links; more than {LETTER_LINKS_MOST} in the letter looks like bulk mail"
    if found and len(re.findall(r"\w+", text)) < _WORDS_PER_LINK * len(found):
        yield f"it has {len(found)} links for few words, as bulk mail has"
    own = [address for address in ours if address]
    for link in found:
        if not any(_is_below(link, address) for address in own):
            yield f"it links to {link[:80]!r}, which is no page of ours"


def spam(letter: str) -> Iterator[str]:
    """What makes a letter look unwanted; names and quotes of creators are taken out before."""
    for phrase in SPAM.finditer(letter):
        yield f"filters count {phrase[0]!r} against it"
    if letter.count("!") > _EXCLAIMED_MOST:
        yield f"it has {letter.count('!')} exclamation marks; {_EXCLAIMED_MOST} is the most"
    if re.search(r"[$€£¥]{2,}", letter) or len(_MONEY.findall(letter)) > _MONEY_MOST:
        yield "amounts and money signs pile up"
    shouted = [word for word in _SHOUTED.findall(letter) if word.isupper()]
    if len(shouted) > _SHOUTED_MOST or _capitals(letter) > _CAPITALS_MOST:
        yield "too much of it is in capitals"


def subject(text: str, *, bare: str) -> Iterator[str]:
    """`bare` is the subject without names of creators."""
    least, most = _SUBJECT_CHARACTERS
    if not text.strip():
        yield "it has no subject"
        return
    if not least <= len(text) <= most:
        yield f"the subject has {len(text)} characters; {least} to {most} are read"
    if re.search(r"[!$€£¥]", bare) or SPAM.search(bare):
        yield f"the subject {text!r} reads like an advertisement"
    if sum(character.isalpha() for character in bare) > 8 and _capitals(bare) > 0.5:
        yield f"the subject {text!r} is in capitals"


def _capitals(text: str) -> float:
    letters = [character for character in text if character.isalpha()]
    return sum(character.isupper() for character in letters) / len(letters) if letters else 0.0


def _is_below(link: str, page: str) -> bool:
    """The page itself or one under it; `example.com.else.example` is not under `example.com`."""
    found, known = _bare(link), _bare(page).rstrip("/")
    return found.startswith(known) and found[len(known) : len(known) + 1] in ("", "/", "?", "#")


def _bare(address: str) -> str:
    return re.sub(r"^https?://", "", address, flags=re.IGNORECASE).removeprefix("www.").casefold()
