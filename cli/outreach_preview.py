"""`greenroom outreach preview`: every mail that waits as its creator will read it, here and on a page."""

from dataclasses import asdict

import typer
from rich.text import Text

from cli.lookup import wired_for
from cli.options import CampaignName
from cli.screen import JsonFlag, answer, counted, plain
from cli.second_thoughts import carry_out_due
from flows.steps.outreach import Due
from flows.steps.previewing import preview as write_preview
from outreach.page import WaitingMail
from outreach.service import Invitations
from outreach.writing import gathered

app = typer.Typer()


@app.command("preview")
def preview(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """Write what is due until tomorrow and show each mail exactly as its creator will read it. Sends nothing."""
    w = wired_for(campaign)
    carry_out_due(w, campaign)
    done = write_preview(w, campaign)
    document = {"mails": [asdict(mail) for mail in done.mails], "left": [asdict(left) for left in done.due.left],
                "page": str(done.page)}  # fmt: skip
    lines: list[Text | str] = [line for mail in done.mails for line in _lines(mail)]
    lines.append(f"{counted(len(done.mails), 'mail is', 'mails are')} ready.")
    lines += left_lines(done.due, campaign)
    lines.append(f"To look at as they will look: {done.page}")
    answer(document, as_json=as_json, lines=lines)


def left_lines(written: Invitations | Due, campaign: str) -> list[str]:
    """Who got no mail and why, and what to do about it."""
    lines = [f"Left for a person: {', '.join(handles)}: {reason}" for handles, reason in gathered(written.left)]
    more = [f"Drafts of direct messages to them: greenroom outreach direct {campaign}",
            f"Once you wrote to one of them: greenroom outreach by-hand {campaign} CREATOR --how WHERE"]  # fmt: skip
    return [*lines, *more] if lines else []


def _lines(mail: WaitingMail) -> list[Text | str]:
    said = [Text(f"  said of them: {plain(str(fact['shown']))}, from {plain(str(fact['source']))}", style="dim")
            for fact in mail.facts]  # fmt: skip
    wrong = [Text(f"  {problem['code']}: {plain(problem['message'])}", style="red") for problem in mail.problems]
    heading = Text(f"To {plain(mail.recipient)}: {plain(mail.subject)}", style="bold")
    return [heading, Text(plain(mail.text)), *said, *wrong, Text()]
