"""One creator who was invited by mail and answers, and the person at the desk who writes back."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.people import People
from core.stages import Stage
from core.store import move
from outreach.answering import open_item, send_answer
from outreach.entries import ANSWER
from outreach.service import send_due
from tests.outreach.conftest import PEPPER, TEMPLATES
from tests.outreach.servers import Scripted


class Room:
    """One creator who was invited by mail and answers; `say` puts the answer on the record as the inbox does."""

    def __init__(self, engine: Engine, clock: FixedClock, campaign: Campaign, people: People) -> None:
        self.engine, self.clock, self.campaign, self.people = engine, clock, campaign, people

    def say(self, kind: str, text: str, **more: Any) -> int:
        known = {"sender": "creator0@example.com", "language": "en", "mail_id": f"<{kind.replace(' ', '-')}@x.example>"}
        with unit_of_work(self.engine) as session:
            candidate = session.get_one(Candidate, 1)
            if candidate.stage == Stage.INVITED:
                move(session, self.clock, candidate, Stage.REPLIED, actor="greenroom")
            fields: dict[str, Any] = {"message_id": 1, "candidate_id": 1, "kind": kind, "text": text,
                                      "because": text[:80], "received_at": self.clock.now()}  # fmt: skip
            fields |= known | more
            reply = Reply(**fields)
            session.add(reply)
            session.flush()
            self.opened(session, reply, candidate)
            return reply.id or 0

    def opened(self, session: Session, reply: Reply, candidate: Candidate | None) -> None:
        campaign = self.campaign if candidate else None
        open_item(session, self.clock, reply, candidate, campaign, self.people, templates=TEMPLATES)

    def reply(self, number: int) -> Reply:
        with reading(self.engine) as session:
            return session.get_one(Reply, number)

    def send(self, number: int, text: str, *, by: str = "sofia") -> Message:
        with unit_of_work(self.engine) as session:
            return send_answer(session, self.clock, number, text, actor=self.people.named(by), people=self.people,
                               pepper=PEPPER)  # fmt: skip

    def deliver(self) -> Scripted:
        mailer = Scripted()
        send_due(self.engine, self.clock, mailer, self.campaign, self.people, pepper=PEPPER,
                 categories=frozenset({ANSWER}))  # fmt: skip
        return mailer


def make_room(engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Any) -> Room:
    invite_all(engine, 1)
    send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER)
    clock.advance(timedelta(hours=2))
    return Room(engine, clock, campaign, people)
