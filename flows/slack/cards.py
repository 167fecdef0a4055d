"""The messages of one request: where its card goes, when it goes there, and the files beside it.

Puts into the outbox; never calls Slack and never commits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from approvals.conversation import QUESTION
from approvals.kinds import Kind
from approvals.slack import cards, digest
from approvals.slack.files import UPLOAD, payload_of
from approvals.slack.home import Reader
from approvals.slack.outbox import post_with, put
from approvals.slack.places import places_of
from core.campaign import Campaign
from core.cards import Card
from core.errors import Refused
from core.models.approvals import Request, RequestComment
from core.models.candidates import Candidate
from core.models.slack import SlackPost
from core.people import Person
from core.store import stored_campaign
from flows.slack.places import channel_for
from flows.slack.queues import queue_for
from flows.slack.showing import name_of, shown_of
from flows.wiring import Wiring

#: Ids of members, as opposed to channels.
MEMBERS = ("U", "W")


@dataclass
class Desk:
    """One transaction's work: campaigns are read once in it, and queues whose cards changed are noted."""

    session: Session
    w: Wiring
    queues: dict[str, None] = field(default_factory=dict)
    _campaigns: dict[tuple[str, int | None], Campaign] = field(default_factory=dict)

    def campaign(self, request: Request) -> Campaign:
        """The content in force for whoever the request is about. Raises Refused where the campaign was never run."""
        candidate = self.session.get(Candidate, request.candidate_id) if request.candidate_id else None
        key = (request.campaign, candidate.cycle if candidate else None)
        if key not in self._campaigns:
            self._campaigns[key] = stored_campaign(self.session, key[0], cycle=key[1])
        return self._campaigns[key]


def post_card(desk: Desk, request: Request) -> list[SlackPost]:
    """Put the card of an open request where it belongs, with its files; nothing where it is already.

    Without a channel it goes to the assignee, and after it was handed on to the next one too.
    """
    session, w = desk.session, desk.w
    campaign = desk.campaign(request)
    place = channel_for(campaign, w.settings, request.kind) or _member(w, request.assignee)
    key = _free_key(session, request, place) if place else ""
    if not key:
        return []
    payload = card_of(desk, request)
    in_queue = request.kind == Kind.CANDIDATE and request.candidate_id is not None
    parent = queue_for(session, w.clock, campaign, place) if in_queue else None
    card = put(session, w.clock, key=key, method="chat.postMessage", channel=place, request_id=request.id,
               payload={**payload, "unfurl_links": False, "unfurl_media": False}, after_key=parent)  # fmt: skip
    return [card, *(_file(desk, card, number, told) for number, told in _files(request))]


def is_placeless(desk: Desk, request: Request) -> bool:
    """Neither a channel is named for it nor has its assignee an account."""
    return not channel_for(desk.campaign(request), desk.w.settings, request.kind) and not _member(
        desk.w, request.assignee
    )


def card_of(desk: Desk, request: Request) -> Mapping[str, object]:
    return cards.message(shown_of(desk.session, desk.w.clock, desk.w.people, request))


def post_question(desk: Desk, request: Request) -> SlackPost | None:
    """Whoever owes an answer is told what is asked, once for each question."""
    member = _person(desk.w, request.waits_for or "")
    if request.status != "open" or member is None or not member.slack:
        return None
    query = select(RequestComment).where(RequestComment.request_id == request.id, RequestComment.kind == QUESTION)
    asked = desk.session.exec(query.order_by(col(RequestComment.id).desc()).limit(1)).first()
    if asked is None:
        return None
    zone, people = member.calendar.time_zone, desk.w.people
    shown = shown_of(desk.session, desk.w.clock, people, request, zone=zone)
    payload = digest.question(Reader(slack=member.slack, name=member.name, zone=zone), shown,
                              asked_by=name_of(people, asked.author), text=asked.text)  # fmt: skip
    return put(desk.session, desk.w.clock, key=f"question:{asked.id}", method="chat.postMessage",
               channel=member.slack, payload=payload)  # fmt: skip


def _free_key(session: Session, request: Request, place: str) -> str:
    """The key of the post to be made, "" where the card is in Slack or on its way, or Slack would not take it here."""
    base = f"request:{request.id}"
    places = places_of(session, request.id)
    if places and not (
        place.startswith(MEMBERS) and all(one.channel.startswith(MEMBERS) and one.channel != place for one in places)
    ):
        return ""
    first = post_with(session, base)
    if first is None:
        return base
    again = f"{base}:{place}"
    return "" if first.channel == place or post_with(session, again) else again


def _files(request: Request) -> Iterator[tuple[int, dict[str, object]]]:
    for number, file in enumerate(Card.model_validate(request.card).files, start=1):
        yield number, payload_of(file)


def _file(desk: Desk, card: SlackPost, number: int, payload: dict[str, object]) -> SlackPost:
    return put(desk.session, desk.w.clock, key=f"{card.key}:file:{number}", method=UPLOAD, channel=card.channel,
               payload=payload, after_key=card.key, request_id=card.request_id)  # fmt: skip


def _member(w: Wiring, person_id: str) -> str:
    person = _person(w, person_id)
    return person.slack if person else ""


def _person(w: Wiring, person_id: str) -> Person | None:
    try:
        return w.people.named(person_id) if person_id else None
    except Refused:
        return None  # has left the people file
