"""Whether a creator may be written to now, at which address, in which country and on what grounds.

Asked before anything is written and again at the moment of sending. How often one mailbox hears from us is decided in
`outreach.frequency`; what the law of a country asks, in `outreach.law.policy`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.clock import Clock
from core.countries import code_of
from core.errors import Refused
from core.mailer import Address
from core.models.candidates import Candidate, Snapshot
from core.models.privacy import ContactBasis
from core.persons import accounts_of, same_person
from core.store import account_of, name_of, snapshot_of
from outreach import suppression
from outreach.law.policy import AddressKind, Verdict, basis_asked, judge, override_for
from outreach.law.published import publication

#: How the snapshot says where an address came from that the creator gave to one of us (see outreach.by_hand).
_GIVEN = "given to "


@dataclass(frozen=True)
class Permission:
    """The address that may be written to; `country` (two letters) and `basis` are "" where nobody knows."""

    address: Address
    country: str = ""
    basis: str = ""


def permission_for(
    session: Session, clock: Clock, candidate: Candidate, campaign: Campaign, *, pepper: bytes,
    creators: Collection[str] = (),
) -> Permission:  # fmt: skip
    """Raises Refused, with the next step, where they may not be written to by a machine. `creators` are all creator ids
    of this person, where they were looked up already."""
    creators = creators or same_person(session, candidate.creator_id)
    snapshot = snapshot_of(session, candidate)
    address = address_of(snapshot, clock)
    if suppression.is_suppressed(session, pepper=pepper, addresses=[address.mail],
                                 accounts=accounts_of(session, creators)):  # fmt: skip
        raise Refused("The creator opted out of mails from us.")
    country = country_of(snapshot)
    verdict = _verdict(session, creators, campaign, snapshot)
    if not verdict.allowed:
        raise _forbidden(session, candidate, verdict)
    return Permission(address, country, verdict.basis)


def verdict_for(
    session: Session, candidate: Candidate, campaign: Campaign, snapshot: Mapping[str, Snapshot],
    also: frozenset[str] = frozenset(),
) -> Verdict:  # fmt: skip
    """What the law of their country says of writing to them, by what their profile and the record hold, and what is
    about to be recorded (`also`)."""
    return _verdict(session, same_person(session, candidate.creator_id), campaign, snapshot, also)


def _verdict(
    session: Session, creators: Collection[str], campaign: Campaign, snapshot: Mapping[str, Snapshot],
    also: frozenset[str] = frozenset(),
) -> Verdict:  # fmt: skip
    country = country_of(snapshot)
    bases = select(ContactBasis.basis).where(
        col(ContactBasis.creator_id).in_(creators),
        col(ContactBasis.ended_at).is_(None),
    )
    return judge(
        country, address_kind=address_kind(snapshot), bases=also | set(session.exec(bases)),
        override=override_for(country, campaign.law.countries),
    )  # fmt: skip


def verdict_now(
    session: Session, candidate: Candidate, campaign: Campaign, *, pepper: bytes, also: frozenset[str] = frozenset()
) -> Verdict:
    """The same for whoever records grounds: none of them undoes an opt-out."""
    snapshot = snapshot_of(session, candidate)
    verdict = verdict_for(session, candidate, campaign, snapshot, also)
    mail = snapshot.get("email")
    if suppression.is_suppressed(
        session, pepper=pepper, addresses=[mail.value] if mail is not None and isinstance(mail.value, str) else [],
        accounts=accounts_of(session, same_person(session, candidate.creator_id)),
    ):  # fmt: skip
        return replace(verdict, allowed=False, basis="", next_step="Whoever writes to them does so by hand.",
                       why="they asked never to hear from us, and no grounds undo that")  # fmt: skip
    return verdict


def country_of(snapshot: Mapping[str, Snapshot]) -> str:
    """Two letters; "" where the profile names no country, or none that is known."""
    row = snapshot.get("country")
    return code_of(row.value) if row is not None and isinstance(row.value, str) else ""


def address_kind(snapshot: Mapping[str, Snapshot]) -> AddressKind:
    """How we came to the address on record, as far as the law asks."""
    mail, bio = snapshot.get("email"), snapshot.get("bio")
    if mail is not None and mail.source.startswith(_GIVEN):
        return AddressKind.GIVEN
    told = str(bio.value) if bio is not None and bio.value else ""
    return publication(str(mail.value) if mail is not None and mail.value else "", told).kind


def address_of(snapshot: Mapping[str, Snapshot], clock: Clock) -> Address:
    """The mail address on record. Raises Refused where there is none that can be used."""
    row = snapshot.get("email")
    if row is None or not isinstance(row.value, str) or not row.value.strip():
        raise Refused("No mail address is on record.",
                      next_step="Write a direct message: greenroom outreach direct CAMPAIGN")  # fmt: skip
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Refused("The mail address on record has expired.", next_step="Import the profile again.")
    return Address.checked(row.value)


def _forbidden(session: Session, candidate: Candidate, verdict: Verdict) -> Refused:
    account = account_of(session, candidate)
    asked = f"{candidate.campaign} {account.platform}:{account.handle} --basis {basis_asked(verdict.rule)}"
    return Refused(
        f"{name_of(session, candidate)} may not be written to by a machine: {verdict.why}.",
        next_step=f"{verdict.next_step} To record it: greenroom outreach allow {asked} --evidence WHERE",
    )
