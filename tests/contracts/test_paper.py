"""What is agreed on must be sayable on paper before anybody agrees."""

import hashlib
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import docx
import pytest

from contracts.changes import Changes
from contracts.from_campaign import standard_draft
from contracts.service import check_paper
from contracts.templates import Templates
from core.campaign import Campaign
from core.errors import Refused
from core.models.deals import Offer
from tests.contracts.conftest import SHIPPED

TODAY = date(2026, 11, 26)
#: What a hybrid offer needs to have said in any case.
PLAIN = ("pay.fee", "pay.commission")


def offer(campaign: Campaign, **changes: object) -> Offer:
    draft = standard_draft(campaign, **Changes(**changes).values("EUR"))  # type: ignore[arg-type]
    return Offer(candidate_id=1, campaign=campaign.slug, version=1, status="made", terms=draft.model_dump(mode="json"),
                 terms_sha256=draft.sha256, cost_minor=draft.guaranteed.minor, currency="EUR", offered_by="sofia",
                 conflicts=[])  # type: ignore[call-arg] # fmt: skip


@pytest.fixture
def saying(own_templates: Callable[..., Templates]) -> Callable[..., Templates]:
    """A template folder whose template asks for these fields alone, with the shipped list of clauses."""

    def make(*fields: str, loops: tuple[str, ...] = ()) -> Templates:
        document, raw = docx.Document(), io.BytesIO()
        for field in fields:
            document.add_paragraph(f"{{{{ {field} }}}}")
        for field in loops:
            document.add_paragraph(f"{{%p for one in {field} %}}")
            document.add_paragraph("{{ one }}")
            document.add_paragraph("{%p endfor %}")
        document.save(raw)
        variables = ", ".join(f'"{field}"' for field in (*fields, *loops))
        sha256 = hashlib.sha256(raw.getvalue()).hexdigest()
        templates = own_templates(raw.getvalue(), sha256=f'"{sha256}"', variables=f"[{variables}]")
        clauses = (SHIPPED / "clauses.toml").read_text(encoding="utf-8")
        (templates.folder / "clauses.toml").write_text(clauses, encoding="utf-8")
        return templates

    return make


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"bonuses": ((Decimal(2000), Decimal(100)),)}, "bonuses"),
        ({"stipend": Decimal(100), "months": 3}, "payment by month"),
        ({"minimum_payout": Decimal(20)}, "a minimum payout"),
        ({"usage_channels": ("our Instagram",)}, "the channels for the content"),
        ({"exclusivity_days": 60, "exclusivity_scope": "linen"}, "days of exclusivity, what exclusivity is for"),
        ({"variants": "two cuts"}, "variants"),
        ({"clauses": ("one-revision",)}, "the clauses chosen"),
    ],
)
def test_an_offer_that_the_template_would_be_silent_on_is_refused(
    changes: dict[str, object], missing: str, campaign: Campaign, saying: Callable[..., Templates]
) -> None:
    templates = saying(*PLAIN)
    assert check_paper(templates, campaign, offer(campaign), on=TODAY).id == campaign.contract.template
    with pytest.raises(Refused, match=f"does not say {missing}, which"):
        check_paper(templates, campaign, offer(campaign, **changes), on=TODAY)


def test_a_template_with_a_blank_for_what_was_not_agreed_is_refused(campaign: Campaign) -> None:
    shipped = Templates(SHIPPED)

    def check(template: str, **changes: object) -> None:
        wished = campaign.contract.model_copy(update={"template": template})
        there = campaign.model_copy(update={"contract": wished})
        check_paper(shipped, there, offer(there, **changes), on=TODAY)

    check("retainer-en")
    nothing = {"stipend": Decimal(0), "model": "commission"}
    with pytest.raises(Refused, match="always says Fixed fee, Guaranteed in all, which this offer does not have"):
        check("retainer-en", **nothing)
    for language in ("en", "de", "es"):
        for pay in ({}, nothing, {"commission_percent": Decimal(0), "model": "fee"}):
            for bonds in ({}, {"usage_days": 0}, {"exclusivity_days": 9, "exclusivity_scope": "linen"}):
                check(f"creator-agreement-{language}", **(pay | bonds))


def test_years_of_secrecy_need_a_template_that_says_them(campaign: Campaign, saying: Callable[..., Templates]) -> None:
    secret = campaign.model_copy(update={"contract": campaign.contract.model_copy(update={"nda_years": 2})})
    with pytest.raises(Refused, match="does not say years of secrecy"):
        check_paper(saying(*PLAIN), secret, offer(secret), on=TODAY)
    assert check_paper(saying(*PLAIN, "nda.years"), secret, offer(secret), on=TODAY)


def test_a_template_that_says_it_all_will_do(campaign: Campaign, saying: Callable[..., Templates]) -> None:
    templates = saying(*PLAIN, "pay.months", "pay.total", "exclusivity", loops=("pay.bonuses", "clauses"))
    everything = offer(campaign, stipend=Decimal(100), months=3, bonuses=((Decimal(2000), Decimal(100)),),
                       exclusivity_days=60, exclusivity_scope="linen", clauses=("one-revision",))  # fmt: skip
    assert check_paper(templates, campaign, everything, on=TODAY)
    with pytest.raises(Refused, match=r"up to 500\.00 EUR, not for 600\.00 EUR"):
        check_paper(templates, campaign, offer(campaign, months=3), on=TODAY)


def test_a_template_in_a_language_of_which_we_have_no_words_is_refused(
    campaign: Campaign, own_templates: Callable[..., Templates]
) -> None:
    french = own_templates((SHIPPED / "contracts" / "creator-agreement-en.docx").read_bytes(), language='"fr"')
    with pytest.raises(Refused, match=r"creator-agreement-en is in 'fr', but dates, amounts and the page to sign"):
        check_paper(french, campaign, offer(campaign), on=TODAY)
