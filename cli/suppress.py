"""`greenroom suppress`: who must never be written to again."""

from typing import Annotated

import typer

from cli.options import ActorFlag, ReasonFlag
from cli.screen import JsonFlag, answer, counted
from core.database import reading
from core.errors import BadInput, WrongUsage
from core.mailer import Address
from core.platforms import account_said
from flows.steps import outreach
from flows.wiring import wired
from outreach import suppression
from sourcing.handles import account_at, is_handle, normal_handle
from sourcing.profiles import PLATFORMS

app = typer.Typer()

Who = Annotated[str, typer.Argument(help="A mail address, an account as platform:handle, or the address of a profile.")]


@app.command("add")
def add(who: Who, reason: ReasonFlag = "asked by hand", actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Put an address or account on the list. It is kept as a keyed hash and cannot be read back."""
    address, account = _understood(who)
    w = wired()
    closed = outreach.suppress(w, actor=w.actor(actor), why=reason, address=address, account=account)
    lines = [f"On the list: {_told(address, account)} will not be written to again."]
    if closed:
        lines.append(f"What was under way with them is closed in {counted(len(closed), 'campaign')}.")
    answer({"suppressed": True, "closed": closed}, as_json=as_json, lines=lines)


@app.command("check")
def check(who: Who, as_json: JsonFlag = False) -> None:
    """Whether an address or account is on the list."""
    address, account = _understood(who)
    w = wired()
    with reading(w.engine) as session:
        found = suppression.is_suppressed(
            session, pepper=w.pepper, addresses=[address] if address else [], accounts=[account] if account else []
        )
    lines = [f"{_told(address, account)} is {'' if found else 'not '}on the list."]
    answer({"suppressed": found}, as_json=as_json, lines=lines)


def _understood(who: str) -> tuple[str, tuple[str, str] | None]:
    """(address, None) or ("", account). What cannot be one is refused: a slip here would let somebody be mailed."""
    if found := account_at(who):
        return "", found
    platform, handle = account_said(who)
    if not platform and "@" in handle.lstrip("@"):
        try:
            return Address.checked(handle).mail, None
        except BadInput as error:
            raise WrongUsage(error.message, next_step="Write one address, such as ada@example.com.") from None
    name = normal_handle(handle, platform)
    if platform not in PLATFORMS or not is_handle(name, platform):
        raise WrongUsage(
            f"{who!r} is neither a mail address nor an account.",
            next_step=f"Write platform:handle, such as instagram:ada; platforms are {', '.join(PLATFORMS)}.",
        )
    return "", (platform, name)


def _told(address: str, account: tuple[str, str] | None) -> str:
    return address or ":".join(account or ())
