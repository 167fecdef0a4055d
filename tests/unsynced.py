"""No test waits for the disk: what a run leaves behind need not survive a power cut, as its PostgreSQL need not.

Each commit of a record and each file put in place is synced, thousands of times in a run, and each time the disk is
waited for. Whoever is only killed loses nothing without it. Processes that tests start sync as always.
"""

import os
from typing import Any

import core.database


def share() -> None:
    """From now on, in this process, nothing is synced."""
    vars(os)["fsync"] = _nothing
    prepare = vars(core.database)["_prepare_sqlite"]

    def prepared(connection: Any, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF").close()

    vars(core.database)["_prepare_sqlite"] = prepared


def _nothing(_file: object) -> None:
    """Where a file would be synced."""
