import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.campaign import Campaign, load_campaign, restore_campaign
from core.errors import BadInput
from core.money import Money

EXAMPLE = (Path(__file__).resolve().parents[2] / "campaigns" / "linen-summer.toml").read_text(encoding="utf-8")
Load = Callable[[str], Campaign]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> Campaign:
        path = tmp_path / "campaign.toml"
        path.write_text(text, encoding="utf-8")
        return load_campaign(path)

    return from_text


def changed(before: str, after: str) -> str:
    assert EXAMPLE.count(before) == 1, before
    return EXAMPLE.replace(before, after)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("[weights]  ", "[weigths]  ", "weigths: unknown key; did you mean 'weights'?"),
        ("followers_min =", "min_followers =", "audience.min_followers: unknown key; did you mean 'followers_min'?"),
        ("keywords =", "xyzzy =", "topic.xyzzy: unknown key"),
        ("daily_cap = 50", "daily_cap = 51", "outreach.daily_cap: Input should be less than or equal to 50"),
        ("hours = 48", "hours = 96", "sla.hours: Input should be less than or equal to 72"),
        ("size = 250", "size = 2500", "longlist.size: Input should be less than or equal to 300"),
        ('stipend = "200.00"', 'stipend = "200,00"', "offer.stipend: Input should be a valid decimal"),
        ('stipend = "200.00"', 'stipend = "200.005"', "offer: 200.005 EUR has more digits than EUR knows"),
        ('budget = "6000.00"', 'budget = "1e40"', "offer: 1E+40 is not an amount of money"),
        ('budget = "6000.00"', 'budget = "nan"', "offer.budget: Input should be a finite number"),
        ('currency = "EUR"', 'currency = "euro"', "offer.currency: 'euro' is not of the form"),
        ('stipend = "200.00"', 'stipend = "900"', "offer: stipend is above per_creator_maximum"),
        ("followers_max = 100_000", "followers_max = 10", "audience: followers_min is above followers_max"),
        ("window_end_hour = 18", "window_end_hour = 9", "outreach: window_start_hour must come before"),
        ("ends_on = 2027-01-31", "ends_on = 2026-11-30", "ends_on lies before starts_on"),
        ("starts_on = 2026-12-01", 'starts_on = "1 December"', "starts_on: Input should be a valid date"),
        ('platforms = ["instagram", "tiktok"]', 'platforms = ["Instagram"]', "audience.platforms.0: Input should be"),
        ('name = "Linen Summer"', 'name = "Linen\\nBcc: x@example.com"', "name: must be one line"),
        ('name = "Linen Summer"', 'name = "   "', "name: must not be blank"),
        ('name = "Linen Summer"', 'name = ""', "name: String should have at least 1 character"),
        ('slug = "linen-summer"', 'slug = "../etc"', "slug: '../etc' is not of the form"),
        ('reviewers = ["rosa"]', "reviewers = []", "owners.reviewers: Tuple should have at least 1 item"),
        ('landing_url = "https://www.example.com/linen"', 'landing_url = "javascript:alert(1)"',
         "tracking.landing_url: 'javascript:alert(1)' is not of the form"),
        ('legal = "lena"', "", "owners.legal: missing"),
        ("analytics =", "analitics =", "owners.analitics: unknown key; did you mean 'analytics'?"),
        ("window_days = 30", "window_days = 13", "measurement.window_days: Input should be greater than"),
        ("window_days = 30", "window_days = 91", "measurement.window_days: Input should be less than"),
        ('method = "coupon code"', 'method = "a hunch"', "measurement.method: Input should be 'coupon code'"),
        ('kpi = "cost per incremental sale"', 'kpi = "likes"', "measurement.kpi: Input should be 'cost per"),
        ('legal_channel = ""', 'legal_channel = "#legal"', "slack.legal_channel: '#legal' is not of the form"),
        ("sample_every = 10", "sample_every = 11", "guardrails.sample_every: Input should be less than or equal to 10"),
        ("weekly_spot_check = 5", "weekly_spot_check = 0", "guardrails.weekly_spot_check: Input should be greater"),
        ("topic = 0.45 ", "topic = -1 ", "weights.topic: Input should be greater than or equal to 0"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_key(load: Load, before: str, after: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(changed(before, after))
    message = str(caught.value)
    assert says in message
    assert "campaign.toml was not used" in message
    assert "campaigns/linen-summer.toml explains every key" in message
    for jargon in ("Traceback", "pydantic", "Value error", "input_value", "http"):
        assert jargon not in message


def test_all_mistakes_are_told_at_once(load: Load) -> None:
    text = changed("hours = 48", "hours = 0").replace("daily_cap = 50", "daily_cap = 0").replace("[goal]", "[gaol]")
    with pytest.raises(BadInput) as caught:
        load(text)
    for key in ("sla.hours", "outreach.daily_cap", "gaol: unknown key; did you mean 'goal'?", "goal: missing"):
        assert key in str(caught.value)


@pytest.mark.parametrize("text", ["slug = linen", "[audience", "slug = 'a'\nslug = 'b'", "<html>", "\ufffe"])
def test_a_file_that_is_not_toml_is_refused_with_the_place(load: Load, text: str) -> None:
    with pytest.raises(BadInput, match=r"campaign\.toml is not a campaign file: .* \(at "):
        load(text)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "campaign.toml"
    path.write_bytes(b'name = "Caf\xe9"')
    with pytest.raises(BadInput, match="is not a campaign file"):
        load_campaign(path)


def test_a_missing_file_names_its_nearest_neighbour(tmp_path: Path) -> None:
    (tmp_path / "linen-summer.toml").write_text(EXAMPLE, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_campaign(tmp_path / "linen-sumer.toml")
    assert caught.value.next_step == f"Did you mean {tmp_path / 'linen-summer.toml'}?"
    with pytest.raises(BadInput, match="holds an example to copy"):
        load_campaign(tmp_path / "nowhere" / "x.toml")


def test_a_folder_is_not_a_campaign_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_campaign(tmp_path)


def test_a_file_saved_by_a_windows_editor_is_read(load: Load, campaign: Campaign) -> None:
    assert load("\ufeff" + EXAMPLE.replace("\n", "\r\n")) == campaign


def test_the_hash_ignores_comments_order_and_spelling_of_the_same_choice(load: Load, campaign: Campaign) -> None:
    bare = "\n".join(line.split("  #")[0] for line in EXAMPLE.splitlines() if not line.startswith("#"))
    assert load(bare).hash == campaign.hash
    assert load(changed("followers_min = 5_000", "followers_min = 5000")).hash == campaign.hash
    head, offer = EXAMPLE.split("[offer]")
    offer, tail = offer.split("[outreach]")
    assert load(f"{head}[outreach]{tail}\n[offer]{offer}").hash == campaign.hash


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('stipend = "200.00"', 'stipend = "201.00"'),
        ("usage_days = 30", "usage_days = 31"),
        ("hours = 48", "hours = 47"),
    ],
)
def test_another_choice_is_another_hash(load: Load, campaign: Campaign, before: str, after: str) -> None:
    assert load(changed(before, after)).hash != campaign.hash


def test_a_file_without_later_keys_is_hashed_by_those_it_always_had(campaign: Campaign) -> None:
    """Whatever was sourced under its hash before there were others stays so."""
    content = json.loads(campaign.canonical)
    assert set(content["offer"]) == {"model", "currency", "stipend", "commission_percent", "product", "deliverables",
                                     "usage_days", "payment_days", "per_creator_maximum", "budget"}  # fmt: skip
    assert set(content["contract"]) == {"template", "governing_law", "disclosure", "clawback_days", "filming_angles"}
    assert "brief" not in content


def test_a_stored_campaign_comes_back_as_it_was(campaign: Campaign) -> None:
    restored = restore_campaign(campaign.canonical)
    assert restored == campaign
    assert restored.hash == campaign.hash
    assert restored.offer.stipend_money == Money(campaign.offer.stipend, "EUR")


def test_words_of_any_script_are_kept(load: Load) -> None:
    campaign = load(changed('name = "Linen Summer"', 'name = "  Leinen ☀ صيف {{7*7}} =HYPERLINK() <!channel>  "'))
    assert campaign.name == "Leinen ☀ صيف {{7*7}} =HYPERLINK() <!channel>"
    assert restore_campaign(campaign.canonical) == campaign


def test_a_campaign_stored_before_there_were_gates_still_loads(campaign: Campaign) -> None:
    old = json.loads(campaign.canonical)
    for section in ("measurement", "slack", "guardrails"):
        del old[section]
    for key in ("brand_lead", "analytics", "local_lead"):
        del old["owners"][key]
    restored = restore_campaign(json.dumps(old))
    assert restored.owners.brand_lead == restored.owners.owner
    assert restored.owners.analytics is None
    assert restored.measurement.reconciles is None
    assert restored.guardrails.sample_every == 10
    assert restore_campaign(restored.canonical) == restored


def test_the_brand_lead_is_the_owner_unless_somebody_else_is_named(load: Load) -> None:
    assert load(changed('brand_lead = "olivia"', "")).owners.brand_lead == "olivia"
    assert load(changed('brand_lead = "olivia"', 'brand_lead = "omar"')).owners.brand_lead == "omar"
    with pytest.raises(BadInput, match=r"owners\.brand_lead: "):
        load(changed('brand_lead = "olivia"', 'brand_lead = ""'))


SAID = 'deliverables_in = { de = ["ein Reel oder TikTok", "zwei Storys"] }'
ASKED = 'deliverables = ["one Reel or TikTok with the shirt worn outdoors", "two Stories with the code"]'


def test_what_is_asked_for_may_be_said_in_other_languages(load: Load) -> None:
    campaign = load(changed(ASKED, f"{ASKED}\n{SAID}"))
    assert campaign.deliverables_in("de") == ("ein Reel oder TikTok", "zwei Storys")
    assert campaign.deliverables_in("en") == campaign.offer.deliverables
    assert campaign.deliverables_in("fr") == ()
    assert restore_campaign(campaign.canonical) == campaign


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ('de = ["ein Reel"]', r"deliverables_in\.de has 1 pieces, deliverables has 2"),
        ('en = ["one Reel", "two Stories"]', "are in en already"),
        ('it = ["un Reel", "due Storie"]', "it"),
    ],
)
def test_what_is_asked_for_is_said_in_whole_and_once(load: Load, said: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        load(changed(ASKED, f"{ASKED}\ndeliverables_in = {{ {said} }}"))
