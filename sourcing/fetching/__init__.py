"""Profiles from platforms and vendors that may be asked: no page is scraped, no limit is evaded, no wish is overheard.

    asking             the words: what is wanted, one request, its meaning, what went wrong; the Protocol of a source
    youtube instagram bluesky tiktok (tiktok_tokens) modash    one source each; they decide requests and read answers
    reading            taking answers apart; a missing field is named once, wishes not to be found count
    wire               the one place that asks, keeps a pace, and tries again
    quotas             what was taken of each quota, in the record; several processes together never take more
    pages              a run on disk, page by page; what is there is never asked again
    running runs       carrying a run out, and where it stands on the record
    due                what of the pool runs out soon
Everything ends in JSON lines with our field names, which the pool imports like any file.
"""
