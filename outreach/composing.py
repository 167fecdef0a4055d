"""One mail of a sequence, from what the record knows of its reader to words that passed the linter. Pure.

Knows no ledger: who is written to, and when, is decided in `outreach.writing`.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from core.campaign import Campaign
from core.errors import Refused
from core.models.candidates import Snapshot
from core.people import Person
from outreach import facts, lint, render, words
from outreach.facts import Fact
from outreach.law.notice import notice
from outreach.render import Circumstances, MailTemplate
from outreach.sayings import Sayings
from outreach.words import Locale


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
    why they may be written to and in which country (two letters), where a click unsubscribes ("" without a public
    address), and of a follow-up the subject and day of the first mail."""

    step: str
    sender: Person
    deadline: date
    basis: str = ""
    country: str = ""
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
    sayings = template.sayings
    # What they are invited to is what they will be offered.
    campaign = campaign.for_followers(getattr(reader.snapshot.get("followers"), "value", None))
    picked = _facts(sayings, campaign, reader, occasion, now)
    told = notice_of(campaign, occasion, sayings.locale)
    invitation = render.invitation_for(
        campaign, sayings, name=reader.name, handle=reader.handle, platform=reader.platform, sender=occasion.sender,
        facts=picked, deadline=occasion.deadline,
        circumstances=Circumstances(told, occasion.unsubscribe_url, occasion.first_subject, occasion.first_sent),
    )  # fmt: skip
    done = template.render(invitation)
    expected = expected_of(
        campaign, sayings, occasion, subject=done.subject, recipient=reader.address, notice=told,
        facts=tuple(fact.shown for fact in picked), names=(invitation.handle, invitation.greeting),
    )  # fmt: skip
    _check(lint.problems(done.text, expected, html=done.html), done.template)
    return Composed(
        subject=done.subject,
        text=done.text,
        html=done.html,
        recipient_name="" if invitation.greeting == invitation.handle else invitation.greeting,
        template=done.template,
        template_sha256=done.template_sha256,
        facts=tuple(asdict(fact) for fact in picked),
    )


def expected_of(
    campaign: Campaign, sayings: Sayings, occasion: Occasion, *, subject: str, recipient: str, facts: tuple[str, ...],
    names: tuple[str, ...], notice: str = "", links: tuple[str, ...] = (),
) -> lint.Expected:  # fmt: skip
    """What the linter holds a mail of this campaign against."""
    locale, offer, company = sayings.locale, campaign.offer, campaign.company
    return lint.Expected(
        recipient=recipient,
        subject=subject,
        locale=locale,
        facts=facts,
        model=sayings.of("offer", "model", offer.model),
        offer=render.offer_parts(campaign, sayings),
        deliverables=offer.deliverables,
        timeline=(words.long_date(campaign.starts_on, locale), words.long_date(campaign.ends_on, locale)),
        payment=render.payment_of(campaign, sayings),
        usage=render.usage_of(campaign, sayings),
        deadline=words.long_date(occasion.deadline, locale, weekday=True),
        who=(occasion.sender.name, campaign.brand, company.legal_name),
        sender_mail=occasion.sender.mail,
        website=company.website,
        postal_address=company.postal_address,
        address_source=company.address_source,
        notice=notice,
        unsubscribe_url=occasion.unsubscribe_url,
        links=(company.website, company.privacy_url, *links),
        names=names,
        first_subject=occasion.first_subject,
    )


def notice_of(campaign: Campaign, occasion: Occasion, locale: Locale) -> str:
    """What a first mail says of the data it rests on; "" of a follow-up, as the reader was told."""
    if occasion.first_subject:
        return ""
    source = campaign.company.address_source
    return notice(locale, campaign, source=source, basis=occasion.basis, country=occasion.country)


def _facts(sayings: Sayings, campaign: Campaign, reader: Reader, occasion: Occasion, now: datetime) -> tuple[Fact, ...]:
    seed, asked = f"{reader.platform}:{reader.handle}", facts.asked_of(campaign)
    if occasion.first_subject:
        number = int("".join(re.findall(r"\d+$", occasion.step)) or 1)
        picked = facts.pick_another(reader.snapshot, now=now, sayings=sayings, seed=seed, number=number, asked=asked)
    else:
        picked = facts.pick(reader.snapshot, now=now, sayings=sayings, seed=seed, asked=asked)
    least = 1 if occasion.first_subject else facts.LEAST
    if len(picked) < least:
        raise Refused(f"Only {len(picked)} of the {least} personal facts a mail needs are on record.",
                      next_step="Write to this creator by hand.")  # fmt: skip
    return picked


def _check(found: list[lint.Problem], template: str) -> None:
    if found:
        reasons = "; ".join(problem.message for problem in found)
        where = "; ".join(dict.fromkeys(problem.mend for problem in found))
        raise Refused(f"The mail may not go out: {reasons}.", next_step=f"{where} ({template}).")
