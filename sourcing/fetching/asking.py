"""The words in which a source of profiles is asked: what is wanted, one request, its meaning, what went wrong.

A source decides requests and reads answers. It opens no connection, knows no database, and writes no file.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Window = Literal["hour", "day", "month"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Quota:
    """How much may be asked of a source in a window of time, in its smallest unit.

    `scale` units make one of what people count (100 hundredths are one credit). `is_ours` tells a bound that we set
    ourselves out of politeness, or for money, from one that the platform sets.
    """

    name: str
    limit: int
    window: Window
    zone: str = "UTC"
    scale: int = 1
    is_ours: bool = False

    def shown(self, units: int) -> str:
        """ "1,250" or "12.50": what people count."""
        return f"{units:,}" if self.scale == 1 else f"{units / self.scale:,.2f}"


@dataclass(frozen=True)
class Wanted:
    """One account to look up. `page` is its address where the handle does not name it; `followers` as last known."""

    platform: str
    handle: str
    page: str = ""
    followers: int | None = None


@dataclass(frozen=True)
class Order:
    """What somebody asks of a source: words to search for, or accounts to look up. `refresh` asks for nothing new."""

    source: str
    query: str = ""
    accounts: tuple[Wanted, ...] = ()
    limit: int = 200
    platform: str = ""
    refresh: bool = False

    @property
    def kind(self) -> Literal["search", "accounts", "refresh"]:
        return "refresh" if self.refresh else "accounts" if self.accounts else "search"

    @property
    def digest(self) -> str:
        return _digest(asdict(self))


@dataclass(frozen=True)
class Ask:
    """One request, without its credential. `carried` is what earlier answers said that the row of this one needs;
    `yields` how many profiles it will bring; `known` whom it looks up again, for an answer that nothing changed."""

    step: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    quota: str = ""
    cost: int = 1
    body: dict[str, Any] | None = None
    carried: dict[str, Any] = field(default_factory=dict)
    yields: int = 0
    whose: str = ""
    known: tuple[Wanted, ...] = ()

    @property
    def digest(self) -> str:
        """Names the request itself, whoever wants it and whatever it costs."""
        return _digest([self.path, self.params, self.body, self.whose])

    def as_document(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Ask":
        known = tuple(Wanted(**one) for one in document["known"])
        params = tuple((str(name), str(value)) for name, value in document["params"])
        return cls(**{**document, "params": params, "known": known})


@dataclass(frozen=True)
class Heard:
    """What an answer means. `then` is asked next, `more` (a further page) after all that; `cost` where the answer tells
    it; `left_out` counts, by reason, who is not taken; `missing` are fields that should be there and are not."""

    rows: tuple[Row, ...] = ()
    then: tuple[Ask, ...] = ()
    more: tuple[Ask, ...] = ()
    cost: int | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What a refusal means: `later` (try again), `empty` (the platform's quota is used up), `gone` (this account or
    video cannot be had, go on without) or `stop` (nothing will work before somebody mends it). `is_of_token`: it only
    holds if it is said of another token too."""

    kind: Literal["later", "empty", "gone", "stop"]
    words: str
    wait_seconds: float | None = None
    next_step: str = ""
    is_of_token: bool = False


class Source(Protocol):
    """One platform or vendor. Pure but for `headers`, which may fetch a token."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str:
        """As people call it; also the label of its rows."""
        ...

    @property
    def base_url(self) -> str: ...

    @property
    def pause_seconds(self) -> float:
        """Between two requests."""
        ...

    @property
    def days_kept(self) -> int | None:
        """After so many days what it says is to be asked again or forgotten."""
        ...

    @property
    def quotas(self) -> Sequence[Quota]: ...

    @property
    def holder(self) -> str:
        """A digest of what has the quota: of the credential, or of the account that it stands for."""
        ...

    @property
    def secrets(self) -> Sequence[str]:
        """What must never be seen in a message."""
        ...

    def begin(self, order: Order) -> list[Ask]:
        """The first requests. Raises WrongUsage for an order that this source cannot carry out."""
        ...

    def headers(self, ask: Ask, *, anew: bool = False) -> dict[str, str]:
        """The credential; with `anew` another token, where tokens are given out."""
        ...

    def read(self, ask: Ask, said: Any, *, room: int, now: datetime) -> Heard:
        """What a good answer means; at most `room` profiles of it are still wanted."""
        ...

    def without(self, ask: Ask, why: str, *, now: datetime) -> Heard:
        """What is left of an ask whose object cannot be had."""
        ...

    def trouble(self, status: int, said: Any, headers: Mapping[str, str]) -> Trouble:
        """What an answer that is not good means."""
        ...


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


def holder_of(credential: str) -> str:
    """Names a credential without telling it: what is left of 256 bits of digest opens nothing."""
    return hashlib.sha256(f"greenroom quota {credential}".encode()).hexdigest()[:12] if credential else "nobody"
