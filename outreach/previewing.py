"""The mails that wait, each with all a person wants to know before it goes: where its facts are from, what the linter
says, when it goes. Changes nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account
from core.models.outreach import Message
from core.people import People, Person
from outreach import lint, render
from outreach.composing import Occasion, expected_of, notice_of
from outreach.entries import INVITE, MARKETING
from outreach.page import WaitingMail
from outreach.sayings import Sayings, load_sayings
from outreach.words import LOCALES, Locale


def waiting(session: Session, campaign: Campaign, people: People, *, templates: Path) -> tuple[WaitingMail, ...]:
    """Every mail of the campaign that waits to be sent: mails of running deals first, then in the order they go."""
    query = (
        select(Message, Account)
        .join(Candidate, col(Candidate.id) == Message.candidate_id)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Message.campaign == campaign.slug, Message.status == "pending", Message.withdrawn == "")
        .order_by(col(Message.category).desc(), col(Message.id))
    )
    known = {person.id: person for person in people}
    rows = session.exec(query).all()
    first = _first_subjects(session, campaign, {message.candidate_id for message, _ in rows})
    sayings = {locale: load_sayings(templates, locale) for locale in LOCALES if locale == campaign.outreach.locale}
    sizes = _sizes(session, {message.candidate_id for message, _ in rows}) if campaign.offer.tiers else {}
    return tuple(
        _mail(message, account, known.get(message.sender), campaign.for_followers(sizes.get(message.candidate_id)),
              sayings, first)
        for message, account in rows
    )  # fmt: skip


def _mail(
    message: Message, account: Account, sender: Person | None, campaign: Campaign, sayings: Mapping[Locale, Sayings],
    first: Mapping[int, str],
) -> WaitingMail:  # fmt: skip
    problems: list[lint.Problem] = []
    if sender is not None and message.category == MARKETING and message.answer_by is not None:
        problems = _verdict(message, account, sender, campaign, sayings[campaign.outreach.locale], first)
    return WaitingMail(
        message.id or 0, message.candidate_id, account.handle, account.platform, message.status, message.step,
        message.category, message.sender, sender.name if sender else message.sender, sender.mail if sender else "",
        message.recipient, message.recipient_name, message.subject, message.text, message.html, message.locale,
        message.country, message.time_zone, message.not_before, tuple(message.facts),
        tuple(asdict(problem) for problem in problems), message.template, message.template_sha256,
    )  # fmt: skip


def _verdict(
    message: Message, account: Account, sender: Person, campaign: Campaign, sayings: Sayings, first: Mapping[int, str]
) -> list[lint.Problem]:
    """What the linter says of it now: campaign and phrases may read otherwise than when it was written."""
    assert message.answer_by is not None
    earlier = "" if message.step == INVITE else first.get(message.candidate_id, "")
    occasion = Occasion(message.step, sender, message.answer_by, message.basis, message.country,
                        first_subject=earlier)  # fmt: skip
    handle = render.shown_handle(account.handle)
    expected = expected_of(
        campaign, sayings, occasion, subject=message.subject, recipient=message.recipient,
        facts=tuple(str(fact["shown"]) for fact in message.facts), names=(handle, message.recipient_name),
        notice=notice_of(campaign, occasion, sayings.locale),
        links=_own_links(message.headers),
    )  # fmt: skip
    return lint.problems(message.text, expected, html=message.html)


def _own_links(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The address that unsubscribes, as the headers carry it."""
    parts = str(headers.get("List-Unsubscribe", "")).split(",")
    return tuple(part.strip(" <>") for part in parts if part.strip().startswith("<https://"))


def _sizes(session: Session, candidates: set[int]) -> dict[int, Any]:
    """How many followers each had when longlisted, which is what their offer goes by."""
    query = select(Snapshot.candidate_id, Snapshot.value).where(
        Snapshot.field == "followers", col(Snapshot.candidate_id).in_(candidates)
    )
    return dict(session.exec(query).all())


def _first_subjects(session: Session, campaign: Campaign, candidates: set[int]) -> dict[int, str]:
    if not candidates:
        return {}
    query = select(Message.candidate_id, Message.subject).where(
        Message.campaign == campaign.slug, Message.step == INVITE, col(Message.candidate_id).in_(candidates)
    )
    return dict(session.exec(query).all())
