"""What strangers may call at the web door: the unsubscribe address of a mail, and the notices of the mail provider."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.stages import Stage
from flows.wiring import Wiring
from outreach import suppression
from outreach.unsubscribe import token_for
from tests.homes import copied
from tests.house import House
from tests.outreach.test_notices import SECRET, signed
from tests.web.calling import Caller, calling
from web.app import create_app
from web.shell import BODY_LIMIT

NEVER = {"en": "You will not hear from", "de": "Es kommt keine Nachricht mehr", "es": "No llegará", "fr": "Plus aucun"}


@pytest.fixture(scope="module")
def house(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = copied(longlisted_home, tmp_path_factory.mktemp("outside") / "home")
    settings = made.w.settings.model_copy(update={"webhook_secret": SecretStr(SECRET)})
    listening = replace(made, w=Wiring(settings=settings, clock=made.w.clock))
    yield listening
    listening.w.engine.dispose()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[Caller]:
    with calling(create_app(house.w)) as client:
        yield client


def mailed(house: House, number: int, locale: str = "en") -> Message:
    """An invitation that went to the candidate of this number a year ago."""
    w = house.w
    with unit_of_work(w.engine) as session:
        candidate = session.exec(select(Candidate).order_by(Candidate.id)).all()[number]  # type: ignore[arg-type]
        message_id = f"<gr.{number:032x}@example.com>"
        message = Message(
            candidate_id=candidate.id or 0, campaign=candidate.campaign, step="invite", sender="sofia",
            recipient=f"c{number}@example.com", subject="An idea", text="…", locale=locale, message_id=message_id,
            stop_token=token_for(w.pepper, message_id), template="invite", template_sha256="", facts=[],
            status="sent", created_at=w.clock.now() - timedelta(days=365),
        )  # fmt: skip
        session.add(message)
        return message


def has_left(house: House, message: Message) -> bool:
    with reading(house.w.engine) as session:
        closed = session.get_one(Candidate, message.candidate_id).stage == Stage.CLOSED_BY_OPT_OUT
        assert closed == suppression.is_suppressed(session, pepper=house.w.pepper, addresses=[message.recipient])
        return closed


@pytest.mark.parametrize(("number", "locale"), [(0, "en"), (1, "de"), (2, "es"), (3, "fr")])
def test_looking_asks_and_posting_does_it_in_the_language_of_the_mail(
    client: Caller, house: House, number: int, locale: str
) -> None:
    message = mailed(house, number, locale)
    address = f"/u/{message.stop_token}"
    asked = client.get(address, headers={"Accept-Language": "it"})
    assert (asked.status_code, asked.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'<html lang="{locale}">' in asked.text
    assert '<form method="post"><button' in asked.text
    assert not has_left(house, message)
    done = client.post(address)
    assert done.status_code == 200
    assert NEVER[locale] in done.text
    assert has_left(house, message)
    for page in (asked, done):
        assert "set-cookie" not in page.headers
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
        assert message.recipient not in page.text


@pytest.mark.parametrize(
    ("number", "content_type", "body"),
    [
        (4, "application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        (5, "multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"'
                                               b"\r\n\r\nOne-Click\r\n--b--\r\n"),
        (6, "text/plain", b""),
        (7, "application/json", b"{"),
    ],
)  # fmt: skip
def test_one_click_of_a_mail_program_counts_in_whatever_form(
    client: Caller, house: House, number: int, content_type: str, body: bytes
) -> None:
    message = mailed(house, number)
    for _ in range(2):
        answer = client.post(f"/u/{message.stop_token}", content=body, headers={"Content-Type": content_type})
        assert answer.status_code == 200
    assert has_left(house, message)
    with reading(house.w.engine) as session:
        kinds = session.exec(select(Reply.kind).where(Reply.message_id == message.id)).all()
    assert kinds == ["opt-out"]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_other_method_does_anything(client: Caller, house: House, method: str) -> None:
    number = 8 + ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"].index(method)
    message = mailed(house, number)
    assert client.call(method, f"/u/{message.stop_token}").status_code == 405
    assert not has_left(house, message)


def test_an_address_that_is_none_of_ours_tells_nothing(client: Caller) -> None:
    addresses = ["a2" * 13, "A2" * 13, "x", "", "../api/requests", "%00", "a2" * 5_000, "ü", "a/b", "<script>"]
    for address in addresses:
        asked = client.get(f"/u/{address}", headers={"Accept-Language": "fr-CH, de;q=0.5"})
        done = client.post(f"/u/{address}")
        if asked.status_code == 404 or address.startswith(".."):
            continue
        assert (asked.status_code, done.status_code) == (200, 200)
        assert "Ne plus m’écrire" in asked.text
        assert "You will not hear from us again." in done.text
        assert "<script" not in asked.text


def test_what_copying_adds_to_the_link_does_no_harm(client: Caller, house: House) -> None:
    message = mailed(house, 13)
    assert client.post(f"/u/{message.stop_token.upper()}/?utm_source=x").status_code == 200
    assert has_left(house, message)


def test_a_brand_cannot_put_anything_into_the_page(client: Caller, house: House) -> None:
    from flows.steps.notices import Leaving
    from web.unsubscribe import _farewell

    hostile = Leaving('<script>"$title"</script>', "en", is_done=False)
    assert "&lt;script&gt;&quot;$title&quot;" in _farewell("en", hostile)


def notice(kind: str, message: Message) -> bytes:
    headers = [{"name": "Message-ID", "value": message.message_id}]
    return json.dumps({"type": kind, "data": {"email_id": f"e{message.id}", "headers": headers}}).encode()


def test_a_complaint_at_the_provider_is_taken_in_once(client: Caller, house: House) -> None:
    message = mailed(house, 14)
    body = notice("email.complained", message)
    headers = signed(body, at=house.w.clock.now(), event_id="msg_14")
    first, again = (client.post("/hooks/mail", content=body, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (200, {"ok": True, "new": True})
    assert (again.status_code, again.json()) == (200, {"ok": True, "new": False})
    assert has_left(house, message)


def test_what_is_not_the_provider_is_refused(client: Caller, house: House) -> None:
    message = mailed(house, 15)
    body = notice("email.complained", message)
    now = house.w.clock.now()
    for headers, expected in (
        ({}, 401),
        (signed(body + b" ", at=now), 401),
        (signed(body, at=now - timedelta(minutes=6)), 401),
    ):
        answer = client.post("/hooks/mail", content=body, headers=headers)
        assert answer.status_code == expected
        assert set(answer.json()) == {"error", "next_step"}
    assert client.post("/hooks/mail", content=b"no", headers=signed(b"no", at=now)).status_code == 400
    large = b"x" * (BODY_LIMIT + 1)
    assert client.post("/hooks/mail", content=large, headers=signed(large, at=now)).status_code == 413
    assert client.get("/hooks/mail").status_code == 405
    assert not has_left(house, message)


def test_without_a_secret_nobody_is_listened_to(house: House) -> None:
    w = Wiring(settings=house.w.settings.model_copy(update={"webhook_secret": None}), clock=house.w.clock)
    with calling(create_app(w)) as client:
        assert client.post("/hooks/mail", content=b"{}").status_code == 404
