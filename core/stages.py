"""Where a candidate stands, and every move that is allowed. The one table; `core.store` is its only writer."""

from enum import StrEnum

from core.errors import Refused


class Stage(StrEnum):
    LONGLISTED = "LONGLISTED"
    QUEUED = "QUEUED"
    HELD = "HELD"
    DECLINED_BY_US = "DECLINED_BY_US"
    APPROVED = "APPROVED"
    INVITED = "INVITED"
    NO_ANSWER = "NO_ANSWER"
    REPLIED = "REPLIED"
    NEGOTIATING = "NEGOTIATING"
    DECLINED_BY_CREATOR = "DECLINED_BY_CREATOR"
    AGREED = "AGREED"
    CONTRACT_DRAFTED = "CONTRACT_DRAFTED"
    SIGNED_OFF = "SIGNED_OFF"
    OUT_FOR_SIGNATURE = "OUT_FOR_SIGNATURE"
    SIGNED = "SIGNED"
    LIVE = "LIVE"
    MEASURED = "MEASURED"
    CLOSED = "CLOSED"
    CLOSED_BY_OPT_OUT = "CLOSED_BY_OPT_OUT"
    DROPPED = "DROPPED"


S = Stage

#: The road of a candidate that goes well, in order.
ROAD = (
    S.LONGLISTED, S.QUEUED, S.APPROVED, S.INVITED, S.REPLIED, S.NEGOTIATING, S.AGREED, S.CONTRACT_DRAFTED,
    S.SIGNED_OFF, S.OUT_FOR_SIGNATURE, S.SIGNED, S.LIVE, S.MEASURED, S.CLOSED,
)  # fmt: skip

#: Nothing follows these.
FINAL = frozenset({S.DECLINED_BY_US, S.DECLINED_BY_CREATOR, S.CLOSED, S.CLOSED_BY_OPT_OUT, S.DROPPED})

#: Before an agreement an opt-out ends the matter; a signed deal it never undoes.
BEFORE_AGREED = frozenset(
    {S.LONGLISTED, S.QUEUED, S.HELD, S.APPROVED, S.INVITED, S.NO_ANSWER, S.REPLIED, S.NEGOTIATING}
)

MOVES: dict[Stage, frozenset[Stage]] = {
    S.LONGLISTED: frozenset({S.QUEUED}),
    S.QUEUED: frozenset({S.APPROVED, S.HELD, S.DECLINED_BY_US}),
    S.HELD: frozenset({S.QUEUED}),
    S.APPROVED: frozenset({S.INVITED}),
    S.INVITED: frozenset({S.REPLIED, S.NO_ANSWER}),
    S.NO_ANSWER: frozenset({S.REPLIED}),
    S.REPLIED: frozenset({S.NEGOTIATING, S.DECLINED_BY_CREATOR}),
    S.NEGOTIATING: frozenset({S.AGREED, S.DECLINED_BY_CREATOR}),
    # Until it is signed, what was agreed can be talked about again.
    S.AGREED: frozenset({S.CONTRACT_DRAFTED, S.NEGOTIATING}),
    S.CONTRACT_DRAFTED: frozenset({S.SIGNED_OFF, S.NEGOTIATING}),
    S.SIGNED_OFF: frozenset({S.OUT_FOR_SIGNATURE, S.CONTRACT_DRAFTED, S.NEGOTIATING}),
    S.OUT_FOR_SIGNATURE: frozenset({S.SIGNED, S.CONTRACT_DRAFTED, S.NEGOTIATING, S.DECLINED_BY_CREATOR}),
    S.SIGNED: frozenset({S.LIVE}),
    S.LIVE: frozenset({S.MEASURED}),
    S.MEASURED: frozenset({S.CLOSED}),
}
MOVES |= {stage: MOVES.get(stage, frozenset()) | {S.CLOSED_BY_OPT_OUT} for stage in BEFORE_AGREED}
MOVES |= {stage: MOVES.get(stage, frozenset()) | {S.DROPPED} for stage in Stage if stage not in FINAL}
MOVES |= {stage: frozenset() for stage in FINAL}

#: A person gives the reason; without one the move is refused.
NEEDS_REASON = frozenset({S.HELD, S.DECLINED_BY_US, S.DROPPED})


class IllegalMove(Refused):
    """The stage does not allow that move; says which are allowed."""


def check_move(current: Stage, target: Stage, *, who: str, reason: str = "") -> None:
    """Raise IllegalMove unless the table allows `current` → `target` (and a reason is given where one is due)."""
    if target not in MOVES[current]:
        allowed = ", ".join(sorted(MOVES[current])) or "nothing: this stage is final"
        raise IllegalMove(f"{who} is {current} and cannot become {target}.", next_step=f"Allowed: {allowed}.")
    if target in NEEDS_REASON and not reason.strip():
        raise IllegalMove(f"{who} cannot become {target} without a reason.", next_step="Say why in a few words.")
