"""Who is meant by an account, a mail address or a creator's id, and which rows of the record are theirs.

Owns look-ups only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from core.errors import Refused
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account, AccountLink, Creator
from core.models.outreach import Message, Reply
from core.persons import following_merges, is_called, merged_persons, same_person
from core.platforms import account_said
from outreach import answers, suppression


@dataclass(frozen=True)
class Known:
    """Everything that is one person: the creator merges lead to, all creator ids, accounts, candidates, addresses."""

    creator: Creator
    creators: tuple[str, ...]
    accounts: tuple[Account, ...]
    candidates: tuple[Candidate, ...]
    addresses: tuple[str, ...] = field(repr=False)

    @property
    def candidate_ids(self) -> list[int]:
        return [candidate.id or 0 for candidate in self.candidates]

    @property
    def mailboxes(self) -> list[str]:
        """Their addresses in small letters, as far as SQL makes letters small."""
        return [address.lower() for address in self.addresses]

    @property
    def account_names(self) -> list[tuple[str, str]]:
        return [(account.platform, account.handle) for account in self.accounts]


class Directory:
    """Everybody who is a candidate, looked up once: for whoever has many names to ask about. Merges are followed.

    With `campaign` only its candidates are known.
    """

    def __init__(self, session: Session, *, pepper: bytes, campaign: str = "") -> None:
        self._pepper, self._campaign = pepper, campaign
        self._merged = merged_persons(session)
        query = select(Candidate.id, Candidate.creator_id).order_by(col(Candidate.id))
        if campaign:
            query = query.where(Candidate.campaign == campaign)
        self._candidates = {self._person(creator): number or 0 for number, creator in session.exec(query)}
        self._accounts = self._read_accounts(session)
        self._addresses = self._read_addresses(session)

    def of_account(self, platform: str, handle: str) -> str:
        """The person of an account; `platform` may be "". Raises Refused where nobody is, or several are."""
        found = self._accounts.get((platform, handle), set()) & self._candidates.keys()
        return self._only(found, ":".join(filter(None, (platform, handle))))

    def of_address(self, address: str) -> str:
        """The person of a mail address, in any spelling of it. Raises Refused as `of_account`."""
        found = self._addresses.get(suppression.address_key(self._pepper, address), set()) & self._candidates.keys()
        return self._only(found, address)

    def candidate_of(self, person: str) -> int:
        """Their latest candidacy."""
        return self._candidates[person]

    def _only(self, found: set[str], named: str) -> str:
        if len(found) > 1:
            raise Refused(f"{named} is of {len(found)} creators on record: name one as platform:handle")
        if not found:
            where = f"in {self._campaign}" if self._campaign else "on record"
            raise Refused(f"nobody {where} is called {named}")
        return next(iter(found))

    def _person(self, creator: str) -> str:
        return self._merged.get(creator, creator)

    def _read_accounts(self, session: Session) -> dict[tuple[str, str], set[str]]:
        query = select(Account.platform, Account.handle, AccountLink.creator_id).join(
            AccountLink, col(AccountLink.account_id) == Account.id
        )
        found: dict[tuple[str, str], set[str]] = {}
        for platform, handle, creator in session.exec(query.where(col(AccountLink.until).is_(None))):
            for name in ((platform, handle), ("", handle)):
                found.setdefault(name, set()).add(self._person(creator))
        return found

    def _read_addresses(self, session: Session) -> dict[str, set[str]]:
        owners = col(Candidate.id) == Snapshot.candidate_id
        mails = select(Snapshot.value, Candidate.creator_id).join(Candidate, owners).where(Snapshot.field == "email")
        found: dict[str, set[str]] = {}
        for mail, creator in session.exec(mails):
            if isinstance(mail, str):
                found.setdefault(suppression.address_key(self._pepper, mail), set()).add(self._person(creator))
        return found


def creator_called(session: Session, who: str, *, pepper: bytes) -> Creator:
    """The creator by `platform:handle`, mail address, or id (or the first eight letters of it), as it stands on record.

    Raises Refused where nobody is known by that, or two are.
    """
    named = who.strip()
    found = _called(session, named, pepper=pepper)
    if not found:
        raise Refused(f"Nobody on record is called {named!r}.", next_step=_where_else(session, named, pepper=pepper))
    if len({following_merges(session, one).id for one in found}) > 1:
        names = " or ".join(sorted(f"{one.id[:8]} ({one.name})" for one in found))
        raise Refused(f"{named} may be {names}.", next_step="Name one of them by that id.")
    return found[0]


def is_on_record(session: Session, who: str, *, pepper: bytes) -> bool:
    """Whether `creator_called` finds anybody by that, be it more than one."""
    return bool(_called(session, who.strip(), pepper=pepper))


def known_as(session: Session, creator: Creator) -> Known:
    """All that is one person with this creator."""
    creators = sorted(same_person(session, creator.id))
    linked = select(AccountLink.account_id).where(col(AccountLink.creator_id).in_(creators))
    candidates = session.exec(
        select(Candidate).where(col(Candidate.creator_id).in_(creators)).order_by(col(Candidate.id))
    ).all()
    accounts = session.exec(
        select(Account)
        .where(col(Account.id).in_(linked) | col(Account.id).in_([one.account_id for one in candidates]))
        .order_by(col(Account.id))
    ).all()
    first = following_merges(session, creator)
    return Known(first, tuple(creators), tuple(accounts), tuple(candidates), _addresses(session, candidates))


def _addresses(session: Session, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    ids = [candidate.id for candidate in candidates]
    mails = session.exec(select(Snapshot.value).where(Snapshot.field == "email", col(Snapshot.candidate_id).in_(ids)))
    told = [mail for mail in mails if isinstance(mail, str)]
    told += session.exec(select(Message.recipient).where(col(Message.candidate_id).in_(ids)))
    told += session.exec(select(Reply.sender).where(col(Reply.candidate_id).in_(ids)))
    return tuple(dict.fromkeys(mail.strip() for mail in told if mail.strip()))


def _called(session: Session, who: str, *, pepper: bytes) -> list[Creator]:
    return _by_id(session, who) or _by_account(session, who) or _by_address(session, who, pepper=pepper)


def _by_id(session: Session, who: str) -> list[Creator]:
    if len(who) < 8:
        return []
    return list(session.exec(select(Creator).where(col(Creator.id).startswith(who, autoescape=True)).limit(3)))


def _by_account(session: Session, who: str) -> list[Creator]:
    if _is_mail(who):
        return []
    query = (
        select(Creator)
        .join(AccountLink, col(AccountLink.creator_id) == Creator.id)
        .join(Account, col(Account.id) == AccountLink.account_id)
        .where(is_called(*account_said(who)), col(AccountLink.until).is_(None))
    )
    return list(session.exec(query))


def _by_address(session: Session, who: str, *, pepper: bytes) -> list[Creator]:
    if not _is_mail(who):
        return []
    candidates = answers.known_as(session, pepper=pepper, address=who)
    ids = dict.fromkeys(candidate.creator_id for candidate in candidates)
    return [session.get_one(Creator, creator) for creator in ids]


def _is_mail(who: str) -> bool:
    """A mail address, and no account on Mastodon, which is one of a platform (mastodon:user@server)."""
    platform, handle = account_said(who)
    return not platform and "@" in handle.lstrip("@")


def _where_else(session: Session, who: str, *, pepper: bytes) -> str:
    (platform, handle), is_mail = account_said(who), _is_mail(who)
    if suppression.is_suppressed(session, pepper=pepper, addresses=[who] if is_mail else [],
                                 accounts=[(platform, handle)] if platform and not is_mail else []):  # fmt: skip
        return "They are on the list of those who are never written to: nothing else is kept of who was erased."
    return "Name them as platform:handle, by mail address, or by the creator's id."
