"""What tests of decisions that can be taken back share: how long that is, and a look at the record."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import col, select

from approvals.service import Question
from core import audit
from core.database import reading
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.people import Role

Ask = Callable[..., Question]
Decide = Callable[..., Request]
TakeBack = Callable[..., Request]
Apply = Callable[..., Request | None]
WINDOW = timedelta(minutes=10)
CONTRACT: dict[str, object] = {"kind": "final contract", "role": Role.LEGAL, "assignee": "lena"}


def trail(engine: Engine) -> list[str]:
    with reading(engine) as session:
        assert audit.verify(session).problem == ""
        return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.seq))))


def stored(engine: Engine, request: Request) -> Request:
    with reading(engine) as session:
        return session.get_one(Request, request.id)
