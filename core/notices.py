"""Calls by which other programs tell us something: whether one is genuine and of now, and that each counts once.

Sealed as Standard Webhooks are (standardwebhooks.com, which Svix and Resend follow): HMAC-SHA256 over
`id.timestamp.body`. Knows nothing of HTTP, of providers, or of what a notice is about.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from core.clock import Clock
from core.errors import BadInput, Refused
from core.models.listening import WebhookEvent

#: An older notice, or one from the future, may have been kept by somebody to play it again.
WINDOW = timedelta(minutes=5)
_LONGEST_ID = 200


class NotGenuine(Refused):
    """The notice is not sealed with our secret, or not sealed now."""


def seal(key: bytes, event_id: str, body: bytes, *, now: datetime, prefix: str = "webhook") -> dict[str, str]:
    """The headers that prove who sent a body, and when."""
    stamp = str(int(now.timestamp()))
    made = base64.b64encode(_hmac(key, event_id, stamp, body)).decode()
    return {f"{prefix}-id": event_id, f"{prefix}-timestamp": stamp, f"{prefix}-signature": f"v1,{made}"}


def check_seal(
    key: bytes, headers: Mapping[str, str], body: bytes, *, now: datetime, prefix: str = "webhook"
) -> str:  # fmt: skip
    """The id of a genuine notice; header names in lower case. Raises NotGenuine for any other."""
    event_id, stamp, seals = (headers.get(f"{prefix}-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (0 < len(event_id) <= _LONGEST_ID and event_id.isascii() and event_id.isprintable()):
        raise NotGenuine("The notice has no id.")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise NotGenuine("The notice does not say when it was sealed.")
    expected = _hmac(key, event_id, stamp, body)
    # All are compared: where one matched is nobody's business either.
    if sum([hmac.compare_digest(expected, given) for given in _given(seals)]) == 0:
        raise NotGenuine("The notice is not sealed with our secret.")
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise NotGenuine("The notice was sealed at another time.")
    return event_id


def read_object(body: bytes) -> dict[str, Any]:
    """What a genuine notice holds. Raises BadInput where that is no JSON object."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("The notice is not JSON.") from None
    if not isinstance(said, dict):
        raise BadInput("The notice is not an object.")
    return said


def is_new(session: Session, clock: Clock, source: str, event_id: str, *, kind: str) -> bool:
    """Put a notice on record; False where it was before. A notice comes again until it was answered well."""
    if session.get(WebhookEvent, (source, event_id)) is not None:
        return False
    session.add(WebhookEvent(source=source, event_id=event_id, kind=kind, at=clock.now()))
    session.flush()
    return True


def _hmac(key: bytes, event_id: str, stamp: str, body: bytes) -> bytes:
    return hmac.digest(key, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256)


def _given(seals: str) -> list[bytes]:
    """Those of version 1; there are two while a provider changes its secret."""
    found = []
    for one in seals.split(" ")[:20]:
        version, _, text = one.partition(",")
        try:
            found += [base64.b64decode(text, validate=True)] if version == "v1" else []
        except (binascii.Error, ValueError):
            continue
    return found
