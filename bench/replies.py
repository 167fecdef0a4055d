"""How well answers are understood: rules alone, the model alone, and both as they work together, on labelled answers.

    python -m bench.replies                   # the test set, which nothing was fitted to
    python -m bench.replies polite            # people who opt out politely, and those who only seem to
    python -m bench.replies unseen            # whole mails, by someone who had read neither rules nor examples
    python -m bench.replies after             # a few more, written once the rules were mended for those
    python -m bench.replies examples          # what rules, thresholds and model were fitted to
    python -m bench.replies examples --wrong  # also every answer that was taken for something else

Prints precision, recall and F1 for each kind, the share understood for each language, and what became of opt-outs.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outreach.inbox import IncomingMail
from outreach.meaning.model import opinion
from outreach.meaning.rules import Signed, closing, said
from outreach.phrases import LANGUAGES, OPTS_OUT, ReplyKind
from outreach.replies import MAY_BE_OPT_OUT, Reading, read, sentences_of
from outreach.stripping import stripped

PROJECT = Path(__file__).resolve().parent.parent
ANSWERS = PROJECT / "tests" / "outreach" / "answers"
PACKAGE = PROJECT / "outreach" / "meaning"


@dataclass(frozen=True)
class Answer:
    """One labelled answer."""

    language: str
    kind: ReplyKind
    text: str


def load(name: str) -> list[Answer]:
    """The labelled answers of a set: "examples", "test", "polite", "unseen" or "after"."""
    if name == "examples":
        table = {language: _table(PACKAGE / f"examples.{language}.toml") for language in LANGUAGES}
    else:
        table = _table(ANSWERS / f"{name}.toml")
    return [
        Answer(language, ReplyKind(kind), text)
        for language, kinds in table.items()
        for kind, texts in kinds.items()
        for text in texts
    ]


def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


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
    return reading_of(text).kind


def reading_of(text: str) -> Reading:
    """How the product reads an answer."""
    return read(IncomingMail("<a@example.com>", "ada@example.com", "Re: An idea", text, None))


WAYS: dict[str, Callable[[str], ReplyKind]] = {"rules": by_rules, "model": by_model, "both": by_both}


def main() -> int:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("name", nargs="?", default="test", choices=("examples", "test", "polite", "unseen", "after"))
    options.add_argument("--wrong", action="store_true")
    chosen = options.parse_args()
    answers = load(chosen.name)
    taken = {way: [(answer, judge(answer.text)) for answer in answers] for way, judge in WAYS.items()}
    lines = [*_by_kind(answers, taken), "", *_by_language(taken), "", *_in_each(taken["both"]), ""]
    lines += [*_outs_in_each(answers), "", _opt_outs(answers)]
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


def _opt_outs(answers: list[Answer]) -> str:
    """How many who opt out or complain are closed at once, how many a person is shown first, and who else is."""
    of = [(answer.kind in OPTS_OUT, reading_of(answer.text)) for answer in answers]
    closed = [out for out, reading in of if reading.kind in OPTS_OUT]
    shown = [out for out, reading in of if reading.because.startswith(MAY_BE_OPT_OUT)]
    return (
        f"Of {sum(out for out, _ in of)} who opt out or complain, {sum(closed)} are closed at once and {sum(shown)} "
        f"are shown first to a person. Of {sum(not out for out, _ in of)} others, {len(closed) - sum(closed)} are "
        f"closed and {len(shown) - sum(shown)} shown first."
    )


def _outs_in_each(answers: list[Answer]) -> list[str]:
    """The same for each language: who opts out and is closed or shown, and who is closed and did not ask for it."""
    lines = ["| language | opt-outs closed | opt-outs shown first | others closed |", "|---|---|---|---|"]
    for language in dict.fromkeys(answer.language for answer in answers):
        of = [(one.kind in OPTS_OUT, reading_of(one.text)) for one in answers if one.language == language]
        outs = [reading for out, reading in of if out]
        others = [reading for out, reading in of if not out]
        shown = sum(reading.because.startswith(MAY_BE_OPT_OUT) for reading in outs)
        closed, wrongly = (sum(one.kind in OPTS_OUT for one in some) for some in (outs, others))
        lines.append(f"| {language} | {closed} of {len(outs)} | {shown} | {wrongly} of {len(others)} |")
    return lines


def _in_each(pairs: list[tuple[Answer, ReplyKind]]) -> list[str]:
    """How many of each kind the product understood in each language."""
    languages = list(dict.fromkeys(answer.language for answer, _ in pairs))
    lines = [f"| kind | {' | '.join(languages)} |", "|---|" + "---|" * len(languages)]
    for kind in dict.fromkeys(answer.kind for answer, _ in pairs):
        of = [[told for one, told in pairs if (one.kind, one.language) == (kind, language)] for language in languages]
        lines.append(f"| {kind} | {' | '.join(f'{told.count(kind)} of {len(told)}' for told in of)} |")
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
