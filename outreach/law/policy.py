"""Whether a creator in a country may be written to, on what grounds, and what to do where not. Pure.

The rules are data (`countries.toml`); this is an engineering reading of the law and no legal advice. Knows no record
and no mail.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

from core.countries import code_of, name_of


class Basis(StrEnum):
    """Grounds on which somebody is written to, as the record and the notice have them."""

    CONSENT = "consent"
    PUBLISHED = "published business contact"
    DECIDED = "decided by a person"
    INTEREST = "legitimate interest"


class AddressKind(StrEnum):
    """How we came to the address, as far as the law asks."""

    FOR_BUSINESS = "published for business"
    UNWANTED = "published with a note against offers"
    GIVEN = "given to us by the creator"
    UNKNOWN = "found"


@dataclass(frozen=True)
class Rule:
    """What is asked in one country; `opt_out_within_days` are business days, `answers_within_days` calendar days."""

    code: str
    rule: str
    status: str
    why: str
    regime: str
    carries: tuple[str, ...]
    source: str
    opt_out_within_days: int
    answers_within_days: int
    retention_months: int


@dataclass(frozen=True)
class Verdict:
    """`basis` is why they may be written to; where they may not, `why` says so and `next_step` what would change it."""

    allowed: bool
    rule: str
    basis: str
    why: str
    next_step: str = ""


_BY_HAND = "or write a direct message by hand"
_NEXT = {
    "consent only": ("consent", f"record the creator's consent, {_BY_HAND}"),
    "published business contact": (
        "consent",
        f"record their consent or where they publish this address for business, {_BY_HAND}",
    ),
    "unknown": ("decided", f"have legal or the owner decide, {_BY_HAND}"),
}


def judge(
    country_code: str, *, address_kind: AddressKind = AddressKind.UNKNOWN, bases: Collection[str] = (),
    override: str = "",
) -> Verdict:  # fmt: skip
    """May somebody in that country ("" where nobody knows) be written to at such an address, on these grounds?

    `override` is the rule that the campaign's own lawyers signed off for it. Consent is enough everywhere; a note
    against offers is only overcome by consent.
    """
    rule = rule_of(country_code)
    asked = override or rule.rule
    where = name_of(country_code) if country_code else "an unknown country"
    why = "the campaign's lawyers say so" if override else rule.why
    if Basis.CONSENT in bases:
        return Verdict(True, asked, Basis.CONSENT, "they agreed to be written to")
    if address_kind is AddressKind.UNWANTED:
        step = _NEXT["consent only"][1]
        return Verdict(False, asked, "", "their profile says that they want no offers", _sentence(step))
    if asked == "allow":
        return Verdict(True, asked, Basis.INTEREST, f"{where}: {why}")
    published = Basis.PUBLISHED in bases or address_kind in (AddressKind.FOR_BUSINESS, AddressKind.GIVEN)
    if asked == "published business contact" and published:
        return Verdict(True, asked, Basis.PUBLISHED, f"{where}: {why}")
    if asked == "unknown" and Basis.DECIDED in bases:
        return Verdict(True, asked, Basis.DECIDED, "a person decided it")
    told = "nobody has said under which law they live" if asked == "unknown" and not country_code else why
    return Verdict(False, asked, "", f"they are in {where}, where the rule is {asked!r}: {told}",
                   _sentence(_NEXT[asked][1]))  # fmt: skip


def basis_asked(rule: str) -> str:
    """What `--basis` of the command can be, whatever the profile says, to make it allowed."""
    return _NEXT.get(rule, _NEXT["consent only"])[0]


def override_for(country_code: str, countries: Mapping[str, str]) -> str:
    """The campaign's own rule for a country, whose names may be written in any usual way; "" where it has none."""
    return next((rule for name, rule in countries.items() if country_code and code_of(name) == country_code), "")


def rule_of(country_code: str) -> Rule:
    """What is asked in a country; of one that the table does not name a person decides."""
    return rules().get(country_code) or _rule(country_code, _NOBODY_KNOWS, _table()["regimes"])


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Every country that the table names, by code."""
    table = _table()
    told = dict.fromkeys(table["same"]["codes"], table["same"]) | table["countries"]
    return {code: _rule(code, told[code], table["regimes"]) for code in sorted(told)}


_NOBODY_KNOWS = {
    "rule": "unknown", "status": "unconfirmed", "regime": "none", "why": "nobody has told what the law there asks"
}  # fmt: skip


def _rule(code: str, told: Mapping[str, Any], regimes: Mapping[str, Mapping[str, Any]]) -> Rule:
    regime = regimes[told["regime"]]
    return Rule(
        code, told["rule"], told["status"], told["why"], told["regime"], tuple(regime["carries"]), regime["source"],
        regime["opt_out_within_business_days"], regime["answers_within_days"], regime["retention_months"],
    )  # fmt: skip


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files("outreach.law").joinpath("countries.toml").read_text(encoding="utf-8"))


def _sentence(step: str) -> str:
    return f"{step[0].upper()}{step[1:]}."
