"""Messages to one person: the daily digest, bundled reminders, what comes too late, and what somebody asks them.

Pure. When they go out, and to whom, is the clock's business.
"""

from collections.abc import Sequence
from datetime import datetime

from approvals.slack import blocks, canary, home, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.home import Reader
from approvals.slack.shown import Shown, moment

#: With group titles this stays well below what a message holds; the rest is in the inbox.
_MOST = 15


def digest(reader: Reader, items: Sequence[Shown], *, now: datetime, total: int = 0) -> Payload:
    """What waits for a person today, grouped as in their inbox. `total` counts it where `items` are only the most
    urgent of it."""
    if not items:
        return blocks.message("Nothing waits for you today.", [blocks.section("Nothing waits for you today.")])
    total = max(total, len(items))
    ranked = home.by_urgency(items, now=now, zone=reader.zone)
    groups = [group for group, _ in ranked]
    counts = ", ".join(f"{groups.count(group)} {group.lower()}" for group in dict.fromkeys(groups))
    counts = counts if total == len(items) else f"the {len(items)} most urgent: {counts}"
    title = f"Today: {total} to decide"
    listed = _listed([shown for _, shown in ranked], reader.zone, total)
    return blocks.message(f"{title} ({counts})", [blocks.header(title), blocks.section(counts), *listed])


def reminder(reader: Reader, items: Sequence[Shown], *, now: datetime, total: int = 0) -> Payload:
    """One message for all that is to be reminded of now; `total` as in `digest`."""
    total = max(total, len(items))
    ranked = [shown for _, shown in home.by_urgency(items, now=now, zone=reader.zone)]
    title = "A reminder: 1 request waits" if total == 1 else f"A reminder: {total} requests wait"
    words = f"{title} for you: {'; '.join(parts.short(shown.card.title, 100) for shown in ranked[:_MOST])}"
    return blocks.message(words, [blocks.header(title), *_listed(ranked, reader.zone, total)])


def question(reader: Reader, shown: Shown, *, asked_by: str, text: str) -> Payload:
    """To whoever is asked for what is missing: who asks, what, and the request that waits for it."""
    words = f"{parts.short(asked_by, 100)} asks you about {parts.short(shown.card.title, 300)}"
    return blocks.message(f"{words}: {parts.short(text)}", [
        blocks.header("A question for you"),
        blocks.section(f"{words}. The decision waits for your answer."),
        *(blocks.section(piece) for piece in canary.quoted(text)),
        home.entry(shown, 0, reader.zone),
    ])  # fmt: skip


def escalation(reader: Reader, shown: Shown, *, now: datetime, why: str) -> Payload:
    """To whoever can decide instead: who has not, how late it is, and why they are asked."""
    hours = max(int((now - shown.due_at).total_seconds() // 3600), 0)
    late = f"{hours} hour{'s' if hours != 1 else ''} late" if hours else "due now"
    words = f"{parts.short(shown.assignee, 100)} has not decided yet: {parts.short(shown.card.title, 300)}, {late}"
    return blocks.message(words, [
        blocks.header("A decision is late"),
        blocks.section(f"{words}.\n{parts.short(why)}\nIt was due {moment(shown.due_at, reader.zone)}."),
        home.entry(shown, 0, reader.zone),
    ])  # fmt: skip


def _listed(items: Sequence[Shown], zone: str, total: int) -> list[Block]:
    listed = [home.entry(shown, place, zone) for place, shown in enumerate(items[:_MOST])]
    left = total - len(listed)
    return [*listed, blocks.context(f"and {left} more in your inbox (Home of this app)")] if left > 0 else listed
