"""Putting mails on the ledger: invitations from a template, and single mails of a running deal.

Owns who is written to and who is left for a person. Sends nothing.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, and_, col, or_, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock, local_day
from core.errors import BadInput, Refused
from core.files import sha256_of
from core.mailer import Address, message_id_for
from core.models.candidates import Candidate, Snapshot
from core.models.outreach import Message
from core.people import People, Person, Role
from core.stages import Stage
from core.store import account_of, creator_of, name_of, snapshot_of
from outreach import facts, ledger, lint, render, suppression, words
from outreach.entries import INVITE, MARKETING, TRANSACTIONAL, message_of
from outreach.render import MailTemplate


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
    message = _message(session, clock, candidate, campaign, sender=sender, step=step)
    message.category, message.subject, message.text, message.headers = TRANSACTIONAL, subject, text, {}
    message.attachments, message.needs_stage, message.moves_to = pinned, needs_stage, moves_to
    return _keep(session, clock, message)


def check_not_shared(session: Session, clock: Clock, candidate: Candidate, *, key: str, cool_down_days: int) -> None:
    """Refuse where the mailbox of this key was written to for another candidate of the brand, or is about to be.

    It counts within the cool-down of any campaign, and always within the same cycle of the candidate's own.
    """
    if not key:
        return
    since = clock.now() - timedelta(days=cool_down_days)
    own = and_(Candidate.campaign == candidate.campaign, Candidate.cycle == candidate.cycle)
    recently = or_(col(Message.sent_at).is_(None), col(Message.sent_at) > since)
    query = (
        select(Candidate)
        .join(Message, col(Message.candidate_id) == Candidate.id)
        .where(Message.recipient_key == key, Message.step == INVITE, Candidate.id != candidate.id)
        .where(Candidate.brand == candidate.brand, col(Message.status).not_in(("failed", "cancelled")))
        .where(or_(own, recently))
    )
    other = session.exec(query.limit(1)).first()
    if other is not None:
        raise Refused(
            f"{name_of(session, other)} has the same address and was written to (an agency, perhaps).",
            next_step="Write one mail about both by hand.",
        )


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
    campaign, locale = desk.campaign, desk.campaign.outreach.locale
    sender = sender_of(candidate, campaign, desk.people, clock.now())
    message = _message(session, clock, candidate, campaign, sender=sender, step=INVITE)
    account = account_of(session, candidate)
    if suppression.is_suppressed(session, pepper=desk.pepper, addresses=[message.recipient],
                                 accounts=[(account.platform, account.handle)]):  # fmt: skip
        raise Refused("The creator opted out of mails from us.")
    message.recipient_key = suppression.address_key(desk.pepper, message.recipient)
    check_not_shared(session, clock, candidate, key=message.recipient_key,
                     cool_down_days=campaign.outreach.cool_down_days)  # fmt: skip
    snapshot = snapshot_of(session, candidate)
    picked = facts.pick(snapshot, now=clock.now(), locale=locale, seed=f"{account.platform}:{account.handle}")
    if len(picked) < facts.LEAST:
        raise Refused(f"Only {len(picked)} of the 2 personal facts a mail needs are on record.",
                      next_step="Write to this creator by hand.")  # fmt: skip
    deadline = local_day(clock.now(), sender.calendar.time_zone) + timedelta(days=campaign.outreach.reply_within_days)
    invitation = render.invitation_for(
        campaign, name=creator_of(session, candidate).name, handle=account.handle, platform=account.platform,
        sender=sender, facts=picked, deadline=deadline)  # fmt: skip
    done = desk.template.render(invitation)
    _check(done, campaign, recipient=message.recipient, picked=picked, deadline=deadline)
    message.category, message.answer_by = MARKETING, deadline
    message.needs_stage, message.moves_to = Stage.APPROVED, Stage.INVITED
    message.subject, message.text = done.subject, done.text
    message.template, message.template_sha256 = done.template, done.template_sha256
    message.facts = [asdict(fact) for fact in picked]
    message.recipient_name = "" if invitation.greeting == invitation.handle else invitation.greeting
    return message


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


def _message(
    session: Session, clock: Clock, candidate: Candidate, campaign: Campaign, *, sender: Person, step: str
) -> Message:
    address = _address(snapshot_of(session, candidate), clock)
    seed = f"{campaign.slug}/{candidate.cycle}/{candidate.creator_id}/{step}"
    message_id = message_id_for(seed, Address.checked(sender.mail).domain)
    token = message_id.partition(".")[2].partition("@")[0]
    # RFC 2369. The link of RFC 8058 needs an https address that answers; without one the mail form is the honest one.
    stop = {"List-Unsubscribe": f"<mailto:{Address.checked(sender.mail).mail}?subject=stop%20{token}>"}
    return Message(candidate_id=_id(candidate), campaign=campaign.slug, step=step, sender=sender.id,
                   recipient=address.mail, subject="", text="", message_id=message_id, headers=stop,
                   template="", template_sha256="", facts=[], created_at=clock.now())  # fmt: skip


def _address(snapshot: Mapping[str, Snapshot], clock: Clock) -> Address:
    row = snapshot.get("email")
    if row is None or not isinstance(row.value, str) or not row.value.strip():
        raise Refused("No mail address is on record.", next_step="Write a direct message by hand and record it.")
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Refused("The mail address on record has expired.", next_step="Import the profile again.")
    return Address.checked(row.value)


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
    for name in ("sender", "recipient", "recipient_key", "recipient_name", "subject", "text", "headers", "template",
                 "template_sha256", "facts", "answer_by", "created_at"):  # fmt: skip
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
