"""App Home: one person's inbox, most urgent first, in their own zone.

Pure: what is open and what time it is are handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from approvals.slack import blocks, parts, replies
from approvals.slack.blocks import Block, Payload
from approvals.slack.ids import Action, Callback, open_entry
from approvals.slack.ids import Block as Id
from approvals.slack.replies import Answer
from approvals.slack.shown import Shown, moment

PER_PAGE = 10
OVERDUE, TODAY, WEEK, LATER, WAITING = "Overdue", "Due today", "Due within a week", "Later", "Waiting for an answer"
_ORDER = (OVERDUE, TODAY, WEEK, LATER, WAITING)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whose inbox it is: their Slack id, and where they work."""

    slack: str
    name: str
    zone: str


def urgency(shown: Shown, *, now: datetime, zone: str) -> str:
    """Which group it belongs to. Days end where the reader is."""
    if shown.waits_for:
        return WAITING
    if shown.due_at <= now:
        return OVERDUE
    there = ZoneInfo(zone)
    if shown.due_at.astimezone(there).date() == now.astimezone(there).date():
        return TODAY
    return WEEK if shown.due_at <= now + timedelta(days=7) else LATER


def by_urgency(items: Sequence[Shown], *, now: datetime, zone: str) -> list[tuple[str, Shown]]:
    """Each with its group, most urgent first."""
    grouped = [(urgency(shown, now=now, zone=zone), shown) for shown in items]
    return sorted(grouped, key=lambda one: (_ORDER.index(one[0]), one[1].due_at, one[1].request_id))


def published(
    reader: Reader, items: Sequence[Shown], *, now: datetime, page: int = 0, total: int = 0,
    answers: Sequence[Answer] = (),
) -> Payload:  # fmt: skip
    """Parameters of views.publish. A page beyond the last is the last. `total` counts what waits, where `items` are
    only the most urgent of it. `answers` are those of creators that wait for the reader."""
    ranked = by_urgency(items, now=now, zone=reader.zone)
    last = max(len(ranked) - 1, 0) // PER_PAGE
    page = min(max(page, 0), last)
    part = ranked[page * PER_PAGE : (page + 1) * PER_PAGE]
    total = max(total, len(ranked))
    unlisted = [blocks.context(f"Only the {len(ranked)} most urgent are listed.")] if total > len(ranked) else []
    body = [*_listed(part, reader.zone), *_turning(page, last), *unlisted] if part else [] if answers else [_empty()]
    view = {
        "type": "home",
        "callback_id": Callback.HOME,
        "blocks": [blocks.header(f"{reader.name}: {_count(total)}"), *_answers(answers), *body],
    }
    return {"user_id": reader.slack, "view": view}


def _answers(answers: Sequence[Answer]) -> list[Block]:
    if not answers:
        return []
    listed = [replies.entry(answer, place) for place, answer in enumerate(answers[:PER_PAGE])]
    return [blocks.section("*Answers from creators*"), *listed]


def unknown(slack: str) -> Payload:
    """Parameters of views.publish for somebody whom the people file does not name: what to do about it."""
    words = (
        "Greenroom does not know you yet: no entry of the people file has your Slack id, "
        f"which is *{parts.short(slack, 40)}*.\n*Next:* ask whoever runs Greenroom to add it to your entry, as "
        f'`slack = "{parts.short(slack, 40)}"`, and come back here.'
    )
    view = {"type": "home", "callback_id": Callback.HOME,
            "blocks": [blocks.header("Welcome to Greenroom"), blocks.section(words)]}  # fmt: skip
    return {"user_id": slack, "view": view}


def entry(shown: Shown, place: int, zone: str) -> Block:
    """One line of a list with its button."""
    due = f"waits for {parts.short(shown.waits_for, 100)}" if shown.waits_for else f"due {moment(shown.due_at, zone)}"
    words = (
        f"{parts.bold(shown.card.title)}\n{parts.short(shown.kind, 60)} · {parts.short(shown.campaign, 100)} · {due}"
    )
    return blocks.section(words, blocks.button("Open", open_entry(place), shown.request_id))


def _listed(part: Sequence[tuple[str, Shown]], zone: str) -> list[Block]:
    listed: list[Block] = []
    group = ""
    for place, (urgent, shown) in enumerate(part):
        if urgent != group:
            group = urgent
            listed += [blocks.divider(), blocks.section(f"*{group}*")]
        listed.append(entry(shown, place, zone))
    return listed


def _turning(page: int, last: int) -> list[Block]:
    known = [blocks.button("Previous page", Action.HOME_NEWER, str(page - 1))] if page > 0 else []
    if page < last:
        known.append(blocks.button("Next page", Action.HOME_OLDER, str(page + 1)))
    counted = blocks.context(f"Page {page + 1} of {last + 1}")
    return [blocks.actions(Id.PAGES, known), counted] if known else []


def _empty() -> Block:
    return blocks.section("Nothing waits for you. New requests appear here and in your messages.")


def _count(number: int) -> str:
    return "nothing to decide" if not number else f"{number} to decide"
