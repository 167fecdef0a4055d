"""A contract that came back, at the terminal."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.papers import packed, unpacked
from tests.cli.conftest import Terminal
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


def test_a_broken_pdf_is_told_in_our_own_sentence_alone(agreed: Terminal, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(3000))
    told = agreed("contracts", "compare", str(broken))
    assert told.err.startswith("broken.pdf is not a PDF, or is damaged.")
