"""Greenroom itself, through its public functions alone. Does more than the others: all factors, diversity, one account
per person, three reasons for each place."""

from collections.abc import Sequence
from pathlib import Path

from bench.brief import Brief
from bench.pools import files_of
from bench.way import Query
from core.campaign import load_campaign
from core.clock import SystemClock
from sourcing import service
from sourcing.longlist import make_longlist
from sourcing.pool import account_key, open_pool
from sourcing.ranking import load_briefs

TITLE = "Greenroom"
BUILT_BY = ""
BUILDS = True
CAMPAIGN = Path(__file__).resolve().parent.parent / "campaign.toml"


def build(pool: Path, folder: Path) -> None:
    """One import after the other, as somebody would who gets the files one by one."""
    for file in files_of(pool):
        service.import_files(folder, [file], SystemClock())


def opened(pool: Path, folder: Path) -> Query:
    """The brief's words and limits are those of the campaign, so the campaign is what is asked."""
    ready, campaign = open_pool(folder), load_campaign(CAMPAIGN)

    def query(brief: Brief) -> list[str]:
        longlist = make_longlist(ready, campaign, size=brief.limit)
        return [account_key(entry.platform, entry.handle) for entry in longlist.entries]

    return query


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    platforms = {brief.id: brief.platform for brief in load_briefs(briefs)}
    lists: dict[str, list[str]] = {brief: [] for brief in platforms}
    for row in service.rank(folder, briefs, SystemClock(), limit=limit):
        lists[row.brief_id].append(account_key(platforms[row.brief_id], row.username))
    return list(lists.items())
