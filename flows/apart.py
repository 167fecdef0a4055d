"""A longlist made on several machines: one Prefect task for each shard of the pool and each step, on Dask workers.

The asking process puts the answers together as it does with those of its own parts, so the files are the same to the
byte. A worker that goes is made up for by another, which takes the shard's earlier steps again. Owns who works on
which shard; what is asked and what is said to it is `sourcing.survivors`'.
"""

import pickle
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.settings import PREFECT_API_URL

from core.errors import Refused, TransientError
from core.settings import Settings
from flows.retrying import is_transient
from flows.steps import longlist as steps
from flows.steps import shards
from flows.wiring import Wiring, wired, wired_with

if TYPE_CHECKING:
    from prefect_dask import DaskTaskRunner

    from core.campaign import Campaign
    from sourcing.known import Known
    from sourcing.longlist import Longlist
    from sourcing.shards import Shard
    from sourcing.steps import Question, Step

#: Rows of a shard at most, and shards for each worker: two, so that a worker that ends early has more to do.
_MOST_ROWS, _EACH = 4 << 20, 2
_CONNECT_SECONDS = 5.0
#: How long tasks wait for workers when all are gone.
_ALONE_SECONDS = 60.0


@task(name="shard", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2, retry_condition_fn=is_transient)
def answer(shard: "Shard", question: bytes, digest: str, asked: bytes, code: str) -> list[Any]:
    """Runs on a worker, which gets this function by value and what it calls by name.

    What is asked comes pickled: Prefect looks into all else that it hands on, for results of other tasks, and a
    question may name a hundred thousand accounts. It comes from the asking process by way of its own scheduler alone.
    """
    return shards.answered(shard, question, digest, asked, code)


class Apart:
    """The shards of a pool, each with a worker that it goes to as long as that one is there. `alone`: seconds that are
    waited for workers when all are gone."""

    def __init__(
        self, runner: "DaskTaskRunner", parts: "Sequence[Shard]", question: "Question", *, alone: float = _ALONE_SECONDS
    ) -> None:
        from sourcing.longlist import code_version

        self._runner, self._shards, self._code, self._alone = runner, parts, code_version(), alone
        # Not scattered: what a lost worker held of it alone would be gone. The result of a task is made again.
        self._question = runner.client.submit(_itself, pickle.dumps(question), pure=False)
        self._digest = question.digest
        self._worker: dict[int, str] = {}

    def ask(self, asked: "Sequence[Step]") -> list[Any]:
        futures = [self._submit(number, shard, asked) for number, shard in enumerate(self._shards)]
        self._wait([future.wrapped_future for future in futures])
        return [answer for future in futures for answer in self._result(future)]

    def _submit(self, number: int, shard: "Shard", asked: "Sequence[Step]") -> Any:
        from prefect_dask.task_runners import PrefectDaskFuture

        there = sorted(self._runner.client.ncores())
        if there and self._worker.get(number) not in there:
            self._worker[number] = there[number % len(there)]
        # When all are gone before the first step, it goes to whoever comes.
        where = {"workers": [self._worker[number]], "allow_other_workers": True} if number in self._worker else {}
        told = {"shard": shard, "question": self._question, "digest": self._digest, "asked": pickle.dumps(list(asked)),
                "code": self._code}  # fmt: skip
        future = self._runner.client.submit(answer, parameters=told, return_type="state", **where)
        return PrefectDaskFuture(wrapped_future=future, task_run_id=future.task_run_id)

    def _wait(self, futures: list[Any]) -> None:
        import distributed

        last_seen = time.monotonic()
        while True:
            try:
                with self._runner.client.as_current():
                    distributed.wait(futures, timeout=5)
                return
            except (TimeoutError, distributed.TimeoutError):
                if self._runner.client.ncores():
                    last_seen = time.monotonic()
                elif time.monotonic() - last_seen > self._alone:
                    raise TransientError(
                        "All workers are gone; nothing was changed.", next_step="Start them again and ask again."
                    ) from None

    def _result(self, future: Any) -> Any:
        from distributed import CancelledError, KilledWorker

        try:
            return future.result()
        except (KilledWorker, CancelledError) as error:
            raise TransientError(
                f"Several workers ended over the same shard, one after the other ({type(error).__name__}): "
                "most often they lack memory. Nothing was changed.",
                next_step="Give each worker more memory, or take more workers, and ask again (docs/scale.md).",
            ) from None


def _itself(question: bytes) -> bytes:
    return question


@contextmanager
def workers(on: str) -> "Iterator[DaskTaskRunner]":
    """The workers of a scheduler (tcp://host:8786), or so many processes of this machine (a number).

    Raises Refused where Dask is not installed or nobody works there, TransientError where nobody answers.
    """
    if not on:
        raise Refused("No workers are named.", next_step="Add --on tcp://HOST:8786, or set GREENROOM_WORKERS.")
    check_prefect()
    try:
        from prefect_dask import DaskTaskRunner
    except ImportError:
        raise Refused("Dask is not installed here.", next_step="Run: make workers") from None
    told: dict[str, Any] = {"address": on}
    if on.isdecimal():
        local = {"n_workers": int(on), "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
        told = {"cluster_class": "distributed.LocalCluster", "cluster_kwargs": local}
    with DaskTaskRunner(**told, client_kwargs={"timeout": _CONNECT_SECONDS}) as runner:
        try:
            there = runner.client.ncores()
        except (OSError, ValueError) as error:
            raise TransientError(
                f"No Dask scheduler answers at {on} ({type(error).__name__}).",
                next_step="Start one: dask scheduler. Or check the address (tcp://HOST:8786) and the network.",
            ) from None
        if not there:
            raise TransientError(f"The scheduler at {on} has no workers.", next_step=f"Start some: dask worker {on}")
        yield runner


def check_prefect() -> None:
    """The workers report to a Prefect server that all machines reach. Raises Refused or TransientError."""
    address = PREFECT_API_URL.value()
    if not address:
        raise Refused(
            "Workers report to a standing Prefect server, and none is named.",
            next_step="Start one: prefect server start --host 0.0.0.0. Then set PREFECT_API_URL=http://HOST:4200/api",
        )
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=_CONNECT_SECONDS):
            return
    except (urllib.error.URLError, OSError, ValueError):
        raise TransientError(
            f"No Prefect server answers at {address}.",
            next_step="Start it: prefect server start. Or set PREFECT_API_URL to the one there is.",
        ) from None


def ranked_on(
    runner: "DaskTaskRunner", address: str, asked: "tuple[Campaign, Known, int | None]", *, rows: int = 0
) -> "Longlist":
    """The longlist, its shards (of at most `rows` rows; 0: as suits the workers) ranked by the workers."""
    from sourcing.longlist import make_longlist
    from sourcing.shards import shards_of

    campaign, known, limit = asked
    pool, parts = shards_of(
        address, shards.cache_of(Settings()), rows=lambda held: rows or rows_each(held, len(runner.client.ncores()))
    )
    return make_longlist(pool, campaign, known=known, size=limit, parts=lambda told: Apart(runner, parts, told))


def rows_each(held: int, there: int) -> int:
    """Rows of a shard, for so many workers."""
    return max(1, min(_MOST_ROWS, -(-held // max(1, _EACH * there))))


@flow(name="source-apart")
def source_apart(
    campaign_file: str, scheduler: str = "", actor: str = "schedule", out: str = "", limit: int | None = None
) -> steps.Sourced:
    """Rank the published pool for a campaign on workers, and keep the longlist; nobody is put before a reviewer yet."""
    w = wired()
    on, address = scheduler or w.settings.workers, published(w)

    def rank(campaign: "Campaign", known: "Known", size: int | None) -> "Longlist":
        with workers(on) as runner:
            return ranked_on(runner, address, (campaign, known, size))

    return steps.source_campaign(
        w, Path(campaign_file), actor=actor, out=Path(out) if out else None, limit=limit, rank=rank
    )


def source_from_here(
    w: Wiring, campaign_file: Path, scheduler: str, *, actor: str, out: Path | None, limit: int | None
) -> steps.Sourced:
    """The flow, for whoever waits at a terminal: where there is no Prefect server none is started for it."""
    check_prefect()
    with wired_with(w):
        return source_apart(str(campaign_file), scheduler, actor, str(out or ""), limit)


def published(w: Wiring) -> str:
    """Where the workers find the pool: the store of the settings, else this home's folder, if they see it."""
    return w.settings.pool_store or str(w.settings.pool_folder.resolve())
