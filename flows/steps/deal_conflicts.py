"""Looking for deals of one creator that came into each other's way after they were agreed; owner and ops are told once.

What was known when the offer was made the owner has let pass already. Decides nothing: what gives way people settle.
"""

from contracts import conflicts
from core.database import unit_of_work
from core.store import campaign_of
from flows.steps import deal_news
from flows.wiring import Wiring


def note(w: Wiring) -> int:
    """Put on record what is to be told now; returns how many deals another one stands in the way of."""
    with unit_of_work(w.engine) as session:
        found = 0
        for candidate, offer in conflicts.may_conflict(session):
            against = conflicts.since_agreed(session, candidate, campaign_of(session, candidate), offer)
            for deal, words in against:
                deal_news.tell_of_conflict(session, w, candidate.id or 0, pair=f"{offer.id}:{deal.offer_id}",
                                           other=deal.called, against=words)  # fmt: skip
            found += bool(against)
        return found
