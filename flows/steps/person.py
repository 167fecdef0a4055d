"""One creator as a person, across campaigns: on what grounds they are written to, who they are, what is forgotten.

Owns who may, and which steps make one whole. What is kept and what goes, outreach knows.
What reads the pool is loaded where it is read: whoever asks about a campaign's mails loads this module as well.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from contracts.keeping_sealed import opened
from core import audit
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.creators import Creator
from core.people import Person, Role, check_may
from core.persons import following_merges
from core.platforms import PLATFORMS, account_said
from core.store import campaign_of, candidate_named
from flows.steps.review import withdraw_questions
from flows.wiring import Wiring
from outreach import erasing, exporting, grounds, people_merged, suppression
from outreach.law.policy import Basis, Verdict
from outreach.permission import verdict_now
from outreach.persons import creator_called, is_on_record, known_as
from outreach.timeline import Happening, timeline
from sourcing.handles import account_at, normal_handle

if TYPE_CHECKING:
    from flows.steps.same_person import Joined
    from sourcing.pool import Profile

#: Who may record what a creator said of being written to.
WRITERS = (Role.SENDER, Role.OPS, Role.OWNER, Role.LEGAL)
#: Who decides where the law does not say, and who may have somebody forgotten.
DECIDERS = (Role.LEGAL, Role.OWNER)


@dataclass(frozen=True)
class Shown:
    """One person as people are shown them; `stages` are (campaign, stage), `happenings` newest last."""

    creator_id: str
    name: str
    accounts: tuple[str, ...]
    addresses: tuple[str, ...]
    suppressed: bool
    stages: tuple[tuple[str, str], ...]
    grounds: tuple[str, ...]
    happenings: tuple[Happening, ...]


def set_grounds(
    w: Wiring, slug: str, creator: str, basis: Basis, *, evidence: str, withdraw: bool, actor: Person
) -> Verdict:
    """Record grounds, or end them; returns whether they may be written to now, and why."""
    with unit_of_work(w.engine) as session:
        candidate = candidate_named(session, slug, creator)
        campaign = campaign_of(session, candidate)
        check_may_say(actor, campaign, basis, withdraw=withdraw)
        if withdraw:
            grounds.withdraw(session, w.clock, candidate, basis, actor=actor.id)
        else:
            grounds.allow(session, w.clock, candidate, basis, evidence=evidence, actor=actor.id)
        return verdict_now(session, candidate, campaign, pepper=w.pepper)


def merge(w: Wiring, one: str, into: str, *, evidence: str, actor: Person) -> tuple[Creator, str]:
    """Two creators on record are one person: the first is from now on known as the second.

    Returns the person, and by what name they are split again: where `one` was merged before, it is their person that
    moved.
    """
    _check_has(actor, Role.OPS, Role.OWNER, what="say that two creators are one person")
    with unit_of_work(w.engine) as session:
        first = creator_meant(session, w, one)
        moved = following_merges(session, first)
        found = people_merged.merge(session, w.clock, first, creator_meant(session, w, into), pepper=w.pepper,
                                    evidence=evidence, actor=actor.id)  # fmt: skip
        withdraw_questions(session, w)
        return found, one if moved.id == first.id else moved.id[:8]


def accept(w: Wiring, one: str, into: str, *, actor: Person) -> "Joined":
    """The same on the evidence of `greenroom person suggestions`. Raises Refused where that suggests it to nobody."""
    _check_has(actor, Role.OPS, Role.OWNER, what="say that two creators are one person")
    with unit_of_work(w.engine) as session:
        from flows.steps import same_person  # it reads the pool

        joined = same_person.accept(session, w, one, into, actor=actor.id)
        withdraw_questions(session, w)
        return joined


def split(w: Wiring, one: str, *, evidence: str, actor: Person) -> Creator:
    """They are two after all: the creator stands for itself again."""
    _check_has(actor, Role.OPS, Role.OWNER, what="say that creators are not one person")
    with unit_of_work(w.engine) as session:
        return people_merged.split(session, w.clock, creator_meant(session, w, one), evidence=evidence, actor=actor.id)


def creator_meant(session: Session, w: Wiring, who: str) -> Creator:
    """The creator on record by account in any spelling or address of it, mail address, or id. Raises Refused."""
    return creator_called(session, _as_kept(who), pepper=w.pepper)


def is_known(session: Session, w: Wiring, who: str) -> bool:
    """Whether anybody on record is called so, be it more than one."""
    return is_on_record(session, _as_kept(who), pepper=w.pepper)


def look_up(w: Wiring, who: str) -> Shown:
    """One person, and what happened. Raises Refused where nobody is called so."""
    with reading(w.engine) as session:
        known = known_as(session, creator_meant(session, w, who))
        rows = grounds.grounds_of(session, known.creator.id)
        return Shown(
            creator_id=known.creator.id,
            name=known.creator.name,
            accounts=tuple(f"{platform}:{handle}" for platform, handle in known.account_names),
            addresses=known.addresses,
            suppressed=suppression.is_suppressed(session, pepper=w.pepper, addresses=known.addresses,
                                                 accounts=known.account_names),
            stages=tuple((one.campaign, one.stage) for one in known.candidates),
            grounds=tuple(f"{row.basis}: {row.evidence}" for row in rows if row.ended_at is None),
            happenings=tuple(timeline(session, known)),
        )  # fmt: skip


def export(w: Wiring, who: str, *, actor: Person) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """Everything held of one person, as rows by table and as text; that it was copied is on record."""
    _check_has(actor, *WRITERS, what="copy what is held of a person")
    document: dict[str, list[dict[str, Any]]] = {}
    with unit_of_work(w.engine) as session:
        strangers = [] if is_known(session, w, who) else in_pool(w, who)
        names = [(one.platform, one.handle) for one in strangers]
        addresses: tuple[str, ...] = ()
        subject = "creator:only in the pool"
        if not strangers:
            known = known_as(session, creator_meant(session, w, who))
            document = exporting.rows_by_table(session, erasing.plan_for(session, known, pepper=w.pepper))
            _open_sealed(w, document)
            names, addresses, subject = known.account_names, known.addresses, f"creator:{known.creator.id}"
        audit.record(session, w.clock, actor=actor.id, action="person.exported", subject=subject)
    if pool := [asdict(profile) for profile in profiles_of(w, names, addresses)]:
        document["pool"] = pool
    return document, exporting.readable(document, day=f"{w.clock.now():%Y-%m-%d}")


def _open_sealed(w: Wiring, document: dict[str, list[dict[str, Any]]]) -> None:
    for table in ("payee", "parcel"):
        for row in document.get(table, ()):
            row |= opened(row.pop("sealed"), vault=w.vault, whose=f"candidate {row['candidate_id']}")


def in_pool(w: Wiring, who: str) -> "list[Profile]":
    """Profiles of the pool by account or mail address: also of somebody whom no longlist ever named."""
    from sourcing import service as sourcing

    return sourcing.profiles_called(w.settings.pool_folder, _as_kept(who)) if _has_pool(w) else []


def profiles_of(w: Wiring, names: Collection[tuple[str, str]], addresses: Collection[str]) -> "list[Profile]":
    """Profiles of the pool that are of these accounts (platform, handle) or have one of these addresses."""
    from sourcing import service as sourcing

    if not _has_pool(w):
        return []
    found = [sourcing.profile(w.settings.pool_folder, *name) for name in names]
    found += [one for address in addresses for one in in_pool(w, address)]
    return list({(one.platform, one.handle): one for one in found if one is not None}.values())


def _as_kept(who: str) -> str:
    """An account as platform:handle in the one form of its handle; whatever names no account as it was said.

    Whoever is on record under the one form must not be taken for a stranger because somebody wrote another.
    """
    platform, handle = account_at(who) or account_said(who)
    name = normal_handle(handle, platform) if platform in PLATFORMS else ""
    return f"{platform}:{name}" if name else who


def _has_pool(w: Wiring) -> bool:
    return (w.settings.pool_folder / "CURRENT").exists()


def check_may_forget(actor: Person) -> None:
    """Only the owner or legal have somebody forgotten: it cannot be undone."""
    _check_has(actor, *DECIDERS, what="have a person forgotten")


def check_may_say(actor: Person, campaign: Campaign, basis: Basis, *, withdraw: bool) -> None:
    """Raises Refused. Whoever writes to creators records what they said; where the law is silent, legal decides."""
    if basis is Basis.DECIDED and not withdraw:
        check_may(actor, campaign, *DECIDERS, what="decide that a creator may be written to")
    else:
        check_may(actor, campaign, *WRITERS, what="record why a creator may be written to")


def _check_has(actor: Person, *roles: Role, what: str) -> None:
    if not set(roles) & set(actor.roles):
        raise Refused(f"{actor.name} may not {what}: it takes the role {' or '.join(roles)}.",
                      next_step="Ask somebody who has it in the people file.")  # fmt: skip
