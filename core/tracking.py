"""Codes and links that tie an order to a creator. Contracts and briefs print them, measurement reads them.

UTM values follow GA4: lower case, no personal data (R62, R71, R110).
"""

import hashlib
from urllib.parse import urlencode

from sqlmodel import Session, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.tracking import TrackingLink

#: No vowels and no look-alikes: a code is read aloud in videos and must not spell anything.
_ALPHABET = "BCDFGHJKMNPQRSTVWXZ23456789"


def mint(session: Session, clock: Clock, campaign: Campaign, candidate: Candidate) -> TrackingLink:
    """The candidate's code and links; made once, the same ever after."""
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it gets a code")
    known = session.get(TrackingLink, candidate.id)
    if known is not None:
        return known
    account = session.get_one(Account, candidate.account_id)
    attempt = 0
    while True:
        token = _token(f"{campaign.slug}/{candidate.cycle}/{candidate.id}/{attempt}")
        code = f"{campaign.tracking.code_prefix}-{token}"
        if session.exec(select(TrackingLink).where(TrackingLink.code == code)).first() is None:
            break
        attempt += 1
    link = TrackingLink(
        candidate_id=candidate.id,
        code=code,
        short=code.lower(),
        url=tagged_url(campaign, platform=account.platform, candidate_id=candidate.id),
        minted_at=clock.now(),
    )
    session.add(link)
    session.flush()
    audit.record(session, clock, actor="greenroom", action="tracking.minted", subject=f"candidate:{candidate.id}",
                 detail={"code": code})  # fmt: skip
    return link


def tagged_url(campaign: Campaign, *, platform: str, candidate_id: int) -> str:
    """The landing page with the tags that bring an order back to the candidate."""
    tags = {
        "utm_source": platform,
        "utm_medium": "affiliate",
        "utm_campaign": campaign.slug,
        "utm_content": f"c{candidate_id}",
        "utm_id": f"{campaign.slug}-{campaign.cycle}",
    }
    return f"{campaign.tracking.landing_url}?{urlencode(tags)}"


def _token(seed: str) -> str:
    digest = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    characters = []
    for _ in range(6):
        digest, index = divmod(digest, len(_ALPHABET))
        characters.append(_ALPHABET[index])
    return "".join(characters)
