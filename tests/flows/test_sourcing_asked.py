"""A longlist asked for by the campaign's name: who may, once at a time, and what becomes of one that cannot be made."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import select

from approvals.slack import outbox
from cli.undone import undone
from core.database import reading
from core.errors import BadInput, Refused, TransientError
from core.models.jobs import Job
from core.models.slack import SlackPost
from core.models.sourcing import SourcingRun
from core.people import load_people
from flows.serving.worker import Worker
from flows.steps.longlist import SOURCE_JOB, source_named, source_requested
from flows.wiring import Wiring
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House

SLACK = {"slack_bot_token": SecretStr("xoxb-1"), "slack_channel": "COPS"}


@pytest.fixture
def w(house: House, tmp_path: Path) -> Wiring:
    """Slack is on, the campaign's file is one that can be spoilt, and Omar of ops has a Slack id."""
    folder = tmp_path / "campaigns"
    folder.mkdir()
    shutil.copy(CAMPAIGN_FILE, folder)
    people = tmp_path / "people.toml"
    text = house.w.settings.people_file.read_text()
    people.write_text(text.replace('omar@example.com"\nslack = ""', 'omar@example.com"\nslack = "U0OMAR"'))
    assert load_people(people).by_slack("U0OMAR").id == "omar"
    settings = house.w.settings.model_copy(update={**SLACK, "campaigns": folder, "people_file": people})
    return replace(house.w, settings=settings)


def ask(w: Wiring, slug: str = CAMPAIGN, *, by: str = "omar") -> Job:
    return source_named(w, slug, actor=w.people.named(by))


def posts(w: Wiring) -> list[SlackPost]:
    with reading(w.engine) as session:
        return outbox.waiting(session)


def jobs_left(w: Wiring) -> list[Job]:
    with reading(w.engine) as session:
        return list(session.exec(select(Job).where(Job.kind == SOURCE_JOB, Job.status != "done")))


def runs(w: Wiring) -> int:
    with reading(w.engine) as session:
        return len(session.exec(select(SourcingRun)).all())


def spoil(w: Wiring) -> None:
    change(w, "cycle", "cylce")


def change(w: Wiring, old: str, new: str) -> None:
    file = w.settings.campaigns / f"{CAMPAIGN}.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


@pytest.mark.slow
def test_whoever_asks_again_while_it_is_not_made_gets_the_same_and_later_another(w: Wiring) -> None:
    first, again = ask(w), ask(w, by="olivia")
    assert first.id == again.id
    assert source_requested(w) == 1
    assert ask(w).id != first.id


@pytest.mark.slow
def test_the_worker_makes_it_and_who_asked_is_told_in_their_direct_messages(w: Wiring) -> None:
    before = runs(w)
    change(w, 'governing_law = "Germany"', 'governing_law = "Austria"')
    ask(w)
    Worker(lambda: w).round(0)
    assert (runs(w), jobs_left(w)) == (before + 1, [])
    [post] = posts(w)
    assert (post.channel, post.method) == ("U0OMAR", "chat.postMessage")
    assert post.payload["text"].startswith("The longlist of linen-summer is made: 250 on it, ")
    assert post.payload["blocks"][0]["text"]["text"] == post.payload["text"]


def test_whoever_has_no_slack_id_is_told_where_ops_is(w: Wiring) -> None:
    ask(w, by="olivia")
    source_requested(w)
    assert [post.channel for post in posts(w)] == ["COPS"]


def test_a_file_that_was_spoilt_meanwhile_is_told_and_not_tried_again(w: Wiring) -> None:
    ask(w)
    spoil(w)
    assert source_requested(w) == 0
    assert jobs_left(w) == []
    [post] = posts(w)
    assert post.payload["text"].startswith("Sourcing for linen-summer did not go through. ")
    assert "cylce: unknown key; did you mean 'cycle'?" in post.payload["text"]


def test_a_pool_that_is_not_there_is_told_and_not_tried_again(w: Wiring) -> None:
    shutil.rmtree(w.settings.pool_folder)
    ask(w)
    source_requested(w)
    assert jobs_left(w) == []
    assert "greenroom pool import" in posts(w)[0].payload["text"]


def test_without_slack_the_log_is_told(w: Wiring, caplog: pytest.LogCaptureFixture) -> None:
    off = replace(w, settings=w.settings.model_copy(update={"slack_bot_token": None}))
    ask(off)
    spoil(w)
    source_requested(off)
    assert posts(w) == []
    assert "Sourcing for linen-summer did not go through." in caplog.text


def test_a_busy_record_is_no_answer_and_it_is_tried_again(w: Wiring) -> None:
    class Busy(Wiring):
        @property
        def people(self) -> None:  # type: ignore[override]
            raise TransientError("The record is busy.")

    ask(w)
    source_requested(Busy(settings=w.settings, clock=w.clock))
    [job] = jobs_left(w)
    assert (job.status, job.last_error) == ("waiting", "The record is busy.")
    assert posts(w) == []
    with reading(w.engine) as session:
        assert "the longlist of linen-summer" in undone(session, SOURCE_JOB)[0].line


@pytest.mark.parametrize("by", ["rosa", "lena", "sofia"])
def test_only_ops_and_the_owner_may(w: Wiring, by: str) -> None:
    with pytest.raises(Refused, match="may not start a longlist"):
        ask(w, by=by)
    assert jobs_left(w) == []


def test_without_a_file_it_is_the_campaign_as_it_was_last_run(w: Wiring) -> None:
    (w.settings.campaigns / f"{CAMPAIGN}.toml").unlink()
    ask(w)
    assert source_requested(w) == 1


@pytest.mark.parametrize("slug", ["nobody-knows", "../people", f"../campaigns/{CAMPAIGN}", "", "a b", "A"])
def test_a_name_that_is_none_is_refused_and_leads_out_of_no_folder(w: Wiring, slug: str) -> None:
    with pytest.raises(Refused, match="There is no campaign"):
        ask(w, slug)


def test_a_file_that_cannot_be_used_is_refused_at_once(w: Wiring) -> None:
    spoil(w)
    with pytest.raises(BadInput, match="cylce"):
        ask(w)


def test_a_file_that_holds_another_campaign_is_refused(w: Wiring) -> None:
    (w.settings.campaigns / f"{CAMPAIGN}.toml").rename(w.settings.campaigns / "other.toml")
    with pytest.raises(BadInput, match="holds the campaign 'linen-summer'"):
        ask(w, "other")
