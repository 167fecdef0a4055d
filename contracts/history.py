"""All that is on record of one deal: offers, every version of its contract, questions, mails, and its audit entries.

Reads and changes nothing. Payment data is no part of it: it never leaves the place where it lies encrypted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from contracts.came_back import CameBack, came_back
from contracts.register import standing_of
from core.models.approvals import Request, RequestComment
from core.models.audit import AuditEntry
from core.models.briefs import BriefDocument
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.deals import Contract, Offer, Signature
from core.models.outreach import Message, Reply
from core.models.signing import SigningEvent
from core.store import account_of

#: Mails of these say nothing of the deal: they were written before there was one.
_BEFORE_IT = ("marketing", "direct")


@dataclass(frozen=True)
class Version:
    """One version of a contract, with what was asked about it, its signature and its entries of the audit log."""

    contract: Contract
    standing: str
    requests: tuple[Request, ...]
    signature: Signature | None
    events: tuple[SigningEvent, ...]
    audit: tuple[AuditEntry, ...]

    @property
    def came_back(self) -> tuple[CameBack, ...]:
        """The files that came back of this version, oldest first."""
        return came_back(self.audit)


@dataclass(frozen=True)
class Deal:
    """Everything about the deal with one creator in one campaign, each part in the order in which it came about."""

    candidate: Candidate
    account: Account
    offers: tuple[Offer, ...]
    versions: tuple[Version, ...]
    briefs: tuple[BriefDocument, ...]
    requests: tuple[Request, ...]
    comments: Mapping[str, tuple[RequestComment, ...]]
    sent: tuple[Message, ...]
    received: tuple[Reply, ...]
    audit: tuple[AuditEntry, ...]

    @property
    def name(self) -> str:
        return f"{self.account.platform}:{self.account.handle}"


def deal_of(session: Session, candidate: Candidate) -> Deal:
    """The deal with that candidate, whether a contract is drafted yet or not."""
    own = candidate.id or 0
    offers = session.exec(select(Offer).where(Offer.candidate_id == own).order_by(col(Offer.version))).all()
    contracts = session.exec(select(Contract).where(Contract.candidate_id == own).order_by(col(Contract.version))).all()
    about = [*(f"offer:{offer.id}" for offer in offers), *(f"contract:{contract.id}" for contract in contracts)]
    briefs = session.exec(
        select(BriefDocument).where(BriefDocument.candidate_id == own).order_by(col(BriefDocument.id))
    )
    sheets = tuple(briefs)
    requests = _requests(session, about)
    sent, received = _mails(session, candidate, offers)
    mails = [*(f"message:{one.id}" for one in sent), *(f"reply:{one.id}" for one in received)]
    asked = [f"request:{request.id}" for request in requests]
    about += [f"brief:{sheet.id}" for sheet in sheets]
    audit = _audit(session, [*about, f"candidate:{own}", *asked, *mails])
    signatures, events = _signatures(session, contracts), _events(session, contracts)
    return Deal(
        candidate=candidate,
        account=account_of(session, candidate),
        offers=tuple(offers),
        versions=tuple(
            _version(one, candidate, requests, signatures.get(one.id), events.get(one.id, ()), audit)
            for one in contracts
        ),
        briefs=sheets,
        requests=tuple(requests),
        comments=_comments(session, requests),
        sent=tuple(sent),
        received=tuple(received),
        audit=tuple(sorted((one for entries in audit.values() for one in entries), key=lambda entry: entry.seq)),
    )


def versions_of(session: Session, campaign: str) -> Sequence[Contract]:
    """Every version of every contract of a campaign that was ever drafted, oldest first."""
    return session.exec(select(Contract).where(Contract.campaign == campaign).order_by(col(Contract.id))).all()


def _version(
    contract: Contract, candidate: Candidate, requests: Sequence[Request], signature: Signature | None,
    events: Sequence[SigningEvent], audit: Mapping[str, Sequence[AuditEntry]],
) -> Version:  # fmt: skip
    subject = f"contract:{contract.id}"
    asked = tuple(request for request in requests if request.subject == subject)
    subjects = [subject, *(f"request:{request.id}" for request in asked)]
    entries = sorted((entry for one in subjects for entry in audit.get(one, ())), key=lambda entry: entry.seq)
    return Version(contract, standing_of(contract, candidate), asked, signature, tuple(events), tuple(entries))


def _requests(session: Session, about: Sequence[str]) -> list[Request]:
    query = select(Request).where(col(Request.subject).in_(about))
    return list(session.exec(query.order_by(col(Request.asked_at), col(Request.id))))


def _comments(session: Session, requests: Sequence[Request]) -> dict[str, tuple[RequestComment, ...]]:
    ids = [request.id for request in requests]
    query = select(RequestComment).where(col(RequestComment.request_id).in_(ids)).order_by(col(RequestComment.id))
    found: dict[str, list[RequestComment]] = defaultdict(list)
    for comment in session.exec(query):
        found[comment.request_id].append(comment)
    return {request: tuple(said) for request, said in found.items()}


def _signatures(session: Session, contracts: Iterable[Contract]) -> dict[int | None, Signature]:
    ids = [contract.id for contract in contracts]
    return {one.contract_id: one for one in session.exec(select(Signature).where(col(Signature.contract_id).in_(ids)))}


def _events(session: Session, contracts: Iterable[Contract]) -> dict[int | None, list[SigningEvent]]:
    """What happened on the way to each signature, in order."""
    ids = [contract.id for contract in contracts]
    query = select(SigningEvent).where(col(SigningEvent.contract_id).in_(ids)).order_by(col(SigningEvent.id))
    found: dict[int | None, list[SigningEvent]] = defaultdict(list)
    for event in session.exec(query):
        found[event.contract_id].append(event)
    return found


def _mails(session: Session, candidate: Candidate, offers: Sequence[Offer]) -> tuple[list[Message], list[Reply]]:
    """What was written to and came from the creator about the deal: since the first offer, and no invitations."""
    if not offers:
        return [], []
    written = select(Message).where(
        Message.candidate_id == candidate.id, col(Message.category).not_in(_BEFORE_IT)
    )  # fmt: skip
    since = min(offer.created_at for offer in offers)
    came = select(Reply).where(Reply.candidate_id == candidate.id, col(Reply.received_at) >= since)
    return (
        list(session.exec(written.order_by(col(Message.id)))),
        list(session.exec(came.order_by(col(Reply.received_at), col(Reply.id)))),
    )


def _audit(session: Session, subjects: Sequence[str]) -> dict[str, list[AuditEntry]]:
    query = select(AuditEntry).where(col(AuditEntry.subject).in_(subjects)).order_by(col(AuditEntry.seq))
    found: dict[str, list[AuditEntry]] = defaultdict(list)
    for entry in session.exec(query):
        found[entry.subject].append(entry)
    return found
