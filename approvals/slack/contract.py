"""The request to sign off a contract: which document exactly, what it says otherwise than before, and its terms.

Pure. The document itself is posted as a file by somebody else.
"""

from approvals.slack import blocks, limits, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.shown import Shown
from core.cards import Card, CardFile, Fact

#: The facts that say what stands otherwise than usual.
AGAINST = ("Against the template", "Against our standard offer")
#: One section of fields, which is read at a glance; a contract's remaining terms are under "More".
_MOST_TERMS = 10
#: So much of one term, and of what differs.
_TERM, _DIFFERENCE = 140, 400
_HASH_SHOWN = 12


def message(shown: Shown) -> Payload:
    card = shown.card
    against = [fact for fact in card.facts if fact.label in AGAINST]
    agreed = [fact for fact in card.facts if fact.label not in AGAINST]
    terms, left = agreed[:_MOST_TERMS], len(agreed[_MOST_TERMS:])
    return parts.said(shown, [
        *([blocks.section(files(card))] if card.files else []),
        *parts.risk(shown),
        *differences(card),
        *([blocks.section("\n".join(_line(fact) for fact in against))] if against else []),
        *blocks.fields([f"{parts.bold(fact.label, 100)}\n{parts.short(fact.value, _TERM)}" for fact in terms]),
        *([blocks.context(f"{left} more terms under More")] if left else []),
    ])  # fmt: skip


def _line(fact: Fact) -> str:
    return f"{parts.bold(fact.label, 100)}: {parts.short(fact.value, _DIFFERENCE)}"


def files(card: Card) -> str:
    """Each file with the start of its hash: the decision is about exactly these bytes."""
    return limits.fit([file_line(file) for file in card.files])


def file_line(file: CardFile) -> str:
    return f"📄 {parts.bold(file.name, 200)} (sha256 {parts.short(file.sha256[:_HASH_SHOWN])})"


def differences(card: Card) -> list[Block]:
    """What changed since the version before, in words."""
    if not card.differences:
        return []
    changed = limits.fit([f"• {parts.short(one, _DIFFERENCE)}" for one in card.differences], 2000)
    return [blocks.section(f"*Changed since the last version*\n{changed}")]
