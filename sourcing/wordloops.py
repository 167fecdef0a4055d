"""The loops of `sourcing.wordcounts` over texts, compiled to machine code by numba and kept beside this file.

Owns speed alone: what is counted and why is decided there; what is done with words that were counted is
`sourcing.wordorder`'s. Every array is given or made here; nothing else is touched.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import njit

from sourcing.words import LONGEST_WORD, NEXT_FIELD, NEXT_PROFILE, SEPARATES

_Loop = Callable[..., Any]
_MOST_COUNT = 31
_PRIME, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
BEGINNING_BYTES = 8
#: The table of words, a row for each, half a line of a core's memory: its number and, in the low bits, a hash; its
#: first bytes; where it is written and, in the low bits, its length, nought where the row is free; in which profile and
#: field it was said last and, in the low bits, that posting.
KEY, BEGINNING, WHERE, LAST, ROW = 0, 1, 2, 3, 4
_HASH_BITS, _HASHED = np.uint64(32), np.uint64(0xFFFFFFFF)
_LENGTH_BITS, _LENGTH = np.uint64(9), np.uint64(511)
_POSTING_BITS, _POSTING = np.uint64(32), np.uint64(0xFFFFFFFF)
_NOWHERE = np.uint64(0xFFFFFFFFFFFFFFFF)
#: The table has at least one and a half times as many rows as words.
FULL = 1.5


def compiled(loop: _Loop) -> _Loop:
    return cast(_Loop, njit(cache=True, nogil=True)(loop))


def _inlined(loop: _Loop) -> _Loop:
    """For what is done for each letter or word."""
    return cast(_Loop, njit(inline="always")(loop))


@_inlined
def _letter(text: Any, place: int) -> Any:
    """(code point, bytes it takes) at a place of valid UTF-8."""
    first = np.int64(text[place])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return ((first & 31) << 6) | (np.int64(text[place + 1]) & 63), 2
    second = np.int64(text[place + 1]) & 63
    if first < 0xF0:
        return ((first & 15) << 12) | (second << 6) | (np.int64(text[place + 2]) & 63), 3
    third = np.int64(text[place + 2]) & 63
    return ((first & 7) << 18) | (second << 12) | (third << 6) | (np.int64(text[place + 3]) & 63), 4


@_inlined
def _write_letter(code: int, into: Any, place: int) -> Any:
    """The place behind the letter."""
    if code < 0x80:
        into[place] = code
        return place + 1
    if code < 0x800:
        into[place] = 0xC0 | (code >> 6)
    else:
        if code < 0x10000:
            into[place] = 0xE0 | (code >> 12)
        else:
            into[place] = 0xF0 | (code >> 18)
            place += 1
            into[place] = 0x80 | ((code >> 12) & 63)
        place += 1
        into[place] = 0x80 | ((code >> 6) & 63)
    into[place + 1] = 0x80 | (code & 63)
    return place + 2


@compiled
def spread(rows: Any, size: int) -> Any:
    """The same rows in a table of `size`, a power of two."""
    spread_out = np.zeros((size, ROW), np.uint64)
    for place in range(len(rows)):
        if rows[place, WHERE]:
            slot = np.int64(rows[place, KEY] & np.uint64(size - 1))
            while spread_out[slot, WHERE]:
                slot = (slot + 1) & (size - 1)
            spread_out[slot] = rows[place]
    return spread_out


@_inlined
def _key(word: Any, first: int, length: int) -> Any:
    """(the first eight bytes as one number, noughts where it is shorter; a hash of all)."""
    beginning = np.uint64(0)
    for at in range(min(length, BEGINNING_BYTES)):
        beginning = (beginning << np.uint64(8)) | np.uint64(word[first + at])
    key = (beginning ^ np.uint64(length)) * _PRIME
    for at in range(BEGINNING_BYTES, length):
        key = ((key ^ np.uint64(word[first + at])) * _PRIME) ^ (key >> _SHIFT)
    return beginning, (key ^ (key >> _SHIFT)) & _HASHED


@_inlined
def _slot(word: Any, first: int, length: int, found: Any, table: Any) -> Any:
    """The row of the table where a word stands, or may be written. `found`: its beginning and its hash."""
    rows, _, text = table
    beginning, key = found
    mask = len(rows) - 1
    slot = np.int64(key & np.uint64(mask))
    while rows[slot, WHERE]:
        # Most words are no longer than their beginning, and then nothing else has to be fetched.
        if rows[slot, BEGINNING] == beginning and (rows[slot, KEY] & _HASHED) == key:
            where = rows[slot, WHERE]
            if np.int64(where & _LENGTH) == length:
                other, same = np.int64(where >> _LENGTH_BITS), True
                for at in range(BEGINNING_BYTES, length):
                    if text[other + at] != word[first + at]:
                        same = False
                        break
                if same:
                    break
        slot = (slot + 1) & mask
    return slot


@_inlined
def _add(word: Any, first: int, length: int, found: Any, table: Any, words: int) -> None:
    """Write a new word down: it gets the number `words`."""
    rows, starts, text = table
    slot, beginning, key = found
    start = starts[words]
    for at in range(length):
        text[start + at] = word[first + at]
    starts[words + 1] = start + length
    rows[slot, KEY] = (np.uint64(words) << _HASH_BITS) | key
    rows[slot, BEGINNING] = beginning
    rows[slot, WHERE] = (np.uint64(start) << _LENGTH_BITS) | np.uint64(length)
    rows[slot, LAST] = _NOWHERE


@compiled
def note_letters(text: Any, seen: Any) -> None:
    """Mark every character of the text."""
    place = 0
    while place < len(text):
        if text[place] < 0x80:
            seen[text[place]] = True
            place += 1
        else:
            code, size = _letter(text, place)
            seen[code] = True
            place += size


@compiled
def _cut(  # noqa: C901 - one pass over the letters, whose state costs more to hand on than to keep
    said: Any, letters: Any, state: Any, word: Any, cuts: Any
) -> int:
    """Fold the text and cut it into words, as many as `cuts` (first byte, length, profile and field) has room for;
    returns how many. `word`: room for their letters; `state`: place in the text, profiles and further fields that
    ended, field."""
    place, ends, fields, field = state
    firsts, lengths, wheres = cuts
    found = first = end = taken = 0
    while place < len(said) and found < len(firsts):
        code, size = np.int64(said[place]), 1
        if code >= 0x80:
            code, size = _letter(said, place)
        place += size
        letter = letters[code]
        if letter >= 0:
            if taken < LONGEST_WORD:
                taken += 1
                if letter < 0x80:
                    word[end] = letter
                    end += 1
                else:
                    end = _write_letter(letter, word, end)
        elif letter == SEPARATES:
            if end > first:
                firsts[found], lengths[found], wheres[found] = first, end - first, (ends << 3) | field
                found += 1
                first, taken = end, 0
            if code == NEXT_FIELD:
                fields += 1
                field += 1
            elif code == NEXT_PROFILE:
                ends += 1
                field = 0
    state[:] = place, ends, fields, field
    return found


@compiled
def count(said: Any, letters: Any, table: Any, postings: Any, state: Any, room: Any) -> None:
    """Fill `postings` (word number, profile, field and count) in the order of the text, and `table` with the words by
    number, until the text is at its end or the table is nearly full.

    `state` is where it stands: place in the text, profiles and further fields that ended, field, words, postings. Words
    are cut by the thousand, and their rows of the table fetched, before they are looked up: the fetches wait for memory
    together and not in turn. `room`: what they are cut into.
    """
    rows, (numbers, profiles, counts) = table[0], postings
    word, cuts, keys = room
    words, found = state[4], state[5]
    while state[0] < len(said) and FULL * (words + len(cuts[0])) < len(rows):
        cut = _cut(said, letters, state[:4], word, cuts)
        for one in range(cut):
            keys[0][one], keys[1][one] = _key(word, cuts[0][one], cuts[1][one])
            keys[2][one] = rows[np.int64(keys[1][one] & np.uint64(len(rows) - 1)), WHERE]
        for one in range(cut):
            first, length, where = cuts[0][one], cuts[1][one], np.uint64(cuts[2][one])
            beginning, key = keys[0][one], keys[1][one]
            slot = _slot(word, first, length, (beginning, key), table)
            if not rows[slot, WHERE]:
                _add(word, first, length, (slot, beginning, key), table, words)
                words += 1
            last = rows[slot, LAST]
            if last >> _POSTING_BITS == where:
                before = np.int64(last & _POSTING)
                if counts[before] < _MOST_COUNT << 3:
                    counts[before] += 8
            else:
                rows[slot, LAST] = (where << _POSTING_BITS) | np.uint64(found)
                numbers[found], profiles[found] = rows[slot, KEY] >> _HASH_BITS, where >> np.uint64(3)
                counts[found] = np.uint64(8) | (where & np.uint64(7))
                found += 1
    state[4], state[5] = words, found


@compiled
def each_once(said: Any, cuts: Any, table: Any, numbers: Any, state: Any) -> None:
    """Fill `numbers` with the number of every word that lies between two cuts, and `table` with the words by number,
    until the cuts are at their end or the table is nearly full. `state`: words that were looked at, different ones."""
    rows = table[0]
    place, words = state
    while place < len(cuts) - 1 and FULL * words < len(rows):
        first, length = cuts[place], cuts[place + 1] - cuts[place]
        beginning, key = _key(said, first, length)
        slot = _slot(said, first, length, (beginning, key), table)
        if not rows[slot, WHERE]:
            _add(said, first, length, (slot, beginning, key), table, words)
            words += 1
        numbers[place] = rows[slot, KEY] >> _HASH_BITS
        place += 1
    state[:] = place, words
