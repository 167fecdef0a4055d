"""A Slack to test against: a workspace with channels, members and views, the Web API and Socket Mode before it.

Its time is the test's clock, but for how long it waits for the app. Faults are put in line with `fail`; each is used
once, by the next call of its method. Whatever Slack would not take stands in `problems`, which must be empty at the
end: a test that means it clears them.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import urlencode

from core.clock import Clock
from tests.approvals.slack.simulator_chat import Chat
from tests.approvals.slack.simulator_checks import Check, what_is_wrong
from tests.approvals.slack.simulator_doors import Doors, Told
from tests.approvals.slack.simulator_files import Files
from tests.approvals.slack.simulator_gate import OPEN_SOCKET, Gate, Reply
from tests.approvals.slack.simulator_payloads import event_callback
from tests.approvals.slack.simulator_people import Members
from tests.approvals.slack.simulator_reading import Reading
from tests.approvals.slack.simulator_socket import Sockets
from tests.approvals.slack.simulator_state import JSON, Workspace
from tests.approvals.slack.simulator_views import Views
from tests.approvals.slack.simulator_web import Routes, Server


class Simulator(Workspace):
    """Use as a context manager; `address` is the base_url for a client.

    `doors` says how the app is reached, `sockets` is Socket Mode, `people` are the members.
    """

    def __init__(self, clock: Clock, *, check: Check = what_is_wrong, secret: str = "signing-secret") -> None:
        super().__init__(clock, secret)
        self._check = check
        self._chat, self._views, self.sockets = Chat(self), Views(self), Sockets(self)
        self._files = Files(self, self._chat)
        self.doors = Doors(self, self.sockets)
        self.people = Members(self, self._chat, self._views, self.doors, check)
        methods = Reading(self).methods() | self._chat.methods() | self._files.methods() | self._views.methods()
        self._gate = Gate(self, methods | {OPEN_SOCKET: self.sockets.open}, check)
        self._server = Server(Routes(self.answer, self._files.uploaded, self.answered, self.sockets, self.problem))
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self.address = f"{self.base}/api/"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        # What broke the test already says more than what came of it.
        assert kind is not None or not self.problems, "Slack would not take this:\n" + "\n".join(self.problems)

    def fail(self, method: str, *faults: str) -> None:
        """Faults of the next calls: an error code of Slack's, or one of the wire.

        "429:SECONDS", "500", "dropped" (done, then no answer), "slow:SECONDS" (done, answered so much later), "timeout"
        (not done, never answered), "garbage" (done, answered with what is no JSON). "" is a call without a fault.
        """
        self._gate.fail(method, *faults)

    def answer(self, method: str, payload: JSON, token: str | None = None) -> Reply:
        """Status, body and headers; None drops the connection."""
        return self._gate.answer(method, payload, token)

    def answered(self, name: str, said: JSON) -> tuple[int, JSON, dict[str, str]]:
        """An answer at a response_url, taken or not."""
        for words in self._check("response_url", said) or ():
            self.problem(f"response_url: {words}")
        return self._chat.answered(name, said)

    def send(self, address: str, form: Mapping[str, str], *, retry: int = 0) -> tuple[int, bytes]:
        """Send something signed to an app under test, as a click or a command arrives there."""
        return self.doors.post(address, urlencode(form).encode(), retry=retry)

    def texts(self, channel: str) -> list[str]:
        return [str(message["text"]) for message in self.messages.get(channel, [])]

    def last(self, channel: str) -> JSON:
        """The newest message of a channel, as it is now."""
        return self.messages[channel][-1]

    def say(self, user: str, text: str, channel: str = "C1", *, thread_ts: str = "") -> JSON:
        """A member writes something; the app does not hear of it, but may read it."""
        said = {"type": "message", "user": user, "text": text, "channel": channel, "ts": self.ts()}
        with self.lock:
            self.messages[channel].append(said | ({"thread_ts": thread_ts} if thread_ts else {}))
            return self.messages[channel][-1]

    def remove(self, message: JSON) -> None:
        """Somebody who may do so deletes a message."""
        with self.lock:
            now = self.find(message["channel"], message["ts"])
            assert now is not None, "the message is gone already"
            self.replace(now, None)

    def until(self, what: Callable[[], object], *, within: float = 5.0) -> None:
        """Wait until something is so, in real time: apps work on after they answered."""
        end = time.monotonic() + within
        while not what():
            assert time.monotonic() < end, f"not so within {within:g} seconds; Slack was asked {self.calls[-5:]}"
            time.sleep(0.01)

    def member(self, user: str, **profile: Any) -> None:
        """Let somebody in, or change what Slack says of them: deleted, tz, is_bot."""
        with self.lock:
            self.users.add(user)
            self.profiles.setdefault(user, {}).update(profile)

    def channel(
        self, channel: str, *, private: bool = False, invited: bool = True, members: list[str] | None = None
    ) -> None:
        """Make a channel; everybody is in it unless members are named."""
        with self.lock:
            self.messages.setdefault(channel, [])
            self.private |= {channel} if private else set()
            self.outside |= set() if invited else {channel}
            self.members |= {} if members is None else {channel: members}

    def view_of(self, user: str) -> JSON | None:
        """The form in front of a member."""
        return self._views.top(user)

    def home_of(self, user: str) -> JSON | None:
        return self.homes.get(user)

    def errors_of(self, user: str) -> JSON:
        """What stands beside the inputs of the form that they sent last, by block."""
        return self.people.errors.get(user, {})

    def whispers_to(self, user: str) -> list[JSON]:
        return [said for said in self.whispers if said["to"] == user]

    def click(
        self, user: str, on: JSON, action_id: str, *, value: object = None, confirm: bool = False, stale: bool = False,
        values: Mapping[str, object] | None = None,
    ) -> Told:  # fmt: skip
        """Click a button or choose from a list; see `Members.click`."""
        return self.people.click(user, on, action_id, value=value, confirm=confirm, stale=stale, values=values)

    def submit(
        self, user: str, view: JSON | None = None, values: Mapping[str, object] | None = None, *, stale: bool = False
    ) -> Told:
        """Send the form in front; see `Members.submit`."""
        return self.people.submit(user, view, values, stale=stale)

    def close(self, user: str, *, every: bool = False) -> Told | None:
        return self.people.close(user, every=every)

    def command(self, user: str, text: str = "", channel: str = "C1", *, name: str = "/greenroom") -> Told:
        return self.people.command(user, text, channel, name=name)

    def open_home(self, user: str, tab: str = "home") -> Told:
        return self.people.open_home(user, tab)

    def event(self, event: JSON) -> Told:
        """Any other event, in the envelope of the Events API."""
        return self.people.event(event_callback(self, event))
