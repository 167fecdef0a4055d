"""`greenroom outreach quarantine` and `corrections`: a wording out of use, and put right with whom it reached."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.lookup import names_of, wired_for
from cli.options import ActorFlag, CampaignName, ReasonFlag
from cli.screen import JsonFlag, Line, answer, counted, fields_of, plain, table
from core.database import reading
from core.models.outreach import Message
from flows.steps import quarantine as steps
from flows.steps.quarantine import Quarantined
from outreach.quarantine import WentOut

app = typer.Typer()
_COLUMNS = ["creator", "campaign", "mail", "stands", "sent (UTC)", "answered"]


@app.command("quarantine")
def quarantine(
    campaign: CampaignName,
    template: Annotated[str, typer.Option(help="A template such as invite, or the start of a version's sha256.")] = "",
    reason: ReasonFlag = "",
    say: Annotated[
        str, typer.Option(help="What was wrong and what is right, for a correction to those it went to.")
    ] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Let the wording be used again.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Send nothing more in a wording: call back what waits, list what went out, and draft a correction."""
    w = wired_for(campaign)
    if lift:
        row, waiting = steps.lift(w, campaign, named=template, actor=w.actor(actor))
        lines = [f"{row.template} (version {row.template_sha256[:12]}) may be used again; "
                 f"{counted(len(waiting), 'mail waits', 'mails wait')} again.",
                 f"Send: greenroom outreach send {campaign}"]  # fmt: skip
        answer({"quarantine": fields_of(row), "waiting_again": waiting}, as_json=as_json, lines=lines)
        return
    done = steps.put_in_quarantine(w, campaign, named=template, why=reason, say=say, actor=w.actor(actor))
    document = {
        "quarantine": fields_of(done.row),
        "called_back": done.called_back,
        "went_out": [asdict(one) for one in done.went_out],
        "corrections": [fields_of(draft) for draft in done.corrections.drafts],
        "left_for_a_person": [asdict(left) for left in done.corrections.left],
    }
    answer(document, as_json=as_json, lines=_told(done, campaign))


@app.command("corrections")
def corrections(
    campaign: CampaignName,
    send: Annotated[list[int] | None, typer.Option(help="Send the draft with this number; you have read it.")] = None,
    send_all: Annotated[bool, typer.Option("--send-all", help="Send every draft; you have read them.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Read the drafts of corrections; with --send or --send-all let them go with the next batch."""
    w = wired_for(campaign)
    if send or send_all:
        going = steps.send_corrections(w, campaign, numbers=send or [], actor=w.actor(actor))
        lines = [f"{counted(len(going), 'correction goes', 'corrections go')} with: greenroom outreach send {campaign}"]
        answer({"going": [fields_of(message) for message in going]}, as_json=as_json, lines=lines)
        return
    drafts = steps.corrections(w, campaign)
    with reading(w.engine) as session:
        names = names_of(session, (draft.candidate_id for draft in drafts))
    answer([_draft_fields(draft, names) for draft in drafts], as_json=as_json, lines=_drafts(drafts, names, campaign))


def _told(done: Quarantined, campaign: str) -> list[Line]:
    row, drafts, left = done.row, done.corrections.drafts, done.corrections.left
    named = f"greenroom outreach quarantine {campaign} --template {row.template_sha256[:12]}"
    lines: list[Line] = [
        f"{row.template} (version {row.template_sha256[:12]}) is in quarantine: {row.why}.",
        f"{counted(len(done.called_back), 'mail is', 'mails are')} called back.",
        table(f"Out already: {counted(len(done.went_out), 'mail')}", _COLUMNS, [_row(one) for one in done.went_out]),
    ]
    lines += [f"No correction to {one.handle}: {one.reason}" for one in left]
    if drafts:
        lines.append(f"{counted(len(drafts), 'correction')} drafted. Read: greenroom outreach corrections {campaign}")
    elif any(one.status == "sent" for one in done.went_out) and not left:
        lines.append(f'To tell those it reached: {named} --say "What was wrong, and what is right."')
    lines.append(f"Write with other words: edit {row.template}, then greenroom outreach canary {campaign}")
    return [*lines, f"Use it again after all: {named} --lift"]


def _row(one: WentOut) -> Sequence[object]:
    sent = f"{one.sent_at:%Y-%m-%d %H:%M}" if one.sent_at else ""
    return (one.creator, one.campaign, one.step, one.status, sent, one.answer or "no")


def _drafts(drafts: Sequence[Message], names: dict[int | None, str], campaign: str) -> list[Line]:
    lines: list[Line] = []
    for draft in drafts:
        head = f"{draft.id}: {names[draft.candidate_id]} <{draft.recipient}>: {draft.subject}"
        lines += [Text(plain(head), style="bold"), Text(plain(draft.text))]
    lines.append(f"{counted(len(drafts), 'draft')} of a correction.")
    if drafts:
        lines.append(f"Send: greenroom outreach corrections {campaign} --send NUMBER, or --send-all")
    return lines


def _draft_fields(draft: Message, names: dict[int | None, str]) -> dict[str, Any]:
    return fields_of(draft) | {"creator": names[draft.candidate_id]}
