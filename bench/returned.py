"""What is found in agreements that come back: changes somebody made, and files that were only saved anew.

    python -m bench.returned             # writes both tables into bench/README.md
    python -m bench.returned --print     # prints them

Half of the harmless files go through LibreOffice, where it is installed, and so does every change.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.harmless import RESAVES, libreoffice, resaved, through_libreoffice
from bench.mutations import MUTATIONS, Mutation, permitted
from bench.papers import agreement, packed, unpacked, with_places
from contracts.returned.documents import held_against
from contracts.returned.findings import Finding, Kind

README = Path(__file__).with_name("README.md")
_MARKS = ("<!-- returned: begin -->", "<!-- returned: end -->")


#: What LibreOffice takes back when it saves a changed file: nothing is left of it that could be found.
TAKEN_BACK = {
    "a formula put in": "leaves the formula out",
    "a hidden row": "shows the row",
    "under a merged cell": "shows both cells",
    "read from right to left": "leaves the direction out",
    "a template loaded from elsewhere": "leaves the address out",
    "a picture loaded from elsewhere": "leaves the address out",
    "a macro": "leaves the macro out",
    "a document that runs macros": "saves a document that runs none",
    "a part of another document": "leaves the part out",
}
#: What it makes another change of, which is found as what it is then.
MADE_ANOTHER = {
    "a style of its own that hides": "drops the style; the words are shown, without a number",
    "an embedded sheet": "ends the document where the sheet stood",
    "words only some programs show": "shows them to everybody",
}


@dataclass(frozen=True)
class Outcome:
    """One change and what was found: `first` is the finding that names it, None where nothing does."""

    mutation: Mutation
    first: Finding | None
    others: int
    seconds: float


def main() -> int:
    """Print or write the tables; exit 1 where a change was missed or a plain resave reported."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--print", action="store_true", dest="only_print")
    chosen = options.parse_args()
    bases = {False: agreement()}
    bases[True] = with_places(bases[False])
    outcomes = [tried(mutation, bases[mutation.places]) for mutation in (*MUTATIONS, *permitted())]
    plain, saved = reported(list(bases.values()))
    again = saved_again(bases) if libreoffice() else ()
    text = "\n".join([*summary(outcomes, plain, saved), *told_again(again), "", *table(outcomes)])
    if chosen.only_print:
        sys.stdout.write(text + "\n")
    else:
        _write(text)
    return int(any(one.first is None for one in outcomes) or bool(sum(plain)) or bool(sum(saved)))


def tried(mutation: Mutation, sent: bytes) -> Outcome:
    """One change made, and looked for."""
    parts = unpacked(sent)
    mutation.change(parts)
    returned = packed(parts)
    return found(mutation, sent, returned)


def found(mutation: Mutation, sent: bytes, returned: bytes) -> Outcome:
    """What is found in a changed file, and what of it names the change."""
    start = time.perf_counter()
    findings = held_against(sent, returned, name=f"{mutation.name}.docx").findings
    seconds = time.perf_counter() - start
    named = [one for one in findings if one.kind is mutation.kind and one.clause.id.startswith(mutation.clause)]
    return Outcome(mutation, named[0] if named else None, len(findings) - len(named[:1]), seconds)


def reported(bases: Sequence[bytes]) -> tuple[list[bool], list[bool]]:
    """Whether anything was reported of each plain resave, and of each that LibreOffice saved after it."""
    files = [(sent, resaved(sent, name)) for sent in bases for name in RESAVES]
    plain = [bool(held_against(sent, file, name="resaved.docx").findings) for sent, file in files]
    if libreoffice() is None:
        return plain, []
    saved = through_libreoffice([file for _, file in files])
    return plain, [
        bool(held_against(sent, file, name="saved.docx").findings) for (sent, _), file in zip(files, saved, strict=True)
    ]


def saved_again(bases: Mapping[bool, bytes]) -> list[Outcome]:
    """Each change in a file that LibreOffice saved after it was made."""
    changes, files = (*MUTATIONS, *permitted()), []
    for mutation in changes:
        parts = unpacked(bases[mutation.places])
        mutation.change(parts)
        files.append(packed(parts))
    return [found(mutation, bases[mutation.places], file)
            for mutation, file in zip(changes, through_libreoffice(files), strict=True)]  # fmt: skip


def told_again(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What became of the changes in files that LibreOffice saved."""
    if not outcomes:
        return
    named = sum(one.first is not None for one in outcomes)
    yield (
        f"Of {len(outcomes)} changed files that LibreOffice saved once more, {named} are found as the same, "
        f"{len(MADE_ANOTHER)} as the other change that it makes of them, and of {len(TAKEN_BACK)} it takes the change "
        "back:"
    )
    yield ""
    yield "| what was done | LibreOffice |"
    yield "| --- | --- |"
    for name, what in (*MADE_ANOTHER.items(), *TAKEN_BACK.items()):
        yield f"| {name} | {what} |"


def summary(outcomes: Sequence[Outcome], plain: Sequence[bool], saved: Sequence[bool]) -> Iterator[str]:
    found = sum(one.first is not None for one in outcomes)
    slowest = max(one.seconds for one in outcomes)
    kinds = len({one.mutation.kind for one in outcomes} - {Kind.PERMITTED})
    yield (
        f"{found} of {len(outcomes)} changes of {kinds} kinds found in their clause, {len(permitted())} of them "
        f"edits that are permitted and listed as such; the slowest comparison took {slowest * 1000:.0f} ms."
    )
    yield (f"{sum(plain)} of {len(plain)} files that were only saved anew reported, "
           + (f"{sum(saved)} of {len(saved)} after LibreOffice saved them once more." if saved
              else "not tried with LibreOffice, which is not installed."))  # fmt: skip


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "| what was done | found as | in clause | besides |"
    yield "| --- | --- | --- | ---: |"
    for one in outcomes:
        kind, clause = (one.first.kind, one.first.clause.name) if one.first else ("NOT FOUND", "–")
        yield f"| {one.mutation.name} | {kind} | {clause} | {one.others or ''} |"


def _write(text: str) -> None:
    begin, end = _MARKS
    old = README.read_text(encoding="utf-8")
    new = re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.DOTALL)
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
