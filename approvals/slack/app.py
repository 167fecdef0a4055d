"""Bolt between Slack and the desk: signatures, routing, and an answer before any work is done.

The same app serves HTTP (`answer_http`) and Socket Mode. Every listener does three things: refuse a form that is filled
in wrongly, hand what arrived to `receive`, acknowledge. Knows nothing of requests; what is heard is handled elsewhere.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

#: Takes what arrived, quickly and for good: when it returns, the arrival survives a kill.
Receive = Callable[[Mapping[str, Any]], None]
#: What is wrong with a form, by block id, in words for whoever fills it in; empty where nothing is.
FormErrors = Callable[[Mapping[str, Any]], Mapping[str, str]]
_ANYTHING = re.compile(".*", re.DOTALL)
_EVENTS = ("app_home_opened",)


@dataclass(frozen=True)
class Answer:
    """What goes back to Slack over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: str


def make_app(*, signing_secret: str, client: WebClient, receive: Receive, form_errors: FormErrors) -> App:
    """An app that asks Slack nothing when it starts, so that it starts while Slack is down."""
    app = App(
        name="Greenroom", signing_secret=signing_secret, client=client, token_verification_enabled=False,
        authorize=lambda enterprise_id, team_id: AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token
        ),
        # Else Bolt answers an event first and hears it later, in a thread of its own: a kill in between would lose it.
        process_before_response=True,
        # Without them Bolt would ask for the identity of its own bot, which it cannot know offline.
        ignoring_self_events_enabled=False, ssl_check_enabled=True, url_verification_enabled=True,
    )  # fmt: skip

    def hear(ack: Ack, body: dict[str, Any]) -> None:
        receive(body)
        ack()

    def hear_form(ack: Ack, body: dict[str, Any]) -> None:
        wrong = form_errors(body)
        if wrong:
            ack(response_action="errors", errors=dict(wrong))
            return
        receive(body)
        ack()

    app.action(_ANYTHING)(hear)
    app.view(_ANYTHING)(hear_form)
    app.command(_ANYTHING)(hear)
    for event in _EVENTS:
        app.event(event)(hear)
    return app


def answer_http(app: App, body: bytes, headers: Mapping[str, str]) -> Answer:
    """One request that Slack made over HTTP. Wrong or old signatures get 401 from Bolt and reach nobody."""
    told = app.dispatch(BoltRequest(body=body.decode("utf-8", errors="replace"), headers=dict(headers)))
    return Answer(told.status, {name: ", ".join(values) for name, values in told.headers.items()}, told.body)
