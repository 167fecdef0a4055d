"""Profiles leave the pool when their source's term is over, but not while a deal needs them."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.stages import ROAD, Stage
from core.store import move
from flows.steps import importing, retention
from flows.wiring import Wiring
from sourcing.pool import open_pool


def fill(w: Wiring, place: Path, **days: int | None) -> None:
    """Profiles of TikTok, with the days until their term ends."""
    file = place / "rows.jsonl"
    rows = [{"platform": "tiktok", "handle": handle, "followers": 9, "source": "Vendor",
             "last_seen": f"{w.clock.now():%F %T}"}
            | ({} if left is None else {"expires_at": f"{w.clock.now() + timedelta(days=left):%F %T}"})
            for handle, left in days.items()]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, rows)))
    importing.import_files(w, [file])


def in_pool(w: Wiring) -> set[str]:
    pool = open_pool(w.settings.pool_folder)
    return {pool.profile(row).handle for row in range(len(pool)) if pool.alive[row]}


def test_a_deal_under_way_keeps_its_creator_until_it_ends(
    w: Wiring, clock: FixedClock, tmp_path: Path, longlisted: Callable[..., Candidate]
) -> None:
    fill(w, tmp_path, ada=1, bo=1, cy=40, dee=None)
    with unit_of_work(w.engine) as session:
        ada = longlisted(session, "ada", platform="tiktok")
        bo = longlisted(session, "bo", platform="tiktok", rank=2)
        for stage in ROAD[1 : ROAD.index(Stage.AGREED) + 1]:
            move(session, clock, ada, stage, actor="omar")
        move(session, clock, bo, Stage.QUEUED, actor="omar")
        ada_id = ada.id
    assert retention.purge(w, actor="schedule").profiles == 0
    clock.advance(timedelta(days=2))
    shown = retention.purge(w, actor="schedule", dry_run=True)
    assert (shown.done, shown.profiles, shown.sources, shown.kept) == (False, 1, {"Vendor": 1}, ("tiktok:ada",))
    assert in_pool(w) == {"ada", "bo", "cy", "dee"}
    done = retention.purge(w, actor="schedule")
    assert (done.done, done.profiles, done.kept) == (True, 1, ("tiktok:ada",))
    assert in_pool(w) == {"ada", "cy", "dee"}
    with unit_of_work(w.engine) as session:
        for stage in ROAD[ROAD.index(Stage.AGREED) + 1 :]:
            move(session, clock, session.get_one(Candidate, ada_id), stage, actor="omar")
    assert retention.purge(w, actor="schedule").kept == ()
    assert in_pool(w) == {"cy", "dee"}
    with reading(w.engine) as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "profiles.purged")).all()
    assert [json.loads(one.detail) for one in entries] == [
        {"profiles": 1, "kept_for_deals": 1}, {"profiles": 1, "kept_for_deals": 0},
    ]  # fmt: skip


def test_who_was_seen_again_stays_for_another_term(w: Wiring, clock: FixedClock, tmp_path: Path) -> None:
    fill(w, tmp_path, ada=1, bo=1)
    clock.advance(timedelta(days=2))
    fill(w, tmp_path, ada=30)
    assert retention.purge(w, actor="schedule").profiles == 1
    assert in_pool(w) == {"ada"}


def test_a_damaged_list_of_customers_keeps_no_profile_in_the_pool(w: Wiring, clock: FixedClock, tmp_path: Path) -> None:
    fill(w, tmp_path, ada=1, bo=40)
    lists = w.settings.home / "customers"
    lists.mkdir(parents=True)
    (lists / "own.npz").write_bytes(b"no list")
    clock.advance(timedelta(days=2))
    with pytest.raises(BadInput, match=r"own\.npz cannot be read"):
        retention.purge(w, actor="schedule")
    assert in_pool(w) == {"bo"}


def test_a_pool_never_filled_has_nobody_to_take_out(w: Wiring) -> None:
    assert retention.purge(w, actor="schedule").profiles == 0
