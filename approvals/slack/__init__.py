"""Slack as one door to the requests: what it shows, what it hears, and how both survive an outage."""
