"""What the doctor says of mail: asked of real servers on loopback, and of settings that are whole, half or wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cli.doctor_mail import mail, signature, unsubscribe
from cli.findings import Finding
from core.errors import Refused
from core.settings import PROJECT, Settings
from tests.cli.conftest import Terminal
from tests.outreach.doors import Answer, open_door
from tests.outreach.servers import Sink, listening

SECRET = "a-secret"


def settings(tmp_path: Path, **told: Any) -> Settings:
    people = PROJECT / "people.example.toml"
    return Settings(_env_file=None, home=tmp_path, people_file=people, **told)


def key_file(tmp_path: Path, bits: int = 2048) -> Path:
    file = tmp_path / f"dkim-{bits}.pem"
    private = rsa.generate_private_key(65537, bits)
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening(Sink()) as sink:
        yield sink


def seen(finding: Finding) -> tuple[str, str]:
    assert SECRET not in repr(finding)
    return finding.state, finding.detail


def test_a_dry_run_tells_what_would_happen_for_real_and_asks_nobody(tmp_path: Path) -> None:
    outbox = f"dry run: mails become files in {tmp_path / 'outbox'}"
    assert seen(mail(settings(tmp_path))) == ("ok", outbox)
    gmail = {"smtp_host": "smtp.gmail.com", "smtp_auth": "google", "smtp_user": "sofia@example.com",
             "oauth_client_id": "an-app", "oauth_refresh_token": SECRET}  # fmt: skip
    way = "smtp.gmail.com:587 as sofia@example.com with OAuth of Google"
    assert seen(mail(settings(tmp_path, **gmail))) == ("ok", f"{outbox}; for real they go through {way}")
    told = settings(tmp_path, mail_provider="resend", provider_api_key=SECRET)
    assert seen(mail(told)) == ("ok", f"{outbox}; for real they go through Resend (https://api.resend.com)")


def test_a_server_is_asked_and_lets_us_in_or_says_why_not(tmp_path: Path, sink: Sink) -> None:
    there = {"dry_run": False, "smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none"}
    found = mail(settings(tmp_path, **there))
    assert seen(found) == ("ok", f"127.0.0.1:{sink.port} without a login lets us in; mails are sent for real")
    refused = mail(settings(tmp_path, **there, smtp_user="sofia", smtp_password=SECRET))
    assert seen(refused)[0] == "problem"
    assert "login refused: 535" in refused.detail
    closed = mail(settings(tmp_path, **(there | {"smtp_port": 9})))
    assert seen(closed) == ("problem", "The mail server 127.0.0.1:9 cannot be used: Connection refused")
    assert closed.next_step == "docs/mail.md shows how."
    assert not sink.mails


def test_the_provider_is_asked_what_its_key_may_do(tmp_path: Path) -> None:
    with open_door() as door:
        told = settings(tmp_path, dry_run=False, mail_provider="resend", provider_api_key=SECRET, provider_url=door.url)
        door.answers = [Answer(200, {"data": []})]
        assert seen(mail(told)) == ("ok", "Resend answers, its key may send and look up; mails are sent for real")
        door.answers = [Answer(403, {"name": "suspended_api_key", "message": "This API key is suspended"})]
        assert seen(mail(told))[0] == "problem"
        assert "This API key is suspended" in mail(told).detail


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({}, "GREENROOM_SMTP_HOST"),
        ({"smtp_auth": "microsoft"}, "GREENROOM_SMTP_HOST to smtp.office365.com"),
        ({"smtp_auth": "google", "smtp_host": "smtp.gmail.com"}, "GREENROOM_SMTP_USER"),
        ({"smtp_auth": "google", "smtp_host": "smtp.gmail.com", "smtp_user": "s"}, "GREENROOM_OAUTH_REFRESH_TOKEN"),
        ({"mail_provider": "resend"}, "GREENROOM_PROVIDER_API_KEY"),
        ({"smtp_host": "mail.example.com", "smtp_security": "none"}, "GREENROOM_SMTP_SECURITY"),
    ],
)
def test_what_is_set_up_by_half_is_refused_with_what_to_set(tmp_path: Path, told: dict[str, str], missing: str) -> None:
    with pytest.raises(Refused) as caught:
        mail(settings(tmp_path, dry_run=False, **told))
    assert missing in caught.value.next_step


def test_the_signature_is_of_the_domain_that_people_write_from(tmp_path: Path) -> None:
    assert signature(settings(tmp_path)).state == "optional"
    with pytest.raises(Refused, match="by half"):
        signature(settings(tmp_path, dkim_domain="example.com"))
    told = {"dkim_domain": "example.com", "dkim_selector": "greenroom1", "dkim_key_file": key_file(tmp_path)}
    assert seen(signature(settings(tmp_path, **told))) == ("ok", "signs for example.com as greenroom1, 2048 bits")
    assert seen(signature(settings(tmp_path, **(told | {"dkim_domain": "mail.example.com"}))))[0] == "ok"
    other = signature(settings(tmp_path, **(told | {"dkim_domain": "brand.example.org"})))
    assert seen(other)[0] == "missing"
    assert "are of another domain" in other.detail
    short = signature(settings(tmp_path, **(told | {"dkim_key_file": key_file(tmp_path, 1024)})))
    assert seen(short) == ("missing", "signs for example.com as greenroom1, 1024 bits")
    assert signature(settings(tmp_path, **told, mail_provider="resend")).state == "optional"


def test_one_click_needs_an_https_address(tmp_path: Path) -> None:
    assert unsubscribe(settings(tmp_path)).state == "optional"
    assert unsubscribe(settings(tmp_path, dry_run=False)).state == "missing"
    assert unsubscribe(settings(tmp_path, public_url="http://go.example.com")).state == "problem"
    assert unsubscribe(settings(tmp_path, public_url="https://go.example.com/")).detail.endswith("go.example.com/u/…")


def test_the_records_to_publish_are_printed_whole(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = terminal("doctor", "--dns")
    assert refused.code == 1
    assert "docs/mail.md" in refused.err
    monkeypatch.setenv("GREENROOM_DKIM_DOMAIN", "example.com")
    monkeypatch.setenv("GREENROOM_DKIM_SELECTOR", "greenroom1")
    monkeypatch.setenv("GREENROOM_DKIM_KEY_FILE", str(key_file(tmp_path)))
    dkim, dmarc = terminal("doctor", "--dns").out.splitlines()
    assert dkim.startswith("greenroom1._domainkey.example.com  TXT  v=DKIM1; k=rsa; p=MII")
    assert len(dkim) > 400
    assert dmarc.startswith("_dmarc.example.com  TXT  v=DMARC1; p=none")
    records = terminal.document("doctor", "--dns")["records"]
    assert [record["name"] for record in records] == ["greenroom1._domainkey.example.com", "_dmarc.example.com"]
