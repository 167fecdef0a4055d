"""`greenroom doctor`: what is configured, reachable and missing, and what to do about each."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer
from sqlmodel import select

from cli.doctor_dns import records_found
from cli.doctor_mail import mail, records, signature, unsubscribe
from cli.doctor_sources import sources
from cli.findings import Finding, State
from cli.screen import JsonFlag, answer, counted, table
from cli.undone import undone
from contracts.fonts import has_twin, lacking, packages_of
from contracts.templates import Templates
from core import schema
from core.campaign import load_campaign
from core.clock import SystemClock
from core.database import open_engine, reading
from core.errors import GreenroomError
from core.models.campaigns import CampaignAdoption
from core.people import load_people
from core.settings import PROJECT, Settings
from core.store import stored_campaign
from flows.slack.delivery import delivery
from flows.wiring import check_slack
from sourcing.pool import current_version, open_pool


def doctor(
    dns: Annotated[
        bool, typer.Option("--dns", help="Only print the DNS records to publish for our signature.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """What is configured, reachable and missing."""
    settings = Settings()
    if dns:
        _print_records(settings, as_json=as_json)
        return
    findings = examine(settings)
    answer(
        {"ok": not any(finding.state == "problem" for finding in findings), "findings": [asdict(f) for f in findings]},
        as_json=as_json,
        lines=[
            table("Greenroom on this machine", ["", "what", "found", "next step"],
                  [(_MARKS[f.state], f.what, f.detail, f.next_step) for f in findings])
        ],
    )  # fmt: skip
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)


def _print_records(settings: Settings, *, as_json: bool) -> None:
    wanted = records(settings)
    document = {"records": [{"name": name, "type": kind, "text": text} for name, kind, text in wanted]}
    answer(document, as_json=as_json, lines=[f"{name}  {kind}  {text}" for name, kind, text in wanted])


_MARKS: dict[State, str] = {"ok": "ok", "missing": "to do", "problem": "wrong", "optional": "optional"}


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, each finding on its own: one broken thing never hides another."""
    looks: list[tuple[str, Callable[[Settings], Finding | list[Finding]]]] = [
        ("program", _program),
        ("home", _home),
        ("record", _record),
        ("people", _people),
        ("campaigns", _campaigns),
        ("pool", _pool),
        ("sources", sources),
        ("contracts", _templates),
        ("mail", mail),
        ("signature", signature),
        ("unsubscribe", unsubscribe),
        ("DNS", records_found),
        ("Slack", _slack),
        ("Prefect", _prefect),
        ("LibreOffice", _libreoffice),
    ]
    findings: list[Finding] = []
    for what, look in looks:
        try:
            found = look(settings)
            findings += found if isinstance(found, list) else [found]
        except GreenroomError as error:
            findings.append(Finding(what, "problem", error.message, error.next_step))
        except OSError as error:
            findings.append(Finding(what, "problem", f"{error.strerror or error}"))
    return findings


def _program(settings: Settings) -> Finding:
    version = importlib.metadata.version("greenroom")
    return Finding("program", "ok", f"Greenroom {version}, Python {platform.python_version()}, {sys.platform}")


def _home(settings: Settings) -> Finding:
    home = settings.home.resolve()
    if home.exists() and not home.is_dir():
        return Finding("home", "problem", f"{home} is a file", "Set GREENROOM_HOME to a folder.")
    if not home.exists():
        return Finding("home", "missing", f"{home} does not exist yet", "It is made by the first command that writes.")
    if not os.access(home, os.W_OK):
        return Finding("home", "problem", f"{home} cannot be written", "Change its rights, or set GREENROOM_HOME.")
    free = shutil.disk_usage(home).free / 2**30
    state: State = "ok" if free >= 1 else "problem"
    return Finding("home", state, f"{home}, {free:.0f} GiB free", "" if free >= 1 else "Free some space.")


def _record(settings: Settings) -> Finding:
    address = settings.database_address
    if settings.uses_sqlite and not settings.record_file.exists():
        return Finding("record", "missing", "no record yet (SQLite)", "It is made by the first command that needs it.")
    engine = open_engine(address, busy_seconds=2)
    where = engine.url.render_as_string(hide_password=True)
    try:
        if not schema.is_current(engine):
            return Finding("record", "problem", f"{where} is not of this version", "Run: greenroom db upgrade")
        with reading(engine) as session:
            given_up = [one for one in undone(session) if one.next_at is None]
    finally:
        engine.dispose()
    if given_up:
        return Finding("record", "problem", f"{where}; {given_up[0].line}", "Mend that and do it by hand.")
    return Finding("record", "ok", where)


def _people(settings: Settings) -> Finding:
    if not settings.people_file.exists():
        return Finding(
            "people", "missing", f"no {settings.people_file}", "Copy people.example.toml to people.toml and edit it."
        )
    people = load_people(settings.people_file)
    detail = f"{counted(sum(1 for _ in people), 'person', 'people')} in {settings.people_file}"
    if settings.actor:
        return Finding("people", "ok", f"{detail}; this terminal acts as {people.named(settings.actor).name}")
    return Finding("people", "ok", detail, "Set GREENROOM_ACTOR to your id, or add --as YOUR-ID to commands.")


def _campaigns(settings: Settings) -> Finding:
    files = sorted((PROJECT / "campaigns").glob("*.toml"))
    for file in files:
        load_campaign(file)
    if not files:
        return Finding(
            "campaigns", "missing", f"no file in {PROJECT / 'campaigns'}", "The README shows how to write one."
        )
    _check_owners(settings)
    return Finding("campaigns", "ok", f"{len(files)} in {PROJECT / 'campaigns'}, all readable")


def _check_owners(settings: Settings) -> None:
    """Raises Refused where a campaign that is run names somebody who cannot do what they are named for."""
    if not settings.people_file.exists() or (settings.uses_sqlite and not settings.record_file.exists()):
        return
    engine = open_engine(settings.database_address, busy_seconds=2)
    try:
        if not schema.is_current(engine):
            return  # said of the record
        people, today = load_people(settings.people_file), SystemClock().now().date()
        with reading(engine) as session:
            slugs = session.exec(select(CampaignAdoption.slug).distinct().order_by(CampaignAdoption.slug)).all()
            running = [stored_campaign(session, slug) for slug in slugs]
        for campaign in running:
            if campaign.ends_on >= today:
                people.check_campaign(campaign)
    finally:
        engine.dispose()


def _pool(settings: Settings) -> Finding | list[Finding]:
    if current_version(settings.pool_folder) is None:
        return Finding("pool", "missing", "no profiles yet", "Run: greenroom pool import FILE")
    pool = open_pool(settings.pool_folder)
    told = pool.info()
    found = Finding("pool", "ok", f"{counted(told.profiles, 'profile')}, version {told.version}")
    over = int(pool.over(SystemClock().now()).sum())
    if not over:
        return found
    detail = f"the time that {counted(over, 'profile')} may be kept is over, and no purge has taken them"
    return [found, Finding("pool", "missing", detail, "Run: greenroom pool purge --dry-run")]


def _templates(settings: Settings) -> Finding:
    templates = Templates(settings.templates)
    for template_id in templates.ids():
        templates.usable(template_id, spend=templates.limit(template_id), on=SystemClock().now().date())
    return Finding("contracts", "ok", f"{counted(len(templates.ids()), 'approved template')} in {settings.templates}")


def _slack(settings: Settings) -> Finding:
    check_slack(settings)
    if settings.slack_bot_token is None:
        return Finding(
            "Slack", "optional", "off: questions go by mail and terminal", "docs/slack.md takes ten minutes."
        )
    if settings.uses_sqlite and not settings.record_file.exists():
        return Finding("Slack", "ok", "on; nothing to post yet", "Run: greenroom slack check")
    engine = open_engine(settings.database_address, busy_seconds=2)
    try:
        with reading(engine) as session:
            posts = delivery(session)
    finally:
        engine.dispose()
    detail = f"on; {counted(posts.waiting, 'post')} on the way"
    aside = sum(1 for _ in settings.slack_failed.glob("*.json"))
    if aside:
        detail = f"on; {counted(aside, 'click')} could not be handled and lie in {settings.slack_failed}"
        step = f"See {settings.home / 'logs' / 'slack.log'}; to try one again, move it to {settings.slack_arrivals}."
        return Finding("Slack", "problem", detail, step)
    if posts.dead:
        detail = f"{detail}, {posts.dead} that Slack never took: {posts.trouble}"
        return Finding("Slack", "problem", detail, "Run: greenroom slack check")
    trouble = f"; last trouble: {posts.trouble}" if posts.trouble else ""
    return Finding("Slack", "ok", detail + trouble, "Run: greenroom slack check" if trouble else "")


def _prefect(settings: Settings) -> Finding:
    version = importlib.metadata.version("prefect")
    address = os.environ.get("PREFECT_API_URL", "")
    return Finding("Prefect", "ok", f"{version}, server {address}" if address else f"{version}, embedded server")


def _libreoffice(settings: Settings) -> list[Finding]:
    found = shutil.which(settings.office) if settings.office else None
    if found is None:
        return [Finding("LibreOffice", "optional", "not installed", "Only needed to look at contracts as PDF.")]
    findings = [Finding("LibreOffice", "ok", found)]
    if scripts := lacking():
        detail = f"no font draws {', '.join(script.name for script in scripts)}; contracts with such names get no PDF"
        findings.append(Finding("fonts", "optional", detail, f"Run: {packages_of(scripts)}"))
    if not has_twin():
        detail = "none is as wide as Arial; lines and pages of a PDF break elsewhere than in Word"
        findings.append(Finding("fonts", "optional", detail, "Run: apt install fonts-liberation"))
    return findings
