"""What the brand lead and the analyst are shown before anything is sent: the brief, and how results will be told.

Pure: turns a campaign and the wording of its outreach into cards, with what differs from what was signed off last.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from approvals.sign_off_rules import WORDING, changes, the_rules
from core.campaign import Campaign
from core.cards import Card, Choice, Fact
from core.money import Money

SIGN_OFF, REQUEST_CHANGES = "sign_off", "request_changes"
#: Facts that name what exactly was shown; the evidence holds the whole hash, so that it can be found again.
CAMPAIGN_FACT, WORDING_FACT = "Campaign file", "Outreach wording"
_CHOICES = (
    Choice(id=SIGN_OFF, label="Sign off"),
    Choice(
        id=REQUEST_CHANGES,
        label="Request changes",
        needs_reason=True,
        reasons=("terms or budget", "wording", "tracking", "disclosure"),
    ),
)
_UNKNOWN = "It was signed off before with content that is no longer on record: read it as new."


@dataclass(frozen=True)
class Former:
    """What was signed off last: the campaign (None where it is no longer on record), and the wording's hash."""

    campaign: Campaign | None
    voice: str


@dataclass(frozen=True)
class Results:
    """What is on record of a campaign: creators by how far they came, and what is bound to be paid."""

    written_to: int
    replied: int
    signed: int
    committed: Money


def brief_card(campaign: Campaign, *, voice: bytes, former: Former | None = None) -> Card:
    """The question to the brand lead: is this what creators are asked to do, for this money, in these words?"""
    offer = campaign.offer
    facts = [
        Fact(label="Objective", value=campaign.goal.outcome),
        Fact(label="Counts as success", value=campaign.goal.signal),
        Fact(label="Audience", value=_audience(campaign)),
        Fact(label="Story proposed", value=campaign.outreach.angle),
        Fact(label="Asked for", value="; ".join(offer.deliverables)),
        *(Fact(label=f"Asked for, said in {language}", value="; ".join(said))
          for language, said in sorted(offer.deliverables_in.items())),
        Fact(label="Posts", value=f"{campaign.starts_on:%d %B %Y} to {campaign.ends_on:%d %B %Y}"),
        Fact(label="Call to action", value=campaign.brief.call_to_action
             or f"buy at {campaign.tracking.landing_url} with the creator's code"),
        *_said_in_brief(campaign),
        Fact(label="Disclosure", value=campaign.contract.disclosure, evidence="every post must open with it"),
        Fact(label="Compensation", value=_compensation(campaign)),
        Fact(label="Budget", value=f"{offer.budget} {offer.currency}",
             evidence=f"at most {offer.per_creator_maximum} {offer.currency} per creator"),
        Fact(label="Creators wanted", value=str(campaign.longlist.approved_target)),
        Fact(label="Use of content", value=f"{offer.usage_days} days"),
        Fact(label="Left to the creator", value=campaign.contract.filming_angles),
        *_identity(campaign, voice),
    ]  # fmt: skip
    return _card(f"Creative brief of {campaign.name}", campaign, voice, facts, former)


def _said_in_brief(campaign: Campaign) -> list[Fact]:
    """What the campaign says of its own in the creators' brief; nothing where all of it follows from the rest."""
    said, known = campaign.brief, {
        "Objectives told": "objectives", "Landing page, in words": "landing", "At the checkout": "checkout",
        "Ways to begin": "hooks", "Story formats": "formats", "Hashtag": "hashtag",
        "Examples of disclosure": "disclosure_examples",
    }  # fmt: skip
    values = {label: getattr(said, name) for label, name in known.items()}
    return [Fact(label=label, value=value if isinstance(value, str) else "; ".join(value))
            for label, value in values.items() if value]  # fmt: skip


def tracking_card(campaign: Campaign, *, voice: bytes, former: Former | None = None) -> Card:
    """The question to the analyst: will this tell which sale came from which creator, and against what?"""
    measured = campaign.measurement
    facts = [
        Fact(label="Objective", value=campaign.goal.outcome),
        Fact(label="Counts as success", value=campaign.goal.signal),
        Fact(label="Measured by", value=measured.kpi or "not said"),
        Fact(label="Method", value=measured.method or "not said",
             evidence=f"{measured.window_days} days after the post"),
        Fact(label="Tools", value="; ".join(measured.tools) or "not said"),
        Fact(label="Baseline", value=measured.baseline or "not said"),
        Fact(label="Payouts checked at month end by", value=measured.reconciles or "nobody named"),
        Fact(label="Links lead to", value=campaign.tracking.landing_url),
        Fact(label="Codes look like", value=f"{campaign.tracking.code_prefix}-…", evidence="one for each creator"),
        Fact(label="UTM tags", value=f"utm_medium=affiliate, utm_campaign={campaign.slug}, "
             f"utm_id={campaign.slug}-{campaign.cycle}", evidence="source is the platform, content the creator"),
        *_identity(campaign, voice),
    ]  # fmt: skip
    return _card(f"Tracking setup of {campaign.name}", campaign, voice, facts, former)


def measurement_card(campaign: Campaign, results: Results, *, today: date) -> Card:
    """The question to the analyst after the campaign: do these figures, read as agreed, say what came of it?"""
    measured, ends = campaign.measurement, campaign.ends_on + timedelta(days=campaign.measurement.window_days)
    facts = (
        Fact(label="Written to", value=str(results.written_to), evidence="creators, on record"),
        Fact(label="Replied", value=str(results.replied), evidence="creators, on record"),
        Fact(label="Signed", value=str(results.signed), evidence="creators, on record"),
        Fact(label="Money committed", value=str(results.committed),
             evidence=f"of a budget of {campaign.offer.budget} {campaign.offer.currency}"),
        Fact(label="Objective", value=campaign.goal.outcome),
        Fact(label="Counts as success", value=campaign.goal.signal),
        Fact(label="Measured by", value=measured.kpi or "not said"),
        Fact(label="Method", value=measured.method or "not said", evidence="; ".join(measured.tools)),
        Fact(label="Window", value=f"{measured.window_days} days after the post", evidence=f"until {ends:%d %B %Y}"),
        Fact(label="Baseline", value=measured.baseline or "not said"),
        Fact(label="Payouts checked at month end by", value=measured.reconciles or "nobody named"),
    )  # fmt: skip
    return Card(
        title=f"Measurement of {campaign.name}",
        subtitle=f"{campaign.brand}, cycle {campaign.cycle}, {campaign.starts_on:%d %B} to {campaign.ends_on:%d %B %Y}",
        facts=facts,
        risk=f"Orders still count until {ends:%d %B %Y}." if today <= ends else "",
        choices=_CHOICES,
    )


def differences(campaign: Campaign, voice: bytes, former: Former | None) -> tuple[str, ...]:
    """What changed since the last sign-off, key by key, of what a person signs off; empty where nothing was signed."""
    if former is None:
        return ()
    if former.campaign is None:
        return (_UNKNOWN,)
    found = [change.words for change in changes(former.campaign, campaign, the_rules())]
    if former.voice != voice.hex():
        found.append(f"{WORDING} (voice): {former.voice[:12]} → {voice.hex()[:12]}")
    return tuple(found)


def _card(title: str, campaign: Campaign, voice: bytes, facts: list[Fact], former: Former | None) -> Card:
    return Card(
        title=title,
        subtitle=f"{campaign.brand}, cycle {campaign.cycle}; no creator is written to before it is signed off",
        facts=tuple(facts),
        differences=differences(campaign, voice, former),
        choices=_CHOICES,
    )


def _identity(campaign: Campaign, voice: bytes) -> tuple[Fact, Fact]:
    return (
        Fact(label=CAMPAIGN_FACT, value=campaign.hash[:12], evidence=f"sha256 {campaign.hash}"),
        Fact(label=WORDING_FACT, value=campaign.outreach.template, evidence=f"sha256 {voice.hex()}"),
    )


def _audience(campaign: Campaign) -> str:
    audience = campaign.audience
    where = ", ".join(audience.countries) or "any country"
    band = f"{audience.followers_min:,} to {audience.followers_max:,} followers"
    return f"{campaign.topic.name}: {' and '.join(audience.platforms)}, {band}, {where}"


def _compensation(campaign: Campaign) -> str:
    offer = campaign.offer
    parts = [offer.product]
    if offer.stipend:
        often = f" a month for {offer.months} months" if offer.cadence == "monthly" else ""
        due = "the end of the month" if offer.cadence == "monthly" else "the post"
        parts.append(f"{offer.stipend} {offer.currency}{often}, paid within {offer.payment_days} days of {due}")
    if offer.commission_percent:
        parts.append(f"{offer.commission_percent}% of tracked sales")
    parts += [f"{step.amount} {offer.currency} more at {step.tracked_sales} {offer.currency} of tracked sales"
              for step in offer.bonuses]  # fmt: skip
    parts += [f"{tier.name}, {tier.followers_from:,} to {tier.followers_to:,} followers: {tier.stipend} "
              f"{offer.currency} and {tier.commission_percent}% instead" for tier in offer.tiers]  # fmt: skip
    return f"{offer.model}: {'; '.join(parts)}"
