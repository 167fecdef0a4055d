"""`greenroom outreach status`: a line for each creator, and what stands in the way; with --ledger every attempt."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from cli.lookup import check_campaign
from cli.options import CampaignName
from cli.screen import JsonFlag, Line, answer, counted, table
from core.database import reading
from flows.steps.progress import Progress, progress_of
from flows.wiring import wired
from outreach.entries import step_name
from outreach.progress import CreatorLine
from outreach.reporting import AttemptLine

app = typer.Typer()
#: More lines than these nobody reads at a terminal.
_MOST_LINES = 200
_COLUMNS = ["creator", "stands", "last mail", "sent (UTC)", "answered", "next", "from (UTC)", "why", "in the way"]
_TRIED = ["no.", "creator", "mail", "sender", "place", "began (UTC)", "ended", "outcome", "via", "note"]


@app.command("status")
def status(
    campaign: CampaignName,
    ledger: Annotated[bool, typer.Option("--ledger", help="Every mail and every attempt to send it, too.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help=f"All creators, not only the first {_MOST_LINES}.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """What happened with each creator, what comes next and when, and what stands in the way."""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
    found = progress_of(w, campaign, ledger=ledger)
    document = {
        "counts": found.mails.counts,
        "paused": found.paused,
        "in_the_way": found.stopped,
        "held": found.held,
        "stopped_senders": found.stops,
        "replies": found.mails.replies,
        "slots": [
            {"sender": sender, "day": day, "used": used} for (sender, day), used in sorted(found.mails.slots.items())
        ],
        "creators": [asdict(line) for line in found.lines],
        "messages": [asdict(message) for message in found.mails.messages],
    }
    if ledger:
        document["attempts"] = [asdict(one) for one in found.attempts]
    lines = list(_told(found, campaign, most=None if everybody else _MOST_LINES))
    answer(document, as_json=as_json, lines=[*lines, *(_ledger(found, campaign) if ledger else [])])


def _told(found: Progress, campaign: str, *, most: int | None) -> Iterator[Line]:
    counts = ", ".join(f"{count} {name}" for name, count in found.mails.counts.items()) or "no mails yet"
    title = f"Outreach of {campaign}{', paused' if found.paused else ''}: {counts}"
    yield table(title, _COLUMNS, [_row(line, found) for line in found.lines[:most]])
    if most is not None and len(found.lines) > most:
        yield f"{len(found.lines) - most:,} more: greenroom outreach status {campaign} --all"
    if found.stopped:
        yield f"In the way of all: {found.stopped}."
    yield from found.held
    for sender, why in found.stops.items():
        yield (f"The mails of {sender} stand still: {why}. "
               f"Once that is put right: greenroom outreach go-on {campaign} --sender {sender}")  # fmt: skip
    if found.mails.replies:
        yield f"Came back: {', '.join(f'{count} {kind}' for kind, count in found.mails.replies.items())}."
    used = [(sender, day, number) for (sender, day), number in sorted(found.mails.slots.items())]
    if used:
        yield table("Sent by sender and day (of the sender)", ["sender", "day", "mails"], used, right=["mails"])


def _row(line: CreatorLine, found: Progress) -> Sequence[object]:
    # What is the same for all stands below, once.
    blocked = "all stand still, see below" if line.blocked and line.blocked == found.stopped else line.blocked
    why = "" if line.blocked else line.why
    return (
        line.creator, line.stage, step_name(line.last), _minute(line.last_at), line.answered, step_name(line.next),
        _minute(line.when), why, blocked,
    )  # fmt: skip


def _ledger(found: Progress, campaign: str) -> Iterator[Line]:
    names = {line.candidate_id: line.creator for line in found.lines}
    mails = [
        (m.id, names.get(m.candidate_id, m.handle), step_name(m.step), m.status, _minute(m.sent_at), m.stage, m.detail)
        for m in found.mails.messages
    ]
    columns = ["no.", "creator", "mail", "status", "sent (UTC)", "creator stands", "note"]
    yield table(f"Mails of {campaign}", columns, mails, right=["no."])
    yield table(f"Attempts: {counted(len(found.attempts), 'time')}", _TRIED, [_tried(one) for one in found.attempts],
                right=["no."])  # fmt: skip


def _tried(one: AttemptLine) -> Sequence[object]:
    place = f"{one.day} no. {one.number}" if one.day else ""
    return (
        one.message_id, one.creator, step_name(one.step), one.sender, place, _second(one.started_at),
        _second(one.ended_at), one.outcome or "under way", one.via, one.detail,
    )  # fmt: skip


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _second(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
