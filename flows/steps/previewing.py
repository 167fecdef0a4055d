"""Everything that waits to be sent, on one page for people to look at. Writes what is due and a file; sends nothing."""

from dataclasses import dataclass
from pathlib import Path

from core.database import reading
from core.files import write_atomically
from core.people import Role
from core.store import stored_campaign
from flows.steps.outreach import Due, write_due
from flows.wiring import Wiring
from outreach import page
from outreach.page import WaitingMail
from outreach.previewing import waiting
from outreach.writing import gathered


@dataclass(frozen=True)
class Previewed:
    """What waits, who was left for a person, and where the page lies."""

    mails: tuple[WaitingMail, ...]
    due: Due
    page: Path


def preview(w: Wiring, slug: str) -> Previewed:
    """Write what may go until the end of tomorrow and put it on a page, which replaces that of earlier today."""
    due = write_due(w, slug)
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        mails = waiting(session, campaign, w.people, templates=w.settings.templates)
    now = w.clock.now()
    sender = w.people.holder(campaign, Role.SENDER, now)
    outreach = campaign.outreach
    left = tuple(page.Left(handle, reason) for handles, reason in gathered(due.left) for handle in handles)
    batch = page.Batch(campaign.name, slug, campaign.brand, mails, left, now, sender.calendar.time_zone,
                       (outreach.window_start_hour, outreach.window_end_hour))  # fmt: skip
    path = w.settings.home / "previews" / f"{slug}-{now:%Y-%m-%d}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, page.make_page(batch))
    return Previewed(mails, due, path)
