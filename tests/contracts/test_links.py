"""Links and codes on both databases, and what a page makes of a document."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from contracts import links, service, signing_mails
from contracts.accepting import decline
from contracts.consent import LANGUAGES, consent_in, may_be
from contracts.document_view import Piece, pieces_of
from contracts.links import Caller, State, TooOften
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import BadInput, Refused
from core.models.deals import Contract
from core.models.signing import SigningLink
from core.stages import Stage
from core.store import the_candidate

Draft = Callable[..., Contract]
PEPPER = b"p" * 32


@pytest.fixture
def signed_off(clock: FixedClock, agreed: Callable[..., object], draft: Draft, archive: object) -> Draft:
    def make(session: Session) -> Contract:
        contract = draft(session, agreed(session))
        service.sign_off(session, clock, contract.id or 0, archive=archive, sha256=contract.docx_sha256, by="lena")  # type: ignore[arg-type]
        return contract

    return make


def state(session: Session, clock: FixedClock, link: SigningLink) -> State:
    contract = session.get_one(Contract, link.contract_id)
    return links.state_of(link, contract, the_candidate(session, contract.candidate_id), clock)


def test_a_link_lives_from_the_mail_to_its_end(engine: Engine, clock: FixedClock, signed_off: Draft) -> None:
    with unit_of_work(engine) as session:
        contract = signed_off(session)
        link, token = links.issue(session, clock, contract, days=14, by="greenroom")
        assert links.is_token(token)
        assert token not in str(session.exec(select(SigningLink)).one())
        assert state(session, clock, link) is State.EARLY
        service.mark_out(session, clock, contract, actor="greenroom")
        assert state(session, clock, link) is State.OPEN
        clock.advance(timedelta(days=14) - timedelta(seconds=1))
        assert state(session, clock, link) is State.OPEN
        clock.advance(timedelta(seconds=1))
        assert state(session, clock, link) is State.EXPIRED
        newer, other = links.issue(session, clock, contract, days=14, by="sofia")
        assert (state(session, clock, link), state(session, clock, newer)) == (State.REPLACED, State.OPEN)
        assert links.found(session, other) == newer
        assert links.found(session, token) == link
        assert links.found(session, "a" * 32) is None
        contract.status = "void"
        assert state(session, clock, newer) is State.VOID


def test_a_code_is_right_once_asked_in_time_and_tried_five_times(
    engine: Engine, clock: FixedClock, signed_off: Draft
) -> None:
    with unit_of_work(engine) as session:
        contract = signed_off(session)
        link, _ = links.issue(session, clock, contract, days=14, by="greenroom")
        assert not links.try_code(session, clock, link, "000000", pepper=PEPPER)
        code = links.new_code(session, clock, link, pepper=PEPPER)
        links.note(session, clock, link, links.What.CODE_SENT)
        with pytest.raises(TooOften):
            links.new_code(session, clock, link, pepper=PEPPER)
        for wrong in ("", "x" * 10_000, "１２３４５６", code[:5]):
            assert not links.try_code(session, clock, link, wrong, pepper=PEPPER)
        assert not links.try_code(session, clock, link, code, pepper=b"q" * 32)
        assert not links.try_code(session, clock, link, code, pepper=PEPPER)  # five tries are used up
        clock.advance(timedelta(minutes=1))
        again = links.new_code(session, clock, link, pepper=PEPPER)
        assert links.try_code(session, clock, link, f" {again[:3]} {again[3:]} ", pepper=PEPPER)
        assert link.confirmed_at == clock.now()


def test_new_links_begin_no_new_count_of_codes_or_of_wrong_ones(
    engine: Engine, clock: FixedClock, signed_off: Draft
) -> None:
    def guess_on(link: SigningLink) -> int:
        """How many wrong codes may be typed in under a link before no further one is sent."""
        wrong = 0
        while True:
            try:
                code = links.new_code(session, clock, link, pepper=PEPPER)
            except TooOften:
                return wrong
            links.note(session, clock, link, links.What.CODE_SENT)
            for _ in range(links.CODE_TRIES):
                assert not links.try_code(session, clock, link, f"{(int(code) + 1) % 1_000_000:06}", pepper=PEPPER)
                links.note(session, clock, link, links.What.CODE_WRONG)
                wrong += 1
            clock.advance(timedelta(hours=1))

    with unit_of_work(engine) as session:
        contract = signed_off(session)
        first, _ = links.issue(session, clock, contract, days=14, by="greenroom")
        links.new_code(session, clock, first, pepper=PEPPER)
        links.note(session, clock, first, links.What.CODE_SENT)
        second, _ = links.issue(session, clock, contract, days=14, by="greenroom")
        with pytest.raises(TooOften, match="less than a minute ago"):
            links.new_code(session, clock, second, pepper=PEPPER)
        clock.advance(timedelta(hours=1))
        assert guess_on(second) == links.WRONG_IN_ALL
        assert guess_on(links.issue(session, clock, contract, days=14, by="sofia")[0]) == 0


def test_a_clock_that_goes_back_lengthens_no_code_and_keeps_nobody_waiting(
    engine: Engine, clock: FixedClock, signed_off: Draft
) -> None:
    with unit_of_work(engine) as session:
        link, _ = links.issue(session, clock, signed_off(session), days=14, by="greenroom")
        code = links.new_code(session, clock, link, pepper=PEPPER)
        links.note(session, clock, link, links.What.CODE_SENT)
        clock.advance(-timedelta(hours=1))
        assert not links.code_runs(link, clock)
        assert not links.try_code(session, clock, link, code, pepper=PEPPER)
        again = links.new_code(session, clock, link, pepper=PEPPER)
        assert links.try_code(session, clock, link, again, pepper=PEPPER)


def test_who_declines_frees_the_budget(
    engine: Engine, clock: FixedClock, campaign: Campaign, signed_off: Draft
) -> None:
    with unit_of_work(engine) as session:
        contract = signed_off(session)
        with pytest.raises(Refused, match="can be declined while it is out"):
            decline(session, clock, contract.id or 0, reason="no")
        service.mark_out(session, clock, contract, actor="greenroom")
        assert service.budget(session, campaign).committed.amount
        with pytest.raises(Refused, match="in a few words why"):
            decline(session, clock, contract.id or 0, reason=" \u200b… ")
        link, _ = links.issue(session, clock, contract, days=14, by="greenroom")
        links.new_code(session, clock, link, pepper=PEPPER)
        decline(session, clock, contract.id or 0, reason="The window\x00 is too\u202e short.")
        assert the_candidate(session, contract.candidate_id).stage == Stage.DECLINED_BY_CREATOR
        assert not service.budget(session, campaign).committed.amount
        assert not links.code_runs(link, clock)
        assert links.events_of(session, contract.id or 0)[-1].detail == {"reason": "The window is too short."}


@pytest.mark.parametrize(
    ("address", "kept"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2:3::9", "2001:db8:1::/48"), ("fe80::1%eth0", "fe80::/48"),
     ("", ""), ("not an address", ""), ("::ffff:203.0.113.77", "::/48")],
)  # fmt: skip
def test_of_an_address_the_last_part_is_not_kept(address: str, kept: str) -> None:
    caller = Caller.of(address, "Mozilla/5.0", pepper=PEPPER)
    assert caller.network == kept
    assert len(caller.browser) == 16
    assert "Mozilla" not in caller.browser


@pytest.mark.parametrize(
    ("typed", "party", "fits"),
    [("ADA LINDGREN", "Ada Lindgren", True), ("Zoe Muller", "Zoë Müller", True), ("Lindgren, A.", "Ada Lindgren", True),
     ("李小龍", "李小龍", True), ("A. B.", "Ada B. Lindgren", False), ("Eve", "Ada Lindgren", False),
     ("ada.linen", "@ada.linen on Instagram", True), ("", "", False)],
)  # fmt: skip
def test_a_name_is_held_loosely_against_the_party(typed: str, party: str, fits: bool) -> None:
    assert may_be(typed, party) is fits


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_names_can_be_compared(typed: str, party: str) -> None:
    assert may_be(typed, party) == may_be(party, typed)


def test_a_consent_says_with_whom_in_every_language_and_its_hash_is_of_what_was_said() -> None:
    said = {consent_in(language, company="Aurelia {company} GmbH").sha256 for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert "Aurelia {company} GmbH" in consent_in("fr", company="Aurelia {company} GmbH").agree


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kind", ["sign", "again", "code", "reminder", "expiring", "signed", "signed_elsewhere", "opens", "closes"]
)
def test_every_mail_is_there_in_every_language(
    sqlite_engine: Engine, clock: FixedClock, signed_off: Draft, kind: str, language: str
) -> None:
    with unit_of_work(sqlite_engine) as session:
        contract = signed_off(session)
        contract.template_approval = contract.template_approval | {"language": language}
        contract.terms = contract.terms | {"creator_name": "Ada {code} {link}"}
        subject, text = signing_mails.mail(kind, contract, sender_name="Sofia", link="https://x.example/sign/abc",
                                           code="123456", until=clock.now().date())  # fmt: skip
    assert "\n" not in subject
    assert "Ada {code} {link}," in text or "Ada {code} {link}:" in text
    assert ("123456" in text) == (kind == "code")
    assert ("https://x.example/sign/abc" in text) == (kind in ("sign", "again", "reminder", "expiring"))


def test_a_page_shows_every_word_of_a_document_in_its_order() -> None:
    document = Document()
    document.add_heading("<b>Agreement</b>", level=0)
    document.add_heading("1. Pay", level=1)
    document.add_paragraph("First\tsecond")
    document.add_paragraph("a point", style="List Bullet")
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "Fee", "200.00 EUR"
    document.sections[0].footer.paragraphs[0].text = "Page of LINEN"
    out = io.BytesIO()
    document.save(out)
    assert pieces_of(out.getvalue(), name="it") == (
        Piece("title", "<b>Agreement</b>"), Piece("heading", "1. Pay"), Piece("text", "First\tsecond"),
        Piece("point", "a point"), Piece("table", rows=(("Fee", "200.00 EUR"),)), Piece("small", "Page of LINEN"),
    )  # fmt: skip
    with pytest.raises(BadInput):
        pieces_of(b"no", name="it")
