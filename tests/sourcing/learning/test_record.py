"""What is learnt from the record, and which model is in force: on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.candidates import Candidate, Snapshot
from core.models.sourcing import LonglistEntry
from sourcing.learning.adoption import adopt, history, keep_model, model_in_force, proposals, revert
from sourcing.learning.decisions import decisions
from sourcing.learning.examples import Remembered, Shown
from sourcing.learning.model import sha256_of_model
from tests.sourcing.learning.made import learnt

Longlisted = Callable[..., Candidate]


def _answer(session: Session, clock: FixedClock, candidate: Candidate, choice: str, *, by: str = "rosa") -> Request:
    clock.advance(timedelta(minutes=1))
    now = clock.now()
    request = Request(
        kind="candidate", subject=f"candidate:{candidate.id}", campaign=candidate.campaign, candidate_id=candidate.id,
        content_sha256="0" * 64, card={}, role="reviewer", assignee="rosa", requested_by="omar", status="decided",
        asked_at=now, first_reminder_at=now, second_reminder_at=now, due_at=now, clock_started_at=now,
        choice=choice, decided_by=by, decided_at=now,
    )  # fmt: skip
    session.add(request)
    session.flush()
    return request


def _nowhere(_platform: str, _handle: str) -> Shown | None:
    return None


def test_only_approvals_and_declines_of_the_brand_are_learnt_from_the_last_one_of_each(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Longlisted
) -> None:
    other = campaign.model_copy(update={"slug": "other-brand", "brand": "Somebody Else"})
    with unit_of_work(engine) as session:
        for rank, (handle, choices) in enumerate(
            {"ada": ["hold", "approve"], "bo": ["decline"], "cy": ["wrong_audience"], "di": ["hold"],
             "ed": ["decline", "approve"], "fay": []}.items(), start=1,
        ):  # fmt: skip
            candidate = longlisted(session, handle, rank=rank)
            for choice in choices:
                _answer(session, clock, candidate, choice)
        _answer(session, clock, longlisted(session, "elsewhere", campaign=other), "approve")
    with reading(engine) as session:
        found = decisions(session, campaign.brand, _nowhere)
    assert {one.account[1]: one.label for one in found} == {"ada": 1, "bo": 0, "cy": 0, "ed": 1}
    assert {one.reviewer for one in found} == {"rosa"}
    assert {one.account[1]: one.rank for one in found}["cy"] == 3
    assert found[0].asked.name


def test_what_was_known_when_longlisted_comes_with_a_decision(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        facts = [{"kind": "bio", "value": "slow fashion", "source": "bio"},
                 {"kind": "hashtag", "value": "#linen", "source": "hashtags"}]  # fmt: skip
        candidate = longlisted(session, "ada", rank=7, facts=facts)
        known = [["topic", 0.8], ["audience", None]]
        session.add(LonglistEntry(run_id=candidate.run_id, rank=7, platform="instagram", handle="ada", fit=82.5,
                                  coverage=1.0, reasons=[], card={}, factors=known))  # fmt: skip
        _answer(session, clock, candidate, "approve")
    with reading(engine) as session:
        [one] = decisions(session, campaign.brand, _nowhere)
        [kept] = decisions(session, campaign.brand, lambda _, handle: Remembered(handle, bio="from the pool"))
    assert one.factors == {"topic": 0.8, "audience": None}
    assert (one.base, one.rank) == (0.825, 7)
    assert (one.shown.bio, one.shown.hashtags, one.shown.followers) == ("slow fashion", ("linen",), 24_000)
    assert kept.shown.bio == "from the pool"


def test_nothing_is_learnt_from_somebody_of_whom_nothing_is_kept(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        candidate = longlisted(session, "gone")
        _answer(session, clock, candidate, "approve")
        for row in session.exec(select(Snapshot).where(Snapshot.candidate_id == candidate.id)):
            session.delete(row)
    with reading(engine) as session:
        assert decisions(session, campaign.brand, _nowhere) == []


def test_models_are_adopted_and_taken_back_one_by_one_and_all_of_it_is_on_record(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Longlisted
) -> None:
    first, second = learnt(24), learnt(30)
    with unit_of_work(engine) as session:
        request = _answer(session, clock, longlisted(session, "ada"), "approve")
        for model in (first, second):
            keep_model(session, clock, model, sha256_of_model(model), actor="omar")
            assert model_in_force(session, "linen") != sha256_of_model(model)
            adopt(session, clock, sha256_of_model(model), actor="olivia", request_id=request.id)
            assert model_in_force(session, "linen") == sha256_of_model(model)
            clock.advance(timedelta(days=1))
        keep_model(session, clock, first, sha256_of_model(first), actor="omar")
    with unit_of_work(engine) as session:
        assert revert(session, clock, "linen", actor="olivia", reason="worse").sha256 == sha256_of_model(first)
        assert revert(session, clock, "linen", actor="olivia", reason="worse still").sha256 is None
    with unit_of_work(engine) as session:
        with pytest.raises(Refused, match="No learnt model is in force for linen"):
            revert(session, clock, "linen", actor="olivia", reason="again")
        adopt(session, clock, sha256_of_model(second), actor="olivia", request_id=request.id)
    with reading(engine) as session:
        assert model_in_force(session, "linen") == sha256_of_model(second)
        assert [row.what for row in history(session, "linen")] == [
            "adopted",
            "adopted",
            "reverted",
            "reverted",
            "adopted",
        ]
        assert [row.sha256 for row in proposals(session, "linen")] == [sha256_of_model(second), sha256_of_model(first)]
        told = session.exec(select(AuditEntry.action).where(AuditEntry.subject == "campaign:linen")).all()
        assert sorted(told) == ["learning.adopted"] * 3 + ["learning.reverted"] * 2
        assert audit.verify(session).problem == ""


def test_going_back_needs_a_reason_and_adopting_needs_a_known_model(
    engine: Engine, clock: FixedClock, campaign: Campaign, longlisted: Longlisted
) -> None:
    model = learnt(24)
    with unit_of_work(engine) as session:
        request = _answer(session, clock, longlisted(session, "ada"), "approve")
        with pytest.raises(Refused, match="no model"):
            adopt(session, clock, "0" * 64, actor="olivia", request_id=request.id)
        keep_model(session, clock, model, sha256_of_model(model), actor="omar")
        adopt(session, clock, sha256_of_model(model), actor="olivia", request_id=request.id)
        with pytest.raises(Refused, match="needs a reason"):
            revert(session, clock, "linen", actor="olivia", reason="  ")
        assert model_in_force(session, "linen") == sha256_of_model(model)
