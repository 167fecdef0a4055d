"""TikTok Display API, with the permission of each creator: /v2/user/info/ and /v2/video/list/ of who connected to us.

Confirmed in TikTok's reference: both endpoints and their fields, scopes user.info.basic, user.info.profile,
user.info.stats and video.list, 600 requests a minute each (429 `rate_limit_exceeded` beyond), that a good answer has
`error.code` "ok", and that after `access_token_invalid` the token is refreshed and the same asked again. There is no
search. The bound a day is ours. TikTok documents no conditional requests.
Unconfirmed: how long what a creator lets us see may be kept; we keep it 90 days and ask anew.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import WrongUsage
from sourcing.fetching.asking import Ask, Heard, Order, Quota, Trouble, holder_of
from sourcing.fetching.reading import (
    Fields,
    count,
    days_of,
    engagement_percent,
    optional,
    optional_text,
    profile_row,
    tags_in,
    total,
)
from sourcing.fetching.tiktok_tokens import Tokens

REQUESTS = "requests"
_USER = (
    "open_id,display_name,bio_description,profile_deep_link,is_verified,username,follower_count,following_count,"
    "video_count"
)
_VIDEO = "id,create_time,title,video_description,like_count,comment_count,share_count,view_count"
_VIDEOS = 20
_PROFILE = re.compile(r"tiktok\.com/@([\w.]{2,24})")
#: Names that these objects always have: none of them is a new name for another.
_KNOWN = (
    "follower_count following_count likes_count video_count username display_name videos cursor create_time "
    "cover_image_url"
)


@dataclass(frozen=True)
class TikTok:
    """Asks for each creator with that creator's own token."""

    tokens: Tokens = field(repr=False)
    requests: int = 5_000
    base_url: str = "https://open.tiktokapis.com"
    name: str = "tiktok"
    title: str = "TikTok Display API"
    pause_seconds: float = 0.2
    days_kept: int | None = 90

    @property
    def quotas(self) -> Sequence[Quota]:
        return (Quota(REQUESTS, self.requests, "day", is_ours=True),)

    @property
    def holder(self) -> str:
        return holder_of(self.tokens.client_key)

    @property
    def secrets(self) -> Sequence[str]:
        return self.tokens.secrets

    def begin(self, order: Order) -> list[Ask]:
        if order.query.strip() or order.accounts:
            raise WrongUsage(
                "TikTok lets nobody search for creators; it tells of those who connected their account to you.",
                next_step="Leave out --query and --handles: everybody who connected is asked for.",
            )
        creators = self.tokens.creators
        if not creators:
            raise WrongUsage("No creator has connected their TikTok account yet.",
                             next_step="docs/sources/tiktok.md shows how they do.")  # fmt: skip
        return [Ask("account", "/v2/user/info/", (("fields", _USER),), REQUESTS, whose=one, yields=1)
                for one in creators[: order.limit]]  # fmt: skip

    def headers(self, ask: Ask, *, anew: bool = False) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access(ask.whose, anew=anew)}"}

    def read(self, ask: Ask, said: Any, *, room: int, now: datetime) -> Heard:
        fields = Fields(ask.step, _KNOWN)
        if ask.step == "videos":
            return _videos(ask, said, fields)
        user = optional(said, "data.user")
        page = optional_text(user, "profile_deep_link") or ""
        in_page = _PROFILE.search(page)
        handle = optional_text(user, "username") or (in_page[1] if in_page else None) or fields.text(user, "username")
        if not handle:
            return Heard(left_out={"without a handle": 1}, missing=tuple(fields.missing))
        row = profile_row(
            "tiktok", handle.casefold(), source=self.title, now=now, days_kept=self.days_kept,
            name=optional_text(user, "display_name"), bio=optional_text(user, "bio_description"),
            followers=fields.number(user, "follower_count"), following=fields.number(user, "following_count"),
            posts=fields.number(user, "video_count"), verified=optional(user, "is_verified"),
            url=f"https://www.tiktok.com/@{handle.casefold()}", captions=[], posted=[], hashtags=[],
            engagement_percent=None,
        )  # fmt: skip
        then = Ask("videos", "/v2/video/list/", (("fields", _VIDEO),), REQUESTS, body={"max_count": _VIDEOS},
                   carried={"row": row}, whose=ask.whose, yields=1)  # fmt: skip
        return Heard(then=(then,), missing=tuple(fields.missing))

    def without(self, ask: Ask, why: str, *, now: datetime) -> Heard:
        return Heard(rows=(ask.carried["row"],)) if ask.step == "videos" else Heard(left_out={why: 1})

    def trouble(self, status: int, said: Any, headers: Mapping[str, str]) -> Trouble:
        code = optional_text(said, "error.code") or ""
        words = f"{status} {code} {optional_text(said, 'error.message') or ''}".strip()
        if status == 429 or status >= 500 or code == "rate_limit_exceeded":
            return Trouble("later", words)
        if code == "access_token_invalid":
            return Trouble("gone", "took the permission back, or it ran out", is_of_token=True)
        if code in ("scope_not_authorized", "scope_permission_missed"):
            return Trouble("gone", "did not allow all that is needed (user.info.stats, video.list)")
        return Trouble("stop", words, next_step="docs/sources/tiktok.md")


def _videos(ask: Ask, said: Any, fields: Fields) -> Heard:
    row, videos = dict(ask.carried["row"]), fields.things(said, "data.videos")
    captions = [text for one in videos
                if (text := optional_text(one, "video_description") or optional_text(one, "title"))]  # fmt: skip
    reactions = [total(count(one, "like_count"), count(one, "comment_count")) for one in videos]
    row |= {
        "captions": captions, "posted": days_of([fields.number(one, "create_time") for one in videos]),
        "hashtags": tags_in(captions), "engagement_percent": engagement_percent(reactions, row["followers"]),
    }  # fmt: skip
    return Heard(rows=(row,), missing=tuple(fields.missing))
