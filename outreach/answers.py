"""What an answer does to candidate, message and suppression list, however it reached us: by mail or told by a person.

How an answer is understood is decided in `outreach.replies`.
"""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from core.clock import Clock
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink
from core.models.outreach import Message
from core.persons import accounts_of_person, is_called, persons_of
from core.stages import BEFORE_AGREED, Stage
from core.store import move
from outreach import settling, suppression
from outreach.phrases import OPTS_OUT, ReplyKind
from outreach.replies import Reading

#: Read, but nobody's answer to anything: the stage stays where it is.
NOT_AN_ANSWER = frozenset({ReplyKind.AWAY, ReplyKind.BOUNCE})


def of_same_person(session: Session, creators: Collection[str]) -> list[Candidate]:
    """Every candidate of these persons, merges included, in any campaign, held in order before anything else is."""
    persons = set().union(*persons_of(session, creators).values())
    same = select(Candidate).where(col(Candidate.creator_id).in_(sorted(persons))).order_by(col(Candidate.id))
    return list(session.exec(same.with_for_update().execution_options(populate_existing=True)))


def known_as(
    session: Session, *, pepper: bytes, address: str = "", account: tuple[str, str] | None = None
) -> list[Candidate]:
    """Every candidate of the creators who have this address or account (platform, handle), held."""
    creators: set[str] = set()
    if address:
        key = suppression.address_key(pepper, address)
        # Addresses are kept as they were written, so each spelling is held against the key; a record has thousands.
        mails = select(Snapshot.candidate_id, Snapshot.value).where(Snapshot.field == "email")
        rows = session.exec(mails).all()
        ids = {
            row_id for row_id, mail in rows if isinstance(mail, str) and suppression.address_key(pepper, mail) == key
        }
        ids |= set(session.exec(select(Message.candidate_id).where(Message.recipient_key == key)))
        creators |= set(session.exec(select(Candidate.creator_id).where(col(Candidate.id).in_(ids))))
    if account is not None:
        named = select(Account.id).where(is_called(*account))
        creators |= set(session.exec(select(Candidate.creator_id).where(col(Candidate.account_id).in_(named))))
        links = select(AccountLink.creator_id).where(col(AccountLink.account_id).in_(named))
        creators |= set(session.exec(links.where(col(AccountLink.until).is_(None))))
    return of_same_person(session, creators)


def take_in(
    session: Session, clock: Clock, *, candidate: Candidate | None, message: Message | None, reading: Reading,
    pepper: bytes, addresses: Collection[str], actor: str, how: str,
) -> None:  # fmt: skip
    """Let an answer have its effect. `addresses` are those it came from or was asked at; `how` such as "by mail"."""
    # Held first, also where only one of them moves.
    persons = of_same_person(session, {candidate.creator_id}) if candidate else []
    if message is not None:
        _note(session, clock, message, reading)
    if reading.kind in OPTS_OUT:
        said = "complained" if reading.kind is ReplyKind.COMPLAINT else "asked"
        opt_out(session, clock, persons, pepper=pepper, addresses=addresses, why=f"{said} {how}", actor=actor)
    elif candidate is not None and reading.kind not in NOT_AN_ANSWER:
        session.refresh(candidate)
        if candidate.stage in (Stage.INVITED, Stage.NO_ANSWER):
            move(session, clock, candidate, Stage.REPLIED, actor=actor, reason=f"answered {how}: {reading.kind}")


def opt_out(
    session: Session, clock: Clock, persons: Sequence[Candidate], *, pepper: bytes, addresses: Collection[str],
    why: str, actor: str, accounts: Collection[tuple[str, str]] = (),
) -> list[int]:  # fmt: skip
    """Nobody writes to these people again, in any campaign; an agreement that was made stays as it is.

    Their addresses on record go on the list as well: another account may share them; and so do all accounts that are
    theirs, and `accounts` (platform, handle). Returns the ids of the candidates that were closed.
    """
    known = [*addresses, *_addresses_of(session, persons)]
    for address in filter(None, dict.fromkeys(known)):
        suppression.add(session, clock, pepper=pepper, address=address, why=why, actor=actor)
    accounts = [*accounts, *_accounts_of(session, persons)]
    for account in dict.fromkeys(accounts):
        suppression.add(session, clock, pepper=pepper, account=account, why=why, actor=actor)
    closed = []
    for candidate in persons:
        if candidate.stage in BEFORE_AGREED:
            move(session, clock, candidate, Stage.CLOSED_BY_OPT_OUT, actor=actor, reason=why)
            closed.append(candidate.id or 0)
    return closed


def _accounts_of(session: Session, persons: Sequence[Candidate]) -> list[tuple[str, str]]:
    found = [session.get_one(Account, candidate.account_id) for candidate in persons]
    linked = [one for creator in {candidate.creator_id: None for candidate in persons}
              for one in accounts_of_person(session, creator)]  # fmt: skip
    return [*((account.platform, account.handle) for account in found), *linked]


def _addresses_of(session: Session, persons: Sequence[Candidate]) -> list[str]:
    ids = [candidate.id for candidate in persons]
    mails = select(Snapshot.value).where(Snapshot.field == "email", col(Snapshot.candidate_id).in_(ids))
    return [mail.strip() for mail in session.exec(mails.order_by(col(Snapshot.id))) if isinstance(mail, str)]


def _note(session: Session, clock: Clock, message: Message, reading: Reading) -> None:
    if reading.kind is ReplyKind.BOUNCE:
        message.detail = f"bounced: {reading.because}"[:500]
        session.add(message)
        session.flush()
    elif reading.kind is not ReplyKind.AWAY:
        settling.proved_sent(session, clock, message, why="the creator answered it")
