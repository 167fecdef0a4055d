from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from contracts.clauses import Clauses
from core.errors import BadInput, Refused
from tests.contracts.conftest import SHIPPED

TODAY = date(2026, 11, 26)
TEXT = (SHIPPED / "clauses.toml").read_text(encoding="utf-8")
Listed = Callable[[str], Clauses]


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    def write(text: str) -> Clauses:
        (tmp_path / "clauses.toml").write_text(text, encoding="utf-8")
        return Clauses(tmp_path)

    return write


def test_every_shipped_clause_may_be_used_in_each_language() -> None:
    clauses = Clauses(SHIPPED)
    for language in ("en", "de", "es"):
        found = clauses.usable(clauses.ids(), language=language, on=TODAY)
        assert [swap.id for swap in found] == ["draft-first", "one-revision", "paid-ads", "product-return"]
        assert all("\n" not in swap.text for swap in found)


@pytest.mark.parametrize(
    ("clause", "before", "after", "why"),
    [
        ("one-revison", "", "", "no approved clause 'one-revison'.*Did you mean 'one-revision'"),
        ("one-revision", "one round", "two rounds", "one-revision .en. was changed after lena approved it.*sha256"),
        ("one-revision", "valid_until = 2029-12-31", "valid_until = 2026-11-25", "was approved until 2026-11-25"),
        ("one-revision", "[clauses.one-revision.en]", "[clauses.one-revision.fr]", "is not approved in 'en'"),
    ],
)
def test_a_clause_that_nobody_approved_so_is_refused(
    clause: str, before: str, after: str, why: str, listed: Listed
) -> None:
    with pytest.raises(Refused, match=r"(?s)" + why):
        listed(TEXT.replace(before, after)).usable([clause], language="en", on=TODAY)


def test_breaks_and_runs_of_spaces_change_nothing(listed: Listed) -> None:
    [as_shipped] = Clauses(SHIPPED).usable(["one-revision"], language="en", on=TODAY)
    [wrapped] = listed(TEXT.replace(" ", "  ").replace("  =  ", " = ")).usable(
        ["one-revision"], language="en", on=TODAY
    )
    assert wrapped == as_shipped


def test_a_list_that_cannot_be_read_is_named(listed: Listed, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no list of clauses"):
        listed("[clauses").usable(["one-revision"], language="en", on=TODAY)
    with pytest.raises(BadInput, match=r"one-revision\.en\.approved_by"):
        listed(TEXT.replace('approved_by = "lena"\n', "")).usable(["one-revision"], language="en", on=TODAY)
    (tmp_path / "clauses.toml").unlink()
    with pytest.raises(Refused, match="Known: none"):
        Clauses(tmp_path).usable(["one-revision"], language="en", on=TODAY)
    assert Clauses(tmp_path).usable([], language="en", on=TODAY) == ()
