"""What goes into the pool and what is refused, file by file."""

import gzip
import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.clock import FixedClock
from core.errors import BadInput
from sourcing.importers import ImportReport, import_profiles
from sourcing.pool import PLATFORMS, Profile, open_pool
from sourcing.progress import Step

Load = Callable[..., ImportReport]
HEADER = "platform,username,followers,bio\n"


def profiles(folder: Path) -> dict[str, Profile]:
    pool = open_pool(folder)
    return {pool.profile(number).handle: pool.profile(number) for number in range(len(pool))}


def good(handle: str, **other: Any) -> dict[str, Any]:
    return {"platform": "instagram", "handle": handle, "followers": 20_000} | other


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["csv", "jsonl", "array", "parquet"])
def test_every_format_gives_the_same_profile(load: Load, folder: Path, tmp_path: Path, kind: str, packed: bool) -> None:
    told = {
        "platform": "Instagram", "username": "@Ada", "fullname": "Ada L", "bio": "linen\nand tea", "followers": "12345",
        "engagement_bps": "542", "location": "DE", "hashtags": ["#linen", "#slow fashion"], "verified": "true",
        "last_seen": "2026-10-01", "email": "Ada@Example.com",
    }  # fmt: skip
    file = tmp_path / "data.whatever"
    if kind == "csv":
        cells = [f'"{value}"' if isinstance(value, str) else '"#linen #slow,fashion"' for value in told.values()]
        file.write_text(",".join(told) + "\n" + ",".join(cells) + "\n")
    elif kind == "parquet":
        source = tmp_path / "one.json"
        source.write_text(json.dumps(told))
        duckdb.execute(f"copy (select * from read_json('{source}')) to '{file}' (format parquet)")
    else:
        file.write_text(json.dumps([told], indent=1) if kind == "array" else json.dumps(told))
    if packed:
        file.write_bytes(gzip.compress(file.read_bytes()))
    load(file)
    ada = profiles(folder)["ada"]
    assert (ada.platform, ada.name, ada.bio, ada.followers) == ("instagram", "Ada L", "linen\nand tea", 12345)
    assert (ada.engagement_percent, ada.country, ada.verified, ada.email) == (5.42, "Germany", True, "ada@example.com")
    assert ada.hashtags == ("linen", "slow", "fashion")
    assert ada.fetched_at == "2026-10-01T00:00:00Z"


def test_the_rest_goes_in_when_rows_are_refused(load: Load, folder: Path) -> None:
    text = HEADER + (
        "instagram,good,5000,x\n"
        "instagram,,5000,x\n"
        "instagram,negative,-1,x\n"
        "instagram,endless,inf,x\n"
        "instagram,huge,1e308,x\n"
        "instagram,word,many,x\n"
        "instagram,part,12.5,x\n"
        "myspace,elsewhere,5000,x\n"
        ",nowhere,5000,x\n"
        "instagram,not a handle,5000,x\n"
        "instagram,few\n"
        'instagram,"=HYPERLINK(1)",5000,x\n'
        "instagram,last,637000.0,x\n"
    )
    report = load(text)
    assert set(profiles(folder)) == {"good", "last"}
    reasons = {reject.line: f"{reject.column} {reject.reason}".strip() for reject in report.rejects}
    assert reasons == {
        3: "username is empty",
        4: "followers is negative",
        5: "followers is not a finite number",
        6: "followers is more than any account has",
        7: "followers is not a number",
        8: "followers is not a whole number",
        9: f"platform is none of {', '.join(PLATFORMS)}",
        10: "platform is missing",
        11: "username is no handle",
        12: "has too few columns",
        13: "username is no handle",
    }
    assert report.rejected == 11


def test_a_handle_with_an_emoji_is_odd_and_still_a_handle(load: Load, folder: Path) -> None:
    assert load(HEADER + "instagram,queen👸🏼,5000,x\ninstagram,👸🏼,5000,x\n").rejected == 1
    assert set(profiles(folder)) == {"queen👸🏼"}


def test_the_rejects_file_names_file_line_column_and_reason_and_holds_no_formula(load: Load) -> None:
    report = load(HEADER + "instagram,good,5000,x\n=1+1,bad,x,x\n")
    assert report.rejects_file is not None
    assert report.rejects[0].place == "line 3"
    rows = report.rejects_file.read_text().splitlines()
    assert rows[0] == "file,line,column,reason,start of the line"
    assert ",3,platform," in rows[1]
    assert "'=1+1" in rows[1]
    load(HEADER + "instagram,good,5000,x\n")
    assert not report.rejects_file.exists()


def test_a_json_array_counts_items(load: Load) -> None:
    report = load(json.dumps([good("a"), good("b", followers=-1)], indent=1))
    assert report.rejects[0].place == "item 2"
    assert report.rejects_file is not None
    assert ",item 2,followers," in report.rejects_file.read_text()


@pytest.mark.parametrize(
    "first", ["garbage here", '"handle": "x"}', "[1, 2]", ", x", '{"bio": "' + "x" * (9 << 19) + '"}']
)
def test_one_odd_first_line_costs_itself(load: Load, folder: Path, first: str) -> None:
    report = load("\n".join([first, *(json.dumps(good(f"u{number}")) for number in range(3))]))
    assert [reject.line for reject in report.rejects] == [1]
    assert len(profiles(folder)) == 3


def test_what_may_not_be_known_is_not_shown_among_the_rejects(load: Load) -> None:
    header = "health,platform,username,followers,bio\n"
    report = load(
        header + "SECRET,instagram,good,5,x\nSECRET,instagram,bad,-5,x\nSECRET,instagram,few\nSECRET,a,b,c,d,e,f\n"
        'SECRET,instagram,x,1,"open\n'
    )
    lines = load('{"platform": "instagram", "health": "SECRET"}\n{"health": "SECRET", broken\n' + json.dumps(good("a")))
    assert (report.rejected, lines.rejected) == (4, 2)
    assert "SECRET" not in str(report) + str(lines)
    assert "bad" in str(report.rejects[0].raw)


def test_a_file_of_bad_rows_only_replaces_the_rejects_file(load: Load, folder: Path) -> None:
    load([good("ada"), good("old", followers=-1)])
    with pytest.raises(BadInput, match=r"rejects\.csv"):
        load([good("new", followers=-2)])
    told = (folder / "rejects.csv").read_text()
    assert "-2, new" in told
    assert "old" not in told


def test_more_rejects_than_are_listed_is_said(load: Load, folder: Path) -> None:
    report = load(HEADER + "instagram,good,1,x\n" + "instagram,bad,-1,x\n" * 10_001)
    assert report.rejected == 10_001
    assert "first 10,000" in " ".join(report.notes)
    assert len((folder / "rejects.csv").read_text().splitlines()) == 10_001
    assert not load([good("ada"), good("b", followers=-1)]).notes


def test_a_name_that_is_not_utf8_is_no_matter(load: Load, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9.jsonl")
    file.write_text(json.dumps(good("ada")) + "\n" + json.dumps(good("b", followers=-1)))
    report = load(file)
    assert profiles(folder)["ada"].source == "caf\ufffd.jsonl"
    assert report.files[0].file.endswith("caf\ufffd.jsonl")


def test_a_file_that_cannot_be_read_is_not_blamed_on_the_pool(load: Load) -> None:
    with pytest.raises(BadInput, match="/proc/self/mem cannot be read"):
        load(Path("/proc/self/mem"))


def test_one_broken_line_in_many_is_named_and_the_rest_goes_in(load: Load, folder: Path) -> None:
    lines = [json.dumps(good(f"u{number}")) for number in range(20_000)]
    lines[12_344] = '{"platform": "instagram", "handle": "cut'
    lines[12_345] = "[1, 2]"
    report = load("\n".join(lines))
    assert [(reject.line, reject.reason) for reject in report.rejects] == [
        (12_345, "not a JSON object"),
        (12_346, "not a JSON object"),
    ]
    assert len(open_pool(folder)) == 19_998


def test_invalid_utf8_control_bytes_and_endless_lines_are_refused_by_line(load: Load, folder: Path) -> None:
    line = json.dumps(good("{}")).encode()
    lines = [
        line.replace(b"{}", b"first"),
        line.replace(b"{}", b"caf\xe9"),
        line.replace(b"{}", b"nul\0"),
        b'{"platform": "instagram", "bio": "' + b"x" * (5 << 20) + b'"}',
        b'{"platform": "instagram", "hashtags": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
        line.replace(b"{}", b"last"),
    ]
    report = load(b"\n".join(lines))
    assert set(profiles(folder)) == {"first", "last"}
    assert [(reject.line, reject.reason) for reject in report.rejects] == [
        (2, "not valid UTF-8"),
        (3, "holds control characters"),
        (4, "line of more than 4 MiB"),
        (5, "is nested too deep"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"PK\x03\x04rest", "damaged Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older than .xlsx or has a password"),
        (b"%PDF-1.7", "a PDF"),
        (b"<!doctype html><p>", "web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, r"a picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", r"a picture \(JPEG\)"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", r"a picture \(HEIC\)"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        (random.Random(7).randbytes(5_000), "no text that can be read; it may be no table at all"),
        (gzip.compress(b"x" * 100_000, mtime=0)[:-50], "damaged or cut gzip"),
        (gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), "packed twice"),
        (b"PAR1 but nothing else", "cannot be read as parquet"),
        (b'[{"handle": "a", ', "cannot be read as json array"),
        (b"{not json at all\n", "no JSON object"),
        (b"platform,username,followers\n", "header but no rows"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(load: Load, folder: Path, content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        load(content, name="profiles.csv")
    assert "0-profiles.csv" in str(refused.value)
    assert not (folder / "CURRENT").exists()


def test_missing_files_and_folders_are_named(load: Load, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file"):
        load(tmp_path / "absent.csv")
    with pytest.raises(BadInput, match="folder or a device"):
        load(tmp_path)


def test_a_header_nobody_knows_lists_what_was_found_and_what_is_needed(load: Load) -> None:
    with pytest.raises(BadInput) as refused:
        load("wer,wieviele\nada,5\n")
    for words in ("'wer'", "'wieviele'", "handle", "followers", "--platform"):
        assert words in str(refused.value)


def test_a_file_of_bad_rows_only_changes_nothing(load: Load, folder: Path) -> None:
    load([good("ada")])
    with pytest.raises(BadInput, match=r"None of 2 rows .* line 2"):
        load(HEADER + "instagram,,1,x\ninstagram,,2,x\n")
    assert set(profiles(folder)) == {"ada"}


def test_progress_is_told_to_the_end(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text(json.dumps(good("ada")))
    told: list[Step] = []
    import_profiles(folder, [file], clock=FixedClock(datetime(2026, 1, 1, tzinfo=UTC)), on_progress=told.append)
    assert (told[-1].share, told[-1].rows) == (1.0, 1)
    assert [step.share for step in told] == sorted(step.share for step in told)
    labels = list(dict.fromkeys(step.label for step in told))
    assert labels[0] == "Reading files"
    assert labels[-2:] == ["Writing", "Indexing"]
    assert max(step.size for step in told) == file.stat().st_size
