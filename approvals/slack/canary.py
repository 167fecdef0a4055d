"""The request to let an outreach batch go: the mails as they will be sent, word for word; and, where the first few are
out and came back, what became of each.

Pure. A card holds a mail as the facts "Subject" and "Body", one after the other, and what follows it, subject and text,
as facts called "Follow-up …".
"""

from approvals.slack import blocks, limits, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.shown import Shown
from approvals.slack.words import mrkdwn_lines
from core.cards import Fact

SUBJECT, BODY, FOLLOW_UP = "Subject", "Body", "Follow-up"
#: Facts about what became of one creator's mail begin so.
CREATOR = "@"
_MOST_BLOCKS = 30


def message(shown: Shown) -> Payload:
    facts = shown.card.facts
    spoken = [fact for fact in facts if fact.label in (SUBJECT, BODY) or fact.label.startswith(FOLLOW_UP)]
    first = [fact for fact in facts if fact.label.startswith(CREATOR)]
    about = [fact for fact in facts if fact not in (*spoken, *first)]
    mails = [block for fact in spoken for block in _mail(fact)]
    left = len(mails) > _MOST_BLOCKS
    return parts.said(shown, [
        *parts.lines("The batch", about),
        *parts.lines("What came back", first),
        *parts.risk(shown),
        *mails[:_MOST_BLOCKS],
        *([blocks.context("The mail goes on: More shows all of it")] if left else []),
    ])  # fmt: skip


def _mail(fact: Fact) -> list[Block]:
    if fact.label == SUBJECT:
        return [blocks.section(f"*Subject:* {parts.short(fact.value)}")]
    if fact.label != BODY:
        from_where = f" ({parts.short(fact.evidence, 300)})" if fact.evidence else ""
        said = blocks.section(f"{parts.bold(fact.label, 100)}{from_where}")
        return [said, *(blocks.section(piece) for piece in quoted(fact.value))]
    return [blocks.section(piece) for piece in quoted(fact.value)]


def quoted(text: str) -> list[str]:
    """The text as quotations that each fit a section."""
    pieces = [piece for line in mrkdwn_lines(text).split("\n") for piece in limits.chunks(line, limits.SECTION - 2)]
    quotes: list[str] = []
    for piece in pieces:
        line = f"> {piece}"
        if quotes and len(quotes[-1]) + 1 + len(line) <= limits.SECTION:
            quotes[-1] += f"\n{line}"
        else:
            quotes.append(line)
    return quotes
