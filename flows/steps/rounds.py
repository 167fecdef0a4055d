"""One round of the outreach: every campaign that runs, each by itself, so that one which may not go keeps no other.

Creators live in many time zones and mails are spread over their morning: a round a day would miss most of them.
"""

import logging
from collections import Counter

from sqlmodel import Session, col, select

from core.clock import local_day
from core.database import reading
from core.errors import GreenroomError
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.stages import Stage
from core.store import stored_campaign
from flows.steps import outreach as steps
from flows.wiring import Wiring

log = logging.getLogger("greenroom.rounds")
#: Somebody is to be written to, or is waited for.
_WRITTEN_TO = (Stage.APPROVED, Stage.INVITED)


def outreach_round(w: Wiring) -> dict[str, int]:
    """Write, send and close what is due in every campaign that runs; returns how many of what, over all of them."""
    done: Counter[str] = Counter()
    with reading(w.engine) as session:
        campaigns = running(session, w)
    for slug in campaigns:
        try:
            done += _round_of(w, slug)
        except GreenroomError as error:
            log.warning("the outreach of %s waits: %s", slug, error)
            done["campaigns_waiting"] += 1
    return dict(done)


def running(session: Session, w: Wiring) -> list[str]:
    """Campaigns that have not ended and in which somebody is to be written to, or a mail waits."""
    candidates = select(Candidate.campaign).where(col(Candidate.stage).in_(_WRITTEN_TO)).distinct()
    mails = select(Message.campaign).where(Message.status == "pending").distinct()
    known = sorted({*session.exec(candidates), *session.exec(mails)})
    return [slug for slug in known if _still_runs(session, w, slug)]


def _still_runs(session: Session, w: Wiring, slug: str) -> bool:
    campaign = stored_campaign(session, slug)
    return campaign.ends_on >= local_day(w.clock.now(), "UTC")


def _round_of(w: Wiring, slug: str) -> Counter[str]:
    no_answer = steps.close_unanswered(w, slug)
    written = steps.write_due(w, slug)
    report = steps.send_due(w, slug)
    if report.trouble:
        log.warning("the batch of %s stopped: %s", slug, report.trouble)
    return Counter(
        no_answer=no_answer,
        written=len(written.invitations.written) + len(written.follow_ups.written),
        sent=len(report.sent),
        failed=len(report.failed),
        unknown=len(report.unknown),
    )
