"""One dialect and one store of compiled statements for all SQLite records of a run.

Each test has a record and so an engine of its own; without this, each would compile the same statements anew, which
took a fifth of the run. What a program does is the same: only the looking up is shared.
"""

from typing import Any

from sqlalchemy import Dialect, Engine, create_engine

import core.database

#: More than an engine keeps by itself: these are the statements of all rooms.
_KEPT = 4_000


def share() -> None:
    """From now on, in this process, whatever `core.database` opens on SQLite shares them."""
    make = create_engine
    first: list[Engine] = []

    def shared(address: str, **options: Any) -> Engine:
        engine = make(address, query_cache_size=_KEPT, **options)
        if engine.dialect.name == "sqlite":
            first.append(engine) if not first else _take_over(engine, first[0])
        return engine

    vars(core.database)["create_engine"] = shared


def _take_over(engine: Engine, first: Engine) -> None:
    # The library has no public way to say so; its key of a compiled statement holds the dialect.
    dialect: Dialect = first.dialect
    engine.dialect = dialect
    engine.pool._dialect = dialect
    engine._compiled_cache = first._compiled_cache
