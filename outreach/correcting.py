"""Drafts of a correction to everybody whom a mail in a wrong wording reached: one each, which a person reads and sends.

Owns who gets one and what it says beside the person's own sentence. Sends nothing: a draft waits until somebody lets
it go.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sqlmodel import Session, col, select

from core.clock import Clock, local_day
from core.errors import BadInput, Refused
from core.mailer import Address, clean_line, message_id_for
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message
from core.models.sending import Quarantine
from core.people import People, Person
from core.stages import FINAL, Stage
from core.store import campaign_of
from outreach import render, suppression, words
from outreach.entries import ANSWER, finish, hold_candidates, locked_message, message_of
from outreach.html_part import html_of
from outreach.writing import LeftForPerson, sender_of

_TEMPLATE = "correction"
_LONGEST = 600


@dataclass(frozen=True)
class Drafted:
    """The drafts, in the order in which the mails went, and who gets none and why."""

    drafts: tuple[Message, ...]
    left: tuple[LeftForPerson, ...]


@dataclass(frozen=True)
class _Desk:
    """What writing corrections of one wording needs."""

    row: Quarantine
    say: str
    people: People
    templates: Path
    pepper: bytes = field(repr=False)


def draft_corrections(
    session: Session, clock: Clock, row: Quarantine, *, say: str, people: People, templates: Path, pepper: bytes
) -> Drafted:
    """A draft to each mailbox that a mail in this wording went to; done again, drafts say what is said now.

    `say` is what was wrong and what is right, in the language of the mails. Raises BadInput where it says nothing, or
    the template of corrections cannot be used.
    """
    desk = _Desk(row, _checked(say), people, templates, pepper)
    reached = select(Message).where(
        Message.template_sha256 == row.template_sha256, col(Message.status) == "sent", Message.recipient != ""
    )
    drafts: list[Message] = []
    left: list[LeftForPerson] = []
    mailboxes: set[str] = set()
    for mail in session.exec(reached.order_by(col(Message.sent_at), col(Message.id))).all():
        candidate = session.get_one(Candidate, mail.candidate_id, with_for_update=True)
        account = session.get_one(Account, candidate.account_id)
        try:
            if (mail.recipient_key or mail.recipient) in mailboxes:
                raise Refused("Another of their mails is corrected already at the same address.")
            drafts.append(_draft(session, clock, mail, candidate, account, desk))
            mailboxes.add(mail.recipient_key or mail.recipient)
        except BadInput:
            raise  # a file of ours is wrong, which is nothing about this creator
        except Refused as refusal:
            left.append(LeftForPerson(mail.candidate_id, account.handle, str(refusal)))
    return Drafted(tuple(drafts), tuple(left))


def drafts_of(session: Session, campaign: str) -> Sequence[Message]:
    """Corrections of a campaign that wait for a person."""
    query = select(Message).where(
        Message.campaign == campaign, col(Message.step).startswith(_TEMPLATE), Message.status == "draft"
    )
    return session.exec(query.order_by(col(Message.id))).all()


def let_go(session: Session, clock: Clock, numbers: Collection[int], *, campaign: str, by: str) -> list[Message]:
    """A person read these drafts and sends them: they go with the next batch. Raises Refused for any other mail."""
    going = [locked_message(session, number) for number in sorted(numbers)]
    for message in going:
        if not message.step.startswith(_TEMPLATE) or message.campaign != campaign or message.status != "draft":
            raise Refused(f"Message {message.id} is no draft of a correction of {campaign}.",
                          next_step=f"See: greenroom outreach corrections {campaign}")  # fmt: skip
    hold_candidates(session, going)
    for message in going:
        finish(session, clock, message, status="pending", detail="", actor=by)
    return going


def _draft(
    session: Session, clock: Clock, mail: Message, candidate: Candidate, account: Account, desk: _Desk
) -> Message:
    _check_reachable(session, mail, candidate, account, desk.pepper)
    step = f"{_TEMPLATE}-{desk.row.id}"
    known = message_of(session, mail.candidate_id, step)
    if known is not None and known.status != "draft":
        raise Refused(f"The correction to them is {known.status} (mail {known.id}).")
    campaign = campaign_of(session, candidate)
    sender = sender_of(candidate, campaign, desk.people, clock.now())
    draft = known or _new(clock, mail, candidate, step, sender)
    said = _words(session, mail, candidate, account, sender, desk)
    draft.subject, draft.text, draft.template, draft.template_sha256 = said
    # Filters count large amounts against a mail of text alone; the parts say the same.
    draft.html = html_of(draft.text, cast(words.Locale, draft.locale or campaign.outreach.locale))
    session.add(draft)
    session.flush()
    finish(session, clock, draft, status="draft", detail=f"corrects mail {mail.id}")
    return draft


def _check_reachable(session: Session, mail: Message, candidate: Candidate, account: Account, pepper: bytes) -> None:
    opted_out = candidate.stage == Stage.CLOSED_BY_OPT_OUT or suppression.is_suppressed(
        session, pepper=pepper, addresses=[mail.recipient], accounts=[(account.platform, account.handle)]
    )
    if opted_out:
        raise Refused("They opted out of mails from us.")
    if candidate.stage in FINAL:
        raise Refused(f"They are {candidate.stage}.", next_step="Write to them by hand where it matters to them.")


def _new(clock: Clock, mail: Message, candidate: Candidate, step: str, sender: Person) -> Message:
    seed = f"{mail.campaign}/{candidate.cycle}/{candidate.creator_id}/{step}"
    stop = {name: value for name, value in mail.headers.items() if name.startswith("List-Unsubscribe")}
    thread = {"In-Reply-To": mail.message_id, "References": mail.message_id}
    return Message(
        candidate_id=mail.candidate_id, campaign=mail.campaign, step=step, category=ANSWER, sender=sender.id,
        recipient=mail.recipient, recipient_key=mail.recipient_key, recipient_name=mail.recipient_name, subject="",
        text="", locale=mail.locale, time_zone=mail.time_zone, country=mail.country, basis=mail.basis,
        stop_token=mail.stop_token, message_id=message_id_for(seed, Address.checked(sender.mail).domain),
        headers=stop | thread, template="", template_sha256="", facts=[], status="draft", created_at=clock.now(),
    )  # fmt: skip


def _words(
    session: Session, mail: Message, candidate: Candidate, account: Account, sender: Person, desk: _Desk
) -> tuple[str, str, str, str]:
    """Subject, text, and name and sha256 of the template."""
    campaign = campaign_of(session, candidate)
    locale = cast(words.Locale, mail.locale or campaign.outreach.locale)
    sent_on = local_day(mail.sent_at or mail.created_at, mail.time_zone or sender.calendar.time_zone)
    fields = {
        "greeting": mail.recipient_name or render.shown_handle(account.handle),
        "sent_on": words.long_date(sent_on, locale),
        "first_subject": clean_line(mail.subject, limit=150),
        "correction": desk.say,
        "brand": campaign.brand,
        "sender_name": sender.name,
        "legal_name": campaign.company.legal_name,
        "postal_address": campaign.company.postal_address,
    }
    return _filled(render.template_file(desk.templates, _TEMPLATE, locale), fields)


def _filled(path: Path, fields: dict[str, str]) -> tuple[str, str, str, str]:
    from jinja2 import TemplateError  # slow to load, and most commands fill nothing

    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"There is no mail template {path}.", next_step="Write it, as correction.en.txt.j2.") from None
    except UnicodeDecodeError:
        raise BadInput(f"The mail template {path} is not UTF-8 text.") from None
    try:
        said = render.made(path.name, source, frozenset(fields)).render(fields)
    except TemplateError as error:
        raise BadInput(f"Template {path.name} cannot be filled: {error}.") from None
    first, _, body = said.partition("\n")
    subject = clean_line(first.removeprefix("Subject:"), limit=150)
    if not subject:
        raise BadInput(f"{path.name} makes a mail that has no subject.", next_step="Write one after Subject:.")
    if fields["correction"] not in body:
        raise BadInput(f"{path.name} does not print {{{{ correction }}}}.", next_step="It must say what was wrong.")
    return subject, body.strip() + "\n", path.name, hashlib.sha256(source.encode()).hexdigest()


def _checked(say: str) -> str:
    said = " ".join(say.split())
    if not any(letter.isalnum() for letter in said):
        raise BadInput("Nothing says what was wrong.", next_step='Add --say "What was wrong, and what is right."')
    if len(said) > _LONGEST:
        raise BadInput(f"What was wrong takes {len(said)} characters; {_LONGEST} are the most.",
                       next_step="Say it in two or three sentences.")  # fmt: skip
    return said
