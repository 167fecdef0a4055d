"""A signature provider that is called: what it gets, that its word counts once, and that nobody else's does."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from contracts.provider_notices import genuine
from contracts.providers import Envelope, FolderProvider, WebhookProvider
from core.clock import FixedClock
from core.errors import BadInput, PermanentError, Refused, TransientError
from core.notices import seal
from core.stages import Stage
from flows.steps import deal_news, deals, signing_mails
from tests.flows.scenes import contract_to_sign_off
from tests.homes import copied
from tests.house import CAMPAIGN, House, text_of
from tests.web.calling import Caller, calling
from tests.web.signing_scene import contract_of, secret, signatures, with_settings
from web.app import create_app

SECRET = "a secret that nobody else could guess"


@pytest.fixture
def house(longlisted_home: Path, tmp_path: Path) -> Iterator[House]:
    made = with_settings(copied(longlisted_home, tmp_path / "home"), signature_provider="webhook",
                         signature_secret=secret(SECRET))  # fmt: skip
    yield made
    made.w.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[Caller]:
    with calling(create_app(house.w)) as client:
        yield client


@pytest.fixture
def creator(house: House) -> str:
    creator, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    assert deals.send_contracts(house.w) == 1
    return creator


def notice(house: House, kind: str = "signed", **more: object) -> bytes:
    contract = contract_of(house)
    said = {"type": f"signature.{kind}", "reference": f"contract-{contract.id}", "signed_name": "Ada Linen",
            "document_sha256": contract.docx_sha256, "at": "2026-11-20T10:00:00Z"}  # fmt: skip
    return json.dumps(said | more).encode()


def tell(client: Caller, house: House, body: bytes, event: str = "e1", late: timedelta = timedelta(0)) -> int:
    headers = seal(SECRET.encode(), event, body, now=house.w.clock.now() - late)
    return client.post("/hooks/signature", content=body, headers=headers).status_code


def test_the_provider_gets_the_exact_document_and_its_word_counts_once(
    house: House, client: Caller, creator: str
) -> None:
    assert house.stage(creator) == Stage.OUT_FOR_SIGNATURE
    [posted] = (house.w.settings.home / "signatures").glob("*.json")
    said = json.loads(posted.read_bytes())
    contract = contract_of(house)
    assert base64.b64decode(said["document"]) == house.w.archive.read(contract.docx_sha256)
    assert said["signer"]["mail"]
    body = notice(house)
    assert tell(client, house, body) == 200
    assert tell(client, house, body) == 200
    assert tell(client, house, body, event="e2") == 409
    [signature] = signatures(house)
    assert (signature.signed_name, signature.evidence["how"]) == ("Ada Linen", "signature provider")
    assert house.stage(creator) == Stage.SIGNED
    assert deal_news.send_news(house.w) == 2


def test_what_the_provider_tells_before_we_noted_it_as_out_is_told_once_more(house: House, client: Caller) -> None:
    creator, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    early = notice(house)
    assert tell(client, house, early) == 503
    assert deals.send_contracts(house.w) == 1
    assert tell(client, house, early) == 200
    assert house.stage(creator) == Stage.SIGNED
    signing_mails.send_now(house.w, CAMPAIGN)
    [mail] = [mail for mail in house.outbox() if str(mail["Subject"]).startswith("Signed:")]
    assert len(list(mail.iter_attachments())) == 1
    assert "the evidence of your signature is with the service" in " ".join(text_of(mail).split())


def test_a_refusal_told_by_the_provider_ends_the_deal(house: House, client: Caller, creator: str) -> None:
    assert tell(client, house, notice(house, "declined", reason="The fee is not what we said.")) == 200
    assert house.stage(creator) == Stage.DECLINED_BY_CREATOR


def test_whoever_is_not_the_provider_changes_nothing(house: House, client: Caller, creator: str) -> None:
    body = notice(house)
    assert client.post("/hooks/signature", content=body).status_code == 401
    assert tell(client, house, body, late=timedelta(minutes=6)) == 401
    assert tell(client, house, body, late=-timedelta(minutes=6)) == 401
    headers = seal(b"another secret, as long as the right one", "e1", body, now=house.w.clock.now())
    assert client.post("/hooks/signature", content=body, headers=headers).status_code == 401
    headers = seal(SECRET.encode(), "e1", body, now=house.w.clock.now())
    assert client.post("/hooks/signature", content=body + b" ", headers=headers).status_code == 401
    assert client.post("/hooks/signature", content=body, headers=headers | {"webhook-id": "e2"}).status_code == 401
    assert signatures(house) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"no", 400), (b"[]", 400), (b'{"type": "signature.signed"}', 400), (b"[" * 100_000, 400),
     (b'{"type": "signature.signed", "reference": "contract-99", "document_sha256": "' + b"0" * 64 + b'"}', 409)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(house: House, client: Caller, body: bytes, status: int) -> None:
    assert tell(client, house, body) == status


def test_another_document_is_not_signed(house: House, client: Caller, creator: str) -> None:
    assert tell(client, house, notice(house, document_sha256="0" * 64)) == 409
    assert tell(client, house, notice(house, signed_name="  ")) == 409
    assert signatures(house) == []


def test_without_a_provider_nobody_listens(house: House) -> None:
    bare = with_settings(house, signature_provider="own")
    with calling(create_app(bare.w)) as client:
        assert client.post("/hooks/signature", content=b"{}").status_code == 404


def test_a_provider_needs_https_and_a_secret(clock: FixedClock) -> None:
    with pytest.raises(Refused, match="without encryption"):
        WebhookProvider("http://provider.example/sign", SECRET, clock)
    with pytest.raises(Refused, match="shorter than 32"):
        WebhookProvider("https://provider.example/sign", "short", clock)


class _Provider(BaseHTTPRequestHandler):
    answers: ClassVar[list[int]] = []
    heard: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.answers.pop(0))
        self.end_headers()
        self.wfile.write(b'{"id": "env_1"}')

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_calls_are_sealed_and_carry_a_key_that_stays(clock: FixedClock) -> None:
    envelope = Envelope("contract-7", "a.docx", "ab" * 32, b"document", "Ada", "ada@example.com")
    server = HTTPServer(("127.0.0.1", 0), _Provider)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        provider = WebhookProvider(f"http://127.0.0.1:{server.server_port}/", SECRET, clock)
        _Provider.answers[:] = [503, 400, 201]
        with pytest.raises(TransientError):
            provider.put_before(envelope)
        with pytest.raises(PermanentError, match=r"refused a\.docx"):
            provider.put_before(envelope)
        assert provider.put_before(envelope).reference == "env_1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with pytest.raises(TransientError, match="cannot be reached"):
        provider.put_before(envelope)
    assert len({headers["idempotency-key"] for headers, _ in _Provider.heard}) == 1
    headers, body = _Provider.heard[-1]
    with pytest.raises(BadInput):  # genuine, though it is no notice
        genuine(SECRET, headers, body, now=clock.now())


def test_the_twin_writes_what_would_be_posted(tmp_path: Path) -> None:
    envelope = Envelope("contract-7", "a.docx", "ab" * 32, b"document", "Ada", "ada@example.com")
    FolderProvider(tmp_path).put_before(envelope)
    FolderProvider(tmp_path).put_before(replace(envelope))
    [written] = tmp_path.iterdir()
    assert written.read_bytes() == envelope.body()
