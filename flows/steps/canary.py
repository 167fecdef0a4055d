"""The first mail of a batch, put before a person exactly as a creator will get it, before any goes out.

Owns whom it is put before and which mail it is. One answer holds for every mail in the same words.
"""

from sqlmodel import Session

from approvals import gate
from approvals import service as approvals
from approvals.kinds import Kind
from approvals.rights import somebody_else
from approvals.service import Question
from approvals.slack.canary import BODY, SUBJECT
from core.campaign import Campaign
from core.cards import Card, Choice, Fact
from core.database import unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.outreach import Message
from core.people import Person, Role, check_may
from core.store import account_of, in_force_since, stored_campaign, the_candidate
from flows.steps.sign_offs import voice_of
from flows.wiring import Wiring
from outreach import service as outreach

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
        voice = voice_of(w, campaign)
        if any(item.done for item in gate.standing(session, campaign, voice).items if item.requirement == "R49"):
            raise Refused(f"Mails of {slug} in these words were let go before.",
                          next_step=f"See: greenroom campaign gate {slug}")  # fmt: skip
        mails = _ready(session, w, campaign)
        if not mails:
            raise Refused(f"No mail of {slug} is ready to be looked at.",
                          next_step=f"Approve creators first: greenroom review list {slug}")  # fmt: skip
        role, assignee = _whom(w, campaign, actor)
        question = Question(
            kind=Kind.OUTREACH_BATCH,
            subject=gate.subject_of(campaign),
            campaign=slug,
            card=_card(w, campaign, mails[0], handle=_handle(session, mails[0]), following=len(mails) - 1),
            content_sha256=gate.wording_content(campaign, voice),
            role=role,
            assignee=assignee,
            requested_by=actor.id,
            sla=campaign.sla,
            four_eyes=somebody_else(w.people, campaign, assignee, role, asker=actor),
        )
        return approvals.ask(session, w.clock, question)


def _ready(session: Session, w: Wiring, campaign: Campaign) -> list[Message]:
    """What would go next in the words in force. A mail that could not be written anew still has older ones."""
    since = in_force_since(session, campaign.slug)
    outreach.write_invitations(
        session, w.clock, campaign, w.people, templates=w.settings.templates, pepper=w.pepper, reads_so_since=since
    )
    chosen = campaign.outreach
    words = outreach.load_template(w.settings.templates, chosen.template, chosen.locale).sha256
    wording = outreach.Wording(frozenset({words}), since)
    return [mail for mail in outreach.ready(session, campaign.slug) if wording.is_of(mail)]


def _handle(session: Session, mail: Message) -> str:
    return account_of(session, the_candidate(session, mail.candidate_id)).handle


def _whom(w: Wiring, campaign: Campaign, actor: Person) -> tuple[Role, Person]:
    """The first of ops and sender who is not the one who asks; ops where both are."""
    asked = [(role, w.people.holder(campaign, role, w.clock.now(), asker=actor.id)) for role in (Role.OPS, Role.SENDER)]
    return next(((role, person) for role, person in asked if person.id != actor.id), asked[0])


def _card(w: Wiring, campaign: Campaign, mail: Message, *, handle: str, following: int) -> Card:
    sender = w.people.named(mail.sender)
    more = "no more are ready" if not following else f"{following} more {'is' if following == 1 else 'are'} ready"
    facts = (
        Fact(label="To", value=f"@{handle}", evidence="the first to be written to"),
        Fact(label="Sender", value=sender.name, evidence=sender.mail),
        Fact(label="Will follow", value=f"every mail in these words; {more}"),
        Fact(label="Template", value=mail.template, evidence=f"sha256 {mail.template_sha256}"),
        *(Fact(label="Said of them", value=fact["shown"], evidence=fact["source"]) for fact in mail.facts),
        Fact(label=SUBJECT, value=mail.subject),
        Fact(label=BODY, value=mail.text),
    )
    return Card(
        title=f"First mail of {campaign.name}",
        subtitle="exactly as it will be sent; none goes out before somebody has let this one go",
        facts=facts,
        choices=_CHOICES,
    )
