"""Codes and links that tie an order to a creator. Contracts and briefs print them, measurement reads them.

UTM values follow GA4: lower case, no personal data (R62, R71, R110).
"""

import hashlib
from collections.abc import Sequence
from urllib.parse import urlencode

from sqlmodel import Session, col, select

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
    return mint_all(session, clock, [(campaign, candidate)])[0]


def mint_all(session: Session, clock: Clock, wanted: Sequence[tuple[Campaign, Candidate]]) -> list[TrackingLink]:
    """The same for several candidates, in this order."""
    ids = [_id_of(candidate) for _, candidate in wanted]
    query = select(TrackingLink).where(col(TrackingLink.candidate_id).in_(ids))
    links = {link.candidate_id: link for link in session.exec(query)}
    new = [(campaign, candidate) for campaign, candidate in wanted if _id_of(candidate) not in links]
    made = [_link(session, clock, *each, code) for each, code in zip(new, _free_codes(session, new), strict=True)]
    if made:
        session.add_all(made)
        session.flush()
        told = [(f"candidate:{link.candidate_id}", {"code": link.code}) for link in made]
        audit.record_all(session, clock, [audit.Happened("tracking.minted", *each) for each in told], actor="greenroom")
    links |= {link.candidate_id: link for link in made}
    return [links[number] for number in ids]


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


def _link(session: Session, clock: Clock, campaign: Campaign, candidate: Candidate, code: str) -> TrackingLink:
    platform = session.get_one(Account, candidate.account_id).platform
    return TrackingLink(
        candidate_id=_id_of(candidate),
        code=code,
        short=code.lower(),
        url=tagged_url(campaign, platform=platform, candidate_id=_id_of(candidate)),
        minted_at=clock.now(),
    )


def _free_codes(session: Session, wanted: Sequence[tuple[Campaign, Candidate]]) -> list[str]:
    """A code for each that nobody has: the first of a candidate's own row of codes that is free."""
    codes, attempt = dict.fromkeys(range(len(wanted)), ""), 0
    while tried := {at: _code(*wanted[at], attempt) for at, code in codes.items() if not code}:
        taken = set(session.exec(select(TrackingLink.code).where(col(TrackingLink.code).in_(tried.values()))))
        for at, code in tried.items():
            if code not in taken and code not in codes.values():
                codes[at] = code
        attempt += 1
    return list(codes.values())


def _code(campaign: Campaign, candidate: Candidate, attempt: int) -> str:
    return f"{campaign.tracking.code_prefix}-{_token(f'{campaign.slug}/{candidate.cycle}/{candidate.id}/{attempt}')}"


def _id_of(candidate: Candidate) -> int:
    if candidate.id is None:
        raise ValueError("a candidate must be on the record before it gets a code")
    return candidate.id


def _token(seed: str) -> str:
    digest = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    characters = []
    for _ in range(6):
        digest, index = divmod(digest, len(_ALPHABET))
        characters.append(_ALPHABET[index])
    return "".join(characters)
