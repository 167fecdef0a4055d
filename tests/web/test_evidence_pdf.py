"""The evidence of a signature as PDF: made with the next batch, then on the page and in the zip."""

from contracts.dossier import collect
from contracts.service import deal_of
from core.database import reading
from core.store import the_candidate
from flows.steps.pdfs import make_pdfs
from tests.flows.test_drafting import Printing, with_press
from tests.house import House
from tests.web.signing_scene import Signer, contract_of, signatures


def test_the_evidence_has_a_pdf_once_a_batch_made_it(signer: Signer, out: House) -> None:
    signer.sign(code=signer.ask_code())
    contract, [signature] = contract_of(out), signatures(out)
    kept = str(signature.evidence["certificate_sha256"])
    assert signer.look("/evidence.pdf").status_code == 404
    assert "evidence.pdf" not in signer.look().text
    assert make_pdfs(with_press(out.w, Printing())) == 2
    assert "Read the evidence as PDF" in signer.look().text
    assert signer.look("/evidence.pdf").content == out.w.archive.read_pdf(kept)
    assert make_pdfs(with_press(out.w, Printing())) == 0
    with reading(out.w.engine) as session:
        files = collect(deal_of(session, the_candidate(session, contract.candidate_id)), out.w.archive).files
    assert files["version-1/evidence-certificate.pdf"] == out.w.archive.read_pdf(kept)
    assert files["version-1/contract.pdf"] == out.w.archive.read_pdf(contract.docx_sha256)
