from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stages import BEFORE_AGREED, FINAL, MOVES, NEEDS_REASON, ROAD, IllegalMove, Stage, check_move


def test_every_stage_has_its_moves_and_they_lead_to_stages() -> None:
    assert set(MOVES) == set(Stage)
    assert set().union(*MOVES.values()) <= set(Stage)
    assert all(stage not in targets for stage, targets in MOVES.items())


def test_every_stage_is_reached_from_the_longlist() -> None:
    reached, border = {Stage.LONGLISTED}, [Stage.LONGLISTED]
    while border:
        new = MOVES[border.pop()] - reached
        reached |= new
        border += new
    assert reached == set(Stage)


def test_the_road_of_a_candidate_that_goes_well_is_open() -> None:
    for current, target in pairwise(ROAD):
        check_move(current, target, who="Ada")


def test_exactly_the_final_stages_lead_nowhere() -> None:
    assert {stage for stage, targets in MOVES.items() if not targets} == FINAL


def test_opting_out_ends_the_matter_only_before_an_agreement() -> None:
    assert {stage for stage, targets in MOVES.items() if Stage.CLOSED_BY_OPT_OUT in targets} == BEFORE_AGREED
    agreed = set(ROAD[ROAD.index(Stage.AGREED) :])
    assert not agreed & BEFORE_AGREED


def test_a_person_may_drop_whoever_is_still_open() -> None:
    for stage in set(Stage) - FINAL:
        check_move(stage, Stage.DROPPED, who="Ada", reason="moved abroad")


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_decline_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(IllegalMove, match="without a reason"):
        check_move(Stage.QUEUED, Stage.DECLINED_BY_US, who="Ada", reason=reason)


def test_a_refusal_names_who_and_what_is_allowed() -> None:
    with pytest.raises(IllegalMove) as caught:
        check_move(Stage.SIGNED_OFF, Stage.SIGNED, who="Candidate 7 of linen-summer")
    assert "Candidate 7 of linen-summer is SIGNED_OFF and cannot become SIGNED" in str(caught.value)
    assert "Allowed: CONTRACT_DRAFTED, DROPPED, NEGOTIATING, OUT_FOR_SIGNATURE." in str(caught.value)
    with pytest.raises(IllegalMove, match="nothing: this stage is final"):
        check_move(Stage.CLOSED, Stage.LIVE, who="Ada")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(list(Stage)), max_size=30))
def test_no_walk_reaches_a_signature_without_approval_agreement_and_sign_off(tries: list[Stage]) -> None:
    walk = _walk(tries)
    if Stage.SIGNED in walk:
        for gate in (Stage.APPROVED, Stage.AGREED, Stage.SIGNED_OFF):
            assert walk.index(gate) < walk.index(Stage.SIGNED)
    assert not any(stage in FINAL for stage in walk[:-1])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_random_walks_go_only_where_the_table_says(data: st.DataObject) -> None:
    stage, steps = Stage.LONGLISTED, [Stage.LONGLISTED]
    while MOVES[stage] and len(steps) < 40:
        target = data.draw(st.sampled_from(sorted(MOVES[stage])))
        check_move(stage, target, who="Ada", reason="because")
        stage = target
        steps.append(stage)
    # Whatever was written to had been approved, whatever was signed had been signed off since its last draft.
    for written in {Stage.INVITED, Stage.AGREED} & set(steps):
        assert Stage.APPROVED in steps[: steps.index(written)]
    if Stage.SIGNED in steps:
        before = steps[: steps.index(Stage.SIGNED)]
        drafted = len(before) - 1 - before[::-1].index(Stage.CONTRACT_DRAFTED)
        assert Stage.SIGNED_OFF in before[drafted:]


def test_those_who_need_a_reason_can_be_reached_with_one() -> None:
    for target in NEEDS_REASON:
        assert any(target in targets for targets in MOVES.values())


def _walk(tries: list[Stage]) -> list[Stage]:
    walk = [Stage.LONGLISTED]
    for target in tries:
        try:
            check_move(walk[-1], target, who="Ada", reason="because")
        except IllegalMove:
            continue
        walk.append(target)
    return walk
