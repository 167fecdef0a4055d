"""What the doctor says of the DNS: asked of a name server on loopback, of a file in its place, and of nobody."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cli.doctor_dns import records_found
from core.errors import BadInput
from core.lookups import NameServers, RecordsFile, Unanswered, lookup
from core.settings import PROJECT, Settings
from core.signing import load_key

GOOD = {"example.com": ["v=spf1 include:_spf.mail.example ~all"], "_dmarc.example.com": ["v=DMARC1; p=reject"],
        "_spf.mail.example": ["v=spf1 ip4:192.0.2.1 -all"]}  # fmt: skip


@contextmanager
def name_server(records: Mapping[str, list[str]], *, refuses: str = "") -> Iterator[str]:
    """Answers for TXT records on loopback, REFUSED for the name in `refuses`; gives the address to set."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))

        def serve() -> None:
            while len(asked := listener.recvfrom(4096)[0:2]) and asked[0] != b"end":
                listener.sendto(_answer(dns.message.from_wire(asked[0]), records, refuses).to_wire(), asked[1])

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
                caller.sendto(b"end", listener.getsockname())
            thread.join()


def _answer(asked: dns.message.Message, records: Mapping[str, list[str]], refuses: str) -> dns.message.Message:
    said = dns.message.make_response(asked)
    said.flags |= dns.flags.RA
    name = asked.question[0].name.to_text().rstrip(".")
    if name == refuses:
        said.set_rcode(dns.rcode.REFUSED)
    elif name not in records:
        said.set_rcode(dns.rcode.NXDOMAIN)
    elif records[name]:
        # A text is cut into strings of at most 255 bytes; receivers put them together.
        texts = [" ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200)) for text in records[name]]
        said.answer.append(dns.rrset.from_text(asked.question[0].name, 60, "IN", "TXT", *texts))
    return said


def settings(tmp_path: Path, **told: Any) -> Settings:
    return Settings(_env_file=None, home=tmp_path, people_file=PROJECT / "people.example.toml", **told)


def found(told: Settings) -> dict[str, tuple[str, str]]:
    return {one.what: (one.state, one.detail) for one in records_found(told)}


def test_a_dry_run_asks_nobody_and_says_how_to(tmp_path: Path) -> None:
    [only] = records_found(settings(tmp_path))
    assert (only.what, only.state, only.detail) == ("DNS", "optional", "not asked in a dry run")
    assert "GREENROOM_DNS" in only.next_step


def test_the_records_are_asked_of_a_name_server(tmp_path: Path) -> None:
    with name_server(GOOD) as address:
        assert found(settings(tmp_path, dns=address, dry_run=False)) == {
            "SPF": ("ok", "example.com: SPF is there"),
            "DMARC": ("ok", "example.com: DMARC says reject"),
        }
    with name_server({"example.com": []}) as address:
        assert found(settings(tmp_path, dns=address)) == {
            "SPF": ("missing", "example.com: no SPF record"),
            "DMARC": ("missing", "example.com: no DMARC record"),
        }


def test_our_own_key_is_held_against_the_one_that_is_published(tmp_path: Path) -> None:
    file = tmp_path / "dkim.pem"
    file.write_bytes(rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))  # fmt: skip
    told = {"dkim_domain": "example.com", "dkim_selector": "gr1", "dkim_key_file": file}
    key = load_key("example.com", "gr1", file)
    assert len(key.record) > 255
    with name_server({**GOOD, key.record_name: [key.record]}) as address:
        assert found(settings(tmp_path, dns=address, **told))["DKIM"][0] == "ok"
    with name_server({**GOOD, key.record_name: ["v=DKIM1; p=QUJD"]}) as address:
        assert found(settings(tmp_path, dns=address, **told))["DKIM"][0] == "problem"
    with name_server(GOOD) as address:
        assert found(settings(tmp_path, dns=address, **told))["DKIM"][0] == "missing"


def test_of_a_service_the_usual_selector_is_looked_at(tmp_path: Path) -> None:
    with name_server({**GOOD, "resend._domainkey.example.com": ["p=QUJD"]}) as address:
        at_resend = found(settings(tmp_path, dns=address, mail_provider="resend", provider_api_key="re_x"))
        assert at_resend.keys() == {"DKIM", "DMARC"}
        assert at_resend["DKIM"][0] == "ok"
        assert found(settings(tmp_path, dns=address, smtp_auth="google"))["DKIM"][0] == "optional"


def test_who_does_not_answer_is_told_of_and_nothing_fails(tmp_path: Path) -> None:
    with name_server(GOOD, refuses="_spf.mail.example") as address:
        some = found(settings(tmp_path, dns=address))
        assert some["SPF"] == (
            "optional", "example.com: could not be asked (the name server gave no answer (NoNameservers))")  # fmt: skip
        assert some["DMARC"][0] == "ok"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        silent = NameServers("127.0.0.1", nobody.getsockname()[1], seconds=0.2)
        for _ in range(2):  # the second is not waited for
            with pytest.raises(Unanswered, match="no name server answers"):
                silent.texts("example.com")


def test_a_file_stands_in_for_the_dns(tmp_path: Path) -> None:
    file = tmp_path / "records.toml"
    file.write_text(f'"example.com" = {GOOD["example.com"]!r}\n"_dmarc.example.com" = false\n', encoding="utf-8")
    assert {what: state for what, (state, _) in found(settings(tmp_path, dns=str(file))).items()} == {
        "SPF": "ok", "DMARC": "optional"}  # fmt: skip


@pytest.mark.parametrize("content", [None, "no toml", '"example.com" = "a text alone"'])
def test_a_file_that_is_none_says_so(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "records.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"records\.toml"):
        records_found(settings(tmp_path, dns=str(file)))


def test_whom_to_ask_is_told_by_the_setting() -> None:
    assert lookup("") == NameServers()
    assert lookup("192.0.2.1") == NameServers("192.0.2.1", 53)
    assert lookup("::1") == NameServers("::1", 53)
    assert lookup("127.0.0.1:5353") == NameServers("127.0.0.1", 5353)
    assert isinstance(lookup("records.toml"), RecordsFile)
    with pytest.raises(BadInput, match="the port"):
        lookup("127.0.0.1:99999")
