"""The request about draft content: the captions, and what was flagged in each, in words.

Pure. A card holds a caption as a fact called "Caption", its flags as the fact's evidence.
"""

from approvals.slack import blocks, canary, contract, parts
from approvals.slack.blocks import Block, Payload
from approvals.slack.shown import Shown
from core.cards import Fact

CAPTION = "Caption"
_MOST_BLOCKS = 30


def message(shown: Shown) -> Payload:
    facts = shown.card.facts
    captions = [block for fact in facts if fact.label.startswith(CAPTION) for block in _caption(fact)]
    left = len(captions) > _MOST_BLOCKS
    return parts.said(shown, [
        *parts.lines("The draft", [fact for fact in facts if not fact.label.startswith(CAPTION)]),
        *parts.risk(shown),
        *([blocks.section(contract.files(shown.card))] if shown.card.files else []),
        *captions[:_MOST_BLOCKS],
        *([blocks.context("There are more captions: More shows all of them")] if left else []),
    ])  # fmt: skip


def _caption(fact: Fact) -> list[Block]:
    flagged = f"🚩 {parts.short(fact.evidence, 1500)}" if fact.evidence else "Nothing was flagged."
    quotes = [blocks.section(piece) for piece in canary.quoted(fact.value)]
    return [blocks.section(f"{parts.bold(fact.label, 100)}\n{flagged}"), *quotes]
