"""`greenroom approvals comment|ask|answer|reassign`: what people say about a request before it is decided."""

from typing import Annotated

import typer

from cli.cards import decision_lines
from cli.options import ActorFlag
from cli.screen import JsonFlag, answer, fields_of
from core.models.approvals import Request
from flows.steps import conversation
from flows.wiring import wired

app = typer.Typer()
RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, or the start of it.")]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="What you want to say, in quotes.")]
PersonId = Annotated[str, typer.Argument(metavar="PERSON", help="Their id in the people file.")]


@app.command("comment")
def comment(request_id: RequestId, text: Words, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Remark something that everybody sees who sees the request."""
    w = wired()
    _told(conversation.comment(w, request_id, text, actor=w.actor(actor), door="terminal"), as_json)


@app.command("ask")
def ask(request_id: RequestId, of: PersonId, text: Words, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Ask somebody for what is missing; the time to decide stands still until they answer."""
    w = wired()
    asked = conversation.ask_for_information(w, request_id, text, of=w.people.named(of), actor=w.actor(actor),
                                             door="terminal")  # fmt: skip
    _told(asked, as_json)


@app.command("answer")
def reply(request_id: RequestId, text: Words, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Answer what was asked about a request; its time goes on."""
    w = wired()
    _told(conversation.answer(w, request_id, text, actor=w.actor(actor), door="terminal"), as_json)


@app.command("reassign")
def reassign(request_id: RequestId, to: PersonId, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Hand a request to somebody else who may decide it."""
    w = wired()
    handed = conversation.reassign(w, request_id, to=w.people.named(to), actor=w.actor(actor), door="terminal")
    _told(handed, as_json)


def _told(request: Request, as_json: bool) -> None:
    answer(fields_of(request), as_json=as_json, lines=decision_lines(request))
