"""What members do: click, fill in and send forms, close them, give commands, open the app's Home.

They do only what Slack lets them: a button that is not there, or a form that lacks something, fails the test. Knows
what the app's answers mean; not how they travel.
"""

from collections.abc import Mapping
from typing import Any

from tests.approvals.slack import simulator_payloads as payloads
from tests.approvals.slack.simulator_chat import Chat
from tests.approvals.slack.simulator_checks import Check
from tests.approvals.slack.simulator_doors import Doors, Told
from tests.approvals.slack.simulator_forms import action, elements, must_be_complete, values_of
from tests.approvals.slack.simulator_state import JSON, Address, Refusal, Workspace, named
from tests.approvals.slack.simulator_views import Views


class Members:
    def __init__(self, workspace: Workspace, chat: Chat, views: Views, doors: Doors, check: Check) -> None:
        self._ws, self._chat, self._views, self._doors = workspace, chat, views, doors
        self._check = check
        #: What stands beside the inputs of each member's form, from the app's last answer.
        self.errors: dict[str, JSON] = {}

    def click(
        self, user: str, on: JSON, action_id: str, *, value: object = None, confirm: bool = False, stale: bool = False,
        values: Mapping[str, object] | None = None,
    ) -> Told:  # fmt: skip
        """Click or choose, in a message, a whisper, a form or a Home.

        `values` is what is filled in beside it. `stale`: as somebody does whose screen still shows `on`.
        """
        self._there(user)
        in_view = on.get("type") in ("modal", "home")
        shown = on if stale else self._shown(user, on, in_view)
        block, element = _element(shown, action_id)
        assert stale or confirm == ("confirm" in element), (
            f"{action_id} asks first: click(..., confirm=True)" if not confirm else f"{action_id} asks nothing first"
        )
        done = action(block, element, value, self._ws.ts())
        build = payloads.click_in_view if in_view else payloads.click_on_message
        return self._doors.deliver("interactive", build(self._ws, user, shown, done, values or {}))

    def submit(
        self, user: str, view: JSON | None = None, values: Mapping[str, object] | None = None, *, stale: bool = False
    ) -> Told:
        """Send the form in front, filled in by the ids of its blocks or actions; then do what the app answers."""
        self._there(user)
        top = self._views.top(user)
        if not stale:
            assert top is not None, f"{user} has no form open"
            assert view is None or view["id"] == top["id"], f"{user} has another form in front: {top['callback_id']}"
        shown = view if stale and view is not None else top
        assert shown is not None
        assert shown.get("submit"), f"{shown['callback_id']} has no button to send it"
        filled = values_of(shown["blocks"], values or {})
        must_be_complete(shown["blocks"], filled)
        told = self._doors.deliver("interactive", payloads.submission(self._ws, user, shown, filled))
        self.errors[user] = {}
        if told.ok:
            with self._ws.lock:
                self._sent(user, shown, told.body)
        return told

    def _sent(self, user: str, shown: JSON, answer: JSON) -> None:
        """Do what the answer to a form says."""
        what, now = answer.get("response_action", ""), self._views.current(shown["id"])
        if what == "errors":
            self.errors[user] = self._beside(shown, answer.get("errors") or {})
        elif what in ("update", "push"):
            self._next(user, now, what, answer)
        elif what in ("", "clear"):
            if answer and not what:
                self._ws.problem(f"view_submission: Slack shows an error for the answer {answer}")
            if now is not None:
                self._views.closed(user, every=what == "clear" or bool(now["clear_on_close"]))
        else:
            self._ws.problem(f"view_submission: Slack knows no response_action {what}")

    def _beside(self, shown: JSON, errors: JSON) -> JSON:
        inputs = {block["block_id"] for block in shown["blocks"] if block["type"] == "input"}
        if not errors or not set(errors) <= inputs:
            self._ws.problem(f"view_submission: errors beside inputs that are not there: {errors}")
        return dict(errors)

    def _next(self, user: str, now: JSON | None, what: str, answer: JSON) -> None:
        wrong = list(self._check(f"views.{what}", answer) or ())
        self._ws.problems += [f"view_submission: {words}" for words in wrong]
        try:
            if not wrong and what == "push":
                self._views.pushed(user, answer["view"])
            elif not wrong and now is not None:
                self._views.changed(now, answer["view"])
        except Refusal as no:
            self._ws.problem(f"view_submission: {no}")

    def close(self, user: str, *, every: bool = False) -> Told | None:
        """Close the form in front, or all of them; the app hears of it where the view asks for that."""
        top = self._views.top(user)
        assert top is not None, f"{user} has no form open"
        every = every or bool(top["clear_on_close"])
        with self._ws.lock:
            self._views.closed(user, every=every)
        if not top["notify_on_close"]:
            return None
        return self._doors.deliver("interactive", payloads.closing(user, top, every=every))

    def command(self, user: str, text: str = "", channel: str = "C1", *, name: str = "/greenroom") -> Told:
        """Give a command; what the app answers at once is said where Slack says it."""
        self._there(user)
        assert channel in self._ws.messages, f"there is no channel {channel}"
        told = self._doors.deliver("slash_commands", payloads.command(self._ws, user, name, text, channel))
        if told.ok and (told.body.get("text") or told.body.get("blocks")):
            self._ws.problems += [f"command: {words}" for words in self._check("response_url", told.body) or ()]
            with self._ws.lock:
                self._chat.say(Address(self._ws.now(), user, channel), told.body)
        return told

    def open_home(self, user: str, tab: str = "home") -> Told:
        self._there(user)
        return self.event(payloads.home_opened(self._ws, user, tab, self._ws.homes.get(user)))

    def event(self, body: JSON) -> Told:
        """Deliver any event_callback; see simulator_payloads.event_callback."""
        return self._doors.deliver("events_api", body)

    def _there(self, user: str) -> None:
        assert user in self._ws.users, f"{user} is no member"
        assert not self._ws.profiles.get(user, {}).get("deleted"), f"{user} has left"

    def _shown(self, user: str, on: JSON, in_view: bool) -> JSON:
        """What is on the member's screen now, where `on` was."""
        if in_view:
            now = self._ws.homes.get(user) if on["type"] == "home" else self._views.top(user)
            assert now is not None, f"{user} sees no such view"
            assert now["id"] == on["id"], f"{user} sees another view: {now['callback_id']}"
            return now
        found = self._ws.find(on["channel"], on["ts"])
        assert found is not None, f"the message {on['ts']} is no longer in {on['channel']}"
        assert user in self._ws.people_in(found["channel"]), f"{user} is not in {found['channel']}"
        assert found.get("to", user) == user, f"only {found.get('to')} sees it"
        return found


def _element(shown: JSON, action_id: str) -> tuple[Any, Any]:
    known = {str(element["action_id"]): (block, element) for block, element in elements(named(shown.get("blocks", [])))}
    assert action_id in known, f"there is no {action_id}, only {sorted(known)}"
    return known[action_id]
