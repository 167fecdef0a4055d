"""Whom the law lets us write to, by country, grounds and what their profile says of it."""

from pathlib import Path

import pytest

from core.campaign import Campaign
from core.countries import name_of, names
from outreach.law.notice import notice
from outreach.law.policy import AddressKind, Basis, judge, override_for, rule_of, rules
from outreach.law.published import publication

LOCALES = ("en", "de", "es", "fr")


@pytest.mark.parametrize("country", sorted(rules()))
def test_consent_is_enough_in_every_country(country: str) -> None:
    assert judge(country, bases=[Basis.CONSENT]).basis == Basis.CONSENT


@pytest.mark.parametrize(
    ("country", "kind", "bases", "basis"),
    [
        ("US", AddressKind.UNKNOWN, [], "legitimate interest"),
        ("US", AddressKind.UNWANTED, [], ""),
        ("DE", AddressKind.FOR_BUSINESS, [], ""),
        ("DE", AddressKind.FOR_BUSINESS, ["published business contact", "decided by a person"], ""),
        ("GB", AddressKind.UNKNOWN, [], ""),
        ("NL", AddressKind.UNKNOWN, [], ""),
        ("NL", AddressKind.FOR_BUSINESS, [], "published business contact"),
        ("CA", AddressKind.UNKNOWN, ["published business contact"], "published business contact"),
        ("CA", AddressKind.UNWANTED, ["published business contact"], ""),
        ("CA", AddressKind.GIVEN, [], "published business contact"),
        ("FR", AddressKind.FOR_BUSINESS, [], ""),
        ("FR", AddressKind.UNKNOWN, ["decided by a person"], "decided by a person"),
        ("", AddressKind.FOR_BUSINESS, [], ""),
        ("", AddressKind.UNKNOWN, ["decided by a person"], "decided by a person"),
        ("XX", AddressKind.UNKNOWN, [], ""),
    ],
)
def test_each_country_asks_for_its_own_grounds(country: str, kind: AddressKind, bases: list[str], basis: str) -> None:
    verdict = judge(country, address_kind=kind, bases=bases)
    assert (verdict.allowed, verdict.basis) == (bool(basis), basis)
    assert verdict.why
    assert bool(verdict.next_step) != verdict.allowed


def test_the_campaigns_own_lawyers_stand_above_the_table() -> None:
    countries = {"Deutschland": "published business contact", "fr": "allow"}
    assert override_for("DE", countries) == "published business contact"
    assert override_for("FR", countries) == "allow"
    assert override_for("", countries) == override_for("AT", countries) == ""
    assert judge("DE", address_kind=AddressKind.FOR_BUSINESS, override=override_for("DE", countries)).allowed
    assert not judge("US", override="consent only").allowed


def test_what_is_unconfirmed_is_never_looser_than_a_persons_decision() -> None:
    assert all(rule.rule in ("consent only", "unknown") for rule in rules().values() if rule.status == "unconfirmed")
    assert rules().keys() <= names().keys()
    assert {rule.status for rule in rules().values()} == {"confirmed", "secondary", "unconfirmed"}
    assert rule_of("JP").rule == rule_of("").rule == "unknown"


@pytest.mark.parametrize(
    "bio",
    [
        "Linen & light | business inquiries: ada@example.com",
        "📩 collabs → ADA@example.com",
        "Kooperationsanfragen an ada@example.com",
        "Für Kooperationen: ada@example.com",
        "colaboraciones 👉 ada@example.com",
        "Partenariats : ada@example.com",
        "pour les marques: ada@example.com",
        "no DMs, business: ada@example.com",
        "No filter, just linen. Open for collabs: ada@example.com",
        "Anfragen bitte nicht per DM. Kooperationen: ada@example.com",
    ],
)
def test_an_address_beside_a_word_for_business_was_published_for_that(bio: str) -> None:
    found = publication("Ada@Example.com", bio)
    assert found.kind is AddressKind.FOR_BUSINESS
    assert "ada@example.com" in found.evidence


@pytest.mark.parametrize(
    "bio",
    ["no promo please | ada@example.com", "Business: ada@example.com. NO ADS", "keine Werbung!", "Keine Kooperationen",
     "no acepto publicidad", "pas de partenariats", "Pas de démarchage", "not for business: ada@example.com",
     "I'm not open to collabs. ada@example.com", "I don't do paid collabs anymore", "collabs: closed | ada@example.com",
     "not available for sponsorships ada@example.com", "bitte keine geschäftlichen Anfragen an ada@example.com",
     "nicht für Kooperationen: ada@example.com", "no para colaboraciones: ada@example.com",
     "pas pour les partenariats: ada@example.com"],
)  # fmt: skip
def test_a_note_against_offers_is_heard_wherever_it_stands(bio: str) -> None:
    assert publication("ada@example.com", bio).kind is AddressKind.UNWANTED


@pytest.mark.parametrize(
    "bio",
    ["", "ada@example.com", "write me ada@example.com", "business is my passion" + " x" * 60 + " ada@example.com",
     "business: other@example.com", "pr@example.com is not mine", "never about your business ada@example.com",
     "not your average mum collab: ada@example.com"],
)  # fmt: skip
def test_an_address_that_merely_stands_there_was_not_published_for_business(bio: str) -> None:
    assert publication("ada@example.com", bio).kind is AddressKind.UNKNOWN


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("basis", list(Basis))
def test_the_notice_is_short_and_says_what_article_14_asks(locale: str, basis: Basis, campaign: Campaign) -> None:
    text = notice(locale, campaign, source="instagram.com", basis=basis, country="DE")
    assert len(text.split()) <= 110
    assert campaign.company.legal_name in text
    assert campaign.company.contact_email in text
    assert "instagram.com" in text
    assert "12" in text
    assert "{" not in text
    assert ("6(1)(a)" in text or "6 Abs. 1 lit. a" in text or "6.1.a" in text or "6, 1, a" in text) == (
        basis is Basis.CONSENT
    )
    # The right to object stands by itself (article 21(4)).
    assert "sto" in text.split("\n\n")[1].lower()


@pytest.mark.parametrize("locale", LOCALES)
def test_in_the_united_states_and_canada_the_lines_of_their_own_laws_are_said(locale: str, campaign: Campaign) -> None:
    us, canada, unknown = (notice(locale, campaign, source="x", basis="", country=code) for code in ("US", "CA", ""))
    assert len(us.split()) < 15
    assert "60" in canada
    assert campaign.company.contact_email in canada
    assert campaign.company.legal_name in unknown
    told = campaign.company.model_copy(update={"privacy_url": "https://example.com/privacy"})
    linked = campaign.model_copy(update={"company": told})
    assert "https://example.com/privacy" in notice(locale, linked, source="x", basis="", country="US")


def test_the_page_about_privacy_tells_the_same_rules_as_the_table() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    for code, rule in rules().items():
        [line] = [line for line in page.splitlines() if line.startswith("| ") and name_of(code) in line.split("|")[1]]
        assert f"| {rule.rule} | {rule.status} |" in line
