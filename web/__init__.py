"""The web door: the requests as JSON for other programs, and an address for Slack where something listens to it.

A door like the command line: knows flows and all below, and nothing knows it.
"""
