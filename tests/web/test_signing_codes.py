"""Codes that prove the mailbox: how long and how often they work, and how many are sent."""

from datetime import timedelta

from sqlmodel import col, select

from contracts.links import CODE_TRIES
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.outreach import Message
from core.store import candidate_named, snapshot_of
from tests.house import CAMPAIGN, House
from tests.web.signing_scene import (
    Signer,
    events,
    signatures,
)


def test_five_wrong_codes_end_a_code_and_a_new_one_works(signer: Signer, out: House, clock: FixedClock) -> None:
    code = signer.ask_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    said = [signer.sign(code=wrong).text for _ in range(CODE_TRIES)]
    assert "You have 4 tries left" in said[0]
    assert "You have one try left" in said[3]
    assert "can no longer be used" in said[4]
    assert "can no longer be used" in signer.sign(code=code).text
    assert signatures(out) == []
    clock.advance(timedelta(minutes=1))
    assert signer.sign(code=signer.ask_code()).status_code == 303
    assert len(signatures(out)) == 1


def test_a_code_lasts_ten_minutes_and_only_the_last_counts(signer: Signer, out: House, clock: FixedClock) -> None:
    first = signer.ask_code()
    clock.advance(timedelta(minutes=2))
    second = signer.ask_code()
    if first != second:
        assert "not the code from our latest mail" in signer.sign(code=first).text
    clock.advance(timedelta(minutes=10))
    assert "can no longer be used" in signer.sign(code=second).text
    assert signatures(out) == []


def test_codes_are_not_sent_without_end(signer: Signer, out: House, clock: FixedClock) -> None:
    signer.ask_code()
    assert signer.send("/code").status_code == 429
    for _ in range(4):
        clock.advance(timedelta(minutes=2))
        signer.ask_code()
    clock.advance(timedelta(minutes=2))
    assert signer.send("/code").status_code == 429
    clock.advance(timedelta(hours=1))
    signer.ask_code()
    assert events(out).count("code sent") == 6


def test_the_evidence_names_the_mailbox_that_the_code_went_to(signer: Signer, out: House, creator: str) -> None:
    code = signer.ask_code()
    with unit_of_work(out.w.engine) as session:
        sent = session.exec(select(Message).where(col(Message.step).startswith("sign-code-"))).one()
        before = sent.recipient
        snapshot = snapshot_of(session, candidate_named(session, CAMPAIGN, creator))["email"]
        assert snapshot.value == before
        snapshot.value = "moved@example.com"
        session.add(snapshot)
    assert signer.sign(code=code).status_code == 303
    [signature] = signatures(out)
    assert signature.evidence["mailbox"] == before
