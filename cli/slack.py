"""`greenroom slack`: whether Slack is set up so that everything works, posting again, and the app's manifest."""

from dataclasses import asdict
from typing import Annotated
from urllib.parse import urlsplit

import typer
from sqlmodel import select

from approvals.slack.api import WebSlack
from approvals.slack.manifest import as_text
from cli.screen import JsonFlag, answer, print_out, table
from core.campaign import Campaign
from core.database import reading
from core.errors import WrongUsage
from core.models.campaigns import CampaignAdoption
from core.store import stored_campaign
from flows.slack.checking import Look, look
from flows.slack.posting import look_again
from flows.slack.trouble import lost_in_words
from flows.wiring import Wiring, check_slack, wired

app = typer.Typer()


@app.command("check")
def check(as_json: JsonFlag = False) -> None:
    """Ask Slack about tokens, permissions, channels, people and groups; exit 1 where something is wrong."""
    w = wired()
    check_slack(w.settings)
    slack = w.slack()
    token = w.settings.slack_app_token
    line = WebSlack(token.get_secret_value(), base_url=w.settings.slack_api_url) if token is not None else None
    looks = [*look(w.settings, w.people, _campaigns(w), slack, line), *_lost(w)]
    well = all(one.ok for one in looks)
    rows = [("ok" if one.ok else "wrong", one.what, one.found, one.next_step) for one in looks]
    answer(
        {"ok": well, "looks": [asdict(one) for one in looks]},
        as_json=as_json,
        lines=[table("Greenroom in Slack", ["", "what", "found", "next step"], rows)],
    )
    if not well:
        raise typer.Exit(1)


@app.command("repost")
def repost(as_json: JsonFlag = False) -> None:
    """Post what is open and not in Slack: after a channel was named, or takes what it refused before."""
    w = wired()
    check_slack(w.settings)
    w.slack()
    look_again(w)
    said = "What is open and not in Slack is posted within seconds, while greenroom serve runs."
    answer({"reposted": True}, as_json=as_json, lines=[said])


@app.command("manifest")
def manifest(
    public_url: Annotated[str, typer.Option(help="Where Slack reaches the web door; empty: Socket Mode.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """What to paste at api.slack.com when the app is made. It is JSON with or without --json."""
    where = urlsplit(public_url)
    if public_url and (where.scheme != "https" or not where.hostname or where.path.strip("/") or where.query):
        raise WrongUsage(
            f"{public_url} is not a public address.", next_step="Write it like https://greenroom.example.com"
        )
    print_out(as_text(public_url))


def _lost(w: Wiring) -> list[Look]:
    if _is_new(w):
        return []
    with reading(w.engine) as session:
        lines = lost_in_words(session)
    return [Look("messages", False, line, "When that is done: greenroom slack repost") for line in lines]


def _is_new(w: Wiring) -> bool:
    """Nothing was sourced yet, and a look makes no record."""
    return w.settings.uses_sqlite and not w.settings.record_file.exists()


def _campaigns(w: Wiring) -> list[Campaign]:
    if _is_new(w):
        return []
    with reading(w.engine) as session:
        slugs = session.exec(select(CampaignAdoption.slug).distinct()).all()
        return [stored_campaign(session, slug) for slug in sorted(slugs)]
