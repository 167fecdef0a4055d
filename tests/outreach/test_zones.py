import pytest

from outreach.zones import zone_of


@pytest.mark.parametrize(
    ("country", "city", "zone"),
    [
        ("DE", "", "Europe/Berlin"),
        ("de", "Köln", "Europe/Berlin"),
        ("GB", "Leeds", "Europe/London"),
        ("US", "", "America/New_York"),
        ("US", "Los Angeles", "America/Los_Angeles"),
        ("US", "San Francisco, CA", "America/Los_Angeles"),
        ("US", "St. Louis", "America/Chicago"),
        ("BR", "São Paulo", "America/Sao_Paulo"),
        ("BR", "Manaus", "America/Manaus"),
        ("AU", "perth", "Australia/Perth"),
        ("PT", "Funchal", "Atlantic/Madeira"),
        ("ES", "Las Palmas", "Atlantic/Canary"),
        ("IN", "Mumbai", "Asia/Kolkata"),
        ("", "Berlin", ""),
        ("XX", "", ""),
    ],
)
def test_a_place_has_the_zone_of_its_city_or_of_most_people_there(country: str, city: str, zone: str) -> None:
    assert zone_of(country, city) == zone


def test_every_zone_we_name_exists() -> None:
    from zoneinfo import available_timezones

    from outreach import zones

    named = set(zones._MOST_PEOPLE.values()) | {zone for cities in zones._CITIES.values() for zone in cities}
    assert named <= available_timezones()
    assert {country for country, all_zones in zones._zones().items() if len(all_zones) > 1} <= {
        *zones._MOST_PEOPLE, "AQ", "UM"}  # fmt: skip
