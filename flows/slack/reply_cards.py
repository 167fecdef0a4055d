"""Answers of creators in Slack: where each is shown, and as what. Its buttons are in `flows.slack.replies`."""

from collections.abc import Collection

from sqlmodel import Session

from approvals.slack import outbox, places, replies
from approvals.slack.replies import Answer
from core.people import Person
from core.store import campaign_of
from flows.slack.places import ops_channel
from flows.wiring import Wiring
from outreach import answering, threads
from outreach.threads import Waiting

ABOUT = "reply:"
#: As many stand in somebody's Home.
MOST = 10


def tell(session: Session, w: Wiring, subjects: Collection[str]) -> None:
    """Show each of these answers (`reply:number`) as it is now: a new one is posted, one that is shown changes."""
    for subject in dict.fromkeys(subjects):
        number = subject.removeprefix(ABOUT)
        item = threads.the_answer(session, int(number))
        said = replies.message(shown(w, item))
        if places.update_message(session, w.clock, subject, said) is not None or item.reply.state != answering.OPEN:
            continue
        channel = _channel(session, w, item)
        if channel:
            payload = {**said, "unfurl_links": False, "unfurl_media": False}
            outbox.put(session, w.clock, key=subject, method="chat.postMessage", channel=channel, payload=payload)


def shown(w: Wiring, item: Waiting) -> Answer:
    reply, public = item.reply, w.settings.public_url.rstrip("/")
    open_now = reply.state == answering.OPEN
    return Answer(
        number=reply.id or 0, shown_as=item.shown_as, kind=reply.kind, because=reply.because, text=reply.text,
        campaign=item.campaign, assignee=w.people.name_of(reply.assignee) if reply.assignee else "", draft=reply.draft,
        done="" if open_now else reply.outcome or "nobody had to do anything",
        handled_by=w.people.name_of(reply.handled_by) if reply.handled_by else "",
        link=f"{public}/console/inbox/{reply.id}" if public else "",
        from_elsewhere=reply.sender if item.from_elsewhere else "",
    )  # fmt: skip


def waiting_for(session: Session, w: Wiring, person: Person) -> list[Answer]:
    """What stands in somebody's Home."""
    return [shown(w, item) for item in threads.open_answers(session, assignee=person.id, most=MOST)]


def _channel(session: Session, w: Wiring, item: Waiting) -> str:
    candidate = answering.about(session, item.reply)[0]
    named = ops_channel(campaign_of(session, candidate), w.settings) if candidate else w.settings.slack_channel
    own = next((person.slack for person in w.people if person.id == item.reply.assignee), "")
    return named or own
