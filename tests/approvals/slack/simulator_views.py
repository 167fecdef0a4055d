"""Views in the simulated workspace: each member's stack of at most three, and their Home."""

from collections.abc import Callable

from tests.approvals.slack.simulator_forms import values_of
from tests.approvals.slack.simulator_state import APP, BOT_ID, JSON, TEAM, Refusal, Workspace, named

DEEPEST = 3
_USUAL: JSON = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None,
                "close": None, "clear_on_close": False, "notify_on_close": False}  # fmt: skip


class Views:
    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def methods(self) -> dict[str, Callable[[JSON], JSON]]:
        return {
            "views.open": self._open,
            "views.push": self._push,
            "views.update": self._update,
            "views.publish": self._publish,
        }

    def top(self, user: str) -> JSON | None:
        """What the member sees in front of everything else."""
        return (self._ws.stacks.get(user) or [None])[-1]  # type: ignore[list-item]

    def current(self, view_id: str) -> JSON | None:
        """The view as it is now, open or a Home."""
        every = [*(view for stack in self._ws.stacks.values() for view in stack), *self._ws.homes.values()]
        return next((view for view in every if view["id"] == view_id), None)

    def closed(self, user: str, *, every: bool = False) -> None:
        stack = self._ws.stacks.get(user, [])
        del stack[0 if every else -1 :]

    def pushed(self, user: str, view: JSON) -> JSON:
        stack = self._ws.stacks.setdefault(user, [])
        if len(stack) >= DEEPEST:
            raise Refusal("push_limit_reached")
        made = self._made(view, f"V{self._ws.number()}")
        made |= {"root_view_id": (stack[0] if stack else made)["id"]}
        made |= {"previous_view_id": stack[-1]["id"] if stack else None}
        stack.append(made)
        return made

    def changed(self, shown: JSON, view: JSON) -> JSON:
        """Another content under the same id; the old one stays as it was for whoever still holds it."""
        made = self._made(view, shown["id"])
        made |= {key: shown[key] for key in ("root_view_id", "previous_view_id")}
        for stack in self._ws.stacks.values():
            stack[:] = [made if one is shown else one for one in stack]
        for user, home in self._ws.homes.items():
            if home is shown:
                self._ws.homes[user] = made
        return made

    def _made(self, view: JSON, view_id: str) -> JSON:
        blocks = named(view.get("blocks", []))
        known = {**_USUAL, **view, "blocks": blocks, "state": {"values": values_of(blocks, {})}}
        return known | {
            "id": view_id, "hash": f"{int(self._ws.now())}.{self._ws.number()}", "team_id": TEAM, "app_id": APP,
            "app_installed_team_id": TEAM, "bot_id": BOT_ID, "root_view_id": view_id, "previous_view_id": None,
        }  # fmt: skip

    def _open(self, said: JSON) -> JSON:
        user = self._ws.exchange(str(said.get("trigger_id")))
        self._ws.stacks[user] = []
        return {"view": self.pushed(user, _modal(said))}

    def _push(self, said: JSON) -> JSON:
        user = self._ws.exchange(str(said.get("trigger_id")))
        if not self._ws.stacks.get(user):
            raise Refusal("invalid_trigger_id")
        return {"view": self.pushed(user, _modal(said))}

    def _update(self, said: JSON) -> JSON:
        shown = self.current(str(said.get("view_id"))) if said.get("view_id") else self._outside(said)
        if shown is None:
            raise Refusal("not_found")
        if said.get("hash", shown["hash"]) != shown["hash"]:
            raise Refusal("hash_conflict")
        return {"view": self.changed(shown, said["view"])}

    def _outside(self, said: JSON) -> JSON | None:
        every = [view for stack in self._ws.stacks.values() for view in stack]
        return next((view for view in every if view["external_id"] == said.get("external_id", "?")), None)

    def _publish(self, said: JSON) -> JSON:
        user, shown = str(said.get("user_id")), self._ws.homes.get(str(said.get("user_id")))
        if user not in self._ws.users or said.get("view", {}).get("type") != "home":
            raise Refusal("invalid_arguments" if user in self._ws.users else "user_not_found")
        if shown is not None and said.get("hash", shown["hash"]) != shown["hash"]:
            raise Refusal("hash_conflict")
        made = self._made(said["view"], shown["id"] if shown else f"VHOME{self._ws.number()}")
        self._ws.homes[user] = made
        return {"view": made}


def _modal(said: JSON) -> JSON:
    view: JSON = said.get("view") or {}
    if view.get("type") != "modal":
        raise Refusal("invalid_arguments")
    return view
