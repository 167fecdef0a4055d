"""Bulk ranking of a pool for many briefs, as an evaluation or a scouting run needs it. No follower band, no weights.

Owns the shape of a briefs file: a list of {id, platform, name, brief, keywords, country or null}.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.errors import BadInput
from core.platforms import Platform
from sourcing.countries import country
from sourcing.factors.topic import NEARNESS_SHARE, by_name, heard, mentioned, nearness, query, speakers, topic, way_of
from sourcing.pool import PLATFORMS, Pool

_SHAPE = 'A briefs file is a list of {"id", "platform", "name", "brief", "keywords": [...], "country": null or a name}.'


class Brief(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\t\r\n]+$")]
    platform: Platform
    name: Annotated[str, Field(min_length=1, max_length=200)]
    brief: Annotated[str, Field(max_length=2_000)] = ""
    keywords: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100)] = ()
    country: str | None = None


class Ranked(NamedTuple):
    brief_id: str
    rank: int
    username: str


def load_briefs(path: Path) -> tuple[Brief, ...]:
    """Read and check a briefs file. Raises BadInput that names the brief and the key."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(f"There is no briefs file {path}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"{path} is no JSON file: {error}.", next_step=_SHAPE) from None
    try:
        briefs = TypeAdapter(tuple[Brief, ...]).validate_python(raw)
    except ValidationError as error:
        lines = "\n".join(
            f"  {'.'.join(str(part) for part in problem['loc']) or 'the file'}: {problem['msg']}"
            for problem in error.errors()[:10]
        )
        raise BadInput(f"{path} was not used:\n{lines}", next_step="\n" + _SHAPE) from None
    _check(path, briefs)
    return briefs


def rank(pool: Pool, briefs: Sequence[Brief], *, limit: int, now: datetime) -> Iterator[Ranked]:
    """The best `limit` accounts of each brief, best first, without those that may be kept no longer; the same pool and
    briefs give the same rows as long as no term ends."""
    index = pool.index
    platforms, countries = np.asarray(pool.numbers("platform")), np.asarray(pool.numbers("country"))
    kept = pool.alive & ~pool.over(now)
    codes = {name: code for code, name in enumerate(pool.countries)}
    # By key, so that equal scores stand in the same order however the pool is cut.
    rows = np.argsort(pool.numbers("key"), kind="stable")
    scored: tuple[object, npt.NDArray[np.float64]] | None = None
    for brief in sorted(briefs, key=lambda one: (one.name, one.keywords, one.brief, one.platform)):
        asked = query(brief.name, brief.keywords, brief.brief)
        on_platform = kept & (platforms == PLATFORMS.index(brief.platform) + 1)
        if scored is None or scored[0] != (asked, brief.platform):
            among = rows[on_platform[rows]]
            named = by_name(asked, index, among, len(pool))
            told = heard(pool.profiles, mentioned(asked, index), speakers=named, wanted=limit)
            spoken = topic(asked, index, len(pool), told)
            way = way_of(speakers(spoken, on_platform[spoken.rows], pool.numbers("key"), pool.vectors), pool.meaning)
            said = spoken.of(np.arange(len(pool)), len(pool))
            said[among] += NEARNESS_SHARE * nearness(way, among, pool.vectors)
            scored = ((asked, brief.platform), said)
        keep = on_platform.copy()
        if brief.country is not None:
            keep &= countries == codes.get(country(brief.country) or "", -1)
        for place, row in enumerate(best_rows(scored[1], rows[keep[rows]], limit), start=1):
            yield Ranked(brief.id, place, pool.profile(int(row)).handle)


def best_rows(scores: npt.NDArray[np.float64], rows: npt.NDArray[np.int64], limit: int) -> npt.NDArray[np.int64]:
    """The `limit` rows with the highest scores, equal scores in the order of `rows`."""
    order = np.argsort(-scores[rows], kind="stable")[:limit]
    return rows[order]


def _check(path: Path, briefs: tuple[Brief, ...]) -> None:
    if not briefs:
        raise BadInput(f"{path} holds no brief.", next_step=_SHAPE)
    seen: set[str] = set()
    for brief in briefs:
        if brief.id in seen:
            raise BadInput(f"{path}: the brief id {brief.id!r} is there twice.", next_step="Give each its own id.")
        if brief.country is not None and country(brief.country) is None:
            raise BadInput(f"{path}: brief {brief.id!r} asks for {brief.country!r}, which is no country known here.")
        seen.add(brief.id)
