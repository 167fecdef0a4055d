"""Notices of a signature provider: what a genuine one says (`core.notices` tells which are).

Knows nothing of HTTP, and nothing of what a signature does to a deal.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.terms import clean
from core.errors import BadInput
from core.notices import check_seal, read_object

SOURCE = "signature"
_REFERENCE = re.compile(r"contract-([1-9][0-9]{0,9})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


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


def genuine(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> SignatureNotice:
    """The notice in a call; header names in lower case. Raises NotGenuine, or BadInput where it cannot be read."""
    return _read(check_seal(secret.encode(), headers, body, now=now), body)


def _read(event_id: str, body: bytes) -> SignatureNotice:
    said = read_object(body)
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
