"""Messages that a person sends on a platform, to approved creators whom no mail may or can reach: drafts, and the word
that one was sent.

Nothing here is ever sent by a machine: platforms forbid it, and so do we. Owns whom a draft is written for; the facts
are chosen in `outreach.facts`, and what a sent one does stands in `outreach.by_hand`.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from core import audit
from core.campaign import Campaign
from core.clock import Clock, local_day
from core.errors import BadInput, Refused
from core.models.candidates import Candidate
from core.models.columns import new_id
from core.models.outreach import Message
from core.people import People, Person
from core.platforms import profile_page
from core.stages import Stage
from core.store import account_name, account_of, creator_of, name_of, snapshot_of
from outreach import by_hand, facts, render, suppression, words
from outreach.answer_mail import check_is_text
from outreach.entries import BY_HAND, DIRECT, INVITE, MACHINE, message_of
from outreach.facts import Fact
from outreach.frequency import check_quiet
from outreach.permission import permission_for
from outreach.sayings import Sayings, load_sayings
from outreach.swap_language import filled, open_places
from outreach.writing import LeftForPerson, sender_of

DRAFT = "draft"
LONGEST = 900
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|de|me|link)\b", re.IGNORECASE)
_FIELDS = ("greeting", "sender_first_name", "brand", "platform", "topic", "angle", "facts")


@dataclass(frozen=True)
class DirectDraft:
    """One message for a person to send: whom to, the words, and where to open their profile ("" where unknown)."""

    number: int
    candidate_id: int
    campaign: str
    platform: str
    handle: str
    name: str
    text: str
    link: str
    facts: tuple[dict[str, str], ...]

    @property
    def who(self) -> str:
        return f"{self.platform}:{self.handle}"


@dataclass(frozen=True)
class Prepared:
    """Drafts that are ready, and who is left because none could be written, with the reason."""

    drafts: tuple[DirectDraft, ...]
    left: tuple[LeftForPerson, ...] = ()


@dataclass(frozen=True)
class Bench:
    """What writing the drafts of one campaign needs."""

    campaign: Campaign
    people: People
    words: str
    sha256: str
    template: str
    sayings: Sayings
    pepper: bytes = field(repr=False)


def prepare(
    session: Session, clock: Clock, campaign: Campaign, people: People, *, templates: Path, pepper: bytes
) -> Prepared:
    """Write the draft of every APPROVED candidate whom no mail may reach; done again it writes nothing twice.

    A draft in other words than the template's is written again; one whose creator can be mailed by now goes, and the
    mail takes its place. Who opted out gets none.
    """
    bench = _bench(templates, campaign, people, pepper)
    drafts, left = [], []
    for candidate in _approved(session, campaign):
        message = message_of(session, candidate.id or 0, INVITE)
        if message is not None and message.status not in (DRAFT, "failed", "cancelled"):
            continue
        if _reachable(session, clock, candidate, campaign, pepper=pepper) or _opted_out(session, candidate, pepper):
            if message is not None and message.status == DRAFT:
                session.delete(message)
                session.flush()
            continue
        try:
            drafts.append(_shown(session, candidate, _draft(session, clock, candidate, bench, message)))
        except (Refused, BadInput) as refusal:
            left.append(LeftForPerson(candidate.id or 0, account_of(session, candidate).handle, str(refusal)))
    return Prepared(tuple(drafts), tuple(left))


def was_sent(
    session: Session, clock: Clock, number: int, text: str, *, campaign: Campaign, actor: Person, people: People,
    pepper: bytes, to: int | None = None,
) -> Message:  # fmt: skip
    """A person sent this text on the platform: on record as written by hand by them, and the creator is INVITED.

    `to` is the candidate whose draft they were shown: SQLite gives the number of a draft that is gone to another row.
    Raises Refused where somebody was quicker, a mail took the draft's place, or the creator opted out, stands elsewhere
    or heard from us lately.
    """
    known = 0 < number < 2**31  # beyond, no database has such a number
    message = session.get(Message, number, with_for_update=True, populate_existing=True) if known else None
    if (
        message is None
        or message.campaign != campaign.slug
        or message.candidate_id != (to or message.candidate_id)
        or (message.status != DRAFT and message.category != BY_HAND)
    ):
        raise _no_draft(session, campaign, message_of(session, to, INVITE) if to else message)
    candidate = session.get_one(Candidate, message.candidate_id)
    if message.status != DRAFT:
        raise Refused(f"{name_of(session, candidate)} was written to already, by {people.name_of(message.sender)}.",
                      next_step="Send nothing more; the next word is theirs.")  # fmt: skip
    check_is_text(text)
    if open_places(text):
        raise BadInput("A place in the message is not filled in yet.", next_step="Replace what stands in {{ }}.")
    check_quiet(session, clock, candidate, key="", quiet_days=campaign.outreach.quiet_days)
    return by_hand.record_by_hand(session, clock, candidate, pepper=pepper, actor=actor, how=text)


def sent_today(session: Session, clock: Clock, person: Person) -> int:
    """How many direct messages somebody has recorded on the present day of their calendar: platforms count, too."""
    zone = ZoneInfo(person.calendar.time_zone)
    day = local_day(clock.now(), person.calendar.time_zone)
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    query = select(func.count()).select_from(Message).where(Message.category == BY_HAND, Message.sender == person.id)
    return session.exec(query.where(col(Message.sent_at) >= start, col(Message.sent_at) < start + timedelta(1))).one()


def _no_draft(session: Session, campaign: Campaign, instead: Message | None) -> Refused:
    """Why there is nothing to be marked as sent: a mail stands in its place, or nothing does."""
    if instead is None or instead.campaign != campaign.slug or instead.status == DRAFT:
        return Refused(f"This draft of a direct message in {campaign.slug} is gone.",
                       next_step=f"See: greenroom outreach direct {campaign.slug}")  # fmt: skip
    candidate = session.get_one(Candidate, instead.candidate_id)
    by_hand_too = f"greenroom outreach by-hand {campaign.slug} {account_name(session, candidate)} --how WHERE"
    return Refused(
        f"A mail to {name_of(session, candidate)} took the place of this message; it is {instead.status}.",
        next_step=f"Send nothing there. If you did already, say so before the mail goes: {by_hand_too}",
    )


def _approved(session: Session, campaign: Campaign) -> Sequence[Candidate]:
    query = select(Candidate).where(Candidate.campaign == campaign.slug, Candidate.cycle == campaign.cycle)
    return session.exec(query.where(Candidate.stage == Stage.APPROVED).order_by(col(Candidate.rank))).all()


def _reachable(session: Session, clock: Clock, candidate: Candidate, campaign: Campaign, *, pepper: bytes) -> bool:
    try:
        permission_for(session, clock, candidate, campaign, pepper=pepper)
    except (Refused, BadInput):
        return False
    return True


def _opted_out(session: Session, candidate: Candidate, pepper: bytes) -> bool:
    account = account_of(session, candidate)
    row = snapshot_of(session, candidate).get("email")
    mail = row.value.strip() if row is not None and isinstance(row.value, str) else ""
    return suppression.is_suppressed(session, pepper=pepper, addresses=[mail] if mail else [],
                                     accounts=[(account.platform, account.handle)])  # fmt: skip


def _bench(templates: Path, campaign: Campaign, people: People, pepper: bytes) -> Bench:
    path = templates / "outreach" / f"direct.{campaign.outreach.locale}.txt"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"There are no words for direct messages at {path}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text.") from None
    return Bench(campaign, people, text, hashlib.sha256(text.encode()).hexdigest(), path.name,
                 load_sayings(templates, campaign.outreach.locale), pepper)  # fmt: skip


def _draft(session: Session, clock: Clock, candidate: Candidate, bench: Bench, known: Message | None) -> Message:
    if known is not None and known.status == DRAFT and known.template_sha256 == bench.sha256:
        return known
    sender = sender_of(candidate, bench.campaign, bench.people, clock.now())
    text, chosen = _written(session, clock, candidate, bench, sender)
    message = known or Message(candidate_id=candidate.id or 0, campaign=candidate.campaign, step=INVITE, sender="",
                               recipient="", subject="", text="", message_id="", template="", template_sha256="",
                               facts=[], created_at=clock.now())  # fmt: skip
    message.category, message.status, message.detail, message.sender = DIRECT, DRAFT, "", sender.id
    message.recipient, message.recipient_key, message.recipient_name = "", "", ""
    message.message_id, message.subject, message.html, message.text = f"direct:{new_id()}", "", "", text
    message.template, message.template_sha256 = bench.template, bench.sha256
    message.facts, message.headers, message.attachments = [asdict(fact) for fact in chosen], {}, []
    message.answer_by = message.not_before = None
    message.needs_stage, message.moves_to, message.withdrawn = None, Stage.INVITED, ""
    message.locale = bench.campaign.outreach.locale
    session.add(message)
    session.flush()
    audit.record(session, clock, actor=MACHINE, action="message.drafted", subject=f"message:{message.id}",
                 detail={"candidate": candidate.id, "step": INVITE,
                         "template_sha256": bench.sha256})  # fmt: skip
    return message


def _written(
    session: Session, clock: Clock, candidate: Candidate, bench: Bench, sender: Person
) -> tuple[str, tuple[Fact, ...]]:
    """The text, with as many facts as it has room for. Raises Refused where it cannot be written."""
    account, campaign = account_of(session, candidate), bench.campaign
    known = facts.pick(snapshot_of(session, candidate), now=clock.now(), sayings=bench.sayings,
                       seed=f"{account.platform}:{account.handle}", asked=facts.asked_of(campaign))  # fmt: skip
    if not known:
        raise Refused("No personal fact about them is on record.", next_step="Write to this creator in your own words.")
    for count in range(len(known), 0, -1):
        said = " ".join(fact.sentence for fact in known[:count])
        values = (render.greeting_for(creator_of(session, candidate).name, account.handle), sender.name.split()[0],
                  campaign.brand, words.platform(account.platform), campaign.topic.name, campaign.outreach.angle,
                  said)  # fmt: skip
        text = filled(bench.words, dict(zip(_FIELDS, values, strict=True))).strip()
        if len(text) <= LONGEST:
            if _LINK.search(text):
                raise Refused("The message would hold a link.", next_step="Write to this creator in your own words.")
            return text, known[:count]
    raise Refused(f"The message is longer than {LONGEST} characters.", next_step=f"Shorten {bench.template}.")


def _shown(session: Session, candidate: Candidate, message: Message) -> DirectDraft:
    account = account_of(session, candidate)
    sources = tuple({"shown": str(one["shown"]), "source": str(one["source"])} for one in message.facts)
    return DirectDraft(message.id or 0, candidate.id or 0, candidate.campaign, account.platform, account.handle,
                       creator_of(session, candidate).name, message.text,
                       profile_page(account.platform, account.handle), sources)  # fmt: skip
