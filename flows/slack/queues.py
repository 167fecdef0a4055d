"""Review queues in Slack: which queue a creator's card belongs to, how far each is, and what is next in it.

A queue is a message with cards in its thread. Its name is that of the message's post, `queue:CAMPAIGN:CYCLE:NUMBER`,
and who belongs to it stands in the posts of the cards: nothing else keeps it. Never calls Slack and never commits.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from approvals.kinds import Kind
from approvals.slack.outbox import post_with, put
from approvals.slack.places import update_message
from approvals.slack.queue import Queue, message
from core.campaign import Campaign
from core.cards import Card
from core.clock import Clock
from core.models.approvals import Request
from core.models.slack import SlackPost
from core.people import People
from flows.slack.showing import zone_of

#: In the counts of a queue: what nobody needs to decide any more.
WITHDRAWN = "Withdrawn"
_MOST_NAMES = 5


class _Asked(NamedTuple):
    """What a queue needs to know of one of its requests; cards stay on disk."""

    id: str
    status: str
    choice: str | None
    assignee: str
    due_at: datetime


class Queues:
    """The queues of one transaction: which takes the next card, and which of them changed."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session, self._clock = session, clock
        self._open: dict[tuple[str, int, str], tuple[str, int]] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._changed: dict[str, None] = {}

    @property
    def changed(self) -> list[str]:
        return list(self._changed)

    def note(self, queue_id: str) -> None:
        self._changed[queue_id] = None

    def next_place(self, campaign: Campaign, channel: str) -> str:
        """The queue that takes the next card in this channel: the last one if it has room, else a new one."""
        which = (campaign.slug, campaign.cycle, channel)
        key, size = self._open.get(which) or _last(self._session, campaign, channel, self._number(campaign))
        if not key or size >= campaign.longlist.queue:
            number = self._number(campaign, more=1)
            key, size = _key(campaign, number), 0
            put(self._session, self._clock, key=key, method="chat.postMessage", channel=channel,
                payload={"text": f"Queue {number}"})  # fmt: skip
        self._open[which] = (key, size + 1)
        self.note(key)
        return key

    def _number(self, campaign: Campaign, *, more: int = 0) -> int:
        """That of the last queue; found once, as it takes a look at all posts."""
        which = (campaign.slug, campaign.cycle)
        if which not in self._numbers:
            self._numbers[which] = _last_number(self._session, campaign)
        self._numbers[which] += more
        return self._numbers[which]


def show_progress(session: Session, clock: Clock, people: People, queue_id: str) -> SlackPost | None:
    """The queue's message as it is now; what it shows already is not said again."""
    state = state_of(session, people, queue_id)
    return update_message(session, clock, queue_id, message(state)) if state is not None else None


def state_of(session: Session, people: People, queue_id: str) -> Queue | None:
    """How far a queue is; None where there is none of that name."""
    asked = _asked(session, queue_id)
    parts = queue_id.split(":")
    if not asked or len(parts) != 4 or not parts[3].isdecimal():
        return None
    waiting = [one for one in asked if one.status == "open"]
    shown = waiting or asked
    return Queue(
        queue_id=queue_id,
        campaign=parts[1],
        number=int(parts[3]),
        total=len(asked),
        decided=_counts(session, asked),
        reviewer=_names([people.name_of(one) for one in dict.fromkeys(one.assignee for one in shown)]),
        due_at=min(one.due_at for one in shown),
        zone=zone_of(people, shown[0].assignee),
    )


def next_request(session: Session, queue_id: str) -> Request | None:
    """The first card of a queue that is still to be decided, what waits for an answer last; None when all is done.

    A campaign's slug stands for everything that is asked in its queues.
    """
    waits = (col(Request.waits_for).is_not(None), col(SlackPost.id))
    in_slack = select(Request).join(SlackPost, col(SlackPost.request_id) == Request.id)
    theirs = in_slack.where(SlackPost.after_key == queue_id, SlackPost.method == "chat.postMessage")
    found = session.exec(theirs.where(Request.status == "open").order_by(*waits).limit(1)).first()
    if found is not None or ":" in queue_id:
        return found
    whole = select(Request).where(Request.campaign == queue_id, Request.kind == Kind.CANDIDATE)
    urgent = (col(Request.waits_for).is_not(None), col(Request.due_at), col(Request.id))
    return session.exec(whole.where(Request.status == "open").order_by(*urgent).limit(1)).first()


def _key(campaign: Campaign, number: int) -> str:
    return f"queue:{campaign.slug}:{campaign.cycle}:{number}"


def _last_number(session: Session, campaign: Campaign) -> int:
    prefix = f"queue:{campaign.slug}:{campaign.cycle}:"
    query = select(SlackPost.key).where(
        SlackPost.method == "chat.postMessage", col(SlackPost.key).startswith(prefix, autoescape=True)
    )
    return max((int(key.removeprefix(prefix)) for key in session.exec(query)), default=0)


def _last(session: Session, campaign: Campaign, channel: str, number: int) -> tuple[str, int]:
    """The last queue and how many cards it has; "" where there is none in this channel, or Slack did not take it."""
    key = _key(campaign, number)
    parent = post_with(session, key)
    if parent is None or parent.status == "dead" or parent.channel != channel:
        return "", 0
    query = select(func.count()).select_from(SlackPost)
    cards = query.where(SlackPost.after_key == key, SlackPost.method == "chat.postMessage")
    return key, session.exec(cards).one()


def _asked(session: Session, queue_id: str) -> list[_Asked]:
    """In the order of the cards."""
    known = (Request.id, Request.status, Request.choice, Request.assignee, Request.due_at)
    query = columns(*(col(one) for one in known)).join(SlackPost, col(SlackPost.request_id) == Request.id)
    cards = query.where(SlackPost.after_key == queue_id, SlackPost.method == "chat.postMessage")  # type: ignore[arg-type]
    return [_Asked(*row) for row in session.execute(cards.order_by(col(SlackPost.id)))]


def _counts(session: Session, asked: Sequence[_Asked]) -> dict[str, int]:
    """Decisions by the words of their buttons, in the order of the buttons, and what was withdrawn."""
    chosen = Counter(one.choice for one in asked if one.status == "decided")
    labels = _labels(session, asked) if chosen else {}
    order = [*labels, *(choice for choice in chosen if choice not in labels)]
    counts = {labels.get(str(choice), str(choice)): chosen[choice] for choice in order if chosen[choice]}
    withdrawn = sum(one.status == "void" for one in asked)
    return counts | ({WITHDRAWN: withdrawn} if withdrawn else {})


def _labels(session: Session, asked: Sequence[_Asked]) -> Mapping[str, str]:
    """One card speaks for all: they ask the same question."""
    found = session.exec(select(Request.card).where(Request.id == asked[0].id)).one()
    return {choice.id: choice.label for choice in Card.model_validate(found).choices}


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
