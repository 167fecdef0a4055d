"""The loops of `sourcing.wordcounts` over words that were counted: into their order, side by side, as lines.

Compiled as those of `sourcing.wordloops` are, and like them it owns speed alone.
"""

from typing import Any

import numpy as np

from sourcing.wordloops import BEGINNING_BYTES, compiled


@compiled
def beginnings(text: Any, starts: Any) -> Any:
    """The first eight bytes of each word as one number, in whose order words are; noughts where it is shorter."""
    found = np.zeros(len(starts) - 1, np.uint64)
    for word in range(len(found)):
        for at in range(BEGINNING_BYTES):
            found[word] <<= np.uint64(8)
            if starts[word] + at < starts[word + 1]:
                found[word] |= np.uint64(text[starts[word] + at])
    return found


@compiled
def _before(one: int, other: int, text: Any, starts: Any) -> Any:
    """Whether a word comes before another with the same first eight bytes."""
    first, second = starts[one], starts[other]
    shorter = min(starts[one + 1] - first, starts[other + 1] - second)
    for at in range(BEGINNING_BYTES, shorter):
        if text[first + at] != text[second + at]:
            return text[first + at] < text[second + at]
    return starts[one + 1] - first < starts[other + 1] - second


@compiled
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


@compiled
def bring_together(places: Any, word_starts: Any, postings: Any, by_word: Any) -> None:
    """Put the postings (profile, count) of each word side by side, each word's in the order they came."""
    free = word_starts.copy()
    for number in range(len(places)):
        place = free[places[number]]
        free[places[number]] = place + 1
        by_word[0][place], by_word[1][place] = postings[0][number], postings[1][number]


@compiled
def copied(text: Any, starts: Any, order: Any, new: Any) -> Any:
    """The words in another order; `new`: where each begins there."""
    into = np.empty(new[-1], np.uint8)
    for place in range(len(order)):
        first = starts[order[place]]
        into[new[place] : new[place + 1]] = text[first : first + new[place + 1] - new[place]]
    return into


@compiled
def lines(text: Any, starts: Any) -> Any:
    """The words with a line end before the first and after each."""
    into = np.empty(len(text) + len(starts), np.uint8)
    into[0] = 10
    for word in range(len(starts) - 1):
        first = starts[word] + word + 1
        into[first : first + starts[word + 1] - starts[word]] = text[starts[word] : starts[word + 1]]
        into[first + starts[word + 1] - starts[word]] = 10
    return into
