"""Modash Discovery API, a paid source: search (a hundredth of a credit a result) and reports, within a bound of ours.

Confirmed: bearer token, error form and codes, about two requests a second (docs.modash.io, its cheat sheet); paths,
body of a search and form of a report from public code. The month's bound on credits is ours, in hundredths, and
nothing is spent before it is set. Unconfirmed: what a report costs (taken as one credit), whether failed requests are
charged (counted as if they were), that a report takes a name in place of an id, and how long data may be kept (90 days
here). Ethnicities, which a report holds, are never read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from core.errors import WrongUsage
from sourcing.fetching.asking import Ask, Heard, Order, Quota, Row, Trouble, holder_of
from sourcing.fetching.reading import Fields, listed, optional, optional_text, profile_row

CREDITS = "credits"
PLATFORMS = ("instagram", "tiktok", "youtube")
_PAGE, _LAST_PAGE = 15, 665
_REPORT_COST = 100
_GONE = {
    "handle_not_found": "not known to Modash", "account_not_found": "not known to Modash",
    "account_removed": "no longer there", "private_account": "private", "empty_audience": "without an audience report",
    "entity_not_found": "not known to Modash", "retry_later": "report is being made: ask again in some hours",
    "page_limit": "beyond the last page", "no_result": "not known to Modash",
}  # fmt: skip
_AUDIENCE = {"geoCountries": "audience_countries", "geoCities": "audience_cities", "ages": "audience_ages",
             "genders": "audience_genders", "languages": "audience_languages",
             "interests": "audience_interests"}  # fmt: skip
_GET_TOKEN = "Set GREENROOM_MODASH_TOKEN (marketer.modash.io/developer; docs/sources/modash.md)."
#: Names that these objects always have: none of them is a new name for another.
_KNOWN = (
    "followers engagements engagementRate username fullname url userId picture directs lookalikes postsCount avgViews"
)


@dataclass(frozen=True)
class Modash:
    """`credits_a_month` is what we let it spend, in whole credits."""

    token: str = field(repr=False)
    credits_a_month: int
    base_url: str = "https://api.modash.io"
    name: str = "modash"
    title: str = "Modash"
    pause_seconds: float = 0.6
    days_kept: int | None = 90

    @property
    def quotas(self) -> Sequence[Quota]:
        return (Quota(CREDITS, self.credits_a_month * 100, "month", scale=100, is_ours=True),)

    @property
    def holder(self) -> str:
        # What may be spent in a month is not more because the token was changed.
        return holder_of(self.name)

    @property
    def secrets(self) -> Sequence[str]:
        return (self.token,)

    def begin(self, order: Order) -> list[Ask]:
        platform = order.platform or (order.accounts[0].platform if order.accounts else "")
        if platform not in PLATFORMS:
            raise WrongUsage("Modash is asked about one platform at a time.",
                             next_step=f"Add --platform {'|'.join(PLATFORMS)}.")  # fmt: skip
        if order.accounts:
            return [_report(platform, one.handle) for one in order.accounts]
        if not order.query.strip():
            raise WrongUsage("Nothing to search for at Modash.", next_step='Add --query "linen outfits".')
        return [_search(platform, order.query.strip(), 0)]

    def headers(self, ask: Ask, *, anew: bool = False) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def read(self, ask: Ask, said: Any, *, room: int, now: datetime) -> Heard:
        fields = Fields(ask.step, _KNOWN)
        platform = ask.carried["platform"]
        if ask.step == "report":
            told = optional(said, "profile")
            row = self._report(platform, ask.carried["handle"], told, fields, now)
            if not isinstance(told, Mapping):
                return Heard(left_out={"answered without a profile": 1}, missing=tuple(fields.missing))
            return Heard(rows=(row,), missing=tuple(fields.missing))
        hits = [*fields.things(said, "directs"), *listed(optional(said, "lookalikes"))]
        rows, nameless = [], 0
        for hit in hits:
            profile = optional(hit, "profile")
            handle = optional_text(profile, "username") or _last_part(fields.text(profile, "url"))
            if handle:
                rows.append(self._row(platform, handle, profile, fields, now))
            nameless += not handle
        page = int(ask.carried["page"]) + 1
        goes_on = len(hits) >= _PAGE and page <= _LAST_PAGE and len(rows) < room
        return Heard(
            tuple(rows), more=(_search(platform, ask.carried["query"], page),) if goes_on else (), cost=len(hits),
            left_out={"without a handle": nameless} if nameless else {}, missing=tuple(fields.missing),
        )  # fmt: skip

    def without(self, ask: Ask, why: str, *, now: datetime) -> Heard:
        return Heard(left_out={why: 1} if ask.step == "report" else {})

    def trouble(self, status: int, said: Any, headers: Mapping[str, str]) -> Trouble:
        code = optional_text(said, "code") or ""
        words = f"{status} {code} {optional_text(said, 'message') or ''}".strip()
        if code == "not_enough_credits" or status == 402:
            return Trouble("empty", words)
        if code in _GONE:
            return Trouble("gone", _GONE[code])
        if status == 429 or status >= 500:
            return Trouble("later", words)
        is_of_us = status == 401 or code == "api_token_invalid"
        return Trouble(
            "stop", words, next_step=_GET_TOKEN if is_of_us else "See docs/sources/modash.md, or ask Modash."
        )

    def _row(self, platform: str, handle: str, profile: Any, fields: Fields, now: datetime, **more: object) -> Row:
        rate = optional(profile, "engagementRate")
        percent = round(100 * rate, 3) if isinstance(rate, int | float) and not isinstance(rate, bool) else None
        return profile_row(
            platform, handle, source=self.title, now=now, days_kept=self.days_kept,
            name=optional_text(profile, "fullname"), followers=fields.number(profile, "followers"),
            engagement_percent=percent, url=optional_text(profile, "url"), **more,
        )  # fmt: skip

    def _report(self, platform: str, handle: str, told: Any, fields: Fields, now: datetime) -> Row:
        mails = [mail for one in listed(optional(told, "contacts"))
                 if optional(one, "type") == "email" and (mail := optional_text(one, "value"))]  # fmt: skip
        audience = {ours: [{key: one[key] for key in ("code", "name", "weight") if key in one} for one in shares
                           if isinstance(one, dict)] or None
                    for theirs, ours in _AUDIENCE.items()
                    for shares in [listed(optional(told, f"audience.{theirs}"))]}  # fmt: skip
        return self._row(
            platform, handle, optional(told, "profile"), fields, now, bio=optional_text(told, "bio"),
            city=optional_text(told, "city"), country=optional_text(told, "country"),
            language=optional_text(told, "language.code"), verified=optional(told, "isVerified"),
            posts=fields.number(told, "postsCount"), credibility=optional(told, "audience.credibility"),
            hashtags=[tag for one in listed(optional(told, "hashtags")) if (tag := optional_text(one, "tag"))],
            email=mails[0].lower() if mails else None, email_basis="vendor", email_source="Modash report", **audience,
        )  # fmt: skip


def _report(platform: str, handle: str) -> Ask:
    path = f"/v1/{platform}/profile/{quote(handle, safe='')}/report"
    carried = {"platform": platform, "handle": handle}
    return Ask("report", path, (), CREDITS, _REPORT_COST, carried=carried, yields=1)


def _search(platform: str, query: str, page: int) -> Ask:
    body = {"page": page, "calculationMethod": "median", "sort": {"field": "followers", "direction": "desc"},
            "filter": {"influencer": {"keywords": query}}}  # fmt: skip
    return Ask("search", f"/v1/{platform}/search", (), CREDITS, _PAGE, body=body,
               carried={"platform": platform, "query": query, "page": page})  # fmt: skip


def _last_part(url: str | None) -> str | None:
    found = re.search(r"/@?([^/?#]+)/?$", url or "")
    return found[1] if found else None
