"""A card with a button and one that asks first, and the forms about a creator, for members of the simulated Slack."""

from approvals.slack import blocks, modals
from core.cards import Choice
from tests.approvals.slack.sample import shown as a_request

ASKING = blocks.confirm("Send it?", "It cannot be called back.", "Send")
BUTTONS = blocks.actions("buttons", [
    blocks.button("Approve", "request.choose.approve", "r1"),
    blocks.button("Sign", "request.choose.sign", "r1", ask=ASKING),
])  # fmt: skip
CARD = blocks.message("A card", [blocks.section("A card"), BUTTONS])
CANDIDATE = a_request()
DECLINE = Choice(id="decline", label="Decline", needs_reason=True, reasons=("wrong audience", "off brand"))
REASONS = modals.reasons(CANDIDATE, DECLINE)
ASK = modals.ask(CANDIDATE)
