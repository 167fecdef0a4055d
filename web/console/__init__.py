"""The console: a few server-rendered pages for people who work without a terminal and without Slack.

sessions    who is there: a short-lived cookie, made from a personal key; what makes a form ours
visit       somebody before a page, and what a refusal looks like
pages       HTML, its style and its one script, and the headers that let nothing else in
contracts   what legal reads and answers
routes      what each address shows and does, through the same steps as every other door
"""
