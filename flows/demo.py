"""The demo: the whole journey through the real flows on Prefect's embedded server, with scripted people.

Owns the order of the scenes and what is told of them. Everything it does, the product does.
"""

import asyncio
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import select

from core import audit
from core.clock import FixedClock
from core.database import reading
from core.errors import PermanentError
from core.files import write_atomically
from core.models.deals import Contract
from core.people import Role
from core.settings import PROJECT, Settings
from core.store import stored_campaign
from flows import script, script_returned
from flows.daily_outreach import daily_outreach
from flows.prepare_contracts import prepare_contracts
from flows.read_replies import read_replies
from flows.sla_sweep import sweep_approvals
from flows.source import source
from flows.steps import desk, upkeep
from flows.wiring import Wiring, wire, wired_with
from outreach import threads, words
from sourcing import service as sourcing
from sourcing.sample import write_sample

CAMPAIGN = "linen-summer"
#: A Monday morning in Berlin, inside everybody's office hours, before the campaign starts.
MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class DemoDone:
    """What the demo came to: the funnel (stage, creators), places to look (what, where), and how to go on."""

    funnel: list[tuple[str, int]]
    places: list[tuple[str, str]]
    next_commands: list[str]
    audit_entries: int


def run_demo(home: Path, *, profiles: int, tell: Callable[[str], None]) -> DemoDone:
    """Run the journey in an empty `home`. Raises PermanentError where the audit log would not verify at the end."""
    settings = Settings(
        home=home,
        database_url=None,
        dry_run=True,
        people_file=PROJECT / "people.example.toml",
        templates=PROJECT / "templates",
        actor="omar",
        # Everybody here is scripted, so nobody is pretended to be by somebody else.
        terminal_may_sign_off=True,
    )
    clock = FixedClock(MORNING)
    with wired_with(wire(settings, clock)) as w:
        _fill_pool(w, profiles, tell)
        asyncio.run(_journey(w, clock, tell))
        return _summary(w)


def _fill_pool(w: Wiring, profiles: int, tell: Callable[[str], None]) -> None:
    sample = w.settings.home / "sample-profiles.jsonl.gz"
    write_sample(sample, profiles=profiles)
    tell(f"Generated {profiles:,} invented profiles in 11 languages")
    done = sourcing.import_files(w.settings.pool_folder, [sample], w.clock)
    tell(f"Imported {done.profiles:,} of them into the pool, {done.rejected:,} refused")


async def _journey(w: Wiring, clock: FixedClock, tell: Callable[[str], None]) -> None:
    tell("Starting Prefect's embedded server ...")
    made = await source(str(PROJECT / "campaigns" / f"{CAMPAIGN}.toml"), actor="omar")
    tell(f"Flow source: {made['longlisted']} longlisted, {made['queued']} queued for review")
    clock.advance(timedelta(hours=1))
    chosen = script.review_queue(w, CAMPAIGN)
    tell(f"Scripted reviewer Rosa: {_counted(chosen)}")
    tell(
        f"{script.creators_asked_us_to_write(w, CAMPAIGN)} scripted creators had asked us to write, which is on record"
    )
    signed = script.campaign_is_signed_off(w, CAMPAIGN)
    tell(f"Scripted brand lead Olivia and analyst Anton: {signed} sign-offs, the brief before the tracking setup")
    tell(f"Scripted ops Omar showed the first mail; {script.first_mail_is_let_go(w, CAMPAIGN)} let it go (scripted)")
    sent = await daily_outreach(CAMPAIGN)
    tell(f"Flow daily-outreach: {sent['sent']} invitations go first, {sent['left']} wait for what comes back of them, "
         f"{sent['left_for_a_person']} left for a person to write")  # fmt: skip
    clock.advance(timedelta(days=1))
    sent = await daily_outreach(CAMPAIGN)
    tell(f"Flow daily-outreach, a day later: nothing came back, so {sent['sent']} more go by themselves")
    clock.advance(timedelta(hours=3))
    answered = script.creators_answer(w)
    kinds = await read_replies()
    tell(f"{answered} scripted creators answered; flow read-replies: {_counted(kinds)}")
    offers, escalated = script.make_offers(w, CAMPAIGN)
    tell(f"Scripted sender Sofia: {offers} offers, {escalated} of them beyond the limit and let by owner Olivia")
    tell(f"{script.creators_accept(w, CAMPAIGN)} scripted creators accepted")
    drafted = await prepare_contracts()
    tell(f"Flow contracts: {drafted['drafted']} straightforward contracts drafted, legal asked")
    tell(
        f"Scripted sender Sofia: {script.negotiated_ones_are_drafted(w, CAMPAIGN)} negotiated ones drafted, one by one"
    )
    signed_off, changes = script.legal_signs_off(w, CAMPAIGN)
    tell(f"Scripted legal Lena: {signed_off} signed off, {changes} sent back with a wish")
    out = await prepare_contracts()
    tell(f"Flow contracts: {out['sent_for_signature']} sent out for signature")
    clock.advance(timedelta(hours=2))
    back = script_returned.one_is_sent_back(w, CAMPAIGN)
    tell(f"{back.creator} (scripted) sent the contract back with {back.changes} changes; it touches what was agreed "
         f"({', '.join(back.touches)}), so scripted legal {back.legal} could only keep our text")  # fmt: skip
    tell(f"{script.creators_sign(w, CAMPAIGN)} scripted creators signed")
    approved, sent_back = script.creators_hand_in_drafts(w, CAMPAIGN)
    tell(f"Drafts of scripted creators: {approved} approved by Omar, {sent_back} sent back for what the scan flagged")
    tell(f"Scripted ops Omar: {script.samples_look_right(w, CAMPAIGN)} samples of what ran by itself, all fine")
    swept = await sweep_approvals()
    tell(f"Flow sla-sweep: {swept['reminders']} reminders due, audit log anchored")
    clock.advance(timedelta(days=3))
    later = await daily_outreach(CAMPAIGN)
    tell(f"Flow daily-outreach, three days later: {later['follow_ups_written']} follow-ups to who has not answered, "
         f"{later['sent']} of them sent; whoever answered gets none")  # fmt: skip
    _desk(w, tell)


def _desk(w: Wiring, tell: Callable[[str], None]) -> None:
    """What no machine sends waits for a person: one answer with its draft, and one direct message, word for word."""
    with reading(w.engine) as session:
        items = threads.open_answers(session)
        sender = w.people.holder(stored_campaign(session, CAMPAIGN), Role.SENDER, w.clock.now())
    drafts = desk.direct_messages(w, CAMPAIGN, actor=sender).drafts
    tell(f"At {sender.name}'s desk, for nobody but a person to send: {len(items)} answers of creators and "
         f"{len(drafts)} direct messages to who has no mail address")  # fmt: skip
    for item in items[:1]:
        tell(f"    {item.shown_as} wrote: {_short(item.reply.text)}")
        tell(f"    drafted in approved words: {_short(item.reply.draft)}")
    for draft in drafts[:1]:
        tell(f"    drafted for @{draft.handle.lstrip('@')} on {words.platform(draft.platform)}: {_short(draft.text)}")


def _summary(w: Wiring) -> DemoDone:
    with reading(w.engine) as session:
        verdict = audit.verify(session, w.anchors)
        if verdict.problem:
            raise PermanentError(f"The audit log of the demo is not whole: {verdict.problem}.")
        funnel = upkeep.funnel(session, CAMPAIGN)
        signed = session.exec(select(Contract).where(Contract.status == "signed")).all()
    w.engine.dispose()
    home = w.settings.home
    for contract in signed:
        # The archive names files by their content; people want names.
        write_atomically(home / "signed" / contract.file_name, w.archive.read(contract.docx_sha256))
    [back] = sorted((home / script_returned.FOLDER).glob("*.docx"))
    page = next(iter(sorted(w.settings.runs_folder.glob("*/longlist.html"))))
    places = [
        ("longlist, to look at", str(page)),
        ("longlist as a table", str(page.with_suffix(".xlsx"))),
        ("mails as they would go out", str(w.settings.outbox_folder)),
        ("signed contracts", str(home / "signed")),
        ("a contract that came back changed, beside ours", str(script_returned.page_of(back))),
        ("the record", str(w.settings.record_file)),
        ("audit log", f"{verdict.entries} entries, whole"),
    ]
    commands = [
        f"GREENROOM_HOME={home} .venv/bin/greenroom longlist show {CAMPAIGN}    (look around in the demo)",
        f"GREENROOM_HOME={home} .venv/bin/greenroom inbox list    (the answers that wait, then: inbox show)",
        f"GREENROOM_HOME={home} .venv/bin/greenroom contracts compare {back} --only-look    (what was changed in it)",
        f"GREENROOM_HOME={home.parent} .venv/bin/greenroom demo-signing    (sign as one of its creators)",
        "cp people.example.toml people.toml    (then your own people)",
        ".venv/bin/greenroom pool import YOUR-PROFILES.csv --platform instagram",
        f".venv/bin/greenroom source campaigns/{CAMPAIGN}.toml    (a copy with your own choices)",
        ".venv/bin/greenroom doctor    (what is set up, what is missing)",
    ]
    return DemoDone(funnel, places, commands, verdict.entries)


def _short(text: str) -> str:
    return f'"{textwrap.shorten(text, 200, placeholder=" …")}"'


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()) or "nothing"
