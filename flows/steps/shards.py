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
from sourcing.part import Part
from sourcing.shards import Cache, Shard
from sourcing.steps import Step

#: Shards that a process remembers; two for each worker is the rule.
_KEPT = 8


class _Remembered:
    """The shards that this process answered for lately, so that steps need not be taken again."""

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[object, str], tuple[threading.Lock, Part]] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, shard: Shard, question: bytes, digest: str, asked: Sequence[Step]) -> Any:
        key = (shard, digest)
        with self._lock:
            found = self._parts.pop(key, None)
        lock, part = found or (threading.Lock(), Part(shard.open(cache_of(Settings())), pickle.loads(question)))
        with lock:
            answer = part.answer(asked)
        with self._lock:
            self._parts[key] = (lock, part)
            while len(self._parts) > _KEPT:
                self._parts.popitem(last=False)
        return answer


_remembered = _Remembered()


def answered(shard: Shard, question: bytes, digest: str, asked: bytes, code: str) -> Any:
    """The answer of a shard to the last of the steps. `code`: the version of what ranks in the asking process.

    Raises BadInput where this process would rank otherwise.
    """
    if code != code_version():
        raise BadInput(
            "A worker runs another version of Greenroom than this machine.",
            next_step="Bring all machines to the same version, start the workers again, and ask again.",
        )
    return _remembered.answer(shard, question, digest, pickle.loads(asked))


def cache_of(settings: Settings) -> Cache:
    return Cache(settings.pool_cache or Path.home() / ".cache" / "greenroom" / "pool", settings.pool_cache_gib << 30)
