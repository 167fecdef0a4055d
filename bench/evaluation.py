"""The evaluation briefs and their judgements: where they lie and what they ask. Evaluation only, never shipped."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.brief import Brief, asked_words
from bench.way import Query

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class EvaluationData:
    """Files of real creators, briefs and judgements."""

    profiles: Path
    briefs: Path
    relevant: Path
    judged: Path

    @property
    def missing(self) -> str:
        """Why it cannot be used, "" where it can."""
        lacking = [path.name for path in (self.profiles, self.briefs, self.relevant, self.judged) if not path.is_file()]
        if not lacking:
            return ""
        return f"no {', '.join(lacking)} below {self.profiles.parent.parent}; GREENROOM_EVAL_DATA names another folder"


def evaluation_data() -> EvaluationData:
    """The folder that GREENROOM_EVAL_DATA names, else ../shared/data beside the project."""
    folder = Path(os.environ.get("GREENROOM_EVAL_DATA") or PROJECT.parent / "shared" / "data")
    ranking = folder / "ranking"
    return EvaluationData(
        folder / "creators" / "profiles.jsonl.gz", ranking / "dev_briefs.json", ranking / "dev_qrels.tsv.gz",
        ranking / "judged.tsv.gz",
    )  # fmt: skip


def asked(briefs: Path, limit: int) -> Iterator[Brief]:
    """The briefs as word searches: name and keywords, on a platform, in a country where one is named."""
    for raw in json.loads(briefs.read_text(encoding="utf-8")):
        yield Brief(
            raw["id"], asked_words([raw["name"], *raw["keywords"]]), (raw["platform"],),
            (raw["country"],) if raw["country"] else (), limit=limit,
        )  # fmt: skip


def each_brief(query: Query, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return [(brief.id, query(brief)) for brief in asked(briefs, limit)]
