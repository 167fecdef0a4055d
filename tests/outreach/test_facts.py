from datetime import timedelta

import pytest

from core.campaign import Campaign
from core.models.candidates import Snapshot
from outreach import facts, words
from outreach.sayings import Sayings, load_sayings
from outreach.words import LOCALES
from tests.outreach.conftest import START_OF_TESTS, TEMPLATES

EN, DE, ES, FR = (load_sayings(TEMPLATES, locale) for locale in LOCALES)


def rows(**fields: object) -> dict[str, Snapshot]:
    now = START_OF_TESTS
    return {
        field: Snapshot(candidate_id=1, field=field, value=value, source="pool:x", kind="reported", fetched_at=now)
        for field, value in fields.items()
    }


def picked(snapshot: dict[str, Snapshot], seed: str = "s") -> list[str]:
    return [fact.shown for fact in facts.pick(snapshot, now=START_OF_TESTS, sayings=EN, seed=seed)]


def test_facts_are_distinct_and_the_same_each_time() -> None:
    snapshot = rows(
        hashtags=["#linen", "ootd", "x" * 60],
        bio="Hello. I sew my own clothes!",
        city="Vienna",
        country="Austria",
        followers=12_345,
    )
    assert picked(snapshot) == ["#linen and #ootd", "I sew my own clothes", "Vienna"]
    assert facts.pick(snapshot, now=START_OF_TESTS, sayings=DE, seed="s") == facts.pick(
        snapshot, now=START_OF_TESTS, sayings=DE, seed="s"
    )
    phrasings = {facts.pick(snapshot, now=START_OF_TESTS, sayings=EN, seed=str(n))[2].sentence for n in range(20)}
    assert len(phrasings) == 3


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
    found = facts.pick(rows(facts=listed), now=START_OF_TESTS, sayings=EN, seed="s")
    assert len({fact.sentence.partition("“")[0] for fact in found}) == 2


def test_numbers_that_sourcing_said_in_english_are_said_in_the_mails_language() -> None:
    listed = [
        {"kind": "bio", "value": "🌿 slow fashion", "source": "bio in x.csv"},
        {"kind": "audience", "value": "24,000 followers on Instagram", "source": "followers in x.csv"},
        {"kind": "engagement", "value": "4.1 % engagement", "source": "engagement_percent in x.csv"},
    ]
    found = facts.pick(rows(facts=listed), now=START_OF_TESTS, sayings=DE, seed="s")
    assert [(fact.kind, fact.shown, fact.source) for fact in found] == [
        ("bio", "🌿 slow fashion", "bio in x.csv"),
        ("followers", "24.000 Followern", "followers in x.csv"),
        ("engagement", "4,1 Prozent Engagement", "engagement_percent in x.csv"),
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


@pytest.mark.parametrize("sayings", [EN, DE, ES, FR], ids=LOCALES)
def test_a_known_audience_is_one_of_the_reasons(sayings: Sayings, campaign: Campaign) -> None:
    snapshot = rows(bio="I sew my own clothes", hashtags=["linen"], city="Wien",
                    audience={"country:Germany": 0.41, "age:25-34": 0.35, "gender:female": 0.8})  # fmt: skip
    asked = facts.asked_of(campaign)
    found = facts.pick(snapshot, now=START_OF_TESTS, sayings=sayings, seed="s", asked=asked)
    assert [fact.kind for fact in found] == ["hashtag", "bio", "audience_place"]
    assert all(fact.shown in fact.sentence and fact.seen_on == "2026-11-20" for fact in found)
    assert "41" in found[-1].shown


def test_an_audience_that_is_only_estimated_or_was_not_asked_for_is_no_reason(campaign: Campaign) -> None:
    snapshot = rows(bio="I sew my own clothes", audience={"country:Japan": 0.9, "country:Germany": 0.05})
    asked = facts.asked_of(campaign)
    assert len(facts.pick(snapshot, now=START_OF_TESTS, sayings=EN, seed="s", asked=asked)) == 1
    snapshot["audience"].value = {"country:Germany": 0.5}
    assert len(facts.pick(snapshot, now=START_OF_TESTS, sayings=EN, seed="s", asked=asked)) == 2
    snapshot["audience"].kind = "estimated"
    assert len(facts.pick(snapshot, now=START_OF_TESTS, sayings=EN, seed="s", asked=asked)) == 1


def test_a_caption_is_said_with_its_day_only_where_the_record_has_it() -> None:
    caption = {"kind": "caption", "value": "Third summer in one shirt", "source": "post:7"}
    for day, kind in (
        ("2026-11-03", "caption_dated"),
        ("2025-11-03", "caption"),
        ("soon", "caption"),
        (None, "caption"),
    ):
        listed = [caption | {"posted_on": day}, {"kind": "hashtag", "value": "#linen", "source": "x"}]
        first = facts.pick(rows(facts=listed), now=START_OF_TESTS, sayings=EN, seed="s")[0]
        assert (first.kind, "3 November" in first.sentence) == (kind, kind == "caption_dated")


def test_a_product_they_write_of_is_said_where_the_text_cannot_be_quoted(campaign: Campaign) -> None:
    text = f"All of my {'very ' * 30}long Linen story, told twice"
    asked = facts.asked_of(campaign)
    found = facts.pick(rows(captions=[text], followers=9_000), now=START_OF_TESTS, sayings=EN, seed="s", asked=asked)
    assert [(fact.kind, fact.shown) for fact in found] == [("mention", "Linen"), ("followers", "9,000 followers")]


def test_what_grew_old_is_no_fact() -> None:
    snapshot = rows(bio="I sew my own clothes", followers=9_000, city="Vienna")
    snapshot["followers"].fetched_at = START_OF_TESTS - timedelta(days=200)
    snapshot["bio"].fetched_at = START_OF_TESTS - timedelta(days=200)
    snapshot["city"].fetched_at = START_OF_TESTS - timedelta(days=400)
    assert picked(snapshot) == ["I sew my own clothes"]


def test_each_follow_up_says_something_else_than_the_mails_before_it() -> None:
    snapshot = rows(bio="I sew my own clothes", hashtags=["linen"], city="Vienna", followers=9_000, engagement=4.2)
    said = picked(snapshot)
    for number in (1, 2):
        [another] = facts.pick_another(snapshot, now=START_OF_TESTS, sayings=EN, seed="s", number=number)
        assert another.shown not in said
        said.append(another.shown)
    [again] = facts.pick_another(rows(city="Vienna"), now=START_OF_TESTS, sayings=EN, seed="s", number=2)
    assert again.shown == "Vienna"
    assert facts.pick_another({}, now=START_OF_TESTS, sayings=EN, seed="s", number=1) == ()


def test_creators_who_share_their_facts_do_not_read_the_same_words() -> None:
    snapshot = rows(bio="I sew my own clothes", hashtags=["linen"], city="Vienna")
    read = {tuple(fact.sentence for fact in facts.pick(snapshot, now=START_OF_TESTS, sayings=EN, seed=f"instagram:{n}"))
            for n in range(40)}  # fmt: skip
    assert len(read) > 15


def test_a_place_has_the_article_it_takes_in_each_language_however_the_profile_writes_it() -> None:
    for name in (
        "Ukraine",
        "Philippines",
        "the Philippines",
        "United Arab Emirates",
        "Schweiz",
        "Emiratos Árabes Unidos",
    ):
        assert words.place(name, "de").startswith(("der ", "den "))
    assert [words.place("Ukraine", locale) for locale in LOCALES] == ["Ukraine", "der Ukraine", "Ucrania", "l’Ukraine"]
    assert words.place("Nowhere on Sea", "fr") == "Nowhere on Sea"
