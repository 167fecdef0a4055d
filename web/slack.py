"""What Slack calls over HTTP: its signature is checked, the call goes on disk, and Slack's own process handles it.

Nothing is decided in here, so a slow record never keeps Slack waiting.
"""

from collections.abc import Mapping

from fastapi import Response

from approvals.slack.app import FormErrors, answer_http
from approvals.slack.arrivals import Spool, arrival_of
from flows.serving.slack import listening
from flows.wiring import Wiring
from web.app import SlackHttp


def slack_http(w: Wiring, form_errors: FormErrors) -> SlackHttp | None:
    """The door for Slack's calls; None where no signing secret could prove them."""
    if not w.slack_on or w.settings.slack_signing_secret is None:
        return None
    spool = Spool(w.settings.slack_arrivals)
    app = listening(w, lambda body: _keep(spool, body), form_errors)

    def answer(body: bytes, headers: Mapping[str, str]) -> Response:
        told = answer_http(app, body, headers)
        return Response(told.body, status_code=told.status, headers=dict(told.headers))

    return answer


def _keep(spool: Spool, body: Mapping[str, object]) -> None:
    spool.keep(arrival_of(body))
