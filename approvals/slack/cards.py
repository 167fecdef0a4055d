"""The message of one request: a candidate's card, a card of its own for some kinds, one that fits all others.

Pure. What a kind means is known only as far as its layout goes.
"""

from collections.abc import Callable, Mapping, Sequence

from approvals.kinds import Kind
from approvals.slack import blocks, canary, content, contract, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.shown import Shown
from core.cards import Card, Fact

REASONS = 3
_AUDIENCE = ("audience", "followers", "size")
_CAPTION = ("caption", "sample caption")
_ASIDE = ("not known", "coverage", "fit", "also")


def message(shown: Shown) -> Payload:
    """Words and blocks for chat.postMessage and chat.update, whatever the kind and state."""
    return _LAYOUTS.get(shown.kind, generic)(shown)


def candidate(shown: Shown) -> Payload:
    """A creator: fit and coverage, three reasons, the main risk, audience and captions, each with its evidence."""
    card = shown.card
    aside = _called(card, _ASIDE)
    audience, captions = _called(card, _AUDIENCE), _called(card, _CAPTION)
    reasons = [fact for fact in card.facts if fact not in (*aside, *audience, *captions)][:REASONS]
    return parts.said(shown, [
        *parts.lines("Fit and coverage", aside),
        *parts.lines("Why", reasons),
        *parts.risk(shown),
        *parts.lines("Audience", audience[:REASONS]),
        *parts.lines("In their own words", captions[:REASONS]),
    ])  # fmt: skip


def generic(shown: Shown) -> Payload:
    """Any card: facts with evidence, risk, differences and files."""
    card = shown.card
    return parts.said(shown, [
        *parts.lines("Facts", card.facts),
        *parts.risk(shown),
        *contract.differences(card),
        *_files(card),
    ])  # fmt: skip


def _called(card: Card, labels: Sequence[str]) -> list[Fact]:
    return [fact for fact in card.facts if fact.label.lower().startswith(tuple(labels))]


def _files(card: Card) -> list[Block]:
    return [blocks.section(contract.files(card))] if card.files else []


_LAYOUTS: Mapping[str, Callable[[Shown], Payload]] = {
    Kind.CANDIDATE: candidate,
    Kind.FINAL_CONTRACT: contract.message,
    Kind.OUTREACH_BATCH: canary.message,
    Kind.DRAFT_CONTENT: content.message,
}
