"""Answering a question from a page of the console and taking the answer back, in the way of every other door.

What was read is sent along, so that nothing newer is decided blindly. Knows no page: each says what it asks and shows.
"""

from collections.abc import Callable
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import RedirectResponse

from core.errors import GreenroomError, Refused
from flows.steps import review
from web.console.sessions import form_of
from web.console.visit import Visit

Form = Annotated[dict[str, str], Depends(form_of)]
Number = Annotated[int, Path(ge=1, lt=2**31)]


class Shows(Protocol):
    """The page again, with what was written on it and what stood in the way."""

    def __call__(
        self, there: Visit, number: int, *, text: str = "", trouble: GreenroomError | None = None
    ) -> Response: ...


def add(
    routes: APIRouter, visit: Callable[..., Visit], at: str, *, asked: Callable[[Visit, int], str], shown: Shows
) -> None:
    """`at` is the page's address with {number} in it; `asked` tells the id of the question it is about, so that no form
    can make it that of another matter."""

    def back_to(number: int, said: str) -> Response:
        return RedirectResponse(f"/console{at.format(number=number)}?said={said}", status_code=303)

    @routes.post(f"{at}/decide")
    def decide(number: Number, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        try:
            review.decide(
                there.w, asked(there, number), form.get("choice", ""), actor=there.person, door="web",
                reason=form.get("text", ""), content_sha256=form.get("seen", ""), may_be_taken_back=True,
            )  # fmt: skip
        except Refused as refusal:
            return shown(there, number, text=form.get("text", ""), trouble=refusal)
        return back_to(number, "decided")

    @routes.post(f"{at}/take-back")
    def take_back(number: Number, form: Form, there: Annotated[Visit, Depends(visit)]) -> Response:
        there.check(form)
        try:
            review.take_back(there.w, asked(there, number), actor=there.person, door="web")
        except Refused as refusal:
            return shown(there, number, trouble=refusal)
        return back_to(number, "back")
