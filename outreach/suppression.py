"""Who must never be written to again, kept as keyed hashes: the list can be asked, not read.

An erased person stays on it (GDPR articles 17 and 21). Knows nothing of campaigns or mails.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core import audit
from core.clock import Clock
from core.errors import PermanentError
from core.models.outreach import Suppression

#: Why an erased person is on it. Others opted out, and what is public of them may be kept.
ERASED = "erased"
_CHECK = "check"
_CONSTANT = "greenroom suppression list"


def add(
    session: Session, clock: Clock, *, pepper: bytes, why: str, actor: str, address: str = "",
    account: tuple[str, str] | None = None,
) -> None:  # fmt: skip
    """Put an address, an account (platform, handle) or both on the list; once more changes nothing."""
    _check_pepper(session, pepper)
    entries = [(_CHECK, _hash(pepper, _CONSTANT))]
    entries += [("address", address_key(pepper, address))] if address else []
    entries += [("account", account_key(pepper, *account))] if account else []
    why_sha256 = hashlib.sha256(why.encode()).hexdigest() if why else ""
    for kind, key in entries:
        row = Suppression(key_hash=key, kind=kind, why="" if kind == _CHECK else why, at=clock.now())
        if _put(session, row) and kind != _CHECK:
            audit.record(session, clock, actor=actor, action="suppression.added", subject=f"suppression:{key[:16]}",
                         detail={"kind": kind, "why_sha256": why_sha256})  # fmt: skip


def is_suppressed(
    session: Session, *, pepper: bytes, addresses: Iterable[str] = (), accounts: Iterable[tuple[str, str]] = ()
) -> bool:
    """Whether any of these may not be written to.

    Raises PermanentError where the list was made with another pepper: it would then match nobody.
    """
    keys = {address_key(pepper, address) for address in addresses}
    keys |= {account_key(pepper, *account) for account in accounts}
    ours = _hash(pepper, _CONSTANT)
    # One question, as it is asked for each mail.
    found = set(session.exec(select(Suppression.key_hash).where(col(Suppression.key_hash).in_({ours, *keys}))))
    if ours not in found:
        _check_is_empty(session)
    return not found.isdisjoint(keys)


def fingerprints(session: Session, *, pepper: bytes) -> frozenset[str]:
    """The keyed hashes of all addresses and accounts that may not be written to, for sourcing to leave them out."""
    _check_pepper(session, pepper)
    return frozenset(session.exec(select(Suppression.key_hash).where(Suppression.kind != _CHECK)))


def erased_fingerprints(session: Session, *, pepper: bytes) -> frozenset[str]:
    """The keyed hashes of those who were erased: nothing of them is to be stored again."""
    asked = select(Suppression.key_hash).where(Suppression.kind != _CHECK, Suppression.why == ERASED)
    found = frozenset(session.exec(asked))
    if found:
        _check_pepper(session, pepper)
    return found


def fingerprints_of(pepper: bytes, account: str, address: str | None) -> tuple[str, ...]:
    """The keyed hashes by which one profile may be on the list; `account` is written as `platform:handle`."""
    platform, _, handle = account.partition(":")
    keys = (account_key(pepper, platform, handle),)
    return (*keys, address_key(pepper, address)) if address else keys


def address_key(pepper: bytes, address: str) -> str:
    """The same for every spelling that reaches the same mailbox: case, `+tag`, Gmail's dots, a domain in letters of its
    own language or as ASCII (RFC 5890), a dot at its end, letters of another width, and what no reader sees."""
    mailbox, _, domain = _visible(address).rpartition("@")
    mailbox, domain = mailbox.casefold(), _ascii_domain(domain)
    mailbox = mailbox.partition("+")[0] or mailbox
    if domain in ("gmail.com", "googlemail.com"):
        mailbox, domain = mailbox.replace(".", ""), "gmail.com"
    return _hash(pepper, f"address:{mailbox}@{domain}")


def account_key(pepper: bytes, platform: str, handle: str) -> str:
    return _hash(pepper, f"account:{platform.strip().casefold()}:{_visible(handle).lstrip('@').casefold()}")


def _visible(text: str) -> str:
    """As a reader sees it: one form of each letter, nothing invisible, no blanks around."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", "".join(c for c in text if unicodedata.category(c)[0] != "C")).strip()


def _ascii_domain(domain: str) -> str:
    domain = domain.lower().rstrip(".")
    if domain.isascii():
        return domain
    import idna  # few domains need it, and every command that looks at the list would wait for it

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain.casefold()


def _put(session: Session, row: Suppression) -> bool:
    """False where it is on the list already; another process may add the same one at the same time."""
    known = session.get(Suppression, row.key_hash)
    if known is not None:
        if row.why == ERASED:  # what they once said of it is forgotten as well
            known.why = ERASED
            session.add(known)
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def _check_pepper(session: Session, pepper: bytes) -> None:
    if session.get(Suppression, _hash(pepper, _CONSTANT)) is None:
        _check_is_empty(session)


def _check_is_empty(session: Session) -> None:
    if session.exec(select(Suppression).limit(1)).first() is not None:
        raise PermanentError(
            "The list of people who opted out was made with another secret, so nobody on it would be recognised.",
            next_step="Restore the old pepper (GREENROOM_PEPPER, or the file pepper in the home folder).",
        )


def _hash(pepper: bytes, text: str) -> str:
    return hmac.digest(pepper, text.encode(), "sha256").hex()
