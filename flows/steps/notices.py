"""What reaches us at the web door from outside the house: notices of the mail provider, clicks on "unsubscribe"."""

from collections.abc import Mapping

from core.database import reading, unit_of_work
from core.errors import Refused
from flows.steps.review import withdraw_questions
from flows.steps.taking_up import take_up
from flows.wiring import Wiring
from outreach import leaving, webhooks
from outreach.leaving import Leaving

__all__ = ["Leaving", "leave", "leaving_by", "take_notice"]


def take_notice(w: Wiring, headers: Mapping[str, str], body: bytes) -> bool:
    """Take in a notice of the mail provider; False where it was taken in before.

    Raises NotGenuine, BadInput, or Refused where no secret is set.
    """
    secret = w.settings.webhook_secret
    if secret is None:
        raise Refused("Nothing here listens to a mail provider.", next_step="Set GREENROOM_WEBHOOK_SECRET.")
    notice = webhooks.genuine(secret.get_secret_value(), headers, body, now=w.clock.now())
    with unit_of_work(w.engine) as session:
        is_new = webhooks.take_in(session, w.clock, notice, pepper=w.pepper, taken_up=take_up(w))
        if is_new:
            withdraw_questions(session, w)
        return is_new


def leaving_by(w: Wiring, token: str) -> Leaving | None:
    """What the page of an unsubscribe address says; None for one that is none of ours."""
    with reading(w.engine) as session:
        return leaving.leaving_by(session, token)


def leave(w: Wiring, token: str) -> Leaving | None:
    """Whoever was written to under this token is never written to again; once more changes nothing."""
    known = leaving_by(w, token)
    if known is None or known.is_done:
        # Asked before writing: whoever calls without end keeps nobody from the record.
        return known
    with unit_of_work(w.engine) as session:
        leaving.leave(session, w.clock, token, pepper=w.pepper, taken_up=take_up(w))
        withdraw_questions(session, w)
    return known
