"""Who takes a signature: our own page, a reply to our mail, or a provider that is called with the document.

Owns what each is handed and says back. Calls to a provider are signed as its own notices are (core/notices.py) and
carry a key made of the document, so that asking twice puts nothing out twice. Knows no record.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from core.clock import Clock
from core.errors import PermanentError, Refused, TransientError
from core.files import write_atomically
from core.notices import seal

_TIMEOUT_SECONDS = 30.0
_SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Envelope:
    """One document before one signer. `reference` is what notices name it by."""

    reference: str
    file_name: str
    sha256: str
    document: bytes = field(repr=False)
    signer_name: str = ""
    signer_mail: str = ""
    language: str = "en"

    @property
    def key(self) -> str:
        return f"{self.reference}-{self.sha256[:32]}"

    def body(self) -> bytes:
        """As it is posted: JSON, the document in base64."""
        said = {
            "type": "signature.requested", "reference": self.reference, "file_name": self.file_name,
            "document_sha256": self.sha256, "document": base64.b64encode(self.document).decode(),
            "signer": {"name": self.signer_name, "mail": self.signer_mail, "language": self.language},
        }  # fmt: skip
        return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


@dataclass(frozen=True)
class Way:
    """How the document comes before its signer: a mail of ours ("sign" with a link, "reply" without), or "" where the
    provider writes itself, under a reference of its own."""

    mail: str = ""
    reference: str = ""


class SignatureProvider(Protocol):
    """Whatever can take a signature."""

    @property
    def name(self) -> str: ...

    def put_before(self, envelope: Envelope) -> Way:
        """Bring the document before its signer, once however often it is asked. Raises TransientError where it is
        surely not done or may be asked again, PermanentError where the other side says no."""
        ...


class OwnPage:
    """Our signing page: the mail carries a link."""

    name = "own"

    def put_before(self, _envelope: Envelope) -> Way:
        return Way("sign")


class ByReply:
    """No page: the creator replies, and a person records it."""

    name = "manual"

    def put_before(self, _envelope: Envelope) -> Way:
        return Way("reply")


class WebhookProvider:
    """A provider behind an https address: gets the document and its signer, and tells later what became of it."""

    name = "webhook"

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        if urlsplit(url).scheme != "https" and not is_here(url):
            raise Refused("The signature provider would be spoken to without encryption.", next_step=_SET_URL)
        check_secret(secret)
        self._url, self._secret, self._clock = url, secret, clock

    def put_before(self, envelope: Envelope) -> Way:
        import httpx  # only who has a provider waits for it

        body = envelope.body()
        headers = seal(self._secret.encode(), envelope.key, body, now=self._clock.now())
        headers |= {"content-type": "application/json", "idempotency-key": envelope.key}
        try:
            answer = httpx.post(self._url, content=body, headers=headers, timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise TransientError(f"The signature provider cannot be reached: {type(error).__name__}.",
                                 next_step="It is asked again with the same key.") from None  # fmt: skip
        if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
            raise TransientError(f"The signature provider is busy ({answer.status_code}).")
        if not answer.is_success:
            raise PermanentError(f"The signature provider refused {envelope.file_name} ({answer.status_code}).",
                                 next_step="Look at what it says of this document in its own console.")  # fmt: skip
        return Way(reference=_reference(answer.content))


class FolderProvider:
    """The twin for dry runs and tests: writes what would be posted, and writes to nobody."""

    name = "webhook"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put_before(self, envelope: Envelope) -> Way:
        write_atomically(self._folder / f"{envelope.key}.json", envelope.body())
        return Way(reference=f"dry-run-{envelope.key}")


def is_here(url: str) -> bool:
    """Whether an address is this machine's own: what goes there is heard by nobody on the way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")


def check_secret(secret: str) -> None:
    """Raises Refused where a secret could be guessed."""
    if len(secret) < _SHORTEST_SECRET:
        raise Refused("GREENROOM_SIGNATURE_SECRET is missing or shorter than 32 letters.",
                      next_step="Make one: openssl rand -hex 32, and give it to the provider too.")  # fmt: skip


def _reference(content: bytes) -> str:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    known = said.get("id") if isinstance(said, dict) else None
    return known[:200] if isinstance(known, str) and known.isprintable() else ""


_SET_URL = "Set GREENROOM_SIGNATURE_URL to an https address."
