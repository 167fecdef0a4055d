"""Ranking many briefs at once: the file they come in, the order, and (on real profiles) how good it is."""

import gzip
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import pytest

from core.clock import FixedClock
from core.errors import BadInput, Refused, WrongUsage
from sourcing import service
from sourcing.importers import ImportReport
from sourcing.ranking import Ranked, load_briefs
from tests.sourcing.conftest import NOW

Load = Callable[..., ImportReport]
CLOCK = FixedClock(NOW)
PROJECT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GREENROOM_EVAL_DATA", PROJECT.parent / "shared" / "data"))


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000, "country": "DE"} | other


def brief(**other: Any) -> dict[str, Any]:
    return {"id": "b1", "platform": "instagram", "name": "bakers", "brief": "", "keywords": [], "country": None} | other


def asked(tmp_path: Path, *briefs: object) -> Path:
    path = tmp_path / "briefs.json"
    path.write_text(json.dumps(list(briefs)))
    return path


def test_the_best_come_first_and_platform_and_country_are_kept(load: Load, folder: Path, tmp_path: Path) -> None:
    load([
        good("b.cook", bio="I bake"), good("a.baker", bio="baker and bakery owner, bakers unite"), good("z.other"),
        good("c.baker", bio="baker", country="FR"), good("d.baker", bio="baker", platform="tiktok"),
        good("huge", bio="baker", followers=90_000_000),
    ])  # fmt: skip
    rows = list(service.rank(folder, asked(tmp_path, brief(), brief(id="b2", country="FR")), CLOCK, limit=4))
    assert next(row.username for row in rows if row.brief_id == "b1") == "a.baker"
    assert {row.username for row in rows if row.brief_id == "b1"} == {"a.baker", "b.cook", "c.baker", "huge"}
    assert [row for row in rows if row.brief_id == "b2"] == [Ranked("b2", 1, "c.baker")]
    assert [row.rank for row in rows if row.brief_id == "b1"] == [1, 2, 3, 4]


def test_parts_of_compounds_are_found_in_any_field(load: Load, folder: Path, tmp_path: Path) -> None:
    load([good("veganfoodie"), good("plain", hashtags=["#glutenfreefood"]), good("said", captions=["street food tour"]),
          good("dressed", name="𝓕𝓸𝓸𝓭 lover"), good("none", bio="gaming")])  # fmt: skip
    rows = list(service.rank(folder, asked(tmp_path, brief(name="food")), CLOCK, limit=4))
    assert {row.username for row in rows} == {"veganfoodie", "plain", "said", "dressed"}


def test_a_phrase_beats_its_rarest_word(load: Load, folder: Path, tmp_path: Path) -> None:
    crowd = [good(f"f{number}", bio="fashion") for number in range(20)]
    load([*crowd, good("slowly", bio="slow slow slow"), good("both", bio="slow fashion")])
    rows = list(service.rank(folder, asked(tmp_path, brief(name="slow fashion")), CLOCK, limit=1))
    assert rows[0].username == "both"


def test_nothing_to_go_by_still_ranks_in_a_fixed_order(load: Load, folder: Path, tmp_path: Path) -> None:
    load([good("b"), good("a"), good("c")])
    rows = list(service.rank(folder, asked(tmp_path, brief(name="!!!")), CLOCK, limit=9))
    assert [row.username for row in rows] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON file"),
        ("{}", "valid tuple"),
        ("[]", "holds no brief"),
        (json.dumps([brief(platform="myspace")]), "0.platform"),
        (json.dumps([brief(extra=1)]), "0.extra"),
        (json.dumps([brief(), brief(name="")]), "1.name"),
        (json.dumps([brief(id="tab\there")]), "0.id"),
        (json.dumps([brief(), brief()]), "twice"),
        (json.dumps([brief(country="Atlantis")]), "no country known"),
        ("[" * 100_000, "is no JSON file"),
    ],
)
def test_a_wrong_briefs_file_is_refused_by_name(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "briefs.json"
    path.write_text(content)
    with pytest.raises(BadInput, match=words) as refused:
        load_briefs(path)
    assert "briefs.json" in str(refused.value)


def test_no_file_no_pool_no_limit(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(BadInput, match="no briefs file"):
        service.rank(folder, tmp_path / "absent.json", CLOCK)
    with pytest.raises(Refused, match="empty"):
        service.rank(folder, asked(tmp_path, brief()), CLOCK)
    with pytest.raises(WrongUsage):
        service.rank(folder, asked(tmp_path, brief()), CLOCK, limit=0)


MEASURED_IMPORT = """
import sys
from pathlib import Path
from core.clock import SystemClock
from sourcing.importers import import_profiles
report = import_profiles(Path(sys.argv[1]), [Path(sys.argv[2])], clock=SystemClock())
# Not getrusage: its peak begins with that of whoever started this process.
told = Path("/proc/self/status").read_text()
print(report.profiles, int(told.split("VmHWM:")[1].split()[0]) / 1024)
"""


@pytest.mark.slow
def test_an_export_with_captions_comes_in_with_little_memory(tmp_path: Path) -> None:
    words = [f"w{number:05}" for number in range(50_000)]
    draw = Random(1)
    file = tmp_path / "captions.jsonl"
    with file.open("w") as stream:
        for number in range(20_000):
            captions = [" ".join(draw.choices(words, k=40)) for _ in range(12)]
            stream.write(json.dumps(good(f"u{number}", captions=captions)) + "\n")
    told = subprocess.run(
        [sys.executable, "-c", MEASURED_IMPORT, str(tmp_path / "pool"), str(file)],
        cwd=PROJECT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    count, megabytes = map(float, told.stdout.split())
    assert count == 20_000
    assert megabytes < 1_000


@pytest.mark.slow
@pytest.mark.skipif(not (REAL / "creators" / "profiles.jsonl.gz").exists(), reason=f"no evaluation data in {REAL}")
def test_real_profiles_all_come_in_and_are_ranked_well(tmp_path: Path) -> None:
    folder = tmp_path / "pool"
    told = subprocess.run(
        [sys.executable, "-c", MEASURED_IMPORT, str(folder), str(REAL / "creators" / "profiles.jsonl.gz")],
        cwd=PROJECT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    count, megabytes = map(float, told.stdout.split())
    assert count == 78_709 - 135  # who says to be under age stays out
    assert megabytes < 600
    briefs = REAL / "ranking" / "dev_briefs.json"
    measured = _measure(json.loads(briefs.read_text()), service.rank(folder, briefs, CLOCK, limit=300))
    assert measured["niche P@250"] >= 0.62
    assert measured["niche P@25"] >= 0.78
    assert measured["country R@250"] >= 0.52


def _measure(briefs: list[dict[str, Any]], rows: Iterable[Ranked]) -> dict[str, float]:
    """Mean precision of niches and recall of countries, over the accounts that were ever judged."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for brief_id, username in _lines(REAL / "ranking" / "dev_qrels.tsv.gz"):
        relevant[brief_id].add(username)
    judged = set(_lines(REAL / "ranking" / "judged.tsv.gz"))
    ranked: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ranked[row.brief_id].append(row.username)
    found: dict[str, list[float]] = defaultdict(list)
    for one in briefs:
        names = [name for name in ranked[one["id"]] if (one["platform"], name) in judged]
        hits = [name in relevant[one["id"]] for name in names[:250]]
        if one["country"] is None:
            found["niche P@250"].append(sum(hits) / 250)
            found["niche P@25"].append(sum(hits[:25]) / 25)
        else:
            found["country R@250"].append(sum(hits) / min(250, len(relevant[one["id"]])))
    return {name: mean(values) for name, values in found.items()}


def _lines(path: Path) -> Iterable[tuple[str, ...]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [tuple(line.rstrip("\n").split("\t")) for line in stream]
