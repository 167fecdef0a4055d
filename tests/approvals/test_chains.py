"""Sign-offs come one after the other, each in its own chain."""

import pytest

from approvals.chains import after, before, check_turn, waits_for
from approvals.kinds import COMES_AFTER, Kind
from core.errors import Refused

BRIEF, TRACKING, MEASUREMENT = Kind.BRIEF, Kind.TRACKING, Kind.MEASUREMENT


def test_a_chain_has_an_end() -> None:
    assert before(MEASUREMENT) == (BRIEF, TRACKING)
    assert before(Kind.DRAFT_CONTENT) == (Kind.FINAL_CONTRACT,)
    assert after(BRIEF) == {TRACKING}
    assert after(TRACKING) == {MEASUREMENT}
    assert after(MEASUREMENT) == frozenset()
    assert all(kind not in before(kind) for kind in COMES_AFTER)


@pytest.mark.parametrize(
    ("kind", "signed", "missing"),
    [
        (BRIEF, [], None),
        (TRACKING, [], BRIEF),
        (TRACKING, [BRIEF], None),
        (MEASUREMENT, [], BRIEF),
        (MEASUREMENT, [BRIEF], TRACKING),
        (MEASUREMENT, [TRACKING], BRIEF),
        (MEASUREMENT, [BRIEF, TRACKING], None),
        (Kind.DRAFT_CONTENT, [BRIEF, TRACKING], Kind.FINAL_CONTRACT),
        (Kind.DRAFT_CONTENT, [Kind.FINAL_CONTRACT], None),
        (Kind.CANDIDATE, [], None),
    ],
)
def test_what_is_asked_before_its_turn_is_told_what_it_waits_for(
    kind: Kind, signed: list[Kind], missing: Kind | None
) -> None:
    assert waits_for(kind, signed) == missing
    if missing is None:
        check_turn(kind, signed, about="linen-summer")
    else:
        with pytest.raises(Refused, match=f"The {kind} of linen-summer is not asked yet: the {missing} comes first"):
            check_turn(kind, signed, about="linen-summer")
