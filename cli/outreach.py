"""`greenroom outreach`: what will be written, what went out, and what a person must settle."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from cli import outreach_direct, outreach_grounds, outreach_preview, outreach_quarantine, outreach_status
from cli.cards import asked_line, card_lines
from cli.interruption import STOPPED
from cli.lookup import check_campaign, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.outreach_preview import left_lines
from cli.screen import JsonFlag, answer, counted, fields_of, progress
from cli.second_thoughts import carry_out_due
from core.database import unit_of_work
from core.models.outreach import Message
from core.stages import Stage
from flows.steps import canary as first_mail
from flows.steps import outreach as steps
from flows.steps import senders
from flows.wiring import wired
from outreach import service as outreach
from outreach.service import SendReport

app = typer.Typer()
app.add_typer(outreach_preview.app)
app.add_typer(outreach_status.app)
app.add_typer(outreach_quarantine.app)
app.add_typer(outreach_grounds.app)
app.add_typer(outreach_direct.app)


@app.command("send")
def send(
    campaign: CampaignName,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many now.")] = None,
    ignore_window: Annotated[bool, typer.Option("--any-hour", help="Also at night and at weekends.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write and send what is due, inside the day's cap. Ctrl-C stops between two mails."""
    w = wired_for(campaign)
    carry_out_due(w, campaign)
    steps.close_unanswered(w, campaign)
    written = steps.write_due(w, campaign)
    with progress("Sending", "sent") as step:
        count = 0

        def show(_message: Message) -> None:
            nonlocal count
            count += 1
            step(count, None)

        report = steps.send_due(w, campaign, limit=limit, ignore_window=ignore_window, on_sent=show)
    where = f" as files in {w.settings.outbox_folder} (dry run)" if report.sent and w.settings.dry_run else ""
    document = asdict(report) | {"dry_run": w.settings.dry_run, "left_for_a_person": [asdict(x) for x in written.left]}
    lines = [f"{len(report.sent)} sent{where}.", *_told(report, campaign), *left_lines(written, campaign)]
    answer(document, as_json=as_json, lines=lines)
    if report.trouble or report.stopped_by_hand:
        raise typer.Exit(STOPPED if report.stopped_by_hand else 3)


@app.command("canary")
def canary(campaign: CampaignName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Put the next mail before a person, exactly as it will be sent; none in its words goes out before that."""
    w = wired_for(campaign)
    carry_out_due(w, campaign)
    request = first_mail.ask_canary(w, campaign, actor=w.actor(actor))
    lines = [*card_lines(request), asked_line(request)]
    answer(fields_of(request), as_json=as_json, lines=lines)


@app.command("pause")
def pause(campaign: CampaignName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Send nothing more of a campaign until somebody goes on; the mails of running deals still go."""
    w = wired_for(campaign)
    held = steps.pause(w, campaign, actor=w.actor(actor))
    lines = [f"Paused; {counted(held, 'mail is', 'mails are')} held back.",
             f"Go on with: greenroom outreach go-on {campaign}"]  # fmt: skip
    answer({"campaign": campaign, "paused": True, "held_back": held}, as_json=as_json, lines=lines)


@app.command("go-on")
def go_on(
    campaign: CampaignName,
    sender: Annotated[str, typer.Option(help="Only this sender, whose mails stand still as too many came back.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Let a paused campaign's mails go again, or those of a sender that stood still."""
    w = wired_for(campaign)
    again = f"may go again: greenroom outreach send {campaign}"
    if sender:
        person = senders.let_go_on(w, campaign, sender=sender, actor=w.actor(actor))
        answer({"sender": person.id, "stopped": False}, as_json=as_json, lines=[f"Mails of {person.name} {again}"])
        return
    steps.go_on(w, campaign, actor=w.actor(actor))
    answer({"campaign": campaign, "paused": False}, as_json=as_json, lines=[f"Mails of {campaign} {again}"])


@app.command("by-hand")
def by_hand(
    campaign: CampaignName,
    creator: CreatorName,
    how: Annotated[str, typer.Option(help="What you wrote, or where.")],
    address: Annotated[str, typer.Option(help="A mail address that the creator gave you, for later mails.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record that you wrote to an approved creator yourself, as where no mail address is known."""
    w = wired_for(campaign)
    message = steps.by_hand(w, campaign, creator, actor=w.actor(actor), how=how, address=address)
    lines = [
        f"{creator} is now {Stage.INVITED}.",
        f"Next, when they answer you: greenroom inbox record {campaign} {creator} KIND --note WORDS",
    ]
    answer(fields_of(message), as_json=as_json, lines=lines)


@app.command("retry")
def retry(
    number: Annotated[int, typer.Argument(help="The number of a failed mail, as in outreach status.")],
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Send a failed mail with the next batch after all, because the reason is gone."""
    w = wired()
    person = w.actor(actor).id
    with unit_of_work(w.engine) as session:
        message = outreach.retry(session, w.clock, number, actor=person)
    lines = [f"Mail {number} goes out with: greenroom outreach send {message.campaign}"]
    answer(fields_of(message), as_json=as_json, lines=lines)


@app.command("reconcile")
def reconcile(
    campaign: CampaignName,
    sent: Annotated[list[int] | None, typer.Option(help="This mail did go out: somebody looked.")] = None,
    unsent: Annotated[list[int] | None, typer.Option(help="This mail did not go out: somebody looked.")] = None,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Settle mails of which nobody could tell whether they went out: by evidence, else by a person's word."""
    w = wired()
    words = [(number, True) for number in sent or []] + [(number, False) for number in unsent or []]
    with unit_of_work(w.engine) as session:
        check_campaign(session, campaign)
        for number, was_sent in words:
            outreach.settle_by_word(session, w.clock, number, sent=was_sent, actor=w.actor(actor).id)
    done = outreach.reconcile(w.engine, w.clock, campaign=campaign, evidence=w.evidence)
    lines = [f"Settled: {len(words)} by your word, {len(done.sent) + len(done.pending_again)} by evidence."]
    if done.still_unknown:
        lines.append(f"{done.still_unknown} still unknown: look in the sender's sent folder, then add --sent or "
                     "--unsent with the number.")  # fmt: skip
    answer(asdict(done), as_json=as_json, lines=lines)


def _told(report: SendReport, campaign: str) -> Iterator[str]:
    if report.failed:
        yield f"{len(report.failed)} could not be sent; see: greenroom outreach status {campaign}"
    if report.unknown:
        yield f"{len(report.unknown)} may or may not have gone out; see: greenroom outreach reconcile {campaign}"
    yield from _noticed(report, campaign)
    if report.stale:
        yield f"{counted(report.stale, 'mail')} would leave too little time to answer; sending again writes them anew."
    if report.outdated:
        yield f"{counted(report.outdated, 'mail')} not in the words signed off; sending again writes them anew."
    if report.left > report.stale + report.outdated:
        again = f", again from {report.next_at:%Y-%m-%d %H:%M} UTC" if report.next_at else ""
        because = f": {report.left_because.rstrip('.')}" if report.left_because else " for the next time"
        yield f"{report.left - report.stale - report.outdated} left{because}{again}."
    if report.trouble:
        yield f"The batch stopped: {report.trouble} The same command goes on from here."
    if report.stopped_by_hand:
        yield "Stopped by hand between two mails. The same command goes on from here."


def _noticed(report: SendReport, campaign: str) -> Iterator[str]:
    if report.called_off:
        yield (f"{counted(len(report.called_off), 'mail')} called off, as they do not fit any more; "
               f"see: greenroom outreach status {campaign}")  # fmt: skip
    for warning in report.warnings:
        yield f"Watch out: {warning}."
