"""Notices of a signature provider: whether one is genuine and of now, and what it says.

Sealed as Standard Webhooks are: HMAC-SHA256 over `id.timestamp.body`, in both directions. Knows nothing of HTTP, and
nothing of what a signature does to a deal.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from contracts.terms import clean
from core.errors import BadInput, Refused

SOURCE = "signature"
#: An older notice, or one from the future, may have been kept by somebody to play it again.
WINDOW = timedelta(minutes=5)
_LONGEST = 200
_REFERENCE = re.compile(r"contract-([1-9][0-9]{0,9})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotGenuine(Refused):
    """The notice is not sealed with our secret, or not sealed now."""


@dataclass(frozen=True)
class SignatureNotice:
    """What the provider says became of one document."""

    event_id: str
    kind: Literal["signed", "declined"]
    contract_id: int
    document_sha256: str
    signed_name: str
    reason: str
    at: str


def reference_of(contract_id: int) -> str:
    """What notices name a contract by."""
    return f"contract-{contract_id}"


def sealed(secret: str, event_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The headers that prove who sent a body, and when."""
    stamp = str(int(now.timestamp()))
    seal = base64.b64encode(_seal(secret, event_id, stamp, body)).decode()
    return {"webhook-id": event_id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{seal}"}


def genuine(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> SignatureNotice:
    """The notice in a call; header names in lower case. Raises NotGenuine, or BadInput where it cannot be read."""
    event_id, stamp, seals = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (0 < len(event_id) <= _LONGEST and event_id.isascii() and event_id.isprintable()):
        raise NotGenuine("The notice has no id.")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise NotGenuine("The notice does not say when it was sealed.")
    expected = _seal(secret, event_id, stamp, body)
    # All are compared: where one matched is nobody's business either.
    if sum([hmac.compare_digest(expected, given) for given in _given(seals)]) == 0:
        raise NotGenuine("The notice is not sealed with our secret.")
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise NotGenuine("The notice was sealed at another time.")
    return _read(event_id, body)


def _seal(secret: str, event_id: str, stamp: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), f"{event_id}.{stamp}.".encode() + body, hashlib.sha256)


def _given(seals: str) -> list[bytes]:
    found = []
    for one in seals.split(" ")[:20]:
        version, _, text = one.partition(",")
        try:
            found += [base64.b64decode(text, validate=True)] if version == "v1" else []
        except (binascii.Error, ValueError):
            continue
    return found


def _read(event_id: str, body: bytes) -> SignatureNotice:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("The notice is not JSON.") from None
    if not isinstance(said, dict):
        raise BadInput("The notice is not an object.")
    kind = {"signature.signed": "signed", "signature.declined": "declined"}.get(str(said.get("type")))
    contract, sha256 = _REFERENCE.fullmatch(_text(said, "reference")), _text(said, "document_sha256")
    if kind is None or contract is None or not _SHA256.fullmatch(sha256):
        raise BadInput("The notice does not say which document became what.",
                       next_step="It needs type, reference and document_sha256.")  # fmt: skip
    return SignatureNotice(event_id, kind, int(contract[1]), sha256,  # type: ignore[arg-type]  # one of two
                           _text(said, "signed_name"), _text(said, "reason"), _text(said, "at"))  # fmt: skip


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    return clean(value)[:1000] if isinstance(value, str) else ""
