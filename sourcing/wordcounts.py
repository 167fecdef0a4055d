"""Counting the words of a block of profiles: from its text to postings, and the words of many blocks to one vocabulary.

Owns how text becomes counted words when millions of profiles are indexed; what a word is stands in `sourcing.words`,
and a test holds both to the same answers. Knows no files and no database. The loops are `sourcing.wordloops`' and
`sourcing.wordorder`'s, which take a moment to load: imports alone load them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sourcing.words import DROPPED, FIELDS, LONGEST_WORD, SEPARATES, fold, split

_UNICODE, _FIRST_ROWS = 0x110000, 1 << 15
#: So many words are cut before they are looked up.
_CUT_TOGETHER = 512
_NOT_ASKED = -3
# Korean letters taken apart, the parts of a syllable: what becomes of one hangs on what stands beside it.
_APART = slice(0x1100, 0x1200)

Bytes = npt.NDArray[np.uint8]
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Words:
    """Words in the order of their bytes: number w is `text[starts[w]:starts[w + 1]]`, in UTF-8."""

    text: Bytes
    starts: Array

    def __len__(self) -> int:
        return len(self.starts) - 1


NO_WORDS = Words(np.empty(0, np.uint8), np.zeros(1, np.int64))


@dataclass(frozen=True)
class Counted:
    """The words of a block; word w is said by `profiles[posting_starts[w]:posting_starts[w + 1]]`, in the field that
    the low three bits of `counts` name, so often as the other bits say."""

    words: Words
    posting_starts: Array
    profiles: npt.NDArray[np.uint16]
    counts: Bytes


def count_words(said: bytes, profiles: int, *, prepared: bool = False) -> Counted | None:
    """What so many profiles say. `said`: their fields in the order of `FIELDS`, cut by NEXT_FIELD, each profile ended
    by NEXT_PROFILE.

    None where it has to be prepared first: these signs stand in the texts themselves, or Korean letters lie in parts
    there. `prepared`: that was done, and what is still in parts makes no syllable.
    """
    from sourcing import wordloops as loops
    from sourcing import wordorder

    text = np.frombuffer(said, np.uint8)
    seen = np.zeros(_UNICODE, np.bool_)
    loops.note_letters(text, seen)
    if seen[_APART].any() and not prepared:
        return None
    room = len(text) // 2 + 1
    postings = np.empty(room, np.int32), np.empty(room, np.uint16), np.empty(room, np.uint8)
    letters, table, state = _letters(seen), _Table(room, 2 * len(text)), np.zeros(6, np.int64)
    # Words of so many letters, each of up to four bytes.
    cut = (
        np.empty(_CUT_TOGETHER * LONGEST_WORD * 4, np.uint8), tuple(np.empty((3, _CUT_TOGETHER), np.int64)),
        tuple(np.empty((3, _CUT_TOGETHER), np.uint64)),
    )  # fmt: skip
    while state[0] < len(text):
        loops.count(text, letters, table.with_room(int(state[4]) + _CUT_TOGETHER), postings, state, cut)
    _, ends, fields, _, words, found = state.tolist()
    if ends != profiles or fields != profiles * (len(FIELDS) - 1):
        return None
    order, rank = table.order(words)
    numbers, rows, counts = (column[:found] for column in postings)
    posting_starts = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=words)[order])])
    by_word = np.empty(found, np.uint16), np.empty(found, np.uint8)
    wordorder.bring_together(rank[numbers], posting_starts, (rows, counts), by_word)
    return Counted(table.words(order), posting_starts, *by_word)


def one_vocabulary(blocks: Sequence[Words]) -> tuple[Words, list[Array]]:
    """All words of the blocks, each once and in order, and for each block the numbers that its words have there."""
    from sourcing import wordloops as loops

    text = np.concatenate([np.empty(0, np.uint8), *(block.text for block in blocks)])
    cuts = np.cumsum(np.concatenate([np.zeros(1, np.int64), *(np.diff(block.starts) for block in blocks)]))
    numbers, table, state = np.empty(len(cuts) - 1, np.int32), _Table(len(cuts), len(text)), np.zeros(2, np.int64)
    while state[0] < len(numbers):
        loops.each_once(text, cuts, table.with_room(int(state[1])), numbers, state)
    order, rank = table.order(int(state[1]))
    ends = np.cumsum([len(block) for block in blocks], dtype=np.int64)
    return table.words(order), np.split(rank[numbers], ends[:-1]) if blocks else []


class _Table:
    """Words by number, found again by their hash. Room that nothing is written into takes no memory."""

    def __init__(self, most_words: int, most_text: int) -> None:
        from sourcing import wordloops as loops

        self._rows = np.zeros((_FIRST_ROWS, loops.ROW), np.uint64)
        self._starts, self._text = np.zeros(most_words + 1, np.int64), np.empty(most_text, np.uint8)

    def with_room(self, words: int) -> tuple[Array, ...]:
        """Its arrays, when so many words are in it and more are to come."""
        from sourcing import wordloops as loops

        while loops.FULL * words >= len(self._rows):
            self._rows = loops.spread(self._rows, 2 * len(self._rows))
        return self._rows, self._starts, self._text

    def order(self, words: int) -> tuple[Array, Array]:
        """(the numbers of the words in the order of their bytes, the place that each number has in it)."""
        from sourcing import wordorder

        self._starts = self._starts[: words + 1]
        beginnings = wordorder.beginnings(self._text, self._starts)
        order = np.argsort(beginnings)
        wordorder.settle_equals(order, beginnings, self._text, self._starts)
        rank = np.empty(words, np.uint32)
        rank[order] = np.arange(words, dtype=np.uint32)
        return order, rank

    def words(self, order: Array) -> Words:
        from sourcing import wordorder

        starts = np.concatenate([[0], np.cumsum(np.diff(self._starts)[order])])
        return Words(wordorder.copied(self._text, self._starts, order, starts), starts)


def lines(words: Words) -> bytes:
    """The words as a text with a line end before the first and after each."""
    from sourcing import wordorder

    return bytes(wordorder.lines(words.text, words.starts))


_known = np.full(_UNICODE, _NOT_ASKED, np.int32)


def _letters(seen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """What each character that was seen is in a word: the letter it is folded to, something that separates words, or
    a mark that is dropped. Asked once a process for each."""
    for code in np.flatnonzero(seen & (_known == _NOT_ASKED)).tolist():
        folded = fold(chr(code))
        _known[code] = DROPPED if not folded else ord(folded) if split(folded) == [folded] else SEPARATES
    return _known
