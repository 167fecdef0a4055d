"""People who were erased and come again with a file: what would be stored of them does not go in.

Whom that is, the record says by keyed hashes (`sourcing.known.Exclusions`). Only what is new to the pool is asked
about: whoever was erased is not in it, so importing the same file again asks about nobody.
"""

from dataclasses import replace

import duckdb

from sourcing.known import Exclusions
from sourcing.merging import Merged
from sourcing.profiles import account_key

_AT_ONCE = 20_000


def leave_out(db: duckdb.DuckDBPyConnection, merged: Merged, erased: Exclusions) -> Merged:
    """Take their rows out of `judged`, and so out of `arriving`; the counts without them."""
    if not erased.fingerprints or erased.fingerprints_of is None or not merged.changes:
        return merged
    fates: dict[str, int] = {}
    rows: list[int] = []
    cursor = db.cursor().execute("""
        select seq, fate, t.platform, t.handle, t.email from judged join typed t using (seq)
            left join old o on o.platform = t.platform and o.handle = t.handle
        where fate = 'new' or (fate = 'updated' and t.email is not null and t.email is distinct from o.email)
    """)
    while found := cursor.fetchmany(_AT_ONCE):
        for seq, fate, platform, handle, email in found:
            keys = erased.fingerprints_of(account_key(platform, handle), email)
            if not erased.fingerprints.isdisjoint(keys):
                rows.append(seq)
                fates[fate] = fates.get(fate, 0) + 1
    if not rows:
        return merged
    db.execute("delete from judged where seq in (select unnest($1::bigint[]))", [rows])
    return replace(
        merged, new=merged.new - fates.get("new", 0), updated=merged.updated - fates.get("updated", 0), erased=len(rows)
    )
