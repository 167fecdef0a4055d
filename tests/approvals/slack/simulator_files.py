"""Files in the simulated workspace: a place is asked for, the bytes go there, then the file is shared as a message."""

import json
from collections.abc import Callable

from tests.approvals.slack.simulator_chat import Chat
from tests.approvals.slack.simulator_state import JSON, Refusal, Workspace


class Files:
    def __init__(self, workspace: Workspace, chat: Chat) -> None:
        self._ws, self._chat = workspace, chat

    def methods(self) -> dict[str, Callable[[JSON], JSON]]:
        return {
            "files.getUploadURLExternal": self._place,
            "files.completeUploadExternal": self._complete,
            "files.info": lambda said: {"file": self._known(str(said.get("file")))},
        }

    def uploaded(self, file_id: str, content: bytes) -> int:
        """The bytes have come; the status of the answer."""
        with self._ws.lock:
            if file_id not in self._ws.shared:
                return 404
            said = int(self._ws.shared[file_id]["size"])
            if said != len(content):
                self._ws.problem(f"upload of {file_id}: {len(content)} bytes came, {said} were announced")
            self._ws.files[file_id] = content
        return 200

    def _place(self, said: JSON) -> JSON:
        if not said.get("filename") or not str(said.get("length", "")).isdecimal() or int(said["length"]) < 1:
            raise Refusal("invalid_arguments")
        file_id = f"F{self._ws.number()}"
        self._ws.shared[file_id] = {"id": file_id, "name": said["filename"], "title": said["filename"],
                                    "size": int(said["length"]), "shares": []}  # fmt: skip
        return {"upload_url": f"{self._ws.base}/upload/{file_id}", "file_id": file_id}

    def _known(self, file_id: str) -> JSON:
        if file_id not in self._ws.shared:
            raise Refusal("file_not_found")
        return self._ws.shared[file_id]

    def _complete(self, said: JSON) -> JSON:
        """A file share is a message with files. A thread that is not there is no reason to refuse."""
        listed = said.get("files") or []
        listed = json.loads(listed) if isinstance(listed, str) else listed
        if not listed or any(one["id"] not in self._ws.files for one in listed):
            raise Refusal("file_not_found" if listed else "invalid_arguments")
        channel = self._chat.place(str(said["channel_id"])) if said.get("channel_id") else ""
        for one in listed:
            self._known(one["id"]).update({"title": one["title"]} if one.get("title") else {})
        if channel:
            shared = [{key: self._known(one["id"])[key] for key in ("id", "name", "title", "size")} for one in listed]
            words = {"text": str(said.get("initial_comment") or ""), "files": shared, "upload": False}
            thread = {"thread_ts": str(said["thread_ts"])} if said.get("thread_ts") else {}
            made = self._chat.put(channel, words | thread)
            for one in listed:
                self._known(one["id"])["shares"].append({"channel": channel, "ts": made["ts"]})
        return {"files": [{"id": one["id"], "title": self._known(one["id"])["title"]} for one in listed]}
