"""Links to the signing page, and the codes that prove the mailbox: made, looked up, counted, and never kept in plain.

Owns the rows of links and events. Knows nothing of pages, of mails, or of what a signature does to a deal.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from sqlmodel import Session, col, func, select

from contracts.register import standing_of
from core.clock import Clock
from core.errors import Refused
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.models.signing import SigningEvent, SigningLink

#: A code opens nothing but the form that it was asked from: a short one will do.
CODE_LASTS, CODE_TRIES = timedelta(minutes=10), 5
#: Between two codes, in an hour, and of one link in all: nobody's mailbox is filled, and no code is found by trying.
CODE_PAUSE, CODES_AN_HOUR, CODES_IN_ALL = timedelta(minutes=1), 5, 15
#: So many wrong codes of one contract, under whichever of its links, and no further code is sent: a new link begins no
#: new count, or whoever gets new ones could guess on for ever.
WRONG_IN_ALL = 50
#: Whoever holds an ended link gets so many new ones, or copies of what was signed, a day: to the address on record.
LINKS_A_DAY = 3
_TOKEN = re.compile(r"[a-z2-7]{32}")
_CODE = re.compile(r"[0-9]{6}")


class State(StrEnum):
    """What a link opens at this moment."""

    OPEN = "open"
    EARLY = "early"  # the mail with it is on the wire
    EXPIRED = "expired"
    REPLACED = "replaced"
    VOID = "void"
    SIGNED = "signed"
    ENDED = "ended"  # signed, and not shown here, or not any more
    DECLINED = "declined"


class What(StrEnum):
    """What may happen on the way to a signature, and after it."""

    LINK_MADE = "link made"
    LINK_ASKED = "new link asked for"
    COPY_ASKED = "copy asked for"
    OPENED = "page opened"
    CODE_SENT = "code sent"
    CODE_WRONG = "code wrong"
    CODE_RIGHT = "code right"
    SIGNED = "signed"
    DECLINED = "declined"
    REMINDED = "reminded"
    HANDED_OVER = "handed to provider"
    COUNTERSIGNED = "countersigned"
    BRIEFED = "brief sent"


class TooOften(Refused):
    """Asked for more codes or links than one person needs."""


@dataclass(frozen=True)
class Caller:
    """From where somebody calls, as little as is worth keeping."""

    network: str = ""
    browser: str = ""

    @classmethod
    def of(cls, address: str, agent: str, *, pepper: bytes) -> "Caller":
        known = hmac.new(pepper, f"browser:{agent[:500]}".encode(), hashlib.sha256).hexdigest()[:16] if agent else ""
        return cls(_shortened(address), known)


def issue(session: Session, clock: Clock, contract: Contract, *, days: int, by: str) -> tuple[SigningLink, str]:
    """A new link to this version, and its token, which is told this once. Earlier links open nothing any more."""
    now, contract_id = clock.now(), contract.id or 0
    earlier = select(SigningLink).where(SigningLink.contract_id == contract_id, col(SigningLink.replaced_at).is_(None))
    for former in session.exec(earlier).all():
        former.replaced_at, former.code_hash = now, ""
        session.add(former)
    token = base64.b32encode(secrets.token_bytes(20)).decode("ascii").lower()
    link = SigningLink(contract_id=contract_id, token_hash=_hash(token), docx_sha256=contract.docx_sha256,
                       terms_sha256=contract.terms_sha256, issued_by=by, issued_at=now,
                       expires_at=now + timedelta(days=days))  # fmt: skip
    session.add(link)
    session.flush()
    note(session, clock, link, What.LINK_MADE, detail={"by": by, "until": link.expires_at.isoformat()})
    return link, token


def found(session: Session, token: str) -> SigningLink | None:
    """The link with this token, whether it still opens anything or not."""
    if not is_token(token):
        return None
    return session.exec(select(SigningLink).where(SigningLink.token_hash == _hash(token))).first()


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def newest(session: Session, contract_id: int) -> SigningLink | None:
    query = select(SigningLink).where(SigningLink.contract_id == contract_id)
    return session.exec(query.order_by(col(SigningLink.id).desc()).limit(1)).first()


def state_of(link: SigningLink, contract: Contract, candidate: Candidate, clock: Clock) -> State:
    """Read from the contract: a new version, a signature or a refusal ends every link, whoever forgets to say so."""
    match standing_of(contract, candidate):
        case "signed":
            return State.SIGNED
        case "declined":
            return State.DECLINED
        case "out" if (link.docx_sha256, link.terms_sha256) != (contract.docx_sha256, contract.terms_sha256):
            return State.VOID
        case "out" if link.replaced_at is not None:
            return State.REPLACED
        case "out":
            return State.EXPIRED if clock.now() >= link.expires_at else State.OPEN
        case "signed_off":
            return State.EARLY
    return State.VOID


def shown_until(signed_at: datetime, *, days: int) -> datetime:
    """Until when a link shows what was signed under it. A mailbox is searched years later, by whoever has it then."""
    return signed_at + timedelta(days=days)


def new_code(session: Session, clock: Clock, link: SigningLink, *, pepper: bytes) -> str:
    """Six digits, told this once; the one before counts no more. Raises TooOften."""
    sent, now = _times(session, link, What.CODE_SENT), clock.now()
    # Either way: where the clock was set back, nobody waits until it has caught up.
    if sent and abs(now - max(at for at, _ in sent)) < CODE_PAUSE:
        raise TooOften("A code was sent less than a minute ago.", next_step="Look into your mailbox first.")
    if sum(now - at < timedelta(hours=1) for at, _ in sent) >= CODES_AN_HOUR:
        raise TooOften("Five codes were sent within an hour.", next_step="Try again in an hour.")
    if sum(of == link.id for _, of in sent) >= CODES_IN_ALL:
        raise TooOften("This link has sent all the codes it may.", next_step="Reply to our mail.")
    if len(_times(session, link, What.CODE_WRONG)) >= WRONG_IN_ALL:
        raise TooOften("Too many wrong codes were typed in for this contract.", next_step="Reply to our mail.")
    code = f"{secrets.randbelow(1_000_000):06}"
    link.code_hash, link.code_until, link.code_tries = _code_hash(link, code, pepper), now + CODE_LASTS, 0
    session.add(link)
    return code


def code_runs(link: SigningLink, clock: Clock) -> bool:
    """Whether a code was sent that may still be typed in. One from the future is dead: the clock was set back, and it
    would last longer than it may."""
    if not link.code_hash or link.code_until is None:
        return False
    return link.code_until - CODE_LASTS - CODE_PAUSE < clock.now() < link.code_until


def try_code(session: Session, clock: Clock, link: SigningLink, code: str, *, pepper: bytes) -> bool:
    """Whether this is the code sent last, in time. Each wrong one counts; after five no code is right any more."""
    plain = "".join(code.split())
    if not code_runs(link, clock):
        return False
    if _CODE.fullmatch(plain) and hmac.compare_digest(link.code_hash, _code_hash(link, plain, pepper)):
        link.confirmed_at = link.confirmed_at or clock.now()
        session.add(link)
        return True
    link.code_tries += 1
    if link.code_tries >= CODE_TRIES:
        link.code_hash = ""
    session.add(link)
    return False


def forget_codes(session: Session, contract_id: int) -> None:
    """Whatever code was sent for this contract opens nothing any more."""
    for link in session.exec(select(SigningLink).where(SigningLink.contract_id == contract_id)).all():
        link.code_hash = ""
        session.add(link)


def check_may_ask_again(session: Session, clock: Clock, contract: Contract) -> None:
    """Raises TooOften where so many mails were asked for today already, or somebody is about to sign under the newest:
    whoever has an old link cannot end it in their hands."""
    current = newest(session, contract.id or 0)
    if current is not None and current.replaced_at is None and code_runs(current, clock):
        raise TooOften("A newer link is in use at this moment.", next_step="Look into your mailbox first.")
    query = select(func.count()).select_from(SigningEvent).where(
        SigningEvent.contract_id == contract.id, col(SigningEvent.what).in_((What.LINK_ASKED, What.COPY_ASKED)),
        col(SigningEvent.at) > clock.now() - timedelta(days=1),
    )  # fmt: skip
    if session.exec(query).one() >= LINKS_A_DAY:
        raise TooOften("Several mails were sent today.", next_step="Look into your mailbox, or reply to our mail.")


def note(
    session: Session, clock: Clock, link: SigningLink, what: What, *, caller: Caller | None = None,
    detail: dict[str, object] | None = None,
) -> SigningEvent:  # fmt: skip
    """One more thing that happened under a link."""
    return note_of(session, clock, link.contract_id, what, link_id=link.id, caller=caller, detail=detail)


def note_of(
    session: Session, clock: Clock, contract_id: int, what: What, *, link_id: int | None = None,
    caller: Caller | None = None, detail: dict[str, object] | None = None,
) -> SigningEvent:  # fmt: skip
    """One more thing that happened to a contract on its way to a signature."""
    there = caller or Caller()
    event = SigningEvent(contract_id=contract_id, link_id=link_id, what=what, at=clock.now(),
                         network=there.network, browser=there.browser, detail=detail or {})  # fmt: skip
    session.add(event)
    session.flush()
    return event


def events_of(session: Session, contract_id: int) -> Sequence[SigningEvent]:
    query = select(SigningEvent).where(SigningEvent.contract_id == contract_id)
    return session.exec(query.order_by(col(SigningEvent.id))).all()


def address(door: str, token: str) -> str:
    """Where the page is; "" without an address of the web door."""
    return f"{door.rstrip('/')}/sign/{token}" if door else ""


def _times(session: Session, link: SigningLink, what: What) -> Sequence[tuple[datetime, int | None]]:
    """When this happened to the link's contract, under whichever link."""
    query = select(SigningEvent.at, SigningEvent.link_id)
    return session.exec(query.where(SigningEvent.contract_id == link.contract_id, SigningEvent.what == what)).all()


def _hash(token: str) -> str:
    # 160 bits of chance need no slow hash.
    return hashlib.sha256(f"signing link:{token}".encode()).hexdigest()


def _code_hash(link: SigningLink, code: str, pepper: bytes) -> str:
    return hmac.new(pepper, f"signing code:{link.id}:{link.token_hash}:{code}".encode(), hashlib.sha256).hexdigest()


def _shortened(address: str) -> str:
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(ip_network((known, 24 if known.version == 4 else 48), strict=False))
