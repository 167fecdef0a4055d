"""What contracts cost: filling and proving many of them, beside the library alone, and a whole batch on the record.

    python -m bench.contracts            # prints the table that stands in bench/README.md
    python -m bench.contracts --small    # the same with few contracts, as the tests do

The library alone fills the same template with the same words in one process, and proves nothing.
"""

import argparse
import io
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from contracts.displaying import displayed
from contracts.documents import Renderer
from contracts.filling import _nested
from contracts.from_campaign import standard_draft, terms_for
from contracts.pdf import press_of
from contracts.templates import Template, Templates
from contracts.terms import Terms
from core.campaign import load_campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.deals import Offer
from core.models.jobs import Job
from core.models.sourcing import SourcingRun
from core.models.tracking import TrackingLink
from core.money import Money
from core.settings import PROJECT, Settings
from core.stages import Stage
from core.store import keep_campaign
from core.tracking import tagged_url
from flows.steps import deals
from flows.steps.pdfs import AT_ONCE
from flows.wiring import Wiring

CAMPAIGN = load_campaign(PROJECT / "campaigns" / "linen-summer.toml")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NAMES = ("Ada Lindgren", "Søren & Co <b>", "李小龍", "نور الهدى", "{{7*7}}", "=cmd", "👩🏽‍🎤", "n" * 200)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.contracts")
    parser.add_argument("--small", action="store_true", help="few contracts")
    many = 24 if parser.parse_args(arguments).small else 1000
    say(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the "
        f"start. Python {platform.python_version()}, SQLite, all commits on disk.\n")  # fmt: skip
    say("| what | measured |\n| --- | --- |")
    template = Templates(PROJECT / "templates").usable(
        CAMPAIGN.contract.template, spend=Money(CAMPAIGN.offer.stipend, CAMPAIGN.offer.currency), on=NOW.date()
    )
    every = [terms(number) for number in range(1, many + 1)]
    alone = per_second(many, lambda: plainly_filled(template, every))
    with Renderer() as renderer, ThreadPoolExecutor(renderer.workers) as threads:
        list(threads.map(renderer.render, [template] * 4, every[:4]))  # warm
        memory = [peaks(renderer)]
        seconds = 0.0
        for quarter in range(4):
            part = every[quarter * many // 4 : (quarter + 1) * many // 4]
            started = time.perf_counter()
            list(threads.map(renderer.render, [template] * len(part), part))
            seconds += time.perf_counter() - started
            memory.append(peaks(renderer))
    say(f"| {many} contracts filled and proven, two warm workers | {many / seconds:.0f} a second |")
    say(f"| the same filled by docxtpl alone in one process, proven by nobody | {alone:.0f} a second |")
    say(f"| memory of what fills and of what proves, at the start and after each quarter | {'; '.join(memory)} MB |")
    rate, recording, working = batch(many)
    say(f"| a batch: {many} contracts drafted, kept, recorded, and legal asked about each | {rate:.0f} a second |")
    say(f"| processor for each of them, to record it and to fill and prove it | {recording:.1f} + {working:.1f} ms |")
    press = press_of("soffice")
    if press.name:
        with Renderer() as renderer:
            documents = [renderer.render(template, each) for each in every[:AT_ONCE]]
        rate = per_second(len(documents), lambda: press.press(documents))
        say(f"| PDFs by LibreOffice, {len(documents)} in one run with its start | {rate:.1f} a second |")


def batch(many: int) -> tuple[float, float, float]:
    """A whole batch: contracts a second, and ms of processor a contract, of the process that records and of those that
    fill and prove, their start included."""
    drafted: list[int] = []
    with agreed(many) as w:
        before = os.times()
        rate = per_second(many, lambda: drafted.append(deals.draft_contracts(w)))
        after = os.times()
    assert drafted == [many], drafted
    own = after.user + after.system - before.user - before.system
    others = after.children_user + after.children_system - before.children_user - before.children_system
    return rate, own * 1000 / many, others * 1000 / many


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the command is for


def per_second(many: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return many / (time.perf_counter() - started)


def plainly_filled(template: Template, every: Iterable[Terms]) -> None:
    """As the library's own example does it."""
    for each in every:
        document = DocxTemplate(io.BytesIO(template.content))
        document.render(_nested(displayed(each)), autoescape=True)
        document.save(io.BytesIO())


def peaks(renderer: Renderer) -> str:
    """Resident memory of the processes, in MB."""
    sizes = []
    for process in renderer.processes:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
        sizes.append(f"{int(line.split()[1]) // 1000}")
    return " ".join(sizes)


def terms(number: int) -> Terms:
    link = TrackingLink(candidate_id=number, code=f"LINEN-{number:06}", short=f"linen-{number:06}",
                        url=tagged_url(CAMPAIGN, platform="instagram", candidate_id=number), minted_at=NOW)  # fmt: skip
    account = Account(platform="instagram", key=f"c{number}", handle=f"c{number}")
    name = Snapshot(candidate_id=number, field="name", value=NAMES[number % len(NAMES)], source="bench",
                    kind="reported", fetched_at=NOW)  # fmt: skip
    return terms_for(CAMPAIGN, standard_draft(CAMPAIGN), link, account=account, snapshot={"name": name}, version=1)


@contextmanager
def agreed(many: int) -> Iterator[Wiring]:
    """A record of its own in which so many creators accepted the standard offer and wait for their contracts."""
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        settings = Settings(
            _env_file=None, home=Path(folder), office="none", people_file=PROJECT / "people.example.toml"
        )
        w = Wiring(settings=settings, clock=FixedClock(NOW))
        fill(w.engine, many)
        yield w
        w.engine.dispose()


def fill(engine: Engine, many: int) -> None:
    with unit_of_work(engine) as session:
        campaign_hash = keep_campaign(session, FixedClock(NOW), CAMPAIGN)
        session.add(SourcingRun(run_id="r", campaign=CAMPAIGN.slug, campaign_hash=campaign_hash, pool_version="x",
                                funnel=[], actor="omar", at=NOW))  # fmt: skip
        session.flush()
        for table, rows in _rows(range(1, many + 1)).items():
            session.execute(insert(table), rows)


def _rows(numbers: Sequence[int]) -> dict[type[SQLModel], list[dict[str, Any]]]:
    slug, draft = CAMPAIGN.slug, standard_draft(CAMPAIGN)
    return {
        Creator: [{"id": f"c{n}", "name": f"c{n}", "created_at": NOW} for n in numbers],
        Account: [{"id": n, "platform": "instagram", "key": f"c{n}", "handle": f"c{n}"} for n in numbers],
        AccountLink: [{"account_id": n, "creator_id": f"c{n}", "since": NOW, "evidence": "bench"} for n in numbers],
        Candidate: [
            {"id": n, "campaign": slug, "cycle": 1, "brand": CAMPAIGN.brand, "creator_id": f"c{n}", "account_id": n,
             "stage": Stage.AGREED, "run_id": "r", "rank": n, "entered_stage_at": NOW} for n in numbers
        ],
        Snapshot: [
            {"candidate_id": n, "field": field, "value": value, "source": "bench", "kind": "reported",
             "fetched_at": NOW} for n in numbers for field, value in (("name", NAMES[n % len(NAMES)]),
                                                                      ("country", "Germany"), ("followers", 24_000))
        ],
        Offer: [
            {"candidate_id": n, "campaign": slug, "version": 1, "status": "accepted",
             "terms": draft.model_dump(mode="json"), "terms_sha256": draft.sha256, "cost_minor": draft.stipend.minor,
             "currency": draft.stipend.currency, "beyond": "", "over_budget": False, "side": "ours",
             "conflicts": [], "note": "", "offered_by": "sofia",
             "approved_by": "sofia", "answer": "yes", "created_at": NOW} for n in numbers
        ],
        Job: [
            {"kind": deals.DRAFT_JOB, "key": f"candidate:{n}", "payload": {"candidate": n, "campaign": slug},
             "status": "waiting", "attempts": 0, "refusals": 0, "not_before": NOW, "last_error": "",
             "created_at": NOW} for n in numbers
        ],
    }  # fmt: skip


if __name__ == "__main__":
    main()
