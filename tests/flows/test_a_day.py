"""A day over three time zones, ten minutes at a time: everybody in their own hours, each sender within the day, nobody
twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from bench.a_day import CAP, FIRST, HOURS, MONDAY, Day, Line, printed, run_day
from core.database import reading
from core.models.outreach import Message
from flows.wiring import Wiring

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wiring, Day]]:
    w, day = run_day(tmp_path_factory.mktemp("a-day") / "home")
    yield w, day
    w.engine.dispose()


@pytest.fixture
def sent(lived: tuple[Wiring, Day]) -> list[Line]:
    return [line for line in lived[1].lines if line.outcome == "sent"]


def test_everybody_is_written_to_in_their_own_hours(sent: list[Line]) -> None:
    assert {line.reader.zone for line in sent} == {"Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"}
    assert all(9 <= line.reader_time.hour < 18 and line.reader_time.weekday() < 5 for line in sent)
    assert all(line.sender_time.weekday() < 5 for line in sent)


def test_each_sender_sends_exactly_what_the_day_allows(sent: list[Line]) -> None:
    of_a_day = Counter((line.sender, line.sender_time.date()) for line in sent)
    assert all(count <= CAP for count in of_a_day.values())
    assert {sender: of_a_day[sender, MONDAY.date()] for sender in ("sofia", "nora")} == {"sofia": CAP, "nora": CAP}
    for sender in ("sofia", "nora"):
        places = [line.place for line in sent if line.sender == sender and line.sender_time.date() == MONDAY.date()]
        assert sorted(places) == [f"2026-11-30 no. {number}" for number in range(1, CAP + 1)]


def test_nobody_is_written_to_twice_and_each_by_one_person(lived: tuple[Wiring, Day], sent: list[Line]) -> None:
    w, _ = lived
    assert set(Counter(line.reader.handle for line in sent).values()) == {1}
    assert all(line.sender == line.reader.sender for line in sent)
    with reading(w.engine) as session:
        mails = session.exec(select(Message.message_id).where(Message.status == "sent")).all()
    assert len(list(w.settings.outbox_folder.glob("*.eml"))) == len(set(mails)) == len(mails)


def test_the_first_five_in_new_words_are_out_for_a_while_before_the_others(sent: list[Line]) -> None:
    invitations = sorted(line.at for line in sent if line.step == "invite")
    assert len(invitations) > FIRST
    assert invitations[FIRST] >= invitations[FIRST - 1] + timedelta(hours=HOURS)


def test_an_answer_or_an_opt_out_ends_a_sequence_and_an_automatic_note_does_not(sent: list[Line]) -> None:
    followed = {line.reader.handle for line in sent if line.step == "follow-up-1"}
    early = {f"friday.sofia.berlin.{number}" for number in (1, 2, 3)}
    assert followed & early == {"friday.sofia.berlin.2"}


def test_the_ledger_can_be_read(lived: tuple[Wiring, Day]) -> None:
    lines = list(printed(lived[1]))
    assert sum(" sent" in line and " no. " in line for line in lines) == len(lived[1].lines)
    assert any("came in: bounce (monday.nora.berlin.1)" in line for line in lines)
    assert any("the others wait: The first 5 mails in these words are out" in line for line in lines)
