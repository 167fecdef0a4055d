"""A contract that came back: nobody is asked about what we sent, legal is asked about anything else."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfWriter
from sqlmodel import select

from approvals.kinds import Kind
from bench.papers import packed, unpacked
from core.clock import FixedClock
from core.database import reading
from core.errors import BadInput, Refused
from core.models.approvals import Request
from core.models.audit import AuditEntry
from flows.steps import deals, returned
from tests.flows.scenes import contract_to_sign_off, redraft_under_another_law
from tests.house import CAMPAIGN, House

PART = "word/document.xml"


def sent(house: House) -> tuple[str, bytes]:
    """A contract that went out: whose it is, and its bytes."""
    creator, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    deals.send_contracts(house.w)
    return creator, house.w.archive.read(question.content_sha256)


def edited(document: bytes, old: str, new: str) -> bytes:
    parts = unpacked(document)
    assert old.encode() in parts[PART]
    parts[PART] = parts[PART].replace(old.encode(), new.encode(), 1)
    return packed(parts)


def take_in(house: House, creator: str, content: bytes, name: str = "signed.docx") -> returned.Returned:
    return returned.take_in(house.w, CAMPAIGN, creator, content, name=name, actor=house.w.people.named("sofia"))


def actions(house: House) -> list[str]:
    with reading(house.w.engine) as session:
        return list(session.exec(select(AuditEntry.action).order_by(AuditEntry.seq)).all())  # type: ignore[arg-type]


def test_what_we_sent_needs_nobody(house: House) -> None:
    creator, document = sent(house)
    result = take_in(house, creator, packed(unpacked(document)))
    assert result.comparison.findings == ()
    assert result.request is None
    assert "contract.returned" in actions(house)


def test_a_change_goes_to_the_named_reviewer_clause_by_clause_with_a_clock_of_its_own(
    house: House, clock: FixedClock
) -> None:
    creator, document = sent(house)
    clock.advance(timedelta(days=3))
    changed = edited(document, "What you make stays yours.", "What you make becomes ours.")
    request = take_in(house, creator, changed).request
    assert request is not None
    assert (request.kind, request.assignee, request.role) == (Kind.RETURNED, "lena", "legal")
    assert request.asked_at == clock.now()
    assert request.due_at > clock.now()
    [fact] = request.card["facts"]
    assert "Your content" in fact["label"]
    assert "What you make becomes ours." in fact["value"]
    assert house.w.archive.read(request.content_sha256) == changed
    assert request.content_sha256 in [one["sha256"] for one in request.card["files"]]


def test_the_same_file_is_one_question_and_a_later_one_takes_its_place(house: House) -> None:
    creator, document = sent(house)
    first = edited(document, "What you make stays yours.", "What you make becomes ours.")
    second = edited(document, "within 7 days", "within 70 days")
    asked = take_in(house, creator, first).request
    again = take_in(house, creator, first).request
    later = take_in(house, creator, second).request
    assert asked is not None
    assert again is not None
    assert later is not None
    assert again.id == asked.id != later.id
    with pytest.raises(Refused, match="no longer asked"):
        house.decide(asked, "approve", by="lena")


@pytest.mark.parametrize(
    ("choice", "action"), [("approve", "contract.changes_accepted"), ("decline", "contract.changes_declined")]
)
def test_the_decision_is_recorded_for_exactly_that_file(house: House, choice: str, action: str) -> None:
    creator, document = sent(house)
    changed = edited(document, "within 7 days", "within 70 days")
    request = take_in(house, creator, changed).request
    assert request is not None
    house.decide(request, choice, by="lena", reason="as we told them" if choice == "decline" else "")
    assert action in actions(house)
    after = take_in(house, creator, changed).request
    assert after is not None
    assert (after.id, after.status, after.choice) == (request.id, "decided", choice)


def test_a_file_without_changes_settles_the_question_about_the_one_before(house: House) -> None:
    creator, document = sent(house)
    request = take_in(house, creator, edited(document, "within 7 days", "within 70 days")).request
    take_in(house, creator, document)
    with reading(house.w.engine) as session:
        assert request is not None
        assert session.get_one(Request, request.id).status == "void"


def test_a_new_version_takes_the_question_back(house: House, tmp_path: Path) -> None:
    creator, document = sent(house)
    request = take_in(house, creator, edited(document, "within 7 days", "within 70 days")).request
    redraft_under_another_law(house, creator, tmp_path)
    with reading(house.w.engine) as session:
        assert request is not None
        assert session.get_one(Request, request.id).status == "void"


def test_the_contract_is_found_by_the_reference_it_prints(house: House) -> None:
    creator, document = sent(house)
    slug, named = returned.contract_printed_in(house.w, document, name="scan.docx")
    assert slug == CAMPAIGN
    assert named.endswith(creator.partition(":")[2] or creator)
    bare = packed({name: part.replace(b"linen-summer-1-", b"nowhere ") for name, part in unpacked(document).items()})
    with pytest.raises(Refused, match="prints no reference"):
        returned.contract_printed_in(house.w, bare, name="scan.docx")


def test_nobody_is_asked_before_ours_is_signed_off_and_nothing_hostile_is_kept(house: House) -> None:
    creator, question = contract_to_sign_off(house)
    document = house.w.archive.read(question.content_sha256)
    assert take_in(house, creator, edited(document, "within 7 days", "within 70 days")).request is None
    with pytest.raises(BadInput):
        take_in(house, creator, document[:2000])


def scan() -> bytes:
    """A PDF of one page without any text."""
    writer, raw = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(raw)
    return raw.getvalue()


def test_a_pdf_is_kept_as_one(house: House) -> None:
    creator, _ = sent(house)
    request = take_in(house, creator, scan(), name="signed.pdf").request
    assert request is not None
    assert house.w.archive.path_of(request.content_sha256).name == f"{request.content_sha256}.pdf"
    assert [one["path"].rpartition(".")[2] for one in request.card["files"]] == ["pdf", "docx", "html"]
    assert house.w.archive.read(request.content_sha256) == scan()


def test_only_looking_keeps_nothing(house: House) -> None:
    creator, document = sent(house)
    changed = edited(document, "within 7 days", "within 70 days")
    result = returned.look_at(house.w, CAMPAIGN, creator, changed, name="signed.docx")
    assert len(result.comparison.outside) == 1
    assert not house.w.archive.path_of(result.sha256).exists()
    assert "contract.returned" not in actions(house)
