"""What `greenroom doctor` says of sources of profiles: which credentials are there, and what may still be asked today.

Nobody is asked anything.
"""

from cli.findings import Finding, State
from core import schema
from core.database import open_engine
from core.settings import Settings
from flows.profile_sources import KNOWN, missing_settings
from flows.steps import fetching
from flows.wiring import wire, wired
from sourcing.fetching.quotas import Standing


def sources(settings: Settings) -> list[Finding]:
    if not _has_record(settings):
        return [_unasked(settings, name) for name in KNOWN]
    w = wire(settings, wired().clock)
    try:
        return [_finding(state) for state in fetching.states(w)]
    finally:
        w.engine.dispose()


def left(standing: Standing) -> str:
    """ "98 of 100 searches left until 2026-11-21 08:00 UTC"."""
    quota = standing.quota
    until = f"{standing.until.astimezone(tz=None):%Y-%m-%d %H:%M %Z}"
    ours = " (our own bound)" if quota.is_ours else ""
    return f"{quota.shown(standing.left)} of {quota.shown(quota.limit)} {quota.name} left until {until}{ours}"


def _finding(state: fetching.SourceState) -> Finding:
    if state.missing:
        return _lacking(state.name, state.missing)
    told = "; ".join(left(one) for one in state.standing)
    if state.paused is not None:
        until = f"{state.paused.until.astimezone(tz=None):%Y-%m-%d %H:%M %Z}"
        return Finding(_called(state.name), "ok", f"{told}; {state.paused.why}, until {until}", "Wait till then.")
    return Finding(_called(state.name), "ok", f"{state.what}: {told}")


def _unasked(settings: Settings, name: str) -> Finding:
    missing = tuple(missing_settings(settings, name))
    if missing:
        return _lacking(name, missing)
    return Finding(_called(name), "ok", f"{KNOWN[name].what}: never asked yet", "Run: greenroom pool fetch " + name)


def _lacking(name: str, missing: tuple[str, ...]) -> Finding:
    known = KNOWN[name]
    there = [f"GREENROOM_{one.upper()}" for one in known.settings if f"GREENROOM_{one.upper()}" not in missing]
    present = f"; present: {', '.join(there)}" if there else ""
    step = f"{known.how}: docs/sources/{name}.md"
    state: State = "missing" if there else "optional"
    return Finding(_called(name), state, f"{known.what}; missing: {', '.join(missing)}{present}", step)


def _has_record(settings: Settings) -> bool:
    """Whether there is a record of this version; what is wrong with one is said of the record."""
    if settings.uses_sqlite and not settings.record_file.exists():
        return False
    engine = open_engine(settings.database_address, busy_seconds=2)
    try:
        return schema.is_current(engine)
    finally:
        engine.dispose()


def _called(name: str) -> str:
    return f"source {name}"
