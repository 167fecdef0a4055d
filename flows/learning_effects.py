"""What follows from the sign-off of a learnt model: it ranks its campaign from the next longlist on, or it does not.

What learns is loaded by these decisions alone: every door has the table of effects, and it brings numpy.
"""

from pathlib import Path

from sqlmodel import Session

from approvals.kinds import Kind
from approvals.service import Decision
from core.clock import Clock
from core.models.approvals import Request

WEIGHTS = Kind.WEIGHTS


def adopt_model(models: Path, session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    """The file is read first: what cannot be used is not put in force."""
    from sourcing.learning import load
    from sourcing.learning.adoption import adopt

    load(models, request.content_sha256)
    adopt(session, clock, request.content_sha256, actor=decision.actor.id, request_id=request.id)


def leave_model(session: Session, clock: Clock, request: Request, decision: Decision) -> None:
    from sourcing.learning.adoption import decline

    decline(session, clock, request.content_sha256, actor=decision.actor.id, request_id=request.id)
