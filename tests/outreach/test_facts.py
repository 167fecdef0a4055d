import pytest

from core.models.candidates import Snapshot
from outreach import facts
from tests.outreach.conftest import START_OF_TESTS


def rows(**fields: object) -> dict[str, Snapshot]:
    now = START_OF_TESTS
    return {
        field: Snapshot(candidate_id=1, field=field, value=value, source="pool:x", kind="reported", fetched_at=now)
        for field, value in fields.items()
    }


def picked(snapshot: dict[str, Snapshot], seed: str = "s") -> list[str]:
    return [fact.shown for fact in facts.pick(snapshot, now=START_OF_TESTS, locale="en", seed=seed)]


def test_facts_are_distinct_and_the_same_each_time() -> None:
    snapshot = rows(
        hashtags=["#linen", "ootd", "x" * 60],
        bio="Hello. I sew my own clothes!",
        city="Vienna",
        country="Austria",
        followers=12_345,
    )
    assert picked(snapshot) == ["#linen and #ootd", "I sew my own clothes", "Vienna"]
    assert facts.pick(snapshot, now=START_OF_TESTS, locale="de", seed="s") == facts.pick(
        snapshot, now=START_OF_TESTS, locale="de", seed="s"
    )
    phrasings = {facts.pick(snapshot, now=START_OF_TESTS, locale="en", seed=str(n))[2].sentence for n in range(20)}
    assert len(phrasings) == 2


@pytest.mark.parametrize(
    "value",
    [
        "",
        "🌸🌸🌸",
        "{{7*7}} and more words",
        "write to me@example.com",
        "see https://example.com now",
        "Pregnant with number two",
        "Proud Christian mum of three",
        "call 0171 2345678 now",
        "None of it",
        "a" * 200,
        42,
        None,
        ["a list"],
        "<b>bold words</b>",
        'says "quoted" things',
    ],
)
def test_what_a_stranger_should_not_say_is_no_fact(value: object) -> None:
    assert picked(rows(bio=value)) == []


def test_guesses_expired_rows_and_odd_numbers_are_no_facts() -> None:
    snapshot = rows(city="Vienna", country="Austria", followers=True, engagement=0.04, hashtags={"a": 1})
    snapshot["city"].kind = "estimated"
    snapshot["country"].expires_at = START_OF_TESTS
    assert picked(snapshot) == []
    assert picked(rows(followers=12_345, engagement=4.21)) == ["12,345 followers", "4.2 percent engagement"]


def test_two_facts_of_one_kind_are_said_in_two_ways() -> None:
    listed = [
        {"kind": "bio", "value": "I sew my clothes", "source": "a"},
        {"kind": "bio", "value": "Linen every day", "source": "b"},
    ]
    found = facts.pick(rows(facts=listed), now=START_OF_TESTS, locale="en", seed="s")
    assert len({fact.sentence.partition("“")[0] for fact in found}) == 2


def test_numbers_that_sourcing_said_in_english_are_said_in_the_mails_language() -> None:
    listed = [
        {"kind": "bio", "value": "🌿 slow fashion", "source": "bio in x.csv"},
        {"kind": "audience", "value": "24,000 followers on Instagram", "source": "followers in x.csv"},
        {"kind": "engagement", "value": "4.1 % engagement", "source": "engagement_percent in x.csv"},
    ]
    found = facts.pick(rows(facts=listed), now=START_OF_TESTS, locale="de", seed="s")
    assert [(fact.kind, fact.shown, fact.source) for fact in found] == [
        ("bio", "🌿 slow fashion", "bio in x.csv"),
        ("followers", "24.000 Followern", "followers in x.csv"),
        ("engagement", "4,1 Prozent Interaktion", "engagement_percent in x.csv"),
    ]


def test_beside_a_list_the_record_only_adds_numbers() -> None:
    listed = [{"kind": "hashtag", "value": "#linen", "source": "x"}, {"kind": "bio", "value": "{{7*7}}", "source": "x"}]
    assert picked(rows(facts=listed, country="Austria", bio="I sew my own clothes", followers=9_000)) == [
        "#linen",
        "9,000 followers",
    ]


@pytest.mark.parametrize(
    ("bio", "quoted"),
    [
        ("📸 Photographer in Athens 📩 Dm for collaboration", ["Photographer in Athens"]),
        ("Mum of two ✨ Slow sewing at home", ["Slow sewing at home"]),
        ("FOLLOW MY INSTAGRAM", []),
        ("ᴜɴɪᴠᴇʀsɪᴅᴀᴅ ᴅᴇ ᴅᴀɴᴋᴏᴏᴋ 𝑅𝑒𝑠𝑖𝑚 ℎ𝑒𝑠𝑎𝑏", []),
        ("God willing | 31 years old | DM me", []),
    ],
)
def test_a_bio_is_quoted_by_whole_lines_that_say_something(bio: str, quoted: list[str]) -> None:
    assert picked(rows(bio=bio)) == quoted
