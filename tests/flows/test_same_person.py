"""Accounts that may be one person's, from import to longlist: what is merged, what is asked, and the way back."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.campaign import Campaign, load_campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.creators import Account, AccountLink, Creator
from flows.steps import forgetting, longlist, outreach, person, same_person
from flows.wiring import Wiring
from outreach import people_merged, suppression
from sourcing import service as sourcing
from tests.house import CAMPAIGN_FILE, build

Longlisted = Callable[..., Candidate]
ADA: dict[str, Any] = {
    "platform": "instagram", "handle": "ada.linen", "name": "Ada Linen", "country": "Germany", "followers": 20_000,
    "engagement_percent": 4.0, "bio": "linen dresses, sewn slowly", "email": "ada@x.example", "language": "de",
}  # fmt: skip
TIKTOK = ADA | {"platform": "tiktok", "handle": "adalinen", "email": "Ada+tok@x.example",
                "links": ["https://instagram.com/ada.linen"]}  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def w(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Wiring]:
    """A new home, on each database."""
    address = None if request.param == "sqlite" else request.getfixturevalue("postgres_address")
    w = build(tmp_path / "home", clock, database_address=address).w
    yield w
    w.engine.dispose()


def imported(w: Wiring, *rows: dict[str, Any]) -> None:
    file = w.settings.home / "rows.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sourcing.import_files(w.settings.pool_folder, [file], w.clock)


def listed(w: Wiring, slug: str, platform: str) -> longlist.Sourced:
    campaign = load_campaign(CAMPAIGN_FILE)
    audience = campaign.audience.model_copy(update={"platforms": (platform,)})
    return longlist.source_as(w, campaign.model_copy(update={"slug": slug, "audience": audience}), actor="omar")


def creators(session: Session) -> dict[str, str | None]:
    return {one.id: one.merged_into for one in session.exec(select(Creator))}


def merged(w: Wiring) -> int:
    with reading(w.engine) as session:
        return sum(into is not None for into in creators(session).values())


def test_an_account_that_enters_the_record_joins_its_person_and_is_named_with_the_way_back(w: Wiring) -> None:
    imported(w, ADA, TIKTOK)
    assert not [note for note in listed(w, "first", "instagram").notes if "one person" in note]
    (note,) = [note for note in listed(w, "second", "tiktok").notes if "one person" in note]
    assert "tiktok:adalinen and instagram:ada.linen" in note
    assert "the same e-mail address" in note
    assert set(person.look_up(w, "tiktok:adalinen").accounts) == {"tiktok:adalinen", "instagram:ada.linen"}
    with reading(w.engine) as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "person.merged"))
        assert (entry.actor, json.loads(entry.detail)["signs"]) == (
            "greenroom", ["mail", "link", "name", "near handle"])  # fmt: skip

    person.split(w, "tiktok:adalinen", evidence="two sisters", actor=w.people.named("omar"))
    assert "greenroom person split tiktok:adalinen" in note
    # Somebody has said that they are two: no program says otherwise, and nobody is asked again.
    listed(w, "second", "tiktok")
    assert merged(w) == 0
    assert same_person.suggested(w) == []


def test_one_person_in_one_campaign_is_one_candidate_though_they_came_by_two_accounts(w: Wiring) -> None:
    imported(w, ADA, TIKTOK)
    listed(w, "linen", "instagram")
    assert listed(w, "linen", "tiktok").new_candidates == 0
    with reading(w.engine) as session:
        assert len(session.exec(select(Candidate)).all()) == 1


def test_an_address_that_the_pool_knows_as_an_agencys_merges_nobody(w: Wiring) -> None:
    """Of three creators of the agency only two are on record, on different platforms."""
    imported(w, ADA, TIKTOK, ADA | {"handle": "bob.sews", "name": "Bob Sews", "followers": 10})
    listed(w, "first", "instagram")
    assert not [note for note in listed(w, "second", "tiktok").notes if "one person" in note]
    assert merged(w) == 0


@pytest.mark.parametrize(("other_creators", "merges"), [((), 1), (("bob.sews",), 0)])
def test_a_managements_address_speaks_for_a_merge_only_where_the_pool_has_one_creator_with_it(
    w: Wiring, other_creators: tuple[str, ...], merges: int
) -> None:
    mail = {"email": "ada.management@x.example"}
    others = [ADA | mail | {"handle": handle, "name": "Bob Sews", "followers": 10} for handle in other_creators]
    imported(w, ADA | mail, TIKTOK | mail | {"handle": "ada.linen"}, *others)
    listed(w, "first", "instagram")
    listed(w, "second", "tiktok")
    assert merged(w) == merges


def test_an_opt_out_of_an_account_without_a_candidate_is_for_the_account_it_is_merged_with(w: Wiring) -> None:
    asked, other = ("instagram", "ada.linen"), ("tiktok", "adalinen")
    with unit_of_work(w.engine) as session:
        for number, (platform, handle) in enumerate((asked, other), start=1):
            creator = Creator(name=handle, created_at=w.clock.now())
            session.add_all([Account(id=number, platform=platform, key=handle, handle=handle), creator])
            session.flush()
            session.add(AccountLink(account_id=number, creator_id=creator.id, since=w.clock.now(), evidence="a list"))
    outreach.suppress(w, actor=w.people.named("omar"), why="asked", account=asked)
    person.merge(w, ":".join(asked), ":".join(other), evidence="said so", actor=w.people.named("omar"))
    with reading(w.engine) as session:
        assert suppression.is_suppressed(session, pepper=w.pepper, accounts=[other])


def test_of_two_helpers_who_merge_the_same_two_at_once_one_is_told_that_they_are_one(
    w: Wiring, longlisted: Longlisted
) -> None:
    with unit_of_work(w.engine) as session:
        longlisted(session, "ada.linen")
        longlisted(session, "adalinen", platform="tiktok")
    ready = threading.Barrier(2)

    def merge(one: str, into: str) -> str:
        ready.wait(10)
        try:
            return person.merge(w, one, into, evidence="link to each other", actor=w.people.named("omar"))[0].name
        except Refused as refusal:
            return refusal.message

    with ThreadPoolExecutor(2) as helpers:
        either_way = ("instagram:ada.linen", "tiktok:adalinen"), ("tiktok:adalinen", "instagram:ada.linen")
        done = [helpers.submit(merge, *pair) for pair in either_way]
        assert sum("one person already" in one.result() for one in done) == 1
    assert merged(w) == 1
    assert len(person.look_up(w, "tiktok:adalinen").accounts) == 2


@pytest.mark.parametrize(
    ("platform", "handle", "who"),
    [
        ("youtube", "UCabcdefghij-KLMNOPQ_123", "youtube:UCabcdefghij-KLMNOPQ_123"),
        ("mastodon", "ada@mastodon.example", "mastodon:@Ada@mastodon.example"),
        ("bluesky", "did:plc:abc234", "bluesky:did:plc:abc234"),
        ("bluesky", "ada.bsky.social", "bluesky:ada"),
        ("facebook", "adalinen", "facebook:Ada.Linen"),
        ("instagram", "ada.linen", "https://www.instagram.com/Ada.Linen/"),
        ("tiktok", "ada.linen", " TikTok:@Ada.Linen"),
    ],
)
def test_a_person_on_any_platform_is_found_and_forgotten_by_the_name_of_their_account(
    w: Wiring, longlisted: Longlisted, platform: str, handle: str, who: str
) -> None:
    """Also where the pool knows the account: on record they are no stranger."""
    imported(w, ADA | {"platform": platform, "handle": handle}, TIKTOK | {"handle": "somebody.else"})
    with unit_of_work(w.engine) as session:
        longlisted(session, handle, platform=platform, email="ada@example.com")
    assert person.look_up(w, who).accounts == (f"{platform}:{handle}",)
    assert forgetting.forget(w, who, why="asked", actor=w.people.named("lena")).rows["account"] == 1
    with pytest.raises(Refused, match="never written to"):
        person.look_up(w, who)


def test_a_merge_of_somebody_who_was_merged_before_is_undone_by_the_name_it_tells(
    w: Wiring, longlisted: Longlisted
) -> None:
    with unit_of_work(w.engine) as session:
        ada, other, third = (f"{platform}:ada" for platform in ("instagram", "tiktok", "youtube"))
        for platform in ("instagram", "tiktok", "youtube"):
            longlisted(session, "ada", platform=platform)
    omar = w.people.named("omar")
    assert person.merge(w, ada, other, evidence="said so", actor=omar)[1] == ada
    _, split_by = person.merge(w, ada, third, evidence="said so", actor=omar)
    person.split(w, split_by, evidence="two sisters", actor=omar)
    assert set(person.look_up(w, ada).accounts) == {ada, other}


def test_a_new_account_of_somebody_who_opted_out_is_put_in_front_of_nobody(w: Wiring) -> None:
    imported(w, ADA | {"email": None, "links": ["https://tiktok.com/@adalinen"]}, TIKTOK | {"email": None})
    listed(w, "first", "instagram")
    outreach.suppress(w, actor=w.people.named("omar"), why="asked", account=("instagram", "ada.linen"))
    assert listed(w, "second", "tiktok").new_candidates == 1
    assert longlist.fill_queue(w, "second", actor="omar") == 0
    assert person.look_up(w, "tiktok:adalinen").suppressed
    # They asked as one person, and what they asked for outlasts the merge.
    person.split(w, "tiktok:adalinen", evidence="two sisters", actor=w.people.named("omar"))
    assert person.look_up(w, "tiktok:adalinen").suppressed


def test_a_suggestion_is_accepted_on_its_evidence_and_taken_back(w: Wiring) -> None:
    imported(w, ADA | {"email": None}, TIKTOK | {"email": None})
    listed(w, "first", "instagram")
    listed(w, "second", "tiktok")
    (pair,) = same_person.suggested(w)
    assert not pair.automatic
    assert same_person.suggested(w, campaign="second") == [pair]
    with pytest.raises(Refused, match="no candidates"):
        same_person.suggested(w, campaign="third")
    with pytest.raises(Refused, match="ops or owner"):
        person.accept(w, pair.one, pair.other, actor=w.people.named("rosa"))
    with pytest.raises(Refused, match="No account on record"):
        person.accept(w, pair.one, "tiktok:nobody", actor=w.people.named("omar"))

    done = person.accept(w, "tiktok:@AdaLinen", "instagram:ada.linen", actor=w.people.named("omar"))
    assert merged(w) == 1
    assert same_person.suggested(w) == []
    person.split(w, done.split_by, evidence="two sisters", actor=w.people.named("omar"))
    assert merged(w) == 0
    with pytest.raises(Refused, match="Nothing suggests"):
        person.accept(w, pair.one, pair.other, actor=w.people.named("omar"))


def test_a_look_alike_is_shown_with_a_warning_and_never_accepted(w: Wiring) -> None:
    imported(w, ADA, TIKTOK | {"handle": "\u0430da.linen", "links": []})
    listed(w, "first", "instagram")
    listed(w, "second", "tiktok")
    (pair,) = same_person.suggested(w)
    assert "alphabets" in pair.warning
    with pytest.raises(Refused, match="never merged on a suggestion"):
        person.accept(w, pair.one, pair.other, actor=w.people.named("omar"))


def test_who_is_no_longer_in_the_pool_is_known_from_the_record(w: Wiring, longlisted: Longlisted) -> None:
    with unit_of_work(w.engine) as session:
        longlisted(session, "ada.linen", name="Ada Linen", email="ada@x.example")
        longlisted(session, "adalinen", platform="tiktok", name="Ada Linen", email="ada@x.example")
        longlisted(session, "bob", platform="tiktok")
    (pair,) = same_person.suggested(w)
    assert set(pair.signs) == {"mail", "name", "near handle"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8), st.randoms())
def test_splitting_gives_back_what_was_before_merging(
    w: Wiring, campaign: Campaign, longlisted: Longlisted, pairs: list[tuple[int, int]], random: Any
) -> None:
    with Session(w.engine) as session:
        people = [session.get_one(Creator, longlisted(session, f"h{n}").creator_id) for n in range(5)]
        before, moved = creators(session), set[str]()
        for one, into in pairs:
            state = creators(session)
            try:
                people_merged.merge(session, w.clock, people[one], people[into], pepper=w.pepper, evidence="links",
                                    actor="omar", signs=["link"])  # fmt: skip
            except Refused:
                assert creators(session) == state
                continue
            moved |= {key for key, now in creators(session).items() if now != state[key]}
        back = sorted(moved)
        random.shuffle(back)
        for key in back:
            people_merged.split(session, w.clock, session.get_one(Creator, key), evidence="two", actor="omar")
        assert creators(session) == before
        assert len(people_merged.kept_apart(session)) == len(moved)
        session.rollback()
