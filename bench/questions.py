"""The briefs asked of a generated pool: the campaign's topic, and more topics inside the same limits."""

from dataclasses import replace
from pathlib import Path

from bench.brief import WEIGHTS, Brief, asked_words, write_brief
from core.campaign import load_campaign

#: Name and keywords. Only the share of the exact list is averaged over these; times are of the campaign's own topic.
MORE_TOPICS = (
    ("home baking", "sourdough", "bread", "cake recipes", "easy recipes"),
    ("running", "marathon", "training", "trail running", "workout"),
    ("cats", "kittens", "adopted cats", "pets"),
    ("family life", "mum", "kids", "new parents", "family travel"),
)


def write_questions(campaign_file: Path, folder: Path, limit: int) -> list[str]:
    """Write each brief to a file of its own, the campaign's first; returns the files."""
    campaign = load_campaign(campaign_file)
    wanted, topic = campaign.audience, campaign.topic
    first = Brief(
        "campaign", asked_words([topic.name, *topic.keywords]), wanted.platforms, wanted.countries,
        (wanted.followers_min, wanted.followers_max), wanted.engagement_min_percent, WEIGHTS, limit,
    )  # fmt: skip
    more = [replace(first, id=texts[0], words=asked_words(texts)) for texts in MORE_TOPICS]
    files = []
    for number, brief in enumerate([first, *more]):
        files.append(folder / f"brief-{number}.json")
        write_brief(brief, files[-1])
    return [str(file) for file in files]
