"""Ordinary values for every field that a template may ask for, and some that nobody wishes for."""

from collections.abc import Sequence

from contracts.displaying import FIELDS, LISTS

Values = dict[str, str | Sequence[str]]

_LINK = (
    "https://www.example.com/linen?utm_source=instagram&utm_medium=affiliate&utm_campaign=linen-summer"
    "&utm_content=c17&utm_id=linen-summer-1"
)
_EVERYWHERE: Values = {
    "document.reference": "linen-summer-1-17",
    "document.version": "1",
    "creator.name": "Ada Lindgren",
    "creator.account": "@ada.linen on Instagram",
    "brand": "Aurelia Linen",
    "company.name": "Aurelia Linen GmbH",
    "company.address": "Lindenstrasse 12, 10969 Berlin, Germany",
    "company.contact": "creators@example.com",
    "sender.name": "Sofia Marin",
    "campaign.name": "Linen Summer",
    "campaign.starts": "1 December 2026",
    "campaign.ends": "31 January 2027",
    "posting.first": "1 December 2026",
    "posting.last": "31 January 2027",
    "product": "a linen shirt of your choice",
    "deliverables": ("one Reel or TikTok with the shirt worn outdoors", "two Stories with the code"),
    "variants": "two openings of the Reel, so that we see which one works",
    "pay.fee": "200.00 EUR",
    "pay.commission": "10%",
    "pay.any": "paid",
    "pay.none": "",
    "pay.days": "30",
    "pay.refund_days": "30",
    "pay.bonuses": ("100.00 EUR once tracked sales reach 2,000.00 EUR",),
    "pay.monthly": "",
    "pay.once": "once",
    "pay.months": "",
    "pay.minimum": "25.00 EUR",
    "pay.total": "200.00 EUR",
    "usage.days": "30",
    "usage.none": "",
    "usage.channels": ("our channels on Instagram and TikTok", "our website and newsletter"),
    "exclusivity": "none",
    "exclusivity.days": "",
    "exclusivity.scope": "",
    "exclusivity.none": "none",
    "clauses": (),
    "nda.years": "",
    "disclosure": "Werbung / Anzeige",
    "law": "Germany",
    "tracking.code": "LINEN-7KQXWB",
    "tracking.link": _LINK,
    "filming.angles": "daylight, outdoors, shirt visible as a whole",
    "brief.objectives": ("300 tracked sales through creator codes", "people see how linen wears every day"),
    "brief.call_to_action": "Find your linen shirt and save 10% with my code",
    "brief.landing": "https://www.example.com/linen",
    "brief.checkout": "enter the code in the field “Voucher” before paying",
    "brief.hooks": ("“Three places, one shirt”", "“A week of heat in this shirt”", "“What nobody says about linen”"),
    "brief.formats": ("Reel or TikTok, 20 to 40 seconds, upright", "Story: two frames, the second with the link"),
    "brief.hashtag": "#linensummer",
    "brief.kpi": "cost per incremental sale",
    "brief.disclosure_examples": ("First line of the caption: “Werbung”", "First frame of a Story: “Werbung”"),
}
#: What differs by the kind of template.
_OF_KIND: dict[str, Values] = {
    "seeding-letter": {"pay.fee": "", "pay.commission": "", "pay.any": "", "pay.none": "unpaid", "pay.bonuses": (),
                       "pay.once": "", "pay.total": "", "pay.minimum": "", "pay.refund_days": ""},
    "retainer": {"pay.fee": "300.00 EUR", "pay.once": "", "pay.monthly": "monthly", "pay.months": "3",
                 "pay.total": "900.00 EUR", "exclusivity": "60 days: linen clothing", "exclusivity.days": "60",
                 "exclusivity.scope": "linen and summer clothing", "exclusivity.none": ""},
    "nda": {"nda.years": "2"},
}  # fmt: skip


def ordinary(template_id: str) -> Values:
    """What a usual deal fills a template with."""
    return _EVERYWHERE | _OF_KIND.get(template_id.rpartition("-")[0], {})


def hostile(template_id: str, text: str) -> Values:
    """The same with one text in every field that says anything."""
    usual = ordinary(template_id)
    return {name: usual[name] and ((text, text) if name in LISTS else text) for name in FIELDS}


def bare(template_id: str) -> Values:
    """The same with nothing in any field that may be empty."""
    needed = ("document.", "creator.", "company.", "campaign.", "posting.", "tracking.")
    kept = ("brand", "product", "deliverables", "disclosure", "law", "pay.days", "exclusivity.none", "usage.none")
    usual = ordinary(template_id) | {"exclusivity.none": "none", "usage.none": "no use"}
    blank: dict[str, str | Sequence[str]] = {name: () if name in LISTS else "" for name in FIELDS}
    return blank | {name: usual[name] for name in FIELDS if name.startswith(needed) or name in kept}
