"""The signing page: what a link opens and when, who may sign what, and that looking changes nothing."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from contracts.links import CODE_TRIES
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.jobs import Job
from core.models.outreach import Message
from core.models.signing import SigningEvent
from core.stages import Stage
from core.store import candidate_named, snapshot_of
from flows.effects import NEWS_JOB
from flows.steps import deal_news, deals, forgetting, signing
from tests.flows.scenes import redraft_under_another_law
from tests.house import CAMPAIGN, House, text_of
from tests.web.signing_scene import (
    PUBLIC,
    Signer,
    code_in,
    contract_of,
    events,
    links_of,
    signatures,
    token_in,
    with_settings,
)


def test_a_creator_reads_gets_a_code_and_signs_and_both_sides_get_document_and_evidence(
    signer: Signer, out: House, creator: str
) -> None:
    page = signer.look()
    assert page.status_code == 200
    contract = contract_of(out)
    for said in (contract.docx_sha256, "EUR", "Send me a code", "Creator agreement", "noindex"):
        assert said in page.text
    code = signer.ask_code()
    answer = signer.sign(code=f"{code[:3]} {code[3:]}")
    assert (answer.status_code, answer.headers["location"]) == (303, signer.here)
    done = signer.look()
    assert f"{signer.name} signed this agreement on 2026-11-20" in done.text
    [signature] = signatures(out)
    assert signature.docx_sha256 == contract.docx_sha256
    assert signature.evidence["terms_sha256"] == contract.terms_sha256
    assert signature.evidence["consent"] == "2026-11"
    assert out.stage(creator) == Stage.SIGNED
    assert events(out) == ["link made", "page opened", "code sent", "code right", "signed"]
    [mail] = [mail for mail in out.outbox() if str(mail["Subject"]).startswith("Signed:")]
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == [contract.file_name, contract.file_name.replace(".docx", "-evidence.docx")]
    assert deal_news.send_news(out.w) == 2
    told = [mail for mail in out.outbox() if "has signed the agreement" in text_of(mail)]
    assert len(told) == 2
    assert all(len(list(mail.iter_attachments())) == 2 for mail in told)
    evidence = signer.look("/evidence.docx")
    assert evidence.content == out.w.archive.read(signature.evidence["certificate_sha256"])


def test_the_mail_carries_the_link_in_text_and_html_and_the_record_keeps_neither_link_nor_code(
    signer: Signer, out: House
) -> None:
    token, code = token_in(out), signer.ask_code()
    [mail] = [mail for mail in out.outbox() if "to sign" in str(mail["Subject"]) and "code" not in str(mail["Subject"])]
    html = mail.get_body(("html",))
    assert html is not None
    assert f'<a href="{PUBLIC}/sign/{token}"' in html.get_content()
    with reading(out.w.engine) as session:
        for message in session.exec(select(Message)).all():
            for kept in (message.subject, message.text, message.html):
                assert token not in kept
                assert code not in kept
    assert token not in str(links_of(out))


def test_looking_changes_nothing_however_often_and_however_asked(signer: Signer, out: House) -> None:
    before = (events(out), links_of(out), len(out.outbox()))
    for path in ("", "/document.docx", "/evidence.docx", "/code", "/decline", "/again", "?code=1&agrees=yes"):
        signer.look(path)
    for method in ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert signer.client.call(method, signer.here).status_code == 405
    assert (events(out), links_of(out), len(out.outbox())) == before
    found = signer.look("/document.docx")
    assert found.content == out.w.archive.read(contract_of(out).docx_sha256)
    assert signer.look("/evidence.docx").status_code == 404


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


def test_pages_load_nothing_keep_nothing_and_are_in_no_search(signer: Signer) -> None:
    page = signer.look()
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy
    assert "set-cookie" not in page.headers
    assert page.headers["x-robots-tag"].startswith("noindex")
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "<script" not in page.text
    assert not re.search(r"[\w.]{2,}@(?!example\.com)[\w.-]+\.", re.sub(r"…@[\w.-]+", "", page.text).replace(
        "creators@aurelia-linen.example", ""))  # fmt: skip


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_a_form_from_elsewhere_does_nothing(signer: Signer, out: House, origin: str) -> None:
    for rest in ("", "/code", "/decline", "/again"):
        assert signer.send(rest, origin=origin, reason="no").status_code == 403
    assert signer.send("/code", mark="0" * 64).status_code == 403
    assert signer.client.post(f"{signer.here}/code").status_code == 403
    assert events(out) == ["link made"]


def test_what_is_missing_is_said_and_what_was_typed_is_kept(signer: Signer, out: House) -> None:
    code = signer.ask_code()
    assert "type your full name" in signer.sign(code=code, name=" . ").text
    assert "tick the box" in signer.sign(code=code, agrees="").text
    answer = signer.sign(code="", name='"><script>x</script>')
    assert "type the code" in answer.text
    assert "<script" not in answer.text
    assert signatures(out) == []


def test_another_name_is_asked_about_and_may_be_meant(signer: Signer, out: House) -> None:
    code = signer.ask_code()
    asked = signer.sign(code=code, name="Wilhelmina Q. {party}")
    assert asked.status_code == 422
    assert "and you typed “Wilhelmina Q. {party}”" in asked.text
    assert signatures(out) == []
    assert signer.sign(code=code, name="Wilhelmina Q.", other_name="yes").status_code == 303
    [signature] = signatures(out)
    assert signature.signed_name == "Wilhelmina Q."
    assert signature.evidence["other_name_confirmed"]


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


def test_signing_twice_is_signing_once(signer: Signer, out: House) -> None:
    code = signer.ask_code()
    form = signer.fields() | {"name": signer.name, "agrees": "yes", "code": code}
    answers = [signer.client.post(signer.here, data=form, headers={"Origin": PUBLIC}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len(signatures(out)) == 1
    assert events(out).count("signed") == 1
    assert len([mail for mail in out.outbox() if str(mail["Subject"]).startswith("Signed:")]) == 1
    assert "signed this agreement" in signer.look().text


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


def test_a_form_of_another_document_or_another_text_signs_nothing(signer: Signer, out: House) -> None:
    code = signer.ask_code()
    for field in ("document", "terms", "consent"):
        answer = signer.sign(code=code, **{field: "0" * 64})
        assert answer.status_code == 409
        assert "Nothing was signed" in answer.text
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
    assert "signed this agreement" in signer.look().text
    assert fresh.look("/evidence.docx").status_code == 200
    for path in ("", "/document.docx", "/evidence.docx"):  # whoever else had the old link reads nothing of it
        page = signer.look(path)
        assert page.status_code == (404 if path else 200)
        assert "/document.docx" not in page.text
        assert "/evidence.docx" not in page.text


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


def test_who_declines_says_why_and_the_team_hears_it(signer: Signer, out: House, creator: str) -> None:
    form = {"name": signer.name, "agrees": "yes", "code": signer.ask_code()} | signer.fields()
    assert signer.send("/decline", reason="  ").status_code == 422
    assert out.stage(creator) == Stage.OUT_FOR_SIGNATURE
    assert signer.send("/decline", reason="The window is too short.\nSorry!").status_code == 303
    assert "You declined" in signer.look().text
    assert out.stage(creator) == Stage.DECLINED_BY_CREATOR
    assert deal_news.send_news(out.w) == 2
    assert "The window is too short. Sorry!" in text_of(out.outbox()[-1])
    assert signer.client.post(signer.here, data=form, headers={"Origin": PUBLIC}).status_code == 303
    assert signatures(out) == []


def test_a_signature_by_hand_ends_the_link(signer: Signer, out: House, creator: str) -> None:
    deals.record_signature(out.w, CAMPAIGN, creator, signed_name="Ada", actor=out.w.people.named("sofia"),
                           evidence={"note": "on paper"})  # fmt: skip
    page = signer.look()
    assert "signed this agreement" in page.text
    assert "Download the evidence" not in page.text


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


def test_what_copying_adds_to_the_link_does_no_harm(signer: Signer) -> None:
    assert signer.client.get(f"{signer.here.upper().replace('/SIGN', '/sign')}.").status_code == 200


def test_of_a_caller_no_more_is_kept_than_is_worth_it(signer: Signer, out: House) -> None:
    signer.ask_code()
    with reading(out.w.engine) as session:
        event = session.exec(select(SigningEvent).where(SigningEvent.what == "code sent")).one()
    assert event.network in ("127.0.0.0/24", "")
    assert re.fullmatch(r"[0-9a-f]{16}", event.browser)


def test_without_a_public_address_contracts_go_the_old_way(out: House, creator: str) -> None:
    bare = with_settings(out, public_url="")
    with pytest.raises(Refused, match="sign by replying to the mail"):
        signing.reissue(bare.w, CAMPAIGN, creator, actor=bare.w.people.named("sofia"))
    bare.w.engine.dispose()


def test_nobody_is_told_twice(signer: Signer, out: House) -> None:
    signer.sign(code=signer.ask_code())
    assert deal_news.send_news(out.w) == 2
    assert deal_news.send_news(out.w) == 0
    with reading(out.w.engine) as session:
        assert {job.status for job in session.exec(select(Job).where(Job.kind == NEWS_JOB))} == {"done"}
    assert code_in(out)


def test_who_declined_and_is_erased_leaves_no_trail_and_the_link_opens_nothing(
    signer: Signer, out: House, creator: str
) -> None:
    signer.ask_code()
    signer.send("/decline", reason="My reasons are my own.")
    done = forgetting.forget(out.w, creator, why="they asked", actor=out.w.people.named("olivia"))
    assert done is not None
    with reading(out.w.engine) as session:
        for event in session.exec(select(SigningEvent)).all():
            assert (event.network, event.browser, event.detail) == ("", "", {})
    page = signer.look()
    assert page.status_code == 410
    assert "There is nothing to sign here" in page.text


def test_of_a_signed_deal_the_evidence_stays_after_an_erasure(signer: Signer, out: House, creator: str) -> None:
    signer.sign(code=signer.ask_code())
    forgetting.forget(out.w, creator, why="they asked", actor=out.w.people.named("olivia"))
    [signature] = signatures(out)
    assert out.w.archive.read(signature.evidence["certificate_sha256"])
    with reading(out.w.engine) as session:
        assert all(event.browser for event in session.exec(select(SigningEvent)) if event.what != "link made")
