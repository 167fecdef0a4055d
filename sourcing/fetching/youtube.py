"""YouTube Data API v3, with an API key: search.list, channels.list, playlistItems.list and videos.list.

Confirmed in Google's reference: search.list has a quota of its own of 100 calls a day, all other lists cost 1 of 10,000
units, both end at midnight Pacific time, and refused requests count too; a key travels in `X-Goog-Api-Key` (system
parameters of Google APIs); what is kept must be asked again or deleted within 30 days (developer policies, III.E.4.d).
Unconfirmed: whether an answer 304 costs a unit (counted as if it did), and how a daily quota is worded with 429.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import WrongUsage
from sourcing.fetching.asking import Ask, Heard, Order, Quota, Row, Trouble, Wanted, holder_of
from sourcing.fetching.reading import (
    Fields,
    count,
    days_of,
    engagement_percent,
    listed,
    optional,
    optional_text,
    profile_row,
    tags_in,
    total,
)

SEARCHES, UNITS = "searches", "units"
_PACIFIC = "America/Los_Angeles"
_PAGE = 50
_VIDEOS = 15
_CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")
#: A handle may look like an id in its middle.
_CHANNEL_PAGE = re.compile(r"(?:^|/channel/)(UC[A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")
_PARTS = "snippet,statistics,topicDetails,brandingSettings,contentDetails,status"
_EMPTY = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_LATER = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "backendError", "internalError"})
_GONE = frozenset({"playlistNotFound", "channelNotFound", "videoNotFound", "playlistItemsNotAccessible",
                   "channelClosed", "channelSuspended", "playlistForbidden", "channelForbidden"})  # fmt: skip
_GET_KEY = "Set GREENROOM_YOUTUBE_API_KEY to a key that may use the YouTube Data API v3 (docs/sources/youtube.md)."
#: Names that these objects always have: none of them is a new name for another.
_KNOWN = (
    "viewCount videoCount subscriberCount hiddenSubscriberCount likeCount commentCount favoriteCount items "
    "kind etag title description channelTitle channelId videoId uploads likes publishedAt publishedBy"
)


@dataclass(frozen=True)
class YouTube:
    """Asked with one key; `searches` and `units` are what the project has a day."""

    key: str = field(repr=False)
    searches: int = 100
    units: int = 10_000
    base_url: str = "https://www.googleapis.com"
    name: str = "youtube"
    title: str = "YouTube Data API v3"
    pause_seconds: float = 0.1
    days_kept: int | None = 30

    @property
    def quotas(self) -> Sequence[Quota]:
        return (Quota(SEARCHES, self.searches, "day", _PACIFIC), Quota(UNITS, self.units, "day", _PACIFIC))

    @property
    def holder(self) -> str:
        return holder_of(self.key)

    @property
    def secrets(self) -> Sequence[str]:
        return (self.key,)

    def begin(self, order: Order) -> list[Ask]:
        if order.accounts:
            return _look_ups(order)
        if not order.query.strip():
            raise WrongUsage("Nothing to search for on YouTube.", next_step='Add --query "linen outfits".')
        return [_search(order.query.strip(), "")]

    def headers(self, ask: Ask, *, anew: bool = False) -> dict[str, str]:
        return {"X-Goog-Api-Key": self.key}

    def read(self, ask: Ask, said: Any, *, room: int, now: datetime) -> Heard:
        fields = Fields(ask.step, _KNOWN)
        if ask.step == "search":
            return _found(ask, said, fields, room)
        if ask.step == "channels":
            return self._channels(ask, said, fields, now, room)
        if ask.step == "uploads":
            return _uploads(ask, said, fields)
        return _videos(ask, said, fields)

    def without(self, ask: Ask, why: str, *, now: datetime) -> Heard:
        if ask.step in ("uploads", "videos"):
            return Heard(rows=(ask.carried["row"],))  # a channel without public uploads is still a channel
        return Heard(left_out={why: max(1, ask.yields)} if ask.step == "channels" else {})

    def trouble(self, status: int, said: Any, headers: Mapping[str, str]) -> Trouble:
        error = optional(said, "error")
        details = [*listed(optional(error, "errors")), *listed(optional(error, "details"))]
        reasons = {reason for one in details if (reason := optional_text(one, "reason"))}
        words = f"{status} {re.sub('<[^>]*>', '', optional_text(error, 'message') or '')}".strip()
        per_day = status == 429 and "per day" in words.casefold()
        if reasons & _EMPTY or per_day:
            return Trouble("empty", words)
        if reasons & _LATER or status == 429 or status >= 500:
            return Trouble("later", words)
        if reasons & _GONE:
            return Trouble("gone", "can no longer be had")
        is_of_key = status in (401, 403) or any("key" in reason.casefold() for reason in reasons)
        return Trouble("stop", words, next_step=_GET_KEY if is_of_key else "See docs/sources/youtube.md.")

    def _channels(self, ask: Ask, said: Any, fields: Fields, now: datetime, room: int) -> Heard:
        # A list without `items` is how YouTube says that it found none.
        items = fields.things(said, "items") if optional(said, "pageInfo.totalResults") != 0 else []
        left_out: Counter[str] = Counter()
        rows: list[Row] = []
        then: list[Ask] = []
        for item in items:
            if len(rows) + len(then) >= room:
                break
            if (optional_text(item, "status.privacyStatus") or "public") != "public":
                left_out["not public"] += 1
            elif (row := self._row(item, fields, now)) is None:
                left_out["without a handle or id"] += 1
            elif uploads := fields.text(item, "contentDetails.relatedPlaylists.uploads"):
                then.append(_list_uploads(uploads, {"row": row}))
            else:
                rows.append(row)
        left_out["no longer there"] += max(0, len(dict(ask.params).get("id", "").split(",")) - len(items))
        return Heard(tuple(rows), tuple(then), left_out=+left_out, missing=tuple(fields.missing))

    def _row(self, item: Any, fields: Fields, now: datetime) -> Row | None:
        channel = fields.text(item, "id")
        handle = (optional_text(item, "snippet.customUrl") or "").lstrip("@") or channel
        if channel is None or not handle:
            return None
        hidden = optional(item, "statistics.hiddenSubscriberCount") is True
        topics = [str(one).rpartition("/")[2] for one in listed(optional(item, "topicDetails.topicCategories"))]
        return profile_row(
            "youtube", handle, source=self.title, now=now, days_kept=self.days_kept,
            name=fields.text(item, "snippet.title"), bio=optional_text(item, "snippet.description"),
            followers=None if hidden else fields.number(item, "statistics.subscriberCount"),
            posts=fields.number(item, "statistics.videoCount"), country=optional_text(item, "snippet.country"),
            language=optional_text(item, "snippet.defaultLanguage"),
            category=re.sub(r"_\(.*\)$", "", topics[0]).replace("_", " ") if topics else None,
            hashtags=_keywords(optional_text(item, "brandingSettings.channel.keywords")),
            url=f"https://www.youtube.com/channel/{channel}", captions=[], posted=[], engagement_percent=None,
            paid_posts=None,
        )  # fmt: skip


def _search(query: str, page: str) -> Ask:
    params = [("part", "snippet"), ("type", "channel"), ("maxResults", str(_PAGE)), ("q", query)]
    return Ask("search", "/youtube/v3/search", (*params, *([("pageToken", page)] if page else [])), SEARCHES)


def _found(ask: Ask, said: Any, fields: Fields, room: int) -> Heard:
    ids = [one for item in fields.things(said, "items") if (one := fields.text(item, "id.channelId"))]
    ids = [one for one in dict.fromkeys(ids) if _CHANNEL_ID.fullmatch(one)]
    page, query = optional_text(said, "nextPageToken"), dict(ask.params)["q"]
    return Heard(
        # All of the page for one unit: some may be left out, and others then take their place.
        then=(_channels_of(ids, room),) if ids else (), more=(_search(query, page),) if page and ids else (),
        missing=tuple(fields.missing),
    )  # fmt: skip


def _look_ups(order: Order) -> list[Ask]:
    """By id fifty at a time where the id is known, by handle one at a time."""
    by_id = {}
    by_handle = []
    for one in order.accounts:
        found = _CHANNEL_PAGE.search(one.page) or _CHANNEL_PAGE.search(one.handle)
        if found is None:
            by_handle.append(one)
        else:
            by_id[found[1]] = one
    ids = list(by_id)
    batches = [sorted(ids[first : first + _PAGE]) for first in range(0, len(ids), _PAGE)]
    return [
        *(_channels_of(batch, len(batch), known=tuple(by_id[one] for one in batch)) for batch in batches),
        *(Ask("channels", "/youtube/v3/channels", (("part", _PARTS), ("forHandle", f"@{one.handle}")), UNITS, yields=1,
              known=(one,)) for one in by_handle),
    ]  # fmt: skip


def _channels_of(ids: Sequence[str], room: int, *, known: tuple[Wanted, ...] = ()) -> Ask:
    params = (("part", _PARTS), ("maxResults", str(_PAGE)), ("id", ",".join(ids)))
    return Ask("channels", "/youtube/v3/channels", params, UNITS, yields=min(len(ids), room), known=known)


def _list_uploads(playlist: str, carried: dict[str, Any]) -> Ask:
    params = (("part", "contentDetails"), ("maxResults", str(_VIDEOS)), ("playlistId", playlist))
    return Ask("uploads", "/youtube/v3/playlistItems", params, UNITS, carried=carried, yields=1)


def _uploads(ask: Ask, said: Any, fields: Fields) -> Heard:
    ids = [one for item in fields.things(said, "items") if (one := fields.text(item, "contentDetails.videoId"))]
    if not ids:
        return Heard(rows=(ask.carried["row"],), missing=tuple(fields.missing))
    params = (("part", "snippet,statistics,paidProductPlacementDetails"), ("id", ",".join(ids)))
    then = Ask("videos", "/youtube/v3/videos", params, UNITS, carried=ask.carried, yields=1)
    return Heard(then=(then,), missing=tuple(fields.missing))


def _videos(ask: Ask, said: Any, fields: Fields) -> Heard:
    videos, row = fields.things(said, "items"), dict(ask.carried["row"])
    titles = [title for video in videos if (title := fields.text(video, "snippet.title"))]
    tags = [str(tag) for video in videos for tag in listed(optional(video, "snippet.tags"))]
    texts = [*titles, *(optional_text(video, "snippet.description") or "" for video in videos)]
    reactions = [total(count(one, "statistics.likeCount"), count(one, "statistics.commentCount")) for one in videos]
    paid = [optional(video, "paidProductPlacementDetails.hasPaidProductPlacement") for video in videos]
    row |= {
        "captions": titles, "posted": days_of([fields.text(video, "snippet.publishedAt") for video in videos]),
        "hashtags": list(dict.fromkeys([*row["hashtags"], *tags_in(texts), *tags]))[:60],
        "engagement_percent": engagement_percent(reactions, row["followers"]),
        "paid_posts": sum(one is True for one in paid) if any(one is not None for one in paid) else None,
    }  # fmt: skip
    return Heard(rows=(row,), missing=tuple(fields.missing))


def _keywords(said: str | None) -> list[str]:
    """ "linen \"slow fashion\"" gives linen and slow fashion."""
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]+)"|([^\s"]+)', said or "")][:30]
