"""Answering where Slack says that a click or a command may be answered: an address good for half an hour.

Owns the wire, and which addresses are taken for Slack's. Knows no request. Addresses are never logged: whoever has one
may write there.
"""

import logging
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from core.errors import PermanentError, TransientError

#: Says something at such an address. Raises one of the three kinds.
Respond = Callable[[str, Mapping[str, Any]], None]
_SLACK = ("https", "hooks.slack.com")


def responder(api_url: str, *, timeout: int = 5) -> Respond:
    """One that answers at Slack's addresses, and at those of the server that stands for Slack's API in tests."""
    allowed = {_SLACK, _origin(api_url)}

    def respond(address: str, said: Mapping[str, Any]) -> None:
        if _origin(address) not in allowed:
            raise PermanentError("The address for the answer is not one of Slack's.")
        client = WebhookClient(address, timeout=timeout, retry_handlers=[], logger=_quiet())
        try:
            answer = client.send_dict({"response_type": "ephemeral", "replace_original": False, **said})
        except (SlackClientError, OSError, HTTPException, ValueError) as error:
            raise TransientError(f"The answer did not reach Slack: {type(error).__name__}.") from None
        if answer.status_code != 200:
            raise PermanentError(f"Slack did not take the answer: status {answer.status_code}.")

    return respond


def _quiet() -> logging.Logger:
    """The SDK names the address when it tells what it does."""
    quiet = logging.getLogger("greenroom.slack.sdk")
    quiet.setLevel(logging.CRITICAL)
    return quiet


def _origin(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc
