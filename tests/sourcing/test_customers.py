"""Own customers: kept as hashes, told on a longlist, forgotten on their day; they move no rank."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.campaign import Campaign
from core.clock import FixedClock
from core.errors import BadInput
from sourcing import service
from sourcing.customers import Customers, hash_of, keep, known_customers, said_of, strike
from sourcing.importers import ImportReport
from sourcing.known import Known
from sourcing.reasons import CUSTOMER
from tests.sourcing.conftest import NOW

PEPPER = b"p" * 32


def good(handle: str, **other: Any) -> dict[str, Any]:
    told = {"platform": "instagram", "handle": handle, "followers": 20_000, "country": "DE", "bio": "slow fashion"}
    return told | {"engagement_percent": 3} | other


def kept(home: Path, *said: tuple[str, str], until: datetime | None = None, pepper: bytes = PEPPER) -> Customers:
    keys = [hash_of(pepper, said_of(*one)) for one in said]
    keep(home, "own", keys, until=until or NOW + timedelta(days=30))
    return known_customers(home, pepper=PEPPER, clock=FixedClock(NOW))


def test_customers_are_told_on_the_longlist_and_rank_as_before(
    load: Callable[..., ImportReport], folder: Path, small: Campaign, tmp_path: Path
) -> None:
    load([good("ada", email="Ada@x.example"), good("bo"), good("cy", email="cy@x.example")])
    known = kept(tmp_path, ("email", " ada@X.example "), ("instagram", "https://instagram.com/Bo/"))
    without, told = service.source(folder, small), service.source(folder, small, Known(customers=known))
    assert [one.fit for one in told.entries] == [one.fit for one in without.entries]
    assert {one.handle: one.reasons[2] == CUSTOMER for one in told.entries} == {"ada": True, "bo": True, "cy": False}
    assert all(dict(one.evidence)["intent"].startswith(CUSTOMER) for one in told.entries if one.handle != "cy")
    assert told.run_id != without.run_id


def test_another_pepper_knows_nobody(tmp_path: Path) -> None:
    known = kept(tmp_path, ("email", "ada@x.example"), pepper=b"q" * 32)
    assert known.among(["mail:ada@x.example"]) == []
    assert kept(tmp_path, ("email", "ada@x.example")).among(["mail:bo@x.example", "mail:ada@x.example"]) == [1]


def test_a_list_goes_on_its_day(tmp_path: Path) -> None:
    assert not kept(tmp_path, ("email", "ada@x.example"), until=datetime(2026, 11, 1, tzinfo=UTC))
    assert list((tmp_path / "customers").iterdir()) == []
    assert Known(customers=None).digest == replace(Known(), customers=Customers(known_keys(tmp_path), PEPPER)).digest


def known_keys(home: Path) -> Any:
    return known_customers(home, pepper=PEPPER, clock=FixedClock(NOW)).keys


def test_a_damaged_list_is_named(tmp_path: Path) -> None:
    kept(tmp_path, ("email", "ada@x.example"))
    path = tmp_path / "customers" / "own.npz"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BadInput, match=r"own\.npz cannot be read"):
        known_customers(tmp_path, pepper=PEPPER, clock=FixedClock(NOW))


def test_cells_that_name_nobody_are_nobody() -> None:
    nobody = (("email", "-"), ("email", ""), ("tiktok", ""), ("tiktok", "https://x.com/a"))
    assert [said_of(*one) for one in nobody] == [""] * 4


def test_who_is_struck_out_goes_from_every_list_and_nobody_else(tmp_path: Path) -> None:
    known = kept(tmp_path, ("email", "ada@x.example"), ("instagram", "ada"), ("email", "bo@x.example"))
    keep(tmp_path, "other", [hash_of(PEPPER, "mail:ada@x.example")], until=NOW + timedelta(days=9))
    theirs = ["mail:ada@x.example", "account:instagram:ada", "account:tiktok:nobody"]
    assert strike(tmp_path, theirs, pepper=PEPPER, dry_run=True) == 3
    assert known_keys(tmp_path).tolist() == known.keys.tolist()
    assert strike(tmp_path, theirs, pepper=PEPPER) == 3
    left = known_customers(tmp_path, pepper=PEPPER, clock=FixedClock(NOW))
    assert left.among([*theirs, "mail:bo@x.example"]) == [3]
    assert known_customers(tmp_path, pepper=PEPPER, clock=FixedClock(NOW + timedelta(days=29))), "its day is as it was"
    assert strike(tmp_path, theirs, pepper=PEPPER) == 0
