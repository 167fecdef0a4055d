"""What the team is told of a deal, in words: for a mail to one person, or a post where several read.

Reads what happened off the record when it is said. Knows neither mail nor Slack, and not who is told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from approvals.kinds import Kind
from contracts import service as contracts
from contracts.countersigning import countersigner_of, is_countersigned
from contracts.languages import long_date
from contracts.links import What
from contracts.words import clean
from core.models.approvals import Request
from core.models.candidates import Candidate
from core.models.deals import Contract, Signature
from core.models.signing import SigningEvent
from core.people import Person
from core.store import account_name, campaign_of, creator_of, the_candidate
from flows.effects import CHANGES_ACCEPTED, CHANGES_DECLINED, NOT_COUNTERSIGNED

SIGNED, DECLINED, UNSIGNED, LATE = "signed", "declined", "unsigned", "late"
NO_COUNTERSIGNER, NO_BRIEF, CONFLICT = "no countersigner", "no brief", "conflict"


@dataclass(frozen=True)
class News:
    """One piece of news: a line, what happened, and what to do about it."""

    subject: str
    said: str
    next_step: str


@dataclass(frozen=True)
class _Deal:
    """What the words are made of: `account` is how commands name the creator; `contract` is None without one;
    `with_files` says whether documents come along."""

    session: Session
    payload: Mapping[str, Any]
    name: str
    account: str
    campaign: str
    slug: str
    contract: Contract | None
    with_files: bool

    @property
    def who(self) -> str:
        return f"{self.name} ({self.account})"

    @property
    def paper(self) -> Contract:
        if self.contract is None:
            raise ValueError(f"news {self.payload['news']!r} are about a contract")
        return self.contract


def candidate_in(session: Session, payload: Mapping[str, Any]) -> Candidate:
    """Whose deal the news of a job are about."""
    if "candidate" in payload:
        return the_candidate(session, int(payload["candidate"]))
    return the_candidate(session, session.get_one(Contract, int(payload["contract"])).candidate_id)


def news_of(session: Session, payload: Mapping[str, Any], *, with_files: bool = False) -> News:
    """The words of a job's payload, from the record as it is now."""
    candidate = candidate_in(session, payload)
    campaign = campaign_of(session, candidate)
    contract = session.get_one(Contract, int(payload["contract"])) if payload.get("contract") else None
    deal = _Deal(
        session, payload, name=" ".join(creator_of(session, candidate).name.split()),
        account=account_name(session, candidate), campaign=campaign.name, slug=campaign.slug, contract=contract,
        with_files=with_files,
    )  # fmt: skip
    title, said, next_step = _WORDS[str(payload["news"])](deal)
    return News(f"{title}: {deal.name}, {deal.campaign}", said, next_step)


def mail_of(
    session: Session, payload: Mapping[str, Any], person: Person, *, with_files: bool = False
) -> tuple[str, str]:
    """Subject and text for one person; only a mail has files with it, a message in Slack has none."""
    news = news_of(session, payload, with_files=with_files)
    return news.subject, f"Hello {person.name},\n\n{news.said}\n\nNext: {news.next_step}\n"


def _signed(deal: _Deal) -> tuple[str, str, str]:
    signature = deal.session.get_one(Signature, deal.paper.id)
    if not deal.with_files:
        files = f"Document and evidence: greenroom contracts history {deal.slug} {deal.account}"
    elif signature.evidence.get("certificate_sha256"):
        files = "Document and evidence are attached."
    else:
        files = ("The document as it went out is attached. How it was signed: "
                 f"greenroom contracts history {deal.slug} {deal.account}")  # fmt: skip
    return ("Signed",
            f"{deal.who} has signed the agreement for {deal.campaign}. {files}",
            f"Send the product, if it has not gone yet. Brief and welcome sheet {_when_briefed(deal)}.")  # fmt: skip


def _when_briefed(deal: _Deal) -> str:
    """When the sheets go, or why they do not, as it is when that is said."""
    named = countersigner_of(deal.paper)
    if not named or is_countersigned(deal.session, deal.paper):
        return "go to them by themselves, with the next round"
    query = select(Request.choice).where(*_about(deal, Kind.COUNTERSIGNATURE))
    asked = deal.session.exec(query.order_by(col(Request.asked_at).desc())).all()
    if not asked:
        return f"do not go: {named} is to sign for us, and could not be asked"
    if asked[0] == "decline":
        return f"do not go: {named} will not sign for us"
    return f"go to them by themselves, once {named} has signed for us"


def _declined(deal: _Deal) -> tuple[str, str, str]:
    return ("Will not sign",
            f"{deal.who} will not sign the agreement for {deal.campaign}. They say: {_reason(deal)}",
            "Write to them if it can be mended; what the deal bound of the budget is free again.")  # fmt: skip


def _unsigned(deal: _Deal) -> tuple[str, str, str]:
    return ("Still unsigned",
            f"{deal.who} has been reminded twice and has not signed the agreement for {deal.campaign}.",
            f"Ask them yourself, or send a new link: greenroom contracts link {deal.slug} {deal.account}")  # fmt: skip


def _late(deal: _Deal) -> tuple[str, str, str]:
    last = long_date(contracts.terms_of(deal.paper).post_until)
    return ("Posts overdue",
            f"The posts of {deal.who} for {deal.campaign} were due by {last}, and none is on record.",
            "Ask them for the link to what they posted.")  # fmt: skip


def _not_countersigned(deal: _Deal) -> tuple[str, str, str]:
    company = contracts.terms_of(deal.paper).company_name
    return ("Not signed for the company",
            f"{countersigner_of(deal.paper)} will not sign the agreement with {deal.who} for {company}. They say: "
            f"{_refusal(deal, Kind.COUNTERSIGNATURE)}",
            "Talk to them and to legal: the creator has signed, and waits for our signature.")  # fmt: skip


def _changes_accepted(deal: _Deal) -> tuple[str, str, str]:
    return ("Changes accepted",
            f"Legal accepts what {deal.who} changed in the agreement for {deal.campaign}: exactly that file, and a "
            "signed one that says the same, may be recorded.",
            f"Record it: greenroom contracts signed {deal.slug} {deal.account} --name NAME --file FILE")  # fmt: skip


def _changes_declined(deal: _Deal) -> tuple[str, str, str]:
    if deal.paper.status == "signed":
        next_step = "Tell the creator that what was signed counts."
    else:
        next_step = ("Tell the creator, and ask for our document signed as it was sent. What was agreed changes by "
                     f"another offer alone: greenroom deal reopen {deal.slug} {deal.account} --reason WHY")  # fmt: skip
    return ("Our text stays",
            f"Legal keeps our text of the agreement with {deal.who} for {deal.campaign}. They say: "
            f"{_refusal(deal, Kind.RETURNED)}", next_step)  # fmt: skip


def _no_countersigner(deal: _Deal) -> tuple[str, str, str]:
    company = contracts.terms_of(deal.paper).company_name
    return ("Nobody signs for the company",
            f"{deal.who} has signed the agreement for {deal.campaign}. Nobody was asked to sign it for {company}: the "
            f"people file does not know {countersigner_of(deal.paper)}, whom the template names.",
            "Ask legal who signs for the company instead, and have the template name them.")  # fmt: skip


def _no_brief(deal: _Deal) -> tuple[str, str, str]:
    return ("Brief has not gone",
            f"{deal.who} has signed the agreement for {deal.campaign}, and brief and welcome sheet have not gone to "
            f"them: {deal.payload['why']}",
            str(deal.payload["next"]))  # fmt: skip


def _conflict(deal: _Deal) -> tuple[str, str, str]:
    found = "; ".join(str(words) for words in deal.payload["against"])
    return ("Deals in each other's way",
            f"{deal.who} agreed with us for {deal.campaign} ({deal.slug}). A deal of theirs with "
            f"{deal.payload['other']} that came up since gets in its way: {found}.",
            f"Settle with the owner of {deal.payload['other']} and with the creator which of the two gives way. A deal "
            f"that is not signed yet ends with: greenroom review drop {deal.slug} {deal.account} --reason WHY. A "
            "signed one is for legal and the creator to change. If both may stand, nothing is to be done.")  # fmt: skip


_WORDS: Mapping[str, Callable[[_Deal], tuple[str, str, str]]] = {
    SIGNED: _signed, DECLINED: _declined, UNSIGNED: _unsigned, LATE: _late, NOT_COUNTERSIGNED: _not_countersigned,
    CHANGES_ACCEPTED: _changes_accepted, CHANGES_DECLINED: _changes_declined, NO_COUNTERSIGNER: _no_countersigner,
    NO_BRIEF: _no_brief, CONFLICT: _conflict,
}  # fmt: skip


def _reason(deal: _Deal) -> str:
    query = select(SigningEvent).where(SigningEvent.contract_id == deal.paper.id, SigningEvent.what == What.DECLINED)
    found = deal.session.exec(query.order_by(col(SigningEvent.id).desc()).limit(1)).first()
    return clean(str(found.detail.get("reason", ""))) if found else ""


def _refusal(deal: _Deal, kind: Kind) -> str:
    query = select(Request).where(*_about(deal, kind), Request.choice == "decline")
    found = deal.session.exec(query.order_by(col(Request.decided_at).desc())).first()
    return clean(found.reason) if found else ""


def _about(deal: _Deal, kind: Kind) -> tuple[bool, bool]:
    return Request.kind == kind, Request.subject == f"contract:{deal.paper.id}"
