"""On a worker: answering for a shard of the pool, and remembering it between two steps of the same question."""

import pickle
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.settings import Settings
from sourcing.longlist import code_version
from sourcing.shards import Cache, Shard
from sourcing.steps import Step
from sourcing.survivors import Here

#: Shards that a process remembers; two for each worker is the rule.
_KEPT = 8


class _Remembered:
    """The shards that this process answered for lately, so that steps need not be taken again."""

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[object, str], tuple[threading.Lock, Here]] = OrderedDict()
        self._lock = threading.Lock()

    def answers(self, shard: Shard, question: bytes, digest: str, asked: Sequence[Step]) -> list[Any]:
        key = (shard, digest)
        with self._lock:
            found = self._parts.pop(key, None)
        # Each part of the shard for itself: columns of several segments in one would be copies in memory.
        lock, parts = found or (
            threading.Lock(), Here(shard.open(cache_of(Settings())).parts(), pickle.loads(question)),
        )  # fmt: skip
        with lock:
            answers = parts.ask(asked)
        with self._lock:
            self._parts[key] = (lock, parts)
            while len(self._parts) > _KEPT:
                self._parts.popitem(last=False)
        return answers


_remembered = _Remembered()


def answered(shard: Shard, question: bytes, digest: str, asked: bytes, code: str) -> list[Any]:
    """What the parts of a shard answer to the last of the steps. `code`: the version of what ranks in the asking
    process.

    Raises BadInput where this process would rank otherwise.
    """
    if code != code_version():
        raise BadInput(
            "A worker runs another version of Greenroom than this machine.",
            next_step="Bring all machines to the same version, start the workers again, and ask again.",
        )
    return _remembered.answers(shard, question, digest, pickle.loads(asked))


def cache_of(settings: Settings) -> Cache:
    return Cache(settings.pool_cache or Path.home() / ".cache" / "greenroom" / "pool", settings.pool_cache_gib << 30)
