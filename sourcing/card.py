"""The card a reviewer decides on: one entry of a longlist, with its evidence and the reasons to decline."""

from core.cards import Card, Choice, Fact
from sourcing.evidence import one_line
from sourcing.links import profile_address
from sourcing.longlist import Entry
from sourcing.reasons import PLATFORM_NAMES

#: Why not, in the words that are counted. "Wrong audience", the known false positive (R23), is a choice of its own.
DECLINE_REASONS = (
    "off topic", "off brand", "poor content", "looks inauthentic", "works with a competitor",
    "already working with us", "other",
)  # fmt: skip


def candidate_card(entry: Entry) -> Card:
    """Title, facts with where they come from, the main risk, and approve, decline, wrong audience or hold."""
    name = one_line(entry.name or entry.handle, 80)
    return Card(
        title=f"{name} (@{entry.handle})",
        subtitle=f"{PLATFORM_NAMES[entry.platform]}, rank {entry.rank}, fit {entry.fit:.1f} of 100",
        link=profile_address(entry),
        facts=tuple(_facts(entry)),
        risk=entry.risk,
        choices=(
            Choice(id="approve", label="Approve"),
            Choice(id="decline", label="Decline", needs_reason=True, reasons=DECLINE_REASONS),
            Choice(id="wrong_audience", label="Wrong audience"),
            Choice(id="hold", label="Hold", needs_reason=True),
        ),
    )


def _facts(entry: Entry) -> list[Fact]:
    seen = f"{one_line(entry.source, 80)}, {entry.fetched_at[:10]}"
    rate = "not known" if entry.engagement_percent is None else f"{entry.engagement_percent:.1f} %"
    topic, engagement, place = entry.reasons
    shown = [
        Fact(label="Topic", value=topic.removeprefix("Topic: "), evidence=seen),
        Fact(label="Engagement", value=rate, evidence=_after_comma(engagement)),
        Fact(label="Place and size", value=place.removeprefix("Place and size: "), evidence=seen),
    ]
    if entry.coverage < 1:
        unknown = ", ".join(name for name, value in entry.factors if value is None)
        shown.append(Fact(label="Not known", value=unknown, evidence=f"{entry.coverage:.0%} of the fit is known"))
    return shown


def _after_comma(reason: str) -> str:
    """The comparison alone; the rate itself stands beside it."""
    return reason.partition(", ")[2] or reason
