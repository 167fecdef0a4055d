"""Signals of purchase intent: affiliate links, coupon codes, paid posts, shopping words. Counts of different things."""

from sourcing.lexicon.shopping import AFFILIATE_LINK, CODES, MAY_HOLD_CODE, PAID, SHOPPING
from sourcing.signals.signal import Signal, counted

# A line end at both ends gives every pattern something to stop at.
_WRITTEN = "concat_ws(chr(10), '', bio, array_to_string(captions, chr(10)), '')"
_TAGS = "case when len(hashtags) > 0 then '#' || array_to_string(hashtags, ' #') end"
PREPARED = {"_lower": f"lower(concat_ws(chr(10), '', bio, array_to_string(captions, chr(10)), {_TAGS}, ''))"}

_codes = ", ".join(f"regexp_extract_all({_WRITTEN}, {pattern.literal}, 1)" for pattern in CODES)
_links = "case when len(links) > 0 then lower(array_to_string(links, chr(10))) else '' end"
_addresses = ", ".join(f"regexp_extract_all({text}, {AFFILIATE_LINK.literal})" for text in (_links, "_lower"))

SIGNALS: tuple[Signal, ...] = (
    counted("intent_links", f"len(list_distinct(list_concat({_addresses})))"),
    counted(
        "intent_codes",
        f"case when {MAY_HOLD_CODE.matches_sql('_lower')} then len(list_distinct(list_concat({_codes}))) else 0 end",
    ),
    counted(
        "intent_paid",
        f"greatest(coalesce(paid_posts, 0), coalesce(len(paid_partners), 0)) + {PAID.count_sql('_lower')}",
    ),
    counted("intent_words", SHOPPING.count_sql("_lower")),
    # 1 where there is anything that could have shown intent: text, links, or a count of paid posts.
    counted(
        "intent_known",
        "(trim(coalesce(bio, '')) <> '' or len(captions) > 0 or len(hashtags) > 0 or len(links) > 0 "
        "or paid_posts is not null or len(paid_partners) > 0)::int",
    ),
)
