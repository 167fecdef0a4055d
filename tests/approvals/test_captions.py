"""A draft caption is held against what was agreed; what is wrong is said in words, with the caption's own."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.captions import CLAIMS, OPENING, Agreed, Flag, Verdict, agreed, content_card, scan
from core.campaign import Campaign, load_campaign
from core.tracking import tagged_url
from tests.approvals.conftest import HOSTILE
from tests.conftest import PROJECT

LINEN = load_campaign(PROJECT / "campaigns" / "linen-summer.toml")
LINK = "https://www.example.com/linen?utm_source=instagram&utm_content=c7"
TERMS = agreed(LINEN, code="LINEN-BCD234", link=LINK)
GOOD = f"Werbung | My shirt on a foggy walk. 10% with LINEN-BCD234 at {LINK} #slowfashion"


def flags(caption: str, terms: Agreed = TERMS, campaign: Campaign = LINEN, platform: str = "instagram") -> list[Flag]:
    return list(scan(caption, campaign, terms, platform=platform).flags)


def rules(caption: str, **more: object) -> list[str]:
    return [flag.rule for flag in flags(caption, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "caption",
    [
        GOOD,
        GOOD.replace("Werbung |", "#Anzeige:"),
        GOOD.replace("Werbung |", "WERBUNG/Anzeige!"),
        GOOD.replace("Werbung |", "𝐖𝐞𝐫𝐛𝐮𝐧𝐠 —"),
        GOOD.replace(f"at {LINK}", "#AureliaLinen"),
        GOOD.replace(f"at {LINK}", "#linensummer"),
        GOOD.replace("LINEN-BCD234", "linen-bcd234"),
        GOOD.replace(LINK, f"({LINK})."),
        "Sonntag im Nebel. " + GOOD,
        "🧵 صيف " + GOOD,
    ],
)
def test_a_caption_as_agreed_is_not_flagged(caption: str) -> None:
    assert flags(caption) == []


def test_the_words_of_a_link_are_neither_a_code_nor_a_disclosure() -> None:
    # utm_medium=affiliate and utm_campaign=linen-summer stand in every creator's link.
    link = tagged_url(LINEN, platform="instagram", candidate_id=7)
    terms = agreed(LINEN, code="LINEN-BCD234", link=link)
    assert flags(f"Werbung | A foggy walk with LINEN-BCD234 at {link}", terms) == []
    (flag,) = flags(f"A foggy walk with LINEN-BCD234 at {link}", terms)
    assert flag.words == "It does not say “Werbung” or “Anzeige”."
    named = agreed(LINEN, code="LINEN-BCD234", link=f"{link}&kind=werbung")
    assert rules(f"A foggy walk with LINEN-BCD234 at {named.link}", terms=named) == ["no disclosure"]


@pytest.mark.parametrize(
    ("opening", "rule", "says"),
    [
        ("", "no disclosure", "It does not say “Werbung” or “Anzeige”."),
        ("#spon", "no disclosure", "“#spon” is no disclosure; it must say “Werbung” or “Anzeige”."),
        ("Collab!", "no disclosure", "“Collab” is no disclosure"),
        ("Keine Werbung,", "no disclosure", "“Werbung” is no disclosure"),
        ("unbezahlte Werbung:", "no disclosure", "“Werbung” is no disclosure"),
        ("Werbungen", "no disclosure", "It does not say"),
        ("@werbung", "no disclosure", "It does not say"),
        ("Werbung-frei", "no disclosure", "It does not say"),
        ("#werbung #linen #ootd", "disclosure misplaced", "“#werbung” is lost among hashtags."),
        ("LINEN-BCD234 Werbung", "disclosure misplaced", "“Werbung” stands after the code or link."),
        (f"{LINK} Anzeige", "disclosure misplaced", "“Anzeige” stands after the code or link."),
        ("x" * 118 + " Werbung", "disclosure misplaced", "stands after the first 125 characters"),
    ],
)
def test_a_disclosure_that_is_missing_weak_or_late_is_flagged(opening: str, rule: str, says: str) -> None:
    (flag,) = flags(GOOD.replace("Werbung |", opening))
    assert flag.rule == rule
    assert says in flag.words


def test_the_opening_ends_at_its_last_character() -> None:
    before = "x" * (OPENING - len(" Werbung"))
    assert flags(GOOD.replace("Werbung |", f"{before} Werbung")) == []
    assert rules(GOOD.replace("Werbung |", f"{before}x Werbung")) == ["disclosure misplaced"]
    assert rules(GOOD.replace("Werbung |", f"{before}x Werbung").replace("My", "Werbung")) == ["disclosure misplaced"]
    assert flags(f"Anzeige. {'x' * 200} Werbung {GOOD}") == []


@pytest.mark.parametrize(("label", "ok"), [("Ad", True), ("#ad", True), ("ad-free", False), ("#adorable", False),
                                           ("Not an ad", False), ("no ad", False), ("Paid ad", True)])  # fmt: skip
def test_a_short_label_is_told_from_words_that_hold_it(label: str, ok: bool) -> None:
    terms = agreed(LINEN, code="LINEN-BCD234", link=LINK, disclosure="#ad")
    assert (flags(GOOD.replace("Werbung", label), terms) == []) is ok


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("LINEN-BCD234", "my code", [("no code", "The code LINEN-BCD234 is not in it.")]),
        ("LINEN-BCD234", "LINEN-XYZ999", [("no code", "is not in it"), ("wrong code", "“LINEN-XYZ999” is not this")]),
        ("LINEN-BCD234", "LINEN-BCD234 (or LINEN-BCD2345)", [("wrong code", "“LINEN-BCD2345” is not this")]),
        (f"at {LINK}", "", [("no link or hashtag", "nor #AureliaLinen or #LinenSummer")]),
        (LINK, "https://www.example.com/linen/",
         [("no link or hashtag", "neither"), ("wrong link", "the right page without this creator's tags")]),
        (LINK, f"{LINK} www.evil.example/x", [("wrong link", "“www.evil.example/x” leads elsewhere")]),
        (LINK, f"{LINK}&utm_content=c8",
         [("no link or hashtag", "neither"), ("wrong link", "without this creator's tags")]),
        (LINK, "#aurelialinenfan", [("no link or hashtag", "neither")]),
    ],
)  # fmt: skip
def test_a_missing_or_wrong_code_or_link_is_flagged(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    found = flags(GOOD.replace(before, after))
    assert [flag.rule for flag in found] == [rule for rule, _ in expected]
    assert all(says in flag.words for flag, (_, says) in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("GUARANTEED glow", "GUARANTEED"),
        ("it cures eczema", "cures"),
        ("risk free", "risk free"),
        ("#riskfree", "riskfree"),
        ("risk-\nfree", "risk-\nfree"),
        ("𝓰𝓾𝓪𝓻𝓪𝓷𝓽𝓮𝓮", "𝓰𝓾𝓪𝓻𝓪𝓷𝓽𝓮𝓮"),
        ("100 % safe", "100 % safe"),
        ("gárantiert", "gárantiert"),
    ],
)
def test_a_claim_is_found_however_it_is_written(claim: str, found: str) -> None:
    (flag,) = flags(f"{GOOD} {claim}")
    assert (flag.rule, flag.found) == ("banned words", found)
    assert flag.words == f"“{found}” is what no campaign may claim."
    assert flag.at == len(GOOD) + 1 + claim.index(found)


@pytest.mark.parametrize("harmless", ["manicures", "at your own risk. Freedom", "secures", "she heals_", "a guarantor"])
def test_words_that_only_hold_a_claim_are_not_flagged(harmless: str) -> None:
    assert [flag.found for flag in flags(f"{GOOD} {harmless}")] == (["heals"] if "heals" in harmless else [])


def test_what_the_campaign_rules_out_is_found_too() -> None:
    strict = LINEN.model_copy(
        update={"safety": LINEN.safety.model_copy(update={"veto": ("fast fashion", "赌场", "*")})}
    )
    assert rules(f"{GOOD} no more fast-fashion", campaign=strict) == ["banned words"]
    assert rules(f"{GOOD} 去赌场玩", campaign=strict) == ["banned words"]
    assert rules(f"{GOOD} breakfast fashions", campaign=strict) == []
    assert "this campaign rules out" in flags(f"{GOOD} FAST FASHION", campaign=strict)[0].words


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        (f"{GOOD} guar\u200banteed", {"banned words", "hidden characters"}),
        (f"{GOOD} guar\u0430nteed", {"look-alike letters"}),
        (f"{GOOD} \u202eadA", {"hidden characters"}),
        (f"{GOOD} Москва und Αθήνα", set()),
        (f"{GOOD} 👩\u200d👧 family", set()),
    ],
)
def test_disguise_is_flagged_and_other_alphabets_are_not(caption: str, expected: set[str]) -> None:
    assert set(rules(caption)) == expected


def test_length_is_held_against_the_platform() -> None:
    long = GOOD + " " + "x" * 2_200
    assert rules(long) == ["too long"]
    assert rules(long, platform="youtube") == []
    assert rules(long, platform="elsewhere") == ["too long"]
    for empty in ("", " \n", "\u3000"):
        assert rules(empty) == ["empty", "no disclosure", "no code", "no link or hashtag"]


@given(st.text(max_size=200), st.sampled_from(CLAIMS))
@settings(max_examples=60, deadline=None)
def test_no_caption_breaks_the_scan_and_no_text_before_hides_a_claim(noise: str, claim: str) -> None:
    words = claim.rstrip("*")
    found = [flag.found for flag in flags(f"{noise} {words} ") if flag.rule == "banned words"]
    assert any(words in hit for hit in found)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_what_is_flagged_stands_where_it_is_said_to_stand(caption: str) -> None:
    for flag in flags(caption):
        if flag.at is not None and flag.rule != "hidden characters":
            assert caption[flag.at :].startswith(flag.found)


def test_the_card_puts_the_flags_first_and_asks_for_a_reason_with_changes() -> None:
    caption = f"{HOSTILE} guaranteed"
    verdict = scan(caption, LINEN, TERMS)
    assert not verdict.clean
    card = content_card(LINEN, verdict, caption=caption, creator="ada.linen", platform="instagram")
    assert card.title == "Draft by ada.linen for Linen Summer"
    assert card.subtitle == f"instagram; {len(verdict.flags)} flags"
    assert [fact.label for fact in card.facts] == ["Flag"] * len(verdict.flags) + ["Caption", "Must open with"]
    assert card.facts[-2].value == caption
    assert "“guaranteed” is what no campaign may claim." in card.risk
    assert [choice.id for choice in card.choices] == ["approve", "request_changes"]
    assert not card.choices[0].needs_reason
    assert card.choices[1].needs_reason
    assert "“guaranteed” is what no campaign may claim." in card.choices[1].reasons


def test_a_caption_made_to_be_slow_is_read_quickly_and_its_card_stays_short() -> None:
    for piece in ("werbung ", "keine werbung ", "#a ", "risk ", "risk" + " " * 40, "LINEN-AAA ", "www.", "guaranteed "):
        caption = piece * (20_000 // len(piece))
        started = time.perf_counter()
        verdict = scan(caption, LINEN, TERMS)
        assert time.perf_counter() - started < 2
        card = content_card(LINEN, verdict, caption=caption, creator="ada.linen", platform="instagram")
        assert len(card.facts) <= 12
        assert len(card.risk) < 2_000


def test_the_card_of_a_clean_draft_says_so() -> None:
    card = content_card(LINEN, Verdict(()), caption=GOOD, creator="ada.linen", platform="tiktok")
    assert card.subtitle == "tiktok; nothing flagged"
    assert card.risk == ""
    assert card.choices[1].reasons
