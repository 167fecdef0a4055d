"""Putting single mails of a running deal on the ledger, each once. Sends nothing."""

import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlmodel import Session

from core.campaign import Campaign
from core.clock import Clock
from core.errors import BadInput, Refused
from core.files import sha256_of
from core.models.candidates import Candidate
from core.models.outreach import Message
from core.people import People
from core.stages import Stage
from core.store import snapshot_of
from outreach.entries import TRANSACTIONAL, message_of
from outreach.html_part import html_of
from outreach.permission import address_of
from outreach.words import Locale
from outreach.writing import draft, id_of, keep, sender_of


def queue_transactional(
    session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, *, step: str, subject: str, text: str,
    people: People, attachments: Sequence[tuple[str, Path]] = (), needs_stage: Stage | None = None,
    moves_to: Stage | None = None, locale: Locale = "en",
) -> Message:  # fmt: skip
    """Queue one mail of a running deal: no cap, no office hours, no marketing suppression; once per step.

    Attachments are (name shown, path), pinned by their hash: a file changed before sending is not sent. It goes out
    only while the candidate is at `needs_stage`, and moves it to `moves_to` once it went out. Raises Refused where the
    step was written before with another text or other files, was cancelled, or the creator has no usable address.
    """
    if not subject.strip() or not text.strip():
        raise BadInput(f"The mail {step!r} to candidate {candidate.id} is empty.")
    pinned = [_pinned(name, path) for name, path in attachments]
    known = message_of(session, id_of(candidate), step)
    if known is not None:
        _check_same(known, subject=subject, text=text, attachments=pinned)
        return known
    sender = sender_of(candidate, campaign, people, clock.now())
    address = address_of(snapshot_of(session, candidate), clock)
    message = draft(clock, candidate, campaign, sender=sender, step=step, address=address)
    message.category, message.subject, message.text = TRANSACTIONAL, subject, text
    # Filters count large amounts against a mail of text alone; the parts say the same.
    message.html = html_of(text, locale)
    message.attachments, message.needs_stage, message.moves_to = pinned, needs_stage, moves_to
    return keep(session, clock, message)


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
