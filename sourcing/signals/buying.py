"""Signals of purchase intent: affiliate links, coupon codes, paid posts, shopping words. Counts of different things."""

from sourcing.lexicon.shopping import AFFILIATE_LINK, CODES, MAY_HOLD_CODE, PAID, SHOPPING
from sourcing.signals.signal import Signal, counted

# A line end at both ends gives every pattern something to stop at.
_WRITTEN = "concat_ws(chr(10), '', bio, array_to_string(captions, chr(10)), '')"
_TAGS = "repeat('#' || array_to_string(hashtags, ' #'), (len(hashtags) > 0)::int)"
_LOWER = f"lower(concat_ws(chr(10), {_WRITTEN}, {_TAGS}, ''))"
_LINKS = "lower(concat_ws(chr(10), array_to_string(links, chr(10)), ''))"

# Nothing is left to search where no word of a code is said.
_MAYBE = f"repeat({_WRITTEN}, {MAY_HOLD_CODE.matches_sql(_LOWER)}::int)"
_CODES = ", ".join(f"regexp_extract_all({_MAYBE}, {pattern.literal}, 1)" for pattern in CODES)
_ADDRESSES = ", ".join(f"regexp_extract_all({text}, {AFFILIATE_LINK.literal})" for text in (_LINKS, _LOWER))

SIGNALS: tuple[Signal, ...] = (
    counted("intent_links", f"len(list_distinct(list_concat({_ADDRESSES})))"),
    counted("intent_codes", f"len(list_distinct(list_concat({_CODES})))"),
    counted(
        "intent_paid",
        f"greatest(paid_posts, len(paid_partners), 0) + {PAID.count_sql(_LOWER)}",
    ),
    counted("intent_words", SHOPPING.count_sql(_LOWER)),
    # 1 where there is anything that could have shown intent: text, links, or a count of paid posts.
    counted(
        "intent_known",
        "(trim(coalesce(bio, '')) <> '' or len(captions) > 0 or len(hashtags) > 0 or len(links) > 0 "
        "or paid_posts is not null or len(paid_partners) > 0)::int",
    ),
)
