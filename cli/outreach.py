"""`greenroom outreach`: what will be written, what went out, and what a person must settle."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from cli.options import ActorFlag, CampaignName
from cli.screen import JsonFlag, answer, plain, progress, say, table
from core.database import reading, unit_of_work
from core.errors import TransientError
from core.models.outreach import Message
from flows.steps import outreach as steps
from flows.wiring import wired
from outreach import service as outreach
from outreach.service import Invitations, SendReport

app = typer.Typer()


@app.command("preview")
def preview(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Write the invitations that are due and show each exactly as its creator will read it. Sends nothing."""
    w = wired()
    written = steps.write_invitations(w, campaign)
    with reading(w.engine) as session:
        mails = outreach.preview(session, campaign)
    lines: list[Text] = []
    for mail in mails:
        lines += [Text(f"To {plain(mail.recipient)}: {plain(mail.subject)}", style="bold"), Text(plain(mail.text))]
        lines += [Text(f"  said of them: {plain(fact['shown'])}, from {plain(fact['source'])}", style="dim")
                  for fact in mail.facts]  # fmt: skip
        lines.append(Text())
    document = {"mails": [asdict(mail) for mail in mails], "left": [asdict(left) for left in written.left]}
    answer(document, as_json=as_json, lines=[*lines, f"{len(mails)} mails are ready.", *_left(written)])


@app.command("send")
def send(
    campaign: CampaignName,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many now.")] = None,
    ignore_window: Annotated[bool, typer.Option("--any-hour", help="Also outside the sender's office hours.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write and send what is due, inside the day's cap. Ctrl-C stops between two mails."""
    w = wired()
    written = steps.write_invitations(w, campaign)
    with progress("Sending", "sent") as step:
        count = 0

        def show(_message: Message) -> None:
            nonlocal count
            count += 1
            step(count, None)

        report = steps.send_due(w, campaign, limit=limit, ignore_window=ignore_window, on_sent=show)
    where = f" as files in {w.settings.outbox_folder} (dry run)" if w.settings.dry_run else ""
    document = asdict(report) | {"dry_run": w.settings.dry_run, "left_for_a_person": [asdict(x) for x in written.left]}
    answer(document, as_json=as_json, lines=[f"{len(report.sent)} sent{where}.", *_told(report), *_left(written)])
    if report.trouble:
        raise TransientError(f"The batch stopped: {report.trouble}", next_step="The same command goes on from here.")


@app.command("status")
def status(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Every mail of a campaign: who, which, where it stands."""
    with reading(wired().engine) as session:
        found = outreach.status(session, campaign)
    rows = [(m.id, m.handle, m.step, m.status, f"{m.sent_at:%Y-%m-%d %H:%M}" if m.sent_at else "", m.stage, m.detail)
            for m in found.messages]  # fmt: skip
    document = {
        "counts": found.counts,
        "replies": found.replies,
        "slots": [{"sender": sender, "day": day, "used": used} for (sender, day), used in found.slots.items()],
        "messages": [asdict(message) for message in found.messages],
    }
    counted = ", ".join(f"{count} {name}" for name, count in found.counts.items()) or "no mails yet"
    columns = ["no.", "creator", "mail", "status", "sent (UTC)", "creator stands", "note"]
    answer(document, as_json=as_json, lines=[table(f"Mails of {campaign}: {counted}", columns, rows, right=["no."])])


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
        for number, was_sent in words:
            outreach.settle_by_word(session, w.clock, number, sent=was_sent, actor=w.actor(actor).id)
        done = outreach.reconcile(session, w.clock, campaign=campaign, evidence=w.evidence)
    lines = [f"Settled: {len(words)} by your word, {len(done.sent) + len(done.pending_again)} by evidence."]
    if done.still_unknown:
        lines += [
            f"{done.still_unknown} still unknown: look in the sender's sent folder, then --sent or --unsent NUMBER."
        ]
    answer(asdict(done), as_json=as_json, lines=lines)


def _told(report: SendReport) -> list[str]:
    lines = []
    if report.failed:
        lines.append(f"{len(report.failed)} could not be sent; see: greenroom outreach status")
    if report.unknown:
        lines.append(f"{len(report.unknown)} may or may not have gone out; see: greenroom outreach reconcile")
    if report.left:
        again = f", again from {report.next_at:%Y-%m-%d %H:%M} UTC" if report.next_at else ""
        lines.append(f"{report.left} left: {report.left_because or 'stopped'}{again}.")
    if report.stopped_by_hand:
        say("Stopped by hand between two mails; the same command goes on from here.")
    return lines


def _left(written: Invitations) -> list[str]:
    return [f"Left for a person: {left.handle}: {left.reason}" for left in written.left]
