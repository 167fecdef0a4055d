"""Declining on the signing page: with a code and a reason, and what is left of it."""

import re

from sqlmodel import select

from contracts.links import CODE_LASTS, CODE_TRIES
from core.clock import FixedClock
from core.database import reading
from core.models.signing import SigningEvent
from core.stages import Stage
from flows.steps import deal_news, forgetting
from tests.house import House, text_of
from tests.web.signing_scene import (
    PUBLIC,
    Signer,
    events,
    signatures,
)


def test_who_declines_says_why_and_the_team_hears_it(signer: Signer, out: House, creator: str) -> None:
    code = signer.ask_code()
    form = {"name": signer.name, "agrees": "yes", "code": code} | signer.fields()
    assert signer.send("/decline", reason="  ", code=code).status_code == 422
    assert out.stage(creator) == Stage.OUT_FOR_SIGNATURE
    assert signer.send("/decline", reason="The window is too short.\nSorry!", code=code).status_code == 303
    assert "You declined" in signer.look().text
    assert out.stage(creator) == Stage.DECLINED_BY_CREATOR
    assert events(out) == ["link made", "page opened", "code sent", "code right", "declined"]
    assert deal_news.send_news(out.w) == 2
    assert "The window is too short. Sorry!" in text_of(out.outbox()[-1])
    assert signer.client.post(signer.here, data=form, headers={"Origin": PUBLIC}).status_code == 303
    assert signatures(out) == []


def test_a_link_that_was_passed_on_declines_nothing(
    signer: Signer, out: House, creator: str, clock: FixedClock
) -> None:
    unasked = signer.send("/decline", reason="I was sent this link.", code="")
    assert unasked.status_code == 422
    assert "can no longer be used" in unasked.text
    code = signer.ask_code()
    assert "Please type the code" in signer.send("/decline", reason="no", code=" ").text
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    said = signer.send("/decline", reason="I was sent <this> link.", code=wrong)
    assert said.status_code == 422
    assert "You have 4 tries left" in said.text
    assert "I was sent &lt;this&gt; link." in said.text  # nobody writes it twice
    assert re.findall(r'<input [^>]*id="([\w-]+)"[^>]*aria-invalid', said.text) == ["decline-code"]
    clock.advance(CODE_LASTS)
    assert signer.send("/decline", reason="too late", code=code).status_code == 422
    assert out.stage(creator) == Stage.OUT_FOR_SIGNATURE
    assert "declined" not in events(out)


def test_wrong_codes_to_decline_and_to_sign_are_counted_together(signer: Signer, out: House, creator: str) -> None:
    code = signer.ask_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(CODE_TRIES - 1):
        signer.send("/decline", reason="no", code=wrong)
    assert "can no longer be used" in signer.sign(code=wrong).text
    assert "can no longer be used" in signer.send("/decline", reason="no", code=code).text
    assert out.stage(creator) == Stage.OUT_FOR_SIGNATURE


def test_who_asks_for_the_code_to_decline_comes_back_there(signer: Signer, out: House) -> None:
    assert '<details class="card" id="decline">' in signer.look().text
    sent = signer.send("/code", declining="yes")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{signer.here}?declining=yes#decline")
    page = signer.look("?declining=yes").text
    assert '<details class="card" id="decline" open>' in page
    assert "decline-code" in page
    again = signer.send("/code", declining="yes")
    assert again.status_code == 429
    assert '<details class="card" id="decline" open>' in again.text


def test_who_declined_and_is_erased_leaves_no_trail_and_the_link_opens_nothing(
    signer: Signer, out: House, creator: str
) -> None:
    signer.send("/decline", reason="My reasons are my own.", code=signer.ask_code())
    assert out.stage(creator) == Stage.DECLINED_BY_CREATOR
    done = forgetting.forget(out.w, creator, why="they asked", actor=out.w.people.named("olivia"))
    assert done is not None
    with reading(out.w.engine) as session:
        for event in session.exec(select(SigningEvent)).all():
            assert (event.network, event.browser, event.detail) == ("", "", {})
    page = signer.look()
    assert page.status_code == 410
    assert "There is nothing to sign here" in page.text
