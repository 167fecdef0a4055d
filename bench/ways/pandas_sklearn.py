"""pandas and scikit-learn: the script somebody would write first. TF-IDF of the words, worked out in every run.

Nothing is kept between runs; asked again in the same process it has the frame and the matrix in memory. Cannot: rank
without reading everything, match parts of words, or explain.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.brief import Brief, best, inside, weighted
from bench.evaluation import each_brief
from bench.way import Query

TITLE = "pandas + scikit-learn TF-IDF"
BUILT_BY = ""
BUILDS = False


def build(pool: Path, folder: Path) -> None:
    """There is nothing to build."""


def opened(pool: Path, folder: Path) -> Query:
    kinds = {"username": str, "fullname": str, "bio": str, "location": str}
    frame = pd.read_json(pool, lines=True, dtype=kinds)
    text = frame.username + " " + frame.fullname.fillna("") + " " + frame.bio.fillna("")
    for column in ("hashtags", "captions"):
        if column in frame:
            text += " " + frame[column].map(lambda words: " ".join(words or ()))
    words = TfidfVectorizer(strip_accents="unicode", token_pattern=r"[^\W_]+")
    matrix = words.fit_transform(text)
    rate = frame.engagement_bps / 100
    numbers = {
        "followers": frame.followers.to_numpy(np.float64),
        "engagement": rate.to_numpy(np.float64),
        "rank": rate.rank(pct=True).fillna(0.5).to_numpy(np.float64),
    }
    names = {
        "key": (frame.platform + ":" + frame.username.str.lower()).to_numpy(np.str_),
        "platform": frame.platform.to_numpy(np.str_),
        "country": frame.location.fillna("").to_numpy(np.str_),
    }

    def query(brief: Brief) -> list[str]:
        asked = words.transform([" ".join(brief.words)])
        rows = np.flatnonzero(inside(numbers, names, brief))
        found = (matrix[rows] @ asked.T).toarray().ravel()
        score = weighted(found, numbers["rank"][rows], numbers["followers"][rows], brief)
        return best(names["key"][rows], score, brief.limit)

    return query


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return each_brief(opened(pool, folder), briefs, limit)
