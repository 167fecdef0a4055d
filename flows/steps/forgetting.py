"""`person erase` as a whole: closed and on the list first, then files and pool, then the record, so that whatever stops
it half-way leaves a person who is never written to and can be named again to go on.

Owns that order. What goes and what stays, outreach's erasure map says.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from approvals import service as approvals
from approvals.requests import is_unsettled
from contracts.came_back import RETURNED, came_back
from core.database import leave_no_trace, reading, unit_of_work
from core.errors import BadInput
from core.models.approvals import Request
from core.models.audit import AuditEntry
from core.models.candidates import Candidate
from core.models.deals import Contract
from core.models.outreach import Message, Reply
from core.models.sourcing import LonglistEntry, SourcingRun
from core.people import Person
from flows.steps.outreach import suppress
from flows.steps.person import check_may_forget, creator_meant, in_pool, is_known, profiles_of
from flows.steps.review import withdraw_questions
from flows.wiring import Wiring
from outreach import answers, erasing, suppression, traces
from outreach.erasing import Plan
from outreach.persons import Known, known_as
from sourcing import service as sourcing
from sourcing.customers import account_said, address_said, strike
from sourcing.fetching.pages import drop_runs_naming
from sourcing.pool import Profile

_ELSEWHERE = "Delete their mails in the senders' own mailboxes, and the files you imported or saved elsewhere."


@dataclass(frozen=True)
class Forgotten:
    """What went, or would go: rows by table, files, profiles of the pool, their name in `logs`, entries of lists of own
    `customers`; what stays; what is left to people."""

    creator_id: str
    done: bool
    rows: dict[str, int]
    files: tuple[str, ...]
    profiles: int
    held: tuple[str, ...]
    by_hand: tuple[str, ...]
    logs: tuple[str, ...] = ()
    customers: int = 0


def forget(w: Wiring, who: str, *, why: str, actor: Person, dry_run: bool = False) -> Forgotten:
    """Forget a person: `who` is an account, an address or a creator's id. With `dry_run` nothing is touched."""
    check_may_forget(actor)
    if not why.strip():
        raise BadInput("Nothing says why they are forgotten.", next_step="Add --reason, such as: asked on 3 May.")
    strangers = _only_in_pool(w, who)
    if strangers:
        return _forget_strangers(w, strangers, actor=actor, dry_run=dry_run)
    if dry_run:
        return _would_go(w, who)
    with unit_of_work(w.engine) as session:
        known = known_as(session, creator_meant(session, w, who))
        persons = answers.of_same_person(session, known.creators)
        answers.opt_out(session, w.clock, persons, pepper=w.pepper, addresses=known.addresses,
                        accounts=known.account_names, why=suppression.ERASED, actor=actor.id)  # fmt: skip
        withdraw_questions(session, w)
        _withdraw_shown(session, w, erasing.plan_for(session, known, pepper=w.pepper))
    with reading(w.engine) as session:
        plan = _plan(session, w, who)
        files, by_hand = _files(session, w, plan), _by_hand(session, plan)
    theirs = _profiles(w, plan.known)
    # Before the pool forgets what else is theirs.
    customers = _as_customers(w, theirs, plan.known)
    profiles = sourcing.forget(w.settings.pool_folder, _accounts(theirs))
    drop_runs_naming(w.settings.fetched_folder, plan.needles)
    traces.delete(files)
    logs = _crossed_out(w, plan)
    with unit_of_work(w.engine) as session:
        plan = _plan(session, w, who)
        # What a batch or an inbox wrote meanwhile: once the record is empty, nothing would lead to it any more.
        late = _files(session, w, plan)
        traces.delete(late)
        row = erasing.erase_rows(session, w.clock, plan, why=why, actor=actor.id)
        done = Forgotten(row.creator_id, True, dict(row.removed["rows"]),
                         _names(w, list(dict.fromkeys([*files, *late]))), profiles,
                         tuple(row.removed["held"]), by_hand, logs, customers)  # fmt: skip
    leave_no_trace(w.engine)
    return done


def _would_go(w: Wiring, who: str) -> Forgotten:
    with reading(w.engine) as session:
        plan = _plan(session, w, who)
        rows, files, by_hand = erasing.counts(session, plan), _files(session, w, plan), _by_hand(session, plan)
    theirs = _profiles(w, plan.known)
    customers = _as_customers(w, theirs, plan.known, dry_run=True)
    return Forgotten(plan.known.creator.id, False, rows, _names(w, files), len(theirs),
                     tuple(erasing.held(plan)), by_hand, _names(w, _logs(w, plan)), customers)  # fmt: skip


def _only_in_pool(w: Wiring, who: str) -> list[Profile]:
    """Profiles of somebody whom no longlist ever named, or who came again after they were erased."""
    with reading(w.engine) as session:
        if is_known(session, w, who):
            return []
    return in_pool(w, who)


def _forget_strangers(w: Wiring, profiles: list[Profile], *, actor: Person, dry_run: bool) -> Forgotten:
    if dry_run:
        customers = _as_customers(w, profiles, dry_run=True)
        return Forgotten("", False, {}, (), len(profiles), (), (_ELSEWHERE,), customers=customers)
    for one in profiles:
        suppress(w, actor=actor, why=suppression.ERASED, address=one.email or "", account=(one.platform, one.handle))
    customers = _as_customers(w, profiles)
    sourcing.forget(w.settings.pool_folder, _accounts(profiles))
    said = {word for one in profiles for word in (one.handle, one.email) if word}
    needles = re.compile("|".join(rf"(?<![\w.]){re.escape(word)}(?![\w.])" for word in said), re.IGNORECASE)
    drop_runs_naming(w.settings.fetched_folder, needles)
    return Forgotten("", True, {}, (), len(profiles), (), (_ELSEWHERE,), customers=customers)


def _as_customers(w: Wiring, profiles: list[Profile], known: Known | None = None, *, dry_run: bool = False) -> int:
    """How many entries of lists of own customers are theirs, by any account or address of theirs; they go."""
    accounts = {*_accounts(profiles), *(known.account_names if known else ())}
    addresses = {*(one.email for one in profiles if one.email), *(known.addresses if known else ())}
    said = [*(account_said(*account) for account in accounts), *map(address_said, addresses)]
    return strike(w.settings.home, said, pepper=w.pepper, dry_run=dry_run)


def _withdraw_shown(session: Session, w: Wiring, plan: Plan) -> None:
    """Nobody is left being asked about a batch by a mail that is about to be made unreadable."""
    shown = select(Request).where(col(Request.id).in_(plan.requests), col(Request.candidate_id).is_(None))
    for request in session.exec(shown.where(is_unsettled())).all():
        approvals.void(session, w.clock, kind=request.kind, subject=request.subject, why="its creator was forgotten")


def _plan(session: Session, w: Wiring, who: str) -> Plan:
    return erasing.plan_for(session, known_as(session, creator_meant(session, w, who)), pepper=w.pepper)


def _files(session: Session, w: Wiring, plan: Plan) -> list[Path]:
    settings, known = w.settings, plan.known
    messages = session.exec(select(Message).where(col(Message.id).in_(plan.messages))).all()
    sent = [one.message_id for one in messages
            if one.candidate_id not in plan.agreed or one.category != "transactional"]  # fmt: skip
    replies = session.exec(select(Reply.mail_id).where(col(Reply.candidate_id).in_(known.candidate_ids))).all()
    found = traces.mails_sent(settings.outbox_folder, sent)
    found += traces.mails_read(settings.inbox_folder, mail_ids=replies, addresses=known.addresses)
    found += traces.runs_with(settings.runs_folder, _runs(session, plan))
    leave = [settings.pool_folder, settings.contracts_folder, settings.models_folder, settings.outbox_folder,
             settings.inbox_folder, settings.runs_folder, w.anchors]  # fmt: skip
    found += traces.pages_with(settings.home, plan.needles, leave=leave)
    pool = settings.pool_folder  # rows that an import refused lie there as they came
    found += traces.pages_with(pool, plan.needles, leave=[pool / "versions", pool / "segments"])
    papers = [*erasing.documents(session, plan), *_came_back(session, plan)]
    archived = (path for sha256 in papers for path in w.archive.files_of(sha256))
    return [*dict.fromkeys(found), *archived]


def _came_back(session: Session, plan: Plan) -> list[str]:
    """What they sent back of contracts that are theirs alone and bind nobody, and what it was compared on."""
    theirs = select(Contract.id).where(col(Contract.candidate_id).in_(plan.known.candidate_ids))
    ids = session.exec(theirs.where(col(Contract.candidate_id).not_in(plan.agreed))).all()
    entries = select(AuditEntry).where(AuditEntry.action == RETURNED,
                                       col(AuditEntry.subject).in_([f"contract:{one}" for one in ids]))  # fmt: skip
    return [sha256 for one in came_back(session.exec(entries)) for sha256 in (one.sha256, one.page) if sha256]


def _logs(w: Wiring, plan: Plan) -> list[Path]:
    return traces.logs_with(w.settings.home, plan.needles)


def _crossed_out(w: Wiring, plan: Plan) -> tuple[str, ...]:
    logs = _logs(w, plan)
    for log in logs:
        traces.strike_out(log, plan.needles)
    return _names(w, logs)


def _runs(session: Session, plan: Plan) -> set[str]:
    """The runs whose files name them: as a candidate, in reserve, or as left out."""
    runs = set(session.exec(select(Candidate.run_id).where(col(Candidate.id).in_(plan.known.candidate_ids))))
    for platform, handle in plan.known.account_names:
        places = select(LonglistEntry.run_id).where(LonglistEntry.platform == platform, LonglistEntry.handle == handle)
        runs |= set(session.exec(places))
    told = session.exec(select(SourcingRun.run_id, SourcingRun.inputs)).all()
    return runs | {run for run, inputs in told if erasing.unreadable(inputs, plan.needles) != inputs}


def _by_hand(session: Session, plan: Plan) -> tuple[str, ...]:
    """What no program of ours can reach."""
    slack = [f"Delete the message {ts} in Slack's channel {channel}."
             for channel, ts in erasing.slack_messages(session, plan)]  # fmt: skip
    return (
        *slack,
        _ELSEWHERE,
        "Backups made before today still hold them: let them run out, or erase again after restoring one.",
    )


def _profiles(w: Wiring, known: Known) -> list[Profile]:
    """Those of the pool that are theirs, or have an address of theirs: nobody may be written to there any more."""
    return profiles_of(w, known.account_names, known.addresses)


def _accounts(profiles: list[Profile]) -> list[tuple[str, str]]:
    return [(one.platform, one.handle) for one in profiles]


def _names(w: Wiring, files: list[Path]) -> tuple[str, ...]:
    home = w.settings.home
    return tuple(str(path.relative_to(home)) if path.is_relative_to(home) else str(path) for path in files)
