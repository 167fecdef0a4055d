"""Which changes need a person: the rules are whole, and a rule that is wrong is not used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from approvals.kinds import Kind
from approvals.sign_off_rules import RULES_FILE, campaign_keys, changes, in_words, read_rules, the_rules, values_at
from core.campaign import Campaign
from core.errors import BadInput
from core.people import Role

TEXT = RULES_FILE.read_text(encoding="utf-8")
Read = Callable[[str], object]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def from_text(text: str) -> object:
        path = tmp_path / "rules.toml"
        path.write_text(text, encoding="utf-8")
        return read_rules(path)

    return from_text


def test_every_key_of_a_campaign_file_stands_in_exactly_one_class() -> None:
    named = [key for keys in the_rules().classes.values() for key in keys]
    assert sorted(named) == sorted(campaign_keys())
    assert {"offer.budget", "owners.analytics", "measurement.reconciles", "slug"} <= campaign_keys()


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("offer.stipend", "money"),
        ("offer.usage_days", "terms"),
        ("contract.disclosure", "terms"),
        ("outreach.angle", "voice"),
        ("tracking.landing_url", "tracking"),
        ("weights.topic", "neither"),
        ("audience.followers_max", "neither"),
    ],
)
def test_keys_fall_into_the_class_that_people_expect(key: str, kind: str) -> None:
    assert the_rules().class_of(key) == kind


def test_payment_contract_and_voice_each_ask_a_person() -> None:
    covers = {rule.kind: set(rule.covers) for rule in the_rules().sign_off}
    assert covers[Kind.BRIEF] == covers[Kind.TRACKING] == {"money", "terms", "voice", "tracking"}
    assert Role.LEGAL in {rule.role for rule in the_rules().sign_off if "terms" in rule.covers}


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('    "offer.budget",\n', "", "offer.budget stands in no class"),
        ('    "offer.budget",\n', '    "offer.budget",\n    "offer.bugdet",\n', "offer.bugdet is no key"),
        ('    "offer.budget",\n', '    "offer.budget",\n    "offer.stipend",\n', "offer.stipend stands in the classes"),
        ('named = "analytics"', 'named = "analyst"', "tracking setup: 'analyst' is no single owner"),
        ('role = "legal"', 'role = "lawyer"', "sign_off.2.role"),
        ('kind = "final contract"', 'kind = "creative brief"', "stands there twice"),
        ("before_outreach = true", "before_outreach = false", "nobody signs off money before creators"),
        (
            'role = "analytics"\nbefore_outreach = true',
            'role = "analytics"\nbefore_outreach = false',
            "are asked, and no others",
        ),
        ('kind = "tracking setup"', 'kind = "draft content"', "creative brief and tracking setup are asked"),
        (
            'covers = ["money", "terms", "voice", "tracking"]    # comm',
            'covers = ["money"]    # comm',
            "tracking setup: it is signed off as a whole",
        ),
        ("[classes]", "[clases]", "classes: Field required"),
        ("money = [ ", "money = ", "cannot be read"),
    ],
)
def test_rules_that_would_let_something_through_are_not_used(read: Read, before: str, after: str, says: str) -> None:
    assert before in TEXT
    with pytest.raises(BadInput, match="sign-off rules") as caught:
        read(TEXT.replace(before, after))
    assert says in str(caught.value)


def test_a_missing_rules_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.toml cannot be read"):
        read_rules(tmp_path / "nowhere.toml")


def test_a_change_names_its_key_its_class_and_both_values(campaign: Campaign) -> None:
    offer = campaign.offer.model_copy(update={"usage_days": 60, "deliverables": ("one Reel",)})
    weights = campaign.weights.model_copy(update={"topic": 0.1})
    found = changes(campaign, campaign.model_copy(update={"offer": offer, "weights": weights}), the_rules())
    assert [change.words for change in found] == [
        "offer.deliverables (terms): one Reel or TikTok with the shirt worn outdoors; two Stories with the code "
        "→ one Reel",
        "offer.usage_days (terms): 30 → 60",
    ]
    assert changes(campaign, campaign, the_rules()) == ()


def test_values_are_said_on_one_line() -> None:
    assert in_words(None) == in_words([]) == in_words("") == "nothing"
    assert in_words(0) == "0"
    assert in_words("x" * 500) == "x" * 159 + "…"


def test_no_key_that_does_not_exist_has_a_class_or_value(campaign: Campaign) -> None:
    with pytest.raises(KeyError):
        the_rules().class_of("offer.bonus")
    with pytest.raises(KeyError):
        values_at(campaign, ["offer.bonus"])
