"""Telling ops once what runs out of signed deals: use of content, exclusivity, a campaign that could be renewed.

All that became due since the last time is one message for each campaign's ops. Jobs hold ids and days; the words are
made when it is said.
"""

from collections import defaultdict
from datetime import date

from sqlalchemy import insert
from sqlmodel import Session, col, select

from contracts import ends
from contracts.ends import End
from core import jobs
from core.clock import local_day
from core.errors import Refused
from core.models.approvals import Notice
from core.models.columns import new_id
from core.models.jobs import Job
from core.people import Person, Role
from core.store import stored_campaign
from flows.steps.deal_words import News
from flows.wiring import Wiring

#: Kind of the jobs that tell of ends; key: the first notice's id, payload: recipient, campaign, ends.
ENDS_JOB = "deal-ends.mail"
_KIND = "deal"
#: A message names so many, and says how many more there are.
MOST = 40
_BATCH = 500


def note(session: Session, w: Wiring) -> int:
    """Put on record what is to be told now, with the job that tells it; returns how many ends that are."""
    known = ends.due(session, local_day(w.clock.now(), "UTC"))
    told = _told(session, [end.key for end in known])
    new: dict[tuple[str, int], list[End]] = defaultdict(list)
    for end in known:
        if end.key not in told:
            new[end.campaign, end.cycle].append(end)
    for (slug, cycle), found in new.items():
        _put(session, w, slug, cycle, found)
    return sum(len(found) for found in new.values())


def words(session: Session, _w: Wiring, job: Job, recipient: Person) -> tuple[str, str]:
    """Subject and text of one message."""
    news = news_of(session, job)
    return news.subject, f"Hello {recipient.name},\n\n{news.said}\n\n{news.next_step}\n"


def news_of(session: Session, job: Job) -> News:
    """What ends, a line each, for whoever reads it."""
    found = [(int(number), str(kind), date.fromisoformat(day)) for number, kind, day in job.payload["ends"]]
    lines = lines_of(found, ends.names_of(session, [number for number, _, _ in found]))
    slug, total = job.payload["campaign"], int(job.payload["total"])
    subject = f"{total} {'thing ends' if total == 1 else 'things end'} soon in deals of {slug}"
    more = [f"and {total - len(found)} more"] if total > len(found) else []
    return News(subject, "\n".join([*(f"- {line}" for line in lines), *more]),
                f"To see them all: greenroom contracts ends {slug}")  # fmt: skip


def lines_of(found: list[tuple[int, str, date]], names: dict[int, str]) -> list[str]:
    # A line break in a name must not become a line of its own.
    return [" ".join(ends.sentence(kind, day, names.get(number, "?")).split()) for number, kind, day in found]


def _put(session: Session, w: Wiring, slug: str, cycle: int, found: list[End]) -> None:
    now = w.clock.now()
    try:
        recipient = w.people.holder(stored_campaign(session, slug, cycle=cycle), Role.OPS, now)
    except Refused:
        return  # nobody to tell; looked at again with the next sweep
    notices = [Notice(id=new_id(), key=end.key, kind=_KIND, recipient=recipient.id, at=now) for end in found]
    session.execute(insert(Notice), [notice.model_dump() for notice in notices])
    told = [[end.contract_id, end.kind, end.day.isoformat()] for end in found[:MOST]]
    payload = {"recipient": recipient.id, "campaign": slug, "ends": told, "total": len(found)}
    jobs.start(session, w.clock, kind=ENDS_JOB, key=notices[0].id, payload=payload)


def _told(session: Session, keys: list[str]) -> set[str]:
    found: set[str] = set()
    for first in range(0, len(keys), _BATCH):
        found |= set(session.exec(select(Notice.key).where(col(Notice.key).in_(keys[first : first + _BATCH]))))
    return found
