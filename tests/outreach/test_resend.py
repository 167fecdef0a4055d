"""The HTTP provider: what a request says, which answer means what, and what it can prove."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.errors import BadInput, OutcomeUnknown, PermanentError, Refused
from core.mailer import Address, AddressRefused, Attachment, OutgoingMail, ServerUnusable
from core.resend import ResendAccount, ResendMailer
from tests.outreach.doors import Answer, Door

Mail = Callable[..., OutgoingMail]
KEY = "re_a_secret_key"
TAKEN = Answer(200, {"id": "49a3999c"})
BROKEN = Answer(500, {"statusCode": 500, "name": "application_error", "message": "An unexpected error occurred."})


def error(status: int, name: str, message: str = "Something.", **headers: str) -> Answer:
    given = {header.replace("_", "-"): value for header, value in headers.items()}
    return Answer(status, {"statusCode": status, "name": name, "message": message}, given)


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def mailer(door: Door, waits: list[float]) -> Iterator[ResendMailer]:
    with ResendMailer(ResendAccount(KEY, url=door.url, timeout_seconds=10), sleep=waits.append) as mailer:
        yield mailer


def test_a_mail_is_said_in_the_providers_words(door: Door, mailer: ResendMailer, a_mail: Mail) -> None:
    door.answers = [TAKEN]
    headers = {"In-Reply-To": "<a@example.org>", "References": "<a@example.org>", "Reply-To": "team@example.com",
               "List-Unsubscribe": "<https://go.example.com/u/ab12>"}  # fmt: skip
    receipt = mailer.send(
        a_mail(
            html="<p>Grüße</p>",
            text="Grüße\x07\n",
            headers=headers,
            sender=Address('Sofia "S" Marin', "sofia@example.com"),
            recipient=Address("Ada <evil@example.com>", "ada@example.com"),
            attachments=(Attachment("a.pdf", "application/pdf", b"%PDF"),),
        )
    )
    assert (receipt.provider_id, receipt.message_id) == ("49a3999c", "<gr.0123@example.com>")
    (request,) = door.requests
    assert (request.method, request.path) == ("POST", "/emails")
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.json == {
        "from": "\"Sofia 'S' Marin\" <sofia@example.com>",
        "to": ["ada@example.com"],
        "subject": "An idea",
        "text": "Grüße\n",
        "html": "<p>Grüße</p>\n",
        "reply_to": "team@example.com",
        "headers": {
            "In-Reply-To": "<a@example.org>",
            "List-Unsubscribe": "<https://go.example.com/u/ab12>",
            "Message-ID": "<gr.0123@example.com>",
            "References": "<a@example.org> <gr.0123@example.com>",
        },
        "attachments": [
            {"filename": "a.pdf", "content": base64.b64encode(b"%PDF").decode(), "content_type": "application/pdf"}
        ],
    }


def test_the_same_mail_has_the_same_key_and_the_same_bytes(door: Door, mailer: ResendMailer, a_mail: Mail) -> None:
    door.answers = [TAKEN]
    for mail in (a_mail(), a_mail(), a_mail(message_id="<gr.2@example.com>")):
        mailer.send(mail)
    keys = [request.headers["Idempotency-Key"] for request in door.requests]
    assert keys[0] == keys[1] != keys[2]
    assert len(keys[0]) <= 256
    assert door.requests[0].body == door.requests[1].body


@pytest.mark.parametrize(
    "doubt",
    [
        BROKEN,
        Answer(502, b"<html>"),
        Answer(cut=True),
        Answer(200, b"<html>"),
        error(409, "concurrent_idempotent_requests"),
        error(503, "service_unavailable"),
    ],
)
def test_what_nobody_can_tell_is_asked_again_under_the_same_key(
    door: Door, mailer: ResendMailer, a_mail: Mail, doubt: Answer
) -> None:
    door.answers = [doubt, TAKEN]
    assert mailer.send(a_mail()).provider_id == "49a3999c"
    assert len({request.headers["Idempotency-Key"] for request in door.requests}) == 1
    assert len({request.body for request in door.requests}) == 1
    assert len(door.requests) == 2


@pytest.mark.parametrize(
    "then",
    [
        BROKEN,
        Answer(cut=True),
        error(422, "missing_required_field"),
        error(403, "suspended_api_key"),
        error(429, "rate_limit_exceeded"),
    ],
)
def test_after_a_doubt_no_refusal_proves_anything(door: Door, mailer: ResendMailer, a_mail: Mail, then: Answer) -> None:
    door.answers = [BROKEN, then]
    with pytest.raises(OutcomeUnknown, match=r"ada@example\.com.*500 application_error"):
        mailer.send(a_mail())


def test_a_key_that_was_used_for_other_words_means_that_somebody_must_look(
    door: Door, mailer: ResendMailer, a_mail: Mail
) -> None:
    door.answers = [error(409, "invalid_idempotent_request")]
    with pytest.raises(OutcomeUnknown, match="another mail with this id"):
        mailer.send(a_mail())
    assert len(door.requests) == 1


def test_an_outage_makes_one_mail_unknown_and_not_a_batch(door: Door, mailer: ResendMailer, a_mail: Mail) -> None:
    door.answers = [BROKEN]
    with pytest.raises(OutcomeUnknown):
        mailer.send(a_mail())
    asked = len(door.requests)
    with pytest.raises(ServerUnusable):
        mailer.send(a_mail(message_id="<gr.2@example.com>"))
    assert [request.method for request in door.requests[asked:]] == ["GET"]
    door.answers = [Answer(200, {"data": []}), TAKEN]
    mailer.send(a_mail(message_id="<gr.2@example.com>"))
    mailer.send(a_mail(message_id="<gr.3@example.com>"))
    assert [request.method for request in door.requests[asked + 1 :]] == ["GET", "POST", "POST"]


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (error(400, "validation_error", "Invalid `to` field."), AddressRefused, "Invalid `to` field"),
        (error(422, "invalid_attachment"), PermanentError, "invalid_attachment"),
        (error(413, ""), PermanentError, "413"),
        (error(400, "validation_error", "API key is invalid"), ServerUnusable, "API key is invalid"),
        (error(401, "missing_api_key"), ServerUnusable, "missing_api_key"),
        (error(403, "validation_error", "The domain is not verified."), ServerUnusable, "not verified"),
        (error(404, "not_found"), ServerUnusable, "not_found"),
        (Answer(301, b"", {"Location": "https://evil.example"}), ServerUnusable, "301"),
        (error(429, "daily_quota_exceeded"), ServerUnusable, "daily_quota_exceeded"),
        (error(429, "rate_limit_exceeded", retry_after="3600"), ServerUnusable, "rate_limit_exceeded"),
    ],
)
def test_a_refusal_is_about_the_mail_or_about_us(
    door: Door, mailer: ResendMailer, a_mail: Mail, answer: Answer, kind: type[Exception], told: str
) -> None:
    door.answers = [answer]
    with pytest.raises(kind, match=told) as caught:
        mailer.send(a_mail())
    assert type(caught.value) is kind
    assert KEY not in f"{caught.value} {caught.value!r}"
    assert len(door.requests) == 1


def test_who_is_too_fast_waits_as_long_as_is_asked(
    door: Door, mailer: ResendMailer, a_mail: Mail, waits: list[float]
) -> None:
    door.answers = [error(429, "rate_limit_exceeded", retry_after="2"), TAKEN]
    mailer.send(a_mail())
    assert waits == [2.0]
    door.answers = [error(429, "rate_limit_exceeded")]
    with pytest.raises(ServerUnusable):
        mailer.send(a_mail())
    assert waits == [2.0, 1.0, 1.0]


def test_without_a_connection_nothing_was_sent(a_mail: Mail) -> None:
    account = ResendAccount(KEY, url="http://127.0.0.1:9", timeout_seconds=2)
    with ResendMailer(account) as mailer, pytest.raises(ServerUnusable, match="no connection"):
        mailer.send(a_mail())


def test_what_a_mail_server_would_not_take_is_not_asked_for(door: Door, mailer: ResendMailer, a_mail: Mail) -> None:
    with pytest.raises(BadInput):
        mailer.send(a_mail(headers={"Bcc": "evil@example.com"}))
    assert not door.requests


def listed(*ids: str, has_more: bool = False) -> Answer:
    rows: list[dict[str, Any]] = [{"id": f"id-{number}", "message_id": one} for number, one in enumerate(ids)]
    return Answer(200, {"object": "list", "has_more": has_more, "data": rows})


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ([listed("<gr.1@example.com>", "<gr.0123@example.com>")], True),
        ([listed("<gr.1@example.com>", has_more=True), listed("<gr.0123@example.com>")], True),
        ([listed("<gr.1@example.com>", has_more=True), listed("<gr.2@example.com>")], False),
        ([listed("<0101-1@eu-west-1.amazonses.com>")], None),
        ([listed()], None),
        ([listed("<gr.1@example.com>", has_more=True)], None),
        ([error(401, "restricted_api_key")], None),
        ([BROKEN], None),
        ([Answer(cut=True)], None),
        ([Answer(200, {"data": ["x"]})], None),
    ],
)
def test_what_was_sent_is_looked_up_and_doubt_stays_doubt(
    door: Door, mailer: ResendMailer, pages: list[Answer], found: bool | None
) -> None:
    door.answers = pages
    assert mailer.sent("<gr.0123@example.com>") is found
    assert door.requests[0].path == "/emails?limit=100"
    assert all(request.path == "/emails?limit=100&after=id-0" for request in door.requests[1:])
    asked = len(door.requests)
    assert mailer.sent("<gr.0123@example.com>") is found
    assert len(door.requests) == asked


def test_a_key_for_sending_only_is_told_when_it_is_not_enough(door: Door, mailer: ResendMailer) -> None:
    door.answers = [error(401, "restricted_api_key")]
    assert mailer.check() == "its key may send, not look up what was sent"
    door.answers = [Answer(200, {"data": []})]
    assert mailer.check() == "its key may send and look up"
    door.answers = [error(400, "validation_error", "API key is invalid")]
    with pytest.raises(ServerUnusable, match="API key is invalid"):
        mailer.check()


def test_the_account_keeps_its_key_to_itself_and_its_connection_safe() -> None:
    assert KEY not in repr(ResendAccount(KEY))
    with pytest.raises(Refused, match="without encryption"):
        ResendAccount(KEY, url="http://api.resend.com")
    for key in ("", "re_ü", "re_\n"):
        with pytest.raises(Refused, match="key of the mail provider") as caught:
            ResendAccount(key)
        assert "ü" not in str(caught.value)
