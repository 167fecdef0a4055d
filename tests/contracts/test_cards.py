"""What legal is shown: golden, inside Slack's limits whatever a creator is called, and what differs named in words."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from approvals.kinds import Kind
from approvals.slack import cards as slack_cards
from approvals.slack import limits
from approvals.slack.shown import Shown
from contracts.archive import Archive
from contracts.cards import contract_card
from contracts.changes import Changes
from contracts.from_campaign import standard_draft
from contracts.summary import against_standard, differences
from contracts.terms import OfferDraft, Terms
from core.campaign import Campaign
from core.cards import Card
from core.models.deals import Contract, Offer
from core.money import Money

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "contracts" / "legal-card.json"
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HOSTILE = ["Acme & Co <b>", "{{7*7}}", "=cmd|' /C calc'!A0", "\u202eevil", "<!channel> *bold*", "漢字" * 100,
           "👩\u200d👧" * 50, "W" * 200]  # fmt: skip
With = Callable[..., Terms]


def drafted(terms: Terms, version: int = 1) -> Contract:
    return Contract(
        id=version, candidate_id=17, campaign="linen-summer", version=version, status="drafted", offer_id=1,
        campaign_hash="c", template="creator-agreement-en", template_sha256="ab" * 32,
        template_approval={"version": 1, "approved_by": "lena", "approved_on": "2026-11-20"},
        terms=terms.model_dump(mode="json"), terms_sha256=terms.sha256, docx_sha256="cd" * 32,
        file_name=f"linen-summer-ada.linen-v{version}.docx", created_at=AT,
    )  # fmt: skip


def offered(campaign: Campaign, **changes: object) -> Offer:
    terms = standard_draft(campaign, **changes).model_dump(mode="json")
    return Offer(id=1, candidate_id=17, campaign="linen-summer", version=2, status="accepted", terms=terms,
                 terms_sha256="t", cost_minor=25000, currency="EUR", offered_by="sofia", approved_by="olivia",
                 created_at=AT)  # fmt: skip


def card_of(terms: Terms, offer: Offer, campaign: Campaign, former: Contract | None = None) -> Card:
    link, archive = "https://green.example/console/contracts/2", Archive(Path("/archive"))
    standard = standard_draft(campaign)
    return contract_card(drafted(terms, 2), offer=offer, archive=archive, former=former, standard=standard, link=link)


def in_slack(card: Card) -> dict[str, Any]:
    return slack_cards.message(Shown(
        request_id="1f0c2b6e-5a3d-4c8e-9b7a-0d1e2f3a4b5c", kind=Kind.FINAL_CONTRACT, campaign="linen-summer", card=card,
        content_sha256="cd" * 32, assignee="Lena Legal", due_at=AT, zone="Europe/Berlin",
    ))  # fmt: skip


def words_in(payload: object) -> str:
    """Everything on the card that is read."""
    if isinstance(payload, dict):
        own = payload["text"] if isinstance(payload.get("text"), str) else ""
        return "\n".join([own, *(words_in(part) for part in payload.values() if not isinstance(part, str))])
    return "\n".join(words_in(part) for part in payload) if isinstance(payload, list) else ""


def test_the_card_that_legal_reads(terms_with: With, campaign: Campaign) -> None:
    more = Money(Decimal(250), "EUR")
    card = card_of(terms_with(version=2, stipend=more), offered(campaign, stipend=more), campaign,
                   former=drafted(terms_with()))  # fmt: skip
    said = in_slack(card)
    text = json.dumps(said, ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("GREENROOM_UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_it_is_read_in_ten_seconds(terms_with: With, campaign: Campaign) -> None:
    """What differs and the ten weightiest terms, in no more words than a page of a paperback has."""
    said = in_slack(card_of(terms_with(), offered(campaign), campaign))
    read = words_in(said["blocks"])
    assert len(read.split()) < 260
    assert len(said["blocks"]) <= 12
    assert "these are the terms that everybody is offered" in read
    for label in ("Fixed fee", "Commission", "Deliverables", "Posts", "Use of content, days", "Disclosure"):
        assert f"*{label}*" in read


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_the_card(name: str, terms_with: With, campaign: Campaign) -> None:
    terms = terms_with(creator_name=name, company_name=name, filming_angles=name, disclosure=name,
                       deliverables=tuple([name] * 20), product=name)  # fmt: skip
    changed = terms_with(deliverables=("something else",))
    said = in_slack(card_of(terms, offered(campaign, product=name), campaign, former=drafted(changed)))
    assert limits.check("chat.postMessage", said) == []
    assert "<!channel>" not in json.dumps(said, ensure_ascii=False)


def test_what_differs_from_the_standard_offer_is_said_in_words(campaign: Campaign) -> None:
    standard = standard_draft(campaign)
    assert against_standard(standard, standard) == []
    other = OfferDraft.model_validate(standard.model_dump() | {"usage_days": 90, "deliverables": ("one Reel",)})
    assert against_standard(other, standard) == [
        "Deliverables: one Reel or TikTok with the shirt worn outdoors; two Stories with the code → one Reel",
        "Use of content, days: 30 → 90",
    ]
    changes = Changes(
        model="bonus", stipend=Decimal(1200), commission_percent=Decimal(0), months=3, minimum_payout=Decimal(50),
        bonuses=((Decimal(2000), Decimal(100)),), variants="two cuts", usage_channels=("our shop",),
        exclusivity_days=9, exclusivity_scope="linen", clauses=("one-revision",),
    )  # fmt: skip
    assert against_standard(standard_draft(campaign, **changes.values("EUR")), standard) == [
        "Model: hybrid → bonus",
        "Fixed fee: 200.00 EUR → 1,200.00 EUR",
        "Commission, %: 10 → none",
        "Paid: once → monthly",
        "Months: 1 → 3",
        "Bonuses: none → 100.00 EUR once tracked sales reach 2,000.00 EUR",
        "Paid out from: none → 50.00 EUR",
        "Variants: none → two cuts",
        "Use of content, where: none → our shop",
        "Exclusivity, days: none → 9",
        "Exclusivity, of what: none → linen",
        "Clauses from the approved list: none → one-revision",
    ]


def test_what_differs_from_the_former_version_names_the_template_too(terms_with: With) -> None:
    former, now = drafted(terms_with()), drafted(terms_with(version=2, company_address="Elsewhere 1, Bonn"), 2)
    now.template_sha256, now.template_approval = "ef" * 32, {"version": 2}
    assert differences(former, now) == [
        "company address: Lindenstrasse 12, 10969 Berlin, Germany → Elsewhere 1, Bonn",
        f"Template: creator-agreement-en version 1 ({'ab' * 6}) → creator-agreement-en version 2 ({'ef' * 6})",
    ]
