"""Generated pools on disk: one file, or a folder of files where one would be too large to be imported at once.

The files of a folder say together what one file would. Owns how pools are cut into files; who is in them is
sourcing.sample's.
"""

import gzip
import json
import shutil
from itertools import islice
from pathlib import Path

from sourcing.sample import sample_profiles

#: Profiles of a file; a larger pool is a folder of files of so many.
LARGEST_FILE = 1_000_000
_LINES_PER_WRITE = 500


def files_of(pool: Path) -> list[Path]:
    """The files of a pool, in order."""
    return sorted(pool.glob("*.jsonl.gz")) if pool.is_dir() else [pool]


def write_files(folder: Path, *, profiles: int, each: int = LARGEST_FILE) -> int:
    """Write the generated pool into `folder` as files of `each`, whole or not at all; returns how many profiles.

    Drawn in one go, and no more than a few hundred lines are held.
    """
    half = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    drawn, written = islice(sample_profiles(), profiles), 0
    for number in range(-(-profiles // each)):
        here = islice(drawn, each)
        with gzip.GzipFile(half / f"{number + 1:03}.jsonl.gz", mode="wb", compresslevel=4, mtime=0) as packed:
            while lines := [encode(profile) for profile in islice(here, _LINES_PER_WRITE)]:
                packed.write(("\n".join(lines) + "\n").encode())
                written += len(lines)
    half.rename(folder)
    return written
