"""The request to let an outreach batch go: the mails as they will be sent, word for word.

Pure. A card holds a mail as the facts "Subject" and "Body", one after the other.
"""

from approvals.slack import blocks, limits, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.shown import Shown
from approvals.slack.words import mrkdwn_lines
from core.cards import Fact

SUBJECT, BODY = "Subject", "Body"
_MOST_BLOCKS = 30


def message(shown: Shown) -> Payload:
    facts = shown.card.facts
    about = [fact for fact in facts if fact.label not in (SUBJECT, BODY)]
    mails = [block for fact in facts if fact.label in (SUBJECT, BODY) for block in _mail(fact)]
    left = len(mails) > _MOST_BLOCKS
    return parts.said(shown, [
        *parts.lines("The batch", about),
        *parts.risk(shown),
        *mails[:_MOST_BLOCKS],
        *([blocks.context("The mail goes on: More shows all of it")] if left else []),
    ])  # fmt: skip


def _mail(fact: Fact) -> list[Block]:
    if fact.label == SUBJECT:
        return [blocks.section(f"*Subject:* {parts.short(fact.value)}")]
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
