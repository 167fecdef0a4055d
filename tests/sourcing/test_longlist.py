"""The longlist: limits and their funnel, reasons, facts, determinism, and what happens when there are too few."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from core.campaign import Campaign
from core.errors import BadInput, Refused, WrongUsage
from sourcing import service
from sourcing.card import candidate_card
from sourcing.importers import ImportReport
from sourcing.known import Exclusions, Known
from sourcing.longlist import Entry, Longlist, code_version
from sourcing.pool import account_key, key_number
from tests.sourcing.conftest import Imported

Load = Callable[..., ImportReport]
Once = Callable[..., Imported]
PROJECT = Path(__file__).resolve().parents[2]


def good(handle: str, **other: Any) -> dict[str, Any]:
    told = {"platform": "instagram", "handle": handle, "followers": 20_000, "country": "DE", "last_seen": "2026-11-01"}
    return told | {"engagement_percent": 3} | other


def handles(longlist: Longlist) -> list[str]:
    return [entry.handle for entry in longlist.entries]


def entry(longlist: Longlist, handle: str) -> Entry:
    return next(one for one in longlist.entries if one.handle == handle)


def test_every_limit_is_kept_and_says_what_it_cost(load: Load, folder: Path, small: Campaign) -> None:
    small = small.model_copy(
        update={"audience": small.audience.model_copy(update={"exclude_handles": ("@Own.Brand",)})}
    )
    load([
        good("inside", bio="slow fashion"), good("tube", platform="youtube"), good("tiny", followers=4_999),
        good("large", followers=100_001), good("edge", followers=100_000), good("nowhere", country=None),
        good("abroad", country="Japan"), good("dull", engagement_percent=0.9), good("norate", engagement_percent=None),
        good("gambler", bio="Casino nights"), good("trader", bio="crypto-trader"), good("fine", bio="trader of crypto"),
        good("compound", hashtags=["#casinoroyale"]), good("own.brand"), good("french", language="fr"),
        good("german", language="German"), good("held"), good("written"),
    ])  # fmt: skip
    out = Exclusions(accounts={"reserved": frozenset({account_key("instagram", "held"), "instagram:stranger"}),
                               "contacted": frozenset({account_key("instagram", "written")})})  # fmt: skip
    made = service.source(folder, small, Known(out))
    assert set(handles(made)) == {"inside", "edge", "norate", "fine", "compound", "german"}
    assert {step.name: step.removed for step in made.funnel} == {
        "another platform": 1,
        "not 5,000 to 100,000 followers": 2,
        "country not known": 1,
        "another country": 1,
        "another language": 1,
        "engagement under 1 %": 1,
        "says an excluded word": 2,
        "an excluded account": 1,
        "contacted": 1,
        "reserved": 1,
    }
    assert made.funnel[-1].left == 6


def test_too_few_says_what_to_loosen_and_nobody_is_no_crash(load: Load, folder: Path, small: Campaign) -> None:
    load([good(f"u{number}", country="Japan") for number in range(5)] + [good("ada")])
    made = service.source(folder, small)
    assert handles(made) == ["ada"]
    assert made.notes[0].startswith("1 of 250 wanted")
    assert "audience.countries: 5 more" in made.notes[1]
    nobody = service.source(folder, small, Known(Exclusions(accounts={"reserved": frozenset({"instagram:ada"})})))
    assert (nobody.entries, nobody.bench) == ((), ())


def test_an_empty_pool_is_refused_with_the_next_step(folder: Path, campaign: Campaign) -> None:
    with pytest.raises(Refused, match="pool import"):
        service.source(folder, campaign)


@pytest.mark.parametrize("limit", [0, -1, 100_001])
def test_a_senseless_limit_is_wrong_usage(folder: Path, campaign: Campaign, limit: int) -> None:
    with pytest.raises(WrongUsage):
        service.source(folder, campaign, limit=limit)


def test_the_topic_decides_and_the_next_best_are_the_bench(load: Load, folder: Path, small: Campaign) -> None:
    crowd = [good(f"other{number:03}", bio="gaming and metal") for number in range(60)]
    load([*crowd, good("slow", bio="slow fashion, capsule wardrobe"), good("half", bio="fashion"),
          good("tagged", bio="coffee", hashtags=["slowfashionlove"]), good("blank", bio=None)])  # fmt: skip
    made = service.source(folder, small, limit=4)
    assert handles(made)[:2] == ["slow", "half"] or handles(made)[:2] == ["slow", "tagged"]
    assert {"slow", "half", "tagged"} <= set(handles(made))
    assert [one.rank for one in made.entries + made.bench] == list(range(1, 65))
    assert [one.fit for one in made.entries + made.bench] == sorted(
        (o.fit for o in made.entries + made.bench), reverse=True
    )
    blank = next(one for one in made.entries + made.bench if one.handle == "blank")
    assert dict(blank.factors)["topic"] is None
    assert blank.coverage == pytest.approx(0.313, abs=0.001)  # place, size, engagement and numbers, not the topic
    assert made.bench[-1].fit < blank.fit < made.entries[0].fit


def test_reasons_and_facts_name_their_evidence(load: Load, folder: Path, small: Campaign) -> None:
    crowd = [good(f"u{number:02}", engagement_percent=2, bio="tea") for number in range(40)]
    told = {"bio": "Mum of two | I sew a capsule wardrobe from slow fashion in Germany", "email": "ada@example.com",
            "hashtags": ["#tea", "#linenlove"], "engagement_percent": 4.1}  # fmt: skip
    load([*crowd, good("ada", **told)])
    ada = service.source(folder, small).entries[0]
    assert ada.handle == "ada"
    said = "I sew a capsule wardrobe from slow fashion in Germany"
    assert ada.reasons[0] == f"Topic: bio says “{said}”, hashtags #linenlove"
    assert ada.reasons[1] == "Engagement 4.1 %, 2.0 times the median of Instagram accounts of 10k to 50k (2.0 %)"
    assert candidate_card(ada).facts[1].value.startswith("4.1 %, 2.0 times"), "its label stands beside it"
    assert ada.reasons[2] == "Location: Germany"
    assert dict(ada.evidence)["followers"] == "Size: 20,000 followers, inside 5,000 to 100,000"
    assert [(fact.kind, fact.value) for fact in ada.facts] == [
        ("bio", said),
        ("hashtag", "#linenlove"),
        ("audience", "20,000 followers on Instagram"),
        ("place", "Germany"),
    ]
    assert {fact.fetched_at for fact in ada.facts} == {"2026-11-01T00:00:00Z"}
    assert ada.facts[0].source == "bio in 0-profiles.txt"
    assert (ada.email, ada.email_source) == ("ada@example.com", "email in 0-profiles.txt")


def test_an_estimated_country_is_no_fact_for_a_mail(load: Load, folder: Path, small: Campaign) -> None:
    load([good("ada", bio="slow fashion")])
    assert "place" not in {fact.kind for fact in service.source(folder, small).entries[0].facts}


RISKS: list[tuple[dict[str, Any], str]] = [
    ({"bio": "coffee"}, "Nothing in the profile speaks of the topic"),
    ({"bio": "slow fashion", "engagement_percent": None}, "Engagement is not known"),
    ({"bio": "slow fashion", "engagement_percent": 90}, "highest 1 %"),
    ({"bio": "coffee", "hashtags": ["slowfashion"]}, "shows in hashtags only"),
    ({"bio": "slow fashion", "engagement_percent": 1.2}, "Worth a look: engagement 1.20 %"),
    ({"bio": "slow fashion"}, "language is not known"),
    ({"bio": "slow fashion", "language": "de"}, "No e-mail address"),
    ({"bio": "slow fashion", "language": "de", "email": "a@b.example"}, ""),
]


@pytest.fixture(scope="module")
def risky(import_once: Once) -> Path:
    """A crowd, and one creator for each case."""
    ones = [good(f"ada{case}", **told) for case, (told, _) in enumerate(RISKS)]
    return import_once([*(good(f"u{number:03}") for number in range(150)), *ones]).folder


@pytest.mark.parametrize(("told", "words"), RISKS)
def test_the_main_risk_is_the_first_that_holds(risky: Path, small: Campaign, told: dict[str, Any], words: str) -> None:
    risk = entry(service.source(risky, small), f"ada{RISKS.index((told, words))}").risk
    assert words in risk if words else risk == ""


BIOS = {"thai": "เล่น คาสิโน ออนไลน์", "hindi": "जुआ और कैसीनो", "greek": "ΚΑΖΙΝΟΣ βράδυ", "arab": "كازينو",
        "turk": "iddaa", "emoji": "🎰 all night", "plus": "18+ content", "coder": "C++ dev",
        "eighteen": "18, Berlin", "c": "c", "hyphen": "casino-night", "tag": "x"}  # fmt: skip


@pytest.fixture(scope="module")
def scripts(import_once: Once) -> Path:
    rows = [good(who, bio=bio, hashtags=["#Casino"] if who == "tag" else []) for who, bio in BIOS.items()]
    return import_once(rows).folder


@pytest.mark.parametrize(
    ("word", "out"),
    [
        ("คาสิโน", {"thai"}),
        ("कैसीनो", {"hindi"}),
        ("καζινος", {"greek"}),
        ("ΚΑΖΙΝΟΣ", {"greek"}),
        ("كازينو", {"arab"}),
        ("İDDAA", {"turk"}),
        ("🎰", {"emoji"}),
        ("18+", {"plus"}),
        ("C++", {"coder"}),
        ("casino", {"hyphen", "tag"}),
        ("🃏", set()),
    ],
)
def test_excluded_words_work_in_every_script(scripts: Path, small: Campaign, word: str, out: set[str]) -> None:
    audience = small.audience.model_copy(update={"exclude_words": (word,), "languages": ()})
    made = service.source(scripts, small.model_copy(update={"audience": audience}))
    assert set(BIOS) - set(handles(made)) == out


@pytest.fixture(scope="module")
def single(import_once: Once) -> Path:
    return import_once([good("ada")]).folder


@pytest.mark.parametrize(
    ("key", "word", "near"),
    [("countries", "Germny", "Germany"), ("languages", "Germn", "german"), ("countries", "Allemagne", "English name")],
)
def test_a_misspelt_country_or_language_is_refused_with_the_nearest_name(
    single: Path, small: Campaign, key: str, word: str, near: str
) -> None:
    audience = small.audience.model_copy(update={key: (word,)})
    with pytest.raises(BadInput, match=f"audience.{key} names '{word}'") as refused:
        service.source(single, small.model_copy(update={"audience": audience}))
    assert near in refused.value.next_step


def test_saying_a_word_again_and_again_wins_nothing_and_is_a_risk(load: Load, folder: Path, small: Campaign) -> None:
    crowd = [good(f"x{number:02}", bio="coffee") for number in range(60)]
    load([*crowd, good("honest", bio="slow fashion, really slow fashion"),
          good("stuffed", bio="slow fashion " * 50, hashtags=["coffee"])])  # fmt: skip
    made = service.source(folder, small)
    honest, stuffed = entry(made, "honest"), entry(made, "stuffed")
    assert (dict(honest.factors)["topic"], dict(stuffed.factors)["topic"]) == (1.0, 0.5)
    assert "piled up" in stuffed.risk
    assert "piled up" not in honest.risk


def test_the_topic_is_measured_against_those_inside_the_limits(load: Load, folder: Path, small: Campaign) -> None:
    load([good("inside", bio="fashion"), good("outside", followers=9_000_000, bio="slow fashion and capsule wardrobe")])
    assert dict(service.source(folder, small).entries[0].factors)["topic"] == 1.0


def test_equals_come_in_the_order_of_their_keys(load: Load, folder: Path, small: Campaign) -> None:
    load([good(f"u{number:02}", bio="slow fashion") for number in reversed(range(40))])
    made = service.source(folder, small, limit=10)
    in_order = sorted((f"u{number:02}" for number in range(40)), key=lambda h: key_number(f"instagram:{h}"))
    assert handles(made) == in_order[:10]
    assert made.bench[0].handle == in_order[10]


def test_a_local_area_is_worth_more_than_the_country(load: Load, folder: Path, small: Campaign) -> None:
    local = small.model_copy(update={"longlist": small.longlist.model_copy(update={"local_area": "Berlin"})})
    load([good("far", bio="slow fashion"), good("near", bio="slow fashion, Berlin")])
    made = service.source(folder, local)
    assert handles(made) == ["near", "far"]
    assert "bio names Berlin" in dict(made.entries[0].evidence)["location"]
    assert dict(made.entries[0].evidence)["location"] in made.entries[0].reasons


def test_the_same_inputs_give_the_same_bytes_in_another_process(load: Load, folder: Path, campaign: Campaign) -> None:
    load([good(f"u{number % 97}x{number}", bio=f"slow fashion {number % 7}") for number in range(400)])
    here = service.source(folder, campaign)
    code = (
        "import sys, json; from pathlib import Path; from dataclasses import asdict; from sourcing import service; "
        "from core.campaign import load_campaign; "
        f"made = service.source(Path({str(folder)!r}), load_campaign(Path('campaigns/linen-summer.toml'))); "
        "print(json.dumps(asdict(made)))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, check=True, text=True,
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )  # fmt: skip
    assert json.loads(other.stdout) == json.loads(json.dumps(asdict(here)))


def test_the_run_id_names_pool_campaign_exclusions_size_and_code(load: Load, folder: Path, small: Campaign) -> None:
    load([good("ada"), good("bob")])
    first = service.source(folder, small)
    assert service.source(folder, small, Known(Exclusions(accounts={"reserved": frozenset()}))).run_id == first.run_id
    others = [
        service.source(folder, small, limit=10).run_id,
        service.source(folder, small.model_copy(update={"name": "Other"})).run_id,
        service.source(folder, small, Known(Exclusions(accounts={"reserved": frozenset({"instagram:ada"})}))).run_id,
    ]
    load([good("cy")])
    others.append(service.source(folder, small).run_id)
    assert len({first.run_id, *others}) == 5
    assert first.code_version == code_version()


def test_accounts_known_only_by_fingerprint_are_kept_out(load: Load, folder: Path, small: Campaign) -> None:
    load([good("ada"), good("bob")])
    out = Exclusions(
        fingerprints=frozenset({"INSTAGRAM:ADA"}), fingerprints_of=lambda key, email: (key.upper(), email or "")
    )
    made = service.source(folder, small, Known(out))
    assert handles(made) == ["bob"]
    assert (made.funnel[-1].name, made.funnel[-1].removed) == ("opted out", 1)
