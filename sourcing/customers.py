"""The brand's own customers as keyed hashes, kept apart from the pool, to know which creators buy from it (R103).

    HOME/customers/<list>.npz    sorted 64-bit keyed hashes of addresses and accounts, and when they must go
Nobody can read a customer back out of it, and no customer becomes a profile. How a list is read stands in
`customers_listed`.
"""

import hashlib
import hmac
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from core.clock import Clock
from core.errors import BadInput
from core.files import write_atomically
from core.platforms import PLATFORMS
from sourcing.handles import normal_handle
from sourcing.profiles import Profile, account_key

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Customers:
    """Who is known as a customer. Ask by profile, or by what `said_of` gives."""

    keys: Keys
    pepper: bytes = field(repr=False)

    def __bool__(self) -> bool:
        return bool(len(self.keys))

    def has(self, profile: Profile) -> bool:
        """Whether this account, or the address it shows, is on a list of customers."""
        said = [account_said(profile.platform, profile.handle)]
        said += [address_said(profile.email)] if profile.email else []
        return bool(self.among(said))

    def among(self, said: list[str]) -> list[int]:
        """The places of those texts that are a customer's."""
        if not said or not self:
            return []
        hashed = np.array([hash_of(self.pepper, text) for text in said], dtype=np.uint64)
        at = np.minimum(np.searchsorted(self.keys, hashed), len(self.keys) - 1)
        return [int(place) for place in np.flatnonzero(self.keys[at] == hashed)]

    @property
    def digest(self) -> str:
        """Names what is known; "" for nothing."""
        return hashlib.sha256(self.keys.tobytes()).hexdigest()[:16] if self else ""


def known_customers(home: Path, *, pepper: bytes, clock: Clock) -> Customers:
    """All lists together; one that is past its day is deleted. Raises BadInput for one that cannot be read."""
    now, found = int(clock.now().timestamp()), [np.empty(0, np.uint64)]
    for path in _lists(home):
        keys, until = _read(path)
        if until > now:
            found.append(keys)
        else:
            path.unlink(missing_ok=True)
    return Customers(np.unique(np.concatenate(found)), pepper)


def strike(home: Path, said: Iterable[str], *, pepper: bytes, dry_run: bool = False) -> int:
    """Take what these texts stand for out of all lists; returns how many entries went, or with `dry_run` would go.

    `said` is what `address_said` and `account_said` give. Raises BadInput for a list that cannot be read.
    """
    theirs, struck = np.array([hash_of(pepper, text) for text in said], dtype=np.uint64), 0
    for path in _lists(home):
        keys, until = _read(path)
        left = keys[~np.isin(keys, theirs)]
        struck += len(keys) - len(left)
        if len(left) < len(keys) and not dry_run:
            _write(path, left, until)
    return struck


def keep(home: Path, name: str, keys: list[int], *, until: datetime) -> None:
    """Keep a list as `name`; one of that name before is replaced."""
    path = home / "customers" / f"{name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, np.unique(np.array(keys, dtype=np.uint64)), int(until.timestamp()))


def _lists(home: Path) -> list[Path]:
    return sorted((home / "customers").glob("*.npz"))


def _read(path: Path) -> tuple[Keys, int]:
    """The hashes, and the second since 1970 on which they must go."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as told:
            return told["keys"].astype(np.uint64), int(told["until"][0])
    except (OSError, ValueError, KeyError, IndexError, BadZipFile):
        raise BadInput(f"The customers in {path} cannot be read.", next_step="Import that list again.") from None


def _write(path: Path, keys: Keys, until: int) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, keys=keys, until=np.array([until]))
    write_atomically(path, buffer.getvalue())


def said_of(field: str, value: str) -> str:
    """What is hashed of a cell: an address in lower case, or an account by the one form of its handle; "" for none."""
    if field == "email":
        return address_said(value) if "@" in value.strip()[1:-1] else ""
    handle = normal_handle(value, field) if field in PLATFORMS and value.strip() else ""
    return account_said(field, handle) if handle else ""


def address_said(mail: str) -> str:
    return f"mail:{mail.strip().lower()}"


def account_said(platform: str, handle: str) -> str:
    return f"account:{account_key(platform, handle)}"


def hash_of(pepper: bytes, text: str) -> int:
    return int.from_bytes(hmac.digest(pepper, f"customer:{text}".encode(), "sha256")[:8], "little")
