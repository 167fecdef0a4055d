"""The gate before outreach: what must be settled and signed off before the first creator is written to (R54 to R58).

Sign-offs are for one exact content: money, terms, voice and tracking, as `sign_off_rules.toml` classes them. Another
audience or other weights leave them standing; anything a creator would be told or paid otherwise voids them. That a
person let a first mail go is for its words: all of these but tracking. Sends nothing and asks nobody.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from approvals.chains import waits_for
from approvals.gate_cards import CAMPAIGN_FACT, WORDING_FACT, Former, brief_card, tracking_card
from approvals.kinds import YES, Kind
from approvals.requests import Question
from approvals.settled import Item, settled
from approvals.sign_off_rules import Class, Rules, SignOff, the_rules, values_at
from core.campaign import Campaign, restore_campaign
from core.campaign_offer import says_nothing
from core.cards import Card
from core.errors import Refused
from core.models.approvals import Request
from core.models.campaigns import CampaignVersion
from core.people import Person

__all__ = ["BRIEF", "FIRST_MAIL", "TRACKING", "Former", "Item", "Standing", "brief_card", "check", "gate_content",
           "judge", "last_signed", "question", "settled", "signed", "standing", "subject_of", "tracking_card",
           "voice_digest", "wording_content"]  # fmt: skip

BRIEF, TRACKING, FIRST_MAIL = Kind.BRIEF, Kind.TRACKING, Kind.OUTREACH_BATCH
#: No creator is told how results are told.
_UNREAD: frozenset[Class] = frozenset({"tracking"})
_CARDS: Mapping[str, Callable[..., Card]] = {BRIEF: brief_card, TRACKING: tracking_card}


@dataclass(frozen=True)
class Standing:
    """The whole checklist, in the order in which a team works through it."""

    items: tuple[Item, ...]

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not item.done)

    @property
    def complete(self) -> bool:
        return not self.missing


def voice_digest(*templates: bytes) -> bytes:
    """The digest of all wording that goes out unseen, in this order: the invitation, then follow-ups."""
    return hashlib.sha256(b"".join(hashlib.sha256(template).digest() for template in templates)).digest()


def gate_content(campaign: Campaign, voice: bytes, rules: Rules | None = None) -> str:
    """The sha256 of what is signed off: every key of money, terms, voice and tracking, and the wording's digest."""
    return _content(campaign, voice, (rules or the_rules()).signed_keys())


def wording_content(campaign: Campaign, voice: bytes) -> str:
    """The sha256 of what a creator reads: the wording, and every key that a mail may fill it with."""
    return _content(campaign, voice, the_rules().signed_keys(without=_UNREAD))


def subject_of(campaign: Campaign) -> str:
    """The matter that the gate's questions are about: each cycle is signed off by itself."""
    return f"campaign:{campaign.slug}/{campaign.cycle}"


def question(campaign: Campaign, kind: str, *, voice: bytes, assignee: Person, requested_by: str,
             former: Former | None = None) -> Question:  # fmt: skip
    """The question to put for the creative brief or the tracking setup, about exactly this content."""
    rule = next(rule for rule in the_rules().before_outreach() if rule.kind == kind)
    return Question(
        kind=kind,
        subject=subject_of(campaign),
        campaign=campaign.slug,
        card=_CARDS[kind](campaign, voice=voice, former=former),
        role=rule.role,
        assignee=assignee,
        requested_by=requested_by,
        sla=campaign.sla,
        content_sha256=gate_content(campaign, voice),
    )


def standing(session: Session, campaign: Campaign, voice: bytes, *, wrong_owners: Refused | None = None) -> Standing:
    """What is settled and what is missing, for exactly this content and wording; `wrong_owners` as for `settled`."""
    content, wording = gate_content(campaign, voice), wording_content(campaign, voice)
    return judge(campaign, content, _questions(session, campaign), wording=wording, wrong_owners=wrong_owners)


def signed(session: Session, campaign: Campaign, voice: bytes) -> frozenset[Kind]:
    """Which of the sign-offs before outreach stand for exactly this content."""
    content, asked = gate_content(campaign, voice), _questions(session, campaign)
    return frozenset(
        Kind(rule.kind) for rule in the_rules().before_outreach()
        if _stands([request for request in _answers(rule, asked) if request.content_sha256 == content])
    )  # fmt: skip


def check(session: Session, campaign: Campaign, voice: bytes) -> None:
    """Raises Refused, naming everything that is missing and what to do about each, unless all is settled."""
    missing = standing(session, campaign, voice).missing
    if missing:
        raise Refused(
            f"Nobody is written to for {campaign.slug} yet: {' '.join(item.missing for item in missing)}",
            next_step="\n".join(item.next_step for item in missing),
        )


def judge(campaign: Campaign, content: str, asked: Sequence[Request], *, wording: str,
          wrong_owners: Refused | None = None) -> Standing:  # fmt: skip
    """The checklist. Pure: `asked` are the questions about this campaign's sign-offs and mails, in any order."""
    items = [*settled(campaign, wrong_owners)]
    stand: set[Kind] = set()
    for rule in the_rules().before_outreach():
        answers = _answers(rule, asked)
        item, first = _signed_off(campaign, rule, content, answers), waits_for(Kind(rule.kind), stand)
        if item.done:
            stand.add(Kind(rule.kind))
        elif first is not None and not any(request.content_sha256 == content for request in answers):
            item = replace(item, next_step=f"The {rule.kind} is asked by itself once the {first} is signed off.")
        items.append(item)
    seen = [one for one in asked if one.kind == FIRST_MAIL and one.content_sha256 == wording]
    items.append(_first_mail(campaign, seen))
    return Standing(tuple(items))


def last_signed(session: Session, campaign: Campaign, kind: str) -> Former | None:
    """What was last signed off of that kind in this cycle, whatever has changed since; None where nothing was."""
    before = [request for request in _questions(session, campaign) if request.kind == kind and _counts(request)]
    if not before:
        return None
    card = Card.model_validate(max(before, key=_when).card)
    evidence = {fact.label: fact.evidence.removeprefix("sha256 ") for fact in card.facts}
    stored = session.get(CampaignVersion, evidence.get(CAMPAIGN_FACT, ""))
    return Former(restore_campaign(stored.content) if stored else None, evidence.get(WORDING_FACT, ""))


def _content(campaign: Campaign, voice: bytes, keys: Sequence[str]) -> str:
    # A key that files did not always have, and that says nothing, must not void what was signed off before.
    values = {key: value for key, value in values_at(campaign, keys).items() if not says_nothing(key, value)}
    signed = {"keys": values, "voice": voice.hex()}
    return hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _questions(session: Session, campaign: Campaign) -> Sequence[Request]:
    kinds = [*(rule.kind for rule in the_rules().before_outreach()), FIRST_MAIL]
    query = select(Request).where(
        Request.campaign == campaign.slug, Request.subject == subject_of(campaign), col(Request.kind).in_(kinds)
    )
    return session.exec(query).all()


def _answers(rule: SignOff, asked: Sequence[Request]) -> list[Request]:
    return [request for request in asked if request.kind == rule.kind and request.role == rule.role]


def _signed_off(campaign: Campaign, rule: SignOff, content: str, asked: Sequence[Request]) -> Item:
    here = [request for request in asked if request.content_sha256 == content]
    what, owner = f"sign-off of the {rule.kind}", getattr(campaign.owners, rule.named) or "nobody yet"
    if _stands(here):
        return Item("R60", what, done=True)
    last, waiting = _last(here), next((request for request in here if request.status == "open"), None)
    step = f"Ask {owner} to sign off the {rule.kind}: greenroom campaign sign-offs {campaign.slug}"
    if waiting is not None:
        missing, step = f"The {rule.kind} waits for {waiting.assignee}.", _decide(waiting)
    elif last is not None and last.choice in YES:
        missing, step = f"The sign-off of the {rule.kind} can still be taken back.", "Wait until it takes effect."
    elif last is not None:
        missing = f"{last.decided_by} asked for changes to the {rule.kind}."
        step = f"Change it, then ask {owner} again: greenroom campaign sign-offs {campaign.slug}"
    elif any(_counts(request) for request in asked):
        missing = f"The {rule.kind} was signed off with other money, terms, wording or tracking."
    else:
        missing = f"The {rule.kind} is not signed off."
    return Item("R60", what, False, missing, step)


def _first_mail(campaign: Campaign, asked: Sequence[Request]) -> Item:
    """Whether a person has seen a mail in exactly these words; `asked` are the questions about such mails."""
    what = "first mail seen by a person"
    if _stands(asked):
        return Item("R49", what, done=True)
    last, waiting = _last(asked), next((request for request in asked if request.status == "open"), None)
    missing, step = "Nobody has seen a mail in these words.", f"Show one: greenroom outreach canary {campaign.slug}"
    if waiting is not None:
        missing, step = f"The first mail waits for {waiting.assignee}.", _decide(waiting)
    elif last is not None and last.choice in YES:
        missing, step = "That the mails may go can still be taken back.", "Wait until it takes effect."
    elif last is not None:
        missing = f"{last.decided_by} let no mail in these words go."
        step = f"Change the words, then show another: greenroom outreach canary {campaign.slug}"
    return Item("R49", what, False, missing, step)


def _stands(asked: Sequence[Request]) -> bool:
    """The last answer counts, whatever was said before."""
    last = _last(asked)
    return last is not None and _counts(last)


def _last(asked: Sequence[Request]) -> Request | None:
    return max((request for request in asked if request.status == "decided"), key=_when, default=None)


def _decide(request: Request) -> str:
    return f"Decide request {request.id[:8]}: greenroom approvals show {request.id[:8]}"


def _counts(request: Request) -> bool:
    """Signed off, and past the time in which it may be taken back."""
    signed = request.status == "decided" and request.choice in YES
    return signed and (request.effective_at is None or request.applied_at is not None)


def _when(request: Request) -> float:
    return request.decided_at.timestamp() if request.decided_at else 0.0
