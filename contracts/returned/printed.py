"""A returned PDF against the document we sent, by its words: line ends, hyphens and page furniture count for nothing.

Pure. What a PDF cannot tell (hidden text, numbering, styles) it shows or does not show, as any reader would see it.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.returned.clauses import WHOLE, around_the_text, clauses_of
from contracts.returned.comparing import MOST_IN_A_PLACE, shown
from contracts.returned.findings import Clause, Comparison, Finding, Kind, Row
from contracts.returned.lines import Line, Paper
from contracts.returned.ornaments import strayed
from contracts.returned.pdf import Printed
from contracts.returned.signed import Slot, fills, slots_of
from contracts.returned.wordwise import plain, shortened, skeleton, strangers, visible

_ATOM = re.compile(r"\w+|[^\w\s]")
_BULLETS = frozenset("•◦▪‣·\uf0b7")
#: A hyphen at a line's end: the program's, or the word's own.
_BROKEN = "\x01"
_EDGE = "\x02"
_CONTEXT = 5
#: Changes this near to one another are told as one.
_NEAR = 3
#: Fewer words than these stand in many places.
_SOME_WORDS = 4


@dataclass(frozen=True)
class _Atom:
    """A word or a sign of the document we sent, and the line and permitted place it stands in."""

    text: str
    glued: bool
    line: int = -1
    local: str = ""


def compare_printed(sent: Paper, returned: Printed) -> Comparison:
    """Everything that reads otherwise, in reading order."""
    lines = shown(sent.lines)
    clauses = clauses_of(lines)
    body = [(at, line) for at, line in enumerate(lines) if around_the_text(line) is None]
    pages, findings = _without_furniture(returned.pages, [line for line in lines if around_the_text(line) is not None])
    old = [atom for at, line in body for atom in _atoms_of(at, line)]
    new = _atoms("\n".join(pages))
    hunks = _hunks(old, new)
    slots = slots_of(lines)
    for hunk in hunks:
        signed = _signed(hunk, old, new, slots, clauses)
        findings += [signed] if signed is not None else _told(hunk, old, new, clauses)
    findings += _of_things(sent, returned)
    return Comparison(tuple(_with_moves(findings)), tuple(_rows(body, clauses, old, new, hunks)))


Hunk = tuple[int, int, int, int]


def _hunks(old: Sequence[_Atom], new: Sequence[_Atom]) -> list[Hunk]:
    matcher = difflib.SequenceMatcher(None, [one.text for one in old], [one.text for one in new], False)
    hunks: list[Hunk] = []
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal" or _same_words(old[old_from:old_to], new[new_from:new_to]):
            continue
        if hunks and old_from - hunks[-1][1] <= _NEAR and _one_place(old[hunks[-1][0] : old_to]):
            hunks[-1] = (hunks[-1][0], old_to, hunks[-1][2], new_to)
        else:
            hunks.append((old_from, old_to, new_from, new_to))
    left = [hunk for hunk in hunks if not _only_turned(hunk, old, new)]
    return [_slid(hunk, old, new) for hunk in _without_strayed(left, old, new)]


def _without_strayed(hunks: Sequence[Hunk], old: Sequence[_Atom], new: Sequence[_Atom]) -> Iterator[Hunk]:
    """The hunks but those of a line in which ornaments alone stand elsewhere."""
    for group in _by_line(hunks, old):
        (old_from, _, new_from, _), (_, old_to, _, new_to) = group[0], group[-1]
        ours, theirs = ("".join(atom.text for atom in atoms) for atoms in (old[old_from:old_to], new[new_from:new_to]))
        if not strayed(ours, theirs):
            yield from group


def _by_line(hunks: Sequence[Hunk], old: Sequence[_Atom]) -> Iterator[list[Hunk]]:
    """Hunks of one line together; what came between two lines can be of either, and what spans several is alone."""
    group: list[Hunk] = []
    known: set[int] = set()
    for hunk in hunks:
        old_from, old_to, _, _ = hunk
        lines = {atom.line for atom in old[old_from:old_to] or old[max(0, old_from - 1) : old_from + 1]}
        lines = lines if old_from == old_to or len(lines) == 1 else set()
        if group and not known & lines:
            yield group
            group, known = [], set()
        known = known & lines if group else lines
        group.append(hunk)
    if group:
        yield group


def _slid(hunk: Hunk, old: Sequence[_Atom], new: Sequence[_Atom]) -> Hunk:
    """Words that came or went, beginning where a line of ours does: `4. | 1 Yours. 4.` is the line `4.1 Yours.`"""
    old_from, old_to, new_from, new_to = hunk
    if old_from < old_to and new_from < new_to:
        return hunk
    atoms, start, end = (old, old_from, old_to) if old_from < old_to else (new, new_from, new_to)
    for step in range(min(start, old_from, end - start) + 1):
        at = old_from - step
        if at == 0 or at == len(old) or old[at].line != old[at - 1].line:
            return old_from - step, old_to - step, new_from - step, new_to - step
        if atoms[start - step - 1].text != atoms[end - step - 1].text:
            break
    return hunk


def _only_turned(hunk: Hunk, old: Sequence[_Atom], new: Sequence[_Atom]) -> bool:
    old_from, old_to, new_from, new_to = hunk
    beside = old[max(0, old_from - 1) : old_to + 1]
    return _turns(beside) and _same_signs(old[old_from:old_to], new[new_from:new_to])


def _one_place(atoms: Sequence[_Atom]) -> bool:
    return len({(atom.line, atom.local) for atom in atoms}) <= 1


def _same_words(old: Sequence[_Atom], new: Sequence[_Atom]) -> bool:
    ours, theirs = ("".join(atom.text for atom in atoms) for atoms in (old, new))
    return ours in (theirs.replace(_BROKEN, ""), theirs.replace(_BROKEN, "-"))


def _turns(atoms: Sequence[_Atom]) -> bool:
    """Whether something in it is read from right to left: a PDF keeps what stands beside it in either order."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for atom in atoms for letter in atom.text)


def _same_signs(old: Sequence[_Atom], new: Sequence[_Atom]) -> bool:
    """Whether two stretches hold the same numbers and letters, whatever their order; brackets turn around."""
    ours, theirs = (re.findall(r"\d+|[^\d()<>\[\]{}]", "".join(atom.text for atom in atoms)) for atoms in (old, new))
    return sorted(ours) == sorted(theirs)


def _told(hunk: Hunk, old: Sequence[_Atom], new: Sequence[_Atom], clauses: Sequence[Clause]) -> Iterator[Finding]:
    old_from, old_to, new_from, new_to = hunk
    at = min(old_from if old_to > old_from else max(0, old_from - 1), len(old) - 1)
    clause = clauses[old[at].line]
    local = _place_of(hunk, old)
    if local:
        after = _written(new[new_from:new_to])
        kind = Kind.OVERFLOW if len(after) > MOST_IN_A_PLACE else Kind.PERMITTED
        yield Finding(kind, clause, shortened(_written(old[old_from:old_to])), shortened(after), local)
        return
    for group in _by_clause(old[old_from:old_to], clauses)[1:]:
        yield Finding(Kind.REMOVED, clauses[group[0].line], shortened(_written(group)), "")
    first = (_by_clause(old[old_from:old_to], clauses) or [[]])[0]
    end = old_from + len(first)
    if not first or new_from == new_to:
        gone, come = _written(first), _written(new[new_from:new_to])
        yield Finding(Kind.REMOVED if first else Kind.ADDED, clause, shortened(gone), shortened(come))
        return
    before, after = (
        _written([*old[max(0, old_from - _CONTEXT) : old_from], *middle, *old[end : end + _CONTEXT]])
        for middle in (first, new[new_from:new_to])
    )
    odd = strangers(_written(first), _written(new[new_from:new_to]))
    alike = bool(odd) and skeleton(before) == skeleton(after)
    yield Finding(Kind.LOOKALIKE if alike else Kind.CHANGED, clause, shortened(before),
                  shortened(f"{after} ({', '.join(odd).lower()})" if odd else after))  # fmt: skip


def _signed(
    hunk: Hunk, old: Sequence[_Atom], new: Sequence[_Atom], slots: Mapping[int, Slot], clauses: Sequence[Clause]
) -> Finding | None:
    """Words that came beside what a cell to sign asks for and are only that, as a permitted edit; else None."""
    at, end, new_from, new_to = hunk
    come = _written(new[new_from:new_to])
    for atom in old[max(0, at - 1) : at + 1] if at == end else ():
        slot = slots.get(atom.line)
        if slot is not None and fills(come, slot):
            return Finding(Kind.PERMITTED, clauses[atom.line], "", shortened(come), f"signature, {slot.asks}")
    return None


def _place_of(hunk: Hunk, old: Sequence[_Atom]) -> str:
    """The permitted place that a change is wholly within, "" where it is in none."""
    old_from, old_to, _, _ = hunk
    touched = old[old_from:old_to] or old[max(0, old_from - 1) : old_from + 1]
    places = {(atom.line, atom.local) for atom in touched}
    return touched[0].local if len(places) == 1 and touched else ""


def _by_clause(atoms: Sequence[_Atom], clauses: Sequence[Clause]) -> list[list[_Atom]]:
    groups: list[list[_Atom]] = []
    for atom in atoms:
        if groups and clauses[groups[-1][0].line] == clauses[atom.line]:
            groups[-1].append(atom)
        else:
            groups.append([atom])
    return groups


def _with_moves(findings: Sequence[Finding]) -> list[Finding]:
    added = {one.after: one for one in findings if one.kind is Kind.ADDED}
    removed = {one.before for one in findings if one.kind is Kind.REMOVED}
    moved = {text for text in removed if text in added and len(text.split()) >= _SOME_WORDS}
    result = []
    for one in findings:
        if one.kind is Kind.REMOVED and one.before in moved:
            result.append(Finding(Kind.MOVED, one.clause, one.before, f"now in {added[one.before].clause.name}"))
        elif not (one.kind is Kind.ADDED and one.after in moved):
            result.append(one)
    return list(dict.fromkeys(result))


def _of_things(sent: Paper, returned: Printed) -> Iterator[Finding]:
    ours = {one.what for one in sent.things if one.kind is Kind.LINK}
    text = plain(" ".join(line.text for line in sent.lines))
    pictures = sum(1 for one in sent.things if one.kind in (Kind.IMAGE, Kind.OVER_TEXT))
    for thing in returned.things:
        page = Clause(f"page-{thing.line + 1}", f"Page {thing.line + 1}") if thing.line >= 0 else WHOLE
        if thing.kind is Kind.LINK and (thing.what in ours or thing.what in text):
            continue
        if thing.kind is Kind.IMAGE and pictures > 0:
            pictures -= 1
            continue
        yield Finding(thing.kind, page, "", shortened(thing.what))


def _without_furniture(pages: Sequence[str], around: Sequence[Line]) -> tuple[list[str], list[Finding]]:
    """Pages without the header and footer we sent; a page that lacks one is told of."""
    findings: list[Finding] = []
    left = []
    for number, page in enumerate(pages):
        for line in around:
            words = [re.escape(word).replace(r"\#", r"\d+").replace("#", r"\d+") for word in plain(line.text).split()]
            page, count = re.subn(r"\s*".join(words), "\n", page, count=1)
            clause = around_the_text(line)
            if not count and clause is not None and line.region.endswith("default") and page.strip():
                kind = Kind.HEADER if clause.id == "header" else Kind.FOOTER
                findings.append(Finding(kind, clause, plain(line.text), "", f"page {number + 1}"))
        left.append(page)
    return left, findings


def _atoms_of(at: int, line: Line) -> Iterator[_Atom]:
    for atom in _atoms(line.number):
        yield _Atom(atom.text, atom.glued, at)
    for span in line.spans:
        for atom in _atoms(span.text):
            yield _Atom(atom.text, atom.glued, at, span.local)


def _atoms(text: str) -> list[_Atom]:
    text = re.sub(r"(?<=\w)[-\u2010\u00ad]\s*\n\s*(?=\w)", _BROKEN, text)
    text = _BROKEN.join(_composed(part) for part in text.split(_BROKEN))
    atoms = []
    for match in _ATOM.finditer(text):
        if match.group() not in _BULLETS:
            atoms.append(_Atom(match.group(), match.start() > 0 and not text[match.start() - 1].isspace()))
    return atoms


def _composed(text: str) -> str:
    # Ligatures are letters to a reader; a PDF may keep them as one sign.
    whole = plain(f"{_EDGE}{text}{_EDGE}").replace(_EDGE, "")
    return "".join(_LIGATURES.get(letter, letter) for letter in whole)


_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


def _written(atoms: Sequence[_Atom]) -> str:
    text = "".join(f"{'' if atom.glued else ' '}{atom.text}" for atom in atoms).strip()
    return text.replace(f" {_BROKEN} ", "-").replace(_BROKEN, "-")


def _rows(
    body: Sequence[tuple[int, Line]], clauses: Sequence[Clause], old: Sequence[_Atom], new: Sequence[_Atom],
    hunks: Sequence[Hunk],
) -> Iterator[Row]:  # fmt: skip
    """Each line of ours with what stands there in the PDF."""
    gone = {at for old_from, old_to, _, _ in hunks for at in range(old_from, old_to)}
    # What came stands where something went, else after the word before it.
    come = {(old_from if old_to > old_from else max(0, old_from - 1), old_to > old_from): new[new_from:new_to]
            for old_from, old_to, new_from, new_to in hunks}  # fmt: skip
    start = 0
    for at, line in body:
        first, end = start + len(_atoms(line.number)), start + len(list(_atoms_of(at, line)))
        text, theirs = plain(line.text), []
        for one in range(start, end):
            kept = [old[one]] if one not in gone and one >= first else []
            theirs += [*come.get((one, True), ()), *kept, *come.get((one, False), ())]
        touched = any(one in gone or (one, False) in come for one in range(start, end))
        yield Row(clauses[at], line.number, visible(text), visible(_written(theirs) if touched else text))
        start = end
