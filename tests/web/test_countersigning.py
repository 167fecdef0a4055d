"""Where a template names who signs for the company, that person is asked once the creator has, and nobody else may."""

import pytest
from sqlmodel import select

from approvals.rights import DecisionRefused
from contracts.countersigning import is_countersigned
from core.database import reading, unit_of_work
from core.errors import Refused
from core.models.approvals import Request
from core.models.deals import Contract
from core.models.signing import SigningEvent
from core.store import candidate_named
from flows.steps import deal_news, deals, review
from tests.house import CAMPAIGN, House, text_of
from tests.web.signing_scene import Signer, contract_of, signatures, with_settings


def name(house: House, person: str) -> None:
    with unit_of_work(house.w.engine) as session:
        contract = session.exec(select(Contract)).one()
        contract.template_approval = contract.template_approval | {"countersigned_by": person}
        session.add(contract)


def asked(house: House) -> list[Request]:
    with reading(house.w.engine) as session:
        return list(session.exec(select(Request).where(Request.kind == "countersignature")).all())


def done(house: House) -> bool:
    with reading(house.w.engine) as session:
        return is_countersigned(session, session.exec(select(Contract)).one())


def test_the_person_named_signs_for_the_company_and_it_is_evidence(signer: Signer, out: House) -> None:
    name(out, "olivia")
    assert asked(out) == []
    signer.sign(code=signer.ask_code())
    [request] = asked(out)
    assert (request.assignee, request.content_sha256) == ("olivia", contract_of(out).docx_sha256)
    olivia, others = out.w.people.named("olivia"), [out.w.people.named(one) for one in ("sofia", "lena")]
    for other in others:
        with pytest.raises(Refused):
            review.decide(out.w, request.id, "sign_off", actor=other, door="slack")
    assert not done(out)
    review.decide(out.w, request.id, "sign_off", actor=olivia, door="slack")
    assert done(out)
    with reading(out.w.engine) as session:
        event = session.exec(select(SigningEvent).where(SigningEvent.what == "countersigned")).one()
    assert event.detail == {"by": "olivia", "door": "slack", "request": request.id,
                            "document_sha256": request.content_sha256}  # fmt: skip


def test_a_stand_in_does_not_sign_for_the_company(signer: Signer, out: House) -> None:
    name(out, "omar")
    signer.sign(code=signer.ask_code())
    [request] = asked(out)
    for person in out.w.people:
        if person.id != "omar":
            with pytest.raises(Refused):
                review.decide(out.w, request.id, "sign_off", actor=person, door="web")
    assert not done(out)


def test_from_a_terminal_nobody_signs_for_the_company_unless_it_is_trusted(signer: Signer, out: House) -> None:
    name(out, "olivia")
    signer.sign(code=signer.ask_code())
    [request] = asked(out)
    strict = with_settings(out, terminal_may_sign_off=False)
    with pytest.raises(DecisionRefused, match="Nobody signs for the company from the terminal"):
        review.decide(strict.w, request.id, "sign_off", actor=strict.w.people.named("olivia"), door="terminal")
    strict.w.engine.dispose()


@pytest.mark.parametrize("person", ["", "somebody-who-left"])
def test_the_creators_signature_stands_whoever_is_named(signer: Signer, out: House, person: str) -> None:
    name(out, person)
    assert signer.sign(code=signer.ask_code()).status_code == 303
    assert len(signatures(out)) == 1
    assert asked(out) == []
    deal_news.send_news(out.w)
    told = [text_of(mail) for mail in out.outbox() if str(mail["Subject"]).startswith("Nobody signs for the company")]
    assert len(told) == (1 if person else 0)
    assert all("does not know somebody-who-left" in said for said in told)
    assert deal_news.send_news(out.w) == 0


def told_of_it(house: House) -> str:
    """What ops read once somebody has signed."""
    before = len(house.outbox())
    deal_news.send_news(house.w)
    [mail] = [one for one in house.outbox()[before:]
              if "omar" in str(one["To"]) and str(one["Subject"]).startswith("Signed: ")]  # fmt: skip
    return " ".join(text_of(mail).split())


def test_the_news_of_a_signature_say_what_the_brief_waits_for(signer: Signer, out: House) -> None:
    name(out, "olivia")
    signer.sign(code=signer.ask_code())
    said = told_of_it(out)
    assert "Document and evidence are attached." in said
    assert "go to them by themselves, once olivia has signed for us." in said


def test_and_do_not_promise_it_where_nobody_will_sign_for_the_company(signer: Signer, out: House) -> None:
    name(out, "olivia")
    signer.sign(code=signer.ask_code())
    review.decide(out.w, asked(out)[0].id, "decline", actor=out.w.people.named("olivia"), door="slack", reason="No.")
    assert "do not go: olivia will not sign for us." in told_of_it(out)


def test_nor_where_nobody_could_be_asked_to(signer: Signer, out: House) -> None:
    name(out, "somebody-who-left")
    signer.sign(code=signer.ask_code())
    assert "do not go: somebody-who-left is to sign for us, and could not be asked." in told_of_it(out)


def test_a_signature_recorded_by_hand_is_told_with_what_is_there_of_it(out: House, creator: str) -> None:
    deals.record_signature(out.w, CAMPAIGN, creator, signed_name="Ada", evidence={"note": "reply"},
                           actor=out.w.people.named("sofia"))  # fmt: skip
    said = told_of_it(out)
    assert "The document as it went out is attached." in said
    assert f"greenroom contracts history {CAMPAIGN} {creator}" in said
    assert "evidence" not in said
    assert "go to them by themselves, with the next round." in said


def test_a_signature_stands_where_the_creators_sender_has_left_and_ops_hear_of_it(out: House, creator: str) -> None:
    with unit_of_work(out.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        candidate.sender = "somebody-who-left"
        session.add(candidate)
    deals.record_signature(out.w, CAMPAIGN, creator, signed_name="Ada", evidence={"note": "reply"},
                           actor=out.w.people.named("omar"))  # fmt: skip
    assert len(signatures(out)) == 1
    assert "has signed the agreement" in told_of_it(out)


def test_ops_hear_once_that_the_person_named_will_not_sign_and_why(signer: Signer, out: House) -> None:
    name(out, "olivia")
    signer.sign(code=signer.ask_code())
    deal_news.send_news(out.w)
    before = len(out.outbox())
    [request] = asked(out)
    review.decide(out.w, request.id, "decline", actor=out.w.people.named("olivia"), door="slack",
                  reason="The fee is\nnot ours.")  # fmt: skip
    assert deal_news.send_news(out.w) == 1
    [mail] = out.outbox()[before:]
    assert "olivia will not sign the agreement" in text_of(mail).replace("\n", " ")
    assert "The fee is not ours." in text_of(mail).replace("\n", " ")
    assert out.w.people.named("omar").mail in str(mail["To"])
    assert deal_news.send_news(out.w) == 0
    assert len(signatures(out)) == 1
    assert not done(out)
