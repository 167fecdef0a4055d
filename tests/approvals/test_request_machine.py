"""Whatever is asked, decided, taken back, carried out and withdrawn in whatever order: one question per matter that is
open or can come open again, one effect for each decision that stands, and none before its time."""

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from approvals.conversation import answer, ask_for_information, reassign
from approvals.second_thoughts import take_back
from approvals.service import (
    APPLY_JOB,
    AlreadyDecided,
    DecisionRefused,
    Question,
    ask,
    void,
)
from core import jobs
from core.database import unit_of_work
from core.errors import Refused, TransientError
from core.models.approvals import Request
from core.people import Role
from tests.approvals.request_model import CAMPAIGN, CARD, CONTENTS, MATTERS, PEOPLE, PICK, WHO, WINDOW, Known, Model


class Requests(Model):
    @initialize()
    def begin(self) -> None:
        self.ask("candidate:1", "a" * 64)

    @rule(matter=MATTERS, content=CONTENTS)
    def ask(self, matter: str, content: str) -> None:
        question = Question(kind="candidate", subject=matter, campaign=CAMPAIGN.slug, card=CARD, role=Role.REVIEWER,
                            assignee=PEOPLE.named("rosa"), requested_by="omar", sla=CAMPAIGN.sla,
                            content_sha256=content)  # fmt: skip
        with unit_of_work(self.engine) as session:
            request_id = ask(session, self.clock, question).id
        before = self.unsettled(matter)
        if before is not None and self.known[before].content == content:
            assert request_id == before
            return
        assert request_id not in self.known
        if before is not None:
            self.over(before, "void")
        self.known[request_id] = Known(matter, content)

    @rule(pick=PICK, choice=st.sampled_from(["approve", "decline"]), who=WHO, refuses=st.booleans(),
          window=st.sampled_from([True, True, False]), seen=st.one_of(st.none(), CONTENTS))  # fmt: skip
    def decide(self, pick: int, choice: str, who: str, window: bool, seen: str | None, refuses: bool) -> None:
        request_id = self.picked(pick)
        known = self.known[request_id]
        changed = seen not in (None, known.content)
        try:
            self.decide_it(request_id, choice, who, seen, window=window, refuses=refuses)
        except AlreadyDecided:
            assert known.status in ("decided", "pending")
        except DecisionRefused:
            assert known.status == "void" or (known.status == "open" and changed)
        except Refused:
            assert refuses
            assert not window
            assert known.status == "open"
        else:
            assert known.status == "open"
            assert not changed
            known.decided_at = self.clock.now()
            if window:
                known.status, known.until = "pending", self.clock.now() + WINDOW
            else:
                self.over(request_id, "decided")

    @rule(pick=PICK)
    def decide_with_an_effect_that_fails(self, pick: int) -> None:
        request_id = self.picked(pick)
        if self.known[request_id].status != "open":
            return
        try:
            self.decide_it(request_id, "approve", "rosa", None, fails=True)
        except ZeroDivisionError:
            return
        raise AssertionError("the failure was swallowed")

    @rule(pick=PICK, who=st.sampled_from(["rosa", "omar", "lena"]))
    def take_back(self, pick: int, who: str) -> None:
        request_id = self.picked(pick)
        known = self.known[request_id]
        in_time = known.until is not None and self.clock.now() < known.until
        try:
            with unit_of_work(self.engine) as session:
                take_back(session, self.clock, request_id, actor=PEOPLE.named(who), door="web", people=PEOPLE,
                          campaign=CAMPAIGN)  # fmt: skip
        except DecisionRefused:
            assert known.status != "pending" or not in_time or who == "lena"
        else:
            assert known.status == "pending"
            assert in_time
            assert who != "lena"
            known.status, known.until, known.decided_at = "open", None, None

    @rule(refuses=st.booleans())
    def apply_what_is_due(self, refuses: bool) -> None:
        """As the worker does; a job comes back for as long as it fails."""
        while True:
            with unit_of_work(self.engine) as session:
                job = jobs.claim(session, self.clock, kind=APPLY_JOB)
            if job is None:
                break
            at = datetime.fromisoformat(job.payload["decided_at"])
            self.apply_it(job.payload["request"], at, refuses)
            with unit_of_work(self.engine) as session:
                jobs.finish(session, self.clock, job.id or 0)
        for known in self.known.values():
            assert known.status != "pending" or (known.until is not None and self.clock.now() < known.until)

    @rule(pick=PICK, ago=st.sampled_from([timedelta(0), timedelta(minutes=1)]))
    def apply_at_the_wrong_time(self, pick: int, ago: timedelta) -> None:
        """A job that was worked twice, too soon, or that belongs to a decision taken back since."""
        request_id = self.picked(pick)
        at = (self.known[request_id].decided_at or self.clock.now()) - ago
        try:
            self.apply_it(request_id, at, False)
        except TransientError:
            known = self.known[request_id]
            assert known.status == "pending"
            assert known.until is not None
            assert self.clock.now() < known.until

    @precondition(lambda self: any(known.status in ("open", "pending") for known in self.known.values()))
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        unsettled = [name for name, known in self.known.items() if known.status in ("open", "pending")]
        request_id = data.draw(st.sampled_from(sorted(unsettled, key=list(self.known).index)))
        with unit_of_work(self.engine) as session:
            void(session, self.clock, kind="candidate", subject=self.known[request_id].matter, why="no longer needed")
        self.over(request_id, "void")

    @rule(pick=PICK, who=WHO)
    def pause_or_go_on(self, pick: int, who: str) -> None:
        request_id = self.picked(pick)
        known, actor = self.known[request_id], PEOPLE.named(who)
        calendar, other = PEOPLE.named("rosa").calendar, PEOPLE.named("sofia")
        try:
            with unit_of_work(self.engine) as session:
                request = session.get_one(Request, request_id)
                if known.waits:
                    answer(session, self.clock, request, actor=other, text="Here.", door="web", calendar=calendar)
                else:
                    ask_for_information(session, self.clock, request, actor=actor, of=other, text="Who?", door="web",
                                        calendar=calendar)  # fmt: skip
        except Refused:
            assert known.status != "open"
        else:
            assert known.status == "open"
            known.waits = not known.waits

    @rule(pick=PICK, to=st.sampled_from(["rosa", "rolf"]))
    def hand_on(self, pick: int, to: str) -> None:
        request_id = self.picked(pick)
        try:
            with unit_of_work(self.engine) as session:
                request = session.get_one(Request, request_id)
                reassign(session, self.clock, request, to=PEOPLE.named(to), actor=PEOPLE.named("omar"), people=PEOPLE,
                         calendar=PEOPLE.named(request.assignee).calendar)  # fmt: skip
        except Refused:
            assert self.known[request_id].status != "open"

    @rule(minutes=st.sampled_from([1, 9, 10, 10, 11, 60, 50 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))


class RequestsAtLength(Requests):
    """The same for longer."""


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=4, stateful_step_count=30, deadline=None, derandomize=True)
TestRequestsAtLength = pytest.mark.slow(RequestsAtLength.TestCase)
TestRequestsAtLength.settings = settings(max_examples=100, stateful_step_count=40, deadline=None, derandomize=True)
