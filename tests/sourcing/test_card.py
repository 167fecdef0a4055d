"""The card of a creator: the reasons first, every fact with where it was seen, hostile text as data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.campaign import Campaign
from sourcing import service
from sourcing.card import candidate_card
from sourcing.importers import ImportReport
from tests.sourcing.conftest import Imported

Load = Callable[..., ImportReport]
Once = Callable[..., Imported]


def good(handle: str, **other: Any) -> dict[str, Any]:
    told = {"platform": "instagram", "handle": handle, "followers": 20_000, "country": "DE", "last_seen": "2026-11-01"}
    return told | {"engagement_percent": 3} | other


def test_the_card_carries_the_evidence_and_hostile_text_as_data(load: Load, folder: Path, small: Campaign) -> None:
    load([good("ada", name="\u202eA\nda {{7*7}} <!channel>", bio="slow fashion", engagement_percent=None)])
    card = candidate_card(service.source(folder, small).entries[0])
    assert card.title == "A da {{7*7}} <!channel> (@ada)"
    assert card.link == "https://www.instagram.com/ada"
    assert (card.facts[0].label, card.facts[0].value) == ("Topic", "bio says “slow fashion”")
    assert [choice.id for choice in card.choices] == ["approve", "decline", "wrong_audience", "hold"]
    assert card.facts[-1].value == "Engagement, Posting, Real numbers"


def test_the_card_begins_with_the_three_reasons_and_quotes_some_captions(
    load: Load, folder: Path, small: Campaign
) -> None:
    said = ["linen for ever", "", "linen for ever", "mended\r\n\u202eagain", "x" * 300, "a fourth one"]
    load([good("ada", captions=said)])
    [entry] = service.source(folder, small).entries
    card = candidate_card(entry)
    told = [f"{fact.label}: {fact.value}" for fact in card.facts[:3]]
    assert [
        any(value in reason for reason in entry.reasons) for value in (line.split(": ", 1)[1] for line in told)
    ] == [True] * 3
    captions = [fact for fact in card.facts if fact.label == "Caption"]
    assert [fact.value for fact in captions[:2]] == ["linen for ever", "mended again"]
    assert [len(fact.value) for fact in captions] == [14, 12, 200]
    assert captions[0].evidence == card.facts[0].evidence
    assert card.subtitle.endswith(f"{entry.coverage:.0%} of it known")
