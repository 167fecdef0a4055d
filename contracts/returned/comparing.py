"""A returned document against the one we sent: everything that differs, named clause by clause.

Pure over two readings. Reads no file, asks nobody.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from contracts.returned.aligning import Pair, aligned, locals_of, value_of, values_in
from contracts.returned.clauses import WHOLE, around_the_text, clauses_of
from contracts.returned.findings import Clause, Comparison, Finding, Kind, Row
from contracts.returned.lines import Line, Paper
from contracts.returned.sections import FOOTER, HEADER
from contracts.returned.signed import with_signatures
from contracts.returned.things import Thing
from contracts.returned.wordwise import excerpts, plain, shortened, skeleton, strangers, visible

#: A permitted place holds a few words. More, or money, is no local wording any more.
MOST_IN_A_PLACE = 200
_MONEY = frozenset("€$£¥%")
_ODD = {"struck": Kind.STRUCK, "turned": Kind.TURNED}
#: How much narrower text may become before somebody would not read it.
_NARROW = 0.6


def compare(sent: Paper, returned: Paper) -> Comparison:
    """Everything that differs, in reading order. What only changes a permitted place is listed as such."""
    sent, returned = with_signatures(sent, returned)
    old, new = shown(sent.lines), shown(returned.lines)
    clauses = clauses_of(old)
    pairs = aligned(old, new)
    places = _clauses_of_pairs(pairs, clauses, new)
    renamed = {(old[p.sent].row, new[p.returned].row) for p in pairs if p.sent is not None and p.returned is not None
               and old[p.sent].cell == 1}  # fmt: skip
    findings: list[tuple[int, Finding]] = []
    for at, (pair, clause) in enumerate(zip(pairs, places, strict=True)):
        findings += [(at, one) for one in _of_pair(pair, clause, old, new, renamed)]
    findings = _with_whole_moves(findings, pairs, places, clauses)
    findings += _of_numbers(pairs, places, old, new)
    findings += _of_things(sent, returned, pairs, places)
    if returned.width < sent.width * _NARROW:
        findings.append((len(pairs), Finding(Kind.LAYOUT, WHOLE, "", "the text is squeezed into a narrow column")))
    ordered = [one for _, one in sorted(findings, key=lambda found: found[0])]
    rows = [_row(pair, clause, old, new) for pair, clause in zip(pairs, places, strict=True)]
    return Comparison(tuple(dict.fromkeys(ordered)), tuple(rows))


def shown(lines: Sequence[Line]) -> list[Line]:
    """Lines that show anything: an empty paragraph more or less says nothing."""
    return [line for line in lines if plain(line.text) or line.number]


def _clauses_of_pairs(pairs: Sequence[Pair], clauses: Sequence[Clause], new: Sequence[Line]) -> list[Clause]:
    """The clause of every line; a new one belongs to the clause it follows."""
    result: list[Clause] = []
    current = clauses[0] if clauses else WHOLE
    for pair in pairs:
        if pair.sent is not None:
            own = clauses[pair.sent]
            current = own if not pair.moved else current
            result.append(own)
        else:
            around = around_the_text(new[pair.returned]) if pair.returned is not None else None
            result.append(around or current)
    return result


def _of_pair(
    pair: Pair, clause: Clause, old: Sequence[Line], new: Sequence[Line], renamed: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    before = old[pair.sent] if pair.sent is not None else None
    after = new[pair.returned] if pair.returned is not None else None
    where = _where(before or after)
    if after is not None:
        yield from _of_looks(before, after, clause, where)
    if before is None and after is not None:
        if _seen(after):
            yield Finding(_added(after), clause, "", shortened(plain(after.text)), where)
    elif after is None and before is not None:
        yield Finding(_around(before) or Kind.REMOVED, clause, shortened(plain(before.text)), "", where)
    elif before is not None and after is not None:
        if pair.moved or not (before.cell < 2 or (before.row, after.row) in renamed or before.row == after.row):
            yield Finding(Kind.MOVED, clause, shortened(plain(before.text)), "", where)
        yield from _of_words(before, after, clause, where)


def _of_words(before: Line, after: Line, clause: Clause, where: str) -> Iterator[Finding]:
    values = values_in(before, after)
    if values is not None:
        yield from _of_places(before, values, clause)
        return
    text, now = plain(before.text), _seen(after)
    if text == now or (text == plain(after.text)):
        return
    old, new = excerpts(text, now)
    odd = strangers(text, now)
    if odd:
        yield Finding(Kind.LOOKALIKE, clause, old, f"{new} ({', '.join(odd).lower()})", where)
    if skeleton(text) != skeleton(now) or not odd:
        yield Finding(_changed(before), clause, old, new, where)


def _of_places(before: Line, values: dict[str, str], clause: Clause) -> Iterator[Finding]:
    for name in locals_of(before):
        old, new = value_of(before, name), values.get(name, "")
        if old == new:
            continue
        money = {sign for sign in new if sign in _MONEY} - set(old)
        too_much = len(new) > MOST_IN_A_PLACE or bool(money) or bool(strangers(old, new))
        yield Finding(Kind.OVERFLOW if too_much else Kind.PERMITTED, clause, shortened(old), shortened(new), name)


def _of_looks(before: Line | None, after: Line, clause: Clause, where: str) -> Iterator[Finding]:
    """Text that is there and cannot be seen, is struck out, or reads in another order."""
    reasons = dict.fromkeys(span.unseen for span in after.spans if span.unseen and span.text.strip())
    for reason in reasons:
        hidden = _marked(after, "unseen", reason)
        if before is None or hidden != _marked(before, "unseen", reason):
            yield Finding(Kind.HIDDEN, clause, "", shortened(hidden), reason)
    for odd, kind in _ODD.items():
        marked = _marked(after, "odd", odd)
        if marked and (before is None or marked != _marked(before, "odd", odd)):
            yield Finding(kind, clause, "", shortened(marked), where)


def _marked(line: Line, mark: str, value: str) -> str:
    return plain("".join(span.text for span in line.spans if getattr(span, mark) == value))


def _seen(line: Line) -> str:
    return plain("".join(span.text for span in line.spans if not span.unseen))


def _added(line: Line) -> Kind:
    return _around(line) or Kind.ADDED


def _changed(line: Line) -> Kind:
    return _around(line) or (Kind.TABLE_CELL if line.cell else Kind.CHANGED)


def _around(line: Line) -> Kind | None:
    return {HEADER: Kind.HEADER, FOOTER: Kind.FOOTER}.get(line.region.partition(":")[0])


def _where(line: Line | None) -> str:
    if line is None:
        return ""
    return f"row “{visible(line.row)}”" if line.cell and line.row else line.number


def _with_whole_moves(
    findings: list[tuple[int, Finding]], pairs: Sequence[Pair], places: Sequence[Clause], clauses: Sequence[Clause]
) -> list[tuple[int, Finding]]:
    """A clause of which every line moved is one finding."""
    sizes = Counter(clauses)
    moved = Counter(place for pair, place in zip(pairs, places, strict=True) if pair.moved)
    whole = {clause for clause, count in moved.items() if count > 1 and count == sizes[clause]}
    told: set[Clause] = set()
    result = []
    for at, finding in findings:
        if finding.kind is not Kind.MOVED or finding.clause not in whole:
            result.append((at, finding))
        elif finding.clause not in told:
            told.add(finding.clause)
            before = next((places[i].name for i in range(at - 1, -1, -1) if not pairs[i].moved), "")
            result.append((at, Finding(Kind.MOVED, finding.clause, "the whole clause", f"now after {before}")))
    return result


def _of_numbers(
    pairs: Sequence[Pair], places: Sequence[Clause], old: Sequence[Line], new: Sequence[Line]
) -> Iterator[tuple[int, Finding]]:
    """Numbers that are displayed otherwise, once for each clause: whoever refers to one means another now."""
    told: set[Clause] = set()
    for at, (pair, clause) in enumerate(zip(pairs, places, strict=True)):
        if pair.sent is None or pair.returned is None or pair.moved or clause in told:
            continue
        before, after = old[pair.sent], new[pair.returned]
        if before.number != after.number and _seen(after):
            told.add(clause)
            text = plain(before.text)
            where = "" if text == clause.heading else text if len(text) <= 60 else f"{text[:60].rsplit(' ', 1)[0]}…"
            yield at, Finding(Kind.NUMBERING, clause, before.number or "no number", after.number or "no number", where)


def _of_things(
    sent: Paper, returned: Paper, pairs: Sequence[Pair], places: Sequence[Clause]
) -> Iterator[tuple[int, Finding]]:
    """What the returned file holds besides text that ours did not, and notes of ours that are gone."""
    lines = _positions(returned.lines, pairs)
    old, new = Counter(_key(one) for one in sent.things), Counter(_key(one) for one in returned.things)
    left = new - old
    missing = list((old - new).elements())
    for thing in returned.things:
        if left[_key(thing)] <= 0:
            continue
        left[_key(thing)] -= 1
        at = lines.get(thing.line, len(pairs)) if thing.line >= 0 else len(pairs)
        clause = places[min(at, len(places) - 1)] if thing.line >= 0 and places else WHOLE
        was = next((what for kind, what in missing if kind is thing.kind), "")
        missing = [one for one in missing if one != (thing.kind, was)]
        yield at, Finding(thing.kind, clause, shortened(was), shortened(thing.what))
    for kind, what in missing:
        if kind in (Kind.FOOTNOTE, Kind.ENDNOTE, Kind.IMAGE, Kind.FIELD, Kind.LINK):
            position = next((one.line for one in sent.things if _key(one) == (kind, what)), -1)
            at, clause = _of_sent(position, sent.lines, pairs, places)
            yield at, Finding(kind, clause, shortened(what), "")


def _positions(lines: Sequence[Line], pairs: Sequence[Pair]) -> dict[int, int]:
    """Where each line of a whole reading, empty ones included, stands among the pairs."""
    shown = {pair.returned: at for at, pair in enumerate(pairs) if pair.returned is not None}
    result, count, last = {}, 0, 0
    for number, line in enumerate(lines):
        if plain(line.text) or line.number:
            last = shown.get(count, last)
            count += 1
        result[number] = last
    result[len(lines)] = last
    return result


def _of_sent(
    position: int, lines: Sequence[Line], pairs: Sequence[Pair], places: Sequence[Clause]
) -> tuple[int, Clause]:
    count = sum(1 for line in lines[: max(position, 0)] if plain(line.text) or line.number)
    at = next((at for at, pair in enumerate(pairs) if pair.sent == count), len(pairs) - 1)
    return at, places[at] if places and position >= 0 else WHOLE


def _key(thing: Thing) -> tuple[Kind, str]:
    return thing.kind, thing.what


def _row(pair: Pair, clause: Clause, old: Sequence[Line], new: Sequence[Line]) -> Row:
    before = old[pair.sent] if pair.sent is not None else None
    after = new[pair.returned] if pair.returned is not None else None
    number = (after or before or Line("", ())).number
    unseen = next((span.unseen for span in after.spans if span.unseen and span.text.strip()), "") if after else ""
    note = "moved here" if pair.moved else unseen
    texts = [visible(plain(line.text)) if line else None for line in (before, after)]
    return Row(clause, number, texts[0], texts[1], note)
