"""What a creator gets and when: an invitation, at most two follow-ups, then no answer. Decides and reads one file; pure
but for that.

Days count from the day the first mail went out (R27), where the reader is. Knows no record: what was sent and what came
back is told as plain data.
"""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.calendars import WorkCalendar
from core.campaign import Campaign
from core.clock import local_day
from core.errors import BadInput
from core.stages import Stage
from outreach import schedule
from outreach.entries import INVITE, MARKETING

FILE = Path("outreach") / "sequences.toml"
FOLLOW_UPS = ("follow-up-1", "follow-up-2")
#: What ends a sequence without a mail.
NO_ANSWER = "no answer"
_AUTOMATIC = frozenset({"away"})
_STEPS = (INVITE, *FOLLOW_UPS)
_Days = Annotated[int, Field(ge=1, le=60)]


@dataclass(frozen=True)
class Step:
    """One mail of a sequence: its template, how many days after the first mail it goes, and how many it leaves to
    answer."""

    name: str
    template: str
    after_days: int
    answer_within_days: int


@dataclass(frozen=True)
class Sequence:
    """The steps in order, the first of which is the invitation. So many days after the last one without a reply, there
    is no answer. `hours` (from, until) replace the campaign's window where the language has its own."""

    name: str
    steps: tuple[Step, ...]
    no_answer_after_days: int
    hours: tuple[int, int] | None = None

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Step(_Strict):
    name: Literal["invite", "follow-up-1", "follow-up-2"]
    template: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    after_days: Annotated[int, Field(ge=0, le=60)] = 0
    answer_within_days: Annotated[int, Field(ge=2, le=60)]


class _Changed(_Strict):
    after_days: _Days | None = None
    answer_within_days: Annotated[int | None, Field(ge=2, le=60)] = None


class _Local(_Strict):
    no_answer_after_days: _Days | None = None
    window: tuple[Annotated[int, Field(ge=0, le=23)], Annotated[int, Field(ge=1, le=24)]] | None = None
    steps: dict[Literal["invite", "follow-up-1", "follow-up-2"], _Changed] = Field(default_factory=dict)


class _Written(_Strict):
    no_answer_after_days: _Days
    steps: Annotated[tuple[_Step, ...], Field(min_length=1, max_length=3)]
    locale: dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], _Local] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _named_in_order(self) -> Self:
        names = tuple(step.name for step in self.steps)
        if names != _STEPS[: len(names)]:
            raise ValueError(f"steps must be {', '.join(_STEPS)} in this order (at most two follow-ups)")
        for local in self.locale.values():
            if local.window and local.window[0] >= local.window[1]:
                raise ValueError("a window must open before it closes")
            unknown = sorted(set(local.steps) - set(names))
            if unknown:
                raise ValueError(f"a locale changes {unknown[0]!r}, which is no step of the sequence")
        return self


def load_sequence(folder: Path, name: str, locale: str) -> Sequence:
    """The sequence of that name from `folder`/outreach/sequences.toml as it is for a language.

    Raises BadInput naming the file, the sequence and the key.
    """
    path = folder / FILE
    known = _read(path)
    if name not in known:
        near = difflib.get_close_matches(name, list(known), n=1)
        raise BadInput(
            f"There is no sequence {name!r} in {path}.",
            next_step=f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(known)) or 'none'}.",
        )
    try:
        return _for_locale(name, _Written.model_validate(known[name]), locale)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in (name, *problem["loc"]))
        raise BadInput(f"{path}: {where}: {problem['msg'].removeprefix('Value error, ')}.",
                       next_step="Mend that key.") from None  # fmt: skip
    except ValueError as error:
        raise BadInput(f"{path}: {name}: {error}.", next_step="Mend those days.") from None


def sequence_of(folder: Path, campaign: Campaign) -> Sequence:
    """The campaign's sequence, the invitation with the campaign's own template and deadline."""
    chosen = campaign.outreach
    found = load_sequence(folder, chosen.sequence, chosen.locale)
    first = replace(found.steps[0], template=chosen.template, answer_within_days=chosen.reply_within_days)
    return replace(found, steps=(first, *found.steps[1:]))


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no file of sequences {path}.", next_step="Set GREENROOM_TEMPLATES.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not a file of sequences: {error}.", next_step="Mend that line.") from None


def _for_locale(name: str, written: _Written, locale: str) -> Sequence:
    local = written.locale.get(locale, _Local())
    steps = tuple(_changed(step, local.steps.get(step.name, _Changed())) for step in written.steps)
    _check_days(steps)
    return Sequence(name, steps, local.no_answer_after_days or written.no_answer_after_days, local.window)


def _changed(step: _Step, by: _Changed) -> Step:
    return Step(step.name, step.template, by.after_days or step.after_days,
                by.answer_within_days or step.answer_within_days)  # fmt: skip


def _check_days(steps: tuple[Step, ...]) -> None:
    if steps[0].after_days != 0:
        raise ValueError("the invitation is the first mail, so its after_days is 0")
    for before, after in pairwise(steps):
        if after.after_days < before.after_days + 2:
            raise ValueError(f"{after.name} must come at least two days after {before.name}")


@dataclass(frozen=True)
class Mailed:
    """One mail of a sequence as it stands on the ledger."""

    step: str
    status: str
    category: str
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Next:
    """What comes next by itself: a step's name, NO_ANSWER, or "" where nothing does; the first moment it may (None: no
    moment is set), and why, in words for people."""

    what: str
    when: datetime | None
    why: str


#: What is to happen where no mail of a sequence comes any more.
_AFTER = {
    Stage.NO_ANSWER: "they never answered; a late reply reopens it",
    Stage.REPLIED: "they answered; a person answers them, or makes the offer",
    Stage.NEGOTIATING: "the offer is with them",
    Stage.DECLINED_BY_CREATOR: "they declined",
    Stage.AGREED: "they agreed; their contract is drafted",
    Stage.CONTRACT_DRAFTED: "the contract waits for legal",
    Stage.SIGNED_OFF: "the contract is to be sent",
    Stage.OUT_FOR_SIGNATURE: "the contract waits for their signature",
    Stage.SIGNED: "they signed; their posts are next",
    Stage.CLOSED: "it is done",
    Stage.CLOSED_BY_OPT_OUT: "they opted out; nothing more is sent",
    Stage.DROPPED: "somebody here ended it",
}


def what_comes_next(
    sequence: Sequence,
    *,
    stage: str,
    mails: Collection[Mailed],
    replies: Collection[str],
    calendar: WorkCalendar,
    hours: tuple[int, int],
) -> Next:
    """Decide it from the stage, the mails, the kinds of what came back, and the reader's calendar and hours.

    An automatic note that somebody is away is no reply. A follow-up that was cancelled or failed is the last of its
    sequence: who got less than planned is not written to more often later.
    """
    by_step = {mail.step: mail for mail in mails}
    first = by_step.get(INVITE)
    if stage == Stage.APPROVED:
        return _before_the_first(first)
    if stage != Stage.INVITED:
        return Next("", None, _AFTER.get(Stage(stage), f"the candidate is {stage}"))
    stops = [kind for kind in replies if kind not in _AUTOMATIC]
    if stops:
        return Next("", None, f"something came back: {stops[-1]}")
    if first is None or first.sent_at is None:
        return Next("", None, "nobody can tell when the first mail went out")
    if first.category != MARKETING:
        days = sequence.steps[-1].after_days + sequence.no_answer_after_days
        opens = _opening(first.sent_at, days, calendar, hours)
        return Next(NO_ANSWER, opens, "a person wrote by hand and follows up by hand")
    return _after_the_first(sequence, by_step, first.sent_at, calendar, hours)


def _before_the_first(first: Mailed | None) -> Next:
    if first is None:
        return Next(INVITE, None, "it is written with the next batch")
    said = {
        "pending": "it waits to be sent",
        "sending": "it is on its way",
        "draft": "a direct message is drafted; a person sends it",
        "unknown": "nobody can tell whether it went out; a person settles that",
    }
    if first.status in said:
        return Next(INVITE if first.status in ("pending", "sending") else "", None, said[first.status])
    return Next("", None, f"the invitation {first.status}; a person decides")


def _after_the_first(
    sequence: Sequence, mails: Mapping[str, Mailed], first: datetime, calendar: WorkCalendar, hours: tuple[int, int]
) -> Next:
    before, last = sequence.steps[0], first
    for step in sequence.steps[1:]:
        mail = mails.get(step.name)
        if mail is not None and mail.status == "unknown":
            return Next("", None, f"nobody can tell whether {step.name} went out; a person settles that")
        if mail is not None and mail.status in ("failed", "cancelled"):
            break
        if mail is None or mail.sent_at is None:
            # A mail that went late pushes the next one on: the days between two are never fewer than planned.
            planned = _opening(first, step.after_days, calendar, hours)
            apart = _opening(last, step.after_days - before.after_days, calendar, hours)
            return Next(step.name, max(planned, apart), f"{step.after_days} days after the first mail without a reply")
        before, last = step, mail.sent_at
    opens = _opening(last, sequence.no_answer_after_days, calendar, hours)
    return Next(NO_ANSWER, opens, f"{sequence.no_answer_after_days} days after the last mail without a reply")


def _opening(since: datetime, days: int, calendar: WorkCalendar, hours: tuple[int, int]) -> datetime:
    """When the reader's window opens, so many calendar days of theirs later."""
    zone = ZoneInfo(calendar.time_zone)
    day = local_day(since, calendar.time_zone) + timedelta(days=days)
    start = datetime.combine(day, time(hours[0]), tzinfo=zone).astimezone(UTC)
    return schedule.next_opening(start, calendar, hours=hours)
