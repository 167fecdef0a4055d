"""A run on disk: what follows from its pages, whichever moment a process was killed at."""

import json
import re
import shutil
from pathlib import Path

import pytest

from core.errors import BadInput, Refused
from sourcing.fetching.asking import Ask, Heard, Order
from sourcing.fetching.pages import Run, alone_with, begin_run, drop_runs_naming, open_run
from tests.sourcing.fetching.conftest import again

ORDER = Order("youtube", "linen", limit=3)
SEARCH = Ask("search", "/search", (("q", "linen"),), "searches")
NEXT = Ask("search", "/search", (("q", "linen"), ("page", "2")), "searches")


def detail(number: int) -> Ask:
    return Ask("channels", "/channels", (("id", str(number)),), "units", carried={"row": {"n": number}}, yields=1)


def row(number: int, **more: object) -> dict[str, object]:
    return {"platform": "youtube", "handle": f"u{number}", "source": "YouTube", **more}


def standing(run: Run) -> object:
    return run.queue, run.rows, run.pages, run.profiles, run.left_out, run.missing


@pytest.fixture
def run(tmp_path: Path) -> Run:
    run = begin_run(tmp_path / "run", ORDER, [SEARCH])
    run.add(Heard(then=(detail(1), detail(2)), more=(NEXT,), missing=("a is missing",)))
    run.add(Heard(rows=(row(1),), left_out={"private": 1}))
    return run


def test_what_is_next_follows_from_the_pages(run: Run) -> None:
    assert run.queue == [detail(2), NEXT]
    assert (run.room, run.profiles) == (1, 1)
    assert standing(again(run)) == standing(run)


def test_a_further_page_is_not_asked_for_where_enough_is_on_its_way(tmp_path: Path) -> None:
    run = begin_run(tmp_path / "run", ORDER, [SEARCH])
    run.add(Heard(then=(detail(1), detail(2), detail(3)), more=(NEXT,)))
    for number in (1, 2):
        run.add(Heard(rows=(row(number),)))
    run.add(Heard(rows=(row(3),)))
    assert run.queue == again(run).queue == []


def test_a_field_is_named_once_whatever_is_proposed_for_it(run: Run) -> None:
    run.add(Heard(rows=(row(2),), missing=("a is missing (there is 'ab')", "b is missing (there is 'bc')")))
    assert list(run.missing) == ["a is missing", "b is missing (there is 'bc')"]
    assert standing(again(run)) == standing(run)


def test_what_the_pool_has_leaves_the_disk_and_the_rest_stays(run: Run) -> None:
    assert [file.name for file in run.import_files()] == ["YouTube 1.jsonl"]
    run.imported()
    assert run.rows == again(run).rows == []
    assert standing(again(run)) == standing(run)
    assert "u1" not in "".join(file.read_text() for file in run.folder.rglob("*.json*"))
    run.add(Heard(rows=(row(2),)))
    assert [one["handle"] for one in again(run).rows] == ["u2"]


def test_killed_while_it_tidied_up_no_row_comes_twice(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(run.folder / "pages", kept)
    run.imported()
    shutil.copytree(kept, run.folder / "pages", dirs_exist_ok=True)
    assert standing(again(run)) == standing(run)
    (run.folder / "pages" / "000002.json").unlink()
    assert standing(again(run)) == standing(run)


def test_rows_of_other_fields_go_into_a_file_of_their_own(run: Run) -> None:
    run.add(Heard(rows=(row(2), row(3, bio=None))))
    files = run.import_files()
    told = [[json.loads(line) for line in file.read_text().splitlines()] for file in files]
    assert [[one["handle"] for one in rows] for rows in told] == [["u3"], ["u1", "u2"]]


def test_a_run_that_lacks_a_page_is_begun_anew(run: Run) -> None:
    (run.folder / "pages" / "000001.json").unlink()
    assert open_run(run.folder) is None
    assert standing(begin_run(run.folder, ORDER, [SEARCH]))[:3] == ([SEARCH], [], 0)  # type: ignore[index]


def test_half_a_page_is_none_and_a_damaged_one_is_named(run: Run) -> None:
    (run.folder / "pages" / ".000003.json.1.part").write_text('{"rows"')
    assert standing(again(run)) == standing(run)
    (run.folder / "pages" / "000003.json").write_text('{"rows"')
    with pytest.raises(BadInput, match=r"000003\.json is damaged"):
        open_run(run.folder)


def test_whoever_is_forgotten_is_found_while_files_come_and_go(run: Run) -> None:
    (run.folder / "pages" / "000009.json").symlink_to(run.folder / "gone")  # listed, and gone when it is read
    (run.folder.parent / "other").mkdir()
    (run.folder.parent / "other" / "order.json").write_text('{"handle": "u10"}')
    assert drop_runs_naming(run.folder.parent, re.compile(r"\bu1\b")) == 1
    assert [one.name for one in run.folder.parent.iterdir()] == ["other"]


def test_one_process_at_a_time(run: Run) -> None:
    with alone_with(run.folder), pytest.raises(Refused, match="another process"), alone_with(run.folder):
        pass
    with alone_with(run.folder):
        pass
