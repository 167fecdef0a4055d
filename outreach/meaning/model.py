"""What a model takes an answer for where no rule speaks: weights learnt from the examples, used without scikit-learn.

Owns reading the weights and the sum; training is `outreach.meaning.training`, and what may follow from an opinion is
decided in `outreach.replies`.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from outreach.phrases import OPTS_OUT, ReplyKind, folded

WEIGHTS = Path(__file__).parent / "model.npz"
_WORD = re.compile(r"\w+|[?€$£]")
_SHORTEST, _LONGEST = 3, 5
#: A long answer says in its first pages what it means.
_READ = 4_000

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Opinion:
    """The likeliest kind, how likely (0 to 1) and the sentence that speaks most for it; the same of opting out."""

    kind: ReplyKind
    confidence: float
    sentence: str
    may_opt_out: float
    opt_out_sentence: str


@dataclass(frozen=True)
class Weights:
    """One column of weights for each kind, one row for each piece of a text."""

    kinds: tuple[ReplyKind, ...]
    rows: dict[str, int]
    rarity: Floats
    weights: Floats
    base: Floats
    learnt_from: str

    def values(self, text: str) -> tuple[list[int], Floats]:
        """The rows of the pieces that are known, and how much each counts; together of length 1."""
        counts = Counter(piece for piece in pieces(text) if piece in self.rows)
        rows = [self.rows[piece] for piece in counts]
        values = np.array([1.0 + math.log(count) for count in counts.values()], dtype=np.float32) * self.rarity[rows]
        length = float(np.linalg.norm(values))
        return rows, values / np.float32(length) if length else values


def pieces(text: str) -> Iterator[str]:
    """What a text is made of to the model: its words, pairs of words, and parts of words, so that typos count less."""
    words = _WORD.findall(folded(text[:_READ]))
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
    for word in words:
        padded = f"<{word}>"
        for size in range(_SHORTEST, _LONGEST + 1):
            yield from (f"#{padded[start : start + size]}" for start in range(len(padded) - size + 1))


def known_words(text: str) -> int:
    """How many words of a text, of two letters or more, stand in the examples; where none does, nothing is known."""
    rows = _weights().rows
    return sum(len(word) > 1 and not word.isdigit() and word in rows for word in _WORD.findall(folded(text[:_READ])))


def opinion(text: str, sentences: Sequence[str]) -> Opinion:
    """What the model takes a text for. `sentences` are those of the text."""
    weights = _weights()
    rows, values = weights.values(text)
    sums = values @ weights.weights[rows] + weights.base if rows else weights.base
    odds = np.exp(sums - sums.max())
    likely = odds / odds.sum()
    best = int(likely.argmax())
    taken = [(sentence, *weights.values(sentence)) for sentence in sentences]
    out = [place for place, kind in enumerate(weights.kinds) if kind in OPTS_OUT]
    louder = max(out, key=lambda place: likely[place])
    return Opinion(
        weights.kinds[best],
        float(likely[best]),
        _deciding(taken, weights, best),
        float(likely[out].sum()),
        _deciding(taken, weights, louder),
    )


def _deciding(taken: Sequence[tuple[str, list[int], Floats]], weights: Weights, kind: int) -> str:
    """The sentence that adds most to the sum of this kind, of those whose pieces were looked up."""
    told = (
        (sentence, float(values @ weights.weights[rows, kind]) if rows else 0.0) for sentence, rows, values in taken
    )
    return max(told, key=itemgetter(1), default=("", 0.0))[0]


@cache
def _weights() -> Weights:
    return load(WEIGHTS)


def load(path: Path) -> Weights:
    """Read weights; numbers and text only, so a file cannot bring code with it."""
    with np.load(path, allow_pickle=False) as kept:
        names = bytes(kept["pieces"]).decode("utf-8").split("\n")
        return Weights(
            kinds=tuple(ReplyKind(str(kind)) for kind in kept["kinds"]),
            rows={name: row for row, name in enumerate(names)},
            rarity=kept["rarity"].astype(np.float32),
            weights=kept["weights"].astype(np.float32),
            base=kept["base"].astype(np.float32),
            learnt_from=str(kept["learnt_from"]),
        )
