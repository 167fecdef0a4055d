"""Personal keys to the web door: who, until when, and a signature that only this installation can make.

Nothing is kept: a key is checked by computing it again. Whoever leaves the people file has no key any more, which is
for the caller to look up. Replacing the pepper ends every key.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from core.errors import Refused

LONGEST = timedelta(days=90)
#: Other uses of the same secret must never make the same signature.
_PURPOSE = b"greenroom web token 1"


class BadToken(Refused):
    """Not a key of this installation, or its time is over."""

    def __init__(self, message: str) -> None:
        super().__init__(message, next_step="Ask ops for a key: greenroom serve token YOUR-ID")


def issue(pepper: bytes, person_id: str, *, now: datetime, valid: timedelta, purpose: bytes = _PURPOSE) -> str:
    """A key for one person and one use. Raises Refused where it should live longer than 90 days, or not at all."""
    if not timedelta(0) < valid <= LONGEST:
        raise Refused(f"A key is good for 1 to {LONGEST.days} days.", next_step="Add --days 30, say.")
    body = f"{person_id}:{int((now + valid).timestamp())}"
    return f"{_text(body.encode())}.{_text(_signature(pepper, body, purpose))}"


def person_of(pepper: bytes, token: str, *, now: datetime, purpose: bytes = _PURPOSE) -> str:
    """The id of the person whose key this is. Raises BadToken."""
    body_text, _, signature_text = token.partition(".")
    try:
        body, signature = _bytes(body_text).decode(), _bytes(signature_text)
    except ValueError:
        raise BadToken("This is not a key.") from None
    if not hmac.compare_digest(signature, _signature(pepper, body, purpose)):
        raise BadToken("This is not a key of this installation.")
    person_id, _, until = body.rpartition(":")
    if now >= datetime.fromtimestamp(int(until), UTC):
        raise BadToken("This key is no longer good.")
    return person_id


def _signature(pepper: bytes, body: str, purpose: bytes) -> bytes:
    key = hmac.new(pepper, purpose, hashlib.sha256).digest()
    return hmac.new(key, body.encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    # Other alphabets and stray characters would let one key be written in many ways.
    raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if _text(raw) != text:
        raise ValueError("not written the one way")
    return raw
