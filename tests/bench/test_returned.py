"""The table of changes in the README is the table that is tried."""

from bench.mutations import MUTATIONS, permitted
from bench.papers import agreement, with_places
from bench.returned import README, table, tried


def test_every_change_stands_in_the_readme_as_it_is_found_today() -> None:
    bases = {False: agreement()}
    bases[True] = with_places(bases[False])
    lines = list(table([tried(one, bases[one.places]) for one in (*MUTATIONS, *permitted())]))
    assert "NOT FOUND" not in "\n".join(lines)
    assert "\n".join(lines) in README.read_text(encoding="utf-8"), "run python -m bench.returned"
