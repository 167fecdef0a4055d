"""Where a person can look at an account. Made from platform and handle, never from an address in the data."""

from urllib.parse import quote

from sourcing.longlist import Entry, LeftOut

_STARTS = {"instagram": "instagram.com/", "tiktok": "tiktok.com/@", "youtube": "youtube.com/@"}


def profile_address(account: Entry | LeftOut) -> str:
    """An https address on the platform itself, whatever signs the handle holds."""
    return f"https://www.{_STARTS[account.platform]}{quote(account.handle, safe='', errors='replace')}"
