"""The page of evidence of a signature made on our own page: who signed which document, when, and what went before.

Pure: from what is on record to labels and lines, in the language of the text agreed to. Times are in UTC and say so.
`certificate_page` draws it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from contracts.consent import Consent
from core.models.deals import Contract

_FIELD = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Signing:
    """One signature as it is given: the name typed, the text agreed to, and where the code went."""

    name: str
    party: str
    company: str
    mailbox: str
    at: datetime
    consent: Consent


def certificate_name(contract: Contract) -> str:
    """What people call the file."""
    return f"{contract.file_name.removesuffix('.docx')}-evidence.docx"


def lines_of(signing: Signing, contract: Contract) -> list[tuple[str, str]]:
    """What the certificate says, label by label."""
    told, consent = words_in(signing.consent.language), signing.consent
    return [
        (told["document"], contract.file_name),
        (told["document_sha256"], contract.docx_sha256),
        (told["terms_sha256"], contract.terms_sha256),
        (told["between"], filled(told["parties"], company=signing.company, party=signing.party)),
        (told["signed_by"], signing.name),
        (told["signed_at"], moment(signing.at)),
        (told["proved_by"], filled(told["proof"], mailbox=signing.mailbox)),
        (told["agreed_to"], consent.text),
        (told["version"], f"{consent.version} ({consent.language}), sha256 {consent.sha256}"),
    ]


def moment(at: datetime) -> str:
    """A time nobody can misread, with its zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def filled(text: str, **values: str) -> str:
    """A sentence with its fields. In one pass: what a name says is never taken for a field."""
    return _FIELD.sub(lambda match: values[match[1]], text)


def words_in(language: str) -> Mapping[str, Any]:
    """What is said on the page in a language."""
    told: Mapping[str, Any] = _allwords_in()[language]
    return told


@cache
def _allwords_in() -> dict[str, Any]:
    return tomllib.loads(resources.files("contracts").joinpath("certificate.toml").read_text(encoding="utf-8"))
