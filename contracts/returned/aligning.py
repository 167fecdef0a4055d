"""Which line of the returned document is which line of the one we sent. Pure; names no finding.

A line whose only changes are in permitted places is the same line.
"""

import difflib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.returned.lines import UNNAMED, Line
from contracts.returned.wordwise import likeness, plain

#: Below this, two lines are not one line that was changed.
ALIKE = 0.5
#: Locked words a line needs before it is recognised by them without its mark of the permitted place.
_ENOUGH = 8


@dataclass(frozen=True)
class Pair:
    """A line of each document, by its position; None where that document has no such line."""

    sent: int | None
    returned: int | None
    moved: bool = False


Key = tuple[str, int, str, str]


def aligned(sent: Sequence[Line], returned: Sequence[Line]) -> list[Pair]:
    """Every line of both, in the order of the returned document with what is missing where it stood."""
    old = [_key(line) for line in sent]
    new = _keys_in(sent, returned)
    pairs: list[Pair] = []
    for kind, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            pairs += [Pair(old_from + step, new_from + step) for step in range(old_to - old_from)]
        else:
            pairs += _matched(sent, returned, range(old_from, old_to), range(new_from, new_to))
    return _with_moves(pairs, old, new)


def locals_of(line: Line) -> list[str]:
    """The permitted places of a line, in order."""
    return [place for place, _ in _stretches(line) if place]


def values_in(sent: Line, returned: Line) -> dict[str, str] | None:
    """What stands in the permitted places of a returned line; None where something else was changed, too."""
    names = locals_of(sent)
    if not names or not _alongside(sent, returned):
        return None
    marks = locals_of(returned)
    if marks == names or (len(marks) == len(names) and set(marks) == {UNNAMED} and _in_its_row(sent, returned)):
        same = _core(sent) == _core(returned)
        return dict(zip(names, _values(returned), strict=True)) if same else None
    return _by_words(sent, plain(returned.text), names)


def value_of(line: Line, name: str) -> str:
    """What stands in one permitted place."""
    return next((plain(text) for place, text in _stretches(line) if place == name), "")


def _keys_in(sent: Sequence[Line], returned: Sequence[Line]) -> list[Key]:
    known = {_key(line) for line in sent}
    with_places = [line for line in sent if locals_of(line)]
    keys = []
    for line in returned:
        key = _key(line)
        if key not in known:
            same = (one for one in with_places if _alongside(one, line) and values_in(one, line) is not None)
            key = next((_key(one) for one in same), key)
        keys.append(key)
    return keys


def _alongside(sent: Line, returned: Line) -> bool:
    return (sent.region, sent.cell) == (returned.region, returned.cell)


def _key(line: Line) -> Key:
    # In a table a value is one of its row: the same words in another row say something else.
    return line.region, line.cell, plain(line.row) if line.cell > 1 else "", plain(line.text)


def _stretches(line: Line) -> list[tuple[str, str]]:
    """A line as (permitted place or "", text), one after the other."""
    return [
        (place, "".join(span.text for span in spans))
        for place, spans in itertools.groupby(line.spans, key=lambda span: span.local)
    ]


def _core(line: Line) -> str:
    """The locked words, with a mark where a permitted place is."""
    return plain("".join("\x00" if place else text for place, text in _stretches(line)))


def _values(line: Line) -> list[str]:
    return [plain(text) for place, text in _stretches(line) if place]


def _in_its_row(sent: Line, returned: Line) -> bool:
    """A place without its name, in a line without other words, is known by the row it stands in."""
    return bool(re.search(r"\w", _core(sent))) or (bool(sent.cell) and plain(sent.row) == plain(returned.row))


def _by_words(sent: Line, text: str, names: Sequence[str]) -> dict[str, str] | None:
    core = _core(sent)
    if len(re.sub(r"\W", "", core)) < _ENOUGH:
        return None
    match = re.fullmatch("(.*)".join(re.escape(literal) for literal in core.split("\x00")), text)
    return dict(zip(names, (value.strip() for value in match.groups()), strict=False)) if match else None


def _matched(sent: Sequence[Line], returned: Sequence[Line], old: range, new: range) -> list[Pair]:
    """Lines that were changed paired with what they were, the likest first, never crossing one another."""
    scores = sorted(
        (
            (likeness(sent[i].text, returned[j].text), i, j)
            for i in old
            for j in new
            if _alongside(sent[i], returned[j])
        ),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    taken: dict[int, int] = {}
    for score, i, j in scores:
        free = i not in taken and j not in taken.values()
        if free and _fits(score, sent, returned, i, j, old, new) and all((i < a) == (j < b) for a, b in taken.items()):
            taken[i] = j
    pairs, at = [], new.start
    for i in old:
        if i in taken:
            pairs += [Pair(None, j) for j in range(at, taken[i])]
            pairs.append(Pair(i, taken[i]))
            at = taken[i] + 1
        else:
            pairs.append(Pair(i, None))
    return pairs + [Pair(None, j) for j in range(at, new.stop)]


def _fits(score: float, sent: Sequence[Line], returned: Sequence[Line], i: int, j: int, old: range, new: range) -> bool:
    if score >= ALIKE:
        return True
    # One short value in place of another: a cell, a heading, a blank that was filled in.
    alone = len(old) == len(new) and i - old.start == j - new.start
    return alone and bool(sent[i].cell or len(sent[i].text.split()) <= 6)


def _with_moves(pairs: Sequence[Pair], old: Sequence[Key], new: Sequence[Key]) -> list[Pair]:
    gone = [pair.sent for pair in pairs if pair.returned is None and pair.sent is not None]
    result = []
    found: dict[int, int] = {}
    for pair in pairs:
        if pair.sent is None and pair.returned is not None:
            same = next((i for i in gone if i not in found and _as_moved(old[i], new[pair.returned])), None)
            if same is not None:
                found[same] = pair.returned
    for pair in pairs:
        if pair.returned is None and pair.sent in found:
            continue
        source = next((i for i, j in found.items() if pair.sent is None and j == pair.returned), None)
        result.append(pair if source is None else Pair(source, pair.returned, moved=True))
    return result


def _as_moved(one: Key, other: Key) -> bool:
    return one[3] == other[3] and bool(one[3])
