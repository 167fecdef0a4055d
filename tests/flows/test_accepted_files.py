"""What legal's acceptance of a returned file means: exactly that file, for exactly that version, and no money."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from approvals.kinds import Kind
from approvals.service import open_requests
from bench.papers import packed, png, unpacked
from contracts import service as contracts
from contracts.returned.documents import held_against
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.deals import Contract, Signature
from core.models.jobs import Job
from flows.effects import NEWS_JOB
from flows.steps import deals, review
from flows.steps.deal_news import send_news
from tests.flows.scenes import redraft_under_another_law
from tests.flows.test_returned import PART, edited, scan, sent, take_in
from tests.house import CAMPAIGN, House, text_of

HARMLESS = ("within 7 days", "within 14 days")


def asked(house: House, creator: str, content: bytes) -> Request:
    request = take_in(house, creator, content).request
    assert request is not None
    return request


def sign(house: House, creator: str, content: bytes | None, name: str = "signed.docx") -> Contract:
    evidence = {"note": "reply of 5 December"}
    file = (name, content) if content is not None else None
    return deals.record_signed(house.w, CAMPAIGN, creator, signed_name="Ada", actor=house.w.people.named("sofia"),
                               evidence=evidence, file=file)[0]  # fmt: skip


def with_a_date(document: bytes) -> bytes:
    """The creator's block filled in."""
    parts = unpacked(document)
    before, asks, after = parts[PART].rpartition(b"Date and signature")
    assert asks
    parts[PART] = before + b"24.11.2026" + after
    return packed(parts)


def signature(house: House) -> Signature:
    with reading(house.w.engine) as session:
        return session.exec(select(Signature)).one()


def test_what_legal_accepted_may_be_recorded_and_says_so(house: House) -> None:
    creator, document = sent(house)
    changed = edited(document, *HARMLESS)
    request = asked(house, creator, changed)
    with pytest.raises(Refused, match="is not recorded as signed"):
        sign(house, creator, changed)
    house.decide(request, "approve", by="lena")
    contract = sign(house, creator, changed)
    evidence = signature(house).evidence
    assert contract.status == "signed"
    assert (evidence["accepted_sha256"], evidence["accepted_by"]) == (request.content_sha256, "lena")
    assert request.id in evidence["accepted_in"]
    assert "within 14 days" in evidence["otherwise_than_sent"]
    assert house.w.archive.read(evidence["file_sha256"]) == changed
    with reading(house.w.engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "contract.signed_as_accepted")).one()
    assert json.loads(entry.detail)["accepted"] == request.content_sha256
    assert json.loads(entry.detail)["request"] == request.id


def test_the_same_words_with_a_signature_are_what_was_accepted_and_one_word_more_is_not(house: House) -> None:
    creator, document = sent(house)
    changed = edited(document, *HARMLESS)
    house.decide(asked(house, creator, changed), "approve", by="lena")
    with pytest.raises(Refused, match="nor what legal accepted in its place"):
        sign(house, creator, with_a_date(edited(changed, "What you make stays yours.", "What you make becomes ours.")))
    sign(house, creator, with_a_date(changed))
    assert signature(house).evidence["accepted_by"] == "lena"


def test_ours_can_still_be_signed_and_is_then_said_to_be_ours(house: House) -> None:
    creator, document = sent(house)
    house.decide(asked(house, creator, edited(document, *HARMLESS)), "approve", by="lena")
    sign(house, creator, with_a_date(document))
    assert "accepted_sha256" not in signature(house).evidence


def test_of_two_texts_nobody_signs_one_unsaid(house: House) -> None:
    creator, document = sent(house)
    house.decide(asked(house, creator, edited(document, *HARMLESS)), "approve", by="lena")
    with pytest.raises(Refused, match="No file says which of the two was signed") as refusal:
        sign(house, creator, None)
    assert f"greenroom contracts compare {CAMPAIGN} {creator} FILE" in refusal.value.next_step
    with pytest.raises(Refused, match="has no text to compare"):
        sign(house, creator, png((1, 2, 3)), name="photo.png")
    request = take_in(house, creator, scan(), name="scan.pdf").request
    assert request is not None
    assert "read it page by page" in request.card["risk"]
    house.decide(request, "approve", by="lena")
    sign(house, creator, scan(), name="scan.pdf")
    assert "legal read it, page by page" in signature(house).evidence["otherwise_than_sent"]


def test_an_acceptance_that_can_still_be_taken_back_counts_for_nothing(house: House, clock: FixedClock) -> None:
    creator, document = sent(house)
    changed = edited(document, *HARMLESS)
    request = asked(house, creator, changed)
    lena = house.w.people.named("lena")
    review.decide(house.w, request.id, "approve", actor=lena, door="web", may_be_taken_back=True)
    with pytest.raises(Refused, match="is not recorded as signed"):
        sign(house, creator, changed)
    clock.advance(timedelta(minutes=11))
    review.apply_due(house.w)
    assert sign(house, creator, changed).status == "signed"


def test_a_new_version_ends_the_acceptance(house: House, tmp_path: Path) -> None:
    creator, document = sent(house)
    changed = edited(document, *HARMLESS)
    house.decide(asked(house, creator, changed), "approve", by="lena")
    redraft_under_another_law(house, creator, tmp_path)
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    deals.send_contracts(house.w)
    with pytest.raises(Refused, match="is not recorded as signed"):
        sign(house, creator, changed)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("a fixed fee of 200.00 EUR", "a fixed fee of 900.00 EUR", "Fixed fee"),
        ("For 30 days from each post", "For 3 days from each post", "Use of content, days"),
    ],
)
def test_legal_cannot_accept_what_an_offer_says(house: House, old: str, new: str, why: str) -> None:
    creator, document = sent(house)
    request = asked(house, creator, edited(document, old, new))
    assert [one["id"] for one in request.card["choices"]] == ["decline"]
    assert why in request.card["facts"][0]["value"]
    assert f"greenroom deal reopen {CAMPAIGN} {creator} --reason WHY" in request.card["facts"][0]["value"]
    with pytest.raises(Refused, match="cannot be answered with 'approve'"):
        house.decide(request, "approve", by="lena")


def test_nor_what_no_reader_sees(house: House) -> None:
    creator, document = sent(house)
    parts = unpacked(document)
    hidden = b"<w:r><w:rPr><w:vanish/></w:rPr><w:t> Or not.</w:t></w:r></w:p>"
    at = parts[PART].index(b"</w:p>", parts[PART].index(b"What you make stays yours."))
    parts[PART] = parts[PART][:at] + hidden + parts[PART][at + len(b"</w:p>") :]
    request = asked(house, creator, packed(parts))
    assert [one["id"] for one in request.card["choices"]] == ["decline"]
    assert "no reader sees" in request.card["facts"][0]["value"]


def test_whoever_put_it_before_legal_hears_what_to_do_next(house: House) -> None:
    creator, document = sent(house)
    kept = asked(house, creator, edited(document, *HARMLESS))
    house.decide(kept, "decline", by="lena", reason="seven days are our rule")
    accepted = asked(house, creator, edited(document, "within 7 days", "within 8 days"))
    house.decide(accepted, "approve", by="lena")
    before = len(house.outbox())
    send_news(house.w)
    mails = house.outbox()[before:]
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == [house.w.people.named("sofia").mail] * 2
    texts = "\n".join(text_of(mail) for mail in mails)
    assert "seven days are our rule" in texts
    assert "ask for our document signed as it was sent" in texts
    assert "greenroom contracts signed linen-summer" in texts
    with reading(house.w.engine) as session:
        assert {one.status for one in session.exec(select(Job).where(Job.kind == NEWS_JOB))} == {"done"}


def test_a_signed_contract_takes_no_other_text(house: House) -> None:
    creator, document = sent(house)
    sign(house, creator, document)
    request = asked(house, creator, edited(document, *HARMLESS))
    assert [one["id"] for one in request.card["choices"]] == ["decline"]
    assert "what was signed counts" in request.card["facts"][0]["value"]


def test_a_signature_that_comes_first_reopens_the_question_instead_of_accepting_it(house: House) -> None:
    creator, document = sent(house)
    request = asked(house, creator, edited(document, *HARMLESS))
    with unit_of_work(house.w.engine) as session:  # as records have it from before a signature ended the question
        contracts.record_signature(
            session, house.w.clock, int(request.subject.rpartition(":")[2]), archive=house.w.archive,
            signed_name="Ada", sha256=hashlib.sha256(document).hexdigest(), evidence={"note": "reply"},
            recorded_by="sofia",
        )  # fmt: skip
    with pytest.raises(Refused, match="nothing can be accepted in its place any more"):
        house.decide(request, "approve", by="lena")


def test_a_signature_ends_the_question_about_what_came_back_before(house: House) -> None:
    creator, document = sent(house)
    request = asked(house, creator, edited(document, *HARMLESS))
    sign(house, creator, document)
    with reading(house.w.engine) as session:
        assert not open_requests(session, assignee="lena")
    with pytest.raises(Refused, match="no longer asked: the contract was signed"):
        house.decide(request, "approve", by="lena")


def test_a_signature_ends_an_answer_that_could_still_be_taken_back(house: House, clock: FixedClock) -> None:
    creator, document = sent(house)
    request = asked(house, creator, edited(document, *HARMLESS))
    lena = house.w.people.named("lena")
    review.decide(house.w, request.id, "approve", actor=lena, door="web", may_be_taken_back=True)
    sign(house, creator, document)
    clock.advance(timedelta(minutes=11))
    review.apply_due(house.w)
    with reading(house.w.engine) as session:
        assert session.get_one(Request, request.id).status == "void"
        assert session.exec(select(Job).where(Job.kind == NEWS_JOB, col(Job.key).startswith("changes"))).all() == []


def test_of_a_signed_contract_nobody_is_told_to_have_ours_signed_or_the_deal_reopened(house: House) -> None:
    creator, document = sent(house)
    sign(house, creator, document)
    house.decide(asked(house, creator, edited(document, *HARMLESS)), "decline", by="lena", reason="it is signed")
    before = len(house.outbox())
    send_news(house.w)
    text = next(text for mail in house.outbox()[before:] if "it is signed" in (text := text_of(mail)))
    assert "Tell the creator that what was signed counts" in text
    assert "ask for our document" not in text
    assert "deal reopen" not in text


def test_the_page_with_both_texts_is_kept_once_for_each_file(house: House, clock: FixedClock) -> None:
    creator, document = sent(house)
    changed = edited(document, *HARMLESS)
    first = take_in(house, creator, changed)
    clock.advance(timedelta(hours=1))
    again = take_in(house, creator, changed)
    assert first.page_sha256 == again.page_sha256
    kept = house.w.archive.read(first.page_sha256).decode()
    assert kept == first.page
    assert "<ins>14</ins>" in kept
    assert house.w.archive.path_of(first.page_sha256).suffix == ".html"


def test_what_was_held_against_an_older_version_is_not_recorded_for_the_newer(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    creator, document = sent(house)

    def slowly(ours: bytes, theirs: bytes, *, name: str) -> object:
        redraft_under_another_law(house, creator, tmp_path)  # while the file is read: nothing is locked
        return held_against(ours, theirs, name=name)

    monkeypatch.setattr("flows.steps.returned.held_against", slowly)
    with pytest.raises(Refused, match="took the place of what it was held against"):
        take_in(house, creator, document)
    with reading(house.w.engine) as session:
        assert session.exec(select(Request).where(Request.kind == Kind.RETURNED)).first() is None


def test_a_signature_under_a_version_replaced_while_its_file_was_read_is_refused(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    creator, document = sent(house)

    def slowly(ours: bytes, theirs: bytes, *, name: str) -> object:
        redraft_under_another_law(house, creator, tmp_path)
        return held_against(ours, theirs, name=name)

    monkeypatch.setattr("flows.steps.signed_files.held_against", slowly)
    with pytest.raises(Refused, match="took the place of what it was held against"):
        sign(house, creator, document)
    with reading(house.w.engine) as session:
        assert session.exec(select(Signature)).first() is None


def test_what_legal_once_accepted_of_an_offer_is_not_recorded_either(house: House) -> None:
    creator, document = sent(house)
    dearer = edited(document, "a fixed fee of 200.00 EUR", "a fixed fee of 900.00 EUR")
    request = asked(house, creator, dearer)
    with unit_of_work(house.w.engine) as session:  # as a question asked before such changes could not be accepted
        old = session.get_one(Request, request.id)
        old.card = old.card | {"choices": [{"id": "approve", "label": "Accept the changes"}]}
        session.add(old)
    house.decide(request, "approve", by="lena")
    with pytest.raises(Refused, match="touches what was agreed in the offer") as refusal:
        sign(house, creator, dearer)
    assert f"greenroom deal reopen {CAMPAIGN} {creator} --reason WHY" in refusal.value.next_step
