"""The example campaign as somebody would write it in each language of our mails."""

from decimal import Decimal
from typing import Any

from core.campaign import Campaign
from outreach.words import Locale

#: What a campaign file would say in each language.
CAMPAIGNS: dict[Locale, dict[str, Any]] = {
    "en": {},
    "de": {
        "angle": "ein Outfit, drei Situationen aus deinem Alltag", "product": "ein Leinenhemd deiner Wahl",
        "deliverables": ("ein Reel oder TikTok mit dem Hemd draußen", "zwei Storys mit deinem Code"),
        "source": "dein öffentliches Profil", "topic": "Slow Fashion",
    },
    "es": {
        "angle": "un look, tres momentos de tu día", "product": "una camisa de lino a tu elección",
        "deliverables": ("un Reel o TikTok con la camisa al aire libre", "dos Stories con tu código"),
        "source": "tu perfil público", "topic": "moda sostenible",
    },
    "fr": {
        "angle": "une tenue, trois moments de ta journée", "product": "une chemise en lin de ton choix",
        "deliverables": ("un Reel ou TikTok avec la chemise en extérieur", "deux Stories avec ton code"),
        "source": "ton profil public", "topic": "la mode responsable",
    },
}  # fmt: skip


def in_language(campaign: Campaign, locale: Locale) -> Campaign:
    said = CAMPAIGNS[locale]
    changed: dict[str, Any] = {"outreach": campaign.outreach.model_copy(update={"locale": locale})}
    if said:
        changed = {
            "outreach": campaign.outreach.model_copy(update={"locale": locale, "angle": said["angle"]}),
            "offer": campaign.offer.model_copy(
                update={"product": said["product"], "deliverables": said["deliverables"],
                        "stipend": Decimal("1249.50"), "per_creator_maximum": Decimal(1500),
                        "commission_percent": Decimal("7.5")}),
            "company": campaign.company.model_copy(update={"address_source": said["source"]}),
            "topic": campaign.topic.model_copy(update={"name": said["topic"]}),
        }  # fmt: skip
    return campaign.model_copy(update=changed)
