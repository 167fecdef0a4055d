"""Socket Mode: a line to Slack that we open, so that no address of ours has to be public.

Opens it, and opens it again when it breaks, sooner at first and later when Slack stays away; Slack's own wish to move
to another server is followed by the client. Knows nothing of what comes over the line: the app does.
"""

import logging
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from approvals.slack.api import RateLimited, Slack, TokenRefused
from core.errors import GreenroomError

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
#: A line that no longer answers is given up after four of these, in seconds.
_PING_EVERY = 3.0
#: How often the line is looked at.
_LOOK_EVERY = 0.2
log = logging.getLogger("greenroom.slack")


class Connection(Protocol):
    """One line; `open` raises what Slack or the network says against it."""

    def open(self) -> None: ...

    def is_open(self) -> bool: ...

    def close(self) -> None: ...


class SlackConnection:
    """The line of slack_sdk's own client; what comes over it goes to the app. `slack` has the app token."""

    def __init__(self, app: App, slack: Slack) -> None:
        self._app, self._client = app, _Client(slack)
        self._client.socket_mode_request_listeners.append(self.hear)

    def open(self) -> None:
        self._client.connect_to_new_endpoint()
        if not self._client.is_connected():
            raise ConnectionError("no answer")

    def is_open(self) -> bool:
        session = self._client.current_session
        if session is not None and session.sock is not None and _was_hung_up(session.sock):
            session.close()  # of itself it would go on reading nothing for a quarter of a minute
        return self._client.is_connected()

    def close(self) -> None:
        self._client.close()

    def hear(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """For the client, in a thread of its own: one call of Slack's."""
        try:
            answer = run_bolt_app(self._app, request)
        except Exception:
            # The client keeps what is raised here to itself. Unanswered, Slack calls again.
            log.exception("a call from Slack could not be taken in")
            return
        try:
            send_response(client, request, answer, 0.0)
        except (SlackClientError, OSError) as error:
            log.warning("Slack could not be told that its call was heard: %s", error)  # it was heard all the same


class _Client(SocketModeClient):
    def __init__(self, slack: Slack) -> None:
        quiet = logging.getLogger("greenroom.slack.line")
        quiet.setLevel(logging.CRITICAL)  # it says at length what the one sentence in our log says
        # Reconnecting is ours: the client's own way asks Slack every few seconds however long Slack is away.
        super().__init__("", logger=quiet, auto_reconnect_enabled=False, ping_interval=_PING_EVERY,
                         receive_buffer_size=16_384)  # fmt: skip
        self._slack = slack

    def issue_new_wss_url(self) -> str:
        return str(self._slack.call("apps.connections.open", {}).get("url", ""))

    def connect(self) -> None:
        self._hang_up()
        super().connect()

    def close(self) -> None:
        self.closed = True
        self.message_queue.put(None)  # whoever waits for the next message does so for a second at a time
        self._hang_up()
        super().close()

    def _hang_up(self) -> None:
        # Its reader waits three seconds for the next byte, and until then nobody could close the line or read the next.
        if self.current_session is not None and self.current_session.sock is not None:
            with suppress(OSError):
                self.current_session.sock.shutdown(socket.SHUT_RDWR)


def _was_hung_up(wire: socket.socket) -> bool:
    looking = select.poll()
    try:
        looking.register(wire, select.POLLRDHUP)
    except ValueError:  # closed meanwhile by whoever reads
        return False
    return bool(looking.poll(0))


class Line:
    """Keeps a connection open until `stop` is set. Slack being away is a sentence in the log, never an end."""

    def __init__(self, connection: Connection, *, tell: Callable[[str], None] = log.warning) -> None:
        self._connection, self._tell = connection, tell
        self._pause, self._said = FIRST_PAUSE, ""

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            stop.wait(self.look())
        self._connection.close()

    def look(self) -> float:
        """Open the line where it is not; returns after how many seconds to look again."""
        if self._connection.is_open():
            return _LOOK_EVERY
        try:
            self._connection.open()
        except (GreenroomError, OSError) as error:
            return self._later(error)
        if self._said:
            self._tell("Slack can be heard again.")
        self._pause, self._said = FIRST_PAUSE, ""
        return _LOOK_EVERY

    def _later(self, error: Exception) -> float:
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        why = _in_words(error)
        if why != self._said:
            self._tell(f"Slack cannot be heard: {why} It is tried again by itself.")
        self._said = why
        return max(pause, error.retry_after) if isinstance(error, RateLimited) else pause


def _in_words(error: Exception) -> str:
    if isinstance(error, TokenRefused):
        return f"{error.code}; check GREENROOM_SLACK_APP_TOKEN with: greenroom slack check."
    return error.message if isinstance(error, GreenroomError) else f"{type(error).__name__}, {error}."
