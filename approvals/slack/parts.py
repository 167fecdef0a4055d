"""What the cards of all kinds have in common: state, who and until when, facts, and the buttons.

Pure. Knows a request as a value, and no kind but those where money is decided.
"""

from collections.abc import Sequence

from approvals.kinds import Kind
from approvals.slack import blocks, limits
from approvals.slack.blocks import Block, Payload
from approvals.slack.ids import Action, choose
from approvals.slack.ids import Block as Id
from approvals.slack.shown import DECIDED, OPEN, VOID, Shown, moment
from approvals.slack.words import mrkdwn, plain
from core.cards import Choice, Fact

#: A card shows the start of long values; "More" shows all of them.
SHORT = 600
#: Saying yes to these binds money.
MONEY = frozenset({Kind.OFFER, Kind.FINAL_CONTRACT})
_YES = frozenset({"approve", "sign_off"})
_NO = frozenset({"decline"})
#: Beside the choices: more, ask, hand over, link.
_MOST_CHOICES = 20


def bold(text: str, limit: int = 300) -> str:
    """Anybody's text in bold; the stars are ours, and stay outside of what is cut."""
    return f"*{limits.clip(mrkdwn(text), limit) or blocks.NOTHING}*"


def short(text: str, limit: int = SHORT) -> str:
    return limits.clip(mrkdwn(text), limit) or blocks.NOTHING


def fact_line(fact: Fact) -> str:
    """Label, value and where it comes from."""
    line = f"{bold(fact.label, 100)}: {short(fact.value)}"
    return f"{line} ({short(fact.evidence, 200)})" if fact.evidence else line


def fact_field(fact: Fact) -> str:
    return f"{bold(fact.label, 100)}\n{short(fact.value)}"


def lines(title: str, facts: Sequence[Fact]) -> list[Block]:
    """A list of facts under a title; nothing where there are none."""
    if not facts:
        return []
    return [blocks.section(f"*{title}*\n" + limits.fit([f"• {fact_line(fact)}" for fact in facts], 2900))]


def risk(shown: Shown) -> list[Block]:
    return [blocks.section(f"⚠️ *Main risk:* {short(shown.card.risk, 1500)}")] if shown.card.risk else []


def head(shown: Shown) -> list[Block]:
    """Title and subtitle; a picture beside them where one may be shown."""
    photo = blocks.safe_address(shown.photo, ("https",))
    beside = blocks.picture(photo, f"Picture of {shown.card.title}") if photo else None
    under = short(shown.card.subtitle) if shown.card.subtitle else short(shown.kind)
    return [blocks.header(shown.card.title), blocks.section(under, beside)]


def foot(shown: Shown, *, whole: bool = False) -> list[Block]:
    """What became of it, or who is asked until when, with the buttons that make sense now.

    `whole` where everything is shown already.
    """
    if shown.status == OPEN:
        return [*_waiting(shown), _who(shown), _buttons(shown), _more_buttons(shown, whole=whole)]
    undo = [_undo(shown)] if shown.status == DECIDED and shown.undo_until else []
    return [blocks.section(_outcome(shown)), _who(shown), *undo]


def said(shown: Shown, body: Sequence[Block]) -> Payload:
    """The whole message: head, body, foot, and the words for notifications."""
    return blocks.message(summary(shown), [*head(shown), *body, *foot(shown)])


def summary(shown: Shown) -> str:
    """One sentence that says the same as the card."""
    title = f"{short(shown.kind, 60)}: {short(shown.card.title, 300)}"
    if shown.status == VOID:
        return f"Withdrawn: {title}"
    if shown.status == DECIDED:
        return f"{short(shown.decision, 75)} by {short(shown.decided_by, 100)}: {title}"
    state = f"Waiting for {short(shown.waits_for, 100)}" if shown.waits_for else "To decide"
    return f"{state}: {title}, due {moment(shown.due_at, shown.zone)}"


def _waiting(shown: Shown) -> list[Block]:
    if not shown.waits_for:
        return []
    return [
        blocks.section(f"⏸️ *Waiting for {short(shown.waits_for, 100)} to answer.* The clock stands still meanwhile.")
    ]


def _who(shown: Shown) -> Block:
    known = [f"For {short(shown.assignee, 100)}"]
    if shown.status == OPEN and not shown.waits_for:
        known.append(f"due {moment(shown.due_at, shown.zone)}")
    if shown.comments:
        known.append(f"{shown.comments} comment{'s' if shown.comments != 1 else ''}")
    known += [short(shown.campaign, 100), f"request {short(shown.short_id)}"]
    return blocks.context(" · ".join(known))


def _outcome(shown: Shown) -> str:
    if shown.status == VOID:
        return f"🚫 *Withdrawn:* {short(shown.void_reason)}. There is nothing to decide any more."
    when = f", {moment(shown.decided_at, shown.zone)}" if shown.decided_at else ""
    words = f"☑️ {bold(shown.decision, 75)} by {short(shown.decided_by, 100)}{when}"
    if shown.reason:
        words += f"\n*Reason:* {short(shown.reason, 2000)}"
    if shown.undo_until:
        words += f"\nCan be taken back until {moment(shown.undo_until, shown.zone)}."
    return words


def _undo(shown: Shown) -> Block:
    return blocks.actions(Id.BUTTONS, [blocks.button("Take it back", Action.UNDO, shown.request_id)])


def _buttons(shown: Shown) -> Block:
    return blocks.actions(Id.BUTTONS, [_choice(shown, one) for one in shown.card.choices[:_MOST_CHOICES]])


def _choice(shown: Shown, choice: Choice) -> Block:
    style = "primary" if choice.id in _YES else "danger" if choice.id in _NO else ""
    ask = None
    # A choice with a reason opens a modal, which asks already.
    if shown.kind in MONEY and choice.id in _YES and not choice.needs_reason:
        label = limits.clip(plain(choice.label), limits.CONFIRM_BUTTON)
        about = f"{limits.clip(plain(shown.card.title), 150)}, exactly as shown here. This binds money."
        ask = blocks.confirm(f"{label}?", about, label)
    return blocks.button(choice.label, choose(choice.id), shown.request_id, style=style, ask=ask)


def _more_buttons(shown: Shown, *, whole: bool) -> Block:
    first = ("Comment", Action.COMMENT) if whole else ("More", Action.MORE)
    second = ("Answer", Action.ANSWER) if shown.waits_for else ("Ask for information", Action.ASK)
    known = [
        blocks.button(label, action, shown.request_id)
        for label, action in (first, second, ("Hand over", Action.REASSIGN))
    ]
    address = blocks.safe_address(shown.card.link)
    if address:
        known.append(
            blocks.link_button("Open profile" if shown.kind == Kind.CANDIDATE else "Open", Action.LINK, address)
        )
    return blocks.actions(Id.MORE_BUTTONS, known)
