"""Signals of numbers and time: cadence, growth, leaps, and the public figures that bought audiences distort."""

from sourcing.factors.growth import FEWEST, MONTH, SHORTEST_DAYS
from sourcing.signals.signal import Signal, known

_FIRST_POST, _LAST_POST = "list_min(posted)", "list_max(posted)"
_SEEN = "last_seen::date"

# Steps from each sighting to the next: log of growth, days, engagement after as a share of before (-1 unknown).
_SORTED = (
    "list_sort(list_transform(list_zip(history_days, history_followers, history_engagement), "
    "lambda h: {'d': h[1], 'f': h[2], 'e': h[3]}))"
)
_STEPS = f"""list_transform([{_SORTED}], lambda s:
    list_transform(range(1, len(s)), lambda i: {{
        'g': ln(greatest(s[i + 1].f, {FEWEST})::double / greatest(s[i].f, {FEWEST})::double),
        'n': greatest(s[i + 1].d - s[i].d, 1),
        'k': case when s[i].e > 0 then coalesce(s[i + 1].e / s[i].e, -1.0) else -1.0 end}}))[1]"""
_SPAN = "(list_max(history_days) - list_min(history_days))"
_LEAPS = f"""list_transform(steps, lambda s: {{
    'beyond': (exp(s.g - usual * s.n) - 1) / greatest(1.0, s.n / {MONTH}), 'kept': s.k}})"""
# What is usual, then the largest step beyond it: lists of one, because a lambda is the only way to name a value.
_MEASURED = f"""list_transform([{_STEPS}], lambda steps: list_transform(
    [greatest(list_sort(list_transform(steps, lambda s: s.g / s.n))[(len(steps) - 1) // 2 + 1], 0.0)],
    lambda usual: list_transform([list_max({_LEAPS})], lambda leap: {{
        'growth': case when {_SPAN} >= {SHORTEST_DAYS}
            then exp(list_sum(list_transform(steps, lambda s: s.g)) * {MONTH} / {_SPAN}) - 1 end,
        'spike': case when len(steps) > 1 then leap.beyond end,
        'kept': case when len(steps) > 1 and leap.kept >= 0 then leap.kept end}})[1])[1])[1]"""

SIGNALS: tuple[Signal, ...] = (
    # From the newest posts to the oldest known one; a single post tells no rate.
    known(
        "posts_per_week",
        f"case when len(posted) > 1 then (len(posted) - 1) * 7.0 / greatest({_LAST_POST} - {_FIRST_POST}, 1) end",
    ),
    known(
        "days_silent",
        f"case when len(posted) > 0 and last_seen is not null then greatest({_SEEN} - {_LAST_POST}, 0) end",
    ),
    known("growth_monthly", f"{_MEASURED}.growth"),
    known("spike", f"{_MEASURED}.spike"),
    known("spike_kept", f"{_MEASURED}.kept"),
    known("comments_to_likes", "case when comments_to_likes between 0 and 1000 then comments_to_likes end"),
    known("following", "case when following >= 0 then following end"),
    known("following_ratio", "case when following >= 0 and followers >= 0 then following / greatest(followers, 1) end"),
    # A share of followers; whoever gives percent gives more than 1.
    known(
        "credibility",
        "case when credibility between 0 and 1 then credibility when credibility between 1 and 100 "
        "then credibility / 100 end",
    ),
)
