"""What a deal needs to know of a creator's bank, tax office and front door: recorded sealed, shown covered.

Owns the payee and parcel rows. Services never commit. What is sealed is never logged and stands in no audit entry.
"""

import json
from datetime import date

from sqlmodel import Session, select

from contracts.offer_rows import latest
from contracts.particulars import ParcelData, PayeeData, parcel_of, payee_of
from contracts.terms import OfferDraft
from contracts.words import clean
from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.errors import BadInput, Refused
from core.models.candidates import Candidate
from core.models.deals import Parcel, Payee
from core.people import Person, Role, check_may
from core.stages import FINAL, Stage
from core.store import account_name, name_of
from core.vault import Vault


def needs_payee(session: Session, candidate: Candidate) -> bool:
    """Whether money may be owed: the deal, accepted or offered, has a fee, a commission or a bonus."""
    offer = latest(session, candidate, "made", "accepted")
    return offer is not None and OfferDraft.model_validate(offer.terms).pays


def set_payee(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, data: PayeeData, *, vault: Vault,
    actor: Person,
) -> Payee:  # fmt: skip
    """Record, or replace, where the money goes. Raises Refused for anybody but ops and owner, and where none is owed:
    what is not needed is not kept."""
    check_may(actor, campaign, Role.OPS, Role.OWNER, what="record payment data")
    session.refresh(candidate, with_for_update=True)
    _still_ours(session, candidate)
    if not needs_payee(session, candidate):
        raise Refused(
            f"Nothing is to be paid to {name_of(session, candidate)}; payment data is not kept without need.",
            next_step="It is asked for once an offer has a fee, a commission or a bonus.",
        )
    row = session.get(Payee, candidate.id) or Payee(candidate_id=candidate.id or 0, sealed="", recorded_by="",
                                                    at=clock.now())  # fmt: skip
    row.sealed, row.recorded_by, row.at = vault.seal(data.model_dump_json()), actor.id, clock.now()
    session.add(row)
    session.flush()
    _recorded(session, clock, candidate, "payee.recorded", actor=actor)
    return row


def payee(session: Session, campaign: Campaign, candidate: Candidate, *, vault: Vault, actor: Person) -> PayeeData:
    """The payment data, for ops and owner. Raises Refused where there is none."""
    check_may(actor, campaign, Role.OPS, Role.OWNER, what="see payment data")
    row = session.get(Payee, candidate.id)
    if row is None:
        raise Refused(f"No payment data of {name_of(session, candidate)} is on record.",
                      next_step=f"Record it: greenroom deal payee set {_typed(session, candidate)}")  # fmt: skip
    return payee_of(json.loads(vault.open(row.sealed, whose=name_of(session, candidate))))


def set_parcel(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, data: ParcelData, *, vault: Vault,
    actor: Person,
) -> Parcel:  # fmt: skip
    """Record where the product goes. Raises Refused once it was sent: it does not go elsewhere any more."""
    check_may(actor, campaign, Role.SENDER, Role.OPS, Role.OWNER, what="record a parcel")
    session.refresh(candidate, with_for_update=True)
    _still_ours(session, candidate)
    if latest(session, candidate, "made", "accepted") is None:
        raise Refused(f"{name_of(session, candidate)} has no offer; an address is not kept without need.",
                      next_step="Make an offer first.")  # fmt: skip
    row = session.get(Parcel, candidate.id)
    if row is not None and row.sent_on is not None:
        raise Refused(f"The parcel to {name_of(session, candidate)} was sent on {row.sent_on}.")
    row = row or Parcel(candidate_id=candidate.id or 0, sealed="", recorded_by="", at=clock.now())
    row.sealed, row.recorded_by, row.at = vault.seal(data.model_dump_json()), actor.id, clock.now()
    session.add(row)
    session.flush()
    _recorded(session, clock, candidate, "parcel.recorded", actor=actor)
    return row


def parcel_sent(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, on: date, carrier: str,
    tracking_number: str, actor: Person,
) -> Parcel:  # fmt: skip
    """The product is on its way. Told again, day, carrier and number are corrected.

    Raises Refused for a day after the one on which it arrived.
    """
    row = _parcel(session, campaign, candidate, actor=actor)
    if on > clock.now().date():
        raise BadInput(f"{on} is still to come.", next_step="Record it when the parcel has gone.")
    if row.received_on is not None and on > row.received_on:
        raise Refused(
            f"The parcel to {name_of(session, candidate)} arrived on {row.received_on}, before {on}.",
            next_step=f"Name the day it went: greenroom deal parcel sent {_typed(session, candidate)} --on DAY",
        )
    row.sent_on, row.carrier, row.tracking_number = on, clean(carrier)[:100], clean(tracking_number)[:100]
    return _kept(session, clock, candidate, row, "parcel.sent", actor=actor)


def parcel_received(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, on: date, actor: Person
) -> Parcel:
    """The product has arrived. Raises Refused before it was sent, or for a day before that."""
    row = _parcel(session, campaign, candidate, actor=actor)
    if row.sent_on is None or on < row.sent_on:
        first = f"greenroom deal parcel sent {_typed(session, candidate)}"
        raise Refused(
            f"The parcel to {name_of(session, candidate)} was "
            f"{f'sent on {row.sent_on}, after {on}' if row.sent_on else 'not sent yet'}.",
            next_step=f"Mend one of the two days: with --on here, or with: {first} --on DAY" if row.sent_on
            else f"Record first when it was sent: {first}",
        )  # fmt: skip
    if on > clock.now().date():
        raise BadInput(f"{on} is still to come.", next_step="Record it when the parcel has arrived.")
    row.received_on = on
    return _kept(session, clock, candidate, row, "parcel.received", actor=actor)


def parcel(
    session: Session, campaign: Campaign, candidate: Candidate, *, vault: Vault, actor: Person
) -> tuple[Parcel, ParcelData]:
    """The parcel with its address, for those who send it."""
    row = _parcel(session, campaign, candidate, actor=actor)
    return row, parcel_of(json.loads(vault.open(row.sealed, whose=name_of(session, candidate))))


def seal_again(session: Session, *, vault: Vault) -> int:
    """Everything sealed with the first key; how many rows that were."""
    rows: list[Payee | Parcel] = list(session.exec(select(Payee).with_for_update()).all())
    rows += session.exec(select(Parcel).with_for_update()).all()
    for row in rows:
        row.sealed = vault.again(row.sealed, whose=f"candidate {row.candidate_id}")
        session.add(row)
    return len(rows)


def opened(sealed: str, *, vault: Vault, whose: str) -> dict[str, str]:
    """What was sealed of a person, for the copy they may ask for."""
    return {str(name): str(value) for name, value in json.loads(vault.open(sealed, whose=whose)).items()}


def _still_ours(session: Session, candidate: Candidate) -> None:
    if candidate.stage in FINAL and candidate.stage != Stage.CLOSED:
        raise Refused(f"{name_of(session, candidate)} is {candidate.stage}; nothing more is recorded of them.")


def _parcel(session: Session, campaign: Campaign, candidate: Candidate, *, actor: Person) -> Parcel:
    check_may(actor, campaign, Role.SENDER, Role.OPS, Role.OWNER, what="see or record a parcel")
    row = session.get(Parcel, candidate.id, with_for_update=True)
    if row is None:
        raise Refused(
            f"No parcel to {name_of(session, candidate)} is on record.",
            next_step=f"Record the address: greenroom deal parcel set {_typed(session, candidate)}",
        )
    return row


def _typed(session: Session, candidate: Candidate) -> str:
    """Campaign and creator as commands take them."""
    return f"{candidate.campaign} {account_name(session, candidate)}"


def _kept(session: Session, clock: Clock, candidate: Candidate, row: Parcel, action: str, *, actor: Person) -> Parcel:
    row.recorded_by, row.at = actor.id, clock.now()
    session.add(row)
    session.flush()
    _recorded(session, clock, candidate, action, actor=actor)
    return row


def _recorded(session: Session, clock: Clock, candidate: Candidate, action: str, *, actor: Person) -> None:
    # No hash of the data either: an account number could be guessed from one.
    audit.record(session, clock, actor=actor.id, action=action, subject=f"candidate:{candidate.id}")
