"""Where a row comes from, on what grounds its address may be had, and until when it may be kept. In columns.

Owns the words for grounds. Nothing here allows anybody to be written to: that is said on record (outreach allow).
"""

from collections.abc import Collection
from dataclasses import dataclass

from sourcing.quantities import EARLIEST, moment_sql
from sourcing.readers import text

#: Why an address may be had: its owner published it for business or consented, bought from us, or a vendor sold it.
BASES = ("published", "consent", "customer", "vendor")
UNKNOWN = "unknown"
_LONGEST = 200
FIELDS = ("source", "expires_at", "email_basis", "email_source")


@dataclass(frozen=True)
class Origin:
    """What holds for all rows of a file that do not say it themselves. `days` until they may no longer be kept."""

    label: str
    email_basis: str = ""
    days: int | None = None


def stored(origin: Origin, fields: Collection[str], *, moment: str) -> dict[str, str]:
    """Column of the pool → SQL over the judged row (`mail`, `seen_at` and the fields of the file)."""
    label = text(origin.label[:_LONGEST])
    columns = {"source": f"coalesce({_line('source')}, {label})"}
    if "email" in fields:
        known = ", ".join(map(text, BASES))
        said = f"lower(trim(email_basis)) in ({known})"
        given = text(origin.email_basis) if origin.email_basis in BASES else "null"
        columns["email_basis"] = (
            f"case when mail is not null then case when {said} then lower(trim(email_basis)) "
            f"when email_basis is null then {given} end end"
        )
        columns["email_source"] = (
            f"case when mail is not null then coalesce({_line('email_source')}, {_line('source')}, {label}) end"
        )
    if "expires_at" in fields or origin.days is not None:
        term = f"coalesce(seen_at, {moment}) + interval {int(origin.days)} day" if origin.days is not None else "null"
        columns["expires_at"] = f"coalesce({_until()}, {term})"
    return columns


def lost() -> dict[str, str]:
    """Field → when its value is there and cannot be used."""
    words = ", ".join(map(text, (*BASES, UNKNOWN)))
    return {
        "email_basis": f"email_basis is not null and lower(trim(email_basis)) not in ({words})",
        "expires_at": f"expires_at is not null and {_until()} is null",
    }


def _until() -> str:
    return f"(case when {moment_sql('expires_at')} > {EARLIEST} then {moment_sql('expires_at')} end)"


def _line(field: str) -> str:
    return rf"nullif(left(trim(regexp_replace({field}, '\p{{C}}', '', 'g')), {_LONGEST}), '')"
