"""What building the text index alone takes: ours beside tantivy, on texts of about 1 KB a profile, in turns.

    python -m bench.text_index [--profiles 1000000] [--rounds 3]

Both read the same Parquet file, each in a process of its own. tantivy cuts and lowers the texts by its own default way,
which does not take accents off; ours does, and also sorts the parts of words by which compounds are found.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

import duckdb

from bench.spawn import Spent, megabytes, spawn
from bench.tables import table

_WORDS, _SAID, _CAPTIONS, _GROUP = 150_000, 160, 10, 16_384
_STEP = "from pathlib import Path; from bench.text_index import {0}; {0}(Path({1!r}), Path({2!r}))"
_WRITE = "from pathlib import Path; from bench.text_index import write_texts; write_texts(Path({0!r}), {1})"
#: What compiles the loops is kept, so whoever comes first pays for it.
_COMPILE = (
    "from sourcing.wordcounts import count_words, lines, one_vocabulary as one; "
    "words = count_words(b'a\\x1f\\x1f\\x1f\\x1f\\x1e', 1).words; lines(one([words])[0])"
)
TITLES = {"ours": "Greenroom", "tantivy": "tantivy"}


def write_texts(file: Path, profiles: int) -> None:
    """Invented texts, in which few words are said by many and most by a few, as in any language."""
    random = Random(11)
    letters = "aaabcdeeeefghiiijklmnnnooopqrrsssttuuvwxyzäéñş"
    words = ["".join(random.choices(letters, k=random.randint(2, 11))) for _ in range(_WORDS)]
    with duckdb.connect() as db:
        db.execute(
            "create table texts (platform text, handle text, name text, bio text, hashtags text[], captions text[])"
        )
        rows = _rows(random, words, profiles)
        while some := [row for _, row in zip(range(_GROUP), rows, strict=False)]:
            columns = [list(column) for column in zip(*some, strict=True)]
            places = ", ".join(f"unnest(${place})" for place in range(1, 7))
            db.execute(f"insert into texts select {places}", columns)
        db.execute(f"copy texts to '{file}' (format parquet, compression zstd, row_group_size {_GROUP})")


def _rows(random: Random, words: Sequence[str], profiles: int) -> Iterator[tuple[object, ...]]:
    for number in range(profiles):
        said = [words[int(len(words) * random.random() ** 4)] for _ in range(_SAID)]
        captions = [" ".join(said[20 + at :: _CAPTIONS]) for at in range(_CAPTIONS)]
        yield ("instagram", f"{said[0]}{number}", " ".join(said[:2]), " ".join(said[2:16]), said[16:20], captions)


def ours(file: Path, folder: Path) -> None:
    from sourcing.deriving import WORD, derive
    from sourcing.workshop import workshop

    folder.mkdir(parents=True)
    os.link(file, folder / "profiles.parquet")
    with workshop(folder.with_name("shop")) as (_, db):
        derive(db, folder, parts=frozenset({WORD}), block_rows=_GROUP, on_rows=lambda _: None)


def tantivy(file: Path, folder: Path) -> None:
    import tantivy as library

    folder.mkdir(parents=True)
    builder = library.SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="default", index_option="freq")
    builder.add_unsigned_field("row", fast=True)
    index = library.Index(builder.build(), path=str(folder))
    writer = index.writer(heap_size=256_000_000, num_threads=2)
    texts = "concat_ws(' ', handle, name, bio, array_to_string(hashtags, ' '), array_to_string(captions, ' '))"
    with duckdb.connect() as db:
        said = db.execute(f"select {texts} from '{file}'")
        row = 0
        while some := said.fetchmany(_GROUP):
            for (words,) in some:
                document = library.Document()
                document.add_text("words", words)
                document.add_unsigned("row", row)
                writer.add_document(document)
                row += 1
    writer.commit()
    writer.wait_merging_threads()


@dataclass(frozen=True)
class Indexed:
    """What each way took, its runs in order, and the MB of its index."""

    profiles: int
    runs: dict[str, list[Spent]]
    sizes: dict[str, float]


def measured(root: Path, profiles: int, rounds: int) -> Indexed:
    """Write the texts into `root` and index them, the ways taking turns."""
    file = root / "texts.parquet"
    # Elsewhere, as a large process hides what the ones that it starts need.
    spawn(["-c", _WRITE.format(str(file), profiles)])
    told = Indexed(profiles, {name: [] for name in TITLES}, {})
    spawn(["-c", _COMPILE])
    for _ in range(rounds):
        for name in TITLES:
            folder = root / name
            shutil.rmtree(folder, ignore_errors=True)
            told.runs[name].append(spawn(["-c", _STEP.format(name, str(file), str(folder))]))
            told.sizes[name] = megabytes(folder) - (file.stat().st_size / 1e6 if name == "ours" else 0.0)
    return told


def index_table(told: Indexed) -> str:
    base = median(run.cpu for run in told.runs["ours"])
    rows = []
    for name, runs in told.runs.items():
        cpu = [run.cpu for run in runs]
        rows.append([TITLES[name], f"{median(cpu):.1f} ({min(cpu):.1f}–{max(cpu):.1f})", f"{median(cpu) / base:.2f} ×",
                     f"{median(run.wall for run in runs):.1f}", f"{max(run.peak_mb for run in runs):,.0f}",
                     f"{told.sizes[name]:,.0f}"])  # fmt: skip
    return table(["text index", "processor s", "against ours", "wall s", "peak MB", "index MB"], rows)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--profiles", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        print(index_table(measured(Path(place), given.profiles, given.rounds)))  # noqa: T201


if __name__ == "__main__":
    main()
