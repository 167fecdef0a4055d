"""The rest of what Greenroom shows in Slack: sign-offs that changed, spot checks, drafts, sentences to one person."""

from collections.abc import Callable
from dataclasses import replace

from approvals.captions import Flag, Verdict, content_card
from approvals.sampling import sample_card
from approvals.slack import blocks, cards, home, modals, replies, words
from approvals.slack.replies import Answer
from core.campaign import load_campaign
from core.cards import Card, CardFile, Choice, Fact
from core.models.guardrails import AutomatedAction
from core.settings import PROJECT
from flows.slack.clicks import QUEUE_DONE
from flows.slack.desk import GAVE_UP, in_words
from tests.approvals.slack.sample import (
    CONTRACT,
    NOT_YOURS,
    NOW,
    READER,
    Drawn,
    decided,
    opened,
    posted,
    shown,
    updated,
)

BRIEF = Card(
    title="Creative brief of Spring Linen",
    subtitle="Loom, cycle 1; no creator is written to before it is signed off",
    facts=(
        Fact(label="Objective", value="first orders"),
        Fact(label="Budget", value="5000 EUR", evidence="at most 250 EUR per creator"),
        Fact(label="Outreach wording", value="invite-en", evidence=f"sha256 {'cd34' * 16}"),
    ),
    differences=("Budget (offer.budget): 4000 → 5000", "Wording of outreach (voice): ab12ab12ab12 → cd34cd34cd34"),
    choices=(
        Choice(id="sign_off", label="Sign off"),
        Choice(
            id="request_changes", label="Request changes", needs_reason=True, reasons=("terms or budget", "wording")
        ),
    ),
)
_ACTION = AutomatedAction(id=7, campaign="spring-linen", kind="follow-up", subject="message:12", at=NOW)
CHECK = sample_card(_ACTION, what="the follow-up to @ada.linen", facts=(Fact(label="Text", value="Hello again, Ada"),))
DRAFT = content_card(
    load_campaign(PROJECT / "campaigns" / "linen-summer.toml").model_copy(update={"name": "Spring Linen"}),
    Verdict(flags=(Flag(rule="disclosure", words="The disclosure is missing.", found=""),)),
    caption="My shirt, *again*.\n> #linen <!channel>",
    creator="@ada.linen",
    platform="instagram",
    disclosure="#ad",
    files=(CardFile(name="reel.mp4", sha256="ef56" * 16, path="/drafts/ef56"),),
)
_SOURCED = words.mrkdwn_lines(
    "Spring Linen is sourced: 25 of 612 creators wait in the queue.\nThe next are *queued* too."
)

ANSWER = Answer(
    number=12, shown_as="@ada.linen", kind="price talk", because="My *rate* is 250 EUR <!channel>",
    text="Hi Sofia,\n\nmy *rate* is 250 EUR <!channel>, @here.\n> not a quote of yours\n\nAda", campaign="spring-linen",
    assignee="Sofia Sender", draft="Hi Ada,\n\nI will ask.\n\nSofia", link="https://greenroom.example/console/inbox/12",
    from_elsewhere="agency@example.com",
)  # fmt: skip
HANDLED = replace(ANSWER, done="answered with mail 31", handled_by="Sofia Sender", from_elsewhere="")

MORE: dict[str, Callable[[], Drawn]] = {
    "brief-changed": lambda: posted(cards.message(shown(BRIEF, "creative brief"))),
    "brief-signed-off": lambda: updated(cards.message(decided(BRIEF, "creative brief", "sign_off"))),
    "spot-check-open": lambda: posted(cards.message(shown(CHECK, "spot check"))),
    "spot-check-problem": lambda: updated(
        cards.message(decided(CHECK, "spot check", "problem", reason="wrong person", undo_until=NOW))
    ),
    "draft-flagged": lambda: posted(cards.message(shown(DRAFT, "draft content"))),
    "modal-more-files": lambda: opened(modals.more(shown(CONTRACT, "final contract"))),
    "modal-reasons-changes": lambda: opened(modals.reasons(shown(BRIEF, "creative brief"), BRIEF.choices[1])),
    "reply-open": lambda: posted(replies.message(ANSWER)),
    "reply-done": lambda: updated(replies.message(HANDLED)),
    "modal-reply": lambda: opened(replies.form(ANSWER)),
    "modal-reply-hand-over": lambda: opened(replies.hand_over(ANSWER)),
    "modal-reply-unclear": lambda: opened(replies.form(replace(ANSWER, draft="", kind="unclear"))),
    "home-with-answers": lambda: {
        "method": "views.publish",
        "payload": home.published(READER, [], now=NOW, answers=[ANSWER, HANDLED]),
    },
    "told-refused": lambda: posted(in_words(NOT_YOURS)),
    "told-gave-up": lambda: posted(in_words(GAVE_UP)),
    "told-queue-done": lambda: posted(QUEUE_DONE),
    "told-sourced": lambda: posted(blocks.message(_SOURCED, [blocks.section(_SOURCED)])),
}
