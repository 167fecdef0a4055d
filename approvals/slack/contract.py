"""The request to sign off a contract: which document exactly, what it says otherwise than before, and its terms.

Pure. The document itself is posted as a file by somebody else.
"""

from approvals.slack import blocks, limits, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.shown import Shown
from core.cards import Card, CardFile

#: The fact that says what stands otherwise than in the template.
AGAINST = "Against the template"
#: Two sections of fields; a contract's remaining terms are under "More".
_MOST_TERMS = 20
_HASH_SHOWN = 12


def message(shown: Shown) -> Payload:
    card = shown.card
    against = [fact for fact in card.facts if fact.label == AGAINST]
    agreed = [fact for fact in card.facts if fact.label != AGAINST]
    terms, left = agreed[:_MOST_TERMS], len(agreed[_MOST_TERMS:])
    return parts.said(shown, [
        *([blocks.section(files(card))] if card.files else []),
        *(blocks.section(parts.fact_line(fact)) for fact in against),
        *differences(card),
        *parts.risk(shown),
        *blocks.fields([parts.fact_field(fact) for fact in terms]),
        *([blocks.context(f"{left} more terms under More")] if left else []),
    ])  # fmt: skip


def files(card: Card) -> str:
    """Each file with the start of its hash: the decision is about exactly these bytes."""
    return limits.fit([file_line(file) for file in card.files])


def file_line(file: CardFile) -> str:
    return f"📄 {parts.bold(file.name, 200)} (sha256 {parts.short(file.sha256[:_HASH_SHOWN])})"


def differences(card: Card) -> list[Block]:
    """What changed since the version before, in words."""
    if not card.differences:
        return []
    changed = limits.fit([f"• {parts.short(one)}" for one in card.differences], 2900)
    return [blocks.section(f"*Changed since the last version*\n{changed}")]
