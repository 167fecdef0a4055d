"""Longlists that are ranked by Dask workers under a Prefect flow: the same files, whoever dies on the way."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import distributed
import pytest
from prefect import flow
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from core.campaign import Campaign
from core.clock import FixedClock
from core.errors import BadInput, Refused, TransientError
from core.settings import PROJECT
from flows import apart
from flows.serving.scheduler import wait_for_server
from sourcing import report
from sourcing.importers import import_profiles
from sourcing.known import Exclusions, Known
from sourcing.longlist import Longlist, make_longlist
from sourcing.pool import open_pool
from sourcing.service import publish
from sourcing.shards import Cache, Shard, shards_of
from sourcing.steps import Question, Step
from sourcing.survivors import ask
from tests.house import CAMPAIGN_FILE, House, build
from tests.sourcing.conftest import APART, NOW, write_jsonl
from tests.sourcing.test_segments import row

#: Prefect and Dask leave these open when they stop; nothing of ours does.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
KNOWN = Known(Exclusions({"contacted": frozenset({"tiktok:u0001", "instagram:u0600"})}, now=NOW))


@dataclass(frozen=True)
class Cluster:
    """A scheduler and two workers, each a process that nobody starts again."""

    address: str
    workers: dict[str, int]
    copies: Path


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def _running(log: Path, *words: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as said:
        process = subprocess.Popen([sys.executable, *words], cwd=PROJECT, stdout=said, stderr=said,
                                   env=os.environ | env)  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A standing Prefect server, as beside a cluster; what is asked of Prefect goes there."""
    place, port = tmp_path_factory.mktemp("prefect"), _free_port()
    words = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
    with _running(place / "log", *words, PREFECT_HOME=str(place), PREFECT_PROFILES_PATH=str(place / "profiles.toml")):
        address = f"http://127.0.0.1:{port}/api"
        wait_for_server(address)
        with temporary_settings({PREFECT_API_URL: address}):
            yield address
            # What is still to be told to this server is told now: whoever stops Prefect's senders later, in the same
            # process, would wait for a server that is gone.
            for senders in (EventsWorker, APILogWorker):
                senders.drain_all(timeout=30)


@contextmanager
def cluster(place: Path, *, failures: int = 3) -> Iterator[Cluster]:
    """`failures`: so many workers may end over a task, which is Dask's own number."""
    place.mkdir(exist_ok=True)
    address = f"tcp://127.0.0.1:{_free_port()}"
    with ExitStack() as stack:
        stack.enter_context(_running(place / "scheduler", "-m", "distributed.cli.dask_scheduler", "--host", address,
                                     "--no-dashboard",
                                     DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=str(failures)))  # fmt: skip
        for number in range(2):
            words = ("-m", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
            stack.enter_context(_running(place / f"worker{number}", *words, "--local-directory", str(place),
                                         GREENROOM_POOL_CACHE=str(place / "copies")))  # fmt: skip
        client = stack.enter_context(distributed.Client(address, timeout=60, set_as_default=False))
        client.wait_for_workers(2, timeout=120)
        yield Cluster(address, dict(client.run(os.getpid)), place / "copies")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask")) as found:
        yield found


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four segments, some of whose rows are dead."""
    place = tmp_path_factory.mktemp("apart")

    def said(number: int) -> str:
        return "linen dresses " + " ".join(f"word{(number * step + step) % 150}" for step in range(1, 9))

    rows = [row(number, bio=said(number)) for number in range(640)]
    newer = [row(number, seen="2026-02-01", bio=said(number + 1)) for number in range(0, 400, 5)]
    for number, some in enumerate([rows[:400], rows[400:600], newer, rows[600:]]):
        file = write_jsonl(place / f"{number}.jsonl", some)
        import_profiles(place / "pool", [file], clock=FixedClock(NOW), policy=APART)
    assert len(open_pool(place / "pool").segments) == 4
    return place / "pool"


def written(longlist: Longlist, campaign: Campaign, out: Path) -> dict[str, bytes]:
    report.write_files(longlist, campaign, out)
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def ranked(on: str, pool: str, campaign: Campaign, rows: int) -> Longlist:
    @flow(name="ranked")
    def rank() -> list[Longlist]:
        with apart.workers(on) as runner:
            return [apart.ranked_on(runner, pool, (campaign, KNOWN, None), rows=rows)]

    return rank()[0]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("rows", [1, 300, 10_000])
def test_two_workers_write_the_files_that_one_machine_writes(
    two: Cluster, pool: Path, campaign: Campaign, tmp_path: Path, rows: int
) -> None:
    alone = written(make_longlist(open_pool(pool), campaign, known=KNOWN), campaign, tmp_path / "alone")
    found = ranked(two.address, str(pool), campaign, rows)
    assert written(found, campaign, tmp_path / "apart") == alone
    assert len(alone) >= 4
    assert len(found.entries) > 50


@pytest.mark.usefixtures("server")
def test_workers_copy_their_shards_from_a_store(
    two: Cluster, pool: Path, campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both at once into the same folder. `local://` is a folder that fsspec reads like any other store."""
    monkeypatch.setenv("GREENROOM_POOL_CACHE", str(tmp_path / "own"))
    address = f"local://{tmp_path}/store"
    publish(pool, address)
    found = ranked(two.address, address, campaign, 1)
    assert found == make_longlist(open_pool(pool), campaign, known=KNOWN)
    names = {segment.place.name for segment in open_pool(pool).segments}
    assert {path.name for path in two.copies.glob("*/segments/*")} == names
    assert not list((tmp_path / "own").glob("*/segments/*"))


class Deadly:
    """Stops a worker before one of the steps, and kills it once it holds a shard of that step."""

    def __init__(self, parts: apart.Apart, on: Cluster, at: int) -> None:
        self._parts, self._on, self._at = parts, on, at
        self.killed_with: list[str] = []

    def __getstate__(self) -> dict[str, Any]:
        """Prefect sends the flow along with its tasks, and this is in it; no worker needs it."""
        return {}

    def ask(self, steps: Sequence[Step]) -> list[Any]:
        if len(steps) == self._at and not self.killed_with:
            worker, process = sorted(self._on.workers.items())[0]
            os.kill(process, signal.SIGSTOP)
            threading.Thread(target=self._kill, args=(worker, process)).start()
        return self._parts.ask(steps)

    def _kill(self, worker: str, process: int) -> None:
        with distributed.Client(self._on.address, set_as_default=False) as client:
            while not (held := client.processing()[worker]):
                time.sleep(0.05)
        self.killed_with += map(str, held)
        os.kill(process, signal.SIGKILL)


@pytest.mark.usefixtures("server")
def test_a_worker_that_is_killed_in_a_step_changes_nothing(pool: Path, campaign: Campaign, tmp_path: Path) -> None:
    alone = written(make_longlist(open_pool(pool), campaign, known=KNOWN), campaign, tmp_path / "alone")
    deadly: list[Deadly] = []

    def parts(runner: Any, shards: Sequence[Shard], on: Cluster) -> Callable[[Question], Deadly]:
        def asked(question: Question) -> Deadly:
            deadly.append(Deadly(apart.Apart(runner, shards, question), on, at=3))
            return deadly[0]

        return asked

    with cluster(tmp_path / "dask") as on:

        @flow(name="killed")
        def rank() -> list[Longlist]:
            with apart.workers(on.address) as runner:
                whole, shards = shards_of(str(pool), Cache(tmp_path / "cache", 1 << 30), rows=lambda _: 1)
                made = make_longlist(whole, campaign, known=KNOWN, parts=parts(runner, shards, on))
                assert len(runner.client.ncores()) == 1
                return [made]

        [found] = rank()
    assert deadly[0].killed_with
    assert written(found, campaign, tmp_path / "apart") == alone


@pytest.mark.usefixtures("server")
def test_a_shard_that_workers_end_over_is_told(pool: Path, campaign: Campaign, tmp_path: Path) -> None:
    """One worker is enough here, as the scheduler allows none."""
    with cluster(tmp_path / "dask", failures=0) as on:

        @flow(name="ends")
        def rank() -> None:
            with apart.workers(on.address) as runner:
                whole, shards = shards_of(str(pool), Cache(tmp_path / "cache", 1 << 30), rows=lambda _: 1)
                asked = Deadly(apart.Apart(runner, shards, Question.of(campaign, KNOWN, first=9)), on, at=1)
                ask(asked, Question.of(campaign, KNOWN, first=9), whole.meaning)

        with pytest.raises(TransientError, match="ended over the same shard") as told:
            rank()
    assert "more memory" in told.value.next_step


@pytest.mark.usefixtures("server")
def test_that_all_workers_are_gone_is_told(pool: Path, campaign: Campaign, tmp_path: Path) -> None:
    with cluster(tmp_path / "dask") as on:

        @flow(name="gone")
        def rank() -> None:
            with apart.workers(on.address) as runner:
                _, shards = shards_of(str(pool), Cache(tmp_path / "cache", 1 << 30), rows=lambda _: 1)
                asked = apart.Apart(runner, shards, Question.of(campaign, KNOWN, first=9), alone=1)
                for process in on.workers.values():
                    os.kill(process, signal.SIGKILL)
                asked.ask([("count", None)])

        with pytest.raises(TransientError, match="All workers are gone") as told:
            rank()
    assert told.value.next_step.startswith("Start them again")


@pytest.mark.usefixtures("server")
def test_the_whole_flow_keeps_the_run_of_what_workers_ranked(two: Cluster, tmp_path: Path, clock: FixedClock) -> None:
    house: House = build(tmp_path / "home", clock)
    house.import_sample(1_500)
    made = apart.source_from_here(house.w, CAMPAIGN_FILE, two.address, actor="omar", out=tmp_path / "apart", limit=None)
    alone = make_longlist(open_pool(house.w.settings.pool_folder), house.campaign())
    assert (made.run_id, made.longlisted) == (alone.run_id, len(alone.entries))
    assert made.new_candidates == made.longlisted > 50
    house.w.engine.dispose()


@pytest.mark.usefixtures("server")
def test_a_worker_of_another_version_is_refused(two: Cluster, pool: Path, tmp_path: Path) -> None:
    [shard] = shards_of(str(pool), Cache(tmp_path, 1 << 30), rows=lambda _: 10_000)[1]

    @flow(name="another")
    def rank() -> None:
        with apart.workers(two.address) as runner:
            told = {"shard": shard, "question": b"", "digest": "", "asked": b"", "code": "another"}
            runner.submit(apart.answer, parameters=told).result()

    with pytest.raises(BadInput, match="A worker runs another version") as refused:
        rank()
    assert refused.value.next_step.startswith("Bring all machines")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "banana", "ftp://127.0.0.1:{port}", "tcp://127.0.0.1:x"])
def test_where_no_scheduler_answers_is_told(address: str) -> None:
    nobody = address.format(port=_free_port())
    with pytest.raises(TransientError, match=f"No Dask scheduler answers at {nobody}") as told, apart.workers(nobody):
        pass
    assert "dask scheduler" in told.value.next_step


@pytest.mark.usefixtures("server")
def test_a_scheduler_where_nobody_works_is_told(tmp_path: Path) -> None:
    address = f"tcp://127.0.0.1:{_free_port()}"
    with _running(tmp_path / "log", "-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"):
        distributed.Client(address, timeout=60, set_as_default=False).close()
        with pytest.raises(TransientError, match="has no workers") as told, apart.workers(address):
            pass
    assert told.value.next_step == f"Start some: dask worker {address}"


def test_without_a_prefect_server_of_its_own_nothing_is_begun() -> None:
    with (
        temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{_free_port()}/api"}),
        pytest.raises(TransientError, match="No Prefect server answers"),
        apart.workers("tcp://127.0.0.1:1"),
    ):
        pass
    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(Refused, match="none is named"),
        apart.workers("tcp://127.0.0.1:1"),
    ):
        pass


def test_without_workers_named_nothing_is_begun() -> None:
    with pytest.raises(Refused, match="No workers are named") as told, apart.workers(""):
        pass
    assert "GREENROOM_WORKERS" in told.value.next_step


@pytest.mark.parametrize(("held", "there", "rows"), [(100, 2, 25), (101, 2, 26), (3, 8, 1), (350_000_000, 4, 4 << 20)])
def test_each_worker_gets_two_shards_unless_they_are_too_large(held: int, there: int, rows: int) -> None:
    assert apart.rows_each(held, there) == rows
