"""Instagram Business Discovery: one professional account a request, by its name, with a user token of our own account.

Confirmed in Meta's reference: GET /v25.0/{ig-user-id}?fields=business_discovery.username(NAME){...}, permissions
instagram_basic, instagram_manage_insights, pages_read_engagement; accounts with an age gate are not returned; there is
no search. A rolling hour allows 200 calls a user: we take 100 in each hour of the clock, so no hour ever sees more.
Public code does so, Meta's reference does not say it: the token as a bearer header, and code 110 with subcode 2207013
(or 2207006) for a name that cannot be had, whether nobody has it or a private person does.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import WrongUsage
from sourcing.fetching.asking import Ask, Heard, Order, Quota, Trouble, Wanted, holder_of
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

CALLS = "calls"
_NAME = re.compile(r"[a-z0-9._]{1,30}")
_MEDIA = "media.limit(25){caption,like_count,comments_count,media_type,permalink,timestamp}"
_WANTED = f"id,username,name,biography,website,followers_count,follows_count,media_count,{_MEDIA}"
#: Codes of Graph API errors.
_THROTTLED, _OUR_TOKEN, _OUR_RIGHTS, _THEIRS, _PASSING = (
    {4, 17, 32, 613, 80002}, {102, 190}, {3, 10, *range(200, 300)}, {110}, {1, 2, -1, -2},
)  # fmt: skip
_NOT_TO_BE_HAD = frozenset({2207006, 2207013})
_USUAL_WAIT_SECONDS = 15 * 60.0
_A_DAY_OF_MINUTES = 24 * 60
_GET_TOKEN = "Set GREENROOM_INSTAGRAM_TOKEN to a new user token (docs/sources/instagram.md)."
#: Names that these objects always have: none of them is a new name for another.
_KNOWN = "followers_count follows_count media_count media username name biography website id ig_id timestamp"


@dataclass(frozen=True)
class Instagram:
    """Asked on behalf of our own professional account `user_id`."""

    token: str = field(repr=False)
    user_id: str
    calls: int = 100
    base_url: str = "https://graph.facebook.com"
    name: str = "instagram"
    title: str = "Instagram Business Discovery"
    pause_seconds: float = 0.5
    days_kept: int | None = 90

    @property
    def quotas(self) -> Sequence[Quota]:
        return (Quota(CALLS, self.calls, "hour", is_ours=True),)

    @property
    def holder(self) -> str:
        # Meta counts calls by the account that asks: a new token of the same one has no calls of its own.
        return holder_of(f"instagram {self.user_id}")

    @property
    def secrets(self) -> Sequence[str]:
        return (self.token,)

    def begin(self, order: Order) -> list[Ask]:
        said = [one.handle for one in order.accounts] or re.split(r"[\s,]+", order.query)
        names = dict.fromkeys(name.strip().lstrip("@").casefold() for name in said if name.strip())
        odd = [name for name in names if not _NAME.fullmatch(name)]
        if not names or odd:
            raise WrongUsage(
                f"{odd[0]!r} is no Instagram name." if odd else "Instagram lets nobody search for creators.",
                next_step='Name accounts: --query "ada.linen, bob", or --handles FILE with one a line.',
            )
        known = {one.handle: one for one in order.accounts}
        return [self._look_up(name, known.get(name)) for name in list(names)[: order.limit]]

    def headers(self, ask: Ask, *, anew: bool = False) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def read(self, ask: Ask, said: Any, *, room: int, now: datetime) -> Heard:
        fields = Fields(ask.step, _KNOWN)
        found = optional(said, "business_discovery")
        name = fields.text(found, "username") or ask.carried["name"]
        if not isinstance(found, Mapping):
            return Heard(left_out={"answered without a profile": 1}, missing=tuple(fields.missing))
        if why := unlisted(found):
            return Heard(left_out={why: 1})
        media = listed(optional(found, "media.data"))
        captions = [caption for one in media if (caption := optional_text(one, "caption"))]
        followers = fields.number(found, "followers_count")
        reactions = [total(count(one, "like_count"), count(one, "comments_count")) for one in media]
        row = profile_row(
            "instagram", name.casefold(), source=self.title, now=now, days_kept=self.days_kept,
            name=optional_text(found, "name"), bio=optional_text(found, "biography"), followers=followers,
            following=fields.number(found, "follows_count"), posts=fields.number(found, "media_count"),
            links=[link] if (link := optional_text(found, "website")) else [],
            url=f"https://www.instagram.com/{name.casefold()}", captions=captions, hashtags=tags_in(captions),
            posted=days_of([fields.text(one, "timestamp") for one in media]),
            engagement_percent=engagement_percent(reactions, followers),
        )  # fmt: skip
        return Heard(rows=(row,), missing=tuple(fields.missing))

    def without(self, ask: Ask, why: str, *, now: datetime) -> Heard:
        return Heard(left_out={why: 1})

    def trouble(self, status: int, said: Any, headers: Mapping[str, str]) -> Trouble:
        error = optional(said, "error")
        code, subcode = (_code(optional(error, name)) for name in ("code", "error_subcode"))
        words = f"{status} {optional_text(error, 'message') or ''}".strip()
        if code in _THROTTLED or status == 429:
            return Trouble("later", words, _regained(headers))
        if code in _OUR_TOKEN:
            return Trouble("stop", f"the token has run out or was taken back ({words})", next_step=_GET_TOKEN)
        if code in _OUR_RIGHTS:
            return Trouble("stop", f"the token lacks a permission ({words})", next_step=_GET_TOKEN)
        if code in _THEIRS or subcode in _NOT_TO_BE_HAD:
            return Trouble("gone", "no professional account of that name, or one with an age gate")
        if status >= 500 or code in _PASSING:
            return Trouble("later", words)
        return Trouble("stop", words, next_step="See docs/sources/instagram.md.")

    def _look_up(self, name: str, known: Wanted | None) -> Ask:
        asked = f"business_discovery.username({name}){{{_WANTED}}}"
        return Ask("account", f"/v25.0/{self.user_id}", (("fields", asked),), CALLS, carried={"name": name}, yields=1,
                   known=(known,) if known else ())  # fmt: skip


def _regained(headers: Mapping[str, str]) -> float:
    """Seconds until calls are let through again, as the usage header tells in minutes."""
    try:
        told = json.loads(headers.get("x-business-use-case-usage", ""))
        minutes = max(count(one, "estimated_time_to_regain_access") or 0 for uses in told.values() for one in uses)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return _USUAL_WAIT_SECONDS
    return 60.0 * min(minutes, _A_DAY_OF_MINUTES) or _USUAL_WAIT_SECONDS


def _code(said: object) -> int | None:
    return said if isinstance(said, int) else None
