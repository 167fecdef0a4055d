"""Going out and coming back signed: whoever notes it first, twice or too late, and what a signature binds."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from contracts import service
from contracts.archive import Archive, Damaged
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.deals import Contract, Signature
from core.money import Money
from core.stages import Stage
from core.store import move, the_candidate

Put = Callable[..., Candidate]
Draft = Callable[..., Contract]


@pytest.fixture
def signed_off(clock: FixedClock, agreed: Put, draft: Draft, archive: Archive) -> Callable[..., Contract]:
    """Puts a creator on the record whose contract legal has signed off."""

    def put(session: Session, handle: str = "ada.linen") -> Contract:
        contract = draft(session, agreed(session, handle))
        return service.sign_off(session, clock, contract.id or 0, archive=archive, sha256=contract.docx_sha256,
                                by="lena")  # fmt: skip

    return put


@pytest.fixture
def sign(clock: FixedClock, archive: Archive) -> Callable[..., Signature]:
    """Records a creator's signature; the name and anything else may be another."""

    def put(session: Session, contract: Contract, **others: Any) -> Signature:
        given: dict[str, Any] = {"archive": archive, "signed_name": "Ada", "sha256": contract.docx_sha256,
                                 "evidence": {"mail": "<1@example.com>"}, "recorded_by": "sofia"}  # fmt: skip
        return service.record_signature(session, clock, contract.id or 0, **(given | others))

    return put


def actions(session: Session) -> list[str]:
    return [entry.action for entry in session.exec(select(AuditEntry)).all()]


@pytest.mark.parametrize("mail_first", [True, False])
def test_a_contract_is_out_whether_mail_or_contract_is_noted_first(
    mail_first: bool, engine: Engine, clock: FixedClock, campaign: Campaign, signed_off: Draft,
    sign: Callable[..., Signature],
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        contract_id = signed_off(session).id or 0

    def mail_sent(session: Session) -> None:
        move(session, clock, the_candidate(session, 1), Stage.OUT_FOR_SIGNATURE, actor="greenroom")

    def contract_out(session: Session) -> None:
        assert service.went_out(session, clock, contract_id, actor="greenroom").status == "out"

    for step in (mail_sent, contract_out) if mail_first else (contract_out, mail_sent):
        with unit_of_work(engine) as session:
            step(session)
    with unit_of_work(engine) as session:
        contract_out(session)
        assert the_candidate(session, 1).stage == Stage.OUT_FOR_SIGNATURE
        assert actions(session).count("contract.out") == 1
        sign(session, session.get_one(Contract, contract_id))
    with unit_of_work(engine) as session:
        assert service.went_out(session, clock, contract_id, actor="greenroom").status == "signed"
        assert actions(session).count("contract.out") == 1
        [standing] = service.status(session, campaign.slug)
        assert (standing.stage, standing.contract_status) == (Stage.SIGNED, "signed")


def test_a_contract_whose_mail_has_gone_counts_as_out_and_can_be_signed(
    engine: Engine, clock: FixedClock, campaign: Campaign, signed_off: Draft, sign: Callable[..., Signature]
) -> None:
    with unit_of_work(engine) as session:
        contract = signed_off(session)
        assert [standing.contract_status for standing in service.status(session, campaign.slug)] == ["signed_off"]
        with pytest.raises(Refused, match="is signed_off; it can be signed while it is out"):
            sign(session, contract)
        move(session, clock, the_candidate(session, contract.candidate_id), Stage.OUT_FOR_SIGNATURE, actor="greenroom")
        [standing] = service.status(session, campaign.slug)
        assert standing.contract is not None
        assert (standing.contract.status, standing.contract_status) == ("signed_off", "out")
        sign(session, contract)
        assert contract.status == "signed"
        assert the_candidate(session, contract.candidate_id).stage == Stage.SIGNED


def test_only_a_signed_off_contract_of_a_creator_still_with_us_goes_out(
    engine: Engine, clock: FixedClock, agreed: Put, draft: Draft, signed_off: Draft
) -> None:
    with unit_of_work(engine) as session:
        drafted, dropped = draft(session, agreed(session, "bo")), signed_off(session)
        candidate = the_candidate(session, dropped.candidate_id)
        move(session, clock, candidate, Stage.DROPPED, actor="omar", reason="no longer fits")
        with pytest.raises(Refused, match="is DROPPED"):
            service.went_out(session, clock, dropped.id or 0, actor="greenroom")
        with pytest.raises(Refused, match="is CONTRACT_DRAFTED"):
            service.went_out(session, clock, drafted.id or 0, actor="greenroom")
        with pytest.raises(Refused, match="only a signed-off one"):
            service.mark_out(session, clock, drafted, actor="greenroom")
        with pytest.raises(Refused, match="There is no contract 99"):
            service.went_out(session, clock, 99, actor="greenroom")
        assert "contract.out" not in actions(session)


def test_what_was_changed_in_the_archive_is_not_signed(
    engine: Engine, clock: FixedClock, archive: Archive, signed_off: Draft, sign: Callable[..., Signature]
) -> None:
    with unit_of_work(engine) as session:
        contract = signed_off(session)
        service.mark_out(session, clock, contract, actor="greenroom")
    path = archive.path_of(contract.docx_sha256)
    kept = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(kept.replace(b"200.00", b"900.00"))
    with pytest.raises(Damaged, match="was changed"), unit_of_work(engine) as session:
        sign(session, contract)
    path.unlink()
    with pytest.raises(Damaged, match="is missing"), unit_of_work(engine) as session:
        sign(session, contract)
    with reading(engine) as session:
        assert session.exec(select(Signature)).all() == []
        assert session.get_one(Contract, contract.id).status == "out"
        assert the_candidate(session, contract.candidate_id).stage == Stage.OUT_FOR_SIGNATURE
    path.write_bytes(kept)
    with unit_of_work(engine) as session:
        assert sign(session, contract).docx_sha256 == contract.docx_sha256


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u2060", "\x00\r\n", "...", "🖊"])
def test_a_signature_needs_a_name(
    name: str, sqlite_engine: Engine, clock: FixedClock, draft: Draft, signed_off: Draft,
    sign: Callable[..., Signature],
) -> None:  # fmt: skip
    with unit_of_work(sqlite_engine) as session:
        contract = signed_off(session)
        service.mark_out(session, clock, contract, actor="greenroom")
        with pytest.raises(Refused, match="without a name"):
            sign(session, contract, signed_name=name)
        with pytest.raises(Refused, match="evidence"):
            sign(session, contract, evidence={})
        with pytest.raises(Refused, match="is not the document with sha256"):
            sign(session, contract, sha256="0" * 64)
        sign(session, contract, signed_name="李小龍")
        with pytest.raises(Refused, match="is signed"):
            sign(session, contract, signed_name="Eve")
        with pytest.raises(Refused, match="is SIGNED: there is nothing to draft"):
            draft(session, the_candidate(session, contract.candidate_id))


def test_a_dropped_creators_cost_is_free_again_unless_the_contract_was_signed(
    engine: Engine, clock: FixedClock, campaign: Campaign, agreed: Put, draft: Draft, signed_off: Draft,
    sign: Callable[..., Signature],
) -> None:  # fmt: skip
    def bound(session: Session) -> Decimal:
        return service.budget(session, campaign).committed.amount

    def drop(session: Session, candidate_id: int) -> None:
        move(session, clock, the_candidate(session, candidate_id), Stage.DROPPED, actor="omar", reason="went away")

    with unit_of_work(engine) as session:
        signed = signed_off(session, "ada.linen")
        service.mark_out(session, clock, signed, actor="greenroom")
        sign(session, signed)
        unsigned, undrafted = signed_off(session, "bo"), agreed(session, "cem")
        assert bound(session) == 600
        drop(session, unsigned.candidate_id)
        assert bound(session) == 400
        drop(session, undrafted.id or 0)
        assert bound(session) == 200
        drop(session, signed.candidate_id)
    with reading(engine) as session:
        assert service.budget(session, campaign).committed == Money(Decimal(200), "EUR")
