"""Answers to /greenroom, which only the person who typed it sees.

Pure: counts and names are handed in. What a command does is somebody else's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from approvals.slack import blocks, limits, parts
from approvals.slack.blocks import Payload
from approvals.slack.queue import Queue, bar
from approvals.slack.shown import moment
from approvals.slack.words import mrkdwn
from core.errors import GreenroomError

COMMANDS: Mapping[str, str] = {
    "source <campaign>": "look for creators and queue them for review",
    "queue <campaign>": "how far the review queue is",
    "status <campaign>": "how many creators stand where, and what waits",
    "pause <campaign>": "send nothing more until somebody goes on",
    "go-on <campaign>": "send again after a pause",
    "who <request or creator>": "whom it waits for, and until when",
    "help": "this list",
}


@dataclass(frozen=True, kw_only=True)
class Whom:
    """Whom a request waits for. `stands_in_for` where the assignee is away."""

    request_id: str
    title: str
    assignee: str
    due_at: datetime
    zone: str = "UTC"
    stands_in_for: str = ""


def source(campaign: str, *, job: str = "") -> Payload:
    job_words = f" (job {parts.short(job, 40)})" if job else ""
    return _said(f"Sourcing for {campaign} has started", [f"The queue is posted when it is ready{job_words}."])


def queue(state: Queue) -> Payload:
    """One queue, or with the number 0 all that a campaign asks about creators."""
    counts = [f"• {parts.short(label, 75)}: {count}" for label, count in state.decided.items()]
    progress = f"{bar(state.done, state.total)} {state.done} of {state.total} decided"
    due = f"For {parts.short(state.reviewer, 100)}, due {moment(state.due_at, state.zone)}."
    title = f"Queue {state.number} of {state.campaign}" if state.number else f"Queue of {state.campaign}"
    return _said(title, [progress, *counts, due])


def status(campaign: str, stages: Mapping[str, int], *, waiting: int, overdue: int, paused: bool = False) -> Payload:
    counts = [f"• {parts.short(stage, 75)}: {count}" for stage, count in stages.items()]
    state = ["⏸️ Paused: nothing is sent."] if paused else []
    waits = f"{waiting} requests wait for a decision, {overdue} of them overdue."
    return _said(f"Status of {campaign}", [*state, waits, *(counts or ["There are no creators yet."])])


def paused(campaign: str, *, by: str, stopped: int) -> Payload:
    words = f"By {parts.short(by, 100)}. {stopped} messages that were queued are held back; nothing is lost."
    return _said(f"{campaign} is paused", [words])


def went_on(campaign: str, *, by: str) -> Payload:
    return _said(f"{campaign} goes on", [f"By {parts.short(by, 100)}. What was held back is sent with the next round."])


def who(found: Sequence[Whom]) -> Payload:
    return _said("Who is asked", [_whom(one) for one in found] or ["No open request is called so."])


def help_(misread: str = "", meant: str = "") -> Payload:
    """Every command; with what was typed and not understood, and what it may have meant."""
    known = [f"• `/greenroom {mrkdwn(name)}`: {does}" for name, does in COMMANDS.items()]
    if not misread:
        return _said("What /greenroom can do", known)
    near = [f"Did you mean `/greenroom {mrkdwn(meant)}`?"] if meant else []
    return _said(f"There is no command “{limits.clip(misread, 60)}”", [*near, *known])


def refused(error: GreenroomError) -> Payload:
    """Why not, and what to do next."""
    step = [f"*Next:* {parts.short(error.next_step, 1000)}"] if error.next_step else []
    return _said("That was not done", [parts.short(error.message, 1500), *step])


def _whom(one: Whom) -> str:
    instead = f", standing in for {parts.short(one.stands_in_for, 100)}" if one.stands_in_for else ""
    who = f"{parts.short(one.assignee, 100)}{instead}, until {moment(one.due_at, one.zone)}"
    return f"• {parts.bold(one.title, 200)} (request {parts.short(one.request_id[:8])}): {who}"


def _said(title: str, lines: Sequence[str]) -> Payload:
    """The fallback says the title and the first line."""
    words = f"{parts.short(title, 200)}. {limits.clip(lines[0], 1500)}"
    return blocks.message(words, [blocks.section(f"{parts.bold(title, 200)}\n{limits.fit(lines, 2700)}")])
