"""Tables, one file per feature, each written by that feature alone. Importing this package knows them all."""

from core.models import (
    approvals,
    audit,
    campaigns,
    candidates,
    creators,
    deals,
    guardrails,
    jobs,
    learning,
    listening,
    outreach,
    privacy,
    sending,
    slack,
    sourcing,
    tracking,
)

__all__ = [
    "approvals",
    "audit",
    "campaigns",
    "candidates",
    "creators",
    "deals",
    "guardrails",
    "jobs",
    "learning",
    "listening",
    "outreach",
    "privacy",
    "sending",
    "slack",
    "sourcing",
    "tracking",
]
