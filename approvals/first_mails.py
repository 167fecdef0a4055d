"""The second look at a new wording: when a person first let it go, and what they say where its first mails came back.

Owns the question's matter, its card and what its answers are worth. The rule by which it is asked is outreach's.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from approvals import gate
from approvals.kinds import YES, Kind
from core.campaign import Campaign
from core.cards import Card, Choice, Fact
from core.models.approvals import Request

_ABOUT = "first mails"
#: The fact that names the version; its evidence holds the whole hash.
VERSION = "Template"
_CHOICES = (
    Choice(id="approve", label="Let all go"),
    Choice(id="decline", label="Quarantine it", needs_reason=True,
           reasons=("wording", "looks like spam", "wrong addresses", "wrong people")),
)  # fmt: skip


def subject_of(campaign: Campaign, template_sha256: str, wording: str) -> str:
    """The matter: one template, in exactly these words (as `gate.wording_content` names them)."""
    return f"{_ABOUT}:{campaign.slug}/{campaign.cycle}/{template_sha256[:12]}/{wording[:12]}"


def is_second_look(request: Request) -> bool:
    """Whether a request about an outreach batch is this question, and not the one about the first mail."""
    return request.kind == Kind.OUTREACH_BATCH and request.subject.startswith(f"{_ABOUT}:")


def is_about(request: Request, campaign: Campaign, wording: str) -> bool:
    """Whether the second look is about the words that are in force."""
    mine = f"{_ABOUT}:{campaign.slug}/{campaign.cycle}/"
    return request.subject.startswith(mine) and request.subject.endswith(f"/{wording[:12]}")


def version_of(request: Request) -> tuple[str, str]:
    """Name and sha256 of the template that a second look is about."""
    fact = next(fact for fact in Card.model_validate(request.card).facts if fact.label == VERSION)
    return fact.value, fact.evidence.removeprefix("sha256 ")


def let_go_at(session: Session, campaign: Campaign, wording: str) -> datetime | None:
    """When a person first let mails in these words go; None where nobody did."""
    query = select(func.min(Request.decided_at)).where(
        Request.kind == Kind.OUTREACH_BATCH, Request.subject == gate.subject_of(campaign),
        Request.content_sha256 == wording, Request.status == "decided", col(Request.choice).in_(YES),
    )  # fmt: skip
    return session.exec(query).one()


def answered(session: Session, subjects: Sequence[str]) -> dict[str, Request]:
    """The last answer to each of these second looks that took effect."""
    query = select(Request).where(
        Request.kind == Kind.OUTREACH_BATCH, col(Request.subject).in_(subjects), col(Request.applied_at).is_not(None)
    )
    return {request.subject: request for request in session.exec(query.order_by(col(Request.decided_at)))}


def says_yes(request: Request | None) -> bool:
    return request is not None and request.choice in YES


def card(campaign: Campaign, *, template: str, template_sha256: str, found: str, mails: Sequence[Fact]) -> Card:
    """The question whether the others may follow. `found` is what speaks against it, `mails` one line for each."""
    number = "first mail" if len(mails) == 1 else f"first {len(mails)} mails"
    return Card(
        title=f"The {number} of {campaign.name} {'is' if len(mails) == 1 else 'are'} out: {found}",
        subtitle="no more go in these words before somebody says so",
        facts=(Fact(label=VERSION, value=template, evidence=f"sha256 {template_sha256}"), *mails),
        risk=f"{found[0].upper()}{found[1:]}: the others would reach many more people in the same words.",
        choices=_CHOICES,
    )
