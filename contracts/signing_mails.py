"""The words of every mail around a signature on our own page, in the contract's language. Pure.

Owns how they are filled in. Sends nothing, and knows neither links nor codes but as text.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources

from contracts.consent import spoken
from contracts.languages import Language, long_date
from contracts.terms import Terms
from core.models.deals import Contract

_FIELD = re.compile(r"\{([a-z0-9]+)\}")
_REGARDS = {"en": "Kind regards", "de": "Viele Grüße", "es": "Un saludo"}


def language_of(contract: Contract) -> Language:
    """The language of page and mails: the template's, where we speak it."""
    return spoken(str(contract.template_approval.get("language", "")))


def mail(
    kind: str, contract: Contract, *, sender_name: str, link: str = "", code: str = "", until: date | None = None
) -> tuple[str, str]:
    """Subject and text of one mail. `kind` is a table of signing_mails.toml."""
    terms, language = Terms.model_validate(contract.terms), language_of(contract)
    values = {
        "name": terms.creator_name, "campaign": terms.campaign_name, "link": link, "code": code,
        "until": long_date(until, language) if until else "", "file": contract.file_name,
        "sha256": contract.docx_sha256,
        "first": long_date(terms.post_from, language), "last": long_date(terms.post_until, language),
    }  # fmt: skip
    words = _mails()[kind][language]
    text = filled(words["text"].strip("\n"), values)
    foot = signed_off_with(terms, language, sender_name)
    return filled(words["subject"], values), f"{text}\n\n{foot}\n"


def signed_off_with(terms: Terms, language: Language, sender_name: str) -> str:
    """The last lines of a mail about a deal: regards, who writes, and for which company."""
    return f"{_REGARDS[language]}\n{sender_name}\n{terms.company_name}, {terms.company_address}"


def filled(text: str, values: Mapping[str, str]) -> str:
    """Text with its {fields} filled, in one pass: what a name says is never taken for a field."""
    return _FIELD.sub(lambda match: values[match[1]], text)


@lru_cache(maxsize=1)
def _mails() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(resources.files("contracts").joinpath("signing_mails.toml").read_text(encoding="utf-8"))
