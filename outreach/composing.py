"""One mail of a sequence, from what the record knows of its reader to words that passed the linter. Pure.

Knows no ledger: who is written to, and when, is decided in `outreach.writing`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from core.campaign import Campaign
from core.errors import Refused
from core.models.candidates import Snapshot
from core.people import Person
from outreach import facts, lint, render, words
from outreach.render import MailTemplate


@dataclass(frozen=True)
class Reader:
    """Whom a mail is for, as the record knows them."""

    name: str
    handle: str
    platform: str
    address: str
    snapshot: Mapping[str, Snapshot]


@dataclass(frozen=True)
class Occasion:
    """Which mail it is and what it depends on: the step of the sequence, who writes, until when an answer is asked for,
    why they may be written to, where a click unsubscribes ("" without a public address), and of a follow-up the subject
    and day of the first mail."""

    step: str
    sender: Person
    deadline: date
    basis: str = ""
    unsubscribe_url: str = ""
    first_subject: str = ""
    first_sent: date | None = None


@dataclass(frozen=True)
class Composed:
    """A mail that may go out. `html` says the same as `text`; `facts` as they are kept with the message."""

    subject: str
    text: str
    html: str
    recipient_name: str
    template: str
    template_sha256: str
    facts: tuple[dict[str, Any], ...]


def compose(
    template: MailTemplate, campaign: Campaign, reader: Reader, occasion: Occasion, *, now: datetime
) -> Composed:
    """Write it. Raises Refused, saying what lacks, where the linter would not let it go."""
    locale = campaign.outreach.locale
    picked = facts.pick(reader.snapshot, now=now, locale=locale, seed=f"{reader.platform}:{reader.handle}")
    if len(picked) < facts.LEAST:
        raise Refused(f"Only {len(picked)} of the 2 personal facts a mail needs are on record.",
                      next_step="Write to this creator by hand.")  # fmt: skip
    invitation = render.invitation_for(
        campaign, name=reader.name, handle=reader.handle, platform=reader.platform, sender=occasion.sender,
        facts=picked, deadline=occasion.deadline)  # fmt: skip
    done = template.render(invitation)
    _check(done, campaign, recipient=reader.address, picked=picked, deadline=occasion.deadline)
    return Composed(
        subject=done.subject,
        text=done.text,
        html="",
        recipient_name="" if invitation.greeting == invitation.handle else invitation.greeting,
        template=done.template,
        template_sha256=done.template_sha256,
        facts=tuple(asdict(fact) for fact in picked),
    )


def _check(
    done: render.Written, campaign: Campaign, *, recipient: str, picked: tuple[facts.Fact, ...], deadline: date
) -> None:
    locale = campaign.outreach.locale
    expected = lint.Expected(
        recipient=recipient,
        subject=done.subject,
        facts=tuple(fact.shown for fact in picked),
        offer=(*render.offer_parts(campaign), *campaign.offer.deliverables),
        timeline=(words.long_date(campaign.starts_on, locale), words.long_date(campaign.ends_on, locale)),
        deadline=words.long_date(deadline, locale, weekday=True),
        postal_address=campaign.company.postal_address,
        address_source=campaign.company.address_source,
    )
    found = lint.problems(done.text, expected)
    if found:
        reasons = "; ".join(problem.message for problem in found)
        raise Refused(f"The mail may not go out: {reasons}.", next_step=f"Look at {done.template} or write by hand.")
