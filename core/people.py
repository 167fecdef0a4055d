"""The people who decide: roles, stand-ins and working calendars, read from the people file.

Owns who may do what. Knows nothing of requests, Slack or the record.
"""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.campaign import Campaign
from core.errors import BadInput, Refused


class Role(StrEnum):
    OWNER = "owner"
    OPS = "ops"
    REVIEWER = "reviewer"
    LEGAL = "legal"
    ANALYTICS = "analytics"
    LOCAL_LEAD = "local lead"
    SENDER = "sender"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is not a time zone such as Europe/Berlin") from None
    return name


def _known_country(code: str) -> str:
    import holidays  # commands that ask no person start faster

    if code not in holidays.list_supported_countries():
        raise ValueError(f"{code!r} is not a country code such as DE")
    return code


class WorkCalendar(BaseModel):
    """When a person works: the SLA clock runs on working days of this calendar."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    country: Annotated[str, AfterValidator(_known_country)] | None = None
    weekend: tuple[Annotated[int, Field(ge=0, le=6)], ...] = (5, 6)

    @model_validator(mode="after")
    def _works(self) -> Self:
        if len(set(self.weekend)) == 7:
            raise ValueError("the weekend must leave a working day")
        return self


class Person(BaseModel):
    """One person of the team. `delegate` is the id of whoever stands in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    mail: Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]
    slack: str = ""
    roles: tuple[Role, ...] = Field(min_length=1)
    delegate: str | None = None
    calendar: WorkCalendar = WorkCalendar()


class People:
    """Everybody in the people file, by id."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = dict(people)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._people.values())

    def named(self, person_id: str) -> Person:
        """Raises Refused where nobody has that id."""
        try:
            return self._people[person_id]
        except KeyError:
            known = ", ".join(sorted(self._people)) or "nobody"
            raise Refused(f"Nobody is called {person_id!r} in the people file.", next_step=f"Known: {known}.") from None

    def holder(self, campaign: Campaign, role: Role) -> Person:
        """The person who holds a role in a campaign (the first reviewer where there are several)."""
        owners = campaign.owners
        ids = {
            Role.OWNER: owners.owner,
            Role.OPS: owners.ops,
            Role.REVIEWER: owners.reviewers[0],
            Role.LEGAL: owners.legal,
            Role.SENDER: owners.sender,
        }
        if role not in ids:
            raise Refused(f"Campaign {campaign.slug} names nobody as {role}.")
        return self.named(ids[role])

    def check_campaign(self, campaign: Campaign) -> None:
        """Refuse a campaign whose owners are unknown or lack the role they are named for."""
        named = [(Role.REVIEWER, person_id) for person_id in campaign.owners.reviewers]
        named += [
            (Role.OWNER, campaign.owners.owner),
            (Role.OPS, campaign.owners.ops),
            (Role.LEGAL, campaign.owners.legal),
            (Role.SENDER, campaign.owners.sender),
        ]
        for role, person_id in named:
            if role not in self.named(person_id).roles:
                raise Refused(
                    f"Campaign {campaign.slug} names {person_id} as {role}, but the people file does not.",
                    next_step=f"Add the role {role} to {person_id}, or name somebody else.",
                )


def holds(person: Person, role: Role, campaign: Campaign) -> bool:
    """Named for the role by the campaign; for roles that campaigns do not name, having it is enough."""
    owners = campaign.owners
    named: dict[Role, tuple[str, ...]] = {
        Role.OWNER: (owners.owner,),
        Role.OPS: (owners.ops,),
        Role.REVIEWER: owners.reviewers,
        Role.LEGAL: (owners.legal,),
        Role.SENDER: (owners.sender,),
    }
    return role in person.roles and (role not in named or person.id in named[role])


def check_may(person: Person, campaign: Campaign, *roles: Role, what: str) -> None:
    """Refuse whoever holds none of these roles in the campaign. `what` completes "may not …"."""
    if not any(holds(person, role, campaign) for role in roles):
        wanted = " or ".join(roles)
        raise Refused(f"{person.name} may not {what}: it takes the {wanted} of {campaign.slug}.",
                      next_step="Ask them, or name somebody else in the campaign file.")  # fmt: skip


def load_people(path: Path) -> People:
    """Read the people file. Raises BadInput naming the person and what is wrong."""
    try:
        # "-sig": editors on Windows put a byte order mark first.
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(
            f"There is no people file {path}.", next_step="Copy people.example.toml to people.toml and edit it."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not a people file: {error}.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    entries = raw.get("person", [])
    unknown = set(raw) - {"person"}
    if unknown or not isinstance(entries, list) or not entries:
        raise BadInput(f"{path} must hold [[person]] entries only.", next_step="people.example.toml shows the form.")
    people: dict[str, Person] = {}
    for number, entry in enumerate(entries, start=1):
        person = _person(path, number, entry)
        if person.id in people:
            raise BadInput(f"{path}: two people have the id {person.id!r}.")
        people[person.id] = person
    for person in people.values():
        if person.delegate is not None and person.delegate not in people:
            raise BadInput(f"{path}: {person.id} is delegated to {person.delegate!r}, whom nobody knows.")
    return People(people)


def _person(path: Path, number: int, entry: object) -> Person:
    try:
        return Person.model_validate(entry)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        name = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"
        raise BadInput(f"{path}: person {name}: {where}: {problem['msg'].removeprefix('Value error, ')}.") from None
