"""The sign-offs of a campaign come one after the other, for exactly what is in force."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from approvals import gate
from approvals.rights import check_actor
from core.database import reading
from core.errors import Refused
from core.models.approvals import Request
from core.people import Group, People, Role, holds
from flows.steps import sign_offs
from flows.wiring import Wiring
from tests.approvals.campaign_edits import edited
from tests.flows.scenes import adopt, contract_to_sign_off, invited
from tests.house import CAMPAIGN, House


def ask(house: House, who: str = "omar") -> list[Request]:
    return sign_offs.ask_sign_offs(house.w, CAMPAIGN, actor=house.w.people.named(who))


def missing(house: House) -> list[str]:
    return [item.what for item in sign_offs.standing(house.w, CAMPAIGN).missing]


def stands_as(house: House, request: Request) -> str:
    with reading(house.w.engine) as session:
        return session.get_one(Request, request.id).status


def test_the_tracking_setup_is_asked_by_itself_once_the_brief_stands_and_not_before(house: House) -> None:
    adopt(house, edited(house.campaign(), ["offer.usage_days"]))
    [brief] = ask(house)
    assert (brief.kind, brief.assignee) == (gate.BRIEF, "olivia")
    assert any("offer.usage_days (terms): 30 → 31" in line for line in brief.card["differences"])
    assert [one.id for one in ask(house)] == [brief.id]
    assert sign_offs.ask_next(house.w) == 0
    house.decide(brief, "sign_off", by="olivia")
    assert sign_offs.ask_next(house.w) == 1
    tracking = house.open_request(gate.TRACKING)
    assert (tracking.assignee, tracking.requested_by) == ("anton", "omar")
    house.decide(tracking, "sign_off", by="anton")
    assert sign_offs.ask_next(house.w) == 0
    assert ask(house) == []


def test_a_brief_sent_back_asks_nobody_for_the_tracking_setup(house: House) -> None:
    adopt(house, edited(house.campaign(), ["offer.usage_days"]))
    [brief] = ask(house)
    house.decide(brief, "request_changes", by="olivia", reason="too long")
    assert sign_offs.ask_next(house.w) == 0
    [again] = ask(house)
    assert (again.kind, again.id == brief.id) == (gate.BRIEF, False)


def test_a_brand_lead_who_is_not_the_owner_of_the_campaign_signs_off_the_brief(house: House) -> None:
    owners = house.campaign().owners.model_copy(update={"brand_lead": "omar"})
    led = edited(house.campaign(), ["offer.usage_days"]).model_copy(update={"owners": owners})
    adopt(house, led)
    assert not holds(house.w.people.named("omar"), Role.OWNER, led)
    [brief] = ask(house)
    assert house.decide(brief, "sign_off", by="omar").status == "decided"


def test_of_a_group_that_leads_the_brand_each_may_sign_off_the_brief_and_nothing_of_the_owner_s(house: House) -> None:
    everybody = {person.id: person for person in house.w.people}
    everybody["rosa"] = everybody["rosa"].model_copy(update={"roles": (Role.OWNER, Role.REVIEWER)})
    brand = Group(id="brand", name="Brand", members=("omar", "rosa"))
    house.w.__dict__["people"] = People(everybody, {"brand": brand})
    owners = house.campaign().owners.model_copy(update={"brand_lead": "brand"})
    adopt(house, edited(house.campaign(), ["offer.usage_days"]).model_copy(update={"owners": owners}))
    [brief] = ask(house)
    assert brief.assignee == "omar"
    rosa = house.w.people.named("rosa")
    offer = Request.model_validate(brief.model_dump() | {"kind": "offer"})
    with pytest.raises(Refused, match="Rosa Lindqvist may not decide this"):
        check_actor(offer, rosa, people=house.w.people, campaign=house.campaign(), at=house.w.clock.now())
    assert house.decide(brief, "sign_off", by="rosa").status == "decided"


def test_an_edit_takes_back_what_is_asked_and_no_old_card_signs_off_the_new_content(house: House) -> None:
    adopt(house, edited(house.campaign(), ["offer.usage_days"]))
    [brief] = ask(house)
    adopt(house, edited(house.campaign(), ["tracking.landing_url"]))
    with pytest.raises(Refused, match="was changed since this was asked"):
        house.decide(brief, "sign_off", by="olivia")
    assert stands_as(house, brief) == "open"
    assert sign_offs.withdraw_outdated(house.w) == 1
    with pytest.raises(Refused, match="no longer asked: the campaign or its wording was changed since"):
        house.decide(brief, "sign_off", by="olivia")
    assert sign_offs.withdraw_outdated(house.w) == 0
    assert missing(house)[:2] == ["sign-off of the creative brief", "sign-off of the tracking setup"]


def test_of_a_cycle_that_is_over_nobody_is_asked_any_more(house: House) -> None:
    adopt(house, edited(house.campaign(), ["offer.usage_days"]))
    [brief] = ask(house)
    adopt(house, edited(house.campaign(), ["cycle"]))
    assert sign_offs.withdraw_outdated(house.w) == 1
    assert stands_as(house, brief) == "void"


def test_an_edit_that_no_creator_is_told_of_leaves_what_is_asked_and_signed(house: House) -> None:
    house.decide(house.with_addresses(1)[0][1], "approve", by="rosa")
    house.let_mails_go()
    adopt(house, edited(house.campaign(), ["weights.topic", "audience.followers_max", "sla.hours"]))
    assert sign_offs.withdraw_outdated(house.w) == 0
    assert missing(house) == []


def test_other_wording_of_the_template_closes_the_gate_until_signed_anew(house: House, tmp_path: Path) -> None:
    house.decide(house.with_addresses(1)[0][1], "approve", by="rosa")
    house.let_mails_go()
    reworded = House(_reworded(house.w, tmp_path))
    assert missing(house) == []
    assert missing(reworded) == [
        "sign-off of the creative brief", "sign-off of the tracking setup", "first mail seen by a person",
    ]  # fmt: skip
    [brief] = ask(reworded)
    assert any("wording of the outreach template (voice)" in line for line in brief.card["differences"])
    # Worded back, what is asked about the other words is gone, and what was signed off counts.
    assert sign_offs.withdraw_outdated(house.w) == 1
    assert missing(house) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (None, "Nobody is called 'lena' in the people file."),
        ({"roles": (Role.REVIEWER,)}, "names lena as legal, but the people file does not give them the role legal."),
    ],
)
def test_owners_whom_the_people_file_does_not_bear_out_are_not_done(
    house: House, changed: dict[str, object] | None, says: str
) -> None:
    invited(house)
    everybody = {person.id: person for person in house.w.people}
    lena = everybody.pop("lena")
    others = everybody | ({"lena": lena.model_copy(update=changed)} if changed else {})
    house.w.__dict__["people"] = People(others)
    [item] = sign_offs.standing(house.w, CAMPAIGN).missing
    assert item.what.startswith("named owners")
    assert says in item.missing
    assert item.next_step
    with pytest.raises(Refused, match="cannot be signed off yet"):
        ask(house)


def test_whoever_does_not_run_the_campaign_cannot_ask(house: House) -> None:
    for who in ("rosa", "lena", "anton", "sofia"):
        with pytest.raises(Refused, match="may not ask for the sign-offs"):
            ask(house, who)


def test_a_file_that_leaves_something_open_is_not_put_before_anybody(house: House) -> None:
    measured = house.campaign().measurement.model_copy(update={"method": None})
    adopt(house, house.campaign().model_copy(update={"measurement": measured}))
    with pytest.raises(Refused, match=r"It is not said by which method\. Add method to \[measurement\]"):
        ask(house)


def test_of_the_measurement_the_analyst_is_asked_and_not_whoever_asks(house: House) -> None:
    invited(house, 2)
    request = sign_offs.ask_measurement(house.w, CAMPAIGN, actor=house.w.people.named("omar"))
    facts = {fact["label"]: fact["value"] for fact in request.card["facts"]}
    assert (facts["Written to"], facts["Replied"], facts["Signed"]) == ("2", "0", "0")
    assert facts["Money committed"] == "0.00 EUR"
    assert facts["Measured by"] == "cost per incremental sale"
    assert (request.assignee, request.four_eyes) == ("anton", True)
    assert request.card["risk"] == "Orders still count until 02 March 2027."
    with pytest.raises(Refused, match="asked this question and cannot answer it too"):
        house.decide(request, "sign_off", by="omar")
    house.decide(request, "sign_off", by="anton")


def test_the_measurement_waits_for_the_tracking_setup_of_the_same_content(house: House) -> None:
    adopt(house, edited(house.campaign(), ["measurement.baseline"]))
    with pytest.raises(Refused, match="not asked yet: the creative brief comes first"):
        sign_offs.ask_measurement(house.w, CAMPAIGN, actor=house.w.people.named("omar"))
    [brief] = ask(house)
    house.decide(brief, "sign_off", by="olivia")
    with pytest.raises(Refused, match="not asked yet: the tracking setup comes first"):
        sign_offs.ask_measurement(house.w, CAMPAIGN, actor=house.w.people.named("omar"))


def test_figures_that_are_to_be_read_otherwise_by_now_are_not_signed_off(house: House) -> None:
    request = sign_offs.ask_measurement(house.w, CAMPAIGN, actor=house.w.people.named("omar"))
    adopt(house, edited(house.campaign(), ["measurement.method"]))
    with pytest.raises(Refused, match="the creative brief comes first"):
        house.decide(request, "sign_off", by="anton")
    assert stands_as(house, request) == "open"


def test_an_analyst_who_would_answer_alone_cannot_ask_too(house: House) -> None:
    owners = house.campaign().owners.model_copy(update={"ops": "anton"})
    adopt(house, house.campaign().model_copy(update={"owners": owners}))
    roles = (Role.ANALYTICS, Role.OPS)
    anton = house.w.people.named("anton").model_copy(update={"roles": roles, "delegate": None})
    people = [anton if person.id == "anton" else person for person in house.w.people]
    house.w.__dict__["people"] = type(house.w.people)({person.id: person for person in people})
    with pytest.raises(Refused, match="takes four eyes"):
        sign_offs.ask_measurement(house.w, CAMPAIGN, actor=anton)


def test_a_contract_goes_its_own_way_whatever_the_gate_says(house: House) -> None:
    _, question = contract_to_sign_off(house)
    adopt(house, edited(house.campaign(), ["outreach.angle"]))
    assert missing(house)
    assert house.decide(question, "sign_off", by="lena").status == "decided"


def _reworded(w: Wiring, folder: Path) -> Wiring:
    templates = folder / "templates"
    shutil.copytree(w.settings.templates, templates)
    path = templates / "outreach" / "invite.en.txt.j2"
    path.write_text(path.read_text().replace("Best wishes", "Warmly"))
    return replace(w, settings=w.settings.model_copy(update={"templates": templates}))
