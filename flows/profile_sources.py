"""Where profiles can be fetched from, put together from the settings: which credentials, which bounds.

No Prefect in here. Nobody is asked anything before a source is used.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import SecretStr

from core.clock import Clock
from core.errors import Refused, WrongUsage
from core.settings import Settings
from sourcing.fetching.asking import Source
from sourcing.fetching.bluesky import Bluesky
from sourcing.fetching.instagram import Instagram
from sourcing.fetching.modash import Modash
from sourcing.fetching.tiktok import TikTok
from sourcing.fetching.tiktok_tokens import Tokens
from sourcing.fetching.youtube import YouTube


@dataclass(frozen=True)
class Known:
    """What a person must set for a source. `refreshes` names the platform whose profiles it looks up again by itself;
    "" where each look-up costs money or needs the creator."""

    name: str
    what: str
    settings: tuple[str, ...]
    how: str
    refreshes: str


KNOWN = {
    one.name: one
    for one in (
        Known("youtube", "channels by words or handle", ("youtube_api_key",),
              "A key from console.cloud.google.com, YouTube Data API v3 switched on", "youtube"),
        Known("instagram", "professional accounts by name", ("instagram_token", "instagram_user_id"),
              "A user token of your own professional account, from developers.facebook.com", "instagram"),
        Known("bluesky", "profiles by words or handle", (), "Nothing is needed", "bluesky"),
        Known("tiktok", "creators who connected their account to you",
              ("tiktok_client_key", "tiktok_client_secret", "tiktok_refresh_tokens"),
              "An app from developers.tiktok.com, and each creator's permission", ""),
        Known("modash", "creators by words, and audience reports; paid", ("modash_token", "modash_credits"),
              "A token from marketer.modash.io/developer, and how many credits a month may be spent", ""),
    )
}  # fmt: skip


def missing_settings(settings: Settings, name: str) -> list[str]:
    """The settings that a source still needs, as they are written in .env."""
    return [f"GREENROOM_{one.upper()}" for one in KNOWN[name].settings if not _said(getattr(settings, one))]


def source_named(settings: Settings, clock: Clock, name: str, *, base_url: str = "") -> Source:
    """Ready to be asked; `base_url` is where tests have it, at any pace. Raises WrongUsage for an unknown name,
    and Refused where a credential is missing."""
    if name not in KNOWN:
        raise WrongUsage(f"{name!r} is no source of profiles.", next_step=f"Use one of {', '.join(KNOWN)}.")
    missing = missing_settings(settings, name)
    if missing:
        raise Refused(f"{name} cannot be asked yet: {' and '.join(missing)} is not set."
                      if len(missing) == 1 else f"{name} cannot be asked yet: {', '.join(missing)} are not set.",
                      next_step=f"docs/sources/{name}.md shows how to get it.")  # fmt: skip
    made = _MADE[name](settings, clock)
    return _elsewhere(made, base_url) if base_url else made


def _elsewhere(source: Source, base_url: str) -> Source:
    if isinstance(source, TikTok):
        return replace(source, base_url=base_url, pause_seconds=0, tokens=replace(source.tokens, base_url=base_url))
    if isinstance(source, YouTube | Instagram | Bluesky | Modash):
        return replace(source, base_url=base_url, pause_seconds=0)
    return source


def _said(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if value else ""


def _tiktok(settings: Settings, clock: Clock) -> Source:
    tokens = tuple(one.strip() for one in _said(settings.tiktok_refresh_tokens).split(",") if one.strip())
    return TikTok(Tokens(settings.tiktok_client_key, _said(settings.tiktok_client_secret), tokens,
                         settings.fetched_folder / "tokens", clock))  # fmt: skip


_MADE: dict[str, Callable[[Settings, Clock], Source]] = {
    "youtube": lambda settings, _: YouTube(
        _said(settings.youtube_api_key), settings.youtube_searches_per_day, settings.youtube_units_per_day
    ),
    "instagram": lambda settings, _: Instagram(
        _said(settings.instagram_token), settings.instagram_user_id, settings.instagram_calls_per_hour
    ),
    "bluesky": lambda _, __: Bluesky(),
    "tiktok": _tiktok,
    "modash": lambda settings, _: Modash(_said(settings.modash_token), settings.modash_credits),
}
