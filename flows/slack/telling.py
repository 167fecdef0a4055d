"""A sentence to one person about what they asked for, put into the outbox. Knows nothing of what it is about."""

import logging

from sqlmodel import Session

from approvals.slack import blocks, outbox, words
from core.errors import Refused
from core.store import stored_campaign
from flows.slack.places import ops_channel
from flows.wiring import Wiring

log = logging.getLogger("greenroom.slack")


def tell(session: Session, w: Wiring, said: str, *, key: str, person: str, campaign: str) -> None:
    """In the caller's transaction: to the person in Slack, else where ops of the campaign is told, else to the log.

    The same key again is the same message.
    """
    channel = _where(session, w, person, campaign) if w.slack_on else ""
    if not channel:
        log.warning("%s", said)
        return
    safe = words.mrkdwn_lines(said)
    payload = blocks.message(safe, [blocks.section(safe)])
    outbox.put(session, w.clock, key=key, method="chat.postMessage", channel=channel, payload=payload)


def _where(session: Session, w: Wiring, person: str, campaign: str) -> str:
    try:
        own = w.people.named(person).slack
    except Refused:  # "terminal", or whoever has left since
        own = ""
    if own:
        return own
    try:
        return ops_channel(stored_campaign(session, campaign), w.settings)
    except Refused:  # never run before
        return w.settings.slack_channel
