"""Slack as a door to the journey: what is posted when something was asked or decided, and what a click does.

showing   a request as the value that cards are drawn from
places    which channel what is posted in
telling   a sentence to whoever asked for something
delivery  how posting goes
checking  whether Slack is set up so that everything will work
"""
