"""Everything that has to run, as one tree of processes on one machine.

    children    which programs there are, from the settings (pure)
    keeping     when each is started and started again (pure)
    supervisor  starts, watches, stops; holds the lock of the home and writes the status file
    guard       a tiny process that ends the children when the supervisor was killed
    status      what the status file says, for the command line and the web door
    worker      does due jobs within a second or so
    slack       hears Slack, handles what came, posts what is new; made of
                line (Socket Mode), arrivals (who is handled when) and routine (again and again)
    scheduler   runs the flows of prefect.yaml at their times; alone here in importing Prefect
    tokens      personal keys to the web door

The web door is a process of its own: a flow that computes for minutes can never delay whoever calls there, as no
thread and no interpreter lock is shared with it.
"""
