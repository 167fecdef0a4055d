"""What is left of a person on the record once they asked to be forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.types import JSON, String
from sqlmodel import Session, SQLModel

import core.models as models
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.creators import Account, Creator
from core.models.deals import Parcel, Payee
from core.models.outreach import Message, Reply
from core.stages import ROAD, Stage
from core.store import move
from outreach import answers, erasing, suppression
from outreach.persons import creator_called, known_as
from tests.outreach.conftest import PEPPER

Longlisted = Callable[..., Candidate]
assert models
SECRETS = ("ada.linen", "Ada Lovelace", "ada@mail.example.com")


def test_the_map_names_every_table_and_every_column_with_words() -> None:
    told = erasing.the_map()
    assert told.keys() == SQLModel.metadata.tables.keys()
    for name, table in SQLModel.metadata.tables.items():
        if told[name]["rows"] == "delete":
            continue
        words = {column.name for column in table.columns if isinstance(column.type, String | JSON)}
        named = [*told[name].get("blank", ()), *told[name]["keep"], *told[name].get("mentions", ())]
        assert words <= set(named), f"{name}: {words - set(named)}"
        assert set(named) <= set(table.columns.keys()), f"{name}: {set(named) - set(table.columns.keys())}"
        assert told[name]["rows"] != "keep" or told[name]["why"]


def _put(session: Session, longlisted: Longlisted, clock: FixedClock) -> Candidate:
    ada = longlisted(session, "ada.linen", name="Ada Lovelace", email="ada@mail.example.com", bio="Ada Lovelace")
    session.add(Message(candidate_id=ada.id or 0, campaign=ada.campaign, step="invite", sender="sofia",
                        recipient="ada@mail.example.com", recipient_name="Ada Lovelace", subject="For ada.linen",
                        text="Hi Ada Lovelace", html="<p>Ada Lovelace</p>", message_id="<m@example.com>",
                        headers={"X": "ada@mail.example.com"}, template="t", template_sha256="0" * 64,
                        facts=[{"shown": "Ada Lovelace"}], created_at=clock.now()))  # fmt: skip
    session.add(Reply(mail_id="<r@example.com>", candidate_id=ada.id, sender="ada@mail.example.com", kind="question",
                      because="Ada Lovelace", text="I am Ada Lovelace", received_at=clock.now()))  # fmt: skip
    session.flush()
    return ada


def _erase(session: Session, clock: FixedClock, who: str) -> dict[str, Any]:
    known = known_as(session, creator_called(session, who, pepper=PEPPER))
    answers.opt_out(session, clock, known.candidates, pepper=PEPPER, addresses=known.addresses, why="erased",
                    actor="lea")  # fmt: skip
    plan = erasing.plan_for(session, known, pepper=PEPPER)
    return dict(erasing.erase_rows(session, clock, plan, why="asked", actor="lea").removed)


def _everything(session: Session) -> str:
    return "\n".join(
        str(row) for table in SQLModel.metadata.sorted_tables for row in session.execute(select(table)).all()
    )


def test_nothing_readable_is_left_and_others_stay_as_they_are(
    engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        _put(session, longlisted, clock)
        longlisted(session, "adapter", name="Bea", email="bea@example.com")
        assert all(secret in _everything(session) for secret in SECRETS)
        removed = _erase(session, clock, "instagram:ada.linen")
    assert removed["rows"]["snapshot"] == 5
    assert removed["held"] == []
    with reading(engine) as session:
        left = _everything(session)
        assert not [secret for secret in SECRETS if secret.lower() in left.lower()]
        assert "bea@example.com" in left
        assert session.get_one(Candidate, 1).stage == Stage.CLOSED_BY_OPT_OUT
        assert session.get_one(Message, 1).status == "cancelled"
        assert suppression.is_suppressed(session, pepper=PEPPER, addresses=["ADA+x@mail.example.com"])
        assert suppression.is_suppressed(session, pepper=PEPPER, accounts=[("instagram", "ada.linen")])
        assert not suppression.is_suppressed(session, pepper=PEPPER, accounts=[("instagram", "adapter")])


def test_a_deal_under_way_keeps_what_its_contract_needs_until_it_is_closed(
    engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        ada = _put(session, longlisted, clock)
        for stage in ROAD[1 : ROAD.index(Stage.AGREED) + 1]:
            move(session, clock, ada, stage, actor="omar")
        removed = _erase(session, clock, "ada@mail.example.com")
        assert "under way" in removed["held"][0]
        assert session.exec(select(Creator.name)).scalar_one() == "Ada Lovelace"  # type: ignore[call-overload]
        assert ada.stage == Stage.AGREED
        assert session.get_one(Message, 1).text == ""
        for stage in ROAD[ROAD.index(Stage.AGREED) + 1 :]:
            move(session, clock, ada, stage, actor="omar")
        assert _erase(session, clock, "instagram:ada.linen")["held"] == []
        assert session.get_one(Account, 1).handle == "erased-1"
        assert not [secret for secret in SECRETS if secret.lower() in _everything(session).lower()]


def test_a_handle_that_is_a_word_of_ours_breaks_no_card(sqlite_engine: Engine, longlisted: Longlisted) -> None:
    card = {"title": "@approve", "choices": [{"id": "approve", "label": "Approve"}]}
    with unit_of_work(sqlite_engine) as session:
        longlisted(session, "approve", email=None)
        needles = erasing.needles_of(known_as(session, creator_called(session, "instagram:approve", pepper=PEPPER)))
    left = erasing.unreadable(card, needles)
    assert (left["title"], left["choices"][0]["id"]) == ("@(erased)", "approve")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see @ada.linen!", "see @(erased)!"),
        ("instagram:ada.linen", "instagram:(erased)"),
        ("ada.linens and xada.linen", "ada.linens and xada.linen"),
        ("ada.linen.de is a shop", "ada.linen.de is a shop"),
        ("ADA.LINEN.", "(erased)."),
    ],
)
def test_only_whole_names_are_made_unreadable(
    text: str, left: str, sqlite_engine: Engine, longlisted: Longlisted
) -> None:
    with unit_of_work(sqlite_engine) as session:
        longlisted(session, "ada.linen", email=None)
        needles = erasing.needles_of(known_as(session, creator_called(session, "ada.linen", pepper=PEPPER)))
    assert erasing.unreadable({"a": [text]}, needles) == {"a": [left]}


@pytest.mark.parametrize("stage", [Stage.REPLIED, Stage.AGREED])
def test_bank_data_and_addresses_go_unless_a_deal_is_under_way(
    stage: Stage, engine: Engine, clock: FixedClock, longlisted: Longlisted
) -> None:
    with unit_of_work(engine) as session:
        ada = _put(session, longlisted, clock)
        other = longlisted(session, "bo.linen")
        for step in ROAD[1 : ROAD.index(stage) + 1]:
            move(session, clock, ada, step, actor="omar")
        for one in (ada, other):
            session.add(Payee(candidate_id=one.id or 0, sealed="sealed", recorded_by="omar", at=clock.now()))
            session.add(Parcel(candidate_id=one.id or 0, sealed="sealed", recorded_by="omar", at=clock.now()))
        session.flush()
        _erase(session, clock, "instagram:ada.linen")
        stays = {ada.id, other.id} if stage == Stage.AGREED else {other.id}
        for table in (Payee, Parcel):
            assert {row[0] for row in session.execute(select(table.candidate_id))} == stays  # type: ignore[call-overload]
