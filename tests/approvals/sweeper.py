"""Sweeps a home once it is told to, for the test that kills it: says "ready" first, and ends when all was mailed."""

import sys
from datetime import datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from core.clock import FixedClock  # noqa: E402
from flows.steps import upkeep  # noqa: E402
from tests.house import build  # noqa: E402


def main() -> None:
    w = build(Path(sys.argv[1]), FixedClock(datetime.fromisoformat(sys.argv[2]))).w
    w.engine.connect().close()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    upkeep.remind(w)


if __name__ == "__main__":
    main()
