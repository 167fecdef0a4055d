"""What each refusal looks like over HTTP: {"error", "next_step"} and the status that says whose turn it is. Pure."""

from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from approvals.rights import DecisionRefused
from core.errors import GreenroomError, OutcomeUnknown, Refused, TransientError
from flows.serving.tokens import BadToken

_NOT_THEIRS = frozenset({"not theirs", "four eyes", "door"})
_TOO_LATE = frozenset({"already decided", "void", "content changed", "not decided", "too late to take back"})

#: What is said of an error that nobody thought of, and where to look.
A_BUG = (
    "Something failed that should not.",
    "Try again; if it stays so, tell whoever runs Greenroom. Details are in logs/web.log.",
)
#: What to do about a call that leads nowhere.
_INSTEAD = {
    404: "Look at the address: requests are at /api/requests.",
    405: "Call it otherwise: look with GET, decide with POST.",
}


class NotFound(Refused):
    """No such thing, or no such address."""


def status_of_error(error: GreenroomError) -> int:
    """401 who are you, 403 not yours, 404, 409 too late or changed, 422 say it otherwise, 503 try again."""
    match error:
        case BadToken():
            return 401
        case NotFound():
            return 404
        case DecisionRefused() if error.why in _NOT_THEIRS:
            return 403
        case DecisionRefused() if error.why in _TOO_LATE:
            return 409
        case Refused():
            return 422
        case TransientError():
            return 503
        case OutcomeUnknown():
            return 502
    return 500


def on_our_error(_request: HttpRequest, error: Exception) -> JSONResponse:
    if not isinstance(error, GreenroomError):
        raise error
    status = status_of_error(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return said(status, error.message, error.next_step, headers=headers)


def on_http_error(_request: HttpRequest, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return said(
        error.status_code, f"{error.detail}.", _INSTEAD.get(error.status_code, "Look at the call and try again.")
    )


def on_wrong_words(_request: HttpRequest, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    # Without the values: they are whatever somebody sent.
    wrong = "; ".join(f"{'.'.join(map(str, one['loc'][1:])) or 'the body'}: {one['msg']}" for one in error.errors())
    return said(422, f"The call cannot be read: {wrong}.", "Correct that and call again; bodies are JSON.")


def on_bug(_request: HttpRequest) -> JSONResponse:
    return said(500, *A_BUG)


def said(status: int, error: str, next_step: str, *, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": error, "next_step": next_step}, status_code=status, headers=headers)
