"""Whether Slack is set up so that everything will work: asked of Slack itself, one thing after another.

One thing that is wrong never hides another. Changes nothing, in Slack or here. Knows no terminal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from approvals.slack.api import Slack
from approvals.slack.manifest import SCOPES
from core.campaign import Campaign
from core.errors import GreenroomError, TransientError
from core.people import Group, People, Person
from core.settings import Settings

_ASK_AGAIN = "Check the network of this machine, then ask again: greenroom slack check"
_INSTALL_AGAIN = "Paste the manifest anew (greenroom slack manifest) and install the app again."


class TellsScopes(Slack, Protocol):
    def scopes(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Look:
    """One thing looked at."""

    what: str
    ok: bool
    found: str
    next_step: str = ""


def look(
    settings: Settings, people: People, campaigns: Sequence[Campaign], slack: TellsScopes, app: Slack | None
) -> list[Look]:
    """Everything; nothing more than the token where that does not work. `app` is Slack with the app token."""
    token = _token(slack)
    if not token.ok:
        return [token]
    channels = (_channel(slack, channel, users) for channel, users in _channels(settings, campaigns).items())
    return [
        token,
        _scopes(slack),
        _line(app),
        *(channels if _channels(settings, campaigns) else [_no_channel()]),
        *(_person(slack, person) for person in people if person.slack),
        *_without_slack(people),
        *(_group(slack, people, group) for group in people.groups.values() if group.slack),
    ]


def _token(slack: Slack) -> Look:
    try:
        told = slack.call("auth.test", {})
    except GreenroomError as error:
        return _trouble("bot token", error)
    return Look("bot token", True, f"{told.get('team', 'a workspace')}, as {told.get('user', 'the app')}")


def _scopes(slack: TellsScopes) -> Look:
    try:
        granted = slack.scopes()
    except GreenroomError as error:
        return _trouble("permissions", error)
    missing = [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted]
    if missing:
        return Look("permissions", False, f"missing: {'; '.join(missing)}", _INSTALL_AGAIN)
    more = sorted(granted - set(SCOPES))
    return Look("permissions", True, f"all {len(SCOPES)}" + (f"; not needed: {', '.join(more)}" if more else ""))


def _line(app: Slack | None) -> Look:
    if app is None:
        return Look("Socket Mode", True, "off: Slack calls /slack/events at the public address of the web door")
    try:
        app.call("apps.connections.open", {})
    except GreenroomError as error:
        code = getattr(error, "code", "")
        if not code:
            return _trouble("Socket Mode", error)
        step = "Make an app-level token with connections:write and set GREENROOM_SLACK_APP_TOKEN (docs/slack.md)."
        return Look("Socket Mode", False, f"Slack refuses the app token: {code}", step)
    return Look("Socket Mode", True, "a line can be opened")


def _channels(settings: Settings, campaigns: Sequence[Campaign]) -> dict[str, list[str]]:
    """Who names each channel."""
    named: dict[str, list[str]] = {}
    if settings.slack_channel:
        named.setdefault(settings.slack_channel, []).append("GREENROOM_SLACK_CHANNEL")
    for campaign in campaigns:
        for key, channel in campaign.slack.model_dump().items():
            if channel:
                named.setdefault(channel, []).append(f"{key} of {campaign.slug}")
    return named


def _channel(slack: Slack, channel: str, users: list[str]) -> Look:
    what = f"channel {channel}"
    try:
        about: Mapping[str, Any] = slack.call("conversations.info", {"channel": channel})["channel"]
    except GreenroomError as error:
        return _trouble(what, error, for_whom=users)
    name = f"#{about.get('name', channel)}, {', '.join(users)}"
    if about.get("is_archived"):
        return Look(what, False, f"{name}: archived", "Take it out of the archive, or name another one.")
    if not about.get("is_member"):
        return Look(what, False, f"{name}: the app is not in it", "Say there: /invite @Greenroom")
    return Look(what, True, name)


def _no_channel() -> Look:
    step = "Set GREENROOM_SLACK_CHANNEL for a channel that others can look into."
    return Look("channels", True, "none is named: requests go to the direct messages of whoever is asked", step)


def _person(slack: Slack, person: Person) -> Look:
    try:
        about: Mapping[str, Any] = slack.call("users.info", {"user": person.slack})["user"]
    except GreenroomError as error:
        return _trouble(person.id, error)
    if about.get("deleted"):
        return Look(person.id, False, f"{person.slack} has left Slack", "Correct their slack in people.toml.")
    if about.get("is_bot"):
        return Look(person.id, False, f"{person.slack} is an app", "Name a person's member id in people.toml.")
    return Look(person.id, True, f"{person.slack}, in Slack {_name(about)}")


def _name(about: Mapping[str, Any]) -> str:
    # Shown beside the name of the people file, so that an id taken from the wrong profile is seen.
    return str(about.get("real_name") or about.get("name") or "without a name")


def _without_slack(people: People) -> Iterator[Look]:
    without = [person.id for person in people if not person.slack]
    if without:
        step = "Copy their member ids from Slack into people.toml, if they are to answer there."
        yield Look("not in Slack", True, f"{', '.join(without)}: by mail and terminal only", step)


def _group(slack: Slack, people: People, group: Group) -> Look:
    what = f"group {group.id}"
    try:
        members = slack.call("usergroups.users.list", {"usergroup": group.slack})["users"]
    except GreenroomError as error:
        return _trouble(what, error)
    known = [person.id for person in people if person.slack in members]
    if not known:
        found = f"{group.slack} has {len(members)} members, none of whom the people file knows"
        return Look(what, False, found, "Add their member ids to people.toml, or correct the id of the group.")
    return Look(what, True, f"{group.slack}: {', '.join(known)}; {len(members) - len(known)} unknown here")


def _trouble(what: str, error: GreenroomError, *, for_whom: Sequence[str] = ()) -> Look:
    found = f"{', '.join(for_whom)}: {error.message}" if for_whom else error.message
    # Nothing of this runs again by itself, as posts do.
    passing = isinstance(error, TransientError)
    return Look(what, False, found, _ASK_AGAIN if passing else error.next_step)
