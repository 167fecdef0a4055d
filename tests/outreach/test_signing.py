"""DKIM as receivers check it: by dkimpy's verifier, with a DNS that the test answers."""

import base64
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from core.clock import FixedClock
from core.errors import BadInput
from core.mailer import FileMailer, OutgoingMail, compose
from core.signing import COVERED, DkimKey, DkimSigner, load_key
from core.smtp import SmtpMailer, SmtpServer
from outreach.unsubscribe import headers as unsubscribe_headers
from tests.outreach.servers import Sink

Mail = Callable[..., OutgoingMail]
THREAD = {"Reply-To": "sofia@example.com", "In-Reply-To": "<a@example.org>", "References": "<a@example.org>"}
UNSUBSCRIBE = {
    "List-Unsubscribe": "<https://go.example.com/u/ab12cd34>, <mailto:sofia@example.com?subject=stop%20ab12cd34>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def pem(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    form: PrivateFormat = PrivateFormat.PKCS8,
    locked: KeySerializationEncryption | None = None,
) -> bytes:
    return key.private_bytes(Encoding.PEM, form, locked or NoEncryption())


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def key(private: rsa.RSAPrivateKey, tmp_path_factory: pytest.TempPathFactory) -> DkimKey:
    file = tmp_path_factory.mktemp("dkim") / "dkim.pem"
    file.write_bytes(pem(private))
    return load_key("example.com", "greenroom1", file)


def verified(raw: bytes, key: DkimKey) -> bool:
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return key.record.encode()

    is_good = bool(dkim.verify(raw, dnsfunc=dns))
    assert asked == [f"{key.record_name}.".encode()]
    return is_good


def covered(raw: bytes) -> list[str]:
    value = raw.split(b"\r\nDate:")[0].decode()
    found = re.search(r"\bh=([^;]*);", value)
    assert found is not None
    return [name.strip() for name in found[1].split(":")]


def test_a_signed_mail_verifies_and_covers_what_matters(key: DkimKey, clock: FixedClock, a_mail: Mail) -> None:
    raw = compose(a_mail(html="<p>Grüße 🌿</p>", text="Grüße 🌿\n\n \n", headers=THREAD | UNSUBSCRIBE))
    signed = DkimSigner(key, clock).signed(raw)
    assert verified(signed, key)
    assert signed.endswith(raw)
    assert signed.isascii()
    assert max(map(len, signed.split(b"\r\n"))) < 998
    assert b"c=relaxed/relaxed" in signed
    assert f" t={int(clock.now().timestamp())};".encode() in signed
    assert set(covered(signed)) == {name.lower() for name in COVERED}
    assert covered(signed).count("from") == 2


def test_what_was_signed_cannot_be_changed(key: DkimKey, clock: FixedClock, a_mail: Mail) -> None:
    signed = DkimSigner(key, clock).signed(compose(a_mail(headers=UNSUBSCRIBE)))
    for old, new in (
        (b"an idea.", b"an idea!"),
        (b"/u/ab12cd34", b"/u/ab12cd35"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=One-Clack"),
        (b"\r\nFrom:", b"\r\nFrom: evil@example.com\r\nFrom:"),
        (b"\r\nSubject:", b"\r\nSubject: Pay now\r\nSubject:"),
    ):
        assert old in signed
        assert not verified(signed.replace(old, new, 1), key)
    # Relaxed: spaces that a relay adds do not matter.
    assert verified(signed.replace(b"\r\nSubject: ", b"\r\nSubject:   ", 1), key)


def test_the_headers_that_unsubscribe_writes_are_covered(key: DkimKey, clock: FixedClock, a_mail: Mail) -> None:
    headers = unsubscribe_headers("ab12cd34", mailbox="sofia@example.com", public_url="https://go.example.com")
    signed = DkimSigner(key, clock).signed(compose(a_mail(headers=headers)))
    assert {name.lower() for name in headers} <= set(covered(signed))
    assert verified(signed, key)


def test_the_mail_on_the_wire_and_in_the_folder_is_signed(
    key: DkimKey, clock: FixedClock, a_mail: Mail, server: SmtpServer, sink: Sink, tmp_path: Path
) -> None:
    signer = DkimSigner(key, clock)
    mail = a_mail(text="a\n.\n..b\n", html="<p>a</p>\n.\n")
    with SmtpMailer(server, signer=signer) as mailer:
        mailer.send(mail)
    FileMailer(tmp_path, signer=signer).send(mail)
    (file,) = tmp_path.iterdir()
    assert sink.mails == [file.read_bytes()]
    assert verified(sink.mails[0], key)


def test_both_forms_of_a_key_are_read_and_openssl_agrees_on_the_record(
    private: rsa.RSAPrivateKey, key: DkimKey, tmp_path: Path
) -> None:
    file = tmp_path / "old.pem"
    file.write_bytes(pem(private, PrivateFormat.TraditionalOpenSSL))
    assert load_key("EXAMPLE.com", "greenroom1", file).record == key.record
    assert (key.bits, key.record_name) == (2048, "greenroom1._domainkey.example.com")
    command = ["openssl", "pkey", "-in", str(file), "-pubout", "-outform", "DER"]
    assert len(key.record.rpartition("p=")[2]) == 392
    try:
        public = subprocess.run(command, capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    assert key.record == f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no private key"),
        (b"-----BEGIN PRIVATE KEY-----\nbm8ga2V5\n-----END PRIVATE KEY-----\n", "no private key"),
        (pem(ed25519.Ed25519PrivateKey.generate()), "no RSA key"),
        (pem(rsa.generate_private_key(65537, 1024), locked=BestAvailableEncryption(b"x")), "has a passphrase"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_key_is_refused_with_what_to_do(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "dkim.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadInput, match=told) as caught:
        load_key("example.com", "greenroom1", file)
    assert "docs/mail.md" in caught.value.next_step
    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize(
    ("domain", "selector"),
    [("", "s"), ("localhost", "s"), ("exa mple.com", "s"), ("example.com; l=0", "s"), ("example.com", ""),
     ("example.com", "s;l=0"), ("example.com", "s\n"), ("bücher.example", "s")],
)  # fmt: skip
def test_a_domain_or_selector_that_would_break_the_field_is_refused(tmp_path: Path, domain: str, selector: str) -> None:
    with pytest.raises(BadInput):
        load_key(domain, selector, tmp_path / "none.pem")


def test_a_key_is_not_shown(key: DkimKey) -> None:
    assert "private" not in repr(key)
