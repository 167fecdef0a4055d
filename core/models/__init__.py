"""Tables, one file per feature, each written by that feature alone. Importing this package knows them all."""

from core.models import (
    approvals,
    audit,
    campaigns,
    candidates,
    creators,
    deals,
    jobs,
    learning,
    outreach,
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
    "jobs",
    "learning",
    "outreach",
    "sourcing",
    "tracking",
]
