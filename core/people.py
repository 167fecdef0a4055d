"""The people who decide: roles, groups, stand-ins, absences and working calendars, read from the people file.

Owns who may do what. Knows nothing of requests, Slack or the record.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.calendars import Absence, WorkCalendar
from core.campaign import Campaign
from core.clock import local_day
from core.errors import BadInput, Refused

__all__ = ["Absence", "Group", "People", "Person", "Role", "WorkCalendar", "check_may", "holds", "load_people"]

_Entry = TypeVar("_Entry", "Person", "Group")


class Role(StrEnum):
    OWNER = "owner"
    OPS = "ops"
    REVIEWER = "reviewer"
    LEGAL = "legal"
    ANALYTICS = "analytics"
    LOCAL_LEAD = "local lead"
    SENDER = "sender"


class Person(BaseModel):
    """One person of the team. `delegate` is the id of whoever stands in; `groups` are filled when the file is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    mail: Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]
    slack: str = ""
    roles: tuple[Role, ...] = Field(min_length=1)
    delegate: str | None = None
    away: tuple[Absence, ...] = ()
    groups: tuple[str, ...] = ()
    calendar: WorkCalendar = WorkCalendar()

    def is_away(self, day: date) -> bool:
        return any(absence.start <= day <= absence.end for absence in self.away)

    def is_there(self, at: datetime) -> bool:
        """Not away on the day that a moment is where they work."""
        return not self.is_away(local_day(at, self.calendar.time_zone))


class Group(BaseModel):
    """People who share a duty: a campaign may name the group where it would name a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    members: tuple[str, ...] = Field(min_length=1)
    slack: str = ""


class People:
    """Everybody in the people file, by id, and the groups they form."""

    def __init__(self, people: Mapping[str, Person], groups: Mapping[str, Group] | None = None) -> None:
        self.groups = dict(groups or {})
        self._people = {
            person.id: person.model_copy(
                update={"groups": tuple(group.id for group in self.groups.values() if person.id in group.members)}
            )
            for person in people.values()
        }

    def __iter__(self) -> Iterator[Person]:
        return iter(self._people.values())

    def named(self, person_id: str) -> Person:
        """Raises Refused where nobody has that id."""
        try:
            return self._people[person_id]
        except KeyError:
            known = ", ".join(sorted(self._people)) or "nobody"
            raise Refused(f"Nobody is called {person_id!r} in the people file.", next_step=f"Known: {known}.") from None

    def name_of(self, person_id: str) -> str:
        """What people call them; the id of somebody whom the file does not know, or not any more."""
        person = self._people.get(person_id)
        return person.name if person else person_id

    def by_slack(self, member_id: str) -> Person:
        """Whoever has that member id in Slack. Raises Refused where nobody has."""
        for person in self._people.values():
            if member_id and person.slack == member_id:
                return person
        raise Refused(
            "Nobody in the people file has your Slack id.",
            next_step=f"Ask ops to add slack = {member_id!r} to your entry.",
        )

    def on_duty(self, person_id: str, day: date) -> Person:
        """The person, or whoever stands in for them on a day they are away; the person where all of these are away."""
        person, seen = self.named(person_id), {person_id}
        while person.is_away(day):
            if person.delegate is None or person.delegate in seen:
                return self.named(person_id)
            seen.add(person.delegate)
            person = self.named(person.delegate)
        return person

    def members(self, name: str) -> tuple[Person, ...]:
        """The people of a group, or the one person of that id."""
        group = self.groups.get(name)
        return tuple(self.named(member) for member in group.members) if group else (self.named(name),)

    def with_members(self, group_id: str, slack_ids: Collection[str]) -> "People":
        """The same people, the group's members being those that Slack names; ids that nobody here has are left out.

        Where that leaves nobody, the members of the file stay: a group must always have somebody to ask.
        """
        found = tuple(person.id for person in self if person.slack and person.slack in slack_ids)
        if group_id not in self.groups:
            raise Refused(f"There is no group {group_id!r} in the people file.")
        if not found:
            return self
        changed = self.groups[group_id].model_copy(update={"members": found})
        return People(self._people, self.groups | {group_id: changed})

    def holder(self, campaign: Campaign, role: Role, at: datetime, *, asker: str = "") -> Person:
        """The person who holds a role in a campaign (the first reviewer where there are several).

        Of a group it is the first member who is there at that moment, else the first member; whoever asks comes last.
        """
        members = sorted(self.members(_names(campaign, role)[0]), key=lambda member: member.id == asker)
        return next((member for member in members if member.is_there(at)), members[0])

    def named_as(self, campaign: Campaign, key: str, at: datetime) -> Person:
        """Whoever stands under that key of the campaign's [owners], such as brand_lead; of a group, as `holder` does.

        Raises Refused where nobody does.
        """
        name = getattr(campaign.owners, key)
        if not name:
            raise _nobody(campaign, key)
        members = self.members(name)
        return next((member for member in members if member.is_there(at)), members[0])

    def holders(self, campaign: Campaign, role: Role, at: datetime) -> tuple[Person, ...]:
        """Everybody named for a role, members of groups included: who is there at that moment, or all if nobody is."""
        members = [member for name in _names(campaign, role) for member in self.members(name)]
        named = tuple({member.id: member for member in members}.values())
        return tuple(member for member in named if member.is_there(at)) or named

    def check_campaign(self, campaign: Campaign) -> None:
        """Refuse a campaign whose owners are unknown or lack the role they are named for."""
        asked_of = [(role, str(role), name) for role, names in _named_for(campaign).items() for name in names]
        # The brand lead signs off as an owner does, without being the one who decides about exceptions.
        asked_of.append((Role.OWNER, "brand lead", campaign.owners.brand_lead))
        for role, called, name in asked_of:
            for person in self.members(name):
                if role not in person.roles:
                    raise Refused(
                        f"Campaign {campaign.slug} names {person.id} as {called}, but the people file does not "
                        f"give them the role {role}.",
                        next_step=f"Add the role {role} to {person.id}, or name somebody else.",
                    )
        if campaign.measurement.reconciles:
            self.members(campaign.measurement.reconciles)


def _names(campaign: Campaign, role: Role) -> tuple[str, ...]:
    named = _named_for(campaign)
    if role not in named:
        raise _nobody(campaign, role.replace(" ", "_"))
    return named[role]


def _nobody(campaign: Campaign, key: str) -> Refused:
    return Refused(
        f"Campaign {campaign.slug} names nobody as {key.replace('_', ' ')}.",
        next_step=f"Add {key} to [owners] of the campaign file.",
    )


def _named_for(campaign: Campaign) -> dict[Role, tuple[str, ...]]:
    """Ids of people or groups by role, for the roles that campaigns name."""
    owners = campaign.owners
    named = {
        Role.REVIEWER: owners.reviewers,
        Role.OWNER: (owners.owner,),
        Role.OPS: (owners.ops,),
        Role.LEGAL: (owners.legal,),
        Role.SENDER: (owners.sender,),
    }
    if owners.analytics:
        named[Role.ANALYTICS] = (owners.analytics,)
    if owners.local_lead:
        named[Role.LOCAL_LEAD] = (owners.local_lead,)
    return named


def holds(person: Person, role: Role, campaign: Campaign) -> bool:
    """Named for the role by the campaign; for roles that campaigns do not name, having it is enough."""
    named = _named_for(campaign)
    return role in person.roles and (role not in named or not {person.id, *person.groups}.isdisjoint(named[role]))


def check_may(person: Person, campaign: Campaign, *roles: Role, what: str) -> None:
    """Refuse whoever holds none of these roles in the campaign. `what` completes "may not …"."""
    if not any(holds(person, role, campaign) for role in roles):
        wanted = " or ".join(", ".join(roles).rsplit(", ", 1))
        raise Refused(f"{person.name} may not {what}: it takes the {wanted} of {campaign.slug}.",
                      next_step="Ask them, or name somebody else in the campaign file.")  # fmt: skip


def load_people(path: Path) -> People:
    """Read the people file. Raises BadInput naming the person or group and what is wrong."""
    raw = _document(path)
    entries, group_entries = raw.get("person", []), raw.get("group", [])
    listed = isinstance(entries, list) and isinstance(group_entries, list)
    if set(raw) - {"person", "group"} or not listed or not entries:
        raise BadInput(
            f"{path} must hold [[person]] entries only, and [[group]] entries.",
            next_step="people.example.toml shows the form.",
        )
    people: dict[str, Person] = {}
    for number, entry in enumerate(entries, start=1):
        person = _entry(Person, path, f"person number {number}", entry)
        if person.id in people:
            raise BadInput(f"{path}: two people have the id {person.id!r}.")
        if person.slack and any(person.slack == other.slack for other in people.values()):
            raise BadInput(f"{path}: two people have the Slack id {person.slack!r}.")
        people[person.id] = person
    for person in people.values():
        if person.delegate is not None and person.delegate not in people:
            raise BadInput(f"{path}: {person.id} is delegated to {person.delegate!r}, whom nobody knows.")
    return People(people, _groups(path, group_entries, people))


def _document(path: Path) -> dict[str, Any]:
    try:
        # "-sig": editors on Windows put a byte order mark first.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(
            f"There is no people file {path}.", next_step="Copy people.example.toml to people.toml and edit it."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not a people file: {error}.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None


def _groups(path: Path, entries: list[object], people: Mapping[str, Person]) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for number, entry in enumerate(entries, start=1):
        group = _entry(Group, path, f"group number {number}", entry)
        if group.id in people or group.id in groups:
            raise BadInput(f"{path}: the id {group.id!r} of a group is taken.")
        for member in group.members:
            if member not in people:
                raise BadInput(f"{path}: group {group.id} has the member {member!r}, whom nobody knows.")
        groups[group.id] = group
    return groups


def _entry(form: type[_Entry], path: Path, number: str, entry: object) -> _Entry:
    kind = number.partition(" ")[0]
    name = f"{kind} {entry['id']}" if isinstance(entry, dict) and "id" in entry else number
    if kind == "person" and isinstance(entry, dict) and "groups" in entry:
        raise BadInput(f"{path}: {name}: groups: name the members in the [[group]] entries instead.")
    try:
        return form.model_validate(entry)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise BadInput(f"{path}: {name}: {where}: {problem['msg'].removeprefix('Value error, ')}.") from None
