"""The steps between the rooms, in the order a creator lives them. Plain functions over the wiring; no Prefect.

Each step finds its own work, by stage or by job, does it in units of work of its own, and may be run again at any
time: what is done is not done twice. Flows and the command line both call these.
"""
