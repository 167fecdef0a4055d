"""The page on which creators sign: what a link shows, and its forms. No script, no cookie, nothing from elsewhere.

Knows flows.steps.signing for everything that is decided; words are in words.toml, the look in html/.
"""
