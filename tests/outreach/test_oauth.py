"""Tokens for mailboxes: fetched once, renewed in time, never shown."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from core.clock import FixedClock
from core.errors import Refused
from core.mailer import ServerUnusable
from core.oauth import AccessTokens, Grant, LoginRefused, xoauth2
from tests.outreach.doors import Answer, Door

SECRETS = ("a-client-secret", "a-refresh-token", "a-new-refresh-token", "an-access-token")


def granted(door: Door, **more: Any) -> Grant:
    told = {"provider": "google", "client_id": "an-app", "client_secret": SECRETS[0], "refresh_token": SECRETS[1],
            "token_url": f"{door.url}/token"} | more  # fmt: skip
    return Grant(**told)


def token_answer(token: str = SECRETS[3], **more: object) -> Answer:
    return Answer(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer", **more})


def asked(door: Door, number: int = -1) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(door.requests[number].body.decode()).items()}


def test_a_token_is_fetched_once_and_again_before_it_runs_out(door: Door, clock: FixedClock) -> None:
    door.answers = [token_answer("first"), token_answer("second")]
    tokens = AccessTokens(granted(door), clock)
    assert [tokens.token(), tokens.token()] == ["first", "first"]
    clock.advance(timedelta(seconds=3599) - timedelta(minutes=2) - timedelta(seconds=1))
    assert tokens.token() == "first"
    clock.advance(timedelta(seconds=1))
    assert tokens.token() == "second"
    assert asked(door) == {"grant_type": "refresh_token", "client_id": "an-app", "client_secret": SECRETS[0],
                           "refresh_token": SECRETS[1]}  # fmt: skip


def test_a_refused_token_is_replaced_before_its_time(door: Door, clock: FixedClock) -> None:
    door.answers = [token_answer("first"), token_answer("second")]
    tokens = AccessTokens(granted(door), clock)
    assert [tokens.token(), tokens.token(anew=True), tokens.token()] == ["first", "second", "second"]


def test_microsoft_is_asked_for_mail_and_its_renewed_refresh_token_is_kept(
    door: Door, clock: FixedClock, tmp_path: Path
) -> None:
    door.answers = [token_answer(refresh_token=SECRETS[2])]
    grant = granted(door, provider="microsoft", client_secret="", kept_in=tmp_path)
    AccessTokens(grant, clock).token()
    assert asked(door)["scope"] == "https://outlook.office.com/SMTP.Send offline_access"
    assert "client_secret" not in asked(door)
    AccessTokens(grant, clock).token()
    assert [asked(door, number)["refresh_token"] for number in (0, 1)] == [SECRETS[1], SECRETS[2]]
    AccessTokens(replace(grant, reads=True), clock).token()
    assert asked(door, 2)["scope"] == "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    # A new one in the settings counts, whatever came of the old one.
    AccessTokens(granted(door, provider="microsoft", refresh_token="granted-anew", kept_in=tmp_path), clock).token()
    assert asked(door)["refresh_token"] == "granted-anew"


def test_a_renewed_login_that_cannot_be_kept_is_told(door: Door, clock: FixedClock, tmp_path: Path) -> None:
    door.answers = [token_answer(refresh_token=SECRETS[2])]
    (tmp_path / "home").touch()  # a file where the folder should be
    with pytest.raises(ServerUnusable, match="cannot be kept") as caught:
        AccessTokens(granted(door, kept_in=tmp_path / "home"), clock).token()
    assert "GREENROOM_HOME" in caught.value.next_step
    assert SECRETS[2] not in str(caught.value)


def test_each_provider_has_its_own_address() -> None:
    told: dict[str, Any] = {"client_id": "a", "refresh_token": "b"}
    assert Grant("google", **told).url == "https://oauth2.googleapis.com/token"
    assert (
        Grant("microsoft", tenant="contoso.example/..", **told).url
        == "https://login.microsoftonline.com/contoso.example%2F../oauth2/v2.0/token"
    )


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (Answer(400, {"error": "invalid_grant", "error_description": SECRETS[1]}), LoginRefused, "has run out"),
        (Answer(401, {"error": "invalid_client"}), LoginRefused, "does not accept this app"),
        (Answer(400, {"error": SECRETS[0]}), LoginRefused, "does not accept this app"),
        (Answer(404, b"<html>"), LoginRefused, "does not accept this app"),
        (Answer(429, {"error": "slow_down"}), ServerUnusable, "gives no token now"),
        (Answer(503, b"down"), ServerUnusable, "gives no token now"),
        (Answer(200, {"access_token": ""}), ServerUnusable, "without a token"),
        (Answer(200, {"access_token": SECRETS[3], "expires_in": "soon"}), ServerUnusable, "without a token"),
        (Answer(200, {"access_token": SECRETS[3], "expires_in": "²"}), ServerUnusable, "without a token"),
        (Answer(200, {"access_token": SECRETS[3], "expires_in": 10**30}), ServerUnusable, "without a token"),
        (Answer(200, [SECRETS[3]]), ServerUnusable, "without a token"),
        (Answer(302, None, {"Location": "https://evil.example"}), LoginRefused, "does not accept this app"),
        (Answer(cut=True), ServerUnusable, "cannot be reached"),
    ],
)  # fmt: skip
def test_why_there_is_no_token_is_told_without_secrets(
    door: Door, clock: FixedClock, answer: Answer, kind: type[Exception], told: str
) -> None:
    door.answers = [answer]
    grant = granted(door)
    with pytest.raises(ServerUnusable, match=told) as caught:
        AccessTokens(grant, clock).token()
    assert type(caught.value) is kind
    assert caught.value.next_step
    shown = f"{caught.value} {caught.value!r} {grant!r}"
    assert not [secret for secret in SECRETS if secret in shown]


def test_tokens_are_fetched_safely_or_not_at_all() -> None:
    with pytest.raises(Refused, match="without encryption"):
        Grant("google", "a", "b", token_url="http://tokens.example.com")
    with pytest.raises(Refused, match="by half"):
        Grant("google", "a", "")


def test_the_text_of_xoauth2_is_as_google_and_microsoft_write_it() -> None:
    assert xoauth2("sofia@example.com", "ya29") == "user=sofia@example.com\x01auth=Bearer ya29\x01\x01"
