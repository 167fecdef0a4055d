"""The loops of `sourcing.wordcounts`, compiled to machine code by numba and kept beside this file.

Owns speed alone: what is counted and why is decided there. Every array is given or made here; nothing else is touched.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import njit

from sourcing.words import LONGEST_WORD, NEXT_FIELD, NEXT_PROFILE, SEPARATES

_Loop = Callable[..., Any]
_MOST_COUNT = 31
_SEED, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_LONGEST_LETTER = 4
_BEGINNING = 8


def _compiled(loop: _Loop) -> _Loop:
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


@_compiled
def spread(hashes: Any, words: int, size: int) -> Any:
    """The slots of the words' hashes in a table of `size`, a power of two; -1 where there is none."""
    slots = np.full(size, -1, np.int32)
    for word in range(words):
        slot = np.int64(hashes[word] & np.uint64(size - 1))
        while slots[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        slots[slot] = word
    return slots


@_inlined
def _number(word: Any, length: int, key: Any, table: Any, words: int) -> Any:
    """The number of a word among the `words` of the table; one more, after it was written down, where it is new."""
    slots, hashes, starts, text, _ = table
    mask = len(slots) - 1
    slot = np.int64(key & np.uint64(mask))
    while slots[slot] >= 0:
        other = slots[slot]
        if hashes[other] == key and starts[other + 1] - starts[other] == length:
            first, same = starts[other], True
            for at in range(length):
                if text[first + at] != word[at]:
                    same = False
                    break
            if same:
                return np.int64(other)
        slot = (slot + 1) & mask
    slots[slot], hashes[words] = words, key
    for at in range(length):
        text[starts[words] + at] = word[at]
    starts[words + 1] = starts[words] + length
    return np.int64(words)


@_compiled
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


@_compiled
def count(  # noqa: C901 - one pass over the letters, whose state costs more to hand on than to keep
    said: Any, letters: Any, table: Any, postings: Any, state: Any
) -> None:
    """Fill `postings` (word number, profile, field and count) in the order of the text, and `table` with the words by
    number, until the text is at its end or the slots are half full.

    `state` is where it stands: place in the text, words, postings, profiles and further fields that ended, field.
    """
    slots, last = table[0], table[4]
    numbers, profiles, counts = postings
    place, words, found, ends, fields, field = state
    word = np.empty(LONGEST_WORD * _LONGEST_LETTER, np.uint8)
    length = taken = 0
    key = _SEED
    while place < len(said) and 2 * words < len(slots):
        code, size = _letter(said, place)
        place += size
        letter = letters[code]
        if letter >= 0:
            if taken < LONGEST_WORD:
                taken += 1
                length = _write_letter(letter, word, length)
                key = (key ^ np.uint64(letter)) * _PRIME
                key ^= key >> _SHIFT
        elif letter == SEPARATES:
            if length:
                number = _number(word, length, key, table, words)
                if number == words:
                    last[number] = -1
                    words += 1
                before = last[number]
                if before >= 0 and profiles[before] == ends and (counts[before] & 7) == field:
                    if counts[before] < _MOST_COUNT << 3:
                        counts[before] += 8
                else:
                    numbers[found], profiles[found], counts[found], last[number] = number, ends, 8 | field, found
                    found += 1
                length = taken = 0
                key = _SEED
            if code == NEXT_FIELD:
                fields += 1
                field += 1
            elif code == NEXT_PROFILE:
                ends += 1
                field = 0
    state[:] = place, words, found, ends, fields, field


@_compiled
def each_once(said: Any, cuts: Any, table: Any, numbers: Any, state: Any) -> None:
    """Fill `numbers` with the number of every word that lies between two cuts, and `table` with the words by number,
    until the cuts are at their end or the slots are half full. `state`: words that were looked at, different ones."""
    slots = table[0]
    place, words = state
    while place < len(cuts) - 1 and 2 * words < len(slots):
        word = said[cuts[place] : cuts[place + 1]]
        key = _SEED
        for at in range(len(word)):
            key = (key ^ np.uint64(word[at])) * _PRIME
            key ^= key >> _SHIFT
        numbers[place] = _number(word, len(word), key, table, words)
        if numbers[place] == words:
            words += 1
        place += 1
    state[:] = place, words


@_compiled
def beginnings(text: Any, starts: Any) -> Any:
    """The first eight bytes of each word as one number, in whose order words are; noughts where it is shorter."""
    found = np.zeros(len(starts) - 1, np.uint64)
    for word in range(len(found)):
        for at in range(_BEGINNING):
            found[word] <<= np.uint64(8)
            if starts[word] + at < starts[word + 1]:
                found[word] |= np.uint64(text[starts[word] + at])
    return found


@_compiled
def _before(one: int, other: int, text: Any, starts: Any) -> Any:
    """Whether a word comes before another with the same first eight bytes."""
    first, second = starts[one], starts[other]
    shorter = min(starts[one + 1] - first, starts[other + 1] - second)
    for at in range(_BEGINNING, shorter):
        if text[first + at] != text[second + at]:
            return text[first + at] < text[second + at]
    return starts[one + 1] - first < starts[other + 1] - second


@_compiled
def settle_equals(order: Any, beginning: Any, text: Any, starts: Any) -> None:
    """Bring words of the same first eight bytes into their order, by merging runs of them."""
    first = 0
    while first < len(order):
        end = first + 1
        while end < len(order) and beginning[order[end]] == beginning[order[first]]:
            end += 1
        width = 1
        while width < end - first:
            for left in range(first, end, 2 * width):
                middle, right = min(left + width, end), min(left + 2 * width, end)
                merged = order[left:right].copy()
                one, other = 0, middle - left
                for place in range(left, right):
                    if other == right - left or (
                        one < middle - left and not _before(merged[other], merged[one], text, starts)
                    ):
                        order[place] = merged[one]
                        one += 1
                    else:
                        order[place] = merged[other]
                        other += 1
            width *= 2
        first = end


@_compiled
def bring_together(places: Any, word_starts: Any, postings: Any, by_word: Any) -> None:
    """Put the postings (profile, count) of each word side by side, each word's in the order they came."""
    free = word_starts.copy()
    for number in range(len(places)):
        place = free[places[number]]
        free[places[number]] = place + 1
        by_word[0][place], by_word[1][place] = postings[0][number], postings[1][number]


@_compiled
def copied(text: Any, starts: Any, order: Any, new: Any) -> Any:
    """The words in another order; `new`: where each begins there."""
    into = np.empty(new[-1], np.uint8)
    for place in range(len(order)):
        first = starts[order[place]]
        into[new[place] : new[place + 1]] = text[first : first + new[place + 1] - new[place]]
    return into


@_compiled
def lines(text: Any, starts: Any) -> Any:
    """The words with a line end before the first and after each."""
    into = np.empty(len(text) + len(starts), np.uint8)
    into[0] = 10
    for word in range(len(starts) - 1):
        first = starts[word] + word + 1
        into[first : first + starts[word + 1] - starts[word]] = text[starts[word] : starts[word + 1]]
        into[first + starts[word + 1] - starts[word]] = 10
    return into
