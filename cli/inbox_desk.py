"""`greenroom inbox list`, `show`, `answer`, `done`, `assign`: working on the answers of creators at a terminal."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.given import text_given
from cli.options import ActorFlag
from cli.screen import JsonFlag, Line, answer, counted, fields_of, plain, table
from core.database import reading
from core.errors import WrongUsage
from flows.steps import desk
from flows.wiring import wired
from outreach import answering, threads
from outreach.threads import Waiting

app = typer.Typer()
Number = Annotated[int, typer.Argument(help="The number of the answer, as in inbox list.")]


@app.command("list")
def list_open(
    person: Annotated[str, typer.Option("--for", help="Only those of this person, by id.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """The answers that somebody has to do something about, oldest first."""
    w = wired()
    assignee = w.people.named(person).id if person else ""
    with reading(w.engine) as session:
        items = threads.open_answers(session, assignee=assignee)
    now = w.clock.now()
    rows = [
        (item.reply.id, item.who, item.campaign, item.reply.kind, _age(item.reply.received_at, now),
         "yes" if item.reply.draft else "no", item.reply.assignee, item.reply.because)
        for item in items
    ]  # fmt: skip
    columns = ["no.", "from", "campaign", "means", "age", "draft", "for", "because"]
    title = f"{counted(len(items), 'open answer')}{f' for {assignee}' if assignee else ''}"
    lines: list[Line] = [table(title, columns, rows, right=["no."])]
    lines += ["Next: greenroom inbox show NUMBER"] if items else []
    answer([_document(item) for item in items], as_json=as_json, lines=lines)


@app.command("show")
def show(number: Number, as_json: JsonFlag = False) -> None:
    """One answer: the whole thread, and what might be said, in approved words."""
    w = wired()
    with reading(w.engine) as session:
        item = threads.the_answer(session, number)
        said = threads.thread_of(session, item)
        foreign = answering.to_translate(session, item.reply, item.reply.draft)
    lines: list[Line] = [Text(f"{plain(item.who)} {plain(item.campaign)}: {item.reply.kind}", style="bold"),
                         f"What decided: {item.reply.because}"]  # fmt: skip
    for one in said:
        who = w.people.name_of(one.ours) if one.ours else item.who
        lines += ["", Text(f"{one.at:%Y-%m-%d %H:%M} UTC  {plain(who)}: {plain(one.subject)}", style="bold"),
                  Text(plain(one.text))]  # fmt: skip
    lines += ["", *_what_next(item, foreign)]
    document = _document(item) | {"thread": [asdict(one) for one in said], "to_translate": list(foreign)}
    answer(document, as_json=as_json, lines=lines)


@app.command("answer")
def send_answer(
    number: Number,
    text: Annotated[str, typer.Option("--text", help="File with your answer, or - to type it.")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Send the draft as it is.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Send your answer in the thread, under the name that the creator knows."""
    if bool(text) == draft:
        raise WrongUsage("Say what to send.", next_step="Add --text FILE (or -), or --draft for the draft as it is.")
    w = wired()
    person = w.actor(actor)
    with reading(w.engine) as session:
        item = threads.the_answer(session, number)
    said = item.reply.draft if draft else text_given(text)
    if draft and not said:
        raise WrongUsage(f"Answer {number} has no draft.", next_step="Write it yourself: --text FILE, or --text -")
    message = desk.send_answer(w, number, said, actor=person)
    sent = desk.send_answers(w, message.campaign)
    where = f" as a file in {w.settings.outbox_folder} (dry run)" if w.settings.dry_run else ""
    lines = [f"Your answer to {item.who} went out{where}." if sent else
             f"Your answer to {item.who} is written and goes out as soon as it can."]  # fmt: skip
    answer(fields_of(message) | {"sent": bool(sent)}, as_json=as_json, lines=lines)


@app.command("done")
def done(
    number: Number,
    elsewhere: Annotated[bool, typer.Option("--elsewhere", help="You answered them elsewhere.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Nothing has to be sent for this answer."""
    w = wired()
    outcome = answering.ELSEWHERE if elsewhere else answering.NOTHING_TO_DO
    reply = desk.close_item(w, number, actor=w.actor(actor), outcome=outcome)
    answer(fields_of(reply), as_json=as_json, lines=[f"Answer {number} is done: {outcome}."])


@app.command("assign")
def assign(
    number: Number,
    to: Annotated[str, typer.Argument(help="Their id in the people file.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Let somebody else work on this answer."""
    w = wired()
    colleague = w.people.named(to)
    reply = desk.assign(w, number, to=colleague, actor=w.actor(actor))
    answer(fields_of(reply), as_json=as_json, lines=[f"Answer {number} is for {colleague.name} now."])


def _what_next(item: Waiting, foreign: tuple[str, ...]) -> list[Line]:
    if item.reply.state != answering.OPEN:
        return [f"Done: {item.reply.outcome or 'nobody had to do anything'}."]
    if not item.handle:
        return ["Nobody we wrote to could be made out. Answer from your own mailbox, then: "
                f"greenroom inbox done {item.reply.id} --elsewhere"]  # fmt: skip
    if not item.reply.draft:
        return [f"There is no draft. Next: greenroom inbox answer {item.reply.id} --text FILE, or inbox done."]
    return [Text(f"Draft, from approved words ({_passage(item)})", style="bold"),
            Text(plain(item.reply.draft)),
            *(Text(f"Still in the words of the campaign file, translate it: {plain(one)}", style="bold")
              for one in foreign),
            f"Next: greenroom inbox answer {item.reply.id} --draft, or --text FILE with your own words"]  # fmt: skip


def _passage(item: Waiting) -> str:
    return item.reply.draft_from.partition("@")[0].partition("#")[2].replace("_", " ")


def _document(item: Waiting) -> dict[str, Any]:
    more = {"who": item.who, "name": item.name, "campaign": item.campaign, "stage": item.stage,
            "from_elsewhere": item.from_elsewhere, "opted_out": item.opted_out}  # fmt: skip
    return fields_of(item.reply) | more


def _age(at: datetime, now: datetime) -> str:
    hours = max(int((now - at).total_seconds() // 3600), 0)
    return f"{hours // 24} d" if hours >= 48 else f"{hours} h"
