"""Two creators on record who are one person, and the way back: a merge is a redirect, no row moves, it can be undone.

Look-ups follow it (`core.persons.same_person`): answers, cool-downs, frequency, grounds and opt-outs are the person's.
"""

import json
from collections.abc import Sequence

from sqlmodel import Session, select

from core import audit
from core.clock import Clock
from core.errors import BadInput, Refused
from core.models.audit import AuditEntry
from core.models.creators import Creator
from core.persons import following_merges, merged_persons
from outreach import answers, erasing, suppression
from outreach.persons import Known, known_as


def merge(
    session: Session, clock: Clock, one: Creator, into: Creator, *, pepper: bytes, evidence: str, actor: str,
    signs: Sequence[str] = (),
) -> Creator:  # fmt: skip
    """`one` is known as `into` from now on; who of them opted out has done so for both. Returns the person.

    `signs` name the kinds of evidence for the audit log, where a program found it.
    Raises Refused where they are one already or one was erased, BadInput without evidence.
    """
    _check_evidence(evidence)
    moved, person = following_merges(session, one), following_merges(session, into)
    if moved.id == person.id:
        raise Refused(f"{one.name} and {into.name} are one person already.",
                      next_step=f"See: greenroom person show {person.id}")  # fmt: skip
    before = [known_as(session, moved), known_as(session, person)]
    for known in before:
        _check_is_left(known)
    out = any(
        suppression.is_suppressed(session, pepper=pepper, addresses=known.addresses, accounts=known.account_names)
        for known in before
    )
    moved.merged_into = person.id
    session.add(moved)
    session.flush()
    audit.record(session, clock, actor=actor, action="person.merged", subject=f"creator:{moved.id}",
                 detail={"into": person.id, "evidence_sha256": audit.digest(evidence)}
                 | ({"signs": list(signs)} if signs else {}))  # fmt: skip
    if out:
        persons = answers.of_same_person(session, [person.id])
        answers.opt_out(session, clock, persons, pepper=pepper, actor=actor,
                        addresses=[mail for known in before for mail in known.addresses],
                        accounts=[name for known in before for name in known.account_names],
                        why="one person with somebody who opted out")  # fmt: skip
    return person


def split(session: Session, clock: Clock, one: Creator, *, evidence: str, actor: str) -> Creator:
    """Undo the merge of `one`; whoever was merged into it comes along. What they opted out of stays so for both."""
    _check_evidence(evidence)
    if one.merged_into is None:
        raise Refused(f"{one.name} ({one.id[:8]}) was not merged into anybody.",
                      next_step=f"Name the one that was: greenroom person show {one.id}")  # fmt: skip
    before, one.merged_into = one.merged_into, None
    session.add(one)
    session.flush()
    audit.record(session, clock, actor=actor, action="person.split", subject=f"creator:{one.id}",
                 detail={"from": before, "evidence_sha256": audit.digest(evidence)})  # fmt: skip
    return one


def kept_apart(session: Session) -> frozenset[frozenset[str]]:
    """Pairs of persons, following merges, whom somebody has split: no program makes one of them again."""
    told = session.exec(select(AuditEntry).where(AuditEntry.action == "person.split")).all()
    pairs = [(entry.subject.removeprefix("creator:"), str(json.loads(entry.detail)["from"])) for entry in told]
    now = merged_persons(session)
    return frozenset(frozenset(now.get(creator, creator) for creator in pair) for pair in pairs)


def _check_is_left(known: Known) -> None:
    """Whoever was erased is nobody's to be one with: kept under their number, the other would never be forgotten."""
    if known.accounts and all(map(erasing.is_blank, known.accounts)):
        raise Refused(f"{known.creator.id[:8]} was erased: nothing is left of them that could be somebody's.",
                      next_step="To leave the other alone: greenroom suppress add ACCOUNT-OR-ADDRESS")  # fmt: skip


def _check_evidence(evidence: str) -> None:
    if not evidence.strip():
        raise BadInput("Nothing says how that is known.",
                       next_step="Add --evidence, such as: 'both profiles link to each other'.")  # fmt: skip
