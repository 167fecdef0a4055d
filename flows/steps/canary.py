"""The first mail of a batch, put before a person exactly as a creator will get it, before any goes out; with what
follows it where they do not answer.

Owns whom it is put before and which mail it is. One answer holds for every mail in the same words.
"""

from datetime import timedelta

from sqlmodel import Session

from approvals import gate
from approvals import service as approvals
from approvals.kinds import Kind
from approvals.rights import somebody_else
from approvals.service import Question
from approvals.slack.canary import BODY, FOLLOW_UP, SUBJECT
from core.campaign import Campaign
from core.cards import ADDRESSEE, Card, Choice, Fact
from core.clock import local_day
from core.database import unit_of_work
from core.errors import GreenroomError, Refused
from core.models.approvals import Request
from core.models.outreach import Message
from core.people import Person, Role, check_may
from core.store import account_of, creator_of, snapshot_of, stored_campaign, the_candidate
from flows.steps.outreach import written_due
from flows.steps.sign_offs import voice_of
from flows.steps.watchman import wording_in_force
from flows.wiring import Wiring
from outreach import quarantine, unsubscribe, voice
from outreach import service as outreach
from outreach.composing import Occasion, Reader, compose
from outreach.entries import INVITE
from outreach.voice import Spoken

#: Who may show the first mail, and who is asked about it.
SHOWERS = (Role.OPS, Role.SENDER, Role.OWNER)
_CHOICES = (
    Choice(id="approve", label="Let them go"),
    Choice(id="decline", label="Send none", needs_reason=True, reasons=("wording", "wrong facts", "wrong offer")),
)


def ask_canary(w: Wiring, slug: str, *, actor: Person) -> Request:
    """Write what is due and ask ops or the sender, whoever does not ask, about the next mail.

    Raises Refused where no mail is ready, or mails in these words were let go before.
    """
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        check_may(actor, campaign, *SHOWERS, what="show the first mail")
        steps = voice.spoken(w.settings.templates, campaign)
        for one in steps:
            quarantine.check_free(session, one.version)
        said = voice_of(w, campaign)
        if any(item.done for item in gate.standing(session, campaign, said).items if item.requirement == "R49"):
            raise Refused(f"Mails of {slug} in these words were let go before.",
                          next_step=f"See: greenroom campaign gate {slug}")  # fmt: skip
        quarantine.put_back(session, w.clock, in_use=[one.template.sha256 for one in steps], by=actor.id, campaign=slug)
        mails = _ready(session, w, campaign)
        if not mails:
            raise Refused(f"No mail of {slug} is ready to be looked at.",
                          next_step=f"Approve creators first: greenroom review list {slug}")  # fmt: skip
        role, assignee = _whom(w, campaign, actor)
        question = Question(
            kind=Kind.OUTREACH_BATCH,
            subject=gate.subject_of(campaign),
            campaign=slug,
            card=_card(session, w, campaign, mails, steps),
            content_sha256=gate.wording_content(campaign, said),
            role=role,
            assignee=assignee,
            requested_by=actor.id,
            sla=campaign.sla,
            four_eyes=somebody_else(w.people, campaign, assignee, role, asker=actor),
        )
        return approvals.ask(session, w.clock, question)


def _ready(session: Session, w: Wiring, campaign: Campaign) -> list[Message]:
    """What would go next in the words in force. A mail that could not be written anew still has older ones."""
    written_due(session, w, campaign)
    wording = wording_in_force(session, w, campaign)
    return [mail for mail in outreach.ready(session, campaign.slug) if wording.is_of(mail)]


def _whom(w: Wiring, campaign: Campaign, actor: Person) -> tuple[Role, Person]:
    """The first of ops and sender who is not the one who asks; ops where both are."""
    asked = [(role, w.people.holder(campaign, role, w.clock.now(), asker=actor.id)) for role in (Role.OPS, Role.SENDER)]
    return next(((role, person) for role, person in asked if person.id != actor.id), asked[0])


def _card(session: Session, w: Wiring, campaign: Campaign, mails: list[Message], steps: tuple[Spoken, ...]) -> Card:
    mail, following = mails[0], len(mails) - 1
    sender = w.people.named(mail.sender)
    account = account_of(session, the_candidate(session, mail.candidate_id))
    more = "no more are ready" if not following else f"{following} more {'is' if following == 1 else 'are'} ready"
    chosen = campaign.outreach
    facts = (
        Fact(label=ADDRESSEE, value=f"@{account.handle}", evidence="the first to be written to"),
        Fact(label="Sender", value=sender.name, evidence=sender.mail),
        Fact(label="Will follow", value=f"every mail in these words; {more}",
             evidence=f"{chosen.canary_size} first, the others {chosen.canary_hours} hours later if none comes back"),
        Fact(label="Template", value=mail.template, evidence=f"sha256 {mail.template_sha256}"),
        *(Fact(label="Said of them", value=fact["shown"], evidence=fact["source"]) for fact in mail.facts),
        Fact(label=SUBJECT, value=mail.subject),
        Fact(label=BODY, value=mail.text),
        *(_follow_up(session, w, campaign, mail, one) for one in steps if one.step.name not in (INVITE, mail.step)),
    )  # fmt: skip
    return Card(
        title=f"First mail of {campaign.name}",
        subtitle="exactly as it will be sent; none goes out before somebody has let this one go",
        facts=facts,
        choices=_CHOICES,
    )


def _follow_up(session: Session, w: Wiring, campaign: Campaign, mail: Message, spoken: Spoken) -> Fact:
    """What the same creator gets later if they do not answer; the bare template where it cannot be filled yet."""
    candidate = the_candidate(session, mail.candidate_id)
    account = account_of(session, candidate)
    sender, step = w.people.named(mail.sender), spoken.step
    today = local_day(w.clock.now(), sender.calendar.time_zone)
    reader = Reader(creator_of(session, candidate).name, account.handle, account.platform, mail.recipient,
                    snapshot_of(session, candidate))  # fmt: skip
    occasion = Occasion(step.name, sender, today + timedelta(days=step.after_days + step.answer_within_days),
                        basis=mail.basis, unsubscribe_url=unsubscribe.link(w.settings.public_url, mail.stop_token),
                        first_subject=mail.subject, first_sent=today)  # fmt: skip
    label = f"{FOLLOW_UP} after {step.after_days} days"
    try:
        done = compose(spoken.template, campaign, reader, occasion, now=w.clock.now())
    except GreenroomError as lacking:
        return Fact(label=label, value=spoken.source, evidence=f"as its template reads: {lacking.message}")
    return Fact(label=label, value=f"{done.subject}\n\n{done.text}", evidence=done.template)
