"""The mail that a person's answer becomes: what it may say, where it goes, and the thread it stands in.

Amounts that were not offered are refused (R49). Knows nothing of who may answer, nor what becomes of the item: that is
`outreach.answering`.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from sqlmodel import Session, col, select

from core.campaign import Campaign
from core.campaign_offer import OfferTerms
from core.clock import Clock
from core.errors import BadInput, Refused
from core.mailer import Address, clean_line, message_id_for
from core.models.candidates import Candidate
from core.models.deals import Offer
from core.models.outreach import Message, Reply
from core.money import Money
from core.people import Person
from core.stages import Stage
from core.store import account_of, name_of, snapshot_of
from outreach import amounts, suppression
from outreach.drafting import Standing
from outreach.entries import ANSWER
from outreach.html_part import html_of
from outreach.permission import address_of
from outreach.phrases import ReplyKind
from outreach.swap_language import LANGUAGES, open_places
from outreach.words import Locale

#: As much as the narrowest door takes.
LONGEST = 3_000
#: What other programs write where a line ends.
_ENDS_A_LINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MAIL_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def as_sent(text: str) -> str:
    """As it goes out, whatever door or program it came from."""
    return _ENDS_A_LINE.sub("\n", text).strip() + "\n"


def check_text(text: str, offered: Standing, *, offer: str) -> None:
    """Raises BadInput or Refused where a text may not go to a creator as an answer. `offer` is how one is made."""
    if not text.strip():
        raise BadInput("The answer is empty.", next_step="Write it, or mark the item done.")
    if len(text) > LONGEST:
        raise BadInput(f"The answer has {len(text):,} characters; {LONGEST:,} are the most.", next_step="Shorten it.")
    if open_places(text):
        raise BadInput("A place in the answer is not filled in yet.", next_step="Replace what stands in {{ }}.")
    check_is_text(text)
    strange = amounts.beyond(text, offered.agreed)
    if strange:
        raise Refused(
            f"The answer says {', '.join(strange)}, which is not what was offered.",
            next_step=f"Leave the amount out, or make that offer first: {offer}",
        )


def check_is_text(text: str) -> None:
    """Raises BadInput for what no keyboard writes and no database or mail takes."""
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" for one in text):
        raise BadInput("There are characters in it that are not text.", next_step="Write it anew.")


def standing(session: Session, candidate: Candidate, campaign: Campaign) -> Standing:
    """The amounts that were offered: in the latest offer that was made, else in the invitation."""
    made = select(Offer).where(Offer.candidate_id == candidate.id, col(Offer.status).in_(("made", "accepted")))
    offer = session.exec(made.order_by(col(Offer.version).desc()).limit(1)).first()
    if offer is None:
        known = snapshot_of(session, candidate).get("followers")
        campaign = campaign.for_followers(known.value if known is not None else None)
        return _of_campaign(campaign.offer)
    return _of_terms(offer.terms, campaign.offer)


def _of_campaign(offer: OfferTerms) -> Standing:
    return Standing(
        offer.stipend_money, offer.commission_percent, offer.payment_days, offer.usage_days, offer.months,
        tuple((Money(one.amount, offer.currency), Money(one.tracked_sales, offer.currency)) for one in offer.bonuses),
        offer.exclusivity_days, offer.exclusivity_scope or "",
    )  # fmt: skip


def _of_terms(terms: Mapping[str, Any], standard: OfferTerms) -> Standing:
    """Of an offer on record; older ones leave out what there was not then."""
    return Standing(
        _money(terms["stipend"]), Decimal(terms["commission_percent"]),
        int(terms.get("payment_days", standard.payment_days)), int(terms.get("usage_days", standard.usage_days)),
        int(terms.get("months", 1)),
        tuple((_money(one["amount"]), _money(one["tracked_sales"])) for one in terms.get("bonuses", ())),
        int(terms.get("exclusivity_days", 0)), str(terms.get("exclusivity_scope") or ""),
    )  # fmt: skip


def _money(said: Mapping[str, str]) -> Money:
    return Money(Decimal(said["amount"]), said["currency"])


def mail_for(
    session: Session, clock: Clock, reply: Reply, candidate: Candidate, *, sender: Person, address: Address, text: str
) -> Message:
    """The mail, in the thread that the creator knows; nothing is queued yet."""
    ours = session.get(Message, reply.message_id) if reply.message_id is not None else None
    seed = f"{candidate.campaign}/{candidate.cycle}/{candidate.creator_id}/answer-{reply.id}"
    name, _, sha256 = reply.draft_from.partition("@")
    return Message(
        candidate_id=candidate.id or 0, campaign=candidate.campaign, step=f"answer-{reply.id}", category=ANSWER,
        sender=sender.id, recipient=address.mail, recipient_name=address.name, text=text, locale=reply.language,
        # Filters count large amounts against a mail of text alone; the parts say the same.
        html=html_of(text, cast(Locale, reply.language if reply.language in LANGUAGES else "en")),
        subject=_subject(ours.subject if ours else "", reply.subject), message_id=message_id_for(
            seed, Address.checked(sender.mail).domain),
        headers=_thread(ours, reply), template=name, template_sha256=sha256, facts=[], created_at=clock.now(),
    )  # fmt: skip


def _subject(ours: str, theirs: str) -> str:
    said = clean_line(ours or theirs, limit=150) or "your answer"
    return said if re.match(r"(re|aw|sv)\s*:", said, re.IGNORECASE) else f"Re: {said}"


def _thread(ours: Message | None, reply: Reply) -> dict[str, str]:
    """RFC 5322, 3.6.4: what it answers, and the thread so far. An id that is none is left out."""
    theirs = reply.mail_id if _MAIL_ID.fullmatch(reply.mail_id) else ""
    before = ours.message_id if ours is not None and _MAIL_ID.fullmatch(ours.message_id) else ""
    known = [one for one in (before, theirs) if one]
    return {"In-Reply-To": known[-1], "References": " ".join(known)} if known else {}


def address_for(session: Session, clock: Clock, reply: Reply, candidate: Candidate) -> Address:
    """Where it came from, else the address on record. Raises Refused where nobody would read it there."""
    if reply.kind == ReplyKind.BOUNCE:
        raise Refused(
            "A mail server said this, nobody who reads.", next_step="Reach them elsewhere, then mark it done."
        )
    if reply.sender.strip():
        return Address.checked(reply.sender)
    try:
        return address_of(snapshot_of(session, candidate), clock)
    except Refused as refusal:
        raise Refused(refusal.message, next_step="Answer where they wrote to you, then mark it done.") from None


def check_not_opted_out(session: Session, candidate: Candidate, address: Address, *, pepper: bytes) -> None:
    """Raises Refused for who asked not to be written to, at this address or as this account."""
    account = account_of(session, candidate)
    listed = suppression.is_suppressed(session, pepper=pepper, addresses=[address.mail],
                                       accounts=[(account.platform, account.handle)])  # fmt: skip
    if listed or candidate.stage == Stage.CLOSED_BY_OPT_OUT:
        raise Refused(f"{name_of(session, candidate)} opted out of mails from us.", next_step="Mark the item done.")
