"""The one form of a handle, whatever way somebody wrote it, on each of the twenty platforms. Pure.

A handle is NFKC, case-folded, without @, address and invisible characters, but for what a platform itself tells apart
by case (YouTube's channel ids, paths of podcasts). Mastodon's is user@server; a podcast's or website's is its host.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote

from core.errors import BadInput
from core.platforms import ADDRESSED, CHANNEL_ID, PLATFORMS

HOSTS = {
    "instagram.com": "instagram", "instagr.am": "instagram", "tiktok.com": "tiktok", "youtube.com": "youtube",
    "bsky.app": "bluesky", "threads.net": "threads", "threads.com": "threads", "x.com": "x", "twitter.com": "x",
    "facebook.com": "facebook", "fb.com": "facebook", "twitch.tv": "twitch", "snapchat.com": "snapchat",
    "linkedin.com": "linkedin", "reddit.com": "reddit", "tumblr.com": "tumblr", "kick.com": "kick", "t.me": "telegram",
    "telegram.me": "telegram", "substack.com": "substack", "patreon.com": "patreon", "podcasts.apple.com": "podcast",
    "open.spotify.com": "podcast",
}  # fmt: skip
#: Pinterest has an address for every country.
_PINTEREST = r"pinterest\.(?:com?\.)?[a-z]{2,3}"
_SERVERS = r"(?:mastodon|mstdn|fosstodon|hachyderm|mas|toot|troet|piaille|pixelfed)\.[a-z.]+"
#: The path of a profile, after the host and a slash; group 1 is the handle.
_PATHS = {
    "instagram": r"(?:_u/|stories/|@)?([^/?#]+)", "tiktok": r"@?([^/?#]+)",
    "youtube": r"(?:@|c/|user/|channel/)?([^/?#]+)", "bluesky": r"profile/([^/?#]+)", "threads": r"@?([^/?#]+)",
    "x": r"@?([^/?#]+)",
    "facebook": r"(?:profile\.php\?(?:.*&)?id=|(?:pages|people)/[^/]+/|p/[^/?#]*-(?=\d))?([^/?#&]+)",
    "pinterest": r"([^/?#]+)", "twitch": r"([^/?#]+)", "snapchat": r"(?:add/|@|p/)?([^/?#]+)",
    "linkedin": r"(?:in|pub)/([^/?#]+)", "reddit": r"(?:u|user)/([^/?#]+)",
    "tumblr": r"(?:blog/(?:view/)?)?@?([^/?#]+)", "kick": r"([^/?#]+)", "telegram": r"(?:s/)?@?([^/?#]+)",
    "substack": r"@([^/?#]+)", "patreon": r"(?:user\?u=|cw?/)?([^/?#]+)",
}  # fmt: skip
#: First parts of paths that are pages of the platform, not accounts.
NO_ACCOUNT = frozenset(
    re.findall(
        r"\S+",
        "p reel reels stories explore tv watch shorts playlist channel video tag music share t c user i home intent "
        "search hashtag hashtags discover directory videos pin ideas groups events sharer sharer.php profile.php "
        "photo.php story.php pages people lens spotlight tagged dashboard category browse joinchat addstickers blog "
        "login signup about privacy terms settings accounts embed live feed results sign-in foryou",
    )
)
#: Hosts where many have a page each: there, the path says whose it is.
_SHARED_HOSTS = re.compile(
    r"(?:linktr\.ee|beacons\.ai|campsite\.bio|linkin\.bio|lnk\.bio|bio\.link|bio\.site|solo\.to|stan\.store|about\.me|"
    r"medium\.com|carrd\.co|taplink\.cc|hoo\.be|snipfeed\.co|komi\.io|shopmy\.us|liketoknow\.it|shopltk\.com|ko-fi\.com|"
    r"allmylinks\.com|flow\.page|msha\.ke|amazon\.[a-z.]+|sites\.google\.com)"
)
#: RE2 can read it too; what follows is the path. Anchored, so that netflix.com is not x.com.
PROFILE_ADDRESS = (
    r"^(?:https?://)?(?:[a-z0-9-]+\.)*("
    + "|".join(re.escape(host) for host in sorted(HOSTS, key=len, reverse=True) if HOSTS[host] != "podcast")
    + f"|{_PINTEREST})/"
)
#: With what most platforms put before a handle.
PROFILE_START = PROFILE_ADDRESS + "(?:@|c/|user/|channel/|profile/|add/|in/|u/)?"
_SPLIT = re.compile(r"^(?:https?://|//)?((?:[\w-]+\.)+[a-z][\w-]+)(?::\d+)?(?:/(.*))?$", re.IGNORECASE | re.DOTALL)
_IN_TEXT = re.compile(r"(?<![\w@.-])(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s<>\"',;|)]+", re.IGNORECASE)
_SHOWS = re.compile(r"(?:.*/)?(id\d+|show/\w+)(?:[/?#].*)?$", re.DOTALL)
#: Alphabets with letters that look like those of another; writing in Latin beside Han or Kana is nothing odd.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "GEORGIAN")


def normal_handle(handle: str, platform: str = "") -> str:
    """ "@Ada" and ".../ada/" give "ada". "" where there is none: an address of a page, a Mastodon user without server.

    Without a `platform`, an address of any of them is taken, and a handle as most platforms have it.
    """
    seen = _visible(handle)
    if platform in ADDRESSED:
        return _addressed(seen, platform)
    if found := account_at(seen):
        return found[1] if platform in ("", found[0]) else ""
    split = _SPLIT.match(seen)
    if split is not None and (split[2] is not None or "//" in seen):
        return split[1].casefold().removeprefix("www.") if platform == "substack" else ""
    return _folded(seen, platform)


def account_at(address: str) -> tuple[str, str] | None:
    """(platform, handle) of a profile's address in any usual spelling; None for an address of anything else."""
    split = _SPLIT.match(_visible(address))
    if split is None:
        return None
    host, path = split[1].casefold().removeprefix("www."), split[2] or ""
    platform = _platform_of(host)
    if platform == "podcast":
        show = _SHOWS.match(path)
        return (platform, _show(host, show[1])) if show else None
    if platform in ("tumblr", "substack") and host.count(".") > 1 and not host.startswith("m."):
        return platform, host.split(".")[0] if platform == "tumblr" else host
    if platform is None or (platform == "mastodon" and not path.startswith(("@", "users/"))):
        return None
    if platform == "mastodon":
        handle = _addressed(address, platform)
    else:
        part = re.match(_PATHS[platform], path)
        first = unquote(part[1]).strip() if part else ""
        handle = "" if first.lstrip("@").casefold() in NO_ACCOUNT or first[:1] == "+" else _folded(first, platform)
    return (platform, handle) if handle else None


def check_platform(platform: str | None) -> None:
    """Raises BadInput for a name that is no platform's; None is none."""
    if platform is not None and platform not in PLATFORMS:
        raise BadInput(f"{platform!r} is no platform.", next_step=f"Use one of {', '.join(PLATFORMS)}.")


def is_handle(handle: str, platform: str) -> bool:
    """Whether text in the one form of a handle can name an account: what has blanks or paths in it is a slip."""
    allowed = {"mastodon": "@", "podcast": "/", "website": "/", "bluesky": ":"}.get(platform, "")
    return 0 < len(handle) <= 100 and not any(c.isspace() or (c in "/@:" and c not in allowed) for c in handle)


def accounts_in(text: str) -> Iterator[tuple[str, str]]:
    """(platform, handle) of every profile's address that stands in a text, in order."""
    for match in _IN_TEXT.finditer(text) if "/" in text else ():
        if found := account_at(match[0].rstrip(".!?:*")):
            yield found


def mixes_alphabets(handle: str) -> bool:
    """Whether letters of alphabets that look alike stand side by side: "раypal" with a Cyrillic "ра"."""
    if handle.isascii():
        return False
    names = {unicodedata.name(letter, "").split(" ")[0] for letter in handle if letter.isalpha()}
    return len(names & set(_ALIKE)) > 1


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C").strip()


def _folded(handle: str, platform: str) -> str:
    bare = handle.lstrip("@").strip()
    if platform in ("youtube", "") and CHANNEL_ID.fullmatch(bare):
        return bare
    if platform == "reddit":
        bare = re.sub(r"^/?(?:u|user)/", "", bare, flags=re.IGNORECASE)
    folded = unicodedata.normalize("NFKC", bare.casefold())
    if platform == "facebook" and not folded.isdigit():
        # Dots and capitals do not count there.
        folded = folded.replace(".", "")
    if platform == "bluesky" and folded and not folded.startswith("did:") and "." not in folded:
        folded += ".bsky.social"
    return folded


def _addressed(handle: str, platform: str) -> str:
    """user@server, or a host with the path that says whose page it is where many have one there."""
    if platform == "mastodon":
        bare = re.sub(r"^acct:", "", handle.strip(), flags=re.IGNORECASE)
        if address := re.match(r"^(?:https?://)?([\w.-]+\.[a-z]{2,})/(?:@|users/)([^/?#]+)", bare, flags=re.IGNORECASE):
            user, _, server = address[2].partition("@")
            bare = f"{user}@{server or address[1]}"
        user, _, server = bare.lstrip("@").casefold().rpartition("@")
        return f"{user}@{server}" if re.fullmatch(r"[\w.-]+", user) and re.fullmatch(r"[\w.-]+\.\w+", server) else ""
    split = _SPLIT.match(handle.lstrip("@"))
    if split is None:
        return ""
    host, path = split[1].casefold().removeprefix("www."), (split[2] or "").split("?")[0].split("#")[0].strip("/")
    if platform == "podcast":
        show = _SHOWS.match(split[2] or "") if HOSTS.get(host) == "podcast" else None
        return _show(host, show[1]) if show else "/".join(filter(None, (host, path)))
    own = path.split("/")[0].casefold() if _SHARED_HOSTS.fullmatch(host) else ""
    return f"{host}/{own}" if own else host


def _show(host: str, show: str) -> str:
    return f"{host}/podcast/{show}" if show.startswith("id") else f"{host}/{show}"


@cache
def _platform_of(host: str) -> str | None:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if found := HOSTS.get(".".join(labels[start:])):
            return found
    if re.fullmatch(rf"(?:[a-z-]+\.)?{_PINTEREST}", host):
        return "pinterest"
    return "mastodon" if re.fullmatch(rf"(?:[a-z-]+\.)?{_SERVERS}", host) else None
