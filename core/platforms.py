"""The twenty platforms creators are on: their names for programs and for people, and where a profile is looked at.

Pure. How a handle is written stands in sourcing.handles; nothing here reads an address somebody else wrote.
"""

import re
from typing import Literal, get_args
from urllib.parse import quote

#: The order is the pool's: its numbers are positions in this list, so a new platform goes to the end.
Platform = Literal[
    "instagram", "tiktok", "youtube", "bluesky", "mastodon", "threads", "x", "facebook", "pinterest", "twitch",
    "snapchat", "linkedin", "reddit", "tumblr", "kick", "telegram", "substack", "patreon", "podcast", "website",
]  # fmt: skip
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
_SPELT_OTHERWISE = {"tiktok": "TikTok", "youtube": "YouTube", "linkedin": "LinkedIn"}
#: As a person writes it.
PLATFORM_NAMES: dict[str, str] = {name: _SPELT_OTHERWISE.get(name, name.capitalize()) for name in PLATFORMS}
#: Handles that are addresses themselves, of the account's own place or of a host.
ADDRESSED = ("mastodon", "podcast", "website")
CHANNEL_ID = re.compile(r"UC[\w-]{22}", re.ASCII)

_PAGES = {
    "instagram": "www.instagram.com/{}", "tiktok": "www.tiktok.com/@{}", "youtube": "www.youtube.com/@{}",
    "bluesky": "bsky.app/profile/{}", "threads": "www.threads.com/@{}", "x": "x.com/{}",
    "facebook": "www.facebook.com/{}", "pinterest": "www.pinterest.com/{}/", "twitch": "www.twitch.tv/{}",
    "snapchat": "www.snapchat.com/add/{}", "linkedin": "www.linkedin.com/in/{}/", "reddit": "www.reddit.com/user/{}/",
    "tumblr": "www.tumblr.com/{}", "kick": "kick.com/{}", "telegram": "t.me/{}", "substack": "substack.com/@{}",
    "patreon": "www.patreon.com/{}",
}  # fmt: skip


def platform_name(platform: str) -> str:
    """As a person writes it; a platform that is not known is said as it is."""
    return PLATFORM_NAMES.get(platform, platform)


def profile_page(platform: str, handle: str) -> str:
    """An https address on the platform itself, whatever signs the handle holds; "" where there is none."""
    bare = handle.lstrip("@")
    if not bare.strip():
        return ""
    if platform == "mastodon":
        user, _, host = bare.rpartition("@")
        return f"https://{_quoted(host)}/@{_quoted(user)}" if user and host else ""
    if platform in ("podcast", "website") or (platform == "substack" and "." in bare):
        host, _, path = bare.partition("/")
        return f"https://{_quoted(host)}" + (f"/{quote(path, safe='/', errors='replace')}" if path else "")
    if platform == "youtube" and CHANNEL_ID.fullmatch(bare):
        return f"https://www.youtube.com/channel/{bare}"
    page = _PAGES.get(platform)
    return "https://" + page.format(_quoted(bare)) if page else ""


def account_said(words: str) -> tuple[str, str]:
    """(platform or "", handle as written) of `platform:handle` or a handle alone; a handle may hold colons itself."""
    platform, colon, rest = words.strip().partition(":")
    if colon and platform.strip().casefold() in PLATFORMS:
        return platform.strip().casefold(), rest.strip()
    platform, _, rest = words.strip().rpartition(":")
    return platform.strip().casefold(), rest.strip()


def _quoted(text: str) -> str:
    return quote(text, safe=":", errors="replace")
