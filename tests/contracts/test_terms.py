from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from contracts.displaying import FIELDS, LISTS, displayed
from contracts.from_campaign import standard_draft, terms_for
from contracts.languages import long_date
from contracts.terms import OfferDraft, Terms
from contracts.words import clean, is_blank
from core.campaign import Campaign
from core.errors import Refused
from core.models.candidates import Snapshot
from core.models.creators import Account
from core.models.tracking import TrackingLink
from core.money import Money
from core.tracking import tagged_url

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_every_field_a_template_may_ask_for_is_filled(terms_with: Callable[..., Terms]) -> None:
    fields = displayed(terms_with())
    assert set(fields) == FIELDS
    assert {name for name, value in fields.items() if isinstance(value, tuple)} == LISTS


def test_amounts_and_dates_read_the_same_everywhere(terms_with: Callable[..., Terms]) -> None:
    fields = displayed(terms_with(stipend={"amount": "1200", "currency": "EUR"}, commission_percent="12.50"))
    assert fields["pay.fee"] == "1,200.00 EUR"
    assert fields["pay.commission"] == "12.5%"
    assert fields["posting.first"] == "1 December 2026"
    assert long_date(date(2027, 3, 31)) == "31 March 2027"


def test_the_same_terms_have_one_hash_however_they_were_written(terms_with: Callable[..., Terms]) -> None:
    one = terms_with(commission_percent="10", stipend=Money(Decimal(200), "EUR"))
    other = terms_with(commission_percent="10.0", stipend=Money(Decimal("200.00"), "EUR"))
    assert one.canonical == other.canonical
    assert one.sha256 == other.sha256
    assert Terms.model_validate_json(one.canonical) == one
    assert terms_with(commission_percent="10.5").sha256 != one.sha256


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ada\r\nBcc: x", "Ada Bcc: x"),
        ("a\tb\x0b\x0cc\u2028d\x85e", "a b c d e"),
        ("\x00\x07nul\x1b[31m\x7f", "nul[31m"),
        ("half \ud800 pair \ufffe", "half  pair"),
        ("\u202egnp.exe\u2066", "gnp.exe"),
        ("نور \u200fالهدى", "نور \u200fالهدى"),
        ("zero\u200bwidth\u200d", "zero\u200bwidth\u200d"),
        ("  Acme & Co <b>  ", "Acme & Co <b>"),
        ("👩🏽‍🎤 李小龍 {{7*7}} =cmd", "👩🏽‍🎤 李小龍 {{7*7}} =cmd"),
    ],
)
def test_cleaning_takes_what_a_document_cannot_hold_and_nothing_else(given: str, kept: str) -> None:
    assert clean(given) == kept


def test_invisible_names_are_blank() -> None:
    assert is_blank(" \u200b\u2060\u00a0")
    assert not is_blank("✨")


@pytest.mark.parametrize("name", ["\u200b", "", None, 7])
def test_a_creator_without_a_visible_name_is_called_by_the_handle(name: object, campaign: Campaign) -> None:
    account = Account(platform="tiktok", key="ada", handle="ada.linen")
    link = TrackingLink(candidate_id=1, code="L-1", short="l-1", url="https://example.com", minted_at=NOW)
    snapshot = {"name": Snapshot(candidate_id=1, field="name", value=name, source="", kind="", fetched_at=NOW)}
    terms = terms_for(campaign, standard_draft(campaign), link, account=account, snapshot=snapshot, version=1)
    assert (terms.creator_name, terms.creator_account) == ("ada.linen", "@ada.linen on TikTok")
    assert terms.reference == "linen-summer-1-1"


@pytest.mark.parametrize(
    ("model", "stipend", "percent", "why"),
    [
        ("seed", 10, 0, "product only"),
        ("seed", 0, 5, "product only"),
        ("commission", 10, 5, "no fee"),
        ("commission", 0, 0, "no fee"),
        ("hybrid", 10, 0, "both"),
        ("hybrid", 0, 5, "both"),
        ("bonus", 10, 5, "threshold"),
        ("hybrid", -1, 5, "below zero"),
    ],
)
def test_impossible_pay_is_refused(campaign: Campaign, model: str, stipend: int, percent: int, why: str) -> None:
    with pytest.raises(Refused, match=why):
        standard_draft(
            campaign, model=model, stipend=Money(Decimal(stipend), "EUR"), commission_percent=Decimal(percent)
        )


def test_a_fee_below_a_cent_is_refused(campaign: Campaign) -> None:
    with pytest.raises(Refused, match="more digits"):
        standard_draft(campaign, stipend={"amount": "0.001", "currency": "EUR"})


def test_dates_that_contradict_one_another_are_refused(campaign: Campaign, terms_with: Callable[..., Terms]) -> None:
    with pytest.raises(Refused, match="ends before it begins"):
        standard_draft(campaign, post_until=date(2026, 1, 1))
    shorter = campaign.model_copy(update={"ends_on": date(2026, 12, 24)})
    with pytest.raises(ValidationError, match="31 January 2027, but the campaign runs"):
        terms_with(ends_on=shorter.ends_on)


def test_unknown_and_overlong_values_are_refused(terms_with: Callable[..., Terms], campaign: Campaign) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        terms_with(bonus="100")
    with pytest.raises(ValidationError, match="500"):
        terms_with(creator_name="x" * 501)
    with pytest.raises(ValidationError, match="cannot track"):
        terms_with(link="javascript:alert(1)")
    draft = standard_draft(campaign)
    with pytest.raises(ValidationError, match="frozen"):
        draft.usage_days = 99  # type: ignore[misc]
    assert OfferDraft.model_validate(draft.model_dump(mode="json")) == draft


def test_terms_from_before_keep_their_hash_and_still_load(campaign: Campaign) -> None:
    """What an earlier version of the program stored, byte for byte."""
    offer = (
        '{"clawback_days":30,"commission_percent":"10",'
        '"deliverables":["one Reel or TikTok with the shirt worn outdoors","two Stories with the code"],'
        '"model":"hybrid","payment_days":30,"post_from":"2026-12-01","post_until":"2027-01-31",'
        '"product":"a linen shirt of your choice","stipend":{"amount":"200.00","currency":"EUR"},"usage_days":30}'
    )
    draft = OfferDraft.model_validate_json(offer)
    assert draft == standard_draft(campaign)
    assert draft.canonical == offer
    assert draft.sha256 == "b937c6d7325e7e837bebf5f18a306c214c5ef08975e1561e4b7acac6bb1743a1"
    account = Account(platform="instagram", key="ada.linen", handle="ada.linen")
    url = tagged_url(campaign, platform="instagram", candidate_id=17)
    link = TrackingLink(candidate_id=17, code="LINEN-7KQXWB", short="linen-7kqxwb", url=url, minted_at=NOW)
    terms = terms_for(campaign, draft, link, account=account, snapshot={}, version=1)
    assert terms.sha256 == "6216543872fc19d24a1ebc50206c54eb34e8260f63a9dabc3b6c42c395e2a8a2"
    assert Terms.model_validate_json(terms.canonical) == terms
    assert Terms.model_validate(terms.model_dump(mode="json")).sha256 == terms.sha256
