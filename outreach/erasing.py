"""Forgetting one person on the record: by the erasure map, which says of each table what goes, what is emptied and what
the law makes us keep.

Owns the rows; files and the pool are their owners'. What is left of a person are keyed hashes on the list of those who
are never written to (GDPR article 17 with 21(3)).
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from sqlalchemy import ColumnElement, String, Table, and_, cast, delete, false, func, not_, or_, select, tuple_, update
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as rows_of

from core import audit
from core.cards import ADDRESSEE
from core.clock import Clock
from core.models.approvals import Request
from core.models.briefs import BriefDocument
from core.models.creators import Account
from core.models.deals import Contract, Offer, Signature
from core.models.guardrails import AutomatedAction
from core.models.outreach import Message
from core.models.privacy import Erasure
from core.models.slack import SlackPost
from core.stages import ROAD, Stage
from outreach import suppression
from outreach.persons import Known

_ERASED = "(erased)"
#: Keys of cards, of posts and of work to be done whose values are ours and name nobody.
_WORKINGS = frozenset({"id", "type", "action_id", "block_id", "style", "kind", "campaign", "channel"})
#: Stages of a deal under way.
RUNNING = frozenset(ROAD[ROAD.index(Stage.AGREED) : ROAD.index(Stage.CLOSED)])


@dataclass(frozen=True)
class Plan:
    """Whose rows: candidates of deals under way, and of any agreement that was signed (`agreed`, those included)."""

    known: Known
    running: frozenset[int]
    agreed: frozenset[int]
    messages: tuple[int, ...]
    requests: tuple[str, ...]
    contracts: tuple[int, ...]
    offers: tuple[int, ...]
    keys: tuple[str, ...]
    needles: re.Pattern[str]


def plan_for(session: Session, known: Known, *, pepper: bytes) -> Plan:
    """What there is of a person."""
    ids = known.candidate_ids
    contracts = session.exec(rows_of(Contract).where(col(Contract.candidate_id).in_(ids))).all()
    signed = set(session.exec(rows_of(Signature.contract_id)))
    running = frozenset(one.id or 0 for one in known.candidates if one.stage in RUNNING)
    messages = tuple(filter(None, session.exec(rows_of(Message.id).where(col(Message.candidate_id).in_(ids)))))
    offers = tuple(filter(None, session.exec(rows_of(Offer.id).where(col(Offer.candidate_id).in_(ids)))))
    needles = needles_of(known)
    keys = [suppression.address_key(pepper, address) for address in known.addresses]
    keys += [suppression.account_key(pepper, *account) for account in known.account_names]
    return Plan(
        known,
        running,
        running | {one.candidate_id for one in contracts if one.id in signed},
        messages,
        (*session.exec(rows_of(Request.id).where(col(Request.candidate_id).in_(ids))),
         *_spot_checks(session, messages, offers), *_first_mails(session, known, needles)),
        tuple(one.id or 0 for one in contracts),
        offers,
        tuple(keys),
        needles,
    )  # fmt: skip


def _spot_checks(session: Session, messages: Sequence[int], offers: Sequence[int]) -> list[str]:
    """Questions whether what was done by itself for this person was right: they show the mail, or the terms."""
    about = [*(f"message:{one}" for one in messages), *(f"offer:{one}" for one in offers)]
    asked = rows_of(AutomatedAction.request_id).where(col(AutomatedAction.subject).in_(about))
    return [request for request in session.exec(asked) if request]


def _first_mails(session: Session, known: Known, needles: re.Pattern[str]) -> list[str]:
    """Questions about a batch that show the mail to this person."""
    cards = rows_of(Request.id, Request.card).where(
        col(Request.candidate_id).is_(None), _may_name(SQLModel.metadata.tables["request"].c.card, known)
    )
    return [
        number for number, card in session.exec(cards)
        for fact in card.get("facts", ()) if fact["label"] == ADDRESSEE and needles.search(fact["value"])
    ]  # fmt: skip


def counts(session: Session, plan: Plan) -> dict[str, int]:
    """Table → how many rows would go or be emptied."""
    found = {}
    for name, told in the_map().items():
        if told["rows"] != "keep":
            table = SQLModel.metadata.tables[name]
            query = select(table).where(whose(table, told, plan), not_(_held(table, told, plan)))
            found[name] = len(session.execute(query).all())
    return {name: number for name, number in found.items() if number}


def held(plan: Plan) -> list[str]:
    """What stays, and why, in words."""
    told = []
    if plan.running:
        told.append("A deal is under way: name, account, contract, payment data, parcel and mails stay till its close.")
    if plan.agreed - plan.running:
        told.append("A contract was signed: it, its offer, its signature and its mails stay as business records.")
    return told


def erase_rows(session: Session, clock: Clock, plan: Plan, *, why: str, actor: str) -> Erasure:
    """Do it, in the caller's transaction. Done again it finds what was held before and may go now."""
    removed = counts(session, plan)
    _call_off(session, plan)
    for name, told in the_map().items():
        table = SQLModel.metadata.tables[name]
        for column in told.get("mentions", ()):
            _make_unreadable(session, table, column, plan.needles, plan)
    for name, told in the_map().items():
        table = SQLModel.metadata.tables[name]
        mine = and_(whose(table, told, plan), not_(_held(table, told, plan)))
        if told["rows"] == "delete":
            session.execute(delete(table).where(mine))
        elif told["rows"] == "blank":
            _empty(session, table, told, mine)
    session.expire_all()
    row = Erasure(creator_id=plan.known.creator.id, by=actor, why=why[:300], at=clock.now(),
                  removed={"rows": removed, "held": held(plan)})  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, clock, actor=actor, action="person.erased", subject=f"creator:{row.creator_id}",
                 detail={"erasure": row.id, "rows": removed, "held": sorted(plan.agreed)})  # fmt: skip
    return row


def slack_messages(session: Session, plan: Plan) -> list[tuple[str, str]]:
    """(channel, time stamp) of messages in Slack that speak of them: Slack keeps those until somebody deletes them."""
    posts = session.exec(rows_of(SlackPost).where(SlackPost.ts != "")).all()
    return [
        (post.sent_channel or post.channel, post.ts) for post in posts
        if post.request_id in plan.requests or _says(post.payload, plan.needles)
    ]  # fmt: skip


def documents(session: Session, plan: Plan) -> list[str]:
    """sha256 of contracts and briefs that nobody signed and no other one needs: they may be deleted."""
    papers: list[Contract | BriefDocument] = [*session.exec(rows_of(Contract)), *session.exec(rows_of(BriefDocument))]
    ours = {one.docx_sha256 for one in papers
            if one.candidate_id in plan.known.candidate_ids and one.candidate_id not in plan.agreed}  # fmt: skip
    needed = {one.docx_sha256 for one in papers
              if one.candidate_id not in plan.known.candidate_ids or one.candidate_id in plan.agreed}  # fmt: skip
    return sorted(ours - needed)


def needles_of(known: Known) -> re.Pattern[str]:
    """Finds their addresses and handles as whole words, in whatever case."""
    words = {*known.addresses, *(handle for _, handle in known.account_names)} - {""}
    told = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<![\w.])(?:{told})(?![\w]|\.\w)", flags=re.IGNORECASE)


def unreadable(value: Any, needles: re.Pattern[str]) -> Any:
    """The same with every such word replaced, however deep it stands. What a program reads stays: whoever is called
    @approve takes no choice from anybody."""
    if isinstance(value, str):
        return needles.sub(_ERASED, value)
    if isinstance(value, Mapping):
        return {key: one if key in _WORKINGS else unreadable(one, needles) for key, one in value.items()}
    return [unreadable(one, needles) for one in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=1)
def the_map() -> dict[str, dict[str, Any]]:
    """Table → what becomes of it; see the head of erasure_map.toml."""
    return tomllib.loads(resources.files("outreach").joinpath("erasure_map.toml").read_text(encoding="utf-8"))


def is_blank(account: Account) -> bool:
    """Whether nothing is left of an account but its number and platform."""
    told: str = the_map()["account"]["value"]["handle"]
    return account.handle == told.format(id=account.id)


def _call_off(session: Session, plan: Plan) -> None:
    """What waits to be sent is not; what is on the wire is, and nothing follows from it."""
    table = SQLModel.metadata.tables["message"]
    waits = and_(table.c.id.in_(plan.messages), table.c.status.in_(("pending", "draft")))
    session.execute(update(table).where(waits, not_(_held(table, the_map()["message"], plan)))
                    .values(status="cancelled"))  # fmt: skip
    posts = SQLModel.metadata.tables["slack_post"]
    mine = and_(posts.c.request_id.in_(plan.requests), posts.c.status == "waiting")
    session.execute(update(posts).where(mine).values(status="superseded"))


def whose(table: Table, told: Mapping[str, Any], plan: Plan) -> ColumnElement[bool]:
    """Which rows of a table are the person's, by its `of`."""
    known, of = plan.known, told["of"]
    accounts = [account.id for account in known.accounts]
    simple: dict[str, tuple[str, Sequence[object]]] = {
        "creator": ("id", known.creators), "account": ("id", accounts), "creator_id": ("creator_id", known.creators),
        "candidate_id": ("candidate_id", known.candidate_ids), "message_id": ("message_id", plan.messages),
        "request_id": ("request_id", plan.requests), "request": ("id", plan.requests), "link": ("account_id", accounts),
        "contract_id": ("contract_id", plan.contracts), "offer_id": ("offer_id", plan.offers),
        "key": ("key_hash", plan.keys),
    }  # fmt: skip
    if of == "place":
        return tuple_(table.c.platform, table.c.handle).in_(known.account_names) if known.accounts else false()
    if of == "mail":
        stranger = and_(table.c.candidate_id.is_(None), func.lower(table.c.sender).in_(known.mailboxes))
        return or_(table.c.candidate_id.in_(known.candidate_ids), stranger)
    return table.c[simple[of][0]].in_(simple[of][1]) if of else false()


def _held(table: Table, told: Mapping[str, Any], plan: Plan) -> ColumnElement[bool]:
    """Rows that stay for the law's sake."""
    ids = {"running": plan.running, "agreed": plan.agreed}.get(told.get("hold", ""), frozenset())
    if not ids:
        return false()
    if told["of"] in ("creator", "account"):
        return table.c.id == table.c.id
    if told["of"] == "contract_id":
        contracts = SQLModel.metadata.tables["contract"]
        return table.c.contract_id.in_(select(contracts.c.id).where(contracts.c.candidate_id.in_(ids)))
    kinds = [table.c[column].in_(values) for column, values in told.get("held_only", {}).items()]
    return and_(table.c.candidate_id.in_(ids), *kinds)


def _empty(session: Session, table: Table, told: Mapping[str, Any], mine: ColumnElement[bool]) -> None:
    values = {name: told.get("value", {}).get(name, None if table.c[name].nullable else "") for name in told["blank"]}
    own = {name for name, value in values.items() if isinstance(value, str) and "{id}" in value}
    if not own:
        session.execute(update(table).where(mine).values(values))
        return
    for number in session.execute(select(table.c.id).where(mine)).scalars().all():
        filled = {name: value.format(id=number) if name in own else value for name, value in values.items()}
        session.execute(update(table).where(table.c.id == number).values(filled))


def _make_unreadable(session: Session, table: Table, column: str, needles: re.Pattern[str], plan: Plan) -> None:
    keys = list(table.primary_key.columns)
    named = _may_name(table.c[column], plan.known)
    for row in session.execute(select(*keys, table.c[column]).where(named)).all():
        changed = unreadable(row[-1], needles)
        if changed != row[-1]:
            where = and_(*(key == value for key, value in zip(keys, row[:-1], strict=True)))
            session.execute(update(table).where(where).values({column: changed}))


def _may_name(column: ColumnElement[Any], known: Known) -> ColumnElement[bool]:
    """Rows worth a look, whether a column holds text or JSON; `needles_of` tells whether a word stands for itself."""
    words = [*known.addresses, *(handle for _, handle in known.account_names)]
    forms = dict.fromkeys(form for word in words for form in (word, json.dumps(word)[1:-1]))
    return or_(false(), *(cast(column, String).icontains(form, autoescape=True) for form in forms))


def _says(value: Any, needles: re.Pattern[str]) -> bool:
    return bool(unreadable(value, needles) != value)


__all__ = ["RUNNING", "Plan", "counts", "documents", "erase_rows", "held", "needles_of", "plan_for", "slack_messages",
           "the_map", "unreadable", "whose"]  # fmt: skip
