"""Wordings taken out of use: nothing more is sent in them, in any campaign, until somebody lifts that.

Owns what is called back and what is told of those it reached. Who may, and what is said to them then, is decided
elsewhere.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from core import audit
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.outreach import Message, Reply
from core.models.sending import Quarantine
from outreach.entries import MARKETING, finish, hold_candidates

#: How `Message.withdrawn` begins where a quarantine called the mail back.
_CALLED_BACK = "in quarantine"
#: On its way, there, or perhaps there.
_OUT = ("sent", "sending", "unknown")


@dataclass(frozen=True)
class WentOut:
    """A mail in a wording that was taken out of use. `answer` is the kind of the first thing that came back."""

    message_id: int
    candidate_id: int
    creator: str
    campaign: str
    step: str
    status: str
    sent_at: datetime | None
    answer: str


@dataclass(frozen=True)
class Version:
    """One exact wording: the template's file name and the sha256 of its text."""

    template: str
    sha256: str


def quarantined(session: Session) -> dict[str, str]:
    """Every wording (sha256) that nothing is sent in now, and why, as a sentence."""
    rows = session.exec(_open().order_by(col(Quarantine.id)))
    return {row.template_sha256: _sentence(row) for row in rows}


def check_free(session: Session, version: Version) -> None:
    """Raises Refused, with the ways out, where nothing may be written in this wording."""
    row = session.exec(_open().where(Quarantine.template_sha256 == version.sha256)).first()
    if row is not None:
        raise Refused(
            _sentence(row),
            next_step=f"Change the words in {row.template}, then show them: greenroom outreach canary {row.campaign}. "
            f"Or lift it: greenroom outreach quarantine {row.campaign} --template {row.template_sha256[:12]} --lift",
        )


def put(session: Session, clock: Clock, version: Version, *, campaign: str, why: str, by: str) -> Quarantine:
    """From now on nothing is sent in this wording; put twice, the first stays."""
    known = session.exec(_open().where(Quarantine.template_sha256 == version.sha256)).first()
    if known is not None:
        return known
    row = Quarantine(template=version.template, template_sha256=version.sha256, campaign=campaign,
                     why=why.strip()[:500], by=by, at=clock.now())  # fmt: skip
    session.add(row)
    session.flush()
    _audit(session, clock, row, action="wording.quarantined", actor=by,
           more={"why_sha256": hashlib.sha256(why.encode()).hexdigest()})  # fmt: skip
    return row


def call_back(session: Session, clock: Clock, row: Quarantine, *, by: str) -> list[int]:
    """Cancel what waits in this wording, drafts too, in every campaign. Returns message ids.

    What is on the wire is left: should it turn out to be unsent it waits, and is held as long as the quarantine lasts.
    """
    query = select(Message).where(
        Message.template_sha256 == row.template_sha256, col(Message.status).in_(("pending", "draft"))
    )
    waiting = session.exec(query.order_by(col(Message.id)).with_for_update(key_share=True)).all()
    hold_candidates(session, waiting)
    for message in waiting:
        message.withdrawn = f"{_CALLED_BACK}: {row.why}"[:500]
        finish(session, clock, message, status="cancelled", detail=message.withdrawn, actor=by)
    return [message.id or 0 for message in waiting]


def put_back(
    session: Session, clock: Clock, *, in_use: Collection[str], by: str, campaign: str | None = None
) -> list[int]:
    """Let wait again what a quarantine called back, where that was lifted, or other words (than `in_use`, sha256) are
    used by now and it will be written anew. Returns message ids; drafts stay cancelled."""
    called_back = select(Message).where(
        Message.category == MARKETING, Message.status == "cancelled", col(Message.withdrawn).startswith(_CALLED_BACK),
        col(Message.template_sha256).not_in(quarantined(session).keys() & set(in_use)),
    )  # fmt: skip
    if campaign is not None:
        called_back = called_back.where(Message.campaign == campaign)
    waiting = session.exec(called_back.order_by(col(Message.id)).with_for_update(key_share=True)).all()
    hold_candidates(session, waiting)
    for message in waiting:
        message.withdrawn = ""
        finish(session, clock, message, status="pending", detail="", actor=by)
    return [message.id or 0 for message in waiting]


def lift(session: Session, clock: Clock, version: Version, *, by: str) -> Quarantine:
    """The wording may be used again. Raises Refused where it is not in quarantine."""
    row = session.exec(_open().where(Quarantine.template_sha256 == version.sha256)).first()
    if row is None:
        raise Refused(f"{version.template} (version {version.sha256[:12]}) is not in quarantine.",
                      next_step="See: greenroom outreach status CAMPAIGN")  # fmt: skip
    row.lifted_at, row.lifted_by = clock.now(), by
    session.add(row)
    session.flush()
    _audit(session, clock, row, action="wording.released", actor=by)
    return row


def open_ones(session: Session, campaign: str | None = None) -> Sequence[Quarantine]:
    """Those in force (of one campaign, where it is named), oldest first."""
    query = _open() if campaign is None else _open().where(Quarantine.campaign == campaign)
    return session.exec(query.order_by(col(Quarantine.id))).all()


def went_out(session: Session, sha256: str) -> list[WentOut]:
    """Everybody who got a mail in this wording or may have got it, in any campaign, oldest first."""
    query = (
        select(Message, Account.platform, Account.handle)
        .join(Candidate, col(Candidate.id) == Message.candidate_id)
        .join(Account, col(Account.id) == Candidate.account_id)
        .where(Message.template_sha256 == sha256, col(Message.status).in_(_OUT))
        .order_by(col(Message.id))
    )
    rows = session.exec(query).all()
    answers = select(Reply.message_id, Reply.kind).where(
        col(Reply.message_id).in_(
            select(Message.id).where(Message.template_sha256 == sha256, col(Message.status).in_(_OUT))
        )
    )
    first: dict[int | None, str] = {}
    for message_id, kind in session.exec(answers.order_by(col(Reply.received_at), col(Reply.id))):
        first.setdefault(message_id, kind)
    return [
        WentOut(message.id or 0, message.candidate_id, f"{platform}:{handle}", message.campaign, message.step,
                message.status, message.sent_at, first.get(message.id, ""))
        for message, platform, handle in rows
    ]  # fmt: skip


def the_version(session: Session, campaign: str, named: str, *, in_use: Sequence[Version]) -> Version:
    """The version a person means: by the start of its sha256, or by the template's name, then the one last written in;
    where nothing is named, the only one that the campaign wrote in.

    `in_use` are the campaign's as they stand in their files now, the invitation first. Raises Refused where nothing or
    too much is meant.
    """
    files = {version.sha256: version.template for version in in_use}
    here = _written(session, campaign)
    if not named:
        return _only(campaign, here)
    here |= files
    known = _written(session, None) | files
    by_hash = [Version(name, sha256) for sha256, name in known.items() if sha256.startswith(named.lower())]
    if len(named) >= _LEAST_OF_HASH and by_hash:
        if len(by_hash) > 1:
            raise Refused(f"Several versions begin with {named!r}.", next_step="Write more of the sha256.")
        return by_hash[0]
    stem = named.removesuffix(".j2").removesuffix(".txt")
    for sha256, name in here.items():
        if name.removesuffix(".txt.j2") == stem or name.startswith(f"{stem}."):
            return Version(name, sha256)
    raise Refused(f"No mail of {campaign} is in a template called {named!r}.", next_step=f"Known: {_listed(known)}.")


def _only(campaign: str, written: Mapping[str, str]) -> Version:
    if len(written) == 1:
        [(sha256, name)] = written.items()
        return Version(name, sha256)
    said = f"{campaign} wrote in several wordings" if written else f"No mail of {campaign} was written yet"
    raise Refused(f"{said}.", next_step=f"Name one with --template: {_listed(written) or 'a template'}.")


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {sha256[:12]}" for sha256, name in versions.items())


#: So many letters of a sha256 at least name a version; fewer may be a word.
_LEAST_OF_HASH = 6


def _written(session: Session, campaign: str | None) -> dict[str, str]:
    """Versions in which mails stand on the ledger: sha256 → template, the last one used first."""
    query = select(Message.template_sha256, func.max(Message.template)).where(
        Message.category == MARKETING, Message.template_sha256 != ""
    )
    if campaign is not None:
        query = query.where(Message.campaign == campaign)
    last = func.max(Message.created_at).desc()
    return dict(session.exec(query.group_by(col(Message.template_sha256)).order_by(last)).all())


def _open() -> SelectOfScalar[Quarantine]:
    return select(Quarantine).where(col(Quarantine.lifted_at).is_(None))


def _sentence(row: Quarantine) -> str:
    return (f"{row.template} (version {row.template_sha256[:12]}) is in quarantine since {row.at:%d %B %Y}: "
            f"{row.why.rstrip('.')}.")  # fmt: skip


def _audit(
    session: Session, clock: Clock, row: Quarantine, *, action: str, actor: str, more: dict[str, str] | None = None
) -> None:
    audit.record(session, clock, actor=actor, action=action, subject=f"quarantine:{row.id}",
                 detail={"campaign": row.campaign, "template_sha256": row.template_sha256} | (more or {}))  # fmt: skip
