"""Reading the simulated workspace: conversations, members, groups; page by page as Slack does.

Changes nothing.
"""

import base64
from collections.abc import Callable
from typing import Any

from tests.approvals.slack.simulator_state import BOT, BOT_ID, DOMAIN, JSON, TEAM, Refusal, Workspace, as_seen

_MOST = 1000


class Reading:
    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def methods(self) -> dict[str, Callable[[JSON], JSON]]:
        return {
            "auth.test": self._self,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": lambda said: {"channel": self._about(str(said.get("channel")))},
            "conversations.list": self._list,
            "conversations.members": self._members,
            "users.info": lambda said: {"user": self._person(str(said.get("user")))},
            "users.list": self._people,
            "usergroups.users.list": self._group,
        }

    def _self(self, _: JSON) -> JSON:
        return {"url": f"https://{DOMAIN}.slack.com/", "team": "Greenroom test", "user": "greenroom", "team_id": TEAM,
                "user_id": BOT, "bot_id": BOT_ID, "is_enterprise_install": False}  # fmt: skip

    def _inside(self, said: JSON) -> list[JSON]:
        channel = str(said.get("channel"))
        if channel not in self._ws.messages:
            raise Refusal("channel_not_found")
        if channel in self._ws.outside:
            raise Refusal("channel_not_found" if channel in self._ws.private else "not_in_channel")
        return self._ws.messages[channel]

    def _history(self, said: JSON) -> JSON:
        """Newest first, without answers in threads."""
        inside = self._inside(said)
        found = [one for one in inside if one.get("thread_ts", one["ts"]) == one["ts"] or one.get("reply_broadcast")]
        shown = [self._seen(one, inside, said) for one in found if _between(said, one["ts"])]
        page, more = _page(said, shown[::-1], most=_MOST - 1, usual=100)
        return {"messages": page, **more}

    def _replies(self, said: JSON) -> JSON:
        """The thread from its root on, oldest first. An answer's own ts names no thread but shows the answer."""
        inside, ts = self._inside(said), str(said.get("ts"))
        if all(one["ts"] != ts for one in inside):
            raise Refusal("thread_not_found")
        found = [one for one in inside if one["ts"] == ts or (one.get("thread_ts") == ts and _between(said, one["ts"]))]
        page, more = _page(said, [self._seen(one, inside, said) for one in found], most=_MOST, usual=_MOST)
        return {"messages": page, **more}

    def _seen(self, message: JSON, inside: list[JSON], said: JSON) -> JSON:
        answers = [one for one in inside if one.get("thread_ts") == message["ts"] and one is not message]
        seen = as_seen(message, metadata=_yes(said.get("include_all_metadata")))
        if answers:
            seen |= {"thread_ts": message["ts"], "reply_count": len(answers), "latest_reply": answers[-1]["ts"],
                     "reply_users": sorted({str(one["user"]) for one in answers})}  # fmt: skip
        return seen

    def _about(self, channel: str) -> JSON:
        if channel not in self._ws.messages or (channel in self._ws.outside and channel in self._ws.private):
            raise Refusal("channel_not_found")
        direct, private = channel.startswith("D"), channel in self._ws.private
        about: JSON = {"id": channel, "is_archived": channel in self._ws.archived, "is_im": direct}
        if direct:
            return about | {"user": channel[1:]}
        return about | {"name": channel.lower(), "is_channel": not private, "is_group": private, "is_private": private,
                        "is_member": channel not in self._ws.outside}  # fmt: skip

    def _list(self, said: JSON) -> JSON:
        kinds = str(said.get("types", "public_channel")).split(",")
        known = [one for one in self._ws.messages if not one.startswith("D")]
        known = [one for one in known if one not in self._ws.outside or one not in self._ws.private]
        wanted = [one for one in known if ("private_channel" if one in self._ws.private else "public_channel") in kinds]
        if _yes(said.get("exclude_archived")):
            wanted = [one for one in wanted if one not in self._ws.archived]
        page, more = _page(said, [self._about(one) for one in wanted], most=_MOST, usual=100)
        return {"channels": page, **more}

    def _members(self, said: JSON) -> JSON:
        channel = str(self._about(str(said.get("channel")))["id"])
        page, more = _page(said, self._ws.people_in(channel), most=_MOST, usual=100)
        return {"members": page, **more}

    def _person(self, user: str) -> JSON:
        if user not in self._ws.users:
            raise Refusal("user_not_found")
        known: JSON = {"id": user, "team_id": TEAM, "name": user.lower(), "real_name": user, "deleted": False,
                       "is_bot": False, "tz": "Europe/Berlin", "tz_label": "CET", "tz_offset": 3600}  # fmt: skip
        return known | {"profile": {"display_name": user.lower()}} | self._ws.profiles.get(user, {})

    def _people(self, said: JSON) -> JSON:
        page, more = _page(said, [self._person(one) for one in sorted(self._ws.users)], most=_MOST, usual=_MOST)
        return {"members": page, **more}

    def _group(self, said: JSON) -> JSON:
        group = str(said.get("usergroup"))
        if group not in self._ws.groups:
            raise Refusal("no_such_subteam")
        gone = {user for user, profile in self._ws.profiles.items() if profile.get("deleted")}
        listed = self._ws.groups[group]
        return {"users": listed if _yes(said.get("include_disabled")) else [one for one in listed if one not in gone]}


def _yes(value: object) -> bool:
    return value in (True, 1, "1", "true", "True")


def _between(said: JSON, ts: str) -> bool:
    """Inside `oldest` and `latest`, which themselves count only when inclusive."""
    edge = _yes(said.get("inclusive"))
    since, until, at = float(said.get("oldest") or 0), float(said.get("latest") or 1e12), float(ts)
    return since < at < until or (edge and at in (since, until))


def _page(said: JSON, whole: list[Any], *, most: int, usual: int) -> tuple[list[Any], JSON]:
    """One page, and what says that there are more. Cursors mean nothing to whoever holds them."""
    try:
        size = int(said.get("limit") or usual)
        start = int(base64.b64decode(str(said.get("cursor") or "")).decode().removeprefix("next:") or 0)
    except ValueError:
        raise Refusal("invalid_cursor" if said.get("cursor") else "invalid_limit") from None
    if not 1 <= size <= most:
        raise Refusal("invalid_limit")
    end = start + size
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(whole) else ""
    return whole[start:end], {"has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}
