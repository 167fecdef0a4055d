"""`greenroom pool fetch` and `pool refresh`: profiles from platforms and vendors, within what they allow."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import ActorFlag
from cli.screen import JsonFlag, Line, answer, counted, progress, table
from core.errors import BadInput, Refused
from flows.profile_sources import KNOWN
from flows.steps import fetching
from flows.steps.fetching import Fetched
from flows.wiring import Wiring, wired
from sourcing.fetching.asking import Order, Wanted
from sourcing.fetching.running import Tell
from sourcing.handles import normal_handle

app = typer.Typer()
_SOURCES = ", ".join(KNOWN)
_FAILED, _REFUSED = 3, 1
_DOCUMENTED = ("run", "source", "status", "why", "until", "next_step", "resumed", "pages", "new_pages", "profiles",
               "left_out", "missing", "unusable")  # fmt: skip


@app.command("fetch")
def fetch(
    source: Annotated[str, typer.Argument(help=f"One of {_SOURCES}.")],
    query: Annotated[str, typer.Option(help="Words to search for; for Instagram the names of accounts.")] = "",
    handles: Annotated[Path | None, typer.Option(help="A file of handles to look up, one a line.")] = None,
    platform: Annotated[str, typer.Option(help="For Modash: instagram, tiktok or youtube.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many profiles.")] = 200,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Fetch profiles from a platform into the pool. Typed again, it goes on where it stopped."""
    w = wired()
    accounts = _accounts(handles, platform or KNOWN[source].refreshes if source in KNOWN else "") if handles else ()
    order = Order(source, query=query, accounts=accounts[:limit], limit=limit, platform=platform)
    with progress("Fetching") as step:
        done = fetching.fetch(w, order, actor=person(w, actor), tell=_shown(step))
    beyond = max(0, len(accounts) - limit)
    lines = list(_told(done))
    if beyond:
        lines.insert(0, f"Not asked for: the last {beyond:,} of {counted(len(accounts), 'handle')} (--limit {limit}).")
    answer(_document(done) | {"beyond_limit": beyond}, as_json=as_json, lines=lines)
    _exit([done])


@app.command("refresh")
def refresh(
    source: Annotated[str, typer.Argument(help="One source only; else all that cost nothing.")] = "",
    within_days: Annotated[int, typer.Option(min=0, max=365, help="What runs out within so many days.")] = 7,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many profiles of each source.")] = 500,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Look up again what runs out soon: creators under contract first, then those talked to, queued, longlisted."""
    w = wired()
    who = person(w, actor)
    done, refused = [], {}
    for name in [source] if source else fetching.refreshable(w):
        try:
            with progress(f"Refreshing from {name}") as step:
                found = fetching.refresh(w, name, within_days=within_days, limit=limit, actor=who, tell=_shown(step))
        except Refused as error:
            if source:
                raise
            refused[name] = str(error)
            continue
        if found is not None:
            done.append(found)
    lines: list[Line] = [line for one in done for line in _told(one)]
    lines += [f"{name} was not refreshed: {why}" for name, why in refused.items()]
    answer({"refreshed": [_document(one) for one in done], "refused": refused}, as_json=as_json,
           lines=lines or [f"Nothing runs out within {counted(within_days, 'day')}."])  # fmt: skip
    if refused:
        raise typer.Exit(_REFUSED)
    _exit(done)


def _accounts(file: Path, platform: str) -> tuple[Wanted, ...]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}.", next_step="Write a text file, one handle a line.") from None
    said = dict.fromkeys(line.strip() for line in lines if line.strip() and not line.strip().startswith("#"))
    if not said:
        raise BadInput(f"{file} names nobody.", next_step="Write one handle a line.")
    wanted = {normal_handle(one, platform): one for one in said}
    odd = [said for handle, said in wanted.items() if not handle]
    if odd:
        raise BadInput(f"{file}: {odd[0]!r} is no handle.", next_step="Write one handle a line.")
    # The id of a channel is another one in small letters: the line itself is kept where it says more.
    return tuple(Wanted(platform, name, line if line.lstrip("@") != name else "") for name, line in wanted.items())


def person(w: Wiring, actor: str) -> str:
    # Fetching decides nothing, so nobody in particular may do it; but not somebody who does not exist.
    return w.actor(actor).id if actor or w.settings.actor else "terminal"


def _shown(step: Any) -> Tell:
    def tell(profiles: int, wanted: int, pages: int) -> None:
        step(profiles, wanted, f"{profiles:,} of at most {wanted:,} profiles, {counted(pages, 'page')}")

    return tell


def _told(done: Fetched) -> Iterator[Line]:
    before = f" ({done.pages - done.new_pages:,} of them from before)" if done.resumed else ""
    yield (f"{done.title}: {counted(done.profiles, 'profile')} on {counted(done.pages, 'page')}{before}, "
           f"run {done.run}.")  # fmt: skip
    for why, many in sorted(done.left_out.items()):
        yield f"Left out: {counted(many, 'profile')}: {why}."
    if done.missing:
        yield f"{done.title} changed {counted(len(done.missing), 'field')}; what they told is unknown from now on:"
        yield from (f"  {name}" for name in done.missing)
    if done.imported is not None:
        merged = done.imported
        counts = [(merged.new, "new"), (merged.updated, "updated"), (merged.unchanged, "unchanged"),
                  (merged.older, "older than what is known"), (merged.duplicates, "met twice"),
                  (merged.erased, "left out, as they asked to be forgotten"),
                  (merged.minors, "left out, as they say to be under eighteen"),
                  (merged.rejected, "not usable")]  # fmt: skip
        yield (f"In the pool: {', '.join(f'{many:,} {what}' for many, what in counts if many)}; now "
               f"{counted(merged.profiles, 'profile')} ({merged.version}).")  # fmt: skip
        if merged.rejected:
            yield f"Why, line by line: {merged.rejects_file}"
    if done.unusable:
        yield f"Nobody of these could go into the pool: {done.unusable}."
    yield table("Quota", ["what", "used", "left", "until", ""], [
        (one.quota.name, one.quota.shown(one.used), one.quota.shown(one.left), _when(one.until),
         "our own bound" if one.quota.is_ours else "")
        for one in done.standing
    ], right=["used", "left"])  # fmt: skip
    yield from _what_next(done)


def _what_next(done: Fetched) -> Iterator[str]:
    if done.status == "done":
        yield "Next: greenroom source CAMPAIGN.toml"
        return
    yield f"Not all of it is there: {done.why}."
    if done.status == "stopped":
        yield f"{done.next_step or 'Run: greenroom doctor'} Then type the same again: it goes on where it stopped."
        return
    later = f"after {_when(done.until)}" if done.until else "later"
    yield f"Type the same again {later}: it goes on where it stopped."


def _when(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M %Z}"


def _document(done: Fetched) -> dict[str, Any]:
    quotas = [
        {"name": one.quota.name, "used": one.used / one.quota.scale, "left": one.left / one.quota.scale,
         "limit": one.quota.limit / one.quota.scale, "until": one.until, "is_ours": one.quota.is_ours}
        for one in done.standing
    ]  # fmt: skip
    merged = asdict(done.imported) if done.imported else None
    told = {name: getattr(done, name) for name in _DOCUMENTED}
    return told | {"quotas": quotas, "imported": merged}


def _exit(done: list[Fetched]) -> None:
    """As every command: 1 where somebody must mend something first, 3 where the same is worth another try later."""
    states = {one.status for one in done}
    if "stopped" in states:
        raise typer.Exit(_REFUSED)
    if "waiting" in states:
        raise typer.Exit(_FAILED)
