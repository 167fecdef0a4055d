"""Requests to draw, and everything that Greenroom shows in Slack drawn from them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from approvals.slack import blocks, cards, commands, digest, home, modals, queue
from approvals.slack.queue import Queue
from approvals.slack.shown import Shown
from core.cards import Card, CardFile, Choice, Fact
from core.errors import Refused

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
REQUEST = "1f0c2b6e-5a3d-4c8e-9b7a-0d1e2f3a4b5c"
BERLIN = "Europe/Berlin"
READER = home.Reader(slack="U0ROSA", name="Rosa Reviewer", zone=BERLIN)
SEEN = "pool:spring#12, 2026-11-20"
APPROVE = Choice(id="approve", label="Approve")
CHANGES = Choice(id="request_changes", label="Request changes", needs_reason=True)
DECLINE = Choice(id="decline", label="Decline", needs_reason=True, reasons=("off topic", "off brand", "other"))
Drawn = dict[str, Any]


def fact(label: str, value: str, evidence: str = "") -> Fact:
    return Fact(label=label, value=value, evidence=evidence)


CANDIDATE = Card(
    title="Ada Linen (@ada.linen)",
    subtitle="Instagram, rank 3, fit 81.4 of 100",
    link="https://www.instagram.com/ada.linen",
    facts=(
        fact("Topic", "writes about linen and slow fashion", SEEN),
        fact("Engagement", "4.2% of followers respond", SEEN),
        fact("Location", "Berlin, in the area wanted", SEEN),
        fact("Cadence", "3 posts a week", SEEN),
        fact("Audience", "62% women, 48% from 25 to 34", "report:3"),
        fact("Caption", "Three years in the same shirt & still going", "post:77"),
        fact("Not known", "Growth", "92% of the fit is known"),
    ),
    risk="Worked with a competitor in May 2025 (post:41)",
    choices=(APPROVE, DECLINE, Choice(id="wrong_audience", label="Wrong audience"),
             Choice(id="hold", label="Hold", needs_reason=True)),
)  # fmt: skip
CONTRACT = Card(
    title="Contract with Ada Linen",
    subtitle="Spring Linen, GR-7 version 2; template creator-agreement-en version 3",
    facts=(
        fact(
            "Against the template",
            "Nothing but its blanks is filled in. Left out, as it does not apply: a fee.",
            "held to it word by word",
        ),
        *(fact(f"Term {number}", f"what was agreed on {number}", "offer version 2") for number in range(1, 24)),
    ),
    risk="The owner let it go beyond a limit: fee 250 EUR, limit 200 EUR",
    differences=("Fixed fee: 200.00 EUR → 250.00 EUR",),
    files=(CardFile(name="GR-7-v2.docx", sha256="ab12" * 16, path="/archive/ab12"),),
    choices=(Choice(id="sign_off", label="Sign off"), CHANGES),
)
BATCH = Card(
    title="First mails of Spring Linen",
    facts=(fact("Creators", "12"), fact("Template", "invite-en version 4", "approved by omar"),
           fact("Subject", "Linen, and three years of it"),
           fact("Body", "Hello Ada,\n\nwe read your post.\n> and quote it\n\nKind regards\nOmar")),
    choices=(APPROVE, CHANGES),
)  # fmt: skip
FOLLOWED = BATCH.model_copy(
    update={"facts": (*BATCH.facts, fact("Follow-up after 3 days", "Re: Linen\n\nHello Ada,\n\nagain <hi>.",
                                         "follow-up-1.en.txt.j2"))}
)  # fmt: skip
FIRST_FEW = Card(
    title="The first 3 mails of Spring Linen are out: 1 came back",
    subtitle="no more go in these words before somebody says so",
    facts=(fact("Template", "invite.en.txt.j2", "sha256 ab12"), fact("@ada.linen", "bounce", "mail 7"),
           fact("@<b>o", "interested", "mail 8, 20 November 2026"), fact("@cy", "nothing yet", "mail 9")),
    risk="1 came back: the others would reach many more people in the same words.",
    choices=(Choice(id="approve", label="Let all go"),
             Choice(id="decline", label="Quarantine it", needs_reason=True, reasons=("wording",))),
)  # fmt: skip
CONTENT = Card(
    title="Draft of Ada Linen",
    subtitle="Reel, version 1",
    facts=(fact("Posts", "2026-12-04"),
           fact("Caption 1", "My shirt, again. #linen", "No disclosure: #ad is missing"),
           fact("Caption 2", "Thanks to Loom for the shirt #ad")),
    choices=(APPROVE, CHANGES),
)  # fmt: skip
PLAIN = Card(
    title="Offer beyond the limits of Spring Linen", subtitle="Ada Linen, version 2",
    facts=(fact("Fixed fee", "250.00 EUR", "the campaign's standard is 200.00 EUR"),), risk="fee beyond 200 EUR",
    choices=(APPROVE, DECLINE),
)  # fmt: skip


def shown(card: Card = CANDIDATE, kind: str = "candidate", **more: Any) -> Shown:
    known: Drawn = {
        "request_id": REQUEST, "kind": kind, "campaign": "spring-linen", "card": card, "content_sha256": card.sha256,
        "assignee": "Rosa Reviewer", "due_at": NOW + timedelta(hours=30), "zone": BERLIN,
    }  # fmt: skip
    return Shown(**(known | more))


def decided(card: Card = CANDIDATE, kind: str = "candidate", choice: str = "approve", **more: Any) -> Shown:
    known = {"status": "decided", "choice": choice, "decided_by": "Rosa Reviewer", "decided_at": NOW}
    return shown(card, kind, **(known | more))


def a_queue(**decisions: int) -> Queue:
    return Queue(queue_id=REQUEST, campaign="spring-linen", number=2, total=25, decided=decisions,
                 reviewer="Rosa Reviewer", due_at=NOW + timedelta(days=2), zone=BERLIN)  # fmt: skip


def inbox(number: int) -> list[Shown]:
    """Requests overdue, due today, soon, late and waiting, in no order."""
    hours = (200, -3, 5, 30, 48)
    return [
        shown(request_id=f"{number:08d}-0000", due_at=NOW + timedelta(hours=hours[number % 5]),
              waits_for="Omar Ops" if number % 5 == 4 else "")
        for number in range(number)
    ]  # fmt: skip


def posted(said: Drawn) -> Drawn:
    return {"method": "chat.postMessage", "payload": blocks.post("C0QUEUE", said)}


def updated(said: Drawn) -> Drawn:
    return {"method": "chat.update", "payload": blocks.update("C0QUEUE", "1763890200.000100", said)}


def whispered(said: Drawn) -> Drawn:
    return {"method": "chat.postEphemeral", "payload": blocks.whisper("C0OPS", "U0OMAR", said)}


def opened(view: Drawn) -> Drawn:
    return {"method": "views.open", "payload": modals.opened("12345.98765.abcd", view)}


def published(items: list[Shown], page: int = 0) -> Drawn:
    return {"method": "views.publish", "payload": home.published(READER, items, now=NOW, page=page)}


LONG = CONTRACT.model_copy(update={"facts": tuple(fact(f"Line {one}", f"value {one}") for one in range(120))})
UNTIL = NOW + timedelta(minutes=30)
WHOM = commands.Whom(request_id=REQUEST, title="Contract with Ada Linen", assignee="Lea Legal", due_at=NOW,
                     zone=BERLIN, stands_in_for="Lars Legal")  # fmt: skip
NOT_YOURS = Refused("Omar Ops may not pause spring-linen.", next_step="Ask Olga Owner.")

#: Every card, view and state, by the name of its golden file.
EVERYTHING: dict[str, Callable[[], Drawn]] = {
    "candidate-open": lambda: posted(cards.message(shown(comments=2))),
    "candidate-photo": lambda: posted(cards.message(shown(photo="https://img.example.com/ada.jpg"))),
    "candidate-waiting": lambda: updated(cards.message(shown(waits_for="Omar Ops", comments=1))),
    "candidate-decided": lambda: updated(cards.message(decided())),
    "candidate-declined-undo": lambda: updated(
        cards.message(decided(choice="decline", reason="off brand", undo_until=UNTIL))
    ),
    "candidate-void": lambda: updated(cards.message(shown(status="void", void_reason="replaced by newer content"))),
    "contract-open": lambda: posted(cards.message(shown(CONTRACT, "final contract"))),
    "contract-signed-off": lambda: updated(cards.message(decided(CONTRACT, "final contract", "sign_off"))),
    "canary-open": lambda: posted(cards.message(shown(BATCH, "outreach batch"))),
    "canary-follow-ups": lambda: posted(cards.message(shown(FOLLOWED, "outreach batch"))),
    "canary-first-few": lambda: posted(cards.message(shown(FIRST_FEW, "outreach batch"))),
    "content-open": lambda: posted(cards.message(shown(CONTENT, "draft content"))),
    "offer-open": lambda: posted(cards.message(shown(PLAIN, "offer"))),
    "weights-open": lambda: posted(cards.message(shown(PLAIN, "weights"))),
    "measurement-open": lambda: posted(cards.message(shown(PLAIN, "measurement"))),
    "brief-open": lambda: posted(cards.message(shown(PLAIN, "creative brief"))),
    "tracking-open": lambda: posted(cards.message(shown(PLAIN, "tracking setup"))),
    "queue-begun": lambda: posted(queue.message(a_queue())),
    "queue-under-way": lambda: updated(queue.message(a_queue(Approve=9, Decline=3))),
    "queue-done": lambda: updated(queue.message(a_queue(Approve=20, Decline=5))),
    "modal-reasons": lambda: opened(modals.reasons(shown(), DECLINE)),
    "modal-note": lambda: opened(modals.reasons(shown(CONTRACT, "final contract"), CHANGES)),
    "modal-more": lambda: opened(modals.more(shown())),
    "modal-more-second-page": lambda: opened(modals.more(shown(LONG, "final contract"), page=1)),
    "modal-ask": lambda: opened(modals.ask(shown())),
    "modal-reassign": lambda: opened(modals.reassign(shown())),
    "modal-more-decided": lambda: opened(modals.more(decided(undo_until=UNTIL))),
    "modal-more-waiting": lambda: opened(modals.more(shown(waits_for="Omar Ops", comments=1))),
    "modal-comment": lambda: opened(modals.comment(shown())),
    "modal-answer": lambda: opened(
        modals.answer(shown(waits_for="Omar Ops", question="Is she free in May?\n*Really* free?"))
    ),
    "home-stranger": lambda: {"method": "views.publish", "payload": home.unknown("U0NOBODY")},
    "home-empty": lambda: published([]),
    "home-one-page": lambda: published(inbox(7)),
    "home-middle-page": lambda: published(inbox(25), page=1),
    "digest": lambda: posted(digest.digest(READER, inbox(20), now=NOW)),
    "digest-empty": lambda: posted(digest.digest(READER, [], now=NOW)),
    "reminder": lambda: posted(digest.reminder(READER, inbox(3), now=NOW)),
    "escalation": lambda: posted(
        digest.escalation(READER, shown(due_at=NOW - timedelta(hours=5)), now=NOW, why="You stand in for Rosa.")
    ),
    "reminder-of-many": lambda: posted(digest.reminder(READER, inbox(20), now=NOW, total=37)),
    "question": lambda: posted(
        digest.question(READER, shown(waits_for="Rosa Reviewer"), asked_by="Lea Legal", text="Is *she* alone?\n> yes?")
    ),
    "command-source": lambda: whispered(commands.source("spring-linen", job="41")),
    "command-queue": lambda: whispered(commands.queue(a_queue(Approve=9))),
    "command-status": lambda: whispered(
        commands.status("spring-linen", {"queued": 16, "approved": 9}, waiting=16, overdue=2, paused=True)
    ),
    "command-pause": lambda: whispered(commands.paused("spring-linen", by="Omar Ops", stopped=12)),
    "command-go-on": lambda: whispered(commands.went_on("spring-linen", by="Omar Ops")),
    "command-misread": lambda: whispered(commands.help_("sorce `linen`", "source <campaign>")),
    "command-who": lambda: whispered(commands.who([WHOM])),
    "command-help": lambda: whispered(commands.help_()),
    "command-refused": lambda: whispered(commands.refused(NOT_YOURS)),
}
