"""Whether a table is one of posts, a row each, and not of accounts: read as profiles it would make empty ones. Pure."""

import re
from collections.abc import Mapping, Sequence

from sourcing.columns import plain
from sourcing.presets.guessing import Guessed

#: Columns that only a post has, and columns that a post has too.
_OF_A_POST = re.compile(
    r"(post|media|video|tweet|pin|reel|beitrags)_?(id|url|link|text)|short_?code|permalink|caption|bildunterschrift|"
    r"is_video|taken_at(_timestamp)?|create_time"
)
_OF_A_POST_TOO = re.compile(
    r"(like|comment|view|video_view|play|share|save)(s|_count|s_count)|reach|impressions|ts|timestamp|date|datum|"
    r"(posted|published|created)(_at)?|publish_time|(media|post|content)_type|text|message|id|type|gefallt_mir|"
    r"kommentare|aufrufe"
)
#: What says something of an account; of these a table of posts has none.
_OF_AN_ACCOUNT = (
    "followers", "following", "bio", "engagement", "engagement_percent", "engagement_bps", "posts", "email",
)  # fmt: skip
_FEW_ROWS, _ROWS_EACH = 6, 2


def holds_posts(found: Guessed, rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether these are posts: by what its columns are called, or by accounts that come again and again."""
    if any(found.of(field) for field in _OF_AN_ACCOUNT):
        return False
    words = [plain(one.column) for one in found.columns]
    certain = sum(bool(_OF_A_POST.fullmatch(word)) for word in words)
    fitting = certain + sum(bool(_OF_A_POST_TOO.fullmatch(word)) for word in words)
    return (certain > 0 and fitting > 2) or (fitting > 1 and _come_again(found, rows))


def _come_again(found: Guessed, rows: Sequence[Mapping[str, str]]) -> bool:
    handles = found.of("handle")
    said = [row.get(handles[0].column) or "" for row in rows] if handles else []
    return len(said) >= _FEW_ROWS and len(said) >= _ROWS_EACH * len(set(said))
