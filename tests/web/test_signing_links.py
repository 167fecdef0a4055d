"""Links to the signing page: what each opens, what takes its place, and when it shows nothing any more."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.signing import SigningEvent
from core.stages import Stage
from core.store import candidate_named, move
from flows.steps import deals, forgetting, signing, signing_page
from tests.flows.scenes import redraft_under_another_law
from tests.house import CAMPAIGN, House
from tests.web.signing_scene import (
    PUBLIC,
    Signer,
    contract_of,
    links_of,
    signatures,
    token_in,
    with_settings,
)


def test_where_the_archive_has_a_pdf_it_is_shown_and_kept_from_ended_links(
    signer: Signer, out: House, clock: FixedClock
) -> None:
    assert signer.look("/document.pdf").status_code == 404
    assert "document.pdf" not in signer.look().text
    out.w.archive.keep_pdf(contract_of(out).docx_sha256, b"%PDF-1.7 a page")
    assert "Read it as PDF" in signer.look().text
    found = signer.look("/document.pdf")
    assert (found.content, found.headers["content-type"]) == (b"%PDF-1.7 a page", "application/pdf")
    assert found.headers["content-disposition"].startswith("inline;")
    clock.advance(timedelta(days=14))
    assert signer.look("/document.pdf").status_code == 404


def test_a_new_version_voids_the_link_also_of_a_form_that_is_open(
    signer: Signer, out: House, creator: str, tmp_path: Path
) -> None:
    code = signer.ask_code()
    form = signer.fields() | {"name": signer.name, "agrees": "yes", "code": code}
    redraft_under_another_law(out, creator, tmp_path)
    assert signer.client.post(signer.here, data=form, headers={"Origin": PUBLIC}).status_code == 303
    page = signer.look()
    assert page.status_code == 410
    assert "withdrawn or is being made anew" in page.text
    assert signer.look("/document.docx").status_code == 404
    assert signatures(out) == []


def test_an_expired_link_brings_a_new_one_to_the_address_on_record(
    signer: Signer, out: House, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=14))
    page = signer.look()
    assert page.status_code == 410
    assert "This link has ended" in page.text
    assert "A new link is on its way" in signer.send("/again").text
    fresh = Signer(signer.client, out, token_in(out))
    assert fresh.here != signer.here
    assert "There is a newer link" in signer.look().text
    assert fresh.sign(code=fresh.ask_code()).status_code == 303
    assert "signed this agreement" in fresh.look().text
    assert fresh.look("/evidence.docx").status_code == 200
    assert "Send me both again" in signer.look().text
    for path in ("", "/document.docx", "/evidence.docx"):  # whoever else had the old link reads nothing of it
        page = signer.look(path)
        assert page.status_code == (404 if path else 410)
        assert signer.name not in page.text
        assert "/document.docx" not in page.text
        assert "/evidence.docx" not in page.text


def test_new_links_are_not_sent_without_end(signer: Signer, out: House, clock: FixedClock) -> None:
    clock.advance(timedelta(days=14))
    assert [signer.send("/again").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert len(links_of(out)) == 4


def test_an_old_link_does_not_end_the_newer_one_while_its_code_is_being_typed(
    signer: Signer, out: House, creator: str, clock: FixedClock
) -> None:
    signing.reissue(out.w, CAMPAIGN, creator, actor=out.w.people.named("sofia"))
    fresh = Signer(signer.client, out, token_in(out))
    code = fresh.ask_code()
    assert signer.send("/again").status_code == 429
    assert len(links_of(out)) == 2
    clock.advance(timedelta(minutes=5))
    assert fresh.sign(code=code).status_code == 303
    assert len(signatures(out)) == 1


def test_a_signature_by_hand_ends_the_link(signer: Signer, out: House, creator: str, clock: FixedClock) -> None:
    deals.record_signature(out.w, CAMPAIGN, creator, signed_name="Ada", actor=out.w.people.named("sofia"),
                           evidence={"note": "on paper"})  # fmt: skip
    page = signer.look()
    assert "signed this agreement" in page.text
    assert "reached us by mail or on paper" in page.text
    assert "Download the evidence" not in page.text
    clock.advance(timedelta(days=14))
    page = signer.look()
    assert "reply to our mail" in page.text
    assert "Send me both again" not in page.text
    assert signer.send("/again").status_code == 403  # no form is shown, so none is ours


def test_what_was_signed_is_shown_for_a_while_and_then_mailed_once_more(
    signer: Signer, out: House, clock: FixedClock
) -> None:
    signer.sign(code=signer.ask_code())
    clock.advance(timedelta(days=14) - timedelta(seconds=1))
    page = signer.look()
    assert "You find both here until 4\u00a0December\u00a02026" in page.text
    assert signer.look("/document.docx").status_code == 200
    clock.advance(timedelta(seconds=1))
    page = signer.look()
    assert page.status_code == 410
    assert "not shown here" in page.text
    assert signer.name not in page.text
    for path in ("/document.docx", "/evidence.docx", "/document.pdf"):
        assert signer.look(path).status_code == 404
    before = len(out.outbox())
    assert "Both are on their way" in signer.send("/again").text
    [copy] = out.outbox()[before:]
    contract = contract_of(out)
    names = [part.get_filename() for part in copy.iter_attachments()]
    assert names == [contract.file_name, contract.file_name.replace(".docx", "-evidence.docx")]
    assert [signer.send("/again").status_code for _ in range(3)] == [200, 200, 429]
    assert len(links_of(out)) == 1


def test_of_a_deal_that_is_over_a_person_sends_the_copy(
    signer: Signer, out: House, creator: str, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    signer.sign(code=signer.ask_code())
    with unit_of_work(out.w.engine) as session:
        move(session, clock, candidate_named(session, CAMPAIGN, creator), Stage.DROPPED, actor="omar", reason="over")
    clock.advance(timedelta(days=14))
    before = len(out.outbox())
    refused = signer.send("/again")
    assert refused.status_code == 409
    assert "reply to our mail" in refused.text
    assert "Copies of this contract are not sent by themselves." in caplog.text
    assert signer.here.rpartition("/")[2] not in caplog.text
    assert len(out.outbox()) == before


def test_what_a_person_is_sent_again_ends_what_they_had(signer: Signer, out: House, creator: str) -> None:
    signing.reissue(out.w, CAMPAIGN, creator, actor=out.w.people.named("sofia"))
    assert "There is a newer link" in signer.look().text
    assert Signer(signer.client, out, token_in(out)).look().status_code == 200


def test_a_link_that_is_none_of_ours_says_so_in_the_readers_language(signer: Signer) -> None:
    for token in ("a" * 32, "A2" * 16, "x", "%00", "a2" * 2_000, "ü", "<script>"):
        for rest in ("", "/code", "/decline", "/again"):
            answer = signer.client.post(f"/sign/{token}{rest}", headers={"Accept-Language": "de"})
            assert answer.status_code in (303, 404)
        page = signer.client.get(f"/sign/{token}", headers={"Accept-Language": "it, de;q=0.5"})
        assert page.status_code == 404
        assert "Dieser Link öffnet nichts" in page.text
        assert "<script" not in page.text
    for cut in ("/sign", "/sign/", f"{signer.here}/document.docx/more"):
        page = signer.client.get(cut, headers={"Accept-Language": "de"})
        assert page.status_code == 404
        assert "Dieser Link öffnet nichts" in page.text


def test_what_copying_adds_to_the_link_does_no_harm(signer: Signer) -> None:
    assert signer.client.get(f"{signer.here.upper().replace('/SIGN', '/sign')}.").status_code == 200


def test_without_a_public_address_contracts_go_the_old_way(out: House, creator: str) -> None:
    bare = with_settings(out, public_url="")
    with pytest.raises(Refused, match="sign by replying to the mail"):
        signing.reissue(bare.w, CAMPAIGN, creator, actor=bare.w.people.named("sofia"))
    bare.w.engine.dispose()


def test_of_a_signed_deal_the_evidence_stays_after_an_erasure(signer: Signer, out: House, creator: str) -> None:
    signer.sign(code=signer.ask_code())
    forgetting.forget(out.w, creator, why="they asked", actor=out.w.people.named("olivia"))
    [signature] = signatures(out)
    assert out.w.archive.read(signature.evidence["certificate_sha256"])
    with reading(out.w.engine) as session:
        assert all(event.browser for event in session.exec(select(SigningEvent)) if event.what != "link made")


def test_what_all_links_of_a_campaign_open_is_asked_once_signed_or_not(signer: Signer, out: House) -> None:
    signer.sign(code=signer.ask_code())
    asked: list[str] = []
    with reading(out.w.engine) as session:
        event.listen(out.w.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        [(link, state, until)] = signing_page.link_states(session, out.w, CAMPAIGN).values()
    assert sum(one.startswith("SELECT") for one in asked) == 1
    assert (state, until) == ("signed", signatures(out)[0].at + timedelta(days=14))
    assert link.id == links_of(out)[0].id
