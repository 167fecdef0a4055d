"""Notices of the mail provider: only genuine ones, once each, and what they do to the mail they speak of."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput
from core.models.candidates import Candidate
from core.models.outreach import Message, Reply
from core.notices import NotGenuine
from core.stages import Stage
from outreach import breakers, suppression, webhooks
from outreach.webhooks import Notice, genuine
from tests.outreach.conftest import PEPPER, START_OF_TESTS

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def signed(
    body: bytes, *, at: datetime = START_OF_TESTS, event_id: str = "msg_1", secret: str = SECRET
) -> dict[str, str]:
    key, stamp = base64.b64decode(secret.removeprefix("whsec_")), str(int(at.timestamp()))
    digest = hmac.digest(key, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256)
    return {"svix-id": event_id, "svix-timestamp": stamp,
            "svix-signature": f"v2,x v1,{base64.b64encode(digest).decode()}"}  # fmt: skip


def body_of(kind: str, **data: Any) -> bytes:
    return json.dumps({"type": kind, "created_at": "2026-11-20T09:30:00Z", "data": {"email_id": "e1"} | data}).encode()


def test_the_example_of_the_documentation_is_genuine() -> None:
    headers = {
        "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "svix-timestamp": "1614265330",
        "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = datetime.fromtimestamp(1614265330, tz=START_OF_TESTS.tzinfo)
    with pytest.raises(BadInput, match="what it is about"):  # genuine, and not about a mail
        genuine(SECRET, headers, b'{"test": 2432232314}', now=then)


@pytest.mark.parametrize(
    "change",
    [
        {"svix-signature": ""},
        {"svix-signature": "v1,AAAA"},
        {"svix-signature": "v1,not base64!"},
        {"svix-id": "msg_2"},
        {"svix-id": ""},
        {"svix-id": "x" * 201},
        {"svix-timestamp": "1"},
        {"svix-timestamp": "²"},
        {"svix-timestamp": ""},
        {"svix-timestamp": "9" * 400},
    ],
)
def test_what_is_not_signed_with_our_secret_is_refused(change: dict[str, str]) -> None:
    body = body_of("email.sent")
    with pytest.raises(NotGenuine):
        genuine(SECRET, signed(body) | change, body, now=START_OF_TESTS)


def test_another_body_another_secret_and_another_time_are_refused() -> None:
    body = body_of("email.sent")
    assert genuine(SECRET, signed(body), body, now=START_OF_TESTS + timedelta(minutes=5)).provider_id == "e1"
    other = "whsec_" + base64.b64encode(b"another secret").decode()
    for headers, sent, now in (
        (signed(body), body + b" ", START_OF_TESTS),
        (signed(body, secret=other), body, START_OF_TESTS),
        (signed(body), body, START_OF_TESTS + timedelta(minutes=5, seconds=1)),
        (signed(body), body, START_OF_TESTS - timedelta(minutes=5, seconds=1)),
    ):
        with pytest.raises(NotGenuine):
            genuine(SECRET, headers, sent, now=now)


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"{}", b'{"type":1,"data":{}}', b'{"type":"a","data":[]}', b"[" * 10**5]
)
def test_a_genuine_notice_that_cannot_be_read_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput):
        genuine(SECRET, signed(body), body, now=START_OF_TESTS)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_ü", "hello!"])
def test_a_secret_that_is_none_opens_nothing(secret: str) -> None:
    with pytest.raises(BadInput, match="GREENROOM_WEBHOOK_SECRET"):
        genuine(secret, signed(b"{}"), b"{}", now=START_OF_TESTS)


@pytest.mark.parametrize(
    "data",
    [
        {"headers": [{"name": "message-id", "value": "<a@b>"}, 7]},
        {"headers": {"Message-ID": "<a@b>"}},
        {"message_id": "<a@b>"},
    ],
)
def test_our_own_id_is_found_where_the_provider_tells_it(data: dict[str, Any]) -> None:
    body = body_of("email.sent", **data)
    assert genuine(SECRET, signed(body), body, now=START_OF_TESTS).message_id == "<a@b>"


def take(engine: Engine, clock: FixedClock, notice: Notice) -> bool:
    with unit_of_work(engine) as session:
        return webhooks.take_in(session, clock, notice, pepper=PEPPER)


def standing(engine: Engine) -> tuple[Message, Stage]:
    with reading(engine) as session:
        return session.exec(select(Message)).one(), Stage(session.get_one(Candidate, 1).stage)


def replies(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [reply.kind for reply in session.exec(select(Reply))]


def test_a_bounce_comes_in_once_however_often_it_is_told(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    notice = Notice("msg_1", "email.bounced", message_id=invited(engine).message_id, because="no such user")
    assert [take(engine, clock, notice) for _ in range(3)] == [True, False, False]
    message, stage = standing(engine)
    assert (message.detail, stage, replies(engine)) == ("bounced: no such user", Stage.INVITED, ["bounce"])


def test_a_complaint_is_an_opt_out_everywhere(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    message = invited(engine)
    take(engine, clock, Notice("msg_1", "email.complained", message_id=message.message_id))
    assert standing(engine)[1] == Stage.CLOSED_BY_OPT_OUT
    with reading(engine) as session:
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=[message.recipient])


def unknown(engine: Engine, invite_all: Callable[..., None]) -> Message:
    """One invitation of which nobody can tell whether it went out."""
    invite_all(engine, 1)
    with unit_of_work(engine) as session:
        message = session.exec(select(Message)).one()
        message.status = "unknown"
        session.add(message)
    return message


@pytest.mark.parametrize("kind", ["email.failed", "email.suppressed"])
def test_what_the_provider_never_sent_is_not_taken_for_sent(
    engine: Engine, clock: FixedClock, invite_all: Callable[..., None], kind: str
) -> None:
    message = unknown(engine, invite_all)
    take(engine, clock, Notice("msg_1", kind, provider_id="e1", message_id=message.message_id))
    found, stage = standing(engine)
    assert (found.status, stage, replies(engine)) == ("unknown", Stage.APPROVED, ["bounce"])


def test_what_the_provider_did_not_send_because_of_us_marks_nobody_and_counts_for_the_sender(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    message = invited(engine)
    take(engine, clock, Notice("msg_1", "email.failed", message_id=message.message_id, because="reached_daily_quota"))
    assert (standing(engine)[0].detail, replies(engine)) == ("the provider did not send it: reached_daily_quota", [])
    with reading(engine) as session:
        assert breakers.count(session, clock, message.sender).refused == 1


@pytest.mark.parametrize("kind", ["email.sent", "email.delivered", "email.delivery_delayed"])
def test_what_the_provider_sent_is_unknown_no_longer(
    engine: Engine, clock: FixedClock, invite_all: Callable[..., None], kind: str
) -> None:
    message = unknown(engine, invite_all)
    take(engine, clock, Notice("msg_1", kind, provider_id="e1", message_id=message.message_id))
    found, stage = standing(engine)
    assert (found.status, found.provider_id, stage, replies(engine)) == ("sent", "e1", Stage.INVITED, [])
    take(engine, clock, Notice("msg_2", "email.bounced", provider_id="e1"))
    assert replies(engine) == ["bounce"]


def test_notices_of_other_mails_and_of_other_things_do_nothing(
    engine: Engine, clock: FixedClock, invited: Callable[[Engine], Message]
) -> None:
    message = invited(engine)
    assert take(engine, clock, Notice("msg_1", "email.complained", "e9", "<who@example.org>"))
    assert take(engine, clock, Notice("msg_2", "domain.created", message_id=message.message_id))
    assert take(engine, clock, Notice("msg_3", "email.complained"))
    assert (standing(engine)[1], replies(engine)) == (Stage.INVITED, [])
