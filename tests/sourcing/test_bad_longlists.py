"""Bad input from the file to the longlist: silent profiles, briefs of one word or in Thai, audiences that cannot be,
days to come, limits that contradict one another, far too few. All in one pool, made once, each kind in its country."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from core.audience import Audience, Safety, Target, Topic
from core.campaign import Campaign
from core.clock import FixedClock
from core.errors import Refused
from sourcing import service
from sourcing.importers import ImportReport, import_profiles
from sourcing.longlist import Entry, Longlist
from sourcing.pool import open_pool
from tests.sourcing.conftest import NOW, write_jsonl


def good(country: str, handle: str, **told: Any) -> dict[str, Any]:
    usual = {"platform": "instagram", "followers": 20_000, "last_seen": "2026-11-01", "engagement_percent": 3}
    return usual | {"country": country, "handle": handle} | told


def rows() -> list[dict[str, Any]]:
    silent = [good("Italy", f"s{n}", engagement_percent=1 + n) for n in range(5)]
    talking = [good("Italy", "talks", bio="slow fashion, linen"), good("Italy", "chats", bio="coffee and metal")]
    thai = [good("Thailand", "kafe", bio="รีวิวกาแฟ คาเฟ่ กรุงเทพ"), good("Thailand", "tiw", bio="ท่องเที่ยว ทะเล ภูเขา"),
            good("Thailand", "fit", bio="ออกกำลังกาย ฟิตเนส")]  # fmt: skip
    odd = [
        good("Spain", "threefold", bio="slow fashion", audience_countries={"ES": 1, "FR": 1, "DE": 1}),
        good("Spain", "percent", bio="slow fashion", audience_countries={"ES": 60, "FR": 40}),
        good("Spain", "shares", bio="slow fashion", audience_countries={"ES": 0.6, "FR": 0.4}),
        good("Spain", "silent.one", bio="slow fashion"),
    ]  # fmt: skip
    later = [good("Poland", "later", bio="slow fashion", last_seen="2031-01-01", posted=["2030-05-05", "2026-10-30"],
                  history=[["2029-01-01", 90_000, 300], ["2026-01-01", 19_000, 300]]),
             good("Poland", "now", bio="slow fashion", posted=["2026-10-30", "2026-10-20"])]  # fmt: skip
    limits = [good("Greece", f"g{n}", language="el", followers=3_000 + 1_000 * n) for n in range(8)]
    limits += [good("Japan", "j0", language="el"), good("Japan", "j1", language="ja")]
    return [*silent, *talking, *thai, *odd, *later, *limits]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportReport]:
    place = tmp_path_factory.mktemp("bad")
    file = write_jsonl(place / "rows.jsonl", rows())
    return place / "pool", import_profiles(place / "pool", [file], clock=FixedClock(NOW))


@pytest.fixture
def folder(imported: tuple[Path, ImportReport]) -> Path:
    return imported[0]


def of(campaign: Campaign, *countries: str, target: Target | None = None, topic: Topic | None = None,
       **audience: Any) -> Campaign:  # fmt: skip
    limits = {"countries": countries, "languages": (), "engagement_min_percent": 0.0} | audience
    return campaign.model_copy(
        update={
            "audience": campaign.audience.model_copy(update=limits), "safety": Safety(),
            "target": target or Target(), "topic": topic or campaign.topic,
        }
    )  # fmt: skip


def entries(longlist: Longlist) -> dict[str, Entry]:
    return {entry.handle: entry for entry in longlist.entries}


def test_profiles_without_text_stand_between_those_on_topic_and_those_off_it(folder: Path, campaign: Campaign) -> None:
    found = entries(service.source(folder, of(campaign, "Italy")))
    assert len(found) == 7
    assert dict(found["s0"].factors)["topic"] is None
    assert dict(found["s0"].evidence)["topic"] == "Topic: unknown, the profile has no text"
    assert found["talks"].fit > found["s2"].fit > found["chats"].fit
    assert found["s2"].coverage < found["chats"].coverage


@pytest.mark.parametrize(
    "topic", [Topic(name="linen"), Topic(name="🌿"), Topic(name="...", brief="?", keywords=("!",))]
)
def test_a_brief_of_one_word_or_of_none_ranks_by_what_there_is(folder: Path, campaign: Campaign, topic: Topic) -> None:
    made = service.source(folder, of(campaign, "Italy", topic=topic))
    found = entries(made)
    assert len(found) == 7
    assert json.loads(json.dumps(asdict(made)))["entries"]
    if topic.name == "linen":
        assert made.entries[0].handle == "talks"
        assert dict(found["talks"].factors)["topic"] == 1.0
    else:
        assert {dict(entry.factors)["topic"] for entry in found.values()} <= {0.0, None}


@pytest.mark.parametrize(("name", "first"), [("กาแฟ", "kafe"), ("ท่องเที่ยว", "tiw"), ("ออกกำลังกาย", "fit")])
def test_a_brief_in_thai_finds_those_who_say_it(folder: Path, campaign: Campaign, name: str, first: str) -> None:
    topic = Topic(name=name, brief="แบรนด์อยากร่วมงานกับครีเอเตอร์ที่ชอบสิ่งนี้", keywords=(name,))
    made = service.source(folder, of(campaign, "Thailand", topic=topic))
    assert made.entries[0].handle == first
    assert len(made.entries) == 3
    assert {dict(entry.factors)["topic"] for entry in made.entries[1:]} == {0.0}


def test_shares_that_add_up_to_three_are_no_shares_and_percentages_are(
    imported: tuple[Path, ImportReport], campaign: Campaign
) -> None:
    folder, report = imported
    asked = of(campaign, "Spain", target=Target(countries={"Spain": 0.6}))
    found = entries(service.source(folder, asked))
    audience = {handle: dict(entry.factors)["audience"] for handle, entry in found.items()}
    assert audience == {"threefold": None, "percent": 1.0, "shares": 1.0, "silent.one": None}
    assert found["percent"].fit == found["shares"].fit
    assert dict(found["threefold"].kinds)["audience"] == "unknown"
    assert any(reject.column == "audience_countries" for reject in report.rejects)


def test_a_target_that_nobody_is_known_for_leaves_the_order_and_lowers_what_is_known(
    folder: Path, campaign: Campaign
) -> None:
    plain = service.source(folder, of(campaign, "Italy"))
    asked = service.source(folder, of(campaign, "Italy", target=Target(genders={"female": 0.5}, at_least=0.5)))
    assert [entry.handle for entry in asked.entries] == [entry.handle for entry in plain.entries]
    assert {dict(entry.factors)["audience"] for entry in asked.entries} == {None}
    assert all(one.coverage < other.coverage for one, other in zip(asked.entries, plain.entries, strict=True))


def test_days_to_come_are_not_believed(imported: tuple[Path, ImportReport], campaign: Campaign) -> None:
    folder, report = imported
    assert any(reject.column in ("last_seen", "posted", "history") for reject in report.rejects)
    later = open_pool(folder).find("instagram", "later")
    if later is not None:
        days = [later.last_seen or "", later.fetched_at, *later.posted, *(one.day for one in later.history)]
        assert max(days) < "2026-11-21"
    made = service.source(folder, of(campaign, "Poland"))
    assert "now" in entries(made)
    assert all(0 <= entry.fit <= 100 and 0 <= entry.coverage <= 1 for entry in made.entries)


def test_limits_that_contradict_one_another_say_that_no_single_one_is_to_blame(
    folder: Path, campaign: Campaign
) -> None:
    made = service.source(folder, of(campaign, "Greece", languages=("ja",), followers_min=90_000))
    assert (made.entries, made.bench) == ((), ())
    assert made.notes[0] == "0 of 250 wanted: the limits leave no more."
    assert made.notes[1].startswith("No single limit is to blame")
    assert [step.removed for step in made.funnel if step.name == "another language"] == [0]
    with pytest.raises(ValueError, match="no profile can match"):
        Audience(followers_min=10, followers_max=5)
    with pytest.raises(ValueError, match="no creator could match"):
        Target(countries={"Spain": 0.6, "Greece": 0.6})


def test_too_few_says_what_each_limit_cost_and_which_to_loosen_first(folder: Path, campaign: Campaign) -> None:
    made = service.source(folder, of(campaign, "Greece", languages=("el",)))
    assert len(made.entries) == 6
    cost = {step.name: (step.removed, step.only_this) for step in made.funnel if step.removed}
    assert cost["not 5,000 to 100,000 followers"] == (2, 2)
    # Everybody elsewhere but the one whose language is another, too.
    assert cost["another country"] == (made.pool_size - 8, made.pool_size - 9)
    assert made.notes[0] == "6 of 250 wanted: the limits leave no more."
    loosen = [note for note in made.notes if note.startswith("Loosen")]
    numbers = [int(note.split(": ")[1].split()[0].replace(",", "")) for note in loosen]
    assert numbers == sorted(numbers, reverse=True)
    assert any(note.startswith("Loosen audience.followers_min and followers_max: 2 more") for note in loosen)


def test_a_pool_in_which_nobody_matches_anything_is_an_answer_and_an_empty_one_is_refused(
    folder: Path, tmp_path: Path, campaign: Campaign
) -> None:
    assert service.source(folder, of(campaign, "Norway")).entries == ()
    with pytest.raises(Refused, match="empty"):
        service.source(tmp_path / "none", campaign)
