"""The `greenroom` command: which commands there are, and the first thing that runs.

Loads nothing but the standard library before Ctrl-C is watched, so that a key pressed while the program is still
being loaded ends it like one pressed later: with a sentence.
"""

import gc
import os
import sys

from cli.interruption import STOPPED, CtrlC

#: New objects after which waste is looked for. Python's own number looks through all that is being loaded a few hundred
#: times and finds nothing: a fifth of the time that a question takes.
_YOUNG = 50_000
#: Command → (module, its function or group, one line of help). A module is loaded when its command is typed, so a
#: question is not slowed down by what other commands need.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("cli.demo", "demo", "The whole journey offline, on generated creators."),
    "demo-signing": ("cli.demo_signing", "demo_signing", "The signing page of one of the demo's creators."),
    "doctor": ("cli.doctor", "doctor", "What is configured, reachable and missing."),
    "pool": ("cli.pool", "app", "The pool of creator profiles."),
    "source": ("cli.longlist", "source", "Make a longlist for a campaign and queue the best for review."),
    "rank": ("cli.longlist", "rank", "Rank the pool for many briefs."),
    "longlist": ("cli.longlist", "app", "Longlists that were made."),
    "authenticity": ("cli.authenticity", "app", "What a sample of a creator's followers says."),
    "review": ("cli.review", "app", "Decide about the creators in the review queue."),
    "learning": ("cli.learning", "app", "What reviewers' decisions teach the ranking, once it is signed off."),
    "approvals": ("cli.approvals", "app", "Everything that waits for somebody's decision."),
    "campaign": ("cli.campaign", "app", "What must be signed off around a campaign."),
    "outreach": ("cli.outreach", "app", "Mails to approved creators."),
    "inbox": ("cli.inbox", "app", "Answers of creators."),
    "suppress": ("cli.suppress", "app", "Who must never be written to again."),
    "person": ("cli.person", "app", "One creator across campaigns: what we know, sent, heard, and how to forget it."),
    "deal": ("cli.deal", "app", "Offers, and what became of them."),
    "contracts": ("cli.contracts", "app", "Contracts from approved templates."),
    "content": ("cli.content", "app", "Drafts of creators."),
    "guardrails": ("cli.guardrails", "app", "What runs by itself, and how much of it a person looks at."),
    "audit": ("cli.audit", "app", "The log of what happened, and proof that it is whole."),
    "slack": ("cli.slack", "app", "Slack as a door: how it is set up, and the app to install."),
    "serve": ("cli.serve", "app", "Everything at once: the web door, the worker, the schedules."),
    "db": ("cli.database", "app", "The record's own upkeep."),
}


def main() -> None:
    """Run the command; exit 0 done, 1 refused, 2 wrong usage, 3 an outside system failed and a retry is worth it."""
    gc.set_threshold(_YOUNG)
    ctrl_c = CtrlC()
    try:
        ctrl_c.watch()
        _open_missing_streams()
        from cli.run import run

        code = run(sys.argv[1:], COMMANDS, ctrl_c)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        code = STOPPED
    ctrl_c.ignore()
    sys.exit(code)


def _open_missing_streams() -> None:
    # Where there is no standard output, the next file that is opened would be taken for it.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open until the program ends


if __name__ == "__main__":
    main()
