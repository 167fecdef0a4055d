"""Greenroom's order alone: every survivor scored by all factors, nobody chosen for variety, nothing put into words.
What the others do, and so what they are to be compared with; nobody is shown such a list."""

from collections.abc import Sequence
from pathlib import Path

from bench.brief import Brief
from bench.way import Query
from bench.ways import ours
from core.campaign import load_campaign
from sourcing.known import Known
from sourcing.pool import account_key, open_pool
from sourcing.steps import Question
from sourcing.survivors import Here, ask

TITLE = "Greenroom, scored and in order alone"
BUILT_BY = "ours"
BUILDS = False


def build(pool: Path, folder: Path) -> None:
    """Its index is that of `ours`."""


def opened(pool: Path, folder: Path) -> Query:
    ready, campaign = open_pool(folder), load_campaign(ours.CAMPAIGN)

    def query(brief: Brief) -> list[str]:
        question = Question.of(campaign, Known(), first=brief.limit)
        best = ask(Here(ready.parts(), question), question, ready.meaning).best(brief.limit)
        profiles = (best.profile(place) for place in range(len(best)))
        return [account_key(profile.platform, profile.handle) for profile in profiles]

    return query


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return ours.answers(pool, folder, briefs, limit)
