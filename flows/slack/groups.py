"""Who is in a group of the people file that has a user group in Slack: asked of Slack when somebody acts.

Owns how long an answer is good for. Where Slack does not answer, the members in the file count.
"""

import logging
import threading
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from approvals.slack.api import Slack
from core.clock import Clock
from core.errors import GreenroomError
from core.people import People

log = logging.getLogger("greenroom.slack")

GOOD_FOR = timedelta(seconds=60)
_Answers = dict[str, tuple[datetime, frozenset[str]]]
#: What each connection to Slack answered, for as long as the connection is used.
_answers: WeakKeyDictionary[Slack, _Answers] = WeakKeyDictionary()
_lock = threading.Lock()


def as_slack_knows(people: People, slack: Slack, clock: Clock) -> People:
    """The same people, their groups as Slack knows them now."""
    for group in list(people.groups.values()):
        members = _members(slack, clock, group.slack) if group.slack else None
        if members is not None:
            people = people.with_members(group.id, members)
    return people


def _members(slack: Slack, clock: Clock, usergroup: str) -> frozenset[str] | None:
    now = clock.now()
    with _lock:
        known = _answers.setdefault(slack, {})
        at, members = known.get(usergroup, (None, frozenset[str]()))
    if at is not None and now - at <= GOOD_FOR:
        return members
    try:
        answer = slack.call("usergroups.users.list", {"usergroup": usergroup})
    except GreenroomError as error:
        log.warning("the members in the people file count, for Slack does not say who is in a group: %s", error)
        return None
    if not isinstance(answer.get("users"), list):
        return None
    members = frozenset(str(one) for one in answer["users"])
    with _lock:
        known[usergroup] = (now, members)
    return members
