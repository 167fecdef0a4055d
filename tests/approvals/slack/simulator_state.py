"""What the simulated workspace holds: channels, messages, members, views, files, and what was wrong.

Owns the data and the ids. Knows no method of Slack's, no wire and no app.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from approvals.slack.manifest import SCOPES
from core.clock import Clock

JSON = dict[str, Any]
TEAM, DOMAIN, APP, BOT, BOT_ID = "T1", "greenroom-test", "A1", "UAPP", "BAPP"
#: How long a trigger is good, and an address for answers, and how many answers it takes.
TRIGGER_SECONDS, ANSWER_SECONDS, ANSWERS = 3, 1800, 5


class Refusal(Exception):
    """An error code of Slack's, with whatever else stands beside it in the answer."""

    def __init__(self, code: str, **more: str) -> None:
        super().__init__(code)
        self.more = more


@dataclass
class Address:
    """A response_url: who clicked where, and what was answered there."""

    made: float
    user: str
    channel: str
    ts: str = ""
    taken: list[JSON] = field(default_factory=list)


class Workspace:
    """Everything that lasts. Whoever reads and then writes holds `lock`; tests may change any of it."""

    def __init__(self, clock: Clock, secret: str) -> None:
        self.clock, self.secret = clock, secret
        self.lock, self.closing = threading.RLock(), threading.Event()
        self.messages: dict[str, list[JSON]] = {"C1": [], "C2": []}
        self.whispers: list[JSON] = []
        self.users = {"U1", "U2"}
        self.profiles: dict[str, JSON] = {}
        self.groups: dict[str, list[str]] = {}
        self.archived: set[str] = set()
        self.private: set[str] = set()
        #: Channels that the app was not invited to, and who is in a channel where it is not everybody.
        self.outside: set[str] = set()
        self.members: dict[str, list[str]] = {}
        self.files: dict[str, bytes] = {}
        self.shared: dict[str, JSON] = {}
        self.stacks: dict[str, list[JSON]] = {}
        self.homes: dict[str, JSON] = {}
        self.triggers: dict[str, tuple[str, float]] = {}
        self.exchanged: set[str] = set()
        self.addresses: dict[str, Address] = {}
        self.revoked = self.down = False
        #: The only tokens that work; any of the right kind where none is named.
        self.tokens: set[str] = set()
        self.granted = set(SCOPES)
        #: So many messages at once in a channel, then one a second.
        self.burst = 5
        self.calls: list[tuple[str, JSON]] = []
        self.problems: list[str] = []
        self.base = ""
        self._count = 0

    def now(self) -> float:
        return self.clock.now().timestamp()

    def number(self) -> int:
        with self.lock:
            self._count += 1
            return self._count

    def ts(self) -> str:
        return f"{int(self.now())}.{self.number():06d}"

    def trigger(self, user: str = "U1") -> str:
        """A trigger id as a click brings it: good once, for three seconds."""
        made = f"{self.number()}.{TEAM}.trigger"
        with self.lock:
            self.triggers[made] = (user, self.now())
        return made

    def exchange(self, trigger: str) -> str:
        """Whose trigger it was; it is used up."""
        with self.lock:
            if trigger in self.exchanged:
                raise Refusal("exchanged_trigger_id")
            if trigger not in self.triggers:
                raise Refusal("invalid_trigger_id")
            user, made = self.triggers[trigger]
            if self.now() - made > TRIGGER_SECONDS:
                raise Refusal("expired_trigger_id")
            self.exchanged.add(trigger)
        return user

    def response_url(self, user: str = "U1", channel: str = "C1", ts: str = "") -> str:
        """An address for answers to one click: five times, within half an hour."""
        name = f"R{self.number()}"
        with self.lock:
            self.addresses[name] = Address(self.now(), user, channel, ts)
        return f"{self.base}/response/{name}"

    def find(self, channel: str, ts: str) -> JSON | None:
        """The message as it is now, among whispers too."""
        with self.lock:
            known = [*self.messages.get(channel, []), *(said for said in self.whispers if said["channel"] == channel)]
            return next((message for message in known if message["ts"] == ts), None)

    def replace(self, message: JSON, by: JSON | None) -> None:
        """Put another in its place, or none. The old one stays as it was for whoever still holds it."""
        with self.lock:
            for kept in (self.messages.get(message["channel"], []), self.whispers):
                for place, one in enumerate(kept):
                    if one is message:
                        kept[place : place + 1] = [] if by is None else [by]
                        return

    def direct(self, user: str) -> str:
        """The channel of direct messages with somebody."""
        if user not in self.users:
            raise Refusal("user_not_found")
        if self.profiles.get(user, {}).get("deleted"):
            raise Refusal("user_disabled")
        with self.lock:
            self.messages.setdefault(f"D{user}", [])
        return f"D{user}"

    def people_in(self, channel: str) -> list[str]:
        if channel.startswith("D"):
            return [channel[1:], BOT]
        inside = self.members.get(channel, sorted(self.users))
        return [*inside, *([] if channel in self.outside else [BOT])]

    def problem(self, words: str) -> None:
        with self.lock:
            self.problems.append(words)


def named(blocks: Sequence[Mapping[str, Any]]) -> list[JSON]:
    """Blocks as Slack gives them back: each has an id."""
    return [{**block, "block_id": block.get("block_id") or f"made-{place}"} for place, block in enumerate(blocks)]


#: What is said about a message when it is posted, and is no part of it.
_NOT_PART = {"channel", "unfurl_links", "unfurl_media", "metadata", "reply_broadcast", "is_ephemeral", "to"}


def as_seen(message: Mapping[str, Any], *, metadata: bool = False) -> JSON:
    """A message as Slack shows it to an app."""
    seen = {key: value for key, value in message.items() if key not in _NOT_PART}
    if "blocks" in seen:
        seen["blocks"] = named(seen["blocks"])
    return seen | ({"metadata": message["metadata"]} if metadata and "metadata" in message else {})
