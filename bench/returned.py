"""What is found in agreements that come back: changes somebody made, and files that were only saved anew.

    python -m bench.returned             # writes both tables into bench/README.md
    python -m bench.returned --print     # prints them

Half of the harmless files go through LibreOffice, where it is installed.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.harmless import RESAVES, libreoffice, resaved, through_libreoffice
from bench.mutations import MUTATIONS, Mutation, permitted
from bench.papers import agreement, packed, unpacked, with_places
from contracts.returned.documents import held_against
from contracts.returned.findings import Finding, Kind

README = Path(__file__).with_name("README.md")
_MARKS = ("<!-- returned: begin -->", "<!-- returned: end -->")


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
    text = "\n".join([*summary(outcomes, plain, saved), "", *table(outcomes)])
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
