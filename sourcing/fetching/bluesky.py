"""Bluesky's public AppView, without any login: searchActors, getProfiles (25 at a time), getAuthorFeed.

Confirmed in the lexicons and Bluesky's guides: limits and cursors, `labels` on profiles, 3,000 requests in five minutes
and IP address with RateLimit headers, 429 beyond. Whoever set `!no-unauthenticated` asks to be shown to signed-in
people only: we are not one, so they are left out and counted. The bound a day is ours. searchPosts is not public.
Unconfirmed: whether answers have an ETag (where there is one, it is used).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import WrongUsage
from sourcing.fetching.asking import Ask, Heard, Order, Quota, Row, Trouble, Wanted
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
    unlisted,
)

REQUESTS = "requests"
_FOUND, _AT_ONCE, _POSTS = 50, 25, 30
#: A handle is a domain name, a DID stays the same where that changes (atproto.com/specs/handle, /specs/did).
_ACTOR = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?|did:[a-z]+:[\w.:%-]*[\w.-]",
    re.I | re.A,
)
_SIGNED_IN_ONLY, _HIDDEN = "!no-unauthenticated", frozenset({"!hide", "!takedown", "!suspend"})
#: Names that these objects always have: none of them is a new name for another.
_KNOWN = (
    "followersCount followsCount postsCount handle did displayName actors profiles feed post likeCount "
    "replyCount repostCount quoteCount createdAt indexedAt"
)


@dataclass(frozen=True)
class Bluesky:
    requests: int = 20_000
    base_url: str = "https://public.api.bsky.app"
    name: str = "bluesky"
    title: str = "Bluesky AppView"
    pause_seconds: float = 0.2
    days_kept: int | None = 90
    holder: str = "nobody"
    secrets: Sequence[str] = ()

    @property
    def quotas(self) -> Sequence[Quota]:
        return (Quota(REQUESTS, self.requests, "day", is_ours=True),)

    def begin(self, order: Order) -> list[Ask]:
        if order.accounts:
            odd = [one.handle for one in order.accounts if not _ACTOR.fullmatch(one.handle)]
            if odd:  # for one of them all twenty-five of a request would be refused
                raise WrongUsage(f"{odd[0]!r} is no Bluesky handle.", next_step="Write it as ada.bsky.social.")
            batches = range(0, len(order.accounts), _AT_ONCE)
            return [_profiles([one.handle for one in order.accounts[first : first + _AT_ONCE]],
                              order.accounts[first : first + _AT_ONCE]) for first in batches]  # fmt: skip
        if not order.query.strip():
            raise WrongUsage("Nothing to search for on Bluesky.", next_step='Add --query "linen outfits".')
        return [_search(order.query.strip(), "")]

    def headers(self, ask: Ask, *, anew: bool = False) -> dict[str, str]:
        return {}

    def read(self, ask: Ask, said: Any, *, room: int, now: datetime) -> Heard:
        fields = Fields(ask.step, _KNOWN)
        if ask.step == "search":
            return _found(ask, said, fields, room)
        return self._read_profiles(ask, said, fields, now) if ask.step == "profiles" else _feed(ask, said, fields)

    def without(self, ask: Ask, why: str, *, now: datetime) -> Heard:
        if ask.step == "posts":
            return Heard(rows=(ask.carried["row"],))
        return Heard(left_out={why: max(1, ask.yields)} if ask.step == "profiles" else {})

    def trouble(self, status: int, said: Any, headers: Mapping[str, str]) -> Trouble:
        name, text = optional_text(said, "error") or "", optional_text(said, "message") or ""
        words = f"{status} {name} {text}".strip()
        if status == 429 or status >= 500 or name == "RateLimitExceeded":
            return Trouble("later", words)
        if name in ("AccountDeactivated", "AccountTakedown", "BlockedActor", "BlockedByActor"):
            return Trouble("gone", "can no longer be had")
        if status in (400, 404) and "not found" in text.casefold():
            return Trouble("gone", "no longer there")
        return Trouble("stop", words, next_step="See https://status.bsky.app, or ask for something else.")

    def _read_profiles(self, ask: Ask, said: Any, fields: Fields, now: datetime) -> Heard:
        profiles, left_out, then = fields.things(said, "profiles"), Counter[str](), []
        for one in profiles:
            if why := hidden(one):
                left_out[why] += 1
            elif (row := self._row(one, fields, now)) is not None:
                then.append(_posts(row["url"].rpartition("/")[2], row))
            else:
                left_out["without a handle"] += 1
        left_out["no longer there"] += max(0, ask.yields - len(profiles))
        return Heard(then=tuple(then), left_out=+left_out, missing=tuple(fields.missing))

    def _row(self, profile: Any, fields: Fields, now: datetime) -> Row | None:
        handle, did = fields.text(profile, "handle"), fields.text(profile, "did")
        if not handle or not did or handle == "handle.invalid":
            return None
        bio = optional_text(profile, "description")
        return profile_row(
            "bluesky", handle.casefold(), source=self.title, now=now, days_kept=self.days_kept,
            name=optional_text(profile, "displayName"), bio=bio, followers=fields.number(profile, "followersCount"),
            following=fields.number(profile, "followsCount"), posts=fields.number(profile, "postsCount"),
            verified=optional(profile, "verification.verifiedStatus") == "valid",
            url=f"https://bsky.app/profile/{did}", captions=[], posted=[], hashtags=[], engagement_percent=None,
        )  # fmt: skip


def hidden(profile: Any) -> str:
    """Why a profile is not for us; "" where it is. A label may be taken back (`neg`)."""
    labels = {optional_text(one, "val") for one in listed(optional(profile, "labels"))
              if optional(one, "neg") is not True}  # fmt: skip
    if _SIGNED_IN_ONLY in labels:
        return f"asks to be shown to signed-in people only ({_SIGNED_IN_ONLY})"
    if labels & _HIDDEN:
        return "hidden by Bluesky's moderation"
    return unlisted(profile)


def _search(query: str, cursor: str) -> Ask:
    params = (("q", query), ("limit", str(_FOUND)), *((("cursor", cursor),) if cursor else ()))
    return Ask("search", "/xrpc/app.bsky.actor.searchActors", params, REQUESTS)


def _found(ask: Ask, said: Any, fields: Fields, room: int) -> Heard:
    left_out, dids = Counter[str](), []
    actors = fields.things(said, "actors")
    for actor in actors:
        if why := hidden(actor):
            left_out[why] += 1  # known from here already: nothing more is asked about them
        elif did := fields.text(actor, "did"):
            dids.append(did)
    wanted = dids[:room]
    then = tuple(_profiles(wanted[first : first + _AT_ONCE]) for first in range(0, len(wanted), _AT_ONCE))
    cursor = optional_text(said, "cursor")
    more = (_search(dict(ask.params)["q"], cursor),) if cursor and actors else ()
    return Heard(then=then, more=more, left_out=left_out, missing=tuple(fields.missing))


def _profiles(actors: Sequence[str], known: tuple[Wanted, ...] = ()) -> Ask:
    params = tuple(("actors", actor) for actor in sorted(actors))
    return Ask("profiles", "/xrpc/app.bsky.actor.getProfiles", params, REQUESTS, yields=len(actors), known=known)


def _posts(did: str, row: Row) -> Ask:
    params = (("actor", did), ("limit", str(_POSTS)), ("filter", "posts_no_replies"))
    return Ask("posts", "/xrpc/app.bsky.feed.getAuthorFeed", params, REQUESTS, carried={"row": row}, yields=1)


def _feed(ask: Ask, said: Any, fields: Fields) -> Heard:
    row = dict(ask.carried["row"])
    # With a reason the post is somebody else's, passed on.
    posts = [one.get("post") for one in fields.things(said, "feed")
             if isinstance(one, dict) and one.get("reason") is None]  # fmt: skip
    captions = [text for post in posts if (text := optional_text(post, "record.text"))]
    reactions = [total(count(post, "likeCount"), count(post, "replyCount")) for post in posts]
    row |= {
        "captions": captions, "posted": days_of([fields.text(post, "record.createdAt") for post in posts]),
        "hashtags": tags_in([row["bio"] or "", *captions]),
        "engagement_percent": engagement_percent(reactions, row["followers"]),
    }  # fmt: skip
    return Heard(rows=(row,), missing=tuple(fields.missing))
