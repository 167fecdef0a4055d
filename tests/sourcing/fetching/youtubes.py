"""YouTube Data API v3 as it behaves: pages of fifty, two quotas, errors in Google's words, ETags on lists."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.outreach.doors import Answer
from tests.sourcing.fetching.platforms import Asked, Platform

KEY = "AIzaSy-a-key-of-the-tests"
SEARCH, CHANNELS = "/youtube/v3/search", "/youtube/v3/channels"
UPLOADS, VIDEOS = "/youtube/v3/playlistItems", "/youtube/v3/videos"
QUOTA_WORDS = (
    "The request cannot be completed because you have exceeded your "
    '<a href="/youtube/v3/getting-started#quota">quota</a>.'
)


def error(status: int, message: str, reason: str, domain: str = "youtube") -> Answer:
    errors = [{"message": message, "domain": domain, "reason": reason}]
    return Answer(status, {"error": {"code": status, "message": message, "errors": errors}})


QUOTA_EXCEEDED = error(403, QUOTA_WORDS, "quotaExceeded", "youtube.quota")
BAD_KEY = Answer(400, {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",
                                 "status": "INVALID_ARGUMENT",
                                 "errors": [{"message": "API key not valid.", "domain": "global",
                                             "reason": "badRequest"}],
                                 "details": [{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}]}})  # fmt: skip


def channel_id(number: int) -> str:
    return f"UC{number:022d}"


def channel(number: int, **changed: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": "youtube#channel", "etag": "x", "id": channel_id(number),
        "snippet": {"title": f"Channel {number}", "description": f"Linen every day. Mail: ch{number}@example.com",
                    "customUrl": f"@linen{number}", "publishedAt": "2015-05-01T10:00:00Z", "country": "DE",
                    "defaultLanguage": "de", "thumbnails": {}},
        "statistics": {"viewCount": "1000", "subscriberCount": str(10_000 + number), "hiddenSubscriberCount": False,
                       "videoCount": "42"},
        "topicDetails": {"topicCategories": ["https://en.wikipedia.org/wiki/Lifestyle_(sociology)"]},
        "brandingSettings": {"channel": {"keywords": 'linen "slow fashion"'}},
        "contentDetails": {"relatedPlaylists": {"uploads": f"UU{number:022d}"}},
        "status": {"privacyStatus": "public"},
    }  # fmt: skip
    return document | changed


class YouTubePlatform(Platform):
    """`channels` answer a search; `searches` and `units` are what is left today."""

    def __init__(self, channels: int = 120, *, searches: int = 100, units: int = 10_000) -> None:
        super().__init__()
        self.channels = {channel_id(number): channel(number) for number in range(channels)}
        self.left = Counter({"searches": searches, "units": units})
        self.version = 1
        self.paths = {SEARCH: self._counted("searches", self._search), CHANNELS: self._counted("units", self._channels),
                      UPLOADS: self._counted("units", _uploads), VIDEOS: self._counted("units", _videos)}  # fmt: skip

    def _counted(self, quota: str, then: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        def answer(asked: Asked) -> Answer:
            if asked.request.headers.get("x-goog-api-key") != KEY:
                return BAD_KEY
            if self.left[quota] < 1:
                return QUOTA_EXCEEDED
            self.left[quota] -= 1
            return then(asked)

        return answer

    def _search(self, asked: Asked) -> Answer:
        first = int(asked.one("pageToken", "p0")[1:])
        ids = list(self.channels)[first : first + 50]
        items = [{"kind": "youtube#searchResult", "id": {"kind": "youtube#channel", "channelId": one}} for one in ids]
        document: dict[str, Any] = {"items": items, "pageInfo": {"totalResults": len(self.channels)}}
        if first + 50 < len(self.channels):
            document["nextPageToken"] = f"p{first + 50}"
        return Answer(200, document)

    def _channels(self, asked: Asked) -> Answer:
        tag = f'"v{self.version}-{hash(asked.request.path) & 0xFFFF}"'
        if asked.request.headers.get("if-none-match") == tag:
            return Answer(304)
        handle = asked.one("forHandle")
        wanted = asked.one("id").split(",") if asked.one("id") else []
        items = [one for one in self.channels.values()
                 if one["id"] in wanted or (handle and one["snippet"].get("customUrl") == handle)]  # fmt: skip
        found = {"items": items} if items else {}
        return Answer(200, {"pageInfo": {"totalResults": len(items)}, **found}, {"ETag": tag})


def _uploads(asked: Asked) -> Answer:
    number = int(asked.one("playlistId")[2:])
    if number == 1:
        return error(404, "The playlist cannot be found.", "playlistNotFound")
    items = [{"contentDetails": {"videoId": f"v{number}-{n}", "videoPublishedAt": f"2026-11-0{n}T10:00:00Z"}}
             for n in range(1, 5)]  # fmt: skip
    return Answer(200, {"items": items})


def _videos(asked: Asked) -> Answer:
    items = [
        {"id": one, "snippet": {"title": f"Video {one} #linen", "description": "", "tags": ["flax"],
                                "publishedAt": f"2026-11-0{one[-1]}T10:00:00Z"},
         "statistics": {"viewCount": "900", "likeCount": "400", "commentCount": "100"},
         "paidProductPlacementDetails": {"hasPaidProductPlacement": one.endswith("-1")}}
        for one in asked.one("id").split(",")
    ]  # fmt: skip
    return Answer(200, {"items": items})
