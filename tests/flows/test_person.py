"""A person asks to be forgotten, comes back with the next import, and is still not found nor written to."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select as sa_select
from sqlmodel import SQLModel, select

from approvals import sampling
from approvals import service as approvals
from core.cards import Fact
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.guardrails import AutomatedAction
from core.models.outreach import Message, Reply
from core.models.sending import Quarantine
from core.models.slack import SlackPost
from core.models.sourcing import LonglistEntry
from core.store import candidate_named, snapshot_of
from flows.steps import canary, forgetting, importing, longlist, outreach, person
from outreach import suppression
from outreach.law.policy import Basis
from sourcing import service as sourcing
from sourcing.customers import hash_of, keep, known_customers, said_of
from sourcing.workshop import workshop
from tests.flows.scenes import approved
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def small(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house with a small pool, a longlist and a queue, on each database."""
    address = None if request.param == "sqlite" else request.getfixturevalue("postgres_address")
    house = build(tmp_path / "home", clock, database_address=address)
    house.import_sample(1_500)
    longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    house.everybody_consented()
    longlist.fill_queue(house.w, CAMPAIGN, actor="omar")
    yield house
    house.w.engine.dispose()


def _address(house: House, creator: str) -> str:
    with reading(house.w.engine) as session:
        return str(snapshot_of(session, candidate_named(session, CAMPAIGN, creator))["email"].value)


def _pages(house: House) -> str:
    home = house.w.settings.home
    # What is imported lies beside the home of a real house.
    (home / "sample.jsonl.gz").unlink(missing_ok=True)
    found = [path for path in home.rglob("*") if path.suffix in {".jsonl", ".csv", ".html", ".eml"}]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in found)


@pytest.mark.slow  # a second import and a second longlist
def test_who_was_erased_and_comes_with_a_new_import_is_still_suppressed(small: House, tmp_path: Path) -> None:
    w = small.w
    creator, _ = small.best_with_an_address()
    platform, handle = creator.split(":")
    address = _address(small, creator)
    lena = w.people.named("lena")

    told = forgetting.forget(w, creator, why="asked", actor=lena, dry_run=True)
    assert (told.done, told.profiles) == (False, 1)
    assert small.stage(creator) == "QUEUED"
    assert address in _pages(small)

    done = forgetting.forget(w, creator, why="asked on 20 November", actor=lena)
    assert (done.done, done.profiles, done.held) == (True, 1, ())
    assert told.rows.keys() <= done.rows.keys()
    assert address not in _pages(small)
    assert sourcing.profile(w.settings.pool_folder, platform, handle) is None
    with pytest.raises(Refused, match="never written to"):
        person.look_up(w, address)

    other = tmp_path / "new.csv"
    with other.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["platform", "username", "followers", "email", "country", "bio"])
        rows.writerow(["tiktok", "another.linen.name", 30_000, address.upper(), "Germany", "linen slow fashion"])
        rows.writerow([platform, f"@{handle.upper()}", 30_000, "", "Germany", "linen slow fashion"])
        rows.writerow(["tiktok", "somebody.else", 30_000, "somebody.else@example.org", "Germany", "linen slow fashion"])
    merged = importing.import_files(w, [other]).merged
    assert (merged.new, merged.erased) == (1, 2)
    assert sourcing.profile(w.settings.pool_folder, platform, handle) is None
    # A pool of before, or one that was filled past the record, holds them: they are not listed nor written to.
    small.import_sample(1_500)
    sourcing.import_files(w.settings.pool_folder, [other], w.clock)
    assert sourcing.profile(w.settings.pool_folder, platform, handle) is not None
    longlist.source_campaign(w, CAMPAIGN_FILE, actor="omar")
    with reading(w.engine) as session:
        listed = set(session.exec(select(LonglistEntry.handle)))
        assert len(listed) > 50
        assert not {handle, "another.linen.name"} & listed
        assert suppression.is_suppressed(session, pepper=w.pepper, addresses=[address])
    # Back in the pool, they are taken out of it again as a stranger would be.
    assert forgetting.forget(w, creator, why="asked", actor=lena, dry_run=True).profiles == 1
    assert forgetting.forget(w, creator, why="asked", actor=lena).profiles == 1
    assert forgetting.forget(w, address, why="asked", actor=lena).profiles == 1
    assert sourcing.profile(w.settings.pool_folder, "tiktok", "another.linen.name") is None
    written = outreach.write_invitations(w, CAMPAIGN)
    assert not written.written
    with pytest.raises(Refused):
        small.stage(creator)


def test_who_was_shown_as_the_first_mail_is_not_left_on_its_card(house: House) -> None:
    w = house.w
    creator, _ = approved(house, 2)
    handle, address, lena = creator.partition(":")[2], _address(house, creator), w.people.named("lena")
    shown = canary.ask_canary(w, CAMPAIGN, actor=w.people.named("omar"))
    assert handle in str(shown.card)
    with unit_of_work(w.engine) as session:
        said = session.exec(select(Message).where(Message.recipient == address)).one()
        session.add(Reply(mail_id="<x@y>", sender=address.upper(), kind="unclear", because="x", text=f"I am {address}",
                          draft="Dear Ada", received_at=w.clock.now()))  # fmt: skip
        session.add(Quarantine(template="t", template_sha256="0" * 64, campaign=CAMPAIGN, at=w.clock.now(), by="omar",
                               why=f"@{handle} complained"))  # fmt: skip
        action = AutomatedAction(campaign=CAMPAIGN, kind="invitation sent", subject=f"message:{said.id}",
                                 at=w.clock.now())  # fmt: skip
        session.add(action)
        session.flush()
        card = sampling.sample_card(action, what="an invitation", facts=(Fact(label="Mail", value=said.text),))
        question = sampling.sample_question(action, house.campaign(), card, assignee=lena)
        sampling.mark_asked(session, action, approvals.ask(session, w.clock, question).id)
        session.add(SlackPost(key="k", method="chat.postMessage", channel="C1", payload={"text": said.text},
                              request_id=shown.id, ts="1.2", status="done",
                              not_before=w.clock.now(), created_at=w.clock.now()))  # fmt: skip

    done = forgetting.forget(w, creator, why="asked", actor=lena)

    assert any("1.2" in step for step in done.by_hand)
    with reading(w.engine) as session:
        left = "\n".join(str(row) for table in SQLModel.metadata.sorted_tables
                         for row in session.execute(sa_select(table)).all()).lower()  # fmt: skip
        request = session.get_one(Request, shown.id)
        assert (request.status, request.void_reason) == ("void", "its creator was forgotten")
    assert not [
        word for word in (handle, address, said.subject, said.text[200:260], "Dear Ada") if word.lower() in left
    ]
    again = canary.ask_canary(w, CAMPAIGN, actor=w.people.named("omar"))
    assert handle not in str(again.card)


def test_another_profile_with_their_address_goes_as_well_and_no_byte_of_theirs_stays(
    house: House, tmp_path: Path
) -> None:
    w = house.w
    creator, _ = house.best_with_an_address()
    handle, address = creator.partition(":")[2], _address(house, creator)
    other = tmp_path / "new.csv"
    other.write_text(f"platform,handle,followers,email,bio\nyoutube,quite.another.name,9000,{address},hello\n")
    importing.import_files(w, [other])
    until, platform = w.clock.now() + timedelta(days=9), creator.partition(":")[0]
    for name, said in (("shop", [(platform, handle), ("email", address), ("email", "somebody@else.example")]),
                       ("club", [("youtube", "quite.another.name")])):  # fmt: skip
        keep(w.settings.home, name, [hash_of(w.pepper, said_of(*one)) for one in said], until=until)
    lena = w.people.named("lena")
    document, _ = person.export(w, creator, actor=lena)
    assert {one["handle"] for one in document["pool"]} == {handle, "quite.another.name"}
    logs = w.settings.home / "logs"
    logs.mkdir()
    (logs / "web.log").write_bytes(f"a\xff {handle} b\n".encode("latin-1") + f"\u00e9 @{handle.upper()}: no".encode())
    with (
        w.engine.connect(),
        (logs / "web.log").open("a") as writing,
    ):
        would = forgetting.forget(w, creator, why="asked", actor=lena, dry_run=True)
        assert (would.profiles, would.customers) == (2, 3)
        done = forgetting.forget(w, creator, why="asked", actor=lena)
        assert (done.profiles, done.customers, done.logs) == (2, 3, ("logs/web.log",))
        assert len(known_customers(w.settings.home, pepper=w.pepper, clock=w.clock).keys) == 1
        writing.write(" more")
        writing.flush()
        assert (logs / "web.log").read_bytes().endswith(b": no more")
        assert sourcing.profile(w.settings.pool_folder, "youtube", "quite.another.name") is None
        (w.settings.home / "sample.jsonl.gz").unlink(missing_ok=True)
        held = b"".join(path.read_bytes() for path in w.settings.home.rglob("*") if path.is_file())
    assert not [word for word in (handle, address, "quite.another.name") if word.encode() in held]


def test_a_copy_is_given_of_whom_only_the_pool_knows(house: House, tmp_path: Path) -> None:
    other = tmp_path / "new.csv"
    other.write_text("platform,handle,followers,email\nyoutube,quite.another.name,9000,q@example.org\n")
    importing.import_files(house.w, [other])
    lena = house.w.people.named("lena")
    for who in ("youtube:quite.another.name", "q@example.org"):
        document, text = person.export(house.w, who, actor=lena)
        assert document.keys() == {"pool"}
        assert "q@example.org" in text
    with pytest.raises(Refused, match="Nobody on record"):
        person.export(house.w, "youtube:nobody.at.all", actor=lena)


def test_an_erasure_that_was_interrupted_goes_on_when_asked_again(house: House) -> None:
    creator, _ = house.best_with_an_address()
    lena = house.w.people.named("lena")
    with workshop(house.w.settings.pool_folder), pytest.raises(Refused, match="import"):
        forgetting.forget(house.w, creator, why="asked", actor=lena)
    assert house.stage(creator) == "CLOSED_BY_OPT_OUT"
    assert forgetting.forget(house.w, creator, why="asked", actor=lena).profiles == 1


def test_only_the_owner_or_legal_have_somebody_forgotten_and_say_why(house: House) -> None:
    creator, _ = house.best_with_an_address()
    with pytest.raises(Refused, match="legal or owner"):
        forgetting.forget(house.w, creator, why="asked", actor=house.w.people.named("sofia"))
    with pytest.raises(Refused, match="why"):
        forgetting.forget(house.w, creator, why=" ", actor=house.w.people.named("lena"))
    assert house.stage(creator) == "QUEUED"


def test_grounds_are_told_by_who_may_and_their_end_counts_at_once(house: House) -> None:
    creator, _ = house.best_with_an_address()
    people = house.w.people
    with unit_of_work(house.w.engine) as session:
        country = snapshot_of(session, candidate_named(session, CAMPAIGN, creator))["country"]
        country.value = "France"
        session.add(country)
    gone = person.set_grounds(house.w, CAMPAIGN, creator, Basis.CONSENT, evidence="", withdraw=True,
                              actor=people.named("sofia"))  # fmt: skip
    assert not gone.allowed
    with pytest.raises(Refused, match="legal or owner"):
        person.set_grounds(house.w, CAMPAIGN, creator, Basis.DECIDED, evidence="x", withdraw=False,
                           actor=people.named("sofia"))  # fmt: skip
    with pytest.raises(Refused, match="where"):
        person.set_grounds(house.w, CAMPAIGN, creator, Basis.CONSENT, evidence=" ", withdraw=False,
                           actor=people.named("sofia"))  # fmt: skip
    decided = person.set_grounds(house.w, CAMPAIGN, creator, Basis.DECIDED, evidence="asked counsel", withdraw=False,
                                 actor=people.named("lena"))  # fmt: skip
    assert (decided.allowed, decided.basis) == (True, "decided by a person")


def test_a_copy_for_the_person_holds_their_rows_and_nobody_elses(house: House) -> None:
    (first, _), (second, _) = house.with_addresses(2)
    document, text = person.export(house.w, first, actor=house.w.people.named("lena"))
    assert {"creator", "account", "snapshot", "candidate", "longlist_entry", "pool"} <= document.keys()
    assert _address(house, first) in text
    assert _address(house, second) not in text
    assert "key_hash" not in text
    assert "proved to be that person" in text
