"""Purchase intent: signs that this creator's posts make people buy. Unit: 0..1, saturating. Source: links and text.

Four signs (R16, R20): affiliate links, coupon codes, paid partnerships of the past, shopping words. Each further one of
a kind says less than the one before, and no one kind reaches 1 alone. Unknown where there is neither text nor links
nor a count of paid posts. The weights are ours: a code in somebody's name is the surest sign that orders were tracked
to them, shopping words the weakest. Pure; the counts come from `sourcing.signals`.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sourcing.evidence import one_line
from sourcing.lexicon.patterns import lowered
from sourcing.lexicon.shopping import AFFILIATE_LINK, CODES, MAY_HOLD_CODE, PAID, SHOPPING
from sourcing.profiles import Profile

#: count column → what the first one is worth, and how many count
WORTH: Mapping[str, tuple[float, int]] = {
    "intent_links": (0.45, 3),
    "intent_codes": (0.5, 3),
    "intent_paid": (0.4, 6),
    "intent_words": (0.15, 4),
}
#: The second of a kind is worth this share of the first, and so on.
_NEXT = 0.5
_SHOWN = 3
_NOTHING = "Purchase intent: no links, codes, paid posts or shopping words seen"
_UNKNOWN = "Purchase intent: not known"

Floats = npt.NDArray[np.float64]


class Signs(NamedTuple):
    """What a profile shows, as written (codes) or in lower case; `paid` counts past paid posts and ad labels."""

    links: tuple[str, ...]
    codes: tuple[str, ...]
    paid: int
    partners: tuple[str, ...]
    labels: tuple[str, ...]
    words: tuple[str, ...]


def purchase_intent(counts: Mapping[str, npt.NDArray[np.uint8]], known: npt.NDArray[np.uint8]) -> Floats:
    """0..1 per row, NaN unknown. `counts`: the columns of WORTH; `known`: 1 where anything could have shown it."""
    without = np.ones(len(known))
    for name, (worth, most) in WORTH.items():
        # Few counts are possible, so each is worked out once and looked up.
        left = [1.0]
        for number in range(most):
            left.append(left[-1] * (1.0 - worth * _NEXT**number))
        without *= np.array(left)[np.minimum(counts[name], most)]
    value: Floats = np.where(known > 0, 1.0 - without, np.nan)
    return value


def signs(profile: Profile) -> Signs:
    """The same that the columns count, for one profile: `intent_links` is len(links), and so on."""
    written = "\n".join(["", profile.bio or "", *profile.captions, ""])
    tags = "#" + " #".join(profile.hashtags) if profile.hashtags else ""
    lower = lowered("\n".join([written, tags, ""]))
    addresses = lowered("\n".join(profile.links))
    found = [*AFFILIATE_LINK.found_in(addresses), *AFFILIATE_LINK.found_in(lower)]
    codes: list[str] = []
    if MAY_HOLD_CODE.is_in(lower):
        codes = [code for pattern in CODES for code in pattern.found_in(written, group=1)]
    labels = PAID.found_in(lower)
    partners = tuple(dict.fromkeys(profile.paid_partners))
    return Signs(
        links=tuple(dict.fromkeys(found)),
        codes=tuple(dict.fromkeys(codes)),
        paid=max(profile.paid_posts or 0, len(profile.paid_partners)) + len(labels),
        partners=partners,
        labels=labels,
        words=SHOPPING.found_in(lower),
    )


def words(profile: Profile, value: float = 1.0) -> str:
    """One line with its evidence: "Purchase intent: code LINA10, 3 paid posts (Zalando), affiliate link amzn.to/3x".

    `value` is the factor's: where it is 0 or not known the columns have seen nothing, and nothing is looked for.
    """
    if value == 0.0:
        return _NOTHING
    if np.isnan(value):
        return _UNKNOWN
    found = signs(profile)
    said = [f"code {one_line(code, 20)}" for code in found.codes[:_SHOWN]]
    paid = found.paid - len(found.labels)
    if paid:
        partners = ", ".join(one_line(name, 30) for name in found.partners[:_SHOWN])
        more = ", …" if len(found.partners) > _SHOWN else ""
        said.append(f"{paid} paid post{'s' * (paid != 1)}" + (f" ({partners}{more})" if partners else ""))
    said += [f"says “{one_line(label, 30)}”" for label in found.labels[:2]]
    said += [f"affiliate link {one_line(_bare(link), 40)}" for link in found.links[:2]]
    if found.words:
        quoted = ", ".join(f"“{one_line(word, 30)}”" for word in found.words[:_SHOWN])
        said.append(f"shopping words {quoted}")
    if said:
        return "Purchase intent: " + ", ".join(said)
    return _NOTHING if _could_show(profile) else _UNKNOWN


def _could_show(profile: Profile) -> bool:
    text = (profile.bio or "").strip() or profile.captions or profile.hashtags or profile.links
    return bool(text) or profile.paid_posts is not None or bool(profile.paid_partners)


def _bare(link: str) -> str:
    return link.removeprefix("https://").removeprefix("http://").removeprefix("www.")
