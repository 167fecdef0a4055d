"""Which Slack channel what is posted in: the campaign's own, or that of the installation. Pure."""

from approvals.kinds import Kind
from core.campaign import Campaign
from core.settings import Settings

_LEGAL = frozenset({Kind.FINAL_CONTRACT, Kind.COUNTERSIGNATURE, Kind.RETURNED})
_OPS = frozenset({Kind.DRAFT_CONTENT, Kind.SPOT_CHECK, Kind.OUTREACH_BATCH})


def channel_for(campaign: Campaign, settings: Settings, kind: str) -> str:
    """The id of the channel where a kind of request is shown; "" where none is named: then it goes to the assignee."""
    places = campaign.slack
    own = places.legal_channel if kind in _LEGAL else places.ops_channel if kind in _OPS else places.review_channel
    return own or settings.slack_channel


def ops_channel(campaign: Campaign, settings: Settings) -> str:
    """Where what concerns no single request is told."""
    return campaign.slack.ops_channel or settings.slack_channel
