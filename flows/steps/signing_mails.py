"""Mails around a signature, put on the ledger and sent at once: their links and codes are not kept once they left.

Owns which mail carries what. Whether somebody may have a link or a code is decided elsewhere.
"""

import logging
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlmodel import Session, col, or_, select

from contracts import links, signing_mails
from contracts.certificate import certificate_name
from contracts.providers import is_here
from core.clock import local_day
from core.database import unit_of_work
from core.errors import GreenroomError, Refused
from core.models.deals import Contract, Signature
from core.models.outreach import Message
from core.models.signing import SigningLink
from core.stages import Stage
from core.store import campaign_of, the_candidate
from flows.steps import outreach as outreach_steps
from flows.wiring import Wiring
from outreach import service as outreach
from outreach.ledger import TRANSACTIONAL

log = logging.getLogger("greenroom.signing")
CODE_STEP, LINK_STEP = "sign-code-", "sign-link-"
#: What is taken out of which mails, and what stands there then.
_LINK = re.compile(r"(?<=/sign/)[a-z2-7]{32}")
_CODE = re.compile(r"(?<!\w)[0-9]{6}(?!\w)")
_NO_LINK, _NO_CODE = "…", "••••••"


def links_are_on(w: Wiring) -> bool:
    """Whether creators sign on our own page: it is chosen, and can be reached from outside."""
    return w.settings.signature_provider == "own" and bool(_door(w))


def _door(w: Wiring) -> str:
    """Where the page is reached: under a seal, or in a rehearsal on this machine alone; "" where it is not."""
    url = w.settings.public_url
    return url if url.startswith("https://") or (w.settings.dry_run and is_here(url)) else ""


def why_no_link(w: Wiring) -> str:
    """In words, why contracts go out without a link; "" where they have one."""
    if w.settings.signature_provider == "own" and not _door(w):
        return ("No public address is set (GREENROOM_PUBLIC_URL), so creators sign by replying to the mail; record it "
                "with: greenroom contracts signed")  # fmt: skip
    return ""


def queue(
    session: Session, w: Wiring, contract: Contract, kind: str, *, step: str, link: str = "", code: str = "",
    until: date | None = None, attachments: Sequence[tuple[str, Path]] = (), needs_stage: Stage | None = None,
    moves_to: Stage | None = None,
) -> Message:  # fmt: skip
    """One mail of signing_mails.toml to the creator. Raises Refused where no address of theirs can be used."""
    candidate = the_candidate(session, contract.candidate_id)
    campaign = campaign_of(session, candidate)
    sender = outreach.sender_of(candidate, campaign, w.people, w.clock.now())
    subject, text = signing_mails.mail(kind, contract, sender_name=sender.name, link=link, code=code, until=until)
    return outreach.queue_transactional(
        session, w.clock, campaign, candidate, step=step, subject=subject, text=text, people=w.people,
        attachments=attachments, needs_stage=needs_stage, moves_to=moves_to, locale=signing_mails.language_of(contract),
    )  # fmt: skip


def queue_link(session: Session, w: Wiring, contract: Contract, kind: str, *, by: str) -> SigningLink:
    """A new link in a mail of this kind; the links before it open nothing any more."""
    link, token = links.issue(session, w.clock, contract, days=w.settings.signing_link_days, by=by)
    queue(session, w, contract, kind, step=f"{LINK_STEP}{link.id}", link=links.address(_door(w), token),
          until=last_day(w, link), needs_stage=Stage.OUT_FOR_SIGNATURE)  # fmt: skip
    return link


def queue_first(session: Session, w: Wiring, contract: Contract, *, step: str) -> Message:
    """The mail that brings a signed-off contract with its link: when it went out, the creator is OUT_FOR_SIGNATURE."""
    link, token = links.issue(session, w.clock, contract, days=w.settings.signing_link_days, by="greenroom")
    return queue(
        session, w, contract, "sign", step=step, link=links.address(_door(w), token),
        until=last_day(w, link), attachments=[(contract.file_name, w.archive.path_of(contract.docx_sha256))],
        needs_stage=Stage.SIGNED_OFF, moves_to=Stage.OUT_FOR_SIGNATURE,
    )  # fmt: skip


def queue_signed(session: Session, w: Wiring, contract: Contract, signature: Signature) -> None:
    """What was signed, for the creator to keep; who has no address gets it from a person."""
    try:
        queue_copies(session, w, contract, signature, step=f"signed-{contract.version}")
    except Refused as refusal:
        log.warning("the signed contract %s is not mailed: %s", contract.id, refusal)


def queue_copies(session: Session, w: Wiring, contract: Contract, signature: Signature, *, step: str) -> Message:
    """The document and its evidence in a mail; a provider has that. Raises Refused where no address can be used."""
    files = [(contract.file_name, w.archive.path_of(contract.docx_sha256))]
    if kept := signature.evidence.get("certificate_sha256"):
        files.append((certificate_name(contract), w.archive.path_of(kept)))
    return queue(session, w, contract, "signed" if kept else "signed_elsewhere", step=step, attachments=files)


def last_day(w: Wiring, link: SigningLink) -> date:
    """The day on which a link ends, by the calendar of UTC; what is said is a day too early rather than too late."""
    return local_day(link.expires_at, "UTC")


def send_now(w: Wiring, slug: str) -> None:
    """Mails of deals of this campaign leave at once; what cannot leave goes with the next round."""
    try:
        outreach_steps.send_due(w, slug, categories=frozenset({TRANSACTIONAL}))
    except GreenroomError as trouble:
        log.warning("mails of deals of %s wait: %s", slug, trouble)
    blot(w)


def blot(w: Wiring) -> int:
    """Take links and codes out of the mails that left or were called off; returns of how many."""
    with_code, with_link = col(Message.step).startswith(CODE_STEP), col(Message.text).contains("/sign/")
    query = select(Message).where(
        or_(with_code & ~col(Message.text).contains(_NO_CODE), with_link & ~col(Message.text).contains(_NO_LINK)),
        Message.category == TRANSACTIONAL, col(Message.status).in_(("sent", "cancelled")),
    )  # fmt: skip
    with unit_of_work(w.engine) as session:
        messages = session.exec(query).all()
        for message in messages:
            secret, instead = (_CODE, _NO_CODE) if message.step.startswith(CODE_STEP) else (_LINK, _NO_LINK)
            message.text, message.html = (secret.sub(instead, said) for said in (message.text, message.html))
            session.add(message)
        return len(messages)
