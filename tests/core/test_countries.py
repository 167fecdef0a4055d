"""Countries by the names people give them."""

import pytest

from core.countries import code_of, name_of, names


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Germany", "DE"), ("de", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"), (" alemania ", "DE"),
        ("Österreich", "AT"), ("Schweiz", "CH"), ("Suisse", "CH"), ("USA", "US"), ("Estados Unidos", "US"),
        ("États-Unis", "US"), ("UK", "GB"), ("Scotland", "GB"), ("Royaume-Uni", "GB"), ("España", "ES"),
        ("Côte d'Ivoire", "CI"), ("Pays-Bas", "NL"), ("Kanada", "CA"), ("Åland Islands", "AX"),
    ],
)  # fmt: skip
def test_a_country_has_one_code_however_it_is_written(written: str, code: str) -> None:
    assert code_of(written) == code


@pytest.mark.parametrize("written", ["", "  ", "Atlantis", "D", "Germany, Berlin", "\x00"])
def test_what_is_no_country_has_no_code(written: str) -> None:
    assert code_of(written) == ""


def test_every_code_and_every_normal_name_leads_back_to_itself() -> None:
    for code, name in names().items():
        assert code_of(code) == code_of(code.lower()) == code_of(name) == code
        assert name_of(code) == name
    assert name_of("de") == "Germany"
    assert name_of("??") == "??"
