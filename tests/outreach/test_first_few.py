"""The rule by which a few mails go before all, on either database; and what a quarantine finds there."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused
from core.mailer import FileMailer
from core.models.outreach import Message, Reply, SendAttempt
from core.people import People
from outreach import quarantine
from outreach.delivery import send_due
from outreach.first_few import FirstFew, FirstMail, first_few, trouble, why_held
from outreach.quarantine import Version
from tests.outreach.conftest import PEPPER, START_OF_TESTS

HOUR = timedelta(hours=1)


@pytest.fixture
def sent(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, tmp_path: Path,
    invite_all: Callable[..., None],
) -> list[Message]:  # fmt: skip
    """Three mails, an hour apart."""
    invite_all(engine, 4)
    for _ in range(3):
        send_due(engine, clock, FileMailer(tmp_path), campaign, people, pepper=PEPPER, limit=1)
        clock.advance(HOUR)
    with reading(engine) as session:
        return list(session.exec(select(Message).where(Message.status == "sent").order_by(col(Message.id))))


def few_of(engine: Engine, campaign: Campaign, sent: list[Message], *, size: int, since: timedelta) -> FirstFew:
    words = sent[0].template_sha256
    with reading(engine) as session:
        found = first_few(session, campaign.slug, templates=[words, "0" * 64], size=size, since=START_OF_TESTS + since)
    assert found["0" * 64] == FirstFew()
    return found[words]


def test_the_first_are_those_that_went_first_since_the_words_were_let_go(
    engine: Engine, campaign: Campaign, sent: list[Message]
) -> None:
    few = few_of(engine, campaign, sent, size=2, since=timedelta(0))
    assert ([mail.message_id for mail in few.mails], few.more) == ([sent[0].id, sent[1].id], True)
    assert [mail.out_since for mail in few.mails] == [START_OF_TESTS, START_OF_TESTS + HOUR]
    later = few_of(engine, campaign, sent, size=2, since=HOUR)
    assert ([mail.message_id for mail in later.mails], later.more) == ([sent[1].id, sent[2].id], False)


def test_of_a_mail_that_nobody_knows_of_the_last_attempt_counts(
    engine: Engine, campaign: Campaign, sent: list[Message]
) -> None:
    with unit_of_work(engine) as session:
        mail = session.get_one(Message, sent[0].id)
        mail.status, mail.sent_at = "unknown", None
        tried = session.exec(select(SendAttempt).where(SendAttempt.message_id == mail.id)).one()
        session.add(SendAttempt(**tried.model_dump(exclude={"id", "started_at"}), started_at=START_OF_TESTS + 9 * HOUR))
    few = few_of(engine, campaign, sent, size=3, since=timedelta(0))
    assert [(mail.message_id, mail.out_since - START_OF_TESTS) for mail in few.mails] == [
        (sent[1].id, HOUR), (sent[2].id, 2 * HOUR), (sent[0].id, 9 * HOUR),
    ]  # fmt: skip


def test_what_came_back_is_told_by_mail_in_order(engine: Engine, campaign: Campaign, sent: list[Message]) -> None:
    with unit_of_work(engine) as session:
        for number, (mail, kind) in enumerate(((sent[1], "bounce"), (sent[1], "complaint"), (sent[2], "opt-out"))):
            session.add(Reply(mail_id=f"<{number}@x>", message_id=mail.id, candidate_id=mail.candidate_id, kind=kind,
                              because="", text="", received_at=START_OF_TESTS + number * HOUR))  # fmt: skip
    few = few_of(engine, campaign, sent, size=3, since=timedelta(0))
    assert [[kind for kind, _ in mail.came_back] for mail in few.mails] == [[], ["bounce", "complaint"], ["opt-out"]]
    assert trouble(few, campaign.outreach) == "1 came back and 1 was complained about"


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["interested", "away", "opt-out"], ""),
        (["opt-out", "opt-out"], "2 opted out"),
        (["complaint", "complaint"], "2 were complained about"),
        (["bounce", "opt-out", "opt-out"], "1 came back and 2 opted out"),
    ],
)
def test_one_opt_out_is_borne_and_no_bounce_or_complaint(campaign: Campaign, kinds: list[str], said: str) -> None:
    mails = [FirstMail(n, n, "sent", START_OF_TESTS, ((kind, START_OF_TESTS),)) for n, kind in enumerate(kinds)]
    few = FirstFew(tuple(mails))
    assert trouble(few, campaign.outreach) == said
    assert why_held(few, campaign.outreach, START_OF_TESTS + 99 * HOUR).startswith("Of the first" if said else "")


def test_a_wording_is_out_of_use_until_it_is_lifted(engine: Engine, clock: FixedClock, sent: list[Message]) -> None:
    version = Version(sent[0].template, sent[0].template_sha256)
    with unit_of_work(engine) as session:
        assert quarantine.quarantined(session) == {}
        quarantine.check_free(session, version)
        row = quarantine.put(session, clock, version, campaign=sent[0].campaign, why="wrong fee", by="omar")
        assert quarantine.put(session, clock, version, campaign="another", why="x", by="sofia").id == row.id
        [waiting] = quarantine.call_back(session, clock, row, by="omar")
        assert [one.message_id for one in quarantine.went_out(session, version.sha256)] == [one.id for one in sent]
    with unit_of_work(engine) as session:
        assert list(quarantine.quarantined(session)) == [version.sha256]
        with pytest.raises(Refused, match="is in quarantine since 20 November 2026: wrong fee"):
            quarantine.check_free(session, version)
        assert quarantine.put_back(session, clock, in_use=[version.sha256], by="omar") == []
        quarantine.lift(session, clock, version, by="olivia")
        assert quarantine.put_back(session, clock, in_use=[version.sha256], by="omar") == [waiting]
        assert (quarantine.open_ones(session), session.get_one(Message, waiting).status) == ([], "pending")


def test_of_several_wordings_the_one_that_is_meant_is_named(
    engine: Engine, clock: FixedClock, sent: list[Message]
) -> None:
    old, campaign = Version(sent[0].template, sent[0].template_sha256), sent[0].campaign
    new = Version(old.template, "ab" * 32)
    with unit_of_work(engine) as session:
        assert quarantine.the_version(session, campaign, "", in_use=[new]) == old
        mail = session.get_one(Message, sent[2].id)
        mail.template_sha256, mail.created_at = new.sha256, clock.now()
        session.add(mail)
    with reading(engine) as session:
        assert quarantine.the_version(session, campaign, "invite", in_use=[new]) == new
        assert quarantine.the_version(session, campaign, old.sha256[:10], in_use=[new]) == old
        with pytest.raises(Refused, match=r"wrote in several wordings\. Name one with --template: invite"):
            quarantine.the_version(session, campaign, "", in_use=[new])
