"""Asking a person again where the first few mails in a new wording came back or were complained about.

Owns who is asked and what they are shown. When that is, outreach's rule says; what the answer does, the effects do.
"""

from sqlmodel import Session

from approvals import first_mails
from approvals import service as approvals
from approvals.kinds import Kind
from approvals.service import Question
from approvals.slack.canary import CREATOR
from core.campaign import Campaign
from core.cards import Fact
from core.clock import local_day
from core.database import unit_of_work
from core.models.approvals import Request
from core.people import Role
from core.store import stored_campaign
from flows.steps.sign_offs import voice_of
from flows.steps.watchman import Standing, standing_of
from flows.wiring import Wiring
from outreach import quarantine, voice
from outreach.first_few import FirstMail
from outreach.quarantine import Version
from outreach.reporting import handles_of


def ask_about_first(w: Wiring, slug: str) -> list[Request]:
    """Ask ops whether more may follow, for each wording of a campaign whose first mails say otherwise.

    Asked again, the open question stays; where more came back meanwhile, a new one takes its place.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        versions = {one.template.sha256: one.version for one in voice.spoken(w.settings.templates, campaign)}
        stopped = quarantine.quarantined(session)
        found = standing_of(session, w, campaign, frozenset(versions), voice=voice_of(w, campaign))
        return [
            _ask(session, w, campaign, one, versions[one.template_sha256])
            for one in found if one.trouble and one.template_sha256 not in stopped
        ]  # fmt: skip


def _ask(session: Session, w: Wiring, campaign: Campaign, standing: Standing, version: Version) -> Request:
    mails = standing.first.mails
    handles = handles_of(session, [mail.candidate_id for mail in mails])
    ops = w.people.holder(campaign, Role.OPS, w.clock.now())
    zone = ops.calendar.time_zone
    lines = [
        Fact(label=f"{CREATOR}{handles[mail.candidate_id]}", value=_told(mail), evidence=_since(mail, zone))
        for mail in mails
    ]
    question = Question(
        kind=Kind.OUTREACH_BATCH,
        subject=standing.subject,
        campaign=campaign.slug,
        card=first_mails.card(campaign, template=version.template, template_sha256=version.sha256,
                              found=standing.trouble, mails=lines),
        role=Role.OPS,
        assignee=ops,
        requested_by="greenroom",
        sla=campaign.sla,
    )  # fmt: skip
    return approvals.ask(session, w.clock, question)


def _told(mail: FirstMail) -> str:
    """What came of one mail, by the kinds of what came back: not in the creator's words, which others need not read."""
    kinds = dict.fromkeys(kind for kind, _ in mail.came_back)
    if kinds:
        return ", ".join(kinds)
    return "nothing yet" if mail.status == "sent" else f"nobody knows whether it arrived ({mail.status})"


def _since(mail: FirstMail, time_zone: str) -> str:
    return f"mail {mail.message_id}, {local_day(mail.out_since, time_zone):%d %B %Y}"
