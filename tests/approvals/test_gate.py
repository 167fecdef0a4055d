"""Nothing goes to a creator before the checklist is whole, and a sign-off is for exactly what was shown."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from approvals import gate
from approvals.gate import (
    BRIEF,
    FIRST_MAIL,
    TRACKING,
    Standing,
    brief_card,
    gate_content,
    subject_of,
    tracking_card,
    voice_digest,
    wording_content,
)
from approvals.service import Decision, ask, decide_now
from approvals.sign_off_rules import campaign_keys, the_rules
from core.campaign import Campaign, load_campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.people import People
from core.store import keep_campaign
from tests.approvals.campaign_edits import edited
from tests.conftest import PROJECT, START

LINEN = load_campaign(PROJECT / "campaigns" / "linen-summer.toml")
VOICE = voice_digest((PROJECT / "templates" / "outreach" / "invite.en.txt.j2").read_bytes())
CONTENT = gate_content(LINEN, VOICE)
WORDING = wording_content(LINEN, VOICE)
KEYS = sorted(campaign_keys())
SIGNED = set(the_rules().signed_keys())
Sign = Callable[..., Request]


def answer(kind: str, content: str = CONTENT, choice: str | None = "sign_off", **more: object) -> Request:
    """A question of the gate, decided unless `choice` is None."""
    known: dict[str, object] = {
        "kind": kind, "subject": subject_of(LINEN), "campaign": LINEN.slug, "content_sha256": content, "card": {},
        "role": "owner" if kind == BRIEF else "analytics", "assignee": "olivia" if kind == BRIEF else "anton",
        "requested_by": "omar", "asked_at": START, "first_reminder_at": START, "second_reminder_at": START,
        "due_at": START, "clock_started_at": START, "status": "decided" if choice else "open", "choice": choice,
        "decided_by": "olivia" if choice else None, "decided_at": START if choice else None,
    }  # fmt: skip
    return Request(**(known | more))  # type: ignore[arg-type]


def judge(campaign: Campaign, content: str, asked: list[Request]) -> Standing:
    """The checklist, where a person has let a mail in these words go."""
    return gate.judge(campaign, content, [*asked, SEEN], wording=WORDING)


BOTH = [answer(BRIEF), answer(TRACKING)]
SEEN = answer(FIRST_MAIL, WORDING, "approve", role="sender")


@pytest.fixture
def sign(engine: Engine, clock: FixedClock, people: People) -> Sign:
    """Asks and answers one of the gate's questions as main would."""

    def act(kind: str, campaign: Campaign = LINEN, voice: bytes = VOICE, choice: str = "sign_off") -> Request:
        actor = people.named("olivia" if kind == BRIEF else "anton")
        with unit_of_work(engine) as session:
            keep_campaign(session, clock, campaign)
            former = gate.last_signed(session, campaign, kind)
            put = gate.question(campaign, kind, voice=voice, assignee=actor, requested_by="omar", former=former)
            request = ask(session, clock, put)
        clock.advance(timedelta(minutes=1))
        reason = "" if choice == "sign_off" else "too dear"
        decision = Decision(request_id=request.id, choice=choice, actor=actor, door="slack", reason=reason)
        effects = {(kind, each): lambda *_: None for each in ("sign_off", "request_changes")}
        return decide_now(engine, clock, decision, people=people, campaign=campaign, effects=effects)

    return act


@pytest.mark.parametrize("key", KEYS)
def test_an_edit_of_money_terms_voice_or_tracking_and_no_other_voids_the_sign_offs(key: str) -> None:
    content = gate_content(edited(LINEN, [key]), VOICE)
    assert (content != CONTENT) == (key in SIGNED)


@given(st.sets(st.sampled_from(KEYS), max_size=6))
@settings(max_examples=60, deadline=None)
def test_edits_together_void_the_sign_offs_as_soon_as_one_of_them_does(keys: set[str]) -> None:
    content = gate_content(edited(LINEN, sorted(keys)), VOICE)
    assert (content == CONTENT) == keys.isdisjoint(SIGNED)
    missing = {item.what for item in judge(LINEN, content, BOTH).missing}
    assert missing == (set() if keys.isdisjoint(SIGNED) else {f"sign-off of the {kind}" for kind in (BRIEF, TRACKING)})


def test_other_wording_is_other_content() -> None:
    assert gate_content(LINEN, voice_digest(b"Hi")) != CONTENT
    assert voice_digest(b"a", b"b") != voice_digest(b"ab") != voice_digest(b"b", b"a")


@pytest.mark.parametrize("path", sorted((PROJECT / "campaigns").glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_campaign_lacks_nothing_but_its_sign_offs(path) -> None:  # type: ignore[no-untyped-def]
    campaign = load_campaign(path)
    missing = judge(campaign, gate_content(campaign, VOICE), []).missing
    assert [item.what for item in missing] == [f"sign-off of the {kind}" for kind in (BRIEF, TRACKING)]


@pytest.mark.parametrize(
    ("section", "update", "requirement", "says"),
    [
        ("goal", {"signal": ""}, "R54", "The goal has no signal."),
        ("owners", {"analytics": None}, "R55", "Nobody is named as analytics."),
        ("offer", {"model": "commission", "commission_percent": Decimal(0)}, "R56", "called commission, but pays none"),
        ("offer", {"model": "bonus", "commission_percent": Decimal(0), "stipend": Decimal(0)}, "R56", "called bonus"),
        ("offer", {"per_creator_maximum": Decimal(6001)}, "R57", "One creator may cost 6001 of a budget of 6000.00"),
        ("offer", {"stipend": Decimal(501)}, "R57", "12 creators at 501 cost 6012 EUR"),
        ("measurement", {"tools": ()}, "R58", "It is not said by which tools."),
        ("measurement", {"method": None, "reconciles": None}, "R58",
         "by which method, who reconciles payouts at month end."),
    ],
)  # fmt: skip
def test_what_is_not_settled_is_named_with_the_next_step(
    section: str, update: dict[str, object], requirement: str, says: str
) -> None:
    part = getattr(LINEN, section).model_copy(update=update)
    standing = judge(LINEN.model_copy(update={section: part}), CONTENT, BOTH)
    (item,) = standing.missing
    assert item.requirement == requirement
    assert says in item.missing
    assert f"[{section}]" in item.next_step
    assert not standing.complete


def test_all_settled_and_signed_off_is_complete() -> None:
    standing = judge(LINEN, CONTENT, BOTH)
    assert standing.complete
    assert [item.requirement for item in standing.items] == ["R54", "R55", "R56", "R57", "R58", "R60", "R60", "R49"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "The creative brief is not signed off."),
        ([answer(BRIEF, "0" * 64)], "signed off with other money, terms, wording or tracking"),
        ([answer(BRIEF, choice=None)], "The creative brief waits for olivia."),
        ([answer(BRIEF, choice="request_changes")], "olivia asked for changes"),
        ([answer(BRIEF), answer(BRIEF, choice="request_changes", decided_at=START + timedelta(hours=1))],
         "olivia asked for changes"),
        ([answer(BRIEF, effective_at=START + timedelta(minutes=5))], "can still be taken back"),
        ([answer(BRIEF, status="void", choice=None)], "The creative brief is not signed off."),
        ([answer(BRIEF, role="reviewer")], "The creative brief is not signed off."),
        ([answer("weights")], "The creative brief is not signed off."),
    ],
)  # fmt: skip
def test_a_sign_off_that_does_not_count_is_told_from_one_that_does(asked: list[Request], says: str) -> None:
    (item,) = judge(LINEN, CONTENT, [*asked, answer(TRACKING)]).missing
    assert says in item.missing
    assert item.next_step


def test_a_sign_off_counts_once_it_has_taken_effect_and_when_changes_were_asked_for_before() -> None:
    settled = answer(BRIEF, effective_at=START, applied_at=START)
    earlier = answer(BRIEF, choice="request_changes", decided_at=START - timedelta(hours=1))
    assert judge(LINEN, CONTENT, [settled, earlier, answer(TRACKING)]).complete


def test_the_gate_opens_by_both_sign_offs_and_closes_at_an_edit(engine: Engine, sign: Sign) -> None:
    with reading(engine) as session, pytest.raises(Refused) as caught:
        gate.check(session, LINEN, VOICE)
    assert "The creative brief is not signed off. The tracking setup is not signed off." in caught.value.message
    assert caught.value.next_step == (
        "Ask olivia to sign off the creative brief: greenroom campaign sign-offs linen-summer\n"
        "The tracking setup is asked by itself once the creative brief is signed off.\n"
        "Show one: greenroom outreach canary linen-summer"
    )
    sign(BRIEF)
    with reading(engine) as session, pytest.raises(Refused, match="tracking setup is not signed off"):
        gate.check(session, LINEN, VOICE)
    sign(TRACKING)
    with reading(engine) as session, pytest.raises(Refused, match="yet: Nobody has seen a mail in these words"):
        gate.check(session, LINEN, VOICE)
    with unit_of_work(engine) as session:
        session.add(answer(FIRST_MAIL, WORDING, "approve", role="sender"))
    dearer, wider = edited(LINEN, ["offer.stipend"]), edited(LINEN, ["audience.followers_max", "weights.topic"])
    with reading(engine) as session:
        gate.check(session, LINEN, VOICE)
        gate.check(session, wider, VOICE)
        with pytest.raises(Refused, match="other money, terms, wording or tracking"):
            gate.check(session, dearer, VOICE)
        with pytest.raises(Refused, match="Nobody has seen a mail in these words"):
            gate.check(session, LINEN, voice_digest(b"Hello"))
        gate.check(session, LINEN, VOICE)


@pytest.mark.parametrize("key", sorted(SIGNED))
def test_a_mail_is_in_other_words_by_all_that_is_signed_off_but_how_results_are_told(key: str) -> None:
    assert (wording_content(edited(LINEN, [key]), VOICE) == WORDING) == (the_rules().class_of(key) == "tracking")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "Nobody has seen a mail in these words."),
        ([answer(FIRST_MAIL, "0" * 64, "approve")], "Nobody has seen a mail in these words."),
        ([answer(FIRST_MAIL, WORDING, None)], "The first mail waits for anton."),
        ([answer(FIRST_MAIL, WORDING, "decline")], "olivia let no mail in these words go."),
        ([answer(FIRST_MAIL, WORDING, "approve", effective_at=START + timedelta(minutes=5))], "still be taken back"),
        ([SEEN, answer(FIRST_MAIL, WORDING, "decline", decided_at=START + timedelta(hours=1))], "let no mail"),
    ],
)
def test_no_mail_goes_before_a_person_has_seen_one_in_its_words(asked: list[Request], says: str) -> None:
    (item,) = gate.judge(LINEN, CONTENT, [*BOTH, *asked], wording=WORDING).missing
    assert says in item.missing
    assert item.next_step


def test_what_stands_is_told_by_kind(engine: Engine, sign: Sign) -> None:
    sign(BRIEF)
    with reading(engine) as session:
        assert gate.signed(session, LINEN, VOICE) == {BRIEF}
        assert gate.signed(session, edited(LINEN, ["offer.stipend"]), VOICE) == frozenset()
    sign(BRIEF, choice="request_changes")
    with reading(engine) as session:
        assert gate.signed(session, LINEN, VOICE) == frozenset()


def test_sign_offs_are_of_one_campaign_and_one_cycle(engine: Engine, sign: Sign) -> None:
    sign(BRIEF)
    sign(TRACKING)
    renewed = edited(LINEN, ["cycle"])
    other = edited(LINEN, ["slug"])
    with reading(engine) as session:
        for campaign in (renewed, other):
            assert len(gate.standing(session, campaign, VOICE).missing) == 3


def test_the_card_says_what_changed_since_the_last_sign_off(engine: Engine, sign: Sign) -> None:
    assert sign(BRIEF).card["differences"] == []
    changed = edited(LINEN, ["offer.usage_days", "tracking.code_prefix", "weights.topic"])
    told = sign(BRIEF, changed, voice_digest(b"Hello"), choice="request_changes").card["differences"]
    assert told == [
        "offer.usage_days (terms): 30 → 31",
        "tracking.code_prefix (tracking): LINEN → LINENother",
        f"wording of the outreach template (voice): {VOICE.hex()[:12]} → {voice_digest(b'Hello').hex()[:12]}",
    ]
    with reading(engine) as session:
        # What was refused is not what was signed off last.
        assert gate.last_signed(session, LINEN, BRIEF) == gate.Former(LINEN, VOICE.hex())
        assert gate.last_signed(session, LINEN, TRACKING) is None


def test_differences_from_content_that_is_gone_are_said_to_be_unknown() -> None:
    former = gate.Former(None, VOICE.hex())
    assert brief_card(LINEN, voice=VOICE, former=former).differences == (
        "It was signed off before with content that is no longer on record: read it as new.",
    )


def test_the_cards_hold_what_is_signed_off() -> None:
    brief = {fact.label: fact.value for fact in brief_card(LINEN, voice=VOICE).facts}
    assert brief["Objective"] == LINEN.goal.outcome
    assert brief["Compensation"] == (
        "hybrid: a linen shirt of your choice; 200.00 EUR, paid within 30 days of the post; 10% of tracked sales"
    )
    assert brief["Disclosure"] == "Werbung / Anzeige"
    tracking = {fact.label: fact.value for fact in tracking_card(LINEN, voice=VOICE).facts}
    assert tracking["Payouts checked at month end by"] == "omar"
    assert tracking["Method"] == "coupon code"
    for card in (brief_card(LINEN, voice=VOICE), tracking_card(LINEN, voice=VOICE)):
        assert [choice.id for choice in card.choices] == ["sign_off", "request_changes"]
        assert not any(fact.value == "" for fact in card.facts)
