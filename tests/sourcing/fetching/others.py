"""Bluesky, Instagram, TikTok and Modash as they behave, one class each."""

import re
from typing import Any

from tests.outreach.doors import Answer
from tests.sourcing.fetching.platforms import Asked, Platform

SIGNED_IN_ONLY = {"src": "did:plc:x", "uri": "at://x", "val": "!no-unauthenticated", "cts": "2026-01-01T00:00:00Z"}
TOKEN = "EAAG-a-token-of-the-tests"
IG_USER = "17841405309211844"


class BlueskyPlatform(Platform):
    """Every fifth actor asks to be shown to signed-in people only."""

    def __init__(self, actors: int = 60) -> None:
        super().__init__()
        self.actors = {f"did:plc:{number:024d}": _actor(number) for number in range(actors)}
        self.paths = {"/xrpc/app.bsky.actor.searchActors": self._search, "/xrpc/app.bsky.actor.getProfiles":
                      self._profiles, "/xrpc/app.bsky.feed.getAuthorFeed": _feed}  # fmt: skip

    def _search(self, asked: Asked) -> Answer:
        first, many = int(asked.one("cursor", "0")), int(asked.one("limit"))
        basic = [{key: one[key] for key in ("did", "handle", "displayName", "description", "labels")}
                 for one in list(self.actors.values())[first : first + many]]  # fmt: skip
        more = {"cursor": str(first + many)} if first + many < len(self.actors) else {}
        return Answer(200, {"actors": basic, **more})

    def _profiles(self, asked: Asked) -> Answer:
        said = asked.params["actors"]
        if len(said) > 25:
            return Answer(400, {"error": "InvalidRequest", "message": "Error: actors must not have more than 25"})
        found = [one for one in self.actors.values() if one["did"] in said or one["handle"] in said]
        return Answer(200, {"profiles": found})


def _actor(number: int) -> dict[str, Any]:
    return {"did": f"did:plc:{number:024d}", "handle": f"linen{number}.bsky.social", "displayName": f"Linen {number}",
            "description": "Flax and linen", "followersCount": 1_000 + number, "followsCount": 10, "postsCount": 50,
            "createdAt": "2024-02-01T09:15:00Z", "indexedAt": "2024-02-01T09:15:00Z",
            "labels": [SIGNED_IN_ONLY] if number % 5 == 4 else []}  # fmt: skip


def _feed(asked: Asked) -> Answer:
    if asked.one("actor").endswith("3"):
        return Answer(400, {"error": "InvalidRequest", "message": "Profile not found"})
    posts: list[dict[str, Any]] = [
        {"post": {"record": {"text": f"Post {n} #flax", "createdAt": f"2026-11-1{n}T08:00:00.000Z"}, "likeCount": 40,
                  "replyCount": 10, "repostCount": 3}} for n in range(3)
    ]  # fmt: skip
    shared = {"post": posts[0]["post"] | {"likeCount": 9_999}, "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    return Answer(200, {"feed": [*posts, shared]})


def graph_error(status: int, code: int, message: str, *, subcode: int = 0, **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": {"message": message, "type": "OAuthException", "code": code,
                                     "error_subcode": subcode, "fbtrace_id": "A6L"}}, given)  # fmt: skip


class InstagramPlatform(Platform):
    """Knows everybody but `nobody`; quotes the token back where it does not like it, as error texts may."""

    def __init__(self) -> None:
        super().__init__()
        self.paths = {f"/v25.0/{IG_USER}": self._account}
        self.token = TOKEN

    def _account(self, asked: Asked) -> Answer:
        said = asked.request.headers.get("authorization", "")
        if said != f"Bearer {self.token}":
            return graph_error(400, 190, f"Error validating access token {said}: Session has expired")
        found = re.search(r"username\(([^)]*)\)", asked.one("fields"))
        assert found is not None
        if found[1] == "nobody":
            return graph_error(400, 110, "Invalid user id", subcode=2207013)
        media = [{"id": str(n), "caption": f"Look {n} #ootd", "like_count": 90, "comments_count": 10,
                  "media_type": "IMAGE", "timestamp": f"2026-11-1{n}T08:00:00+0000"} for n in range(4)]  # fmt: skip
        return Answer(200, {"id": IG_USER, "business_discovery": {
            "id": "1", "username": found[1], "name": "Ada", "biography": "Linen. ada@example.org",
            "website": "https://ada.example.org", "followers_count": 5_000, "follows_count": 300, "media_count": 700,
            "media": {"data": media},
        }})  # fmt: skip


class TikTokPlatform(Platform):
    """Refresh tokens rotate: the one before stops working at once, as TikTok says."""

    def __init__(self, creators: dict[str, str]) -> None:
        super().__init__()
        self.refresh = dict(creators)
        self.access: dict[str, str] = {}
        self.renewals = 0
        self.paths = {"/v2/oauth/token/": self._token, "/v2/user/info/": self._user, "/v2/video/list/": self._videos}

    def _token(self, asked: Asked) -> Answer:
        form = dict(part.split("=", 1) for part in asked.request.body.decode().split("&"))
        name = self.refresh.pop(form["refresh_token"], None)
        if name is None:
            return Answer(400, {"error": "invalid_grant", "error_description": "Refresh token is invalid or expired.",
                                "log_id": "1"})  # fmt: skip
        self.renewals += 1
        refresh, access = f"rft.{name}.{self.renewals}", f"act.{name}.{self.renewals}"
        self.refresh[refresh], self.access[access] = name, name
        return Answer(200, {"access_token": access, "expires_in": 7200, "open_id": f"id-{name}",
                            "refresh_token": refresh, "refresh_expires_in": 15_552_000, "scope": "user.info.basic",
                            "token_type": "Bearer"})  # fmt: skip

    def _who(self, asked: Asked) -> str | None:
        return self.access.get(asked.request.headers.get("authorization", "").removeprefix("Bearer "))

    def _user(self, asked: Asked) -> Answer:
        name = self._who(asked)
        if name is None:
            told = {"code": "access_token_invalid", "message": "The access token is invalid.", "log_id": "2"}
            return Answer(401, {"data": {}, "error": told})
        return Answer(200, {"data": {"user": {
            "open_id": f"id-{name}", "display_name": name.title(), "username": name, "bio_description": "Linen",
            "profile_deep_link": f"https://www.tiktok.com/@{name}", "is_verified": False, "follower_count": 8_000,
            "following_count": 20, "video_count": 90,
        }}, "error": {"code": "ok", "message": "", "log_id": "3"}})  # fmt: skip

    def _videos(self, asked: Asked) -> Answer:
        assert asked.request.method == "POST"
        videos = [{"id": str(n), "create_time": 1_763_000_000 + n * 86_400, "video_description": f"Fit {n} #linen",
                   "like_count": 380, "comment_count": 20} for n in range(3)]  # fmt: skip
        return Answer(200, {"data": {"videos": videos, "cursor": 1, "has_more": False}, "error": {"code": "ok"}})


class ModashPlatform(Platform):
    """`credits` in hundredths; a result costs one, a report a hundred."""

    def __init__(self, hits: int = 40, credits: int = 10_000) -> None:
        super().__init__()
        self.hits, self.credits = hits, credits
        self.paths = {"/v1/instagram/search": self._search, "/v1/instagram/profile/": self._report}

    def _search(self, asked: Asked) -> Answer:
        if asked.request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, {"error": True, "code": "api_token_invalid", "message": "A valid API token is needed."})
        page = asked.request.json["page"]
        shown = range(page * 15, min(self.hits, page * 15 + 15))
        if self.credits < len(shown):
            return Answer(403, {"error": True, "code": "not_enough_credits", "message": "You have ran out of credits."})
        self.credits -= len(shown)
        profiles = [
            {"userId": str(n), "fullname": f"Linen {n}", "username": f"linen{n}", "followers": 9_000,
             "url": f"https://www.instagram.com/linen{n}", "engagementRate": 0.0321} for n in shown
        ]  # fmt: skip
        directs = [{"userId": one["userId"], "profile": one} for one in profiles]
        return Answer(200, {"error": False, "total": self.hits, "directs": directs, "lookalikes": []})

    def _report(self, asked: Asked) -> Answer:
        if asked.path.endswith("/later/report"):
            return Answer(400, {"error": True, "code": "retry_later", "message": "We are currently processing."})
        self.credits -= 100
        weights = [{"code": "DE", "name": "Germany", "weight": 0.6}]
        return Answer(200, {"error": False, "profile": {
            "userId": "1", "profile": {"username": "ada", "fullname": "Ada", "followers": 9_000,
                                       "engagementRate": 0.05, "url": "https://www.instagram.com/ada"},
            "bio": "Linen", "city": "Berlin", "country": "DE", "language": {"code": "de", "name": "German"},
            "isVerified": True, "postsCount": 90, "hashtags": [{"tag": "linen", "weight": 0.1}],
            "contacts": [{"type": "email", "value": "Ada@Example.com"}],
            "audience": {"credibility": 0.81, "geoCountries": weights, "ages": [{"code": "25-34", "weight": 0.5}],
                         "ethnicities": [{"code": "white", "name": "White", "weight": 0.9}]},
        }})  # fmt: skip
