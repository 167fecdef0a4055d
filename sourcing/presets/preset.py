"""What a preset says of a file: which of its columns is which field, in what units, from whom, and for how long.

Pure. Knows no folder and reads no rows; a preset that is wrong is refused with the key and what to write instead.
"""

import difflib
import re
from collections.abc import Mapping as Table
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.platforms import PLATFORMS, Platform
from sourcing.columns import is_sensitive
from sourcing.readers import FIELDS

Basis = Literal["published", "consent", "customer", "vendor", "unknown"]
Unit = Literal["percent", "share", "thousands", "millions"]
LONGEST_NAME = 60
#: What a customers list may name beside addresses: the accounts that customers gave themselves.
CUSTOMER_FIELDS = ("email", *PLATFORMS)
_RATES = ("percent", "share")
_COUNTS = ("thousands", "millions")


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(_Part):
    """One of several accounts in a row: its platform, and the columns of its handle, followers and rate."""

    platform: Platform
    handle: Columns
    followers: Columns | None = None
    engagement: Columns | None = None


class Preset(_Part):
    """A checked preset. `columns`: field → their columns, the first that holds something counts; a dot goes into JSON.

    `rows`: where in a JSON document the profiles lie. `recognised_by`: columns that a file has only if it is this one;
    with `exactly` no others. `header` 2 where the names of the columns stand in the second row.
    """

    title: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Literal["profiles", "customers"] = "profiles"
    platform: Platform | None = None
    rows: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    columns: dict[str, Columns] = {}
    accounts: tuple[Account, ...] = ()
    units: dict[str, Unit] = {}
    decimal: Literal["", ".", ","] = ""
    dates: Literal["", "day first", "month first", "year first"] = ""
    source: Annotated[str, Field(max_length=200)] = ""
    email_basis: Basis = "unknown"
    expires_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    never_read: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    recognised_by: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    exactly: bool = False
    header: Literal[1, 2] = 1
    about: Annotated[str, Field(max_length=2_000)] = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if problems := _problems(self):
            raise ValueError("\n  ".join(problems))
        return self

    @property
    def nested(self) -> bool:
        """Whether its columns are paths into JSON."""
        named = [*self.columns.values(), *(account.handle for account in self.accounts)]
        return bool(self.rows) or any(re.search(r"\.|\[", column) for columns in named for column in columns)


def checked(told: Table[str, Any], *, file: str) -> Preset:
    """Raises ValueError whose text names the file, each key that is wrong and what to write."""
    try:
        return Preset.model_validate(dict(told))
    except ValidationError as error:
        lines = "\n".join(f"  {_explain(problem)}" for problem in error.errors())
        raise ValueError(f"The preset {file} was not used:\n{lines}") from None


def _problems(preset: Preset) -> list[str]:
    known = CUSTOMER_FIELDS if preset.kind == "customers" else FIELDS
    found = [
        f"columns.{field}: no such field{_near(field, known)}" for field in preset.columns if field not in known
    ]  # fmt: skip
    named = [(f"columns.{field}", column) for field, columns in preset.columns.items() for column in columns]
    named += [
        (f"accounts.{account.platform}", column)
        for account in preset.accounts
        for columns in (account.handle, account.followers or (), account.engagement or ())
        for column in columns
    ]
    for key, column in named:
        if not column.strip():
            found.append(f"{key}: is empty; write the name of the column, or remove the line")
        elif is_sensitive(column):
            found.append(
                f"{key}: {column!r} tells what the law protects (Article 9 GDPR) and is never read; remove the line"
            )
    if preset.kind == "profiles" and not preset.accounts and "handle" not in preset.columns:
        found.append('columns.handle: missing; write handle = "the column with the account\'s name or address"')
    if preset.kind == "customers" and not preset.columns:
        found.append('columns: missing; write email = "the column with the address"')
    told = [account.platform for account in preset.accounts]
    found += [f"accounts: {one} stands there twice; a row has one account of each platform"
              for one in PLATFORMS if told.count(one) > 1]  # fmt: skip
    if preset.accounts and {"handle", "platform"} & set(preset.columns):
        found.append("accounts: a row has either one account (columns.handle) or several (accounts), not both")
    found += [
        f"units.{field}: {unit!r} is no unit of {field}; write {' or '.join(map(repr, _units_of(field)))}"
        if _units_of(field)
        else f"units.{field}: has no unit; units are for engagement, followers, following, posts"
        for field, unit in preset.units.items()
        if unit not in _units_of(field)
    ]
    return found


def _units_of(field: str) -> tuple[str, ...]:
    if field == "engagement":
        return _RATES
    return _COUNTS if field in ("followers", "following", "posts", "paid_posts") else ()


def _explain(problem: Any) -> str:
    """One line: the key, what is wrong, what to write."""
    where = "".join(f" ({part + 1})" if isinstance(part, int) else f".{part}" for part in problem["loc"])[1:]
    if problem["type"] == "extra_forbidden":
        model: type[BaseModel] = Account if problem["loc"][0] == "accounts" else Preset
        return f"{where}: no such key{_near(str(problem['loc'][-1]), list(model.model_fields))}"
    if problem["type"] == "missing":
        return f"{where}: missing; write {problem['loc'][-1]} = …"
    if problem["type"] == "literal_error":
        return f"{where}: {problem['input']!r} is not one of {problem['ctx']['expected']}"
    if wanted := _WANTED.get(str(problem["loc"][0])) if problem["loc"] and problem["type"] != "value_error" else "":
        return f"{where}: {wanted}"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


_TEXT = "write a text in quotes, of {} signs at most"
_COLUMN = 'write the name of a column, "Like this", or several, ["first", "else this"]'
#: Key → what to write where its value is of another kind.
_WANTED = {
    "title": _TEXT.format(120), "source": _TEXT.format(200), "about": _TEXT.format("2,000"),
    "columns": f"{_COLUMN}, for each field below [columns]", "never_read": _COLUMN, "recognised_by": _COLUMN,
    "accounts": f"write [[accounts]] above platform and handle of each; at handle, {_COLUMN}",
    "rows": 'write where in the JSON the profiles lie, "data.items", or several places in [ ]',
    "units": 'write a unit for each field below [units], followers = "thousands"',
    "expires_days": "write a whole number of days, 1 to 3650", "exactly": "write true or false",
}  # fmt: skip


def _near(word: str, known: Any) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; fields are {', '.join(known)}"
