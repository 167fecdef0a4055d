"""What waits at the desk: the answers that somebody has to do something about, and the thread around each.

Reads only. What may be done about them is decided in `outreach.answering`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.errors import Refused
from core.models.candidates import Candidate
from core.models.creators import Account, Creator
from core.models.outreach import Message, Reply
from core.people import Person
from core.stages import Stage
from core.store import stored_campaign
from outreach.answering import OPEN, may_answer


@dataclass(frozen=True)
class Waiting:
    """One answer with whose it is. Texts are the creator's own. `from_elsewhere` where it did not come from the address
    that we wrote to; `opted_out` where nothing may be sent any more."""

    reply: Reply
    platform: str = ""
    handle: str = ""
    name: str = ""
    campaign: str = ""
    stage: str = ""
    from_elsewhere: bool = False

    @property
    def who(self) -> str:
        """As commands name them; the address where nobody we know could be made out."""
        return f"{self.platform}:{self.handle}" if self.handle else self.reply.sender or "somebody we do not know"

    @property
    def shown_as(self) -> str:
        return f"@{self.handle.lstrip('@')}" if self.handle else self.reply.sender or "somebody we do not know"

    @property
    def opted_out(self) -> bool:
        return self.stage == Stage.CLOSED_BY_OPT_OUT


@dataclass(frozen=True)
class Said:
    """One mail of a thread. `ours` names who of us wrote it; "" where the creator did."""

    at: datetime
    ours: str
    subject: str
    text: str
    note: str = ""


def open_answers(session: Session, *, assignee: str = "", most: int = 500) -> list[Waiting]:
    """Those that are open (of one person, where named), oldest first."""
    query = select(Reply).where(Reply.state == OPEN).order_by(col(Reply.received_at), col(Reply.id)).limit(most)
    if assignee:
        query = query.where(Reply.assignee == assignee)
    return _with_creators(session, session.exec(query).all())


def answers_for(session: Session, person: Person, *, most: int = 200) -> tuple[list[Waiting], int]:
    """Those that this person may work on, their own first, then oldest first; and how many there are in all."""
    may = _may(session, person)
    shown = [number for number, _ in sorted(may, key=lambda one: one[1] != person.id)[:most]]
    replies = session.exec(select(Reply).where(col(Reply.id).in_(shown))).all()
    by_number = {reply.id: reply for reply in replies}
    return _with_creators(session, [by_number[number] for number in shown]), len(may)


def count_for(session: Session, person: Person) -> tuple[int, int]:
    """How many are this person's own, and how many they may work on in all."""
    may = _may(session, person)
    return sum(assignee == person.id for _, assignee in may), len(may)


def also_open(session: Session, item: Waiting) -> list[Reply]:
    """Other answers of the same creator in this campaign that wait, too."""
    if item.reply.candidate_id is None:
        return []
    query = select(Reply).where(Reply.candidate_id == item.reply.candidate_id, Reply.state == OPEN)
    return list(session.exec(query.where(Reply.id != item.reply.id).order_by(col(Reply.id))))


def the_answer(session: Session, reply_id: int) -> Waiting:
    """One answer, open or not. Raises Refused where there is none."""
    reply = session.get(Reply, reply_id) if 0 < reply_id < 2**31 else None
    if reply is None:
        raise Refused(f"There is no answer {reply_id}.", next_step="See: greenroom inbox list")
    return _with_creators(session, [reply])[0]


def thread_of(session: Session, waiting: Waiting) -> list[Said]:
    """Everything that went out to the creator in this campaign and came back, oldest first."""
    candidate_id = waiting.reply.candidate_id
    if candidate_id is None:
        return [_theirs(waiting.reply)]
    mails = select(Message).where(Message.candidate_id == candidate_id, col(Message.sent_at).is_not(None))
    answers = select(Reply).where(Reply.candidate_id == candidate_id)
    said = [_ours(mail) for mail in session.exec(mails)] + [_theirs(reply) for reply in session.exec(answers)]
    queued = select(Message).where(Message.candidate_id == candidate_id, Message.step == f"answer-{waiting.reply.id}")
    said += [_ours(mail) for mail in session.exec(queued) if mail.sent_at is None]
    return sorted(said, key=lambda one: one.at)


def _may(session: Session, person: Person) -> list[tuple[int | None, str]]:
    """(number, whom it is for) of every open answer that this person may work on, oldest first."""
    about = select(Reply.id, Reply.assignee, Candidate.campaign, Candidate.cycle)
    about = about.join(Candidate, col(Candidate.id) == Reply.candidate_id, isouter=True).where(Reply.state == OPEN)
    rows = session.exec(about.order_by(col(Reply.received_at), col(Reply.id))).all()
    places = {(slug, cycle) for _, _, slug, cycle in rows}
    known = {(slug, cycle): stored_campaign(session, slug, cycle=cycle) if slug else None for slug, cycle in places}
    return [(number, assignee) for number, assignee, slug, cycle in rows
            if may_answer(person, assignee, known[slug, cycle])]  # fmt: skip


def _ours(mail: Message) -> Said:
    note = "" if mail.sent_at is not None else mail.status
    return Said(mail.sent_at or mail.created_at, mail.sender, mail.subject, mail.text, note)


def _theirs(reply: Reply) -> Said:
    return Said(reply.received_at, "", reply.subject, reply.text, reply.kind)


def _with_creators(session: Session, replies: Sequence[Reply]) -> list[Waiting]:
    ids = {reply.candidate_id for reply in replies if reply.candidate_id is not None}
    query = (
        select(Candidate, Account, Creator)
        .join(Account, col(Account.id) == Candidate.account_id)
        .join(Creator, col(Creator.id) == Candidate.creator_id)
        .where(col(Candidate.id).in_(ids))
    )
    known = {candidate.id: (candidate, account, creator) for candidate, account, creator in session.exec(query)}
    asked = {reply.message_id for reply in replies if reply.message_id is not None}
    at = select(Message.id, Message.recipient).where(col(Message.id).in_(asked))
    addresses: dict[int | None, str] = dict(session.exec(at).all())
    return [_waiting(reply, known.get(reply.candidate_id), addresses.get(reply.message_id, "")) for reply in replies]


def _waiting(reply: Reply, known: tuple[Candidate, Account, Creator] | None, written_to: str) -> Waiting:
    elsewhere = bool(reply.sender and written_to) and reply.sender.casefold() != written_to.casefold()
    if known is None:
        return Waiting(reply, from_elsewhere=elsewhere)
    candidate, account, creator = known
    return Waiting(
        reply, account.platform, account.handle, creator.name, candidate.campaign, candidate.stage, elsewhere
    )
