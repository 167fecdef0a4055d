"""The record: what every room of Greenroom shares. Imports no feature, no Prefect, no Slack."""
