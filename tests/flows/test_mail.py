"""The way out as the settings say: files, server or provider, signed and logged in."""

from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from core.clock import FixedClock
from core.errors import Refused
from core.mailer import Address, FileMailer, OutgoingMail
from core.resend import ResendMailer
from core.settings import PROJECT, Settings
from core.smtp import SmtpMailer
from flows.mail import dkim_key, tokens
from flows.wiring import Wiring, wire
from tests.outreach.doors import Answer, open_door
from tests.outreach.servers import Sink, listening


def wiring(tmp_path: Path, clock: FixedClock, **told: Any) -> Wiring:
    people = PROJECT / "people.example.toml"
    return wire(Settings(_env_file=None, home=tmp_path, people_file=people, **told), clock)


@pytest.fixture
def signing(tmp_path: Path) -> dict[str, object]:
    file = tmp_path / "dkim.pem"
    private = rsa.generate_private_key(65537, 2048)
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {"dkim_domain": "example.com", "dkim_selector": "greenroom1", "dkim_key_file": file}


@pytest.fixture
def mail(clock: FixedClock) -> OutgoingMail:
    return OutgoingMail(Address("Sofia", "sofia@example.com"), Address("Ada", "ada@example.org"), "An idea", "Hi\n",
                        "<gr.1@example.com>", clock.now())  # fmt: skip


def is_signed(raw: bytes, w: Wiring) -> bool:
    key = dkim_key(w.settings)
    assert key is not None
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: key.record.encode()))


def test_a_rehearsal_writes_signed_files_and_proves_them(
    tmp_path: Path, clock: FixedClock, signing: dict[str, object], mail: OutgoingMail
) -> None:
    w = wiring(tmp_path, clock, **signing)
    with w.mailer() as mailer:
        assert isinstance(mailer, FileMailer)
        mailer.send(mail)
    (file,) = w.settings.outbox_folder.iterdir()
    assert is_signed(file.read_bytes(), w)
    assert w.evidence is not None
    assert w.evidence.name == mailer.name
    assert w.evidence.sent(mail.message_id)


def test_a_mail_server_gets_signed_mails_and_proves_nothing(
    tmp_path: Path, clock: FixedClock, signing: dict[str, object], mail: OutgoingMail
) -> None:
    with listening(Sink()) as sink:
        there = {"dry_run": False, "smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"}
        w = wiring(tmp_path, clock, **there, **signing)
        with w.mailer() as mailer:
            assert isinstance(mailer, SmtpMailer)
            mailer.send(mail)
    assert is_signed(sink.mails[0], w)
    assert w.evidence is None


def test_the_provider_gets_mails_and_is_the_witness_of_its_own(
    tmp_path: Path, clock: FixedClock, mail: OutgoingMail
) -> None:
    with open_door() as door:
        told = {"dry_run": False, "mail_provider": "resend", "provider_api_key": "re_1", "provider_url": f"{door.url}/"}
        w = wiring(tmp_path, clock, **told)
        door.answers = [Answer(200, {"id": "1"}), Answer(200, {"data": [{"message_id": mail.message_id}]})]
        with w.mailer() as mailer:
            assert isinstance(mailer, ResendMailer)
            assert mailer.send(mail).provider_id == "1"
        assert w.evidence is not None
        assert w.evidence.name == mailer.name
        assert w.evidence.sent(mail.message_id)
    assert [request.path for request in door.requests] == ["/emails", "/emails?limit=100"]


def test_tokens_are_for_mailboxes_by_oauth_only(tmp_path: Path, clock: FixedClock) -> None:
    assert tokens(wiring(tmp_path, clock).settings, clock) is None
    with open_door() as door:
        door.answers = [Answer(200, {"access_token": "t", "expires_in": 3600, "refresh_token": "renewed"})]
        told = {"smtp_auth": "microsoft", "oauth_client_id": "app", "oauth_refresh_token": "r",
                "oauth_token_url": f"{door.url}/token"}  # fmt: skip
        found = tokens(wiring(tmp_path, clock, **told).settings, clock)
        assert found is not None
        assert found.token() == "t"
    assert [path.name.partition("-")[0] for path in tmp_path.iterdir()] == ["oauth"]


@pytest.mark.parametrize(
    "told",
    [
        {"dkim_domain": "example.com"},
        {"dry_run": False},
        {"dry_run": False, "mail_provider": "resend"},
        {"dry_run": False, "smtp_host": "smtp.gmail.com", "smtp_auth": "google", "smtp_user": "s"},
    ],
)
def test_nothing_starts_with_mail_that_is_set_up_by_half(
    tmp_path: Path, clock: FixedClock, told: dict[str, object]
) -> None:
    w = wiring(tmp_path, clock, **told)
    with pytest.raises(Refused) as caught:
        w.check()
    assert "GREENROOM_" in caught.value.next_step
    assert not w.settings.record_file.exists()
