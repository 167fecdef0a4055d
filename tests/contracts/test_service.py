"""From an agreement to a signature, on both databases: each step, each refusal, and what a kill leaves."""

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from contracts import service
from contracts.archive import Archive, Damaged
from contracts.documents import check
from contracts.templates import Template, Templates
from contracts.wording import open_package, paragraphs
from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate, StageChange
from core.models.deals import Contract, Offer, Signature
from core.stages import Stage
from core.store import keep_campaign, stored_campaign, the_candidate

Put = Callable[..., Candidate]
Draft = Callable[..., Contract]


def changed(campaign: Campaign, **contract: object) -> Campaign:
    return campaign.model_copy(update={"contract": campaign.contract.model_copy(update=contract)})


def test_from_an_agreement_to_a_signature(
    engine: Engine, clock: FixedClock, campaign: Campaign, agreed: Put, draft: Draft, archive: Archive,
    template: Template,
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        contract = draft(session, agreed(session, name="Ada & Söhne <b>"))
    contract_id, sha256 = contract.id or 0, contract.docx_sha256
    terms = service.terms_of(contract)
    assert check(archive.read(sha256), template, terms) == []
    assert (contract.version, contract.status, contract.template_sha256) == (1, "drafted", template.sha256)
    assert contract.file_name == "linen-summer-ada.linen-v1.docx"
    with unit_of_work(engine) as session:
        service.sign_off(session, clock, contract_id, archive=archive, sha256=sha256, by="lena", request_id="r-1")
    with unit_of_work(engine) as session:
        service.mark_out(session, clock, session.get_one(Contract, contract_id), actor="greenroom")
    with unit_of_work(engine) as session:
        service.record_signature(session, clock, contract_id, archive=archive, signed_name="Ada\r\n Lindgren",
                                 sha256=sha256, evidence={"mail": "<1@example.com>"}, recorded_by="sofia")  # fmt: skip
    with reading(engine) as session:
        assert stored_campaign(session, campaign.slug).hash == session.get_one(Contract, contract_id).campaign_hash
        assert session.get_one(Signature, contract_id).signed_name == "Ada  Lindgren"
        [standing] = service.status(session, campaign.slug)
        assert (standing.stage, standing.handle, standing.signed_at) == (Stage.SIGNED, "ada.linen", clock.now())
        assert standing.contract is not None
        assert (standing.contract.status, standing.contract_status) == ("signed", "signed")
        assert standing.contract.decided_by == "lena"
        signed_off = session.exec(select(StageChange).where(StageChange.went_to == Stage.SIGNED_OFF)).one()
        assert (signed_off.actor, signed_off.request_id) == ("lena", "r-1")
        entries = [entry.action for entry in session.exec(select(AuditEntry)).all()]
        for action in ("contract.drafted", "contract.signed_off", "contract.out", "contract.signed"):
            assert entries.count(action) == 1
        assert audit.verify(session).problem == ""


def test_the_record_holds_no_name_in_its_audit_log(
    sqlite_engine: Engine, clock: FixedClock, agreed: Put, draft: Draft, archive: Archive
) -> None:
    with unit_of_work(sqlite_engine) as session:
        contract = draft(session, agreed(session, "secret.handle", name="Secret Name"))
        service.request_changes(session, clock, contract.id or 0, by="lena", reason="Secret Name is misspelt")
        for entry in session.exec(select(AuditEntry)).all():
            assert "ecret" not in entry.detail + entry.subject


def test_drafting_again_changes_nothing(
    engine: Engine, clock: FixedClock, agreed: Put, draft: Draft, archive: Archive
) -> None:
    with unit_of_work(engine) as session:
        first = draft(session, agreed(session))
    with unit_of_work(engine) as session:
        again = draft(session, the_candidate(session, first.candidate_id))
        assert again.id == first.id
        service.sign_off(session, clock, first.id or 0, archive=archive, sha256=first.docx_sha256, by="lena")
    with unit_of_work(engine) as session:
        draft(session, the_candidate(session, first.candidate_id))
    with reading(engine) as session:
        assert the_candidate(session, first.candidate_id).stage == Stage.SIGNED_OFF
        assert [contract.status for contract in session.exec(select(Contract)).all()] == ["signed_off"]


@pytest.mark.parametrize("until", [Stage.CONTRACT_DRAFTED, Stage.SIGNED_OFF, Stage.OUT_FOR_SIGNATURE])
def test_other_terms_are_a_new_version_that_voids_the_former_and_its_sign_off(
    until: Stage, engine: Engine, clock: FixedClock, campaign: Campaign, agreed: Put, draft: Draft, archive: Archive,
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        candidate = agreed(session)
        first = draft(session, candidate)
        if until != Stage.CONTRACT_DRAFTED:
            service.sign_off(session, clock, first.id or 0, archive=archive, sha256=first.docx_sha256, by="lena")
        if until == Stage.OUT_FOR_SIGNATURE:
            service.mark_out(session, clock, first, actor="greenroom")
        assert candidate.stage == until
    with unit_of_work(engine) as session:
        candidate = the_candidate(session, first.candidate_id)
        second = draft(session, candidate, changed(campaign, disclosure="Anzeige"))
        assert (second.version, candidate.stage) == (2, Stage.CONTRACT_DRAFTED)
        assert second.docx_sha256 != first.docx_sha256
        assert service.differences(first, second) == ["Disclosure: Werbung / Anzeige → Anzeige"]
        offer = session.get_one(Offer, second.offer_id)
        card = service.contract_card(second, offer=offer, archive=archive, former=first)
        assert card.differences == ("Disclosure: Werbung / Anzeige → Anzeige",)
    for attempt in (
        lambda s: service.sign_off(s, clock, first.id or 0, archive=archive, sha256=first.docx_sha256, by="lena"),
        lambda s: service.mark_out(s, clock, s.get_one(Contract, first.id), actor="greenroom"),
        lambda s: service.went_out(s, clock, first.id or 0, actor="greenroom"),
        lambda s: service.record_signature(s, clock, first.id or 0, archive=archive, signed_name="Ada",
                                           sha256=first.docx_sha256, evidence={"mail": "1"}, recorded_by="sofia"),
        lambda s: service.sign_off(s, clock, second.id or 0, archive=archive, sha256=first.docx_sha256, by="lena"),
    ):  # fmt: skip
        with pytest.raises(Refused), unit_of_work(engine) as session:
            attempt(session)
    with reading(engine) as session:
        assert session.get_one(Contract, first.id).status == "void"
        assert archive.read(first.docx_sha256)
        current = service.current_contract(session, the_candidate(session, first.candidate_id))
        assert current is not None
        assert current.id == second.id


def test_an_edited_template_that_was_approved_again_is_a_new_version(
    engine: Engine, agreed: Put, draft: Draft, template: Template, own_templates: Callable[..., Templates]
) -> None:
    edited = docx.Document(io.BytesIO(template.content))
    edited.add_paragraph("One more line that legal wanted.")
    raw = io.BytesIO()
    edited.save(raw)
    with unit_of_work(engine) as session:
        candidate = agreed(session)
        first = draft(session, candidate)
        second = draft(session, candidate, templates=own_templates(raw.getvalue(), version="2"))
        assert (second.version, second.template_sha256 != first.template_sha256) == (2, True)
        assert service.differences(first, second)[0].startswith("Template: creator-agreement-en")


def test_sign_off_is_for_exactly_the_archived_bytes(
    engine: Engine, clock: FixedClock, agreed: Put, draft: Draft, archive: Archive
) -> None:
    with unit_of_work(engine) as session:
        contract = draft(session, agreed(session))
    contract_id, sha256 = contract.id or 0, contract.docx_sha256
    with pytest.raises(Refused, match="is not the document with sha256"), unit_of_work(engine) as session:
        service.sign_off(session, clock, contract_id, archive=archive, sha256="0" * 64, by="lena")
    path = archive.path_of(sha256)
    kept = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(kept.replace(b"200.00", b"900.00"))
    with pytest.raises(Damaged), unit_of_work(engine) as session:
        service.sign_off(session, clock, contract_id, archive=archive, sha256=sha256, by="lena")
    path.write_bytes(kept)
    with unit_of_work(engine) as session:
        assert session.get_one(Contract, contract_id).status == "drafted"
        service.sign_off(session, clock, contract_id, archive=archive, sha256=sha256, by="lena")
    with pytest.raises(Refused, match="signed_off"), unit_of_work(engine) as session:
        service.sign_off(session, clock, contract_id, archive=archive, sha256=sha256, by="lena")


def test_a_request_for_changes_is_kept_with_its_reason(
    engine: Engine, clock: FixedClock, campaign: Campaign, agreed: Put, draft: Draft, archive: Archive
) -> None:
    with unit_of_work(engine) as session:
        contract = draft(session, agreed(session))
        contract_id = contract.id or 0
        with pytest.raises(Refused, match="needs a reason"):
            service.request_changes(session, clock, contract_id, by="lena", reason=" \r\n")
        service.request_changes(session, clock, contract_id, by="lena", reason="Name the\nstore", request_id="r-2")
    with unit_of_work(engine) as session:
        candidate = the_candidate(session, contract.candidate_id)
        kept = session.get_one(Contract, contract_id)
        assert (kept.status, kept.reason, kept.decided_by) == ("changes_requested", "Name the store", "lena")
        assert candidate.stage == Stage.CONTRACT_DRAFTED
        assert draft(session, candidate).status == "changes_requested"
        assert draft(session, candidate, changed(campaign, filming_angles="in the store")).version == 2


def test_nothing_is_drafted_before_an_agreement(
    sqlite_engine: Engine, clock: FixedClock, replied: Put, draft: Draft, tmp_path: Path
) -> None:
    with unit_of_work(sqlite_engine) as session:
        with pytest.raises(Refused, match="is REPLIED: there is nothing to draft"):
            draft(session, replied(session))
        with pytest.raises(Refused, match="There is no contract 99"):
            service.request_changes(session, clock, 99, by="lena", reason="x")
    assert not (tmp_path / "contracts").exists()


def test_a_contract_says_what_was_accepted_not_what_the_campaign_says_now(
    sqlite_engine: Engine, campaign: Campaign, agreed: Put, draft: Draft, archive: Archive
) -> None:
    offer = campaign.offer.model_copy(update={"usage_days": 365, "stipend": Decimal(1), "deliverables": ("a film",)})
    with unit_of_work(sqlite_engine) as session:
        candidate = agreed(session)
        contract = draft(session, candidate, campaign.model_copy(update={"offer": offer}))
        text = [paragraph.text for paragraph in paragraphs(open_package(archive.read(contract.docx_sha256), name="c"))]
        assert "200.00 EUR, once" in text
        assert "a film" not in text
        assert service.terms_of(contract).usage_days == 30
        shorter = campaign.model_copy(update={"ends_on": campaign.starts_on})
        with pytest.raises(Refused, match="the campaign runs from 1 December 2026 to 1 December 2026"):
            draft(session, candidate, shorter)


def test_drafting_puts_no_campaign_in_force(
    engine: Engine, clock: FixedClock, campaign: Campaign, agreed: Put, draft: Draft
) -> None:
    with unit_of_work(engine) as session:
        candidate = agreed(session)
        newer = keep_campaign(session, clock, changed(campaign, disclosure="Anzeige"))
        assert draft(session, candidate).campaign_hash == campaign.hash
        assert stored_campaign(session, campaign.slug).hash == newer


def test_the_card_names_everything_legal_must_see(
    sqlite_engine: Engine, agreed: Put, draft: Draft, archive: Archive, campaign: Campaign
) -> None:
    with unit_of_work(sqlite_engine) as session:
        candidate = agreed(session, name="<!channel> Ada")
        contract = draft(session, candidate)
        offer = session.get_one(Offer, contract.offer_id)
        card = service.contract_card(contract, offer=offer, archive=archive)
    facts = {fact.label: fact.value for fact in card.facts}
    assert card.title == "Contract with <!channel> Ada"
    assert facts["Fixed fee"] == "200.00 EUR"
    assert next(iter(facts)) == "Against the template"
    wish = campaign.contract.filming_angles
    assert facts["Against the template"] == f"Nothing but its blanks is filled in. A wish of our own: “{wish}”."
    assert facts["Deliverables"] == "one Reel or TikTok with the shirt worn outdoors; two Stories with the code"
    assert all(fact.evidence for fact in card.facts)
    assert "approved by lena on 2026-11-26" in card.subtitle
    assert card.files[0].sha256 == contract.docx_sha256
    assert Path(card.files[0].path).read_bytes() == archive.read(contract.docx_sha256)
    assert [(choice.id, choice.needs_reason) for choice in card.choices] == [
        ("sign_off", False), ("request_changes", True),
    ]  # fmt: skip
    assert (card.risk, card.differences) == ("", ())
