"""Whether a creator may be written to, at which address and on what grounds: asked before a word is written.

Owns the order of those questions. What the law of a country says stands in `outreach.law`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from core.campaign import Campaign
from core.clock import Clock
from core.errors import Refused
from core.mailer import Address
from core.models.candidates import Candidate, Snapshot
from core.store import account_of, snapshot_of
from outreach import suppression


@dataclass(frozen=True)
class Permission:
    """The one address, the country of who has it (two letters) and why we may write there; "" where nobody knows."""

    address: Address
    country: str = ""
    basis: str = ""


def permission_for(
    session: Session, clock: Clock, candidate: Candidate, campaign: Campaign, *, pepper: bytes
) -> Permission:
    """Raises Refused, with the next step, where they may not be written to by a machine."""
    address = address_of(snapshot_of(session, candidate), clock)
    account = account_of(session, candidate)
    if suppression.is_suppressed(session, pepper=pepper, addresses=[address.mail],
                                 accounts=[(account.platform, account.handle)]):  # fmt: skip
        raise Refused("The creator opted out of mails from us.")
    return Permission(address)


def address_of(snapshot: Mapping[str, Snapshot], clock: Clock) -> Address:
    """The mail address on record. Raises Refused where there is none that can be used."""
    row = snapshot.get("email")
    if row is None or not isinstance(row.value, str) or not row.value.strip():
        raise Refused("No mail address is on record.", next_step="Write a direct message by hand and record it.")
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Refused("The mail address on record has expired.", next_step="Import the profile again.")
    return Address.checked(row.value)
