"""Putting mails on the ledger: invitations from a template, and single mails of a running deal.

Owns who is written to and who is left for a person. Sends nothing.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock, local_day
from core.errors import BadInput, Refused
from core.files import sha256_of
from core.mailer import Address, message_id_for
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People, Person, Role
from core.stages import Stage
from core.store import account_of, creator_of, snapshot_of
from outreach import ledger, render, suppression
from outreach.composing import Occasion, Reader, compose
from outreach.entries import INVITE, MARKETING, TRANSACTIONAL, message_of
from outreach.frequency import check_not_shared
from outreach.permission import address_of, permission_for
from outreach.render import MailTemplate

#: What a mail that is written anew takes over; its number, Message-ID and history stay.
_RENEWED = ("sender", "recipient", "recipient_key", "recipient_name", "subject", "text", "html", "headers", "locale",
            "country", "basis", "template", "template_sha256", "facts", "answer_by", "created_at")  # fmt: skip


@dataclass(frozen=True)
class LeftForPerson:
    """An approved candidate who gets no mail, and why."""

    candidate_id: int
    handle: str
    reason: str


@dataclass(frozen=True)
class Invitations:
    """Message ids written now, ids written again because their deadline had come too near, and who was left."""

    written: tuple[int, ...]
    renewed: tuple[int, ...]
    left: tuple[LeftForPerson, ...]


@dataclass(frozen=True)
class Desk:
    """What writing one campaign's invitations needs."""

    campaign: Campaign
    people: People
    template: MailTemplate
    pepper: bytes = field(repr=False)


def write_invitations(
    session: Session, clock: Clock, campaign: Campaign, people: People, *, templates: Path, pepper: bytes,
    reads_so_since: datetime | None = None,
) -> Invitations:  # fmt: skip
    """Write the invitation of every APPROVED candidate who has none; done again it writes nothing twice.

    A written invitation stays as it is; only one that was never sent is written again: when its deadline has come too
    near, its sender is not in the people file any more, or template or campaign read otherwise since (before
    `reads_so_since` they did), as what was signed off is what is sent.
    """
    people.check_campaign(campaign)
    outreach = campaign.outreach
    desk = Desk(campaign, people, render.load_template(templates, outreach.template, outreach.locale), pepper)
    written: list[int] = []
    renewed: list[int] = []
    left: list[LeftForPerson] = []
    for candidate in _approved(session, campaign):
        message = message_of(session, _id(candidate), INVITE)
        if message is not None and not _is_outdated(message, desk, clock.now(), reads_so_since):
            left += _unsent(session, candidate, message)
            continue
        try:
            new = _invitation(session, clock, candidate, desk)
        except Refused as refusal:
            left.append(_left(session, candidate, str(refusal)))
            continue
        if message is None:
            _keep(session, clock, new)
            written.append(new.id or 0)
        else:
            _renew(session, clock, message, new)
            renewed.append(message.id or 0)
    return Invitations(tuple(written), tuple(renewed), tuple(left))


def queue_transactional(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, step: str, subject: str, text: str,
    people: People, attachments: Sequence[tuple[str, Path]] = (), needs_stage: Stage | None = None,
    moves_to: Stage | None = None,
) -> Message:  # fmt: skip
    """Queue one mail of a running deal: no cap, no office hours, no marketing suppression; once per step.

    Attachments are (name shown, path), pinned by their hash: a file changed before sending is not sent. It goes out
    only while the candidate is at `needs_stage`, and moves it to `moves_to` once it went out. Raises Refused where the
    step was written before with another text or other files, was cancelled, or the creator has no usable address.
    """
    if not subject.strip() or not text.strip():
        raise BadInput(f"The mail {step!r} to candidate {candidate.id} is empty.")
    pinned = [_pinned(name, path) for name, path in attachments]
    known = message_of(session, _id(candidate), step)
    if known is not None:
        _check_same(known, subject=subject, text=text, attachments=pinned)
        return known
    sender = sender_of(candidate, campaign, people, clock.now())
    address = address_of(snapshot_of(session, candidate), clock)
    message = _message(clock, candidate, campaign, sender=sender, step=step, address=address)
    message.category, message.subject, message.text, message.headers = TRANSACTIONAL, subject, text, {}
    message.attachments, message.needs_stage, message.moves_to = pinned, needs_stage, moves_to
    return _keep(session, clock, message)


def _approved(session: Session, campaign: Campaign) -> Sequence[Candidate]:
    query = (
        select(Candidate)
        .where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
        .where(Candidate.stage == Stage.APPROVED)
        .order_by(col(Candidate.id))
        .with_for_update()
    )
    return sorted(session.exec(query), key=lambda candidate: (candidate.rank, candidate.id))


def _is_outdated(message: Message, desk: Desk, now: datetime, since: datetime | None) -> bool:
    if message.status != "pending":
        return False
    gone = all(person.id != message.sender for person in desk.people)
    before = since is not None and message.created_at < since
    return gone or before or message.template_sha256 != desk.template.sha256 or ledger.is_stale(message, now)


def _unsent(session: Session, candidate: Candidate, message: Message) -> list[LeftForPerson]:
    """An invitation that will not go out by itself, so that its creator is not forgotten."""
    if message.status not in ("failed", "cancelled"):
        return []
    reason = f"Message {message.id} to them {message.status}: {message.detail.rstrip('.')}."
    again = "Put it back when the reason is gone, or write by hand." if message.status == "failed" else "Write by hand."
    return [_left(session, candidate, f"{reason} {again}")]


def _left(session: Session, candidate: Candidate, reason: str) -> LeftForPerson:
    return LeftForPerson(_id(candidate), account_of(session, candidate).handle, reason)


def _invitation(session: Session, clock: Clock, candidate: Candidate, desk: Desk) -> Message:
    campaign = desk.campaign
    sender = sender_of(candidate, campaign, desk.people, clock.now())
    may = permission_for(session, clock, candidate, campaign, pepper=desk.pepper)
    message = _message(clock, candidate, campaign, sender=sender, step=INVITE, address=may.address)
    message.recipient_key = suppression.address_key(desk.pepper, message.recipient)
    check_not_shared(session, clock, candidate, key=message.recipient_key,
                     cool_down_days=campaign.outreach.cool_down_days)  # fmt: skip
    account = account_of(session, candidate)
    deadline = local_day(clock.now(), sender.calendar.time_zone) + timedelta(days=campaign.outreach.reply_within_days)
    reader = Reader(creator_of(session, candidate).name, account.handle, account.platform, message.recipient,
                    snapshot_of(session, candidate))  # fmt: skip
    done = compose(desk.template, campaign, reader, Occasion(INVITE, sender, deadline, may.basis), now=clock.now())
    message.category, message.answer_by = MARKETING, deadline
    message.needs_stage, message.moves_to = Stage.APPROVED, Stage.INVITED
    message.subject, message.text, message.html = done.subject, done.text, done.html
    message.template, message.template_sha256 = done.template, done.template_sha256
    message.facts, message.recipient_name = list(done.facts), done.recipient_name
    message.locale, message.country, message.basis = campaign.outreach.locale, may.country, may.basis
    return message


def _message(
    clock: Clock, candidate: Candidate, campaign: Campaign, *, sender: Person, step: str, address: Address
) -> Message:
    seed = f"{campaign.slug}/{candidate.cycle}/{candidate.creator_id}/{step}"
    message_id = message_id_for(seed, Address.checked(sender.mail).domain)
    token = message_id.partition(".")[2].partition("@")[0]
    # RFC 2369. The link of RFC 8058 needs an https address that answers; without one the mail form is the honest one.
    stop = {"List-Unsubscribe": f"<mailto:{Address.checked(sender.mail).mail}?subject=stop%20{token}>"}
    return Message(candidate_id=_id(candidate), campaign=campaign.slug, step=step, sender=sender.id,
                   recipient=address.mail, subject="", text="", message_id=message_id, headers=stop,
                   template="", template_sha256="", facts=[], created_at=clock.now())  # fmt: skip


def sender_of(candidate: Candidate, campaign: Campaign, people: People, at: datetime) -> Person:
    """Whoever writes to this creator: who already did (R29), else the campaign's sender."""
    known = people.named(candidate.sender) if candidate.sender else None
    sender = known or people.holder(campaign, Role.SENDER, at)
    if Role.SENDER not in sender.roles:
        raise Refused(f"{sender.name} is not a sender in the people file.", next_step="Give them the role sender.")
    return sender


def _keep(session: Session, clock: Clock, message: Message) -> Message:
    session.add(message)
    session.flush()
    _audit(session, clock, message, action="message.written")
    return message


def _renew(session: Session, clock: Clock, message: Message, new: Message) -> None:
    for name in _RENEWED:
        setattr(message, name, getattr(new, name))
    session.add(message)
    session.flush()
    _audit(session, clock, message, action="message.renewed")


def _audit(session: Session, clock: Clock, message: Message, *, action: str) -> None:
    audit.record(session, clock, actor="greenroom", action=action, subject=f"message:{message.id}",
                 detail={"candidate": message.candidate_id, "step": message.step,
                         "template_sha256": message.template_sha256})  # fmt: skip


def _pinned(name: str, path: Path) -> dict[str, str]:
    if not path.is_file():
        raise BadInput(f"There is no file {path} to attach.")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"name": name, "path": str(path.resolve()), "sha256": sha256_of(path), "media_type": media_type}


def _check_same(known: Message, *, subject: str, text: str, attachments: Sequence[Mapping[str, str]]) -> None:
    mail = f"The mail {known.step!r} to candidate {known.candidate_id}"
    if known.status == "cancelled":
        raise Refused(f"{mail} was cancelled: {known.withdrawn}.", next_step="Make a new version and send that.")
    before, now = ([(entry["name"], entry["sha256"]) for entry in files] for files in (known.attachments, attachments))
    if (known.subject, known.text) != (subject, text) or before != now:
        raise Refused(f"{mail} is on record already with another text or other files.")


def _id(candidate: Candidate) -> int:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it is written to")
    return candidate.id
