from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core import jobs
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.jobs import Job

MAIL = "reminder.mail"


def fill(engine: Engine, clock: FixedClock, count: int) -> None:
    with unit_of_work(engine) as session:
        jobs.start_all(session, clock, kind=MAIL, payloads={f"r{n}": {"request": f"r{n}"} for n in range(count)})


def the_job(session: Session) -> Job:
    return session.exec(select(Job)).one()


def test_starting_the_same_work_twice_is_starting_it_once(engine: Engine, clock: FixedClock) -> None:
    for payload in ({"request": "a"}, {"request": "b"}):
        with unit_of_work(engine) as session:
            jobs.start(session, clock, kind=MAIL, key="r1:50", payload=payload)
    with reading(engine) as session:
        assert the_job(session).payload == {"request": "a"}


def test_work_that_is_put_off_is_not_done_before_its_time_even_when_somebody_asks_for_it(
    engine: Engine, clock: FixedClock
) -> None:
    later = clock.now() + timedelta(minutes=10)
    with unit_of_work(engine) as session:
        jobs.start(session, clock, kind=MAIL, key="r1", payload={}, not_before=later)
        jobs.wake(session, clock, kind=MAIL)
        assert jobs.claim(session, clock, kind=MAIL) is None
        assert not jobs.any_due(session, clock, kind=MAIL)
        assert the_job(session).not_before == later
    clock.advance(timedelta(minutes=10))
    with unit_of_work(engine) as session:
        assert jobs.any_due(session, clock, kind=MAIL)
        assert not jobs.any_due(session, clock, kind="contract.send")
        assert jobs.claim(session, clock, kind=MAIL) is not None
        assert not jobs.any_due(session, clock, kind=MAIL)
    clock.advance(jobs.LEASE + timedelta(seconds=1))
    with reading(engine) as session:
        assert jobs.any_due(session, clock, kind=MAIL)


def test_the_same_key_of_another_kind_is_other_work(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        first = jobs.start(session, clock, kind=MAIL, key="r1", payload={})
        assert jobs.start(session, clock, kind="contract.send", key="r1", payload={}).id != first.id


def test_the_same_work_started_by_eight_at_once_is_one_job(engine: Engine, clock: FixedClock) -> None:
    together = Barrier(8)

    def start(_: int) -> int | None:
        together.wait()
        with unit_of_work(engine) as session:
            return jobs.start(session, clock, kind=MAIL, key="r1", payload={}).id

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(start, range(8))) == {1}


def test_many_are_started_at_once_and_none_twice(engine: Engine, clock: FixedClock) -> None:
    payloads = {f"r{n}:50": {"request": f"r{n}", "text": "🧵 {{7*7}}"} for n in range(1_201)}
    with unit_of_work(engine) as session:
        jobs.start(session, clock, kind=MAIL, key="r7:50", payload={"request": "kept"})
        assert jobs.start_all(session, clock, kind=MAIL, payloads=payloads) == 1_200
        assert jobs.start_all(session, clock, kind=MAIL, payloads=payloads) == 0
        assert jobs.start_all(session, clock, kind=MAIL, payloads={}) == 0
    with reading(engine) as session:
        found = {job.key: job.payload for job in session.exec(select(Job))}
    assert found == payloads | {"r7:50": {"request": "kept"}}


def test_jobs_are_claimed_oldest_first_and_only_of_the_kind_asked(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 2)
    with unit_of_work(engine) as session:
        assert jobs.claim(session, clock, kind="contract.send") is None
        claimed = [jobs.claim(session, clock, kind=MAIL) for _ in range(3)]
    assert [job and job.key for job in claimed] == ["r0", "r1", None]


def test_workers_claim_distinct_jobs(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 40)
    together = Barrier(8)

    def work(_: int) -> list[str]:
        together.wait()
        mine: list[str] = []
        while True:
            with unit_of_work(engine) as session:
                job = jobs.claim(session, clock, kind=MAIL)
                if job is None:
                    return mine
                mine.append(job.key)

    with ThreadPoolExecutor(8) as pool:
        claimed = [key for mine in pool.map(work, range(8)) for key in mine]
    assert sorted(claimed) == sorted(f"r{n}" for n in range(40))


def test_a_job_whose_worker_died_is_claimed_again_after_its_lease(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 1)
    with unit_of_work(engine) as session:
        jobs.claim(session, clock, kind=MAIL)
    clock.advance(jobs.LEASE)
    with unit_of_work(engine) as session:
        assert jobs.claim(session, clock, kind=MAIL) is None
    clock.advance(timedelta(seconds=1))
    with unit_of_work(engine) as session:
        job = jobs.claim(session, clock, kind=MAIL)
        assert job is not None
        assert (job.attempts, job.lease_until) == (2, clock.now() + jobs.LEASE)


def test_a_job_that_kills_every_worker_is_given_up(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 1)
    claimed = 0
    for _ in range(jobs.MAX_ATTEMPTS + 2):
        with unit_of_work(engine) as session:
            claimed += jobs.claim(session, clock, kind=MAIL) is not None
        clock.advance(jobs.LEASE + timedelta(seconds=1))
    with reading(engine) as session:
        job = the_job(session)
    assert (claimed, job.status) == (jobs.MAX_ATTEMPTS, "failed")
    assert "stopped without a word" in job.last_error


def test_a_try_that_came_back_waits_longer_each_time_and_is_never_given_up(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 1)
    waits = []
    for _ in range(8):
        with unit_of_work(engine) as session:
            job = jobs.claim(session, clock, kind=MAIL)
            assert job is not None
            jobs.put_back(session, clock, job, error="mail server said 451 " + "x" * 600)
        waits.append((job.not_before - clock.now()) / timedelta(minutes=1))
        with unit_of_work(engine) as session:
            assert jobs.claim(session, clock, kind=MAIL) is None
        clock.advance(job.not_before - clock.now())
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert job is not None
    assert (job.refusals, len(job.last_error)) == (8, 500)


def test_a_job_that_was_refused_for_days_still_waits_an_hour(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 1)
    with unit_of_work(engine) as session:
        job = the_job(session)
        job.refusals = 100
        jobs.put_back(session, clock, job, error="the template is not approved")
    with reading(engine) as session:
        assert the_job(session).not_before == clock.now() + jobs.LONGEST_PAUSE


def test_a_person_who_asks_for_it_need_not_wait(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 2)
    with unit_of_work(engine) as session:
        first = jobs.claim(session, clock, kind=MAIL)
        assert first is not None
        jobs.put_back(session, clock, first, error="later")
        second = jobs.claim(session, clock, kind=MAIL)
        assert second is not None
        jobs.finish(session, clock, second.id or 0)
        jobs.wake(session, clock, kind=MAIL)
        again = jobs.claim(session, clock, kind=MAIL)
        assert again is not None
        assert again.id == first.id
        assert jobs.claim(session, clock, kind=MAIL) is None


def test_work_done_by_hand_is_done(engine: Engine, clock: FixedClock) -> None:
    with unit_of_work(engine) as session:
        jobs.start(session, clock, kind=MAIL, key="a", payload={})
        jobs.finish_key(session, clock, kind=MAIL, key="a")
        assert jobs.claim(session, clock, kind=MAIL) is None


def test_a_finished_job_is_not_claimed_again(engine: Engine, clock: FixedClock) -> None:
    fill(engine, clock, 1)
    with unit_of_work(engine) as session:
        job = jobs.claim(session, clock, kind=MAIL)
        assert job is not None
        assert job.id is not None
        jobs.finish(session, clock, job.id)
    clock.advance(jobs.LEASE * 2)
    with unit_of_work(engine) as session:
        assert jobs.claim(session, clock, kind=MAIL) is None
        assert (the_job(session).status, the_job(session).done_at) == ("done", clock.now() - jobs.LEASE * 2)


def test_work_for_which_there_is_cause_once_more_is_due_at_once_and_nobody_is_disturbed_at_it(
    engine: Engine, clock: FixedClock
) -> None:
    def anew(session: Session) -> Job:
        return jobs.start_anew(session, clock, kind=MAIL, key="r0", payload={})

    with unit_of_work(engine) as session:
        assert anew(session).status == "waiting"
        job = jobs.claim(session, clock, kind=MAIL)
        assert job is not None
        running = job.model_dump()
        assert anew(session).model_dump() == running
        jobs.put_back(session, clock, job, error="no template")
        assert jobs.claim(session, clock, kind=MAIL) is None
        assert (anew(session).refusals, job.last_error) == (0, "")
        assert jobs.claim(session, clock, kind=MAIL) is not None
        jobs.finish_key(session, clock, kind=MAIL, key="r0")
    clock.advance(timedelta(days=1))
    with unit_of_work(engine) as session:
        assert jobs.claim(session, clock, kind=MAIL) is None
        job = anew(session)
        assert (job.status, job.not_before, job.done_at) == ("waiting", clock.now(), None)
        assert jobs.claim(session, clock, kind=MAIL) is not None


def test_a_job_goes_with_the_transaction_that_started_it(engine: Engine, clock: FixedClock) -> None:
    def start_and_fail() -> None:
        with unit_of_work(engine) as session:
            jobs.start(session, clock, kind=MAIL, key="r1", payload={})
            raise RuntimeError("the decision failed")

    with pytest.raises(RuntimeError):
        start_and_fail()
    with unit_of_work(engine) as session:
        assert jobs.claim(session, clock, kind=MAIL) is None
