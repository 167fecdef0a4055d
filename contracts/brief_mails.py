"""The words of the mails that bring a creator the content brief and the welcome sheet, and what a new version changes.

Pure. Says what the sheets say; sends nothing, and knows nothing of who signed what.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from contracts.displaying import displayed
from contracts.languages import Language, long_date
from contracts.signing_mails import filled, signed_off_with
from contracts.summary import one_line
from contracts.terms import Terms
from contracts.words import clean


def mail(now: Terms, *, brief: str, sheet: str, sender_name: str, former: Terms | None = None) -> tuple[str, str]:
    """Subject and text of the mail with both files (`brief`, `sheet`: their names), in the language of the sheets.

    `former` are the terms of those that went out before: then it says what is different. Sheets in another language
    than before are a first mail: every word of them is new.
    """
    language = now.language
    again = former is not None and former.language == language
    changes = changed(former, now) if former is not None and again else []
    values = {
        "name": clean(now.creator_name), "campaign": now.campaign_name, "brief": brief, "sheet": sheet,
        "first": long_date(now.post_from, language), "last": long_date(now.post_until, language),
        "changes": "\n".join(f"- {line}" for line in changes),
    }  # fmt: skip
    words = _words()["changed" if again else "first"][language]
    text = filled(words["text"].strip("\n"), values)
    return filled(words["subject"], values), f"{text}\n\n{signed_off_with(now, language, sender_name)}\n"


def changed(former: Terms, now: Terms) -> list[str]:
    """What the sheets say otherwise than before, a line each; where none of it is filled in, their fixed words are."""
    told = _words()["labels"][now.language]
    then, there = displayed(former), displayed(now)
    lines = [_line(told, name, _said(then[name]), _said(there[name])) for name in told if name in there]
    return [line for line in lines if line] or [told["fixed"]]


def _line(told: Mapping[str, str], name: str, then: str, now: str) -> str:
    if then == now:
        return ""
    form = told["before"] if then and now else told["new"] if now else told["gone"]
    return filled(form, {"label": told[name], "now": now, "then": then})


def _said(value: str | tuple[str, ...]) -> str:
    """On one line, so that what a campaign says never becomes a paragraph of ours; "" where nothing is said."""
    return clean(one_line(value)) if value else ""


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[Language, Mapping[str, str]]]:
    return tomllib.loads(resources.files("contracts").joinpath("brief_mails.toml").read_text(encoding="utf-8"))
