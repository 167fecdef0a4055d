"""Files of followers as they come: header words, numbers, refusals."""

import gzip
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

from core.errors import BadInput
from sourcing.followers.reading import ReadSample, read_sample
from tests.sourcing.followers.audience import audience, write_csv


def read(tmp_path: Path, content: str | bytes, *, label: str | None = None) -> ReadSample:
    file = tmp_path / "followers.txt"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_sample(file, label=label)


def test_an_export_is_read_whatever_its_words_for_the_columns(tmp_path: Path) -> None:
    found = read(tmp_path, "User Name,#posts,Follows,followersCount,isPrivate,profile pic,biography,x\n"
                           "@ada99,12,300,250,Yes,0,hello you,1\n")  # fmt: skip
    sample = found.sample
    assert [float(getattr(sample, name)[0]) for name in ("posts", "following", "followers", "private", "picture")] == [
        12, 300, 250, 1, 0
    ]  # fmt: skip
    assert sample.digits[0] == pytest.approx(0.4)
    assert sample.bio[0] == 9
    assert np.isnan(sample.label[0])
    assert found.ignored == ("x",)


@pytest.mark.parametrize(
    ("said", "count"),
    [("12", 12), ("1,234", 1234), ("1.234", 1234), ("1 234", 1234), ("12.4K", 12_400), ("1,2 Mio.", 1_200_000),
     ("12.0", 12), ("+7", 7), ("1.5m", 1_500_000), ("1e3", 1000)],
)  # fmt: skip
def test_numbers_as_people_write_them(tmp_path: Path, said: str, count: int) -> None:
    found = read(tmp_path, f'username,followers,following\nada,"{said}",5\n')
    assert found.sample.followers[0] == count


def test_other_columns_for_the_same_thing(tmp_path: Path) -> None:
    rows = [
        {"followers_count": 1, "follows_count": 2, "has_anonymous_profile_picture": True, "bio_length": 0,
         "digit_share": "30 %"},
        {"followers_count": 1, "follows_count": 2, "has_anonymous_profile_picture": False, "digit_share": 7},
    ]  # fmt: skip
    found = read(tmp_path, "\n".join(map(json.dumps, rows)))
    assert list(found.sample.picture) == [0, 1]
    assert found.sample.bio[0] == 0
    assert np.isnan(found.sample.bio[1])
    assert found.sample.digits[0] == pytest.approx(0.3)
    assert np.isnan(found.sample.digits[1])


def test_a_bio_column_that_is_empty_is_no_bio(tmp_path: Path) -> None:
    assert list(read(tmp_path, "followers,following,bio\n1,2,\n1,2,hi\n").sample.bio) == [0, 2]


def test_each_bad_row_is_refused_with_line_and_reason(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "username,followers,following,posts\n"
        "good,1,2,3\n"
        "none,,2,3\n"
        "word,many,2,3\n"
        "minus,-1,2,3\n"
        "part,1.5,2,3\n"
        "huge,1e300,2,3\n"
        "nan,NaN,2,3\n"
        "few,1\n"
        "posted,1,2,lots\n"
        "GOOD,1,2,3\n"
        f"{'x' * 101},1,2,3\n"
        "private,1,2,\n"
        '"=HYPERLINK(1)",1,2,3\n'
        "\x1b[31m,1,2,3\n",
    )
    assert {reject.line: f"{reject.column} {reject.reason}".strip() for reject in found.rejects} == {
        3: "followers is empty",
        4: "followers is not a number",
        5: "followers is negative",
        6: "followers is not a whole number",
        7: "followers is more than any account has",
        8: "followers is empty",
        9: "has too few columns",
        10: "posts is not a number",
        11: "username was counted already, line 2",
        12: "username has more than 100 characters",
    }
    assert found.refused == 10
    assert len(found.sample) == 4
    assert np.isnan(found.sample.posts[1])
    assert "good" not in repr(found).replace("followers.txt", "")


def test_values_that_say_nothing_are_unknown_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, "followers,following,private,profile_pic\n1,2,maybe,https://cdn/x.jpg\n1,2,no,yes\n")
    assert np.isnan(found.sample.private[0])
    assert found.notes == tuple(
        f"column {name!r}: 1 of its values say nothing usable" for name in ("private", "profile_pic")
    )


def test_shapes_of_handles_may_repeat(tmp_path: Path) -> None:
    found = read(tmp_path, "handle_shape,followers,following\naa99,1,2\naa99,1,2\n")
    assert list(found.sample.digits) == [0.5, 0.5]


def test_a_label_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    text = "followers,following,Is Bot\n1,2,yes\n1,2,0\n1,2,perhaps\n"
    found = read(tmp_path, text, label="is_bot")
    assert list(found.sample.label) == [1, 0]
    assert [(reject.line, reject.reason) for reject in found.rejects] == [(4, "says neither yes nor no")]
    with pytest.raises(BadInput, match="no column 'fake' that says who is not real"):
        read(tmp_path, text, label="fake")


def test_every_format_gives_the_same_sample(tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "a.csv", audience(50, 0.3, seed=1))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    db = duckdb.connect()
    db.execute(f"copy (select * from read_csv('{plain}')) to '{tmp_path}/a.parquet'")
    db.execute(f"copy (select * from read_csv('{plain}')) to '{tmp_path}/a.jsonl' (format json)")
    db.execute(f"copy (select * from read_csv('{plain}')) to '{tmp_path}/b.json' (format json, array true)")
    db.close()
    first = read_sample(plain, label="fake").sample
    for name in ("a.csv.gz", "a.parquet", "a.jsonl", "b.json"):
        other = read_sample(tmp_path / name, label="fake").sample
        for column in first.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(first, column), getattr(other, column), err_msg=f"{name} {column}")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        ("followers,following\n", "header but no rows"),
        ("username,posts\na,1\n", "no column for followers"),
        ("followers,posts\n1,1\n", "no column for following"),
        ("followers,following\nx,y\nz,1\n", "None of 2 rows .* line 2: followers is not a number"),
        (b"PK\x03\x04", "Excel workbook"),
        (b"PAR1 but nothing else", "cannot be read as parquet"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        read(tmp_path, content)
    assert "followers.txt" in str(refused.value)
