"""Notices of the mail provider Resend: whether one is genuine, and what it does to the mail that it speaks of.

Sealed as Svix does it (docs.svix.com/receiving/verifying-payloads/how-manual), which `core.notices` checks. Knows
nothing of HTTP.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from core.clock import Clock
from core.errors import BadInput
from core.mailer import clean_line
from core.models.outreach import Message, SendAttempt
from core.notices import check_seal, is_new, read_object
from outreach import settling
from outreach.entries import Outcome, last_attempt, locked_message
from outreach.phrases import ReplyKind
from outreach.recording import Heard, TakenUp, put_on_record
from outreach.replies import Reading

SOURCE = "resend"
#: What is a mail that never reached them, whatever the provider calls it.
_FAILED = frozenset({"email.bounced", "email.failed", "email.suppressed"})
#: Of these the provider gave up before it sent anything: they prove nothing of a mail whose outcome is unknown.
_NEVER_LEFT = frozenset({"email.failed", "email.suppressed"})
#: Why the provider gave up a mail where that is about us; it says nothing about the address then.
_ABOUT_US = re.compile(r"quota|limit|api.?key|domain|verif|suspend|credential", re.IGNORECASE)
_COMPLAINT = "email.complained"
#: What proves that a mail left.
_LEFT = frozenset({"email.sent", "email.delivered", "email.delivery_delayed", "email.opened", "email.clicked"})


@dataclass(frozen=True)
class Notice:
    """One genuine notice: `provider_id` is what the provider calls the mail, `message_id` what we do ("" unknown)."""

    event_id: str
    kind: str
    provider_id: str = ""
    message_id: str = ""
    because: str = ""


def genuine(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
    """The notice in a call; header names in lower case. Raises NotGenuine, or BadInput where it cannot be read."""
    event_id = check_seal(_key(secret), headers, body, now=now, prefix="svix")
    return _read(event_id, body)


def check_secret(secret: str) -> None:
    """Raises BadInput where the secret is none of this provider's."""
    _key(secret)


def take_in(session: Session, clock: Clock, notice: Notice, *, pepper: bytes, taken_up: TakenUp | None = None) -> bool:
    """Let a notice have its effect, once; False where it had it already."""
    if not is_new(session, clock, SOURCE, notice.event_id, kind=notice.kind):
        return False
    message = _message(session, notice)
    if message is None or notice.kind not in _LEFT | _FAILED | {_COMPLAINT}:
        return True
    if notice.provider_id and not message.provider_id:
        message.provider_id = notice.provider_id
        session.add(message)
    if notice.kind == "email.failed" and _ABOUT_US.search(notice.because):
        _note_refusal(session, message, notice.because)
        return True
    if notice.kind not in _NEVER_LEFT:
        settling.proved_sent(session, clock, message, why=f"the provider says {notice.kind}")
    if notice.kind not in _LEFT:
        kind = ReplyKind.COMPLAINT if notice.kind == _COMPLAINT else ReplyKind.BOUNCE
        reading = Reading(kind, notice.because or f"the provider says {notice.kind}", "")
        put_on_record(session, clock, Heard(f"{SOURCE}:{notice.event_id}"), reading, message, pepper=pepper,
                      addresses=[message.recipient], how="to their mail provider", taken_up=taken_up)  # fmt: skip
    return True


def _note_refusal(session: Session, message: Message, why: str) -> None:
    """It counts for the sender's stop as a refusal at the wire does, and marks nobody."""
    message.detail = f"the provider did not send it: {why}"[:500]
    session.add(message)
    attempt = session.get(SendAttempt, last_attempt(session, message))
    if attempt is not None and attempt.outcome == Outcome.SENT:
        attempt.outcome, attempt.detail = Outcome.REFUSED, message.detail
        session.add(attempt)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise BadInput("GREENROOM_WEBHOOK_SECRET is not a signing secret (whsec_…).",
                       next_step="Copy it from the webhook's page at the provider.")  # fmt: skip
    return key


def _read(event_id: str, body: bytes) -> Notice:
    said = read_object(body)
    data = said.get("data")
    if not isinstance(data, dict) or not isinstance(said.get("type"), str):
        raise BadInput("The notice does not say what it is about.")
    return Notice(event_id, said["type"][:100], _text(data.get("email_id")), _message_id(data), _because(data))


def _message_id(data: dict[str, Any]) -> str:
    """From the mail's headers where the provider tells them: pairs of name and value, or an object."""
    headers = data.get("headers")
    pairs = list(headers.items()) if isinstance(headers, dict) else []
    for one in headers if isinstance(headers, list) else []:
        pairs += [(one.get("name"), one.get("value"))] if isinstance(one, dict) else []
    named = [value for name, value in pairs if isinstance(name, str) and name.lower() == "message-id"]
    return next((text for value in (*named, data.get("message_id")) if (text := _text(value))), "")


def _because(data: dict[str, Any]) -> str:
    for name in ("bounce", "failed", "suppressed"):
        why = data.get(name)
        if isinstance(why, dict):
            return clean_line(_text(why.get("message")) or _text(why.get("reason")), limit=300)
    return ""


def _text(value: object) -> str:
    return clean_line(value, limit=500) if isinstance(value, str) else ""


def _message(session: Session, notice: Notice) -> Message | None:
    for column, value in ((Message.provider_id, notice.provider_id), (Message.message_id, notice.message_id)):
        found = session.exec(select(Message.id).where(column == value)).first() if value else None
        if found is not None:
            return locked_message(session, found)
    return None
