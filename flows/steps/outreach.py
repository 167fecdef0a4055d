"""Mails to creators and their answers, with the real mailer, inbox and templates."""

from collections.abc import Callable

from core.database import reading, unit_of_work
from core.models.outreach import Message
from core.store import stored_campaign
from flows.wiring import Wiring
from outreach import service as outreach
from outreach.service import Invitations, ReadReply, SendReport


def write_invitations(w: Wiring, slug: str) -> Invitations:
    """Write the invitation of every approved candidate that has none yet."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        return outreach.write_invitations(
            session, w.clock, campaign, w.people, templates=w.settings.templates, pepper=w.pepper
        )


def send_due(
    w: Wiring,
    slug: str,
    *,
    limit: int | None = None,
    ignore_window: bool = False,
    on_sent: Callable[[Message], None] | None = None,
) -> SendReport:
    """Send what is written, inside the day's cap and the sender's hours."""
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
    with w.mailer() as mailer:
        return outreach.send_due(
            w.engine,
            w.clock,
            mailer,
            campaign,
            w.people,
            pepper=w.pepper,
            limit=limit,
            ignore_window=ignore_window,
            on_sent=on_sent,
        )


def read_replies(w: Wiring) -> list[ReadReply]:
    """Read new answers; an opt-out is honoured in the same breath."""
    team = [person.mail for person in w.people]
    return outreach.read_replies(w.engine, w.clock, w.inbox, pepper=w.pepper, team=team)
