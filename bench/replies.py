"""How well answers are understood: rules alone, the model alone, and both as they work together, on labelled answers.

    python -m bench.replies              # the test set, which nothing was fitted to
    python -m bench.replies dev          # the set that rules and thresholds may be fitted to
    python -m bench.replies dev --wrong  # also every answer that was taken for something else

Prints precision, recall and F1 for each kind and the share understood for each language.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from outreach.inbox import IncomingMail
from outreach.meaning.model import opinion
from outreach.meaning.rules import Signed, closing, said
from outreach.phrases import ReplyKind
from outreach.replies import read, sentences_of
from outreach.stripping import stripped

ANSWERS = Path(__file__).resolve().parent.parent / "tests" / "outreach" / "answers"


@dataclass(frozen=True)
class Answer:
    """One labelled answer."""

    language: str
    kind: ReplyKind
    text: str


def load(name: str) -> list[Answer]:
    """The labelled answers of a set, "dev" or "test"."""
    table = tomllib.loads((ANSWERS / f"{name}.toml").read_text(encoding="utf-8"))
    return [
        Answer(language, ReplyKind(kind), text)
        for language, kinds in table.items()
        for kind, texts in kinds.items()
        for text in texts
    ]


def by_rules(text: str) -> ReplyKind:
    """What the rules say alone."""
    signed = Signed(sentences_of(stripped(text)))
    decided = closing(signed) or said(signed)
    return decided.kind if decided else ReplyKind.UNCLEAR


def by_model(text: str) -> ReplyKind:
    """What the model says alone, however unsure."""
    own = stripped(text)
    return opinion(own, sentences_of(own)).kind


def by_both(text: str) -> ReplyKind:
    """What the product says."""
    return read(IncomingMail("<a@example.com>", "ada@example.com", "Re: An idea", text, None)).kind


WAYS: dict[str, Callable[[str], ReplyKind]] = {"rules": by_rules, "model": by_model, "both": by_both}


def main() -> int:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("name", nargs="?", default="test", choices=("dev", "test"))
    options.add_argument("--wrong", action="store_true")
    chosen = options.parse_args()
    answers = load(chosen.name)
    taken = {way: [(answer, judge(answer.text)) for answer in answers] for way, judge in WAYS.items()}
    lines = [*_by_kind(answers, taken), "", *_by_language(taken)]
    if chosen.wrong:
        lines += ["", *(f"{a.language} {a.kind} -> {kind}: {a.text!r}" for a, kind in taken["both"] if kind != a.kind)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


Taken = dict[str, list[tuple[Answer, ReplyKind]]]


def _by_kind(answers: list[Answer], taken: Taken) -> list[str]:
    lines = [
        f"| kind | answers | {' | '.join(f'{way} P / R / F1' for way in taken)} |",
        "|---|---|" + "---|" * len(taken),
    ]
    for kind in dict.fromkeys(answer.kind for answer in answers):
        count = sum(answer.kind is kind for answer in answers)
        lines.append(f"| {kind} | {count} | {' | '.join(_scores(pairs, kind) for pairs in taken.values())} |")
    return lines


def _scores(pairs: list[tuple[Answer, ReplyKind]], kind: ReplyKind) -> str:
    right = sum(answer.kind is kind and told is kind for answer, told in pairs)
    said_so, are = sum(told is kind for _, told in pairs), sum(answer.kind is kind for answer, _ in pairs)
    precision, recall = right / said_so if said_so else 0.0, right / are if are else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return f"{precision:.2f} / {recall:.2f} / {f1:.2f}"


def _by_language(taken: Taken) -> list[str]:
    lines = [
        f"| language | answers | {' | '.join(f'{way} understood' for way in taken)} |",
        "|---|---|" + "---|" * len(taken),
    ]
    languages = dict.fromkeys(answer.language for pairs in taken.values() for answer, _ in pairs)
    for language in (*languages, "all"):
        shares = [_share([pair for pair in pairs if language in (pair[0].language, "all")]) for pairs in taken.values()]
        count = sum(language in (answer.language, "all") for answer, _ in next(iter(taken.values())))
        lines.append(f"| {language} | {count} | {' | '.join(shares)} |")
    return lines


def _share(pairs: list[tuple[Answer, ReplyKind]]) -> str:
    return f"{sum(answer.kind is told for answer, told in pairs) / len(pairs):.1%}"


if __name__ == "__main__":
    sys.exit(main())
