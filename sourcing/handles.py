"""The one form of a handle, whatever way somebody wrote it. Pure."""

import re
import unicodedata

PROFILE_ADDRESS = r"^(https?://)?([a-z]+\.)?(instagram|tiktok|youtube)\.com/(@|c/|user/|channel/)?"


def normal_handle(handle: str) -> str:
    """NFKC and case-folded, without @, profile address and invisible characters: "@Ada" and ".../ada/" give "ada"."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", handle) if unicodedata.category(c)[0] != "C").strip()
    bare = re.sub(PROFILE_ADDRESS, "", seen, flags=re.IGNORECASE)
    if bare != seen:
        bare = re.split(r"[/?#]", bare)[0]
    return unicodedata.normalize("NFKC", bare.lstrip("@").strip().casefold())
