"""The pieces Slack draws, each within its limits: whatever text comes in, what comes out is taken.

`words` are markup already, made safe by their writer; `text` is anybody's, and is made safe here.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from approvals.slack import limits
from approvals.slack.words import clean, plain

Block = dict[str, Any]
Payload = dict[str, Any]
#: Slack refuses empty text.
NOTHING = "–"


def plain_text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": limits.clip(plain(text), limit) or NOTHING, "emoji": False}


def marked(words: str, limit: int = limits.SECTION) -> Block:
    """Verbatim: Slack makes no links or mentions of its own accord."""
    return {"type": "mrkdwn", "text": limits.clip(words, limit) or NOTHING, "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, limits.HEADER)}


def section(words: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": marked(words)}
    return block | ({"accessory": accessory} if accessory else {})


def fields(words: Sequence[str]) -> list[Block]:
    """As many sections as it takes, ten fields in each."""
    starts = range(0, len(words), limits.FIELDS)
    return [
        {"type": "section", "fields": [marked(one, limits.FIELD) for one in words[start : start + limits.FIELDS]]}
        for start in starts
    ]


def context(*words: str) -> Block:
    return {"type": "context", "elements": [marked(one) for one in words]}


def divider() -> Block:
    return {"type": "divider"}


def actions(block_id: str, elements: Sequence[Block]) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)[: limits.ACTIONS]}


def button(text: str, action_id: str, value: str, *, style: str = "", ask: Block | None = None) -> Block:
    block: Block = {
        "type": "button", "text": plain_text(text, limits.BUTTON), "action_id": action_id, "value": value,
    }  # fmt: skip
    return block | ({"style": style} if style else {}) | ({"confirm": ask} if ask else {})


def link_button(text: str, action_id: str, address: str) -> Block:
    return {"type": "button", "text": plain_text(text, limits.BUTTON), "action_id": action_id, "url": address}


def confirm(title: str, text: str, yes: str) -> Block:
    """ "Are you sure?", before what cannot simply be done again."""
    return {
        "title": plain_text(title, limits.CONFIRM_TITLE),
        "text": plain_text(text, limits.CONFIRM_TEXT),
        "confirm": plain_text(yes, limits.CONFIRM_BUTTON),
        "deny": plain_text("Not yet", limits.CONFIRM_BUTTON),
    }


def picture(address: str, description: str) -> Block:
    alt = limits.clip(plain(description), limits.ALT) or NOTHING
    return {"type": "image", "image_url": address, "alt_text": alt}


def safe_address(address: str, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """The address if it is one that a browser opens and Slack takes, else nothing."""
    if len(address) > limits.URL or clean(address) != address or any(c.isspace() or c in '<>|"' for c in address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in schemes and parts.hostname else ""


def message(words: str, blocks: Sequence[Block]) -> Payload:
    """What a message says: `words` for notifications and readers of screens, blocks for everybody else."""
    return {"text": limits.clip(words, limits.TEXT_ADVISED) or NOTHING, "blocks": list(blocks)}


def post(channel: str, said: Mapping[str, Any], *, thread_ts: str = "") -> Payload:
    """Parameters of chat.postMessage. Addresses of creators are not unfurled: Slack would fetch and show them."""
    return {
        "channel": channel, **said, "unfurl_links": False, "unfurl_media": False,
        **({"thread_ts": thread_ts} if thread_ts else {}),
    }  # fmt: skip


def update(channel: str, ts: str, said: Mapping[str, Any]) -> Payload:
    """Parameters of chat.update."""
    return {"channel": channel, "ts": ts, **said}


def whisper(channel: str, user: str, said: Mapping[str, Any]) -> Payload:
    """Parameters of chat.postEphemeral: one person sees it."""
    return {"channel": channel, "user": user, **said}
