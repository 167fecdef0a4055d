"""What people do in Slack and what they see there, in verbs. Each act is a click or a form of Slack's own, handled at
once; what follows is said when the office settles."""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from approvals.slack.ids import Action, choose
from core.cards import Card
from core.database import reading
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.slack import SlackPost
from tests.flows.slack.office import REVIEW, Office, key_of
from tests.flows.slack.slacked import buttons, member, words

Message = dict[str, Any]


@dataclass(frozen=True)
class Team:
    office: Office

    # What they do

    def click(self, who: str, on: Message, action: str, *, confirm: bool = False, stale: bool = False) -> None:
        told = self.office.sim.click(member(who), on, action, confirm=confirm, stale=stale)
        assert told.ok
        self.office.handle()

    def choose(self, who: str, request: Request, choice: str, *, confirm: bool = False) -> None:
        self.click(who, self.card(request), choose(choice), confirm=confirm)

    def send(self, who: str, **values: object) -> None:
        """Fill in the form in front and send it."""
        assert self.office.sim.submit(member(who), values=values).ok
        assert self.office.sim.errors_of(member(who)) == {}
        self.office.handle()

    def decide_with(self, who: str, request: Request, choice: str, **values: object) -> None:
        """A choice that needs a reason: its form opens and is sent."""
        self.choose(who, request, choice)
        self.send(who, **values)

    def ask(self, who: str, request: Request, *, of: str, question: str) -> None:
        self.click(who, self.card(request), Action.ASK)
        self.send(who, person=member(of), question=question)

    def hand_over(self, who: str, request: Request, *, to: str, note: str = "") -> None:
        self.click(who, self.card(request), Action.REASSIGN)
        self.send(who, person=member(to), note=note)

    def take_back(self, who: str, request: Request) -> None:
        self.click(who, self.card(request), Action.UNDO)

    def command(self, who: str, text: str, channel: str = REVIEW) -> str:
        """What only they are answered."""
        before = len(self.whispers(who))
        assert self.office.sim.command(member(who), text, channel).ok
        self.office.handle()
        [said] = self.whispers(who)[before:]
        return said

    def home(self, who: str) -> Message:
        self.office.sim.open_home(member(who))
        self.office.handle()
        return self.home_now(who)

    # What they see

    def home_now(self, who: str) -> Message:
        shown = self.office.sim.home_of(member(who))
        assert shown is not None
        return shown

    def view(self, who: str) -> Message:
        shown = self.office.sim.view_of(member(who))
        assert shown is not None
        return shown

    def whispers(self, who: str) -> list[str]:
        return [words(said) for said in self.office.sim.whispers_to(member(who))]

    def direct(self, who: str) -> list[Message]:
        return self.office.sim.messages.get(f"D{member(who)}", [])

    def card(self, request: Request) -> Message:
        """The request's message, wherever it is."""
        every = [message for channel in self.office.sim.messages.values() for message in channel]
        [found] = [message for message in every if key_of(message) == f"request:{request.id}"]
        return found

    def thread(self, message: Message) -> list[Message]:
        said = self.office.sim.messages[message["channel"]]
        return [one for one in said if one.get("thread_ts") == message["ts"]]

    def queues(self) -> list[Message]:
        return [one for one in self.office.sim.messages[REVIEW] if key_of(one).startswith("queue:")]

    def offers(self, request: Request) -> list[str]:
        """The buttons on its card."""
        return buttons(self.card(request))

    # What is on record

    def request(self, request: Request) -> Request:
        with reading(self.office.w.engine) as session:
            return session.get_one(Request, request.id)

    def asked(self, kind: str, *, status: str = "open") -> list[Request]:
        with reading(self.office.w.engine) as session:
            query = select(Request).where(Request.kind == kind, Request.status == status)
            return list(session.exec(query.order_by(col(Request.asked_at), Request.id)))

    def the_only(self, kind: str) -> Request:
        [found] = self.asked(kind)
        return found

    def trail(self, request: Request) -> list[tuple[str, str, dict[str, Any]]]:
        """(action, who, detail) of everything about it, in order."""
        return self.about(f"request:{request.id}")

    def about(self, subject: str) -> list[tuple[str, str, dict[str, Any]]]:
        with reading(self.office.w.engine) as session:
            query = select(AuditEntry).where(AuditEntry.subject == subject)
            entries = session.exec(query.order_by(col(AuditEntry.seq))).all()
        return [(entry.action, entry.actor, json.loads(entry.detail)) for entry in entries]

    def refusals(self, request: Request) -> list[tuple[str, str, str]]:
        """(who, why, door) of each answer that was not taken."""
        return [
            (who, str(detail["why"]), str(detail["door"]))
            for action, who, detail in self.trail(request) if action == "request.refused"
        ]  # fmt: skip

    # What must be so whenever everything was said

    def check_slack(self) -> None:
        """Every message is there once and shows its request as it stands; nothing is lost."""
        with reading(self.office.w.engine) as session:
            requests = {request.id: request for request in session.exec(select(Request))}
            posts = session.exec(select(SlackPost).where(SlackPost.method == "chat.postMessage")).all()
        every = [message for channel in self.office.sim.messages.values() for message in channel]
        keys = sorted(key for key in map(key_of, every) if key)
        assert keys == sorted(set(keys)), "something was posted twice"
        # What was answered in place was never posted.
        assert set(keys) == {post.key for post in posts if post.status == "sent" and post.ts}
        assert [post.key for post in posts if post.status not in ("sent", "superseded")] == []
        of = {post.key: requests[post.request_id] for post in posts if post.request_id}
        for message in every:
            if key_of(message) in of:
                _check_card(message, of[key_of(message)])


def _check_card(message: Message, request: Request) -> None:
    shown, offered = words(message), buttons(message)
    assert Card.model_validate(request.card).title[:20] in shown or request.id[:8] in shown
    if request.status == "open":
        assert choose(request.card["choices"][0]["id"]) in offered
        return
    pending = request.status == "decided" and request.applied_at is None
    assert offered == ([Action.UNDO] if pending else []), f"{request.kind} {request.status} offers {offered}"
    assert ("Withdrawn" if request.status == "void" else "☑️") in shown
