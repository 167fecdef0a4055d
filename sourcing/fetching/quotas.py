"""How much of each quota is taken, kept in the record: taken before a request leaves, settled when its cost is known.

What was taken by a process that died stays taken: the platform may have counted it, and to spend too little is no harm.
Knows no platform and no request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from core.clock import Clock
from core.database import reading, unit_of_work
from core.models.fetching import FetchPause, FetchTag, QuotaUse
from sourcing.fetching.asking import Quota


@dataclass(frozen=True)
class Standing:
    """A quota as it stands: units taken and left in the window that ends at `until`."""

    quota: Quota
    used: int
    until: datetime
    told_empty: bool = False

    @property
    def left(self) -> int:
        return 0 if self.told_empty else max(0, self.quota.limit - self.used)


@dataclass(frozen=True)
class Short:
    """Why nothing may be asked now, and when it may."""

    why: str
    until: datetime


class Ledger:
    """The quotas of one source, for one credential; safe with several processes and threads on one record."""

    def __init__(
        self, engine: Engine, clock: Clock, *, source: str, holder: str, quotas: Sequence[Quota]
    ) -> None:  # fmt: skip
        self._engine, self._clock = engine, clock
        self._source, self._holder = source, holder
        self._quotas = {quota.name: quota for quota in quotas}

    def take(self, name: str, units: int) -> Short | None:
        """Take units of a quota, or say why not; a pause that the platform asked for counts too."""
        now, quota = self._clock.now(), self._quotas[name]
        window, until = window_of(quota, now)
        with unit_of_work(self._engine) as session:
            pause = session.get(FetchPause, (self._source, self._holder))
            if pause is not None and pause.until > now:
                return Short(pause.why, pause.until)
            use = self._use(session, name, window)
            if use.told_empty or use.used + units > quota.limit:
                return Short(f"the {quota.name} of this {quota.window} are used up", until)
            use.used, use.changed_at = use.used + units, now
            session.add(use)
        return None

    def settle(self, name: str, *, taken: int, cost: int, at: datetime) -> None:
        """The request that took `taken` at `at` cost that much in truth."""
        if taken == cost:
            return
        with unit_of_work(self._engine) as session:
            use = self._use(session, name, window_of(self._quotas[name], at)[0])
            use.used, use.changed_at = max(0, use.used + cost - taken), self._clock.now()
            session.add(use)

    def is_empty(self, name: str) -> datetime | None:
        """The platform says that the quota is used up, by others with the same key say. Returns until when it is; None
        where only the bound is ours: then nobody knows when there is more (credits are bought), and asking tells."""
        now, quota = self._clock.now(), self._quotas[name]
        if quota.is_ours:
            return None
        window, until = window_of(quota, now)
        with unit_of_work(self._engine) as session:
            use = self._use(session, name, window)
            use.told_empty, use.changed_at = True, now
            session.add(use)
        return until

    def pause(self, until: datetime, why: str) -> None:
        """The platform asked for a pause."""
        with unit_of_work(self._engine) as session:
            row = session.get(FetchPause, (self._source, self._holder)) or FetchPause(
                source=self._source, holder=self._holder, until=until, why=why
            )
            row.until, row.why = max(until, row.until), why[:200]
            session.add(row)

    def standing(self) -> list[Standing]:
        now = self._clock.now()
        with reading(self._engine) as session:
            found = []
            for quota in self._quotas.values():
                window, until = window_of(quota, now)
                use = self._use(session, quota.name, window)
                found.append(Standing(quota, use.used, until, use.told_empty))
        return found

    def paused(self) -> Short | None:
        with reading(self._engine) as session:
            pause = session.get(FetchPause, (self._source, self._holder))
        return Short(pause.why, pause.until) if pause is not None and pause.until > self._clock.now() else None

    def tag(self, request: str) -> str:
        """How the platform called its last answer to this request; "" where it never named one."""
        with reading(self._engine) as session:
            row = session.get(FetchTag, (self._source, request))
        return row.tag if row is not None else ""

    def keep_tag(self, request: str, tag: str) -> None:
        with unit_of_work(self._engine) as session:
            row = session.get(FetchTag, (self._source, request)) or FetchTag(
                source=self._source, request_digest=request, tag=tag, seen_at=self._clock.now()
            )
            row.tag, row.seen_at = tag, self._clock.now()
            session.add(row)

    def _use(self, session: Session, name: str, window: str) -> QuotaUse:
        query = select(QuotaUse).where(
            QuotaUse.source == self._source, QuotaUse.holder == self._holder, QuotaUse.quota == name,
            QuotaUse.window == window,
        )  # fmt: skip
        return session.exec(query.with_for_update()).first() or QuotaUse(
            source=self._source, holder=self._holder, quota=name, window=window, used=0, changed_at=self._clock.now()
        )


def window_of(quota: Quota, now: datetime) -> tuple[str, datetime]:
    """(name, end) of the window that a moment is in, by the calendar of the quota's own time zone."""
    local = now.astimezone(ZoneInfo(quota.zone))
    if quota.window == "day":
        tomorrow = (local + timedelta(days=1)).date()
        return f"{local:%Y-%m-%d}", datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=local.tzinfo)
    if quota.window == "month":
        year, month = divmod(local.year * 12 + local.month, 12)
        return f"{local:%Y-%m}", datetime(year, month + 1, 1, tzinfo=local.tzinfo)
    start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return f"{start:%Y-%m-%dT%HZ}", start + timedelta(hours=1)


def forget_old(engine: Engine, clock: Clock) -> None:
    """Windows that ended long ago, and tags that nobody asked about for half a year."""
    limit = clock.now() - timedelta(days=180)
    with unit_of_work(engine) as session:
        session.execute(delete(QuotaUse).where(col(QuotaUse.changed_at) < limit))
        session.execute(delete(FetchTag).where(col(FetchTag.seen_at) < limit))
