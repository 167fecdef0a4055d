"""tantivy: the best 2,000 by text, then the limits and the weighted score on those, as search engines are often used.

Cannot: find creators whose words are weak and whose numbers are strong, or match parts of words.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from bench.brief import FETCH, Brief, best, inside, weighted
from bench.evaluation import each_brief
from bench.table import building, profiles_sql
from bench.way import Query

TITLE = f"tantivy, best {FETCH:,}, then filters"
BUILT_BY = ""
BUILDS = True
PLATFORMS = ("instagram", "tiktok", "youtube")
_AT_ONCE = 16_384


def build(pool: Path, folder: Path) -> None:
    """The numbers are fast fields, keys and the names of countries lie beside the index, by row. Texts are read a few
    thousand at a time, so that a large pool need not fit into memory."""
    (folder / "index").mkdir(parents=True)
    index = tantivy.Index(schema(), path=str(folder / "index"))
    writer = index.writer(heap_size=256_000_000)
    keys: list[str] = []
    countries: dict[str, int] = {}
    with building(folder) as db:
        told = db.execute(
            f"select key, words, platform, country, followers, coalesce(engagement, -1.0), rank "
            f"from ({profiles_sql(pool)})"
        )
        while rows := told.fetchmany(_AT_ONCE):
            for key, words, platform, country, followers, engagement, rank in rows:
                document = tantivy.Document()
                document.add_text("words", words)
                document.add_unsigned("row", len(keys))
                document.add_unsigned("platform", PLATFORMS.index(platform))
                document.add_unsigned("country", countries.setdefault(country, len(countries)))
                document.add_unsigned("followers", followers)
                document.add_float("engagement", engagement)
                document.add_float("rank", rank)
                writer.add_document(document)
                keys.append(key)
    writer.commit()
    writer.wait_merging_threads()
    np.save(folder / "keys.npy", np.array(keys, dtype=np.str_))
    np.save(folder / "countries.npy", np.array(list(countries), dtype=np.str_))


def schema() -> Any:
    """Words are cut at blanks alone, as they were folded before; unknown engagement is -1."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    for name in ("row", "platform", "country", "followers"):
        builder.add_unsigned_field(name, indexed=name != "row", fast=True)
    for name in ("engagement", "rank"):
        builder.add_float_field(name, indexed=name == "engagement", fast=True)
    return builder.build()


def opened(pool: Path, folder: Path) -> Query:
    return searching(folder, filtered=False)


def answers(pool: Path, folder: Path, briefs: Path, limit: int) -> Sequence[tuple[str, list[str]]]:
    return each_brief(opened(pool, folder), briefs, limit)


def searching(folder: Path, *, filtered: bool) -> Query:
    """`filtered`: the limits are part of the search, so that the 2,000 are all inside them."""
    index: Any = tantivy.Index.open(str(folder / "index"))
    keys = np.load(folder / "keys.npy", mmap_mode="r")
    countries = np.load(folder / "countries.npy")
    searcher, shape = index.searcher(), schema()

    def query(brief: Brief) -> list[str]:
        clauses = [*words_clauses(shape, brief)]
        if filtered:
            clauses += limits_clauses(shape, brief, countries.tolist())
        wanted = tantivy.Query.boolean_query(clauses)
        hits = searcher.search(wanted, FETCH, count=False).hits
        places = [place for _, place in hits]
        fast = {
            name: np.array(searcher.fast_field_values(name, places))
            for name in ("row", "platform", "country", "followers", "engagement", "rank")
        }
        names = {"platform": np.array(PLATFORMS)[fast["platform"]], "country": countries[fast["country"]]}
        rate = np.where(fast["engagement"] < 0, np.nan, fast["engagement"])
        keep = inside({"followers": fast["followers"], "engagement": rate}, names, brief)
        text = np.array([score for score, _ in hits])[keep]
        score = weighted(text, fast["rank"][keep], fast["followers"][keep], brief)
        return best(keys[fast["row"][keep]], score, brief.limit)

    return query


def words_clauses(shape: Any, brief: Brief) -> list[Any]:
    """Each word may be there. With limits beside them, whoever says none of the words is still found, at nought."""
    return [(tantivy.Occur.Should, tantivy.Query.term_query(shape, "words", word)) for word in brief.words]


def limits_clauses(shape: Any, brief: Brief, countries: list[str]) -> list[Any]:
    """Each limit as a clause that must hold and adds nothing to the score."""
    unsigned, real = tantivy.FieldType.Unsigned, tantivy.FieldType.Float
    limits = [tantivy.Query.term_set_query(shape, "platform", [PLATFORMS.index(name) for name in brief.platforms])]
    if brief.countries:
        codes = [countries.index(name) for name in brief.countries if name in countries]
        limits.append(tantivy.Query.term_set_query(shape, "country", codes))
    if brief.followers is not None:
        limits.append(tantivy.Query.range_query(shape, "followers", unsigned, *brief.followers))
    clauses = [(tantivy.Occur.Must, tantivy.Query.const_score_query(limit, 0.0)) for limit in limits]
    if brief.engagement_min > 0:
        low = tantivy.Query.range_query(shape, "engagement", real, 0.0, brief.engagement_min, include_upper=False)
        clauses.append((tantivy.Occur.MustNot, low))
    return clauses
