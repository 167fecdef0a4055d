"""Parts of a pool say together what the whole says, whoever remembers nothing between two questions too."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.campaign import Campaign
from core.clock import FixedClock
from sourcing.explaining import explain
from sourcing.factors.results import PastResult
from sourcing.followers.kept import Audit
from sourcing.importers import import_profiles
from sourcing.known import Exclusions, Known
from sourcing.longlist import Longlist, make_longlist
from sourcing.part import Part
from sourcing.pool import Pool, open_pool
from sourcing.steps import Question, Step
from sourcing.survivors import Here
from tests.sourcing.conftest import APART, NOW, write_jsonl
from tests.sourcing.test_segments import row

AUDIT = Audit("instagram", "u0003", "2026-10-01", "followers.csv", 900, 0.4, 0.3, 0.5, "m", True)
KNOWN = Known(
    Exclusions({"contacted": frozenset({"tiktok:u0001", "instagram:u0600"})}, now=NOW),
    results={"youtube:u0002": PastResult(0.2, "Past results: declined in old"), "tiktok:nobody": PastResult(1.0, "x")},
    audits={"instagram:u0003": AUDIT},
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """Four segments, some of whose rows are dead, with a meaning of their words."""
    place = tmp_path_factory.mktemp("parts")
    rows = [row(number, bio=f"linen dresses and slow fashion, {' '.join(words(number))}") for number in range(900)]
    newer = [row(number, seen="2026-02-01", bio=f"linen, {' '.join(words(number))}") for number in range(0, 700, 9)]
    sparse = [row(number, bio=None, followers=20_000) for number in range(900, 940)]
    for number, some in enumerate([rows[:550], rows[550:880], newer, [*rows[880:], *sparse]]):
        file = write_jsonl(place / f"{number}.jsonl", some)
        import_profiles(place / "pool", [file], clock=FixedClock(NOW), policy=APART)
    found = open_pool(place / "pool")
    assert (len(found.segments), len(found.dead)) == (4, len(newer))
    assert found.meaning is not None
    return found


def words(number: int) -> list[str]:
    """Some of a hundred and fifty words, so that there are enough to learn from."""
    return [f"word{(number * step + step) % 150}" for step in range(1, 9)]


class Forgetful:
    """Takes every step anew, from nothing but what was sent to it and sends back."""

    def __init__(self, pool: Pool, only: Sequence[range], question: Question) -> None:
        self._pool, self._only, self._question = pool, only, pickle.dumps(question)

    def ask(self, steps: Sequence[Step]) -> list[Any]:
        sent = pickle.dumps(steps)
        answers = []
        for only in self._only:
            part = Part(Pool(self._pool.place, only=only), pickle.loads(self._question))
            answers.append(pickle.loads(pickle.dumps(part.answer(pickle.loads(sent)))))
        return answers


def asked(campaign: Campaign, *, size: int = 60) -> Campaign:
    audience = campaign.audience.model_copy(update={"exclude_words": ("football",), "countries": ()})
    longlist = campaign.longlist.model_copy(update={"size": size, "per_city": 9, "local_area": "town 3"})
    return campaign.model_copy(update={"audience": audience, "longlist": longlist})


@pytest.mark.parametrize("rows", [1, 450, 900])
def test_however_a_pool_is_cut_the_list_is_the_same(pool: Pool, campaign: Campaign, rows: int) -> None:
    whole, parts = make_longlist(pool, asked(campaign), known=KNOWN), pool.parts(rows)
    assert len(parts) > 1
    assert sum(len(part) for part in parts) == len(pool)
    assert made_by(parts, pool, campaign) == whole
    assert len(whole.entries) == 60
    assert len(whole.bench) > 20


def made_by(parts: Sequence[Pool], pool: Pool, campaign: Campaign) -> Longlist:
    return make_longlist(pool, asked(campaign), known=KNOWN, parts=lambda question: Here(parts, question))


def test_whoever_forgets_between_two_steps_takes_them_again(pool: Pool, campaign: Campaign) -> None:
    whole = make_longlist(pool, asked(campaign), known=KNOWN)
    only = [range(0, 2), range(2, 3), range(3, 4)]
    apart = make_longlist(pool, asked(campaign), known=KNOWN, parts=lambda question: Forgetful(pool, only, question))
    assert apart == whole


class OneByOne(Pool):
    """Each of its segments is a part."""

    def parts(self, rows: int = 1) -> list[Pool]:
        return super().parts(rows)


class Twice(Here):
    """Asks everything twice, as somebody does who did not hear the answer, and goes by the second one."""

    def ask(self, steps: Sequence[Step]) -> list[Any]:
        super().ask(steps)
        return super().ask(steps)


def test_whoever_asks_again_hears_the_same(pool: Pool, campaign: Campaign) -> None:
    whole = make_longlist(pool, asked(campaign), known=KNOWN)
    assert make_longlist(pool, asked(campaign), known=KNOWN, parts=lambda told: Twice(pool.parts(1), told)) == whole


def test_who_is_looked_for_further_down_is_found_in_parts_too(pool: Pool, campaign: Campaign) -> None:
    """All places in one city: choosing has to ask for more of the best, several times."""
    narrow = asked(campaign, size=500)
    narrow = narrow.model_copy(update={"longlist": narrow.longlist.model_copy(update={"per_city": 2})})
    whole = make_longlist(pool, narrow, known=KNOWN)
    apart = make_longlist(pool, narrow, known=KNOWN, parts=lambda question: Here(pool.parts(1), question))
    assert apart == whole
    assert any(step.name == "most of one city" and step.removed for step in whole.funnel)


@pytest.mark.parametrize("account", ["instagram:u0003", "tiktok:u0001", "tiktok:u0130", "tiktok:u0901"])
def test_why_somebody_stands_where_they_stand_is_the_same(pool: Pool, campaign: Campaign, account: str) -> None:
    platform, _, handle = account.partition(":")
    whole = explain(pool, asked(campaign), (platform, handle), KNOWN)
    apart = explain(OneByOne(pool.place), asked(campaign), (platform, handle), KNOWN)
    assert whole is not None
    assert apart == whole


def test_a_question_is_named_by_what_decides_its_answers(campaign: Campaign) -> None:
    known = Known(Exclusions({"contacted": frozenset({"tiktok:u0001"})}, now=NOW))
    one = Question.of(campaign, known, first=10)
    assert one.digest == Question.of(campaign, known, first=10).digest
    others = [replace(one, first=11), replace(one, also="tiktok:ada"), replace(one, out={}), replace(one, now=None),
              replace(one, campaign=asked(campaign)), replace(one, audits={"instagram:u0003": AUDIT}),
              replace(one, results=KNOWN.results)]  # fmt: skip
    assert len({one.digest, *(other.digest for other in others)}) == len(others) + 1


def test_a_part_knows_what_is_said_of_the_whole_pool(pool: Pool) -> None:
    first, *_, last = pool.parts(1)
    assert (first.profiles, first.version, first.meaning_name) == (pool.profiles, pool.version, pool.meaning_name)
    assert last.first == len(pool) - len(last)
    assert np.array_equal(last.norms.comments, pool.norms.comments[last.first :], equal_nan=True)
    ranks = [one.norms.engagement.rank for one in (last, pool)]
    assert np.array_equal(ranks[0], ranks[1][last.first :], equal_nan=True)
    assert not np.isnan(ranks[0]).all()
    assert first.profile(5) == pool.profile(5)
    assert last.profile(5) == pool.profile(last.first + 5)
