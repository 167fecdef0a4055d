"""Samples of a creator's followers: how many of them are likely not attended by a person, with what certainty and why.

Must not know the pool, the longlist or the record. Says a share with an interval, never a verdict about anybody.
"""

from sourcing.followers.kept import Audit, known_shares

__all__ = ["Audit", "known_shares"]
