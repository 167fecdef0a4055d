"""The card a reviewer decides on: one entry of a longlist, with its evidence and the reasons to decline."""

from core.cards import Card, Choice, Fact
from core.platforms import PLATFORM_NAMES
from sourcing.evidence import one_line
from sourcing.glossary import factor_name
from sourcing.links import profile_address
from sourcing.longlist import Entry

#: Label of a fact that quotes the creator.
CAPTION = "Caption"
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
        subtitle=f"{PLATFORM_NAMES[entry.platform]}, rank {entry.rank}, fit {entry.fit:.1f} of 100, "
        f"{entry.coverage:.0%} of it known",
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
    """A line per factor that is known, the three reasons first; what they write themselves; then what is not known."""
    seen = f"{one_line(entry.source, 80)}, {entry.fetched_at[:10]}"
    values = dict(entry.factors)
    shown = [
        Fact(label=factor_name(name), value=_without_label(line).removeprefix(f"{factor_name(name)} "), evidence=seen)
        for name, line in sorted(entry.evidence, key=lambda told: told[1] not in entry.reasons)
        if values.get(name) is not None
    ]
    if entry.also:
        shown.append(Fact(label="Also", value=", ".join(entry.also), evidence="the same person's accounts"))
    shown += [Fact(label=CAPTION, value=caption, evidence=seen) for caption in entry.captions]
    unknown = [factor_name(name) for name, value in entry.factors if value is None]
    if unknown:
        shown.append(
            Fact(label="Not known", value=", ".join(unknown), evidence=f"{entry.coverage:.0%} of the fit is known")
        )
    return shown


def _without_label(line: str) -> str:
    """The evidence alone; what it is about stands beside it."""
    label, colon, rest = line.partition(": ")
    return rest if colon and " " not in label.replace("Purchase intent", "").replace("Past results", "") else line
