"""What a deal needs to know beyond its terms: where money goes, where a parcel goes, and the keys that seal both."""

from datetime import date

from contracts import keeping_sealed as sealed
from contracts.particulars import ParcelData, PayeeData
from core import audit
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.deals import Parcel
from core.people import Person, Role
from core.store import campaign_of, candidate_named
from flows.wiring import Wiring


def set_payee(w: Wiring, slug: str, creator: str, data: PayeeData, *, actor: Person) -> None:
    """Record where a creator's money goes."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        sealed.set_payee(session, w.clock, campaign, candidate, data, vault=w.vault, actor=actor)


def payee(w: Wiring, slug: str, creator: str, *, actor: Person) -> PayeeData:
    """Where a creator's money goes."""
    with reading(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        return sealed.payee(session, campaign_of(session, candidate), candidate, vault=w.vault, actor=actor)


def set_parcel(w: Wiring, slug: str, creator: str, data: ParcelData, *, actor: Person) -> Parcel:
    """Record where the product goes."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        return sealed.set_parcel(session, w.clock, campaign, candidate, data, vault=w.vault, actor=actor)


def parcel_sent(
    w: Wiring, slug: str, creator: str, *, on: date | None, carrier: str, tracking_number: str, actor: Person
) -> Parcel:
    """The product is on its way; today where no day is named."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        return sealed.parcel_sent(session, w.clock, campaign, candidate, on=on or w.clock.now().date(),
                                  carrier=carrier, tracking_number=tracking_number, actor=actor)  # fmt: skip


def parcel_received(w: Wiring, slug: str, creator: str, *, on: date | None, actor: Person) -> Parcel:
    """The product has arrived; today where no day is named."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        day = on or w.clock.now().date()
        return sealed.parcel_received(session, w.clock, campaign, candidate, on=day, actor=actor)


def parcel(w: Wiring, slug: str, creator: str, *, actor: Person) -> tuple[Parcel, ParcelData]:
    """The parcel and where it goes."""
    with reading(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        return sealed.parcel(session, campaign_of(session, candidate), candidate, vault=w.vault, actor=actor)


def change_key(w: Wiring, *, actor: Person, new_key: bool = True, drop_old: bool = False) -> int:
    """Seal everything anew, with a new key unless `new_key` is False; how many rows that were.

    Stopped anywhere, every row is still opened by one of the keys: the new one is there before the first row is sealed
    with it, and old ones go, if at all, after the last.
    """
    if not {Role.OPS, Role.OWNER} & set(actor.roles):
        raise Refused(f"{actor.name} may not change the keys: it takes ops or the owner.")
    if new_key:
        w.vault.add_key()
    with unit_of_work(w.engine) as session:
        count = sealed.seal_again(session, vault=w.vault)
        audit.record(session, w.clock, actor=actor.id, action="vault.rotated", subject="vault:keys")
    if drop_old:
        w.vault.drop_old_keys()
    return count
