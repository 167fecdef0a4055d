"""DKIM signatures (RFC 6376) for those who sign their own mail: relaxed/relaxed, RSA with SHA-256.

Owns the key and what is signed. How mails are composed and sent is decided elsewhere. dkimpy brings the mail into
canonical form and writes the field; the RSA is OpenSSL's, which takes half a millisecond where dkimpy's takes eight.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.clock import Clock
from core.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

#: Header fields that are covered where they are there. RFC 8058, 4 wants both of List-Unsubscribe among them.
COVERED = ("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "In-Reply-To",
           "References", "List-Unsubscribe", "List-Unsubscribe-Post")  # fmt: skip
#: Covered once more than they are there, so that nobody adds another one (RFC 6376, 5.4.2 and 8.15).
_SEALED = frozenset({"From", "To", "Subject", "Date", "Message-ID"})
#: Receivers ignore shorter keys (RFC 8301, 3.2); from `GOOD_BITS` on nobody complains.
SMALLEST_BITS, GOOD_BITS = 1024, 2048
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_SELECTOR = re.compile(
    r"(?=.{1,200}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)


@dataclass(frozen=True)
class DkimKey:
    """A private key with its place in the DNS."""

    domain: str
    selector: str
    private: "RSAPrivateKey" = field(repr=False)

    @property
    def bits(self) -> int:
        return self.private.key_size

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The text of the TXT record to publish."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def load_key(domain: str, selector: str, file: Path) -> DkimKey:
    """Read a PEM file (PKCS#1 or PKCS#8, RSA, without a passphrase). Raises BadInput naming what is wrong."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if _DOMAIN.fullmatch(domain.lower()) is None:
        raise BadInput(f"{domain[:100]!r} is not a domain that mails can be signed for.", next_step=_SET_DOMAIN)
    if _SELECTOR.fullmatch(selector) is None:
        raise BadInput(f"{selector[:100]!r} is not a DKIM selector.", next_step=_SET_SELECTOR)
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise BadInput(f"The DKIM key {file} cannot be read: {error.strerror}.", next_step=_SET_FILE) from None
    except TypeError:
        raise BadInput(f"The DKIM key {file} has a passphrase, which nobody is there to type.",
                       next_step=_MAKE_KEY) from None  # fmt: skip
    except (ValueError, UnsupportedAlgorithm):
        raise BadInput(f"{file} holds no private key (PEM).", next_step=_MAKE_KEY) from None
    if not isinstance(key, RSAPrivateKey):
        raise BadInput(f"The DKIM key {file} is no RSA key, and many receivers know no other.", next_step=_MAKE_KEY)
    if key.key_size < SMALLEST_BITS:
        raise BadInput(f"The DKIM key {file} has {key.key_size} bits; receivers ignore so short a key.",
                       next_step=_MAKE_KEY)  # fmt: skip
    return DkimKey(domain.lower(), selector, key)


class DkimSigner:
    """Signs with one key, which is read by whoever made it: once, however many mails follow."""

    def __init__(self, key: DkimKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def signed(self, raw: bytes) -> bytes:
        """The composed mail with a DKIM-Signature as its first header field."""
        headers, body = self._dkim.rfc822_parse(raw)
        names = _covered(headers)
        body_hash = base64.b64encode(hashlib.sha256(self._relaxed.canonicalize_body(body)).digest())
        key = self._key
        tags = b"; ".join((
            b"v=1", b"a=rsa-sha256", b"c=relaxed/relaxed", b"d=" + key.domain.encode(), b"s=" + key.selector.encode(),
            b"t=%d" % self._clock.now().timestamp(), b"h=" + b" : ".join(names), b"bh=" + body_hash, b"b=",
        ))  # fmt: skip
        name = b"DKIM-Signature"
        field = self._dkim.fold(b" " + tags, namelen=len(name))
        seen = hashlib.sha256()
        self._dkim.hash_headers(seen, self._relaxed, self._relaxed.canonicalize_headers(headers), names,
                                (name, field), {b"b": b""})  # fmt: skip
        signature = base64.b64encode(self._sign(seen.digest()))
        return b"".join((name, b":", field, *(b"\r\n " + part for part in _cut(signature, 72)), b"\r\n", raw))

    @cached_property
    def _relaxed(self):  # type: ignore[no-untyped-def]  # dkimpy has no types
        from dkim.canonicalization import CanonicalizationPolicy

        return CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")

    @cached_property
    def _dkim(self):  # type: ignore[no-untyped-def]  # dkimpy has no types
        import dkim

        return dkim

    def _sign(self, digest: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._key.private.sign(digest, PKCS1v15(), Prehashed(SHA256()))


def _covered(headers: list[tuple[bytes, bytes]]) -> tuple[bytes, ...]:
    there = [name.lower() for name, _ in headers]
    wanted = [(name.lower().encode(), name in _SEALED) for name in COVERED]
    return tuple(name for name, sealed in wanted for _ in range(there.count(name) + sealed))


def _cut(text: bytes, length: int) -> list[bytes]:
    return [text[at : at + length] for at in range(0, len(text), length)]


_SET_DOMAIN = "Set GREENROOM_DKIM_DOMAIN to the domain after the @ of your senders."
_SET_SELECTOR = "Set GREENROOM_DKIM_SELECTOR to the name you chose for the key, such as greenroom1."
_SET_FILE = "Set GREENROOM_DKIM_KEY_FILE to the private key (docs/mail.md shows how to make one)."
_MAKE_KEY = "Make one: openssl genrsa -out dkim.pem 2048 (docs/mail.md)."
