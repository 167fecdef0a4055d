"""The web door: the requests as JSON for a console, and the address that Slack calls where it has a public one.

A door like the command line: knows flows and all below, and nothing knows it.
"""
