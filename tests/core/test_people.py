from collections.abc import Callable
from pathlib import Path

import pytest

from core.campaign import Campaign
from core.errors import BadInput, Refused
from core.people import People, Role, load_people

Load = Callable[[str], People]
ADA = '[[person]]\nid = "ada"\nname = "Ada"\nmail = "ada@example.com"\nroles = ["owner"]\n'


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> People:
        path = tmp_path / "people.toml"
        path.write_text(text, encoding="utf-8")
        return load_people(path)

    return from_text


def test_the_example_fits_the_example_campaign(people: People, campaign: Campaign) -> None:
    people.check_campaign(campaign)
    assert people.holder(campaign, Role.LEGAL).name == "Lena Okafor"
    assert people.named("lena").delegate == "olivia"
    assert {person.id for person in people} == {"olivia", "omar", "rosa", "lena", "sofia"}


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
    with pytest.raises(Refused, match="names nobody as analytics"):
        people.holder(campaign, Role.ANALYTICS)
