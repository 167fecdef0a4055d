"""Whoever was erased does not come back into the pool with a file."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.errors import BadInput
from sourcing.importers import ImportReport, import_profiles
from sourcing.known import Exclusions
from sourcing.pool import open_pool


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _keys(account: str, email: str | None) -> Iterable[str]:
    return [_hash(account), *([_hash(email)] if email else [])]


def _erased(*names: str) -> Exclusions:
    return Exclusions(fingerprints=frozenset(map(_hash, names)), fingerprints_of=_keys)


def _handles(folder: Path) -> set[str]:
    pool = open_pool(folder)
    return {pool.profile(int(row)).handle for row in range(len(pool)) if pool.alive[row]}


@pytest.fixture
def bring(tmp_path: Path, folder: Path, clock: FixedClock) -> Callable[..., ImportReport]:
    def bring_in(rows: str, erased: Exclusions | None = None) -> ImportReport:
        file = tmp_path / "rows.csv"
        file.write_text(f"platform,handle,followers,email\n{rows}", encoding="utf-8")
        return import_profiles(folder, [file], clock=clock, erased=erased)

    return bring_in


def test_by_account_and_by_address_and_the_others_go_in(bring: Callable[..., ImportReport], folder: Path) -> None:
    rows = (
        "instagram,@Ada,9000,\ninstagram,ada,9000,\ntiktok,other,9000,ADA@example.com\n"
        "tiktok,bea,9000,bea@example.com\n"
    )
    done = bring(rows, _erased("instagram:ada", "ada@example.com"))
    assert _handles(folder) == {"bea"}
    merged = done.merged
    assert (merged.new, merged.duplicates, merged.erased) == (1, 1, 2)
    assert b"ada@example" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    again = bring(rows, _erased("instagram:ada", "ada@example.com"))
    assert (again.merged.erased, again.merged.unchanged, again.changed) == (2, 1, False)


def test_an_account_of_the_pool_does_not_take_on_the_address_of_somebody_erased(
    bring: Callable[..., ImportReport], folder: Path
) -> None:
    bring("tiktok,other,9000,\n")
    done = bring("tiktok,other,9001,ada@example.com\n", _erased("ada@example.com"))
    assert (done.merged.erased, done.merged.updated) == (1, 0)
    assert open_pool(folder).profile(0).email is None


def test_of_whom_nothing_new_is_said_nobody_is_asked(bring: Callable[..., ImportReport]) -> None:
    def never(account: str, _email: str | None) -> Iterable[str]:
        raise AssertionError(account)

    rows = "tiktok,other,9000,o@example.com\n"
    bring(rows, Exclusions(fingerprints_of=never))
    bring(rows, Exclusions(fingerprints=frozenset({"x"}), fingerprints_of=never))
    bring(rows.replace("9000", "9100"), Exclusions(fingerprints=frozenset({"x"}), fingerprints_of=never))


def test_a_file_of_nobody_else_says_so(bring: Callable[..., ImportReport], folder: Path) -> None:
    with pytest.raises(BadInput, match="asked to be forgotten"):
        bring("tiktok,ada,9000,\n", _erased("tiktok:ada"))
    assert not (folder / "CURRENT").exists()
