from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.campaign import Campaign, load_campaign
from core.errors import BadInput, Refused
from core.people import People, Role, holds, load_people
from core.settings import PROJECT

DAY = date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
Load = Callable[[str], People]
ADA = '[[person]]\nid = "ada"\nname = "Ada"\nmail = "ada@example.com"\nroles = ["owner"]\n'
BOB = ADA.replace("ada", "bob").replace("Ada", "Bob")
CYD = ADA.replace("ada", "cyd").replace("Ada", "Cyd")
GROUP = '[[group]]\nid = "team"\nname = "The team"\nmembers = ["ada", "bob"]\n'
AWAY = "away = [{ from = 2026-11-30, until = 2026-12-01 }]\n"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> People:
        path = tmp_path / "people.toml"
        path.write_text(text, encoding="utf-8")
        return load_people(path)

    return from_text


def test_the_example_fits_the_example_campaign(people: People, campaign: Campaign) -> None:
    people.check_campaign(campaign)
    assert people.holder(campaign, Role.LEGAL, NOON).name == "Lena Okafor"
    assert people.named("lena").delegate == "olivia"
    assert {person.id for person in people} == {"olivia", "omar", "rosa", "lena", "sofia", "anton"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ADA + 'calendar = { time_zone = "Berlin" }', "person ada: calendar.time_zone: 'Berlin' is not a time zone"),
        (ADA + 'calendar = { time_zone = "../etc/passwd" }', "is not a time zone such as Europe/Berlin"),
        (ADA + 'calendar = { country = "Germany" }', "'Germany' is not a country code such as DE"),
        (ADA + "calendar = { weekend = [0, 1, 2, 3, 4, 5, 6] }", "calendar: the weekend must leave a working day"),
        (ADA + "calendar = { weekend = [7] }", "calendar.weekend.0"),
        (ADA + 'rolls = ["owner"]', "person ada: rolls"),
        (ADA + 'delegate = "nobody"', "ada is delegated to 'nobody', whom nobody knows"),
        (ADA + ADA, "two people have the id 'ada'"),
        (ADA.replace('"owner"', '"boss"'), "roles.0: Input should be 'owner'"),
        (ADA.replace('["owner"]', "[]"), "roles: Tuple should have at least 1 item"),
        (ADA.replace("ada@example.com", "ada"), "person ada: mail"),
        (ADA.replace("ada@example.com", "ada@example.com, eve@example.com"), "person ada: mail"),
        (ADA.replace('"Ada"', '"Ada\\r\\nBcc: eve@example.com"'), "person ada: name"),
        (ADA.replace('id = "ada"\n', ""), "person number 1: id"),
        ("", "must hold [[person]] entries only"),
        ("person = 3", "must hold [[person]] entries only"),
        ("person = [3]", "person number 1"),
        (ADA.replace("[[person]]", "[[people]]"), "must hold [[person]] entries only"),
        ("[[person]", "is not a people file"),
        (ADA + "calendar = { opens = 18, closes = 9 }", "person ada: calendar: the office must open before it closes"),
        (ADA + "calendar = { closes = 25 }", "person ada: calendar.closes"),
        (
            ADA + "away = [{ from = 2026-12-02, until = 2026-12-01 }]",
            "away.0: an absence must not end before it begins",
        ),
        (ADA + "away = [{ from = 2026-12-02 }]", "person ada: away.0.until"),
        (ADA + 'groups = ["team"]', "person ada: groups: name the members in the [[group]] entries"),
        (ADA + 'slack = "U1"\n' + BOB + 'slack = "U1"\n', "two people have the Slack id 'U1'"),
        (ADA + GROUP.replace('"ada", "bob"', '"eve"'), "group team has the member 'eve', whom nobody knows"),
        (ADA + GROUP.replace('"ada", "bob"', ""), "group team: members: Tuple should have at least 1 item"),
        (ADA + GROUP.replace('"team"', '"ada"'), "the id 'ada' of a group is taken"),
        (ADA + BOB + GROUP + GROUP, "the id 'team' of a group is taken"),
        (ADA + "[[group]]", "group number 1: id"),
        ("group = 3\n" + ADA, "must hold [[person]] entries only"),
        (GROUP, "must hold [[person]] entries only"),
    ],
)
def test_a_mistake_is_named_with_its_person(load: Load, text: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(text)
    assert says in str(caught.value)
    assert "Value error" not in str(caught.value)


def test_a_missing_people_file_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"Copy people\.example\.toml"):
        load_people(tmp_path / "people.toml")


def test_a_folder_is_not_a_people_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_people(tmp_path)


def test_a_file_saved_by_a_windows_editor_is_read(load: Load) -> None:
    assert load("\ufeff" + ADA.replace("\n", "\r\n")).named("ada").name == "Ada"


def test_whoever_is_unknown_is_refused_with_those_who_are_known(load: Load) -> None:
    with pytest.raises(Refused, match=r"Nobody is called 'eve' in the people file\. Known: ada\."):
        load(ADA).named("eve")


def test_a_campaign_that_names_somebody_without_the_role_is_refused(people: People, campaign: Campaign) -> None:
    owners = campaign.owners.model_copy(update={"legal": "rosa"})
    with pytest.raises(Refused, match="names rosa as legal, but the people file does not"):
        people.check_campaign(campaign.model_copy(update={"owners": owners}))


def test_a_role_that_campaigns_do_not_name_is_held_by_nobody(people: People, campaign: Campaign) -> None:
    assert people.holder(campaign, Role.ANALYTICS, NOON).id == "anton"
    nobody = campaign.model_copy(update={"owners": campaign.owners.model_copy(update={"analytics": None})})
    with pytest.raises(Refused, match=r"names nobody as analytics\. Add analytics to \[owners\]"):
        people.holder(nobody, Role.ANALYTICS, NOON)
    with pytest.raises(Refused, match=r"names nobody as analytics\. Add analytics to \[owners\]"):
        people.named_as(nobody, "analytics", NOON)


def test_a_brand_lead_needs_the_role_of_an_owner_and_is_not_the_owner_of_the_campaign(
    people: People, campaign: Campaign
) -> None:
    def led_by(who: str) -> Campaign:
        return campaign.model_copy(update={"owners": campaign.owners.model_copy(update={"brand_lead": who})})

    people.check_campaign(led_by("omar"))
    assert people.named_as(led_by("omar"), "brand_lead", NOON).id == "omar"
    assert not holds(people.named("omar"), Role.OWNER, led_by("omar"))
    with pytest.raises(Refused, match="names sofia as brand lead, but the people file does not give them the role own"):
        people.check_campaign(led_by("sofia"))


def test_whoever_is_named_as_analyst_local_lead_or_for_payouts_must_be_known_and_able(
    people: People, campaign: Campaign
) -> None:
    owners, measured = campaign.owners, campaign.measurement
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"owners": owners.model_copy(update={"analytics": "rosa"})}, "names rosa as analytics"),
        ({"owners": owners.model_copy(update={"local_lead": "rosa"})}, "names rosa as local lead"),
        ({"measurement": measured.model_copy(update={"reconciles": "eve"})}, "Nobody is called 'eve'"),
    ]
    for update, says in wrong:
        with pytest.raises(Refused, match=says):
            people.check_campaign(campaign.model_copy(update=update))
    people.check_campaign(campaign.model_copy(update={"owners": owners.model_copy(update={"local_lead": "omar"})}))


@pytest.mark.parametrize("path", sorted((PROJECT / "campaigns").glob("*.toml")), ids=lambda path: path.stem)
def test_the_example_people_fit_every_example_campaign(people: People, path: Path) -> None:
    people.check_campaign(load_campaign(path))


def test_people_know_their_groups_and_campaigns_may_name_one(load: Load, campaign: Campaign) -> None:
    people = load(ADA + BOB + CYD + GROUP)
    owners = campaign.owners.model_copy(update={"owner": "team"})
    named = campaign.model_copy(update={"owners": owners})
    assert {person.id: person.groups for person in people} == {"ada": ("team",), "bob": ("team",), "cyd": ()}
    assert [person.id for person in people if holds(person, Role.OWNER, named)] == ["ada", "bob"]
    assert people.holder(named, Role.OWNER, NOON).id == "ada"


def test_a_group_is_held_by_its_first_member_who_is_there(load: Load, campaign: Campaign) -> None:
    owners = campaign.owners.model_copy(update={"owner": "team"})
    named = campaign.model_copy(update={"owners": owners})
    people = load(ADA + AWAY + BOB + GROUP)
    assert people.holder(named, Role.OWNER, NOON).id == "bob"
    assert people.holder(named, Role.OWNER, NOON + timedelta(days=1)).id == "ada"
    assert load(ADA + AWAY + BOB + AWAY + GROUP).holder(named, Role.OWNER, NOON).id == "ada"


def test_whoever_asks_is_the_last_of_a_group_to_be_asked(load: Load, campaign: Campaign) -> None:
    named = campaign.model_copy(update={"owners": campaign.owners.model_copy(update={"owner": "team"})})
    people = load(ADA + BOB + GROUP)
    assert people.holder(named, Role.OWNER, NOON, asker="ada").id == "bob"
    assert load(ADA + BOB + AWAY + GROUP).holder(named, Role.OWNER, NOON, asker="ada").id == "ada"


def test_the_holders_of_a_role_are_those_of_its_groups_who_are_there(load: Load, campaign: Campaign) -> None:
    def holders(text: str) -> list[str]:
        return [person.id for person in load(text).holders(named, Role.REVIEWER, NOON)]

    owners = campaign.owners.model_copy(update={"reviewers": ("cyd", "team", "ada")})
    named = campaign.model_copy(update={"owners": owners})
    assert holders(ADA + BOB + CYD + GROUP) == ["cyd", "ada", "bob"]
    assert holders(ADA + AWAY + BOB + CYD + GROUP) == ["cyd", "bob"]
    assert holders(ADA + AWAY + BOB + AWAY + CYD + AWAY + GROUP) == ["cyd", "ada", "bob"]


def test_every_member_of_a_named_group_needs_the_role(load: Load, campaign: Campaign) -> None:
    names = {"owner": "team", "ops": "all", "reviewers": ("all",), "legal": "all", "sender": "all",
             "brand_lead": "team", "analytics": None}  # fmt: skip
    measured = campaign.measurement.model_copy(update={"reconciles": "ada"})
    owners = campaign.owners.model_copy(update=names)
    named = campaign.model_copy(update={"owners": owners, "measurement": measured})
    every = '["owner", "ops", "reviewer", "legal", "sender"]'
    able = ADA.replace('["owner"]', every)
    everybody = GROUP.replace('"team"', '"all"').replace(', "bob"', "")
    load(able + BOB + GROUP + everybody).check_campaign(named)
    with pytest.raises(Refused, match="names bob as owner"):
        load(able + BOB.replace('"owner"', '"ops"') + GROUP + everybody).check_campaign(named)


@pytest.mark.parametrize(
    ("file", "on_duty"),
    [
        (ADA + BOB, "ada"),
        (ADA + 'delegate = "bob"\n' + BOB, "ada"),  # not away
        (ADA + AWAY + BOB, "ada"),  # nobody stands in
        (ADA + AWAY + 'delegate = "bob"\n' + BOB, "bob"),
        (ADA + AWAY + 'delegate = "bob"\n' + BOB + AWAY + 'delegate = "cyd"\n' + CYD, "cyd"),
        (ADA + AWAY + 'delegate = "bob"\n' + BOB + AWAY + 'delegate = "ada"\n', "ada"),  # a circle
        (ADA + AWAY + 'delegate = "ada"\n', "ada"),
        (ADA + AWAY + 'delegate = "bob"\n' + BOB + AWAY + 'delegate = "cyd"\n' + CYD + AWAY
         + 'delegate = "bob"\n', "ada"),
    ],
)  # fmt: skip
def test_whoever_is_away_is_stood_in_for(load: Load, file: str, on_duty: str) -> None:
    assert load(file).on_duty("ada", DAY).id == on_duty


def test_both_ends_of_an_absence_belong_to_it(load: Load) -> None:
    ada = load(ADA + AWAY).named("ada")
    assert [ada.is_away(DAY + timedelta(days=offset)) for offset in (-2, -1, 0, 1)] == [False, True, True, False]


def test_somebody_is_found_by_their_slack_id_and_nobody_by_an_empty_one(load: Load) -> None:
    people = load(ADA + BOB + 'slack = "U1"\n')
    assert people.by_slack("U1").id == "bob"
    for unknown in ("U2", ""):
        with pytest.raises(Refused, match="Nobody in the people file has your Slack id"):
            people.by_slack(unknown)


def test_a_group_may_be_read_from_slack_and_is_never_left_empty(load: Load) -> None:
    people = load(ADA + 'slack = "U1"\n' + BOB + CYD + 'slack = "U3"\n' + GROUP)
    now = people.with_members("team", ["U3", "U9"])
    assert (now.groups["team"].members, now.named("cyd").groups, now.named("ada").groups) == (("cyd",), ("team",), ())
    assert people.groups["team"].members == ("ada", "bob")
    assert people.with_members("team", ["U9"]).groups["team"].members == ("ada", "bob")
    with pytest.raises(Refused, match="no group 'band'"):
        people.with_members("band", ["U1"])
