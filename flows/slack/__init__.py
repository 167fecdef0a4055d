"""Slack as a door to the journey: what is posted when something was asked or decided, and what a click does.

desk      what somebody did, done once; refusals told
clicks, forms, commands, inbox   what each of them means
visit     whoever came: who they are, and telling them something
groups    who is in a user group, asked of Slack
deeds     the steps that can be set off from here
showing   a request as the value that cards are drawn from
places    which channel what is posted in
telling   a sentence to whoever asked for something
delivery  how posting goes
checking  whether Slack is set up so that everything will work
posting   follows the audit log and puts what is new or has changed into the outbox
cards     the messages of one request: where its card goes, and the files beside it
queues    review queues: whose cards belong together, and how far they are
trouble   what is not in Slack though it should be
notices   reminders and digests as direct messages
deal_posts   news of deals in the campaign's channel
"""
