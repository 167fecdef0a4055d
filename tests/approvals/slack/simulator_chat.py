"""Posting in the simulated workspace: chat.*, direct messages, and answers at a response_url.

Knows the rules of who may say what where; not who asked, nor over which wire.
"""

from collections.abc import Callable
from typing import Any

from tests.approvals.slack.simulator_state import (
    ANSWER_SECONDS,
    ANSWERS,
    BOT,
    BOT_ID,
    JSON,
    TEAM,
    Address,
    Refusal,
    Workspace,
    as_seen,
)

_OURS = {"type": "message", "user": BOT, "bot_id": BOT_ID, "app_id": "A1", "team": TEAM}


class Chat:
    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def methods(self) -> dict[str, Callable[[JSON], JSON]]:
        return {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._whisper,
            "chat.getPermalink": self._link,
            "conversations.open": self._open,
        }

    def put(self, channel: str, said: JSON) -> JSON:
        """A new message of the app's in a channel that takes it."""
        made = {**said, **_OURS, "channel": channel, "ts": self._ws.ts()}
        made.setdefault("text", "")
        self._ws.messages[channel].append(made)
        return made

    def place(self, channel: str) -> str:
        """The channel to write into; a member's id is the channel with them."""
        if channel.startswith(("U", "W")):
            return self._ws.direct(channel)
        if channel not in self._ws.messages:
            raise Refusal("channel_not_found")
        if channel in self._ws.outside:
            raise Refusal("channel_not_found" if channel in self._ws.private else "not_in_channel")
        if channel in self._ws.archived:
            raise Refusal("is_archived")
        return channel

    def _post(self, said: JSON) -> JSON:
        channel = self.place(_needed(said, "channel"))
        if not said.get("text") and not said.get("blocks") and not said.get("attachments"):
            raise Refusal("no_text")
        root = self._ws.find(channel, str(said["thread_ts"])) if said.get("thread_ts") else None
        if said.get("thread_ts") and root is None:
            self._ws.problem(f"chat.postMessage: {channel} has no message {said['thread_ts']} to answer in a thread")
            raise Refusal("thread_not_found")
        if root is not None and root.get("thread_ts", root["ts"]) != root["ts"]:
            self._ws.problem(f"chat.postMessage: {said['thread_ts']} is itself an answer in a thread")
        made = self.put(channel, said)
        return {"channel": channel, "ts": made["ts"], "message": as_seen(made, metadata=True)}

    def _mine(self, said: JSON, wrong: str) -> JSON:
        channel = self.place(_needed(said, "channel"))
        found = next((one for one in self._ws.messages[channel] if one["ts"] == said.get("ts")), None)
        if found is None:
            raise Refusal("message_not_found")
        if found.get("bot_id") != BOT_ID:
            raise Refusal(wrong)
        return found

    def _update(self, said: JSON) -> JSON:
        """What is not said again stays: text, blocks and metadata."""
        found = self._mine(said, "cant_update_message")
        made = {**found, **said, "channel": found["channel"], "edited": {"user": BOT, "ts": self._ws.ts()}}
        self._ws.replace(found, made)
        return {"channel": made["channel"], "ts": made["ts"], "text": made["text"], "message": as_seen(made)}

    def _delete(self, said: JSON) -> JSON:
        found = self._mine(said, "cant_delete_message")
        self._ws.replace(found, None)
        return {"channel": found["channel"], "ts": found["ts"]}

    def _whisper(self, said: JSON) -> JSON:
        channel = self.place(_needed(said, "channel"))
        if _needed(said, "user") not in self._ws.people_in(channel):
            raise Refusal("user_not_in_channel")
        return {"message_ts": self.whisper(channel, str(said["user"]), said)["ts"]}

    def whisper(self, channel: str, user: str, said: JSON) -> JSON:
        """What only one person sees."""
        made = {**said, **_OURS, "channel": channel, "ts": self._ws.ts(), "is_ephemeral": True, "to": user}
        self._ws.whispers.append(made | {"user": user})
        return self._ws.whispers[-1]

    def _link(self, said: JSON) -> JSON:
        if self._ws.find(str(said.get("channel")), str(said.get("message_ts"))) is None:
            raise Refusal("message_not_found")
        stamp = str(said["message_ts"]).replace(".", "")
        address = f"https://greenroom-test.slack.com/archives/{said['channel']}/p{stamp}"
        return {"channel": said["channel"], "permalink": address}

    def _open(self, said: JSON) -> JSON:
        return {"channel": {"id": self._ws.direct(_needed(said, "users"))}}

    def answered(self, name: str, said: JSON) -> tuple[int, JSON, dict[str, str]]:
        """An answer at a response_url, taken and done, or not."""
        with self._ws.lock:
            at = self._ws.addresses.get(name)
            if at is None or len(at.taken) >= ANSWERS or self._ws.now() - at.made > ANSWER_SECONDS:
                return 404, {"ok": False, "error": "used_url" if at else "invalid_url"}, {}
            at.taken.append(said)
            return (200, {"ok": True}, {}) if self.say(at, said) else (404, {"ok": False, "error": "not_found"}, {})

    def say(self, at: Address, said: JSON) -> bool:
        """Do what an answer to a click or a command says; False where what it changes is gone."""
        words: JSON = {key: said[key] for key in ("text", "blocks", "thread_ts", "metadata") if key in said}
        if said.get("replace_original") or said.get("delete_original"):
            origin = self._ws.find(at.channel, at.ts)
            if origin is None:
                return False
            self._ws.replace(origin, None if said.get("delete_original") else {**origin, **words})
        elif said.get("response_type") == "in_channel":
            self.put(at.channel, words)
        else:
            self.whisper(at.channel, at.user, words)
        return True


def _needed(said: JSON, name: str) -> str:
    value: Any = said.get(name)
    if not value:
        raise Refusal("invalid_arguments")
    return str(value)
