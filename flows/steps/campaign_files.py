"""A campaign by its name, for whoever names it from elsewhere than a terminal."""

import re
from pathlib import Path

from core.campaign import Campaign, load_campaign
from core.database import reading
from core.errors import BadInput
from core.store import stored_campaign
from flows.wiring import Wiring

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def campaign_called(w: Wiring, slug: str) -> Campaign:
    """The campaign file of that name as it is now; the campaign as it was last run where there is no such file.

    Raises Refused where there is neither, and BadInput where the file cannot be used.
    """
    file = _file(w.settings.campaigns, slug)
    if file is None:
        with reading(w.engine) as session:
            return stored_campaign(session, slug)
    campaign = load_campaign(file)
    if campaign.slug != slug:
        raise BadInput(f"{file} holds the campaign {campaign.slug!r}.", next_step=f"Rename one of them to {slug!r}.")
    return campaign


def _file(folder: Path, slug: str) -> Path | None:
    # A name that comes from elsewhere must not lead out of the folder.
    file = folder / f"{slug}.toml" if _SLUG.fullmatch(slug) else None
    return file if file is not None and file.is_file() else None
