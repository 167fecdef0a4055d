"""The `greenroom` command: one of the doors. Asks the rooms through `flows.wiring`; decides nothing itself."""
