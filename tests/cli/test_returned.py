"""A contract that came back, at the terminal."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfWriter

from bench.papers import packed, png, unpacked
from tests.cli.conftest import Answer, Terminal
from tests.house import CAMPAIGN

PART = "word/document.xml"


@dataclass(frozen=True)
class Sent:
    """A contract that went out, as its creator has it."""

    creator: str
    file: Path


@pytest.fixture
def sent(agreed: Terminal, tmp_path: Path) -> Sent:
    creator = json.loads((agreed.home / "names.json").read_text())[0]
    agreed("contracts", "draft", CAMPAIGN, creator, "--as", "sofia")
    [question] = agreed.document("approvals", "list", "--for", "lena")
    agreed("approvals", "decide", question["id"], "sign_off", "--as", "lena")
    agreed("contracts", "hand-over", CAMPAIGN, creator, "--as", "sofia")
    contracts = [one["contract"] for one in agreed.document("contracts", "status", CAMPAIGN) if one["contract"]]
    [kept] = agreed.home.rglob(f"{contracts[0]['docx_sha256']}.docx")
    file = tmp_path / "back.docx"
    file.write_bytes(kept.read_bytes())
    return Sent(creator, file)


def edit(file: Path, old: str, new: str) -> None:
    parts = unpacked(file.read_bytes())
    parts[PART] = parts[PART].replace(old.encode(), new.encode(), 1)
    file.write_bytes(packed(parts))


def test_from_a_returned_file_to_legals_word(agreed: Terminal, sent: Sent, tmp_path: Path) -> None:
    whole = agreed("contracts", "compare", str(sent.file), "--as", "sofia")
    assert (whole.code, whole.out.startswith("It says exactly what")) == (0, True)
    edit(sent.file, "What you make stays yours.", "What you make <b>becomes</b> ours.".replace("<", "&lt;"))
    page = tmp_path / "page.html"
    changed = agreed(
        "contracts", "compare", CAMPAIGN, sent.creator, str(sent.file), "--html", str(page), "--as", "sofia"
    )
    assert changed.code == 1
    assert "1 change outside the permitted places" in changed.out
    assert "Your content" in changed.out
    assert ": changed text: “" in changed.out
    assert "lena is asked" in changed.out
    assert "&lt;b&gt;becomes&lt;/b&gt;" in page.read_text(encoding="utf-8")
    assert "<b>becomes" not in page.read_text(encoding="utf-8")
    nowhere = agreed("contracts", "compare", str(sent.file), "--only-look", "--html", str(tmp_path))
    assert f"The page cannot be written to {tmp_path}" in nowhere.err
    [question] = agreed.document("approvals", "list", "--for", "lena")
    shown = agreed("approvals", "show", question["id"]).out
    assert "Your content" in shown
    kept = agreed("approvals", "decide", question["id"], "decline", "--reason", "theirs stays theirs", "--as", "lena")
    assert kept.code == 0


def test_a_program_reads_every_finding(agreed: Terminal, sent: Sent) -> None:
    edit(sent.file, "within 7 days", "within 70 days")
    answer = agreed("contracts", "compare", str(sent.file), "--only-look", "--json")
    document = answer.document
    assert (answer.code, document["unchanged"], document["request"]) == (1, False, None)
    [finding] = document["outside"]
    assert finding["clause"].startswith("ending")
    assert finding["heading"].endswith("Ending and changing it")
    assert (finding["kind"], finding["severity"]) == ("changed text", "changed")
    assert "within 7 days" in finding["before"]
    assert "within 70 days" in finding["after"]
    assert agreed.document("approvals", "list", "--for", "lena") == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("compare",), 2, ""),
        (("compare", CAMPAIGN, "x"), 2, "a campaign, a creator and a file"),
        (("compare", "nowhere.docx"), 1, "nowhere.docx cannot be read"),
        (("compare", __file__), 1, "neither a Word document (.docx) nor a PDF"),
        (("compare", "elsewhere", "ada", "nowhere.docx"), 1, "cannot be read"),
        (("compare", CAMPAIGN, "nobody.known", __file__, "--as", "sofia"), 1, "nobody.known"),
    ],
)
def test_what_cannot_be_compared_is_said(agreed: Terminal, arguments: tuple[str, ...], code: int, said: str) -> None:
    answer = agreed("contracts", *arguments)
    assert (answer.code, said in answer.err) == (code, True)


def sign(agreed: Terminal, sent: Sent, file: Path) -> Answer:
    return agreed("contracts", "signed", CAMPAIGN, sent.creator, "--name", "Ada", "--file", str(file), "--as", "sofia")


def test_a_signed_file_that_says_what_went_out_is_recorded(agreed: Terminal, sent: Sent) -> None:
    answer = sign(agreed, sent, sent.file)
    assert (answer.code, "is signed by Ada." in answer.out, "Warning" in answer.out) == (0, True, False)


def test_a_block_filled_in_is_no_change(agreed: Terminal, sent: Sent) -> None:
    parts = unpacked(sent.file.read_bytes())
    before, asks, after = parts[PART].rpartition(b"Date and signature")
    assert asks
    parts[PART] = before + b"24.11.2026" + after
    sent.file.write_bytes(packed(parts))
    looked = agreed("contracts", "compare", str(sent.file), "--only-look", "--as", "sofia")
    assert (looked.code, "In permitted places:" in looked.out) == (0, True)
    assert sign(agreed, sent, sent.file).code == 0


def test_a_signed_file_that_says_anything_else_is_refused_with_what_was_found(agreed: Terminal, sent: Sent) -> None:
    edit(sent.file, "within 7 days", "within 70 days")
    answer = sign(agreed, sent, sent.file)
    assert answer.code == 1
    assert "is not recorded as signed" in answer.err
    assert "within 70 days" in answer.err
    assert "greenroom contracts compare" in answer.err
    assert "v1 signed" not in agreed("contracts", "status", CAMPAIGN).out


def test_a_damaged_file_is_no_photo(agreed: Terminal, sent: Sent) -> None:
    sent.file.write_bytes(b"not a document")
    assert sign(agreed, sent, sent.file).code == 1


@pytest.mark.parametrize("kind", ["scan.pdf", "photo.png"])
def test_a_scan_or_a_photo_is_taken_with_a_warning(agreed: Terminal, sent: Sent, tmp_path: Path, kind: str) -> None:
    file = tmp_path / kind
    if kind == "photo.png":
        file.write_bytes(png((1, 2, 3)))
    else:
        writer = PdfWriter()
        writer.add_blank_page(595, 842)
        writer.write(file)
    answer = sign(agreed, sent, file)
    assert (answer.code, "is signed by Ada." in answer.out) == (0, True)
    assert f"Warning: {kind} has no text to compare" in answer.out


def test_a_broken_pdf_is_told_in_our_own_sentence_alone(agreed: Terminal, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(3000))
    told = agreed("contracts", "compare", str(broken))
    assert told.err.startswith("broken.pdf is not a PDF, or is damaged.")


def test_accepted_by_legal_it_is_recorded_and_the_history_says_what_was_signed(agreed: Terminal, sent: Sent) -> None:
    edit(sent.file, "within 7 days", "within 14 days")
    compared = agreed("contracts", "compare", str(sent.file), "--as", "sofia")
    assert "Both texts side by side are kept: " in compared.out
    [question] = agreed.document("approvals", "list", "--for", "lena")
    assert "it came back changed" in agreed("contracts", "status", CAMPAIGN, "--json").out
    agreed("approvals", "decide", question["id"], "approve", "--as", "lena")
    assert "legal accepts what came back" in agreed("contracts", "status", CAMPAIGN, "--json").out
    assert sign(agreed, sent, sent.file).code == 0
    told = agreed("contracts", "history", CAMPAIGN, sent.creator).out
    assert "accepted_by: lena" in told
    assert "contract.signed_as_accepted" in told
    assert f": sha256 {question['content_sha256']}" in told


def test_what_an_offer_says_is_opened_again_and_offered(agreed: Terminal, sent: Sent) -> None:
    edit(sent.file, "For 30 days from each post", "For 14 days from each post")
    compared = agreed("contracts", "compare", str(sent.file), "--as", "sofia")
    assert "It touches what was agreed in the offer: Use of content, days." in compared.out
    opened = agreed("deal", "reopen", CAMPAIGN, sent.creator, "--reason", "14 days of use", "--as", "sofia")
    assert (opened.code, "is void: it can be signed no more" in opened.out) == (0, True)
    asks = agreed("deal", "counter", CAMPAIGN, sent.creator, "--usage-days", "14", "--as", "sofia")
    assert (asks.code, "Use of content, days: 30 → 14" in asks.out) == (0, True)
    late = sign(agreed, sent, sent.file)
    assert (late.code, "has no contract" in late.err) == (1, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"MZ\x90\x00", "neither a Word document"), (b"\0" * 20_000_001, "more than 20 MB")],
    ids=["empty", "a program", "huge"],
)
def test_what_is_no_document_is_refused_at_both_doors_and_not_kept(
    agreed: Terminal, sent: Sent, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(content)
    kept = sorted(agreed.home.rglob("*.docx"))
    looked = agreed("contracts", "compare", CAMPAIGN, sent.creator, str(file), "--as", "sofia")
    for answer in (looked, sign(agreed, sent, file)):
        assert (answer.code, said in answer.err) == (1, True)
    assert sorted(agreed.home.rglob("*.docx")) == kept
    folder = agreed("contracts", "compare", str(tmp_path))
    assert (folder.code, "is no file" in folder.err) == (1, True)
