"""Does learning from decisions pay? A simulated reviewer decides with published labels; then the rest is ranked anew.

    PYTHONPATH=. python -m bench.learning [--data DIR] [--json]

Needs the evaluation data (`creators/profiles.jsonl.gz` and `ranking/` with briefs, labels and judged accounts) in
`../shared/data` or `$GREENROOM_EVAL_DATA`; without it the script says so and ends with 0. Precision at 250 as
`rank_eval.py` counts it: over the accounts that were judged, reviewed ones counted (whoever was found relevant stays on
the list, whoever was not goes to the end). Nothing learnt here is kept.
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.clock import SystemClock
from sourcing.factors.topic import heard, mentioned, query, topic
from sourcing.learning.examples import Asked, Decided, Undecided, asked_of
from sourcing.learning.exploring import explore
from sourcing.learning.features import Floats, Usage, usage_of
from sourcing.learning.proposing import trained
from sourcing.learning.training import place_odds
from sourcing.pool import PLATFORMS, Pool, Profile, open_pool
from sourcing.ranking import Brief, best_rows, load_briefs
from sourcing.service import import_files

#: How many of the ranking are ranked anew, how many a reviewer is asked at once, and the list that is scored.
DEPTH, ROUND, LIST = 1_600, 25, 250
STEPS = (25, 100)
#: One in so many profiles of the pool is read for how its words are used.
SAMPLED = 16

Ints = npt.NDArray[np.int64]
Rank = Callable[["Case", Ints], Floats]


@dataclass(frozen=True)
class Case:
    """One brief: the best judged accounts of its platform in the ranking's order, and which of them are relevant."""

    brief: Brief
    profiles: tuple[Profile, ...]
    score: Floats
    relevant: npt.NDArray[np.bool_]
    usage: Usage

    @property
    def asked(self) -> Asked:
        return asked_of(self.brief.name, self.brief.keywords)


def cases(pool: Pool, ranking: Path) -> list[Case]:
    relevant: dict[str, set[str]] = defaultdict(set)
    for brief_id, username in _rows(ranking / "dev_qrels.tsv.gz"):
        relevant[brief_id].add(username)
    judged = {(platform, username) for platform, username in _rows(ranking / "judged.tsv.gz")}
    profiles = [pool.profile(row) for row in range(len(pool))]
    asked_about = np.array([(one.platform, one.handle) in judged for one in profiles])
    platforms = np.asarray(pool.numbers("platform"))
    index, usage = pool.index, usage_of(profiles[::SAMPLED])
    found = []
    for brief in load_briefs(ranking / "dev_briefs.json"):
        if brief.country is not None:
            continue
        asked = query(brief.name, brief.keywords, brief.brief)
        spoken = topic(asked, index, len(pool), heard(len(pool), mentioned(asked, index), speakers=0, wanted=0))
        scores = spoken.of(np.arange(len(pool)), len(pool))
        rows = np.flatnonzero(asked_about & (platforms == PLATFORMS.index(brief.platform) + 1))
        best = best_rows(scores, rows, DEPTH)
        shown = tuple(profiles[int(row)] for row in best)
        hits = np.array([one.handle in relevant[brief.id] for one in shown])
        found.append(Case(brief, shown, scores[best], hits, usage))
    return found


def precision(case: Case, reviewed: Ints, order: Ints) -> float:
    """Of a list of 250: those found relevant, filled up with the best that nobody reviewed."""
    seen = np.zeros(len(case.profiles), np.bool_)
    seen[reviewed] = True
    kept = int(case.relevant[seen].sum())
    rest = order[~seen[order]][: LIST - kept]
    return float(kept + case.relevant[rest].sum()) / LIST


def ours(case: Case, reviewed: Ints) -> Floats:
    decided = [
        Decided((case.brief.platform, case.profiles[at].handle), case.profiles[at], case.asked, {}, 0.0, int(at) + 1,
                int(case.relevant[at]), case.brief.id)
        for at in reviewed
    ]  # fmt: skip
    gone = set(reviewed.tolist())
    background = [Undecided(one, {}, at + 1) for at, one in enumerate(case.profiles) if at not in gone]
    encoder, weights = trained(decided, background, case.usage, campaign=case.brief.id, asked=case.asked)
    rows = encoder.rows(case.profiles, [case.asked] * len(case.profiles), {})
    return place_odds(np.arange(1, len(case.profiles) + 1)) + rows.times(weights)


def plain(case: Case, reviewed: Ints) -> Floats:
    """What one would write first: logistic regression on TF-IDF of the words, half and half with the ranking."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    base = _standard(case.score)
    labels = case.relevant[reviewed]
    if labels.all() or not labels.any():
        return base
    texts = [" ".join([one.handle, one.name or "", one.bio or "", *one.hashtags]) for one in case.profiles]
    matrix = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    model = LogisticRegression(C=1.0, max_iter=300).fit(matrix[reviewed], labels)
    return base + _standard(model.decision_function(matrix))


def unmoved(case: Case, reviewed: Ints) -> Floats:
    """The ranking as it is: what the reviewer's own decisions change is all there is."""
    return -np.arange(len(case.profiles), dtype=np.float64)


def simulate(case: Case, rank: Rank, exploring: int) -> dict[int, float]:
    """Ask in rounds of 25, the best of the moment and some around the end of the list; precision after each step."""
    reviewed: Ints = np.zeros(0, np.int64)
    order, after = np.arange(len(case.profiles)), {}
    for asked in range(ROUND, max(STEPS) + 1, ROUND):
        waiting = order[~np.isin(order, reviewed)]
        best = waiting[: ROUND - exploring]
        # As the list stands: whoever was found relevant first, then everybody who waits.
        listed = np.concatenate([reviewed[case.relevant[reviewed]], waiting])
        taken = np.flatnonzero(~np.isin(listed, waiting[ROUND - exploring :]))
        ranked = [case.profiles[int(at)] for at in listed]
        unsure = explore(ranked, exploring, size=LIST, taken=taken.tolist(), seed=case.brief.id)
        reviewed = np.concatenate([reviewed, best, listed[list(unsure)].astype(np.int64)])
        order = np.argsort(-rank(case, reviewed), kind="stable")
        if asked in STEPS:
            after[asked] = precision(case, reviewed, order)
    return after


def table(found: list[Case]) -> list[dict[str, float | str]]:
    base = float(np.mean([case.relevant[:LIST].mean() for case in found]))
    rows: list[dict[str, float | str]] = []
    for name, rank, exploring in (
        ("no model, only what was reviewed", unmoved, 0), ("plain logistic re-rank", plain, 0),
        ("ours, top of the queue", ours, 0), ("ours, 5 of 25 exploring", ours, 5),
        ("ours, 10 of 25 exploring", ours, 10),
        ("plain logistic, 10 of 25 exploring", plain, 10),
    ):  # fmt: skip
        each = [simulate(case, rank, exploring) for case in found]
        row: dict[str, float | str] = {"ranking": name, "base": round(base, 4)}
        for step in STEPS:
            row[f"+{step}"] = round(float(np.mean([one[step] for one in each])), 4)
            row[f"+{step} odd"] = round(float(np.mean([one[step] for one in each[1::2]])), 4)
        rows.append(row)
        print(f"{name:36s}" + "".join(f"  {key} {value}" for key, value in list(row.items())[1:]), file=sys.stderr)  # noqa: T201
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("GREENROOM_EVAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    profiles = args.data / "creators" / "profiles.jsonl.gz"
    if not profiles.is_file():
        print(f"Skipped: there is no evaluation data in {args.data} (set GREENROOM_EVAL_DATA).")  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as folder:
        import_files(Path(folder) / "pool", [profiles], SystemClock())
        rows = table(cases(open_pool(Path(folder) / "pool"), args.data / "ranking"))
    if args.json:
        print(json.dumps(rows, indent=2))  # noqa: T201
        return
    print("| ranking | P@250 before | after 25 decisions | after 100 | on every other brief |")  # noqa: T201
    print("|---|---|---|---|---|")  # noqa: T201
    for row in rows:
        base = float(row["base"])
        gains = [f"{row[f'+{step}']} ({float(row[f'+{step}']) - base:+.3f})" for step in STEPS]
        print(f"| {row['ranking']} | {base} | {' | '.join(gains)} | {row['+25 odd']}, {row['+100 odd']} |")  # noqa: T201


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() or 1.0), np.float64)


def _rows(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


if __name__ == "__main__":
    main()
