"""Which channel gets what."""

from approvals.kinds import Kind
from core.campaign import Campaign, load_campaign
from core.settings import Settings
from flows.slack.places import channel_for
from tests.house import CAMPAIGN_FILE


def _campaign(**channels: str) -> Campaign:
    campaign = load_campaign(CAMPAIGN_FILE)
    return campaign.model_copy(update={"slack": campaign.slack.model_copy(update=channels)})


def test_a_campaign_without_channels_uses_that_of_the_installation() -> None:
    assert channel_for(_campaign(), Settings(_env_file=None, slack_channel="C1"), Kind.CANDIDATE) == "C1"
    assert channel_for(_campaign(), Settings(_env_file=None), Kind.CANDIDATE) == ""


def test_contracts_go_to_legal_drafts_to_ops_and_creators_to_reviewers() -> None:
    campaign = _campaign(review_channel="CREV", legal_channel="CLEG", ops_channel="COPS")
    settings = Settings(_env_file=None, slack_channel="C1")
    kinds = (Kind.CANDIDATE, Kind.FINAL_CONTRACT, Kind.DRAFT_CONTENT, Kind.OFFER)
    assert [channel_for(campaign, settings, kind) for kind in kinds] == ["CREV", "CLEG", "COPS", "CREV"]
