"""Work that was started and is not done: what a batch has to say beyond what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.models.approvals import Request
from core.models.deals import Contract
from core.models.jobs import Job
from core.stages import Stage
from core.store import account_of, the_candidate


@dataclass(frozen=True)
class Undone:
    """What it is about, why it is not done, and when a machine tries again; `next_at` None: never, a person must."""

    about: str
    because: str
    next_at: datetime | None
    failed: bool

    @property
    def line(self) -> str:
        again = f"; tried again from {self.next_at:%Y-%m-%d %H:%M} UTC" if self.next_at else "; not tried again"
        return f"Not done: {self.about}: {self.because}{again}."


def undone(session: Session, *kinds: str) -> list[Undone]:
    """Jobs (of these kinds; of all) that failed, or that a run which may have died holds; not those settled since."""
    held = (col(Job.status) == "running") | (col(Job.last_error) != "")
    query = select(Job).where(col(Job.status) != "done", held).order_by(col(Job.id))
    if kinds:
        query = query.where(col(Job.kind).in_(kinds))
    return [_told(job, about) for job in session.exec(query).all() if (about := _about(session, job))]


def lines_of(left: Sequence[Undone]) -> list[str]:
    return [one.line for one in left]


def _told(job: Job, about: str) -> Undone:
    if job.status == "running":
        return Undone(about, "another run is at it, or was stopped in the middle", job.lease_until, failed=False)
    next_at = None if job.status == "failed" else job.not_before
    return Undone(about, job.last_error.rstrip("."), next_at, failed=True)


def _about(session: Session, job: Job) -> str:
    """The matter by the name a person knows it by; '' where it is settled and the job only left over."""
    match job.payload:
        case {"contract": number}:
            contract = session.get_one(Contract, number)
            return contract.file_name if contract.status == "signed_off" else ""
        case {"candidate": number}:
            candidate = the_candidate(session, number)
            name = f"the contract of {account_of(session, candidate).handle} in {candidate.campaign}"
            return name if candidate.stage == Stage.AGREED else ""
        case {"request": number, "decided_at": _}:
            request = session.get_one(Request, number)
            return f"the decision on request {request.id[:8]}" if request.status == "decided" else ""
        case {"request": number}:
            request = session.get_one(Request, number)
            return f"a reminder about request {request.id[:8]}" if request.status == "open" else ""
        case {"campaign": slug, "ends": _}:
            return f"the message about what ends in deals of {slug}"
        case {"campaign": slug, "actor": _}:
            return f"the longlist of {slug}"
        case {"campaign": slug}:
            return f"the review queue of {slug}"
    return f"{job.kind} {job.key}"
