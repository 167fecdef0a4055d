"""Word lists of the sourcing rules, as data: written for this project, in the languages its creators write in.

Owns words and how a word becomes a pattern that DuckDB and Python read alike. Knows no profile and no score.
"""
