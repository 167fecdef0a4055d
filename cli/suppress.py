"""`greenroom suppress`: who must never be written to again."""

from typing import Annotated

import typer

from cli.options import ActorFlag, ReasonFlag
from cli.screen import JsonFlag, answer
from core.database import reading, unit_of_work
from core.errors import WrongUsage
from flows.wiring import wired
from outreach import suppression

app = typer.Typer()

Who = Annotated[str, typer.Argument(help="A mail address, or an account as platform:handle.")]


@app.command("add")
def add(who: Who, reason: ReasonFlag = "asked by hand", actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Put an address or account on the list. It is kept as a keyed hash and cannot be read back."""
    w = wired()
    person = w.actor(actor).id
    addresses, accounts = _split(who)
    with unit_of_work(w.engine) as session:
        suppression.add(
            session,
            w.clock,
            pepper=w.pepper,
            why=reason,
            actor=person,
            address=addresses[0] if addresses else "",
            account=accounts[0] if accounts else None,
        )
    answer({"suppressed": True}, as_json=as_json, lines=["On the list: nobody will be written to there again."])


@app.command("check")
def check(who: Who, as_json: JsonFlag = False) -> None:
    """Whether an address or account is on the list."""
    w = wired()
    addresses, accounts = _split(who)
    with reading(w.engine) as session:
        found = suppression.is_suppressed(session, pepper=w.pepper, addresses=addresses, accounts=accounts)
    answer({"suppressed": found}, as_json=as_json, lines=["On the list." if found else "Not on the list."])


def _split(who: str) -> tuple[list[str], list[tuple[str, str]]]:
    if "@" in who.lstrip("@") and ":" not in who:
        return [who], []
    platform, colon, handle = who.partition(":")
    if not (colon and platform and handle):
        raise WrongUsage(f"{who!r} is neither an address nor an account.", next_step="Write platform:handle.")
    return [], [(platform, handle)]
