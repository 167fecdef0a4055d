"""Caps, and whose turn it is, for whatever is drawn: held against their definitions."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sourcing.variety import Cap, Turn


@given(st.lists(st.sampled_from(["Rome", "ROME", "Milan", "", None]), max_size=40), st.integers(1, 4))
def test_no_cap_is_ever_passed_and_who_is_nowhere_is_never_kept_off(cities: list[str | None], most: int) -> None:
    cap, taken = Cap(most, "city"), Counter[str]()
    for city in cities:
        full = cap.full(city)
        assert (full is not None) == (bool(city) and taken[(city or "").lower()] == most)
        if full is None:
            cap.take(city)
            taken[(city or "").lower()] += 1
    assert all(count <= most for city, count in taken.items() if city)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4), st.booleans()), min_size=1, max_size=12),
    st.floats(0, 0.9),
)
def test_unlike_ones_come_first_as_the_definition_says(drawn: list[tuple[int, int, bool]], diversity: float) -> None:
    drawn.sort(key=lambda one: -one[0])
    fits = np.array([fit / 20 for fit, _, _ in drawn])
    vectors = np.eye(5, 128, dtype=np.int8)[[about for _, about, _ in drawn]] * 100
    expected: list[int] = []
    while len(expected) < len(fits):
        shown = {drawn[above][1] for above in expected if drawn[above][2]}
        worth = [-9.0 if at in expected else (1 - diversity) * fits[at] - diversity * (drawn[at][1] in shown)
                 for at in range(len(fits))]  # fmt: skip
        expected.append(int(np.argmax(worth)))
    turn, found = Turn(fits, vectors, diversity), []
    for at in turn:
        found.append(at)
        if not drawn[at][2]:
            turn.pass_over()
    assert found == expected
    assert list(Turn(fits)) == list(range(len(fits)))
