"""Slack, one door to the requests among others."""
