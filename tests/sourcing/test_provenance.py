"""Where rows come from, on what grounds addresses may be had, how long data may be kept; and counts nobody knows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.campaign import Campaign
from core.errors import BadInput
from sourcing.filters import sift
from sourcing.importers import ImportReport
from sourcing.known import Exclusions
from sourcing.pool import open_pool
from sourcing.rows import TYPES
from sourcing.segments import SOURCE
from sourcing.stored import stored_rows
from tests.sourcing.conftest import living

Load = Callable[..., ImportReport]


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000, "country": "DE"} | other


def test_followers_nobody_knows_are_unknown_and_never_nought(load: Load, folder: Path, small: Campaign) -> None:
    load([good("ada"), good("bob", followers=None), {"platform": "instagram", "handle": "cy", "country": "DE"}])
    found = living(folder)
    assert [found[handle].followers for handle in ("ada", "bob", "cy")] == [20_000, None, None]
    nought = small.model_copy(
        update={"audience": small.audience.model_copy(update={"followers_min": 0, "languages": ()})}
    )
    funnel = {step.name: step.removed for step in sift(open_pool(folder), nought, Exclusions()).costs}
    assert funnel["followers unknown"] == 2
    assert funnel["not 0 to 100,000 followers"] == 0
    assert open_pool(folder).info().known["followers"] == 1


def test_a_newer_file_without_the_count_does_not_forget_it(load: Load, folder: Path) -> None:
    load([good("ada", last_seen="2026-10-01")])
    load([good("ada", followers=None, bio="new", last_seen="2026-11-01")])
    assert (living(folder)["ada"].followers, living(folder)["ada"].bio) == (20_000, "new")


def test_each_address_keeps_its_grounds_and_its_source(load: Load, folder: Path) -> None:
    form = {"email_basis": "Consent", "source": "Form of May"}
    load([good("ada", email="a@x.example", **form), good("bob", email="b@x.example"), good("cy", **form)], name="a.txt")
    found = living(folder)
    told = {handle: (one.email_basis, one.email_source, one.source) for handle, one in found.items()}
    assert told["ada"] == ("consent", "Form of May", "Form of May")
    assert told["bob"][0] is None
    assert told["bob"][1] == told["bob"][2]
    assert told["cy"] == (None, None, "Form of May")
    # Another file with the same address and no grounds takes none away; a new address does not inherit them.
    load([good("ada", email="a@x.example", bio="linen")], name="b.txt")
    assert living(folder)["ada"].email_basis == "consent"
    load([good("ada", email="new@x.example", bio="linen")], name="c.txt")
    assert living(folder)["ada"].email_basis is None
    assert "c.txt" in (living(folder)["ada"].email_source or "")


def test_grounds_that_are_none_are_said(load: Load) -> None:
    report = load([good("ada", email="a@x.example", email_basis="because")])
    assert [(one.column, "left out" in one.reason) for one in report.rejects] == [("email_basis", True)]


def test_the_earliest_end_holds_while_values_of_that_source_stay(load: Load, folder: Path) -> None:
    load([good("ada", bio="slow", last_seen="2026-11-01", expires_at="2026-12-01")])
    load("handle,followers,last_seen\nada,21000,2026-11-10\n", platform="instagram")
    assert living(folder)["ada"].expires_at == "2026-12-01T00:00:00Z"
    load([good("ada", bio="new", last_seen="2026-11-12", expires_at="2026-12-12")])
    assert living(folder)["ada"].expires_at == "2026-12-12T00:00:00Z"


def test_what_an_older_program_wrote_is_read_with_nothing_in_the_new_columns(tmp_path: Path) -> None:
    duckdb.execute(f"copy (select 'instagram' as platform, 'ada' as handle) to '{tmp_path / SOURCE}' (format parquet)")
    with duckdb.connect() as db:
        row = db.execute(f"select {', '.join(TYPES)} from {stored_rows(db, tmp_path)}").fetchone()
    assert row == ("instagram", "ada", *[None] * (len(TYPES) - 2))


def test_without_any_word_on_the_platform_nothing_goes_in(load: Load) -> None:
    with pytest.raises(BadInput, match="no column for platform"):
        load("username,followers\nada,5\n")
    assert load("username,followers\nhttps://www.tiktok.com/@ada,5\n").merged.new == 1
