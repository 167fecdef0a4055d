"""The block that is signed, as it comes back: a name, a date and a picture of a signature there are what we asked for.

Only where the other side signs: our own is signed on record, never in a returned file. Owns what may be written there;
anything else stays as it is and is found as in any other cell. Pure; names no file and no record.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from contracts.consent import may_be
from contracts.returned.findings import Kind
from contracts.returned.lines import Line, Paper, Span
from contracts.returned.things import Thing
from contracts.returned.wordwise import plain, strangers


def _each(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: The longest names with a place and a date in words have some 70 characters.
_LONGEST = 90
#: Names of one person beside those the agreement calls them by.
_MORE_NAMES = 4
_MONTHS = _each("""
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec januar februar märz mai juni juli oktober dezember mär okt dez enero febrero marzo abril mayo
    junio julio agosto septiembre setiembre octubre noviembre diciembre
""")
_SMALL = _each("""
    de del der den dem la las los el da das do dos di van von vom zu zur y e und ten ter bin ibn al on am of the in a
""")
_LABELS = ["name", "date", "place", "datum", "ort", "fecha", "lugar", "signed", "signature", "unterschrift", "firma"]
#: Words that make a reservation of what looks like a name, in any of our languages.
_RESERVING = _each("""
    not no never only if unless under without protest subject but except agree agreed fee nicht kein keine nie nur wenn
    unter ohne vorbehalt falls außer aber solo si sin bajo protesta salvo pero nunca reserva void draft
""")
_DATE = re.compile(r"\d{1,4}([./-]\d{1,4}){1,2}\.?")
#: A day or a year beside a month in words; a number by itself could be an amount.
_OF_A_DATE = re.compile(r"\d{1,2}(st|nd|rd|th)?\.?|(19|20)\d\d\.?")
_SIGNS = re.compile(r"[,:|/–—_-]+")


@dataclass(frozen=True)
class Slot:
    """A cell to sign in: what it asks for, and whose it is."""

    asks: str
    party: str


def slots_of(lines: Sequence[Line]) -> dict[int, Slot]:
    """The cells of ours to be signed by the other side, each by the position of its line."""
    found: dict[int, Slot] = {}
    party = ""
    for at, line in enumerate(lines):
        if line.cell < 2:
            continue
        if line.to_sign:
            found[at] = Slot(plain(line.text), party)
        elif plain(line.text):
            party = plain(line.text)
    asked = [slot.asks for slot in found.values()]
    return {at: slot for at, slot in found.items() if slot.asks and asked.count(slot.asks) == 1}


def fills(text: str, slot: Slot) -> bool:
    """Whether a text is only what was asked for: the party's name, a date, a place before it."""
    left = plain(text.replace(slot.asks, " ", 1))
    if not left or len(left) > _LONGEST or strangers(slot.party, left):
        return False
    words = _SIGNS.sub(lambda sign: sign.group() if sign.group() in "-/" else " ", left).split()
    in_words = any(_month(word) for word in words)
    of_date = [word for word in words if _DATE.fullmatch(word) or (in_words and (_month(word) or _number(word)))]
    dated = bool(of_date)
    others = [word for word in words if word not in of_date and word.casefold() not in _LABELS]
    names = [word for word in others if word.casefold() not in _SMALL]
    if any(word.casefold().strip(".") in _RESERVING for word in others) or not all(map(_a_name, names)):
        return False
    own = set(slot.party.casefold().split())
    more = [word for word in names if word.casefold() not in own]
    if any(word[:1].islower() for word in more) or len(more) > _MORE_NAMES:
        return False
    return (not names and dated) or may_be(" ".join(names), slot.party) or (dated and len(names) == 1)


def with_signatures(sent: Paper, returned: Paper) -> tuple[Paper, Paper]:
    """Both with what was filled in as a permitted place, and a picture in such a cell as a permitted edit."""
    ours, theirs, things = list(sent.lines), list(returned.lines), list(returned.things)
    for at, slot in slots_of(sent.lines).items():
        cell = _cell_of(sent.lines[at], returned.lines)
        if not cell:
            continue
        things = list(_with_picture(things, cell))
        text = plain(" ".join(returned.lines[one].text for one in cell))
        if text == slot.asks or not _openly(returned.lines, cell) or not fills(text, slot):
            continue
        place = f"signature, {slot.asks}"
        ours[at] = replace(ours[at], spans=(Span(slot.asks, place),))
        first = next(one for one in cell if plain(returned.lines[one].text))
        for one in cell:
            theirs[one] = replace(theirs[one], spans=(Span(text, place),) if one == first else ())
    return replace(sent, lines=tuple(ours)), replace(returned, lines=tuple(theirs), things=tuple(things))


def _cell_of(sent: Line, returned: Sequence[Line]) -> list[int]:
    """The lines of the returned cell in that row; [] where more than one cell could be meant."""
    cell = [at for at, line in enumerate(returned)
            if (line.region, line.cell, plain(line.row)) == (sent.region, sent.cell, plain(sent.row))]  # fmt: skip
    return cell if cell and cell[-1] - cell[0] == len(cell) - 1 else []


def _openly(lines: Sequence[Line], cell: Sequence[int]) -> bool:
    spans = [span for at in cell for span in lines[at].spans if span.text.strip()]
    return not any(span.unseen or span.odd or span.local for span in spans) and not any(lines[at].number for at in cell)


def _with_picture(things: Sequence[Thing], cell: Sequence[int]) -> Iterator[Thing]:
    """One picture that stands in the cell, and lies over nothing, is the signature."""
    signed = False
    for thing in things:
        picture = thing.kind is Kind.IMAGE and thing.what.startswith("a picture, ") and " saying " not in thing.what
        mine = picture and thing.line in cell and not signed
        signed = signed or mine
        yield replace(thing, kind=Kind.PERMITTED) if mine else thing


def _month(word: str) -> bool:
    return word.casefold().strip(".") in _MONTHS


def _number(word: str) -> bool:
    return bool(_OF_A_DATE.fullmatch(word))


def _a_name(word: str) -> bool:
    bare = re.sub(r"['’.\-]", "", word)
    return bool(bare) and all(map(str.isalpha, bare)) and (not word.endswith(".") or len(word) <= 4)
