"""Putting a file into the thread of its message: exactly the bytes that the question is about.

Owns the three calls it takes and how a share is recognised. Keeps nothing: the file's id is handed out before the last
call, so that whoever keeps it can look for it afterwards.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cards import CardFile
from core.errors import PermanentError

if TYPE_CHECKING:
    from approvals.slack.api import TakesFiles  # at run time it would bring Slack's library to whoever draws a card

#: Method of a post that is a file; no single method of Slack's has this effect.
UPLOAD = "files.upload"


def payload_of(file: CardFile) -> dict[str, object]:
    """What a post of a file holds: the path at which exactly these bytes lie, and what people read."""
    ending = "" if Path(file.name).suffix else Path(file.path).suffix
    return {"path": file.path, "sha256": file.sha256, "title": file.name, "filename": f"{file.name}{ending}"}


def upload(
    slack: "TakesFiles", payload: Mapping[str, Any], *, channel: str, thread: str, keep: Callable[[str], None]
) -> None:
    """Put the file into the thread. Raises PermanentError where it is not the file that was meant.

    `keep` is told the file's id before the file is shared; if it raises, nothing is shared.
    """
    content = _content(Path(str(payload["path"])), str(payload["sha256"]))
    asked = {"filename": str(payload["filename"]), "length": len(content)}
    place = slack.call("files.getUploadURLExternal", asked)
    slack.send_bytes(str(place["upload_url"]), content)
    keep(str(place["file_id"]))
    shared = {"id": place["file_id"], "title": str(payload["title"])}
    slack.call("files.completeUploadExternal", {"files": [shared], "channel_id": channel, "thread_ts": thread})


def shows(message: Mapping[str, Any], file_id: str) -> bool:
    """Whether a message is the share of that file."""
    return any(one.get("id") == file_id for one in message.get("files") or ())


def _content(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise PermanentError(f"The file {path} is missing.", next_step="Restore it from a backup.") from None
    except OSError as error:
        raise PermanentError(f"The file {path} cannot be read: {error.strerror}.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PermanentError(
            f"The file {path} was changed after the question was asked; it is not shown.",
            next_step="Restore it from a backup.",
        )
    return content
