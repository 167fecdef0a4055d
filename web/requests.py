"""The requests as JSON: a page of them, one with its card and what was said, decisions, and taking them back."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import col, func, select

from approvals.conversation import comments
from core.database import reading
from core.models.approvals import Request
from core.people import Person
from flows.steps import review
from flows.wiring import Wiring
from web.answers import NotFound

#: Shown in a list; the card comes with the single request.
_ROW = {"id", "kind", "subject", "campaign", "role", "assignee", "status", "waits_for", "asked_at", "due_at", "choice",
        "decided_by", "decided_at", "effective_at", "applied_at", "content_sha256"}  # fmt: skip

Status = Literal["open", "decided", "void", "any"]


#: As ids are written; what no database takes never reaches one.
Name = Annotated[str, Query(max_length=100, pattern=r"^[ -~]*$")]


class Answer(BaseModel):
    """One person's answer to the content they saw."""

    model_config = ConfigDict(extra="forbid")

    choice: Annotated[str, Field(min_length=1, max_length=100)]
    content_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reason: str = ""
    #: Nothing follows from it before the undo window of the request's kind is over, where it has one.
    may_be_taken_back: bool = False


class Answers(BaseModel):
    """One answer to many requests."""

    model_config = ConfigDict(extra="forbid")

    requests: Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=200)]
    choice: Annotated[str, Field(min_length=1, max_length=100)]
    reason: str = ""


def router(fresh: Callable[[], Wiring], caller: Callable[..., Person]) -> APIRouter:
    """`caller` tells who calls, or refuses."""
    routes = APIRouter(prefix="/api/requests")
    _add_looking(routes, fresh, caller)
    _add_deciding(routes, fresh, caller)
    return routes


def _add_looking(routes: APIRouter, fresh: Callable[[], Wiring], caller: Callable[..., Person]) -> None:
    @routes.get("", dependencies=[Depends(caller)])
    def several(
        campaign: Name | None = None,
        person: Name | None = None,
        status: Status = "open",
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        wanted = [
            *([Request.campaign == campaign] if campaign is not None else []),
            *([Request.assignee == person] if person is not None else []),
            *([Request.status == status] if status != "any" else []),
        ]
        query = select(Request).where(*wanted).order_by(col(Request.due_at), col(Request.id))
        with reading(fresh().engine) as session:
            total = session.exec(select(func.count()).select_from(Request).where(*wanted)).one()
            found = session.exec(query.offset(offset).limit(limit)).all()
        rows = [request.model_dump(mode="json", include=_ROW) for request in found]
        return {"total": total, "offset": offset, "requests": rows}

    @routes.get("/{request_id}", dependencies=[Depends(caller)])
    def one(request_id: str) -> dict[str, Any]:
        w = fresh()
        found = _found(w, request_id)
        with reading(w.engine) as session:
            said = [comment.model_dump(mode="json") for comment in comments(session, found.id)]
        return found.model_dump(mode="json") | {"comments": said}


def _add_deciding(routes: APIRouter, fresh: Callable[[], Wiring], caller: Callable[..., Person]) -> None:
    @routes.post("/{request_id}/decide")
    def decide(request_id: str, answer: Answer, actor: Annotated[Person, Depends(caller)]) -> dict[str, Any]:
        w = fresh()
        request = review.decide(
            w,
            _found(w, request_id).id,
            answer.choice,
            actor=actor,
            door="web",
            reason=answer.reason,
            content_sha256=answer.content_sha256,
            may_be_taken_back=answer.may_be_taken_back,
        )
        return request.model_dump(mode="json")

    @routes.post("/{request_id}/take-back")
    def take_back(request_id: str, actor: Annotated[Person, Depends(caller)]) -> dict[str, Any]:
        w = fresh()
        return review.take_back(w, _found(w, request_id).id, actor=actor, door="web").model_dump(mode="json")

    @routes.post("/bulk")
    def bulk(answers: Answers, actor: Annotated[Person, Depends(caller)]) -> dict[str, Any]:
        """One that is refused never stops the others: each has its own outcome."""
        done = review.decide_many(
            fresh(), answers.requests, answers.choice, actor=actor, door="web", reason=answers.reason
        )
        return {"outcomes": [one.document for one in done]}


def _found(w: Wiring, request_id: str) -> Request:
    """By its whole id: a program has no use for the start of one."""
    with reading(w.engine) as session:
        request = session.get(Request, request_id) if request_id.isascii() and request_id.isprintable() else None
    if request is None:
        raise NotFound("There is no such request.", next_step="See: GET /api/requests")
    return request
