"""A desk with a Slack before it: a whole house, a simulated workspace, and what people do there, in verbs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlmodel import col, func, select

from approvals.slack.api import WebSlack
from approvals.slack.arrivals import Arrival, arrival_of
from approvals.slack.shown import Shown
from core.database import reading
from core.models.approvals import Request, RequestComment
from core.models.audit import AuditEntry
from core.models.slack import SlackPost
from core.settings import PROJECT
from flows.slack.deeds import Deeds
from flows.slack.desk import handle
from flows.slack.showing import shown_named
from flows.wiring import Wiring
from tests.approvals.slack.simulator import Simulator
from tests.house import House

#: Everybody of the example people file has a Slack id, made of their name.
NAMES = ("olivia", "omar", "rosa", "lena", "sofia", "anton")
STRANGER = "USTRANGER"
GROUP = """
[[group]]
id = "reviewers"
name = "Reviewers of summer"
members = ["rosa"]
slack = "S1"
"""


def slack_id(name: str) -> str:
    return f"U{name.upper()}"


def people_file() -> str:
    text = (PROJECT / "people.example.toml").read_text()
    for name in NAMES:
        text = text.replace(
            f'mail = "{name}@example.com"\nslack = ""', f'mail = "{name}@example.com"\nslack = "{slack_id(name)}"'
        )
    return text


@dataclass
class Scene:
    """`said` holds what was answered in place, by address."""

    house: House
    sim: Simulator
    slack: WebSlack
    deeds: Deeds
    said: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def w(self) -> Wiring:
        return self.house.w

    def handle(self, body: Mapping[str, Any]) -> Arrival:
        arrival = arrival_of(body)
        self.handle_again(arrival)
        return arrival

    def handle_again(self, arrival: Arrival) -> None:
        handle(
            self.w,
            self.slack,
            arrival,
            deeds=self.deeds,
            respond=lambda address, said: self.said.append((address, said)),
        )

    def write_people(self, text: str) -> None:
        self.w.settings.people_file.write_text(text)

    # What Slack sends

    def click(self, action: str, value: str, *, by: str, view: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "block_actions", "user": {"id": slack_id(by)}, "trigger_id": self.sim.trigger(slack_id(by)),
            "actions": [{"type": "button", "action_id": action, "block_id": "buttons", "value": value}],
        }  # fmt: skip
        if view is not None:
            return body | {"view": dict(view), "container": {"type": "view", "view_id": view.get("id", "")}}
        return body | {"response_url": "https://hooks.slack.com/actions/1", "channel": {"id": "C1"}}

    def form(self, view: Mapping[str, Any], *, by: str, **values: str) -> dict[str, Any]:
        """The open view, filled in: note, question, remark and reason (its place), person (their id in Slack)."""
        state = {f"{name}_input": {name: _filled(name, value)} for name, value in values.items()}
        return {
            "type": "view_submission", "user": {"id": slack_id(by)}, "trigger_id": self.sim.trigger(slack_id(by)),
            "view": {"id": f"V{next(self._numbers)}", **view, "state": {"values": state}},
        }  # fmt: skip

    def command(self, text: str, *, by: str) -> dict[str, Any]:
        return {
            "command": "/greenroom", "text": text, "user_id": slack_id(by), "channel_id": "C1",
            "trigger_id": self.sim.trigger(slack_id(by)), "response_url": "https://hooks.slack.com/commands/1",
        }  # fmt: skip

    def opened_home(self, *, by: str) -> dict[str, Any]:
        return {"type": "event_callback", "event_id": f"Ev{next(self._numbers)}",
                "event": {"type": "app_home_opened", "user": slack_id(by), "tab": "home"}}  # fmt: skip

    # What is seen afterwards

    def views(self, *methods: str) -> list[dict[str, Any]]:
        """Every view that was shown, oldest first."""
        wanted = methods or ("views.open", "views.push")
        return [_decoded(payload["view"]) for method, payload in self.sim.calls if method in wanted]

    def told(self, name: str) -> list[str]:
        """What is on its way to somebody, or was answered in place."""
        with reading(self.w.engine) as session:
            query = select(SlackPost).where(SlackPost.channel == slack_id(name)).order_by(col(SlackPost.id))
            return [post.payload["blocks"][0]["text"]["text"] for post in session.exec(query)]

    def request(self, request_id: str) -> Request:
        with reading(self.w.engine) as session:
            return session.get_one(Request, request_id)

    def shown(self, request_id: str) -> Shown:
        with reading(self.w.engine) as session:
            return shown_named(session, self.w.clock, self.w.people, request_id)

    def entries(self) -> int:
        """How many entries the audit log has."""
        with reading(self.w.engine) as session:
            return session.exec(select(func.max(AuditEntry.seq))).one() or 0

    def audited(self, action: str, request_id: str = "", *, since: int = 0) -> list[tuple[str, str]]:
        """Who and why, of every entry of an action after the first so many of the log."""
        with reading(self.w.engine) as session:
            query = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.seq > since)
            query = query.order_by(col(AuditEntry.seq))
            found = [entry for entry in session.exec(query) if request_id in entry.subject]
        return [(entry.actor, str(json.loads(entry.detail).get("why", ""))) for entry in found]

    def comments(self, request_id: str) -> list[tuple[str, str, str]]:
        with reading(self.w.engine) as session:
            query = select(RequestComment).where(RequestComment.request_id == request_id)
            return [(one.kind, one.author, one.text) for one in session.exec(query.order_by(col(RequestComment.id)))]


def _filled(name: str, value: str) -> dict[str, Any]:
    if name == "reason":
        return {"selected_option": {"value": value}}
    return {"selected_user": value} if name == "person" else {"value": value}


def _decoded(view: Any) -> dict[str, Any]:
    return dict(json.loads(view) if isinstance(view, str) else view)
