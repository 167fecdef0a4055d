"""Templates of mails: those that are shipped load, and one that asks for more than fields is refused with its line."""

import pytest

from core.errors import BadInput
from outreach.render import MailTemplate, load_template
from outreach.words import LOCALES, Locale
from tests.outreach.conftest import TEMPLATES


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Subject: Hi\n\nDear {{ greeting }},\n{{ nickname }}\n", r"line 4: there is no field 'nickname'"),
        ("Subject: Hi\n{{ greeting.__class__ }}\n", r"line 2: .*not getattr"),
        ("Subject: Hi\n{% for x in facts %}{{ x }}{% endfor %}\n", r"line 2"),
        ("Subject: Hi\n{{ greeting|upper }}\n", r"line 2: .*not filter"),
        ("Subject: Hi\n{{ 'a' * 10**12 }}\n", r"line 2: .*not mul"),
        ("Subject: Hi\n{{ 9**9**9 }}\n", r"line 2: .*not pow"),
        ("Subject: Hi\n{% if greeting %}\n", r"line 2"),
        ("Subject: Hi\n{% while true %}x{% endwhile %}\n", r"line 2"),
        ("Subject: Hi\n{% macro m() %}x{% endmacro %}\n", r"line 2: .*not macro"),
        ("Subject: Hi\n{{ greeting * 1000000 }}\n", r"line 2: .*not mul"),
        ("Subject: Hi\n{{ cycler.__init__ }}\n", r"line 2"),
        ("Subject: Hi\n" + "x" * 30_000, r"30,012 characters"),
        ("Subject: Hi\n{% include 'x' %}\n", r"line 2: .*not include"),
        ("Hi {{ greeting }}\n", r"first line must begin with 'Subject:'"),
    ],
)  # fmt: skip
def test_a_template_that_asks_for_more_is_refused_with_its_line(source: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        MailTemplate("bad.en.txt.j2", source)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", ["invite", "follow-up-1", "follow-up-2"])
def test_our_templates_load(name: str, locale: Locale) -> None:
    assert load_template(TEMPLATES, name, locale).sha256


def test_a_missing_template_is_named_with_those_there_are() -> None:
    with pytest.raises(BadInput, match=r"invite\.de\.txt\.j2"):
        load_template(TEMPLATES, "nobody", "en")
