"""What importing large files takes: a CSV of a million profiles and an Excel workbook of 100 MB, each in a process of
its own, and the CSV of the workbook's rows beside it.

    python -m bench.large_imports [--rows 1000000] [--book-rows 850000]
"""

import argparse
import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import xlsxwriter

from bench.spawn import spawn

_HEAD = ["Handle", "Name", "Bio", "Followers", "ER", "Country", "Email", "Last post"]
_WRITE = """
import sys
from pathlib import Path
from bench.large_imports import {write}
{write}(Path(sys.argv[1]), int(sys.argv[2]))
"""
_IMPORT = """
import sys
from pathlib import Path
from core.clock import SystemClock
from sourcing.importers import import_profiles
done = import_profiles(Path(sys.argv[2]), [Path(sys.argv[1])], clock=SystemClock(), platform="instagram")
print(done.profiles)
"""


def rows(count: int) -> Iterator[list[str | int | float]]:
    """Invented profiles whose bios are all different, as a workbook keeps equal ones once."""
    random = Random(7)
    words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=random.randint(3, 9))) for _ in range(20_000)]
    for number in range(count):
        yield [f"user_{number}", " ".join(random.choices(words, k=2)), " ".join(random.choices(words, k=14)),
               random.randint(1_000, 1_000_000), round(random.random() * 9, 2), random.choice(["DE", "US", "FR"]),
               f"user{number}@example.org", f"{random.randint(1, 28)}.{random.randint(1, 12)}.2025"]  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        written = csv.writer(stream)
        written.writerow(_HEAD)
        written.writerows(rows(count))


def write_book(path: Path, count: int) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Creators")
        sheet.write_row(0, 0, _HEAD)
        for number, row in enumerate(rows(count), start=1):
            sheet.write_row(number, 0, row)


def main() -> None:
    """Print a line for each file."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--book-rows", type=int, default=850_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = {"million.csv": ("write_csv", given.rows), "book.xlsx": ("write_book", given.book_rows),
                "book.csv": ("write_csv", given.book_rows)}  # fmt: skip
        for name, (write, count) in made.items():
            path = Path(folder) / name
            # Elsewhere, as a large process hides what the ones that it starts need.
            spawn(["-c", _WRITE.format(write=write), str(path), str(count)])
            spent = spawn(["-c", _IMPORT, str(path), f"{path}.pool"])
            print(  # noqa: T201
                f"{name}: {path.stat().st_size / 1e6:,.0f} MB, {int(spent.printed):,} profiles, {spent.wall:,.0f} s, "
                f"{spent.cpu:,.0f} s of processor, peak {spent.peak_mb:,.0f} MB",
                flush=True,
            )
            path.unlink()


if __name__ == "__main__":
    main()
