"""Several at one signing page at once: whoever is first signs, and everybody else is told so."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from contracts.documents import Fills
from core import audit
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.deals import Contract
from core.models.outreach import Message
from core.models.signing import SigningEvent
from core.stages import Stage
from core.store import candidate_named
from flows.steps import deals, longlist, signing, signing_page
from flows.steps.signing import Caller, Filled, Result
from flows.steps.signing_page import State
from tests.flows.scenes import edit, redraft_under_another_law
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build
from tests.web.signing_scene import code_in, contract_of, put_out, signatures, token_in, with_settings


def at_once(*calls: Callable[[], object]) -> list[object]:
    """All of them as nearly together as threads get."""
    start, found = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        start.wait(timeout=60)
        found.append(call())

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(found) == len(calls)
    return found


def filled(house: House, token: str, code: str) -> Filled:
    page = signing_page.page_of(house.w, token)
    assert page is not None
    assert page.shown is not None
    shown = page.shown
    return Filled(shown.party, code, agrees=True, docx_sha256=shown.docx_sha256, terms_sha256=shown.terms_sha256,
                  consent_sha256=shown.consent.sha256)  # fmt: skip


def coded(house: House) -> tuple[str, Filled]:
    token = token_in(house)
    assert signing.ask_code(house.w, token, caller=Caller(), seen_at=None) is State.OPEN
    return token, filled(house, token, code_in(house))


def check_signed_once(house: House) -> None:
    assert len(signatures(house)) == 1
    with reading(house.w.engine) as session:
        said = session.exec(select(SigningEvent).where(SigningEvent.what == "signed")).all()
        mails = session.exec(select(Message).where(Message.step == "signed-1")).all()
    assert (len(said), len(mails)) == (1, 1)


def test_many_clicks_sign_once(out: House) -> None:
    token, form = coded(out)
    results = at_once(*[lambda: signing.sign(out.w, token, form, caller=Caller())] * 4)
    assert sorted(map(str, results)) == [Result.CLOSED, Result.CLOSED, Result.CLOSED, Result.SIGNED]
    check_signed_once(out)


def test_signing_and_declining_at_once_leaves_one_of_them(out: House, creator: str) -> None:
    token, form = coded(out)
    at_once(
        lambda: signing.sign(out.w, token, form, caller=Caller()),
        lambda: signing.decline(out.w, token, "changed my mind", form.code, caller=Caller()),
    )
    declined = contract_of(out).status == "declined"
    assert len(signatures(out)) == (0 if declined else 1)
    assert out.stage(creator) == (Stage.DECLINED_BY_CREATOR if declined else Stage.SIGNED)


def test_wrong_codes_at_once_all_count(out: House) -> None:
    token, form = coded(out)
    wrong = Filled(**(form.__dict__ | {"code": f"{(int(form.code) + 1) % 1_000_000:06}"}))
    at_once(*[lambda: signing.sign(out.w, token, wrong, caller=Caller())] * 6)
    assert signing.sign(out.w, token, form, caller=Caller()) is Result.DEAD_CODE
    assert signatures(out) == []


def test_codes_asked_for_at_once_are_one(out: House) -> None:
    token = token_in(out)

    def ask() -> object:
        try:
            return signing.ask_code(out.w, token, caller=Caller(), seen_at=None)
        except signing.TooOften:
            return "too often"

    assert sorted(map(str, at_once(ask, ask, ask))) == ["open", "too often", "too often"]


def sign_and_redraft_at_once(house: House, creator: str, folder: Path) -> None:
    """Both really at once, each in a transaction of its own: one of them wins, and the other is told so."""
    token, form = coded(house)
    edit(house, folder, 'governing_law = "Germany"', 'governing_law = "Austria"')

    def redraft(renderer: Fills) -> object:
        try:
            with unit_of_work(house.w.engine) as session:
                candidate = candidate_named(session, CAMPAIGN, creator)
                return deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="omar").version
        except Refused as refusal:
            return str(refusal)

    with house.w.renderer() as renderer:
        said = at_once(lambda: signing.sign(house.w, token, form, caller=Caller()), lambda: redraft(renderer))
    with reading(house.w.engine) as session:
        versions = session.exec(select(Contract).order_by(col(Contract.version))).all()
    if Result.SIGNED in said:
        assert 2 not in said
        assert [one.status for one in versions] == ["signed"]
        assert house.stage(creator) == Stage.SIGNED
        check_signed_once(house)
    else:
        assert sorted(map(str, said)) == ["2", Result.CLOSED]
        assert [one.status for one in versions] == ["void", "drafted"]
        assert signatures(house) == []
        assert signing.sign(house.w, token, form, caller=Caller()) is Result.CLOSED
    with reading(house.w.engine) as session:
        assert not audit.verify(session).problem


def test_a_new_version_and_a_signature_at_once_never_meet(out: House, creator: str, tmp_path: Path) -> None:
    sign_and_redraft_at_once(out, creator, tmp_path)


def test_a_new_version_before_the_signature_closes_the_form(out: House, creator: str, tmp_path: Path) -> None:
    token, form = coded(out)
    redraft_under_another_law(out, creator, tmp_path)
    assert signing.sign(out.w, token, form, caller=Caller()) is Result.CLOSED
    assert signatures(out) == []


def on_postgresql(folder: Path, clock: FixedClock, address: str) -> tuple[House, str]:
    house = with_settings(build(folder / "home", clock, database_address=address),
                          public_url="https://greenroom.example")  # fmt: skip
    house.import_sample()
    longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    house.everybody_consented()
    longlist.fill_queue(house.w, "linen-summer", actor="omar")
    house.sign_off_campaign()
    return house, put_out(house)


@pytest.mark.slow
def test_on_postgresql_many_clicks_sign_once(
    longlisted_home: Path, tmp_path: Path, clock: FixedClock, postgres_address: str
) -> None:
    house, _ = on_postgresql(tmp_path, clock, postgres_address)
    token, form = coded(house)
    results = at_once(*[lambda: signing.sign(house.w, token, form, caller=Caller())] * 4)
    assert sorted(map(str, results)) == [Result.CLOSED, Result.CLOSED, Result.CLOSED, Result.SIGNED]
    check_signed_once(house)
    house.w.engine.dispose()


@pytest.mark.slow
def test_on_postgresql_a_new_version_and_a_signature_at_once_never_meet(
    longlisted_home: Path, tmp_path: Path, clock: FixedClock, postgres_address: str
) -> None:
    house, creator = on_postgresql(tmp_path, clock, postgres_address)
    sign_and_redraft_at_once(house, creator, tmp_path)
    house.w.engine.dispose()
