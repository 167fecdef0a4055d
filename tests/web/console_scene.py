"""Somebody before the console in a browser, and answers of creators that come in meanwhile."""

import re
from datetime import timedelta
from typing import Any

import httpx
from sqlmodel import select

from core.database import reading, unit_of_work
from core.models.candidates import Candidate
from core.models.outreach import Reply
from core.stages import Stage
from flows.serving.tokens import issue
from flows.steps.taking_up import take_up
from tests.house import House
from tests.web.calling import Caller

HOSTILE = '</textarea><script>alert(1)</script> {{ 7*7 }} " onfocus=alert(1) x="'
HERE = {"Origin": "http://greenroom"}


class Browser:
    """Keeps its cookie, and sends forms as a browser does."""

    def __init__(self, client: Caller, house: House) -> None:
        self.client, self.house, self.cookie = client, house, ""

    def key(self, person: str) -> str:
        w = self.house.w
        return issue(w.pepper, person, now=w.clock.now(), valid=timedelta(days=1))

    def sign_in(self, person: str, **form: str) -> httpx.Response:
        answer = self.client.post("/console/login", data={"key": self.key(person)} | form, headers=HERE)
        self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return answer

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={"Cookie": self.cookie} | headers)

    def mark(self) -> str:
        found = re.search(r'name="mark" value="([^"]+)"', self.get("/console").text)
        assert found is not None
        return found[1]

    def post(self, path: str, **form: str) -> httpx.Response:
        fields = {"mark": self.mark()} | form
        return self.client.post(path, data=fields, headers=HERE | {"Cookie": self.cookie})


def say(house: House, kind: str, text: str, **more: Any) -> int:
    with unit_of_work(house.w.engine) as session:
        candidate = session.exec(select(Candidate).where(Candidate.stage == Stage.REPLIED)).one()
        count = len(session.exec(select(Reply)).all())
        fields = {"mail_id": f"<{count}@x.example>", "candidate_id": candidate.id, "sender": "ada@example.com",
                  "kind": kind, "because": text[:100], "text": text, "language": "en",
                  "received_at": house.w.clock.now()}  # fmt: skip
        reply = Reply(**fields | more)
        session.add(reply)
        session.flush()
        take_up(house.w)(session, reply, candidate)
        return reply.id or 0


def reply_of(house: House, number: int) -> Reply:
    with reading(house.w.engine) as session:
        return session.get_one(Reply, number)
