"""Where a person can look at an account. Made from platform and handle, never from an address in the data."""

from core.platforms import profile_page
from sourcing.longlist import Entry, LeftOut


def profile_address(account: Entry | LeftOut) -> str:
    """An https address on the platform itself, whatever signs the handle holds."""
    return profile_page(account.platform, account.handle)
