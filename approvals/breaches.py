"""Which decisions came late: by person, by kind, and by the clause of the contract that was to be signed off.

Owns what counts as late. Times are working time on the calendar of whoever was asked, as the clock counts them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session, col, select

from approvals.kinds import Kind
from approvals.sla import elapsed
from core.campaign import Sla
from core.clock import Clock
from core.models.approvals import Request
from core.people import People, WorkCalendar

CONTRACT, CHANGES = Kind.FINAL_CONTRACT, "request_changes"
#: A contract that departs from nothing.
STANDARD = "standard text"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question as the report reads it: how long it took of the time it had."""

    person: str
    kind: str
    limit: timedelta
    used: timedelta
    open: bool
    clauses: tuple[str, ...] = ()
    #: Why a contract was sent back; empty where it was not.
    sent_back: str = ""

    @property
    def over(self) -> timedelta:
        return max(self.used - self.limit, timedelta(0))


@dataclass(frozen=True)
class Line:
    """The questions about one person, kind or clause. `late` counts late decisions, `open_late` what is late still."""

    name: str
    asked: int
    late: int
    open_late: int
    median_over: timedelta
    longest_over: timedelta


@dataclass(frozen=True)
class Breaches:
    """Each with the most late first. A contract counts once for each of its clauses."""

    people: tuple[Line, ...]
    kinds: tuple[Line, ...]
    clauses: tuple[Line, ...]


def breaches(session: Session, clock: Clock, people: People, *, campaign: str | None = None) -> Breaches:
    """The report over everything asked on the record (of one campaign, where it is named) and not withdrawn."""
    return report(asked(session, clock, people, campaign=campaign))


def report(rows: Sequence[Asked]) -> Breaches:
    clauses = _clauses_of(rows)
    return Breaches(
        people=_lines(rows, lambda row: (row.person,)),
        kinds=_lines(rows, lambda row: (row.kind,)),
        clauses=_lines([row for row in rows if row.kind == CONTRACT], clauses),
    )


def asked(session: Session, clock: Clock, people: People, *, campaign: str | None = None) -> list[Asked]:
    """Every question that was decided or is open."""
    query = select(Request).where(col(Request.status).in_(("open", "decided"))).order_by(col(Request.asked_at))
    if campaign is not None:
        query = query.where(Request.campaign == campaign)
    calendars, now = {person.id: person.calendar for person in people}, clock.now()
    # A calendar that nobody knows any more is read as one without holidays.
    rows = session.exec(query.execution_options(yield_per=500))
    return [_asked(request, calendars.get(request.assignee, WorkCalendar()), now) for request in rows]


def _asked(request: Request, calendar: WorkCalendar, now: datetime) -> Asked:
    sla = Sla.model_validate({"hours": request.sla_hours, "clock": request.sla_clock})
    until = request.decided_at or now
    used = timedelta(seconds=request.used_seconds)
    # A clock that stands still has put what had passed into used_seconds.
    if request.paused_at is None:
        used += elapsed(request.clock_started_at, until, sla, calendar)
    contract = request.kind == CONTRACT
    return Asked(
        person=request.assignee,
        kind=request.kind,
        limit=timedelta(hours=request.sla_hours),
        used=used,
        open=request.status == "open",
        clauses=_labels(request.card.get("differences", ())) if contract else (),
        sent_back=request.reason if contract and request.choice == CHANGES else "",
    )


def _labels(differences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(difference.partition(":")[0].strip() for difference in differences))


def _clauses_of(rows: Iterable[Asked]) -> Callable[[Asked], tuple[str, ...]]:
    """The clauses a contract departs in, and the one that whoever sent it back named first."""
    known = {clause for row in rows if row.kind == CONTRACT for clause in row.clauses}

    def clauses(row: Asked) -> tuple[str, ...]:
        named = row.sent_back.partition(":")[0].strip()
        own = row.clauses or (STANDARD,)
        return tuple(dict.fromkeys((*own, named))) if named in known else tuple(dict.fromkeys(own))

    return clauses


def _lines(rows: Iterable[Asked], names: Callable[[Asked], tuple[str, ...]]) -> tuple[Line, ...]:
    groups: dict[str, list[Asked]] = {}
    for row in rows:
        for name in names(row):
            groups.setdefault(name, []).append(row)
    lines = [_line(name, group) for name, group in groups.items()]
    return tuple(sorted(lines, key=lambda line: (-line.late - line.open_late, line.name)))


def _line(name: str, rows: Sequence[Asked]) -> Line:
    over = [row.over for row in rows if row.over]
    return Line(
        name=name,
        asked=len(rows),
        late=sum(1 for row in rows if row.over and not row.open),
        open_late=sum(1 for row in rows if row.over and row.open),
        median_over=timedelta(seconds=median(spell.total_seconds() for spell in over)) if over else timedelta(0),
        longest_over=max(over, default=timedelta(0)),
    )
