"""Find and rank: the pool of creator profiles, its import, the scores and the longlist. Knows no database."""
