"""The question to legal about a document that came back changed: every finding with its clause. Pure."""

from collections.abc import Sequence

from contracts.returned.agreed import says_anything
from contracts.returned.findings import Comparison, Finding, Severity
from contracts.returned.wordwise import shortened
from core.cards import Card, CardFile, Choice, Fact

#: More than a person weighs on a card; the page has them all.
MOST = 15
ACCEPT, KEEP = "approve", "decline"
#: What stands on the card where legal cannot accept.
NOT_TO_ACCEPT = "Cannot be accepted"


def returned_card(
    comparison: Comparison, *, creator: str, contract: str, files: Sequence[CardFile], page: str, link: str = "",
    obstacle: str = "", clauses: Sequence[str] = (),
) -> Card:  # fmt: skip
    """`creator` and `contract` as people call them; `page` says how to see both texts side by side.

    With an `obstacle` (why it cannot become what is signed, in a sentence) our text can only be kept. `clauses` are the
    ids of approved clauses that came in word for word.
    """
    # What nobody would notice comes first: a card may not hold all.
    outside = sorted(comparison.outside, key=lambda one: one.severity is not Severity.HIDDEN)
    facts = [Fact(label=NOT_TO_ACCEPT, value=obstacle)] if obstacle else []
    facts += [Fact(label=one.clause.name, value=_said(one), evidence=_kind(one)) for one in outside[:MOST]]
    if len(outside) > MOST:
        facts.append(Fact(label="And more", value=_counted(len(outside) - MOST), evidence=page))
    facts += [Fact(label="Approved clause", value=name, evidence="word for word, of our list") for name in clauses]
    if comparison.permitted:
        said = "; ".join(f"{one.where}: {one.after}" for one in comparison.permitted)
        facts.append(Fact(label="Permitted edits", value=shortened(said), evidence="need nobody"))
    accept = Choice(id=ACCEPT, label="Accept exactly this file")
    keep = Choice(id=KEEP, label="Keep our text", needs_reason=True)
    return Card(
        title=f"{creator} sent the contract back changed",
        subtitle=f"{contract}: {_counted(len(outside))} outside the permitted places",
        link=link,
        facts=tuple(facts),
        risk=_risk(comparison),
        files=tuple(files),
        choices=(keep,) if obstacle else (accept, keep),
    )


def _counted(number: int) -> str:
    return f"{number} {'change' if number == 1 else 'changes'}"


def _said(finding: Finding) -> str:
    if finding.before and finding.after:
        return f"“{finding.before}” became “{finding.after}”"
    if finding.before or finding.after:
        return f"“{finding.after or finding.before}”"
    return str(finding.kind)


def _kind(finding: Finding) -> str:
    return f"{finding.kind}{f', {finding.where}' if finding.where else ''}"


def _risk(comparison: Comparison) -> str:
    if not says_anything(comparison):
        return "It has no text to compare: read it page by page, and hold every amount against the offer"
    unseen = [one for one in comparison.outside if one.severity is Severity.HIDDEN]
    if not unseen:
        return ""
    kinds = ", ".join(dict.fromkeys(str(one.kind) for one in unseen))
    return f"{len(unseen)} of them would not be noticed by reading: {kinds}"
