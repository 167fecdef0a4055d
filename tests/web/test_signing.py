"""The signing page: who signs what, what is kept of it, and that looking changes nothing."""

import re

import pytest
from sqlmodel import select

from core.database import reading
from core.models.jobs import Job
from core.models.outreach import Message
from core.models.signing import SigningEvent
from core.stages import Stage
from flows.effects import NEWS_JOB
from flows.steps import deal_news
from tests.house import House, text_of
from tests.web.calling import calling
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
from web.app import create_app
from web.signing import pages


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


def test_a_document_that_was_damaged_is_said_to_the_log_and_shown_to_nobody(
    signer: Signer, out: House, caplog: pytest.LogCaptureFixture
) -> None:
    path = out.w.archive.path_of(contract_of(out).docx_sha256)
    path.chmod(0o600)
    path.write_bytes(b"something else")
    page = signer.look(**{"Accept-Language": "de"})
    assert page.status_code == 500
    assert "Das hat gerade nicht geklappt" in page.text
    assert "the signing page failed" in caplog.text
    assert signer.here.rpartition("/")[2] not in caplog.text


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


@pytest.mark.parametrize(
    ("filled", "said", "field"),
    [
        ({"name": " . "}, "Please type your full name.", "name"),
        ({"agrees": ""}, "Please tick the box", "agrees"),
        ({"code": ""}, "Please type the code from our mail.", "code"),
        ({"name": "Wilhelmina Q."}, "The agreement is with", "other_name"),
    ],
)
def test_who_does_not_see_the_page_hears_what_is_missing_and_where(
    signer: Signer, filled: dict[str, str], said: str, field: str
) -> None:
    page = signer.sign(**{"code": signer.ask_code()} | filled).text
    assert re.search(rf"<title>{said}", page)  # what is read out first
    assert f'id="trouble" role="alert">{said}' in page
    [wrong] = re.findall(r'<input [^>]*aria-invalid="true"[^>]*>', page)
    assert f'name="{field}"' in wrong
    assert re.search(r'aria-describedby="[^"]*\btrouble"', wrong)


def test_a_name_written_from_right_to_left_turns_no_sentence() -> None:
    said = pages.fill("{name} signed this on {at}.", name="סיון (שיר)", at="4 May")
    assert said == "\u2068סיון (שיר)\u2069 signed this on 4 May."


def test_another_name_is_asked_about_and_may_be_meant(signer: Signer, out: House) -> None:
    code = signer.ask_code()
    asked = signer.sign(code=code, name="Wilhelmina Q. {party}")
    assert asked.status_code == 422
    assert "and you typed “Wilhelmina Q. {party}”" in asked.text
    assert signatures(out) == []
    # Which name is meant was said of that name alone, and is not asked again for a slip elsewhere.
    assert signer.sign(code=code, name="Wilhelmina R.", other_name="Wilhelmina Q.").status_code == 422
    slip = signer.sign(code=code, name="Wilhelmina Q.", other_name="Wilhelmina Q.", agrees="").text
    assert 'name="other_name" value="Wilhelmina Q." required checked' in slip
    assert signatures(out) == []
    assert signer.sign(code=code, name="Wilhelmina Q.", other_name="Wilhelmina Q.").status_code == 303
    [signature] = signatures(out)
    assert signature.signed_name == "Wilhelmina Q."
    assert signature.evidence["other_name_confirmed"]


def test_signing_twice_is_signing_once(signer: Signer, out: House) -> None:
    code = signer.ask_code()
    form = signer.fields() | {"name": signer.name, "agrees": "yes", "code": code}
    answers = [signer.client.post(signer.here, data=form, headers={"Origin": PUBLIC}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len(signatures(out)) == 1
    assert events(out).count("signed") == 1
    assert len([mail for mail in out.outbox() if str(mail["Subject"]).startswith("Signed:")]) == 1
    assert "signed this agreement" in signer.look().text


def test_a_form_of_another_document_or_another_text_signs_nothing(signer: Signer, out: House) -> None:
    code = signer.ask_code()
    for field in ("document", "terms", "consent"):
        answer = signer.sign(code=code, **{field: "0" * 64})
        assert answer.status_code == 409
        assert "Nothing was signed" in answer.text
    assert signatures(out) == []


def test_of_a_caller_no_more_is_kept_than_is_worth_it(signer: Signer, out: House) -> None:
    signer.ask_code()
    with reading(out.w.engine) as session:
        event = session.exec(select(SigningEvent).where(SigningEvent.what == "code sent")).one()
    assert event.network == "127.0.0.0/24"
    assert re.fullmatch(r"[0-9a-f]{16}", event.browser)


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "kept"),
    [
        ("", "10.1.0.7", "198.51.100.77", "10.1.0.0/24"),
        ("10.1.0.0/16", "10.1.0.7", "198.51.100.77", "198.51.100.0/24"),
        ("10.1.0.0/16, 127.0.0.1", "10.1.0.7", "2001:db8:7:8::9", "2001:db8:7::/48"),
        # What somebody puts in front of what the proxy adds is theirs to make up, and nobody asks for it.
        ("10.1.0.7", "10.1.0.7", "203.0.113.1, 198.51.100.77", "198.51.100.0/24"),
        ("10.1.0.7", "10.1.0.7", "not an address", ""),
        ("10.1.0.7", "192.0.2.5", "198.51.100.77", "192.0.2.0/24"),
    ],
)
def test_a_proxy_is_believed_about_its_caller_where_it_is_ours(
    out: House, trusted: str, peer: str, forwarded: str, kept: str
) -> None:
    behind = with_settings(out, trusted_proxies=trusted)
    with calling(create_app(behind.w), address=peer) as client:
        signer = Signer(client, behind, token_in(out), **{"X-Forwarded-For": forwarded})
        signer.ask_code()
    behind.w.engine.dispose()
    with reading(out.w.engine) as session:
        event = session.exec(select(SigningEvent).where(SigningEvent.what == "code sent")).one()
    assert event.network == kept


def test_nobody_is_told_twice(signer: Signer, out: House) -> None:
    signer.sign(code=signer.ask_code())
    assert deal_news.send_news(out.w) == 2
    assert deal_news.send_news(out.w) == 0
    with reading(out.w.engine) as session:
        assert {job.status for job in session.exec(select(Job).where(Job.kind == NEWS_JOB))} == {"done"}
    assert code_in(out)
