"""Precision and recall, by hand and as the evaluation data's own tool has them."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bench.evaluation import evaluation_data
from bench.scoring import Asked, precision_at, quality, read_asked, read_judged, read_relevant, recall_at

BREAD = Asked("bread", "instagram", None)
BREAD_AT_HOME = Asked("bread-Germany", "instagram", "Germany")


def test_precision_is_over_the_places_asked_for_even_where_the_list_is_shorter() -> None:
    assert precision_at(["ada", "bo", "cy", "di"], {"ada", "cy"}, 4) == 0.5
    assert precision_at(["ada", "bo", "cy", "di"], {"ada", "cy"}, 2) == 0.5
    assert precision_at(["ada"], {"ada"}, 4) == 0.25
    assert precision_at([], {"ada"}, 4) == 0.0


def test_recall_is_of_what_the_places_can_hold() -> None:
    assert recall_at(["ada", "bo"], {"ada", "cy"}, 250) == 0.5
    assert recall_at(["ada", "bo"], {"ada", "bo", "cy", "di"}, 2) == 1.0
    assert recall_at(["ada"], set(), 250) == 0.0


def test_whoever_is_not_judged_takes_no_place() -> None:
    ranked = {"bread": ["stranger", "ada", *(f"no{n}" for n in range(23)), "bo"]}
    judged = {("instagram", name) for name in ranked["bread"]} - {("instagram", "stranger")} | {("tiktok", "stranger")}
    found = quality([BREAD], ranked, {"bread": {"ada", "bo"}}, judged)
    assert found == {"niche P@250": 2 / 250, "niche P@25": 2 / 25}


def test_a_brief_without_an_answer_counts_as_nought_and_a_name_said_twice_counts_once() -> None:
    ranked = {"bread": ["ada", "ada", "bo"]}
    found = quality([BREAD, Asked("cats", "tiktok", None)], ranked, {"bread": {"ada"}, "cats": {"cy"}})
    assert found["niche P@25"] == (1 / 25 + 0) / 2


def test_briefs_with_a_country_are_told_apart() -> None:
    found = quality([BREAD, BREAD_AT_HOME], {"bread-Germany": ["ada"]}, {"bread-Germany": {"ada", "bo"}})
    assert found == {"niche P@250": 0, "niche P@25": 0, "country R@250": 0.5, "country P@25": 1 / 25}


def test_the_files_are_read_as_they_lie(tmp_path: Path) -> None:
    (tmp_path / "briefs.json").write_text(json.dumps([{"id": "a", "platform": "tiktok", "country": None, "name": "x"}]))
    (tmp_path / "relevant.tsv").write_text("a\tada\na\tbo\n")
    with gzip.open(tmp_path / "judged.tsv.gz", "wt") as file:
        file.write("tiktok\tada\n")
    assert read_asked(tmp_path / "briefs.json") == [Asked("a", "tiktok", None)]
    assert read_relevant(tmp_path / "relevant.tsv") == {"a": {"ada", "bo"}}
    assert read_judged(tmp_path / "judged.tsv.gz") == {("tiktok", "ada")}


def test_the_numbers_are_those_of_the_evaluation_tool(tmp_path: Path) -> None:
    data = evaluation_data()
    tool = data.briefs.parent.parent.parent / "tools" / "rank_eval.py"
    if data.missing or not tool.is_file():
        pytest.skip(data.missing or f"there is no {tool.name} beside the evaluation data")
    briefs, relevant, judged = read_asked(data.briefs), read_relevant(data.relevant), read_judged(data.judged)
    draw = random.Random(7)
    everybody = sorted(judged)
    ranked: dict[str, list[str]] = {}
    for brief in briefs[::3]:
        names = [name for platform, name in draw.sample(everybody, 300) if platform == brief.platform]
        ranked[brief.id] = [*names, "nobody.judged", *draw.sample(sorted(relevant[brief.id]), 3)]
        draw.shuffle(ranked[brief.id])
    lines = [f"{brief}\t{n}\t{name}" for brief, names in ranked.items() for n, name in enumerate(names, start=1)]
    (tmp_path / "run.tsv").write_text("\n".join(lines) + "\n")
    arguments = [*map(str, (data.briefs, data.relevant, tmp_path / "run.tsv")), "--judged", str(data.judged), "--json"]
    told = subprocess.run([sys.executable, str(tool), *arguments], capture_output=True, text=True, check=True)
    found = {name: round(value, 4) for name, value in quality(briefs, ranked, relevant, judged).items()}
    assert found | {"briefs": len(briefs)} == json.loads(told.stdout)
