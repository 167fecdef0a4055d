"""Countries whose public holidays are known, and what it costs to ask for one."""

import subprocess
import sys

import holidays
import pytest
from pydantic import ValidationError

from core.calendars import WorkCalendar


def test_every_country_that_has_holidays_may_be_named_and_no_other() -> None:
    for code in holidays.list_supported_countries():
        assert WorkCalendar(country=code).country == code
    for code in ("XX", "de", "Germany", "NYSE"):
        with pytest.raises(ValidationError, match="is not a country code such as DE"):
            WorkCalendar(country=code)


def test_whether_a_country_is_known_is_told_without_loading_the_holidays_of_any() -> None:
    code = (
        "import sys\n"
        "from core.calendars import WorkCalendar\n"
        "WorkCalendar(country='DE')\n"
        "print([name for name in sys.modules if name.startswith('holidays.countries.')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
