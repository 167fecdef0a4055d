"""Taking a wording out of use, and putting right what it said: with the real templates, people and record.

Owns who may. What is called back and who gets a correction, outreach knows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import BadInput
from core.models.outreach import Message
from core.models.sending import Quarantine
from core.people import Person, Role, check_may
from core.store import stored_campaign
from flows.slack.telling import tell
from flows.wiring import Wiring
from outreach import correcting, quarantine, voice
from outreach.correcting import Drafted
from outreach.quarantine import Version, WentOut

#: Who may take a wording out of use and let it be used again, beside the brand lead.
KEEPERS = (Role.OPS, Role.SENDER, Role.OWNER)


@dataclass(frozen=True)
class Quarantined:
    """What came of it: message ids called back, who was reached already, and what was drafted for them."""

    row: Quarantine
    called_back: tuple[int, ...]
    went_out: tuple[WentOut, ...]
    corrections: Drafted


def put_in_quarantine(w: Wiring, slug: str, *, named: str, why: str, say: str, actor: Person) -> Quarantined:
    """Send nothing more in a wording, call back what waits, and draft a correction where `say` says what was wrong.

    `named` is a template or the start of a version's sha256; "" the wording that the campaign last wrote in. Done
    again for a wording in quarantine, what is missing is done.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        _check_may(actor, campaign, "take a wording out of use")
        version = _version(session, w, campaign, named)
        if version.sha256 not in quarantine.quarantined(session) and not why.strip():
            raise BadInput("Nothing says why the wording is taken out of use.", next_step="Add --reason WHY.")
        row = quarantine.put(session, w.clock, version, campaign=slug, why=why, by=actor.id)
        called_back = quarantine.call_back(session, w.clock, row, by=actor.id)
        done = quarantine.went_out(session, version.sha256)
        _tell_ops(session, w, row, called_back=len(called_back), out=len(done), actor=actor)
    # Apart from it: words that cannot be used for a correction must not put the wrong wording back into use.
    drafted = _corrections(w, row, say) if say.strip() else Drafted((), ())
    return Quarantined(row, tuple(called_back), tuple(done), drafted)


def lift(w: Wiring, slug: str, *, named: str, actor: Person) -> tuple[Quarantine, list[int]]:
    """The wording may be used again, and what was called back waits again; message ids.

    Where none is named, the one that the campaign has in quarantine is meant. Raises Refused where there is none.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        _check_may(actor, campaign, "let a wording be used again")
        mine = quarantine.open_ones(session, slug)
        only = Version(mine[0].template, mine[0].template_sha256) if len(mine) == 1 and not named else None
        row = quarantine.lift(session, w.clock, only or _version(session, w, campaign, named), by=actor.id)
        waiting = quarantine.put_back(session, w.clock, in_use=quarantine.quarantined(session), by=actor.id)
        return row, waiting


def corrections(w: Wiring, slug: str) -> Sequence[Message]:
    """The drafts of a campaign's corrections, for a person to read."""
    with reading(w.engine) as session:
        return correcting.drafts_of(session, slug)


def send_corrections(w: Wiring, slug: str, *, numbers: Collection[int], actor: Person) -> list[Message]:
    """A person read these (all drafts, where none is named): they go with the next batch."""
    with unit_of_work(w.engine) as session:
        _check_may(actor, stored_campaign(session, slug), "send corrections")
        chosen = numbers or [message.id or 0 for message in correcting.drafts_of(session, slug)]
        return correcting.let_go(session, w.clock, chosen, campaign=slug, by=actor.id)


def _corrections(w: Wiring, row: Quarantine, say: str) -> Drafted:
    try:
        with unit_of_work(w.engine) as session:
            return correcting.draft_corrections(
                session, w.clock, row, say=say, people=w.people, templates=w.settings.templates, pepper=w.pepper
            )
    except BadInput as error:
        said = f"{error.message} The wording is out of use; no correction was drafted."
        raise BadInput(said, next_step=error.next_step) from None


def _version(session: Session, w: Wiring, campaign: Campaign, named: str) -> Version:
    in_use = [one.version for one in voice.spoken(w.settings.templates, campaign)]
    return quarantine.the_version(session, campaign.slug, named, in_use=in_use)


def _check_may(actor: Person, campaign: Campaign, what: str) -> None:
    if campaign.owners.brand_lead not in (actor.id, *actor.groups):
        check_may(actor, campaign, *KEEPERS, what=what)


def _tell_ops(session: Session, w: Wiring, row: Quarantine, *, called_back: int, out: int, actor: Person) -> None:
    if w.slack_on:
        said = (f"{actor.name} took {row.template} (version {row.template_sha256[:12]}) out of use: {row.why}. "
                f"Mails called back: {called_back}; out already: {out}.")  # fmt: skip
        tell(session, w, said, key=f"quarantine:{row.id}", person="", campaign=row.campaign)
