"""The messages of requests: where a card goes, when it goes there, and the files beside it.

Puts into the outbox; never calls Slack and never commits.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from approvals.conversation import QUESTION
from approvals.kinds import Kind
from approvals.slack import cards, digest
from approvals.slack.blocks import Payload
from approvals.slack.files import UPLOAD, payload_of
from approvals.slack.home import Reader
from approvals.slack.outbox import add, post_with, put, try_again
from approvals.slack.places import changes_of, is_there
from approvals.slack.shown import Shown
from core.campaign import Campaign
from core.errors import Refused
from core.models.approvals import Request, RequestComment
from core.models.candidates import Candidate
from core.models.slack import SlackPost
from core.people import Person
from core.store import stored_campaign
from flows.slack.papers import with_pdfs
from flows.slack.places import channel_for
from flows.slack.queues import Queues
from flows.slack.showing import shown_of
from flows.wiring import Wiring

#: Ids of members, as opposed to channels.
MEMBERS = ("U", "W")


class Batch:
    """The requests of one transaction, with all that is read for many of them at once."""

    def __init__(self, session: Session, w: Wiring, requests: Sequence[Request]) -> None:
        self.session, self.w, self.queues = session, w, Queues(session, w.clock)
        self._posts, self._said = _posts(session, requests), _said(session, requests)
        self._changes: dict[str, list[SlackPost]] = defaultdict(list)
        for change in changes_of(session, [post for posts in self._posts.values() for post in posts]):
            self._changes[change.after_key or ""].append(change)
        candidates = [request.candidate_id for request in requests if request.candidate_id is not None]
        about = select(Candidate.id, Candidate.cycle).where(col(Candidate.id).in_(candidates))
        self._cycles: dict[int | None, int] = dict(session.exec(about).all())
        self._campaigns: dict[tuple[str, int | None], Campaign] = {}

    def campaign(self, request: Request) -> Campaign:
        """The content in force for whoever the request is about. Raises Refused where the campaign was never run."""
        key = (request.campaign, self._cycles.get(request.candidate_id))
        if key not in self._campaigns:
            self._campaigns[key] = stored_campaign(self.session, key[0], cycle=key[1])
        return self._campaigns[key]

    def posts(self, request: Request) -> list[SlackPost]:
        """Every message that was ever put for it, oldest first."""
        return self._posts[request.id]

    def places(self, request: Request) -> list[SlackPost]:
        """Those that are in Slack or on their way."""
        return [post for post in self._posts[request.id] if is_there(post)]

    def changes(self, place: SlackPost) -> list[SlackPost]:
        """Those of a message, oldest first, as they were before this transaction."""
        return self._changes[place.key]

    def shown(self, request: Request) -> Shown:
        said = self._said.get(request.id, 0)
        return shown_of(self.session, self.w.clock, self.w.people, request, said=said)

    def place_of(self, request: Request) -> str:
        """Its channel, else its assignee; "" where no channel is named and they have no account."""
        named = channel_for(self.campaign(request), self.w.settings, request.kind)
        person = _person(self.w, request.assignee)
        return named or (person.slack if person else "")


def post_card(batch: Batch, request: Request) -> SlackPost | None:
    """Put the card of an open request where it belongs, with its files; None where it is already, or has no place.

    Without a channel it goes to the assignee, and after it was handed on to the next one too. What Slack refused there
    before is tried again.
    """
    place = batch.place_of(request)
    refused = _refused(batch.posts(request), place)
    if refused is not None:
        return _post_again(batch, request, refused)
    key = _free_key(batch.posts(request), request, place) if place else ""
    if not key:
        _files_again(batch, request)
        return None
    shown = batch.shown(request)
    payload = _payload(shown)
    in_queue = request.kind == Kind.CANDIDATE and request.candidate_id is not None
    queue = batch.queues.next_place(batch.campaign(request), place) if in_queue else None
    card = add(batch.session, batch.w.clock, key=key, method="chat.postMessage", channel=place, payload=payload,
               after_key=queue, request_id=request.id)  # fmt: skip
    for number, file in enumerate(with_pdfs(batch.w.archive, shown.card.files), start=1):
        ending = "pdf" if file.path.endswith(".pdf") else f"file:{number}"
        add(batch.session, batch.w.clock, key=f"{key}:{ending}", method=UPLOAD, channel=place,
            payload=payload_of(file), after_key=key, request_id=request.id)  # fmt: skip
    return card


def post_question(batch: Batch, request: Request) -> SlackPost | None:
    """Whoever owes an answer is told what is asked, once for each question."""
    member = _person(batch.w, request.waits_for or "")
    if member is None or not member.slack:
        return None
    query = select(RequestComment).where(RequestComment.request_id == request.id, RequestComment.kind == QUESTION)
    asked = batch.session.exec(query.order_by(col(RequestComment.id).desc()).limit(1)).first()
    if asked is None:
        return None
    zone, people = member.calendar.time_zone, batch.w.people
    shown = shown_of(batch.session, batch.w.clock, people, request, zone=zone)
    payload = digest.question(Reader(slack=member.slack, name=member.name, zone=zone), shown,
                              asked_by=people.name_of(asked.author), text=asked.text)  # fmt: skip
    post = put(batch.session, batch.w.clock, key=f"question:{asked.id}", method="chat.postMessage",
               channel=member.slack, payload=payload)  # fmt: skip
    if post.status == "dead":
        try_again(batch.session, batch.w.clock, post)
    return post


def _payload(shown: Shown) -> Payload:
    return {**cards.message(shown), "unfurl_links": False, "unfurl_media": False}


def _refused(posts: Sequence[SlackPost], place: str) -> SlackPost | None:
    """The card that Slack refused at that place, where the request is shown nowhere."""
    if not place or any(is_there(post) for post in posts):
        return None
    return next((post for post in posts if post.channel == place and post.status == "dead"), None)


def _post_again(batch: Batch, request: Request, card: SlackPost) -> SlackPost:
    """The card as it is now, what it hangs below, and the files beside it."""
    session, clock = batch.session, batch.w.clock
    card.payload = _payload(batch.shown(request))
    try_again(session, clock, card)
    _files_again(batch, request)
    queue = post_with(session, card.after_key) if card.after_key else None
    if queue is not None:
        if queue.status == "dead":
            try_again(session, clock, queue)
        batch.queues.note(queue.key)
    return card


def _files_again(batch: Batch, request: Request) -> None:
    if not request.card.get("files"):
        return
    theirs = select(SlackPost).where(SlackPost.request_id == request.id, SlackPost.method == UPLOAD)
    there = {post.key for post in batch.places(request)}
    for file in batch.session.exec(theirs.where(SlackPost.status == "dead")):
        if file.after_key in there:
            try_again(batch.session, batch.w.clock, file)


def _free_key(posts: Sequence[SlackPost], request: Request, place: str) -> str:
    """The key of the post to be made; "" where the card is in Slack or on its way, or Slack would not take it here.

    Where it went somewhere else before, it is posted again: a channel that Slack did not take was replaced, or somebody
    else is asked where there is no channel.
    """
    there = [post for post in posts if is_there(post)]
    only_told_others = place.startswith(MEMBERS) and all(post.channel.startswith(MEMBERS) for post in there)
    if any(post.channel == place for post in posts) or (there and not only_told_others):
        return ""
    return f"request:{request.id}:{place}" if posts else f"request:{request.id}"


def _posts(session: Session, requests: Sequence[Request]) -> dict[str, list[SlackPost]]:
    ids = [request.id for request in requests]
    query = select(SlackPost).where(col(SlackPost.request_id).in_(ids), SlackPost.method == "chat.postMessage")
    found: dict[str, list[SlackPost]] = defaultdict(list)
    for post in session.exec(query.order_by(col(SlackPost.id))):
        found[post.request_id or ""].append(post)
    return found


def _said(session: Session, requests: Sequence[Request]) -> dict[str, int]:
    ids = [request.id for request in requests]
    query = select(RequestComment.request_id, func.count()).where(col(RequestComment.request_id).in_(ids))
    return dict(session.exec(query.group_by(col(RequestComment.request_id))).all())


def _person(w: Wiring, person_id: str) -> Person | None:
    try:
        return w.people.named(person_id) if person_id else None
    except Refused:
        return None  # has left the people file
