"""What runs measured, kept beside the README: so that goals and the picture have the sizes that were not run this time.

Medians only, as JSON that people can read. Owns what is kept; what is said of it is goals', growth's and tables'.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import Measured
from bench.spawn import Spent
from bench.way import way
from core.files import write_atomically

#: The sizes, by the block of the README that tells of them.
SIZES = ("generated", "million", "ten_million")
#: What is drawn and compared: seconds.
COLD, WARM = "cold", "warm"

Kept = dict[str, dict[str, Any]]


def read_kept(file: Path) -> Kept:
    """{} where nothing was kept yet."""
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def write_kept(file: Path, kept: Kept) -> None:
    write_atomically(file, json.dumps(kept, indent=1, sort_keys=True) + "\n")


def of_pool(told: Measured, machine: str) -> dict[str, Any]:
    """What is kept of one size: per way the medians of what was measured of it, seconds and MB."""
    ways = {name: _of_way(told, name) for name in told.cold}
    return {"profiles": told.profiles, "rounds": told.rounds, "machine": machine, "ways": ways}


def of_text_index(profiles: int, found: Mapping[str, Sequence[Spent]], machine: str) -> dict[str, Any]:
    ways = {
        name: {"build_cpu": median(run.cpu for run in runs), "build_peak": max(run.peak_mb for run in runs)}
        for name, runs in found.items()
    }
    return {"profiles": profiles, "machine": machine, "ways": ways}


def figure(kept: Kept, block: str, name: str, what: str) -> float | None:
    """One median; None where it was not measured."""
    value = kept.get(block, {}).get("ways", {}).get(name, {}).get(what)
    return None if value is None else float(value)


def _of_way(told: Measured, name: str) -> dict[str, float]:
    runs = told.cold[name]
    builds = told.builds.get(_built(name), [])
    values = {
        COLD: [run.wall for run in runs],
        WARM: told.warm.get(name, []),
        "own_cold": [run.own_mb for run in runs if run.own_mb is not None],
        "own_warm": told.own_warm.get(name, []),
        "build": [run.wall for run in builds],
        "build_cpu": [run.cpu for run in builds],
    }
    return {what: round(median(several), 6) for what, several in values.items() if several}


def _built(name: str) -> str:
    """The way whose build it is asked from; ours with its files builds nothing of its own."""
    return name if name in ("files", "command") else way(name).BUILT_BY or name


__all__ = ["COLD", "SIZES", "WARM", "Kept", "figure", "of_pool", "of_text_index", "read_kept", "write_kept"]
