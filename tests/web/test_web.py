"""The web door: who may call, what comes back, what every refusal looks like, and what never gets in."""

import json
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import Response
from pydantic import SecretStr

from approvals.slack import outbox
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.models.approvals import Request
from core.settings import PROJECT
from flows.serving.tokens import issue
from flows.steps.conversation import comment
from flows.wiring import Wiring
from tests.conftest import START
from tests.homes import copied
from tests.house import House
from tests.web.calling import Caller, calling
from web.app import create_app
from web.shell import BODY_LIMIT, Shell

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def house(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One copy for this file: each test takes a question of its own from the queue."""
    made = copied(longlisted_home, tmp_path_factory.mktemp("web") / "home")
    yield made
    made.w.engine.dispose()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[Caller]:
    with calling(create_app(house.w)) as client:
        yield client


@pytest.fixture
def question(house: House) -> Request:
    return house.queue()[0]


def key_of(w: Wiring, person: str, *, valid: timedelta = DAY) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue(w.pepper, person, now=w.clock.now(), valid=valid)}"}


def decided(
    client: Caller, w: Wiring, question: Request, *, by: str = "rosa", **changes: object
) -> tuple[int, dict[str, str]]:
    body = {"choice": "approve", "content_sha256": question.content_sha256} | changes
    answer = client.post(f"/api/requests/{question.id}/decide", json=body, headers=key_of(w, by))
    return answer.status_code, answer.json()


def test_health_needs_no_key_and_says_that_the_record_is_there(client: Caller) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["record"], answer.json()["served"]) == (200, "reachable", False)
    assert answer.json()["slack"] == {"on": False}


def test_health_says_how_posting_to_slack_goes(house: House) -> None:
    on = replace(house.w, settings=house.w.settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-1")}))
    with unit_of_work(on.engine) as session:
        for key, status, error in (("a", "dead", "is_archived"), ("b", "waiting", "ratelimited"), ("c", "waiting", "")):
            post = outbox.put(session, on.clock, key=key, method="chat.postMessage", channel="C1", payload={})
            post.status, post.last_error = status, error
    with calling(create_app(on)) as client:
        told = client.get("/health").json()["slack"]
    assert told == {"on": True, "waiting": 2, "dead": 1, "trouble": "ratelimited"}


def test_health_is_503_where_the_record_is_not_of_this_version(tmp_path: Path, house: House) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with closing(sqlite3.connect(home / "greenroom.db")) as record:
        record.execute("CREATE TABLE something_else (id INTEGER)")
    w = Wiring(settings=house.w.settings.model_copy(update={"home": home}), clock=FixedClock(START))
    with calling(create_app(w)) as client:
        answer = client.get("/health")
    assert answer.status_code == 503
    assert "not of this version" in answer.json()["record"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y", "Basic cm9zYTp4", "Bearer .", "Bearer a.b.c"])
def test_without_a_key_nothing_is_shown(client: Caller, header: str) -> None:
    answer = client.get("/api/requests", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()) == {"error", "next_step"}


def test_a_key_that_is_over_is_no_key(client: Caller, house: House) -> None:
    token = issue(house.w.pepper, "rosa", now=START - 2 * DAY, valid=DAY)
    assert client.get("/api/requests", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_whoever_left_the_people_file_has_no_say_from_that_moment(house: House, tmp_path: Path) -> None:
    people = tmp_path / "people.toml"
    people.write_text((PROJECT / "people.example.toml").read_text())
    w = Wiring(settings=house.w.settings.model_copy(update={"people_file": people}), clock=house.w.clock)
    w.__dict__["engine"] = house.w.engine
    with calling(create_app(w)) as client:
        assert client.get("/api/requests", headers=key_of(w, "rosa")).status_code == 200
        people.write_text('[[person]]\nid = "omar"\nname = "Omar"\nmail = "o@example.com"\nroles = ["ops"]\n')
        assert client.get("/api/requests", headers=key_of(w, "rosa")).status_code == 401


def test_the_list_is_filtered_and_comes_in_pages(client: Caller, house: House) -> None:
    def listed(query: str) -> dict[str, Any]:
        got: dict[str, Any] = client.get(f"/api/requests?{query}", headers=key_of(house.w, "omar")).json()
        return got

    everything = listed("limit=200")
    first, second = listed("limit=3"), listed("limit=3&offset=3")
    assert [*first["requests"], *second["requests"]] == everything["requests"][:6]
    assert first["total"] == everything["total"] == len(everything["requests"])
    assert listed("campaign=nothing-such")["requests"] == listed("person=omar&status=void")["requests"] == []
    assert "card" not in first["requests"][0]
    for wrong in ("campaign=%00", "person=%00", f"campaign={'x' * 101}"):
        assert "cannot be read" in listed(wrong)["error"]


def test_one_request_comes_with_its_card(client: Caller, house: House, question: Request) -> None:
    got = client.get(f"/api/requests/{question.id}", headers=key_of(house.w, "omar")).json()
    assert (got["card"], got["content_sha256"]) == (question.card, question.content_sha256)


def test_a_decision_is_taken_with_its_door_and_a_second_is_told_who_was_first(
    client: Caller, house: House, question: Request
) -> None:
    assert decided(client, house.w, question)[0] == 200
    status, said = decided(client, house.w, question, choice="hold", reason="late")
    assert (status, "already decided: approve" in said["error"]) == (409, True)
    with reading(house.w.engine) as session:
        kept = session.get_one(Request, question.id)
    assert (kept.choice, kept.decided_by, kept.door) == ("approve", "rosa", "web")


@pytest.mark.parametrize(
    ("by", "changes", "status", "word"),
    [
        ("rosa", {"content_sha256": "0" * 64}, 409, "has changed"),
        ("rosa", {"content_sha256": "none"}, 422, "content_sha256"),
        ("rosa", {"choice": "marry"}, 422, "cannot be answered"),
        ("rosa", {"choice": "decline"}, 422, "needs a reason"),
        ("rosa", {"choice": "decline", "reason": "x" * 5_001}, 422, "has 5,001 characters; 2,000 are the most"),
        ("rosa", {"actor": "lena"}, 422, "actor"),
        ("sofia", {}, 403, "may not decide"),
    ],
)
def test_every_refusal_has_its_status_and_leaves_the_question_open(
    client: Caller, house: House, question: Request, by: str, changes: Mapping[str, str], status: int, word: str
) -> None:
    got, said = decided(client, house.w, question, by=by, **changes)
    assert (got, word in said["error"]) == (status, True), said
    with reading(house.w.engine) as session:
        assert session.get_one(Request, question.id).status == "open"


@pytest.mark.parametrize("path", ["/api/requests/0000", "/api/requests/%00", "/api/nothing", "/docs", "/openapi.json"])
def test_what_is_not_there_is_404_in_words(client: Caller, house: House, path: str) -> None:
    answer = client.get(path, headers=key_of(house.w, "rosa"))
    assert (answer.status_code, set(answer.json())) == (404, {"error", "next_step"})
    assert answer.json()["next_step"]


def test_another_method_is_405_with_a_next_step(client: Caller, house: House) -> None:
    answer = client.post("/api/requests", headers=key_of(house.w, "rosa"))
    assert (answer.status_code, "look with GET" in answer.json()["next_step"]) == (405, True)


def test_a_decision_is_taken_back_over_the_web(client: Caller, house: House, question: Request) -> None:
    assert decided(client, house.w, question, may_be_taken_back=True)[0] == 200
    path, rosa = f"/api/requests/{question.id}/take-back", key_of(house.w, "rosa")
    assert client.post(path, headers=key_of(house.w, "lena")).status_code == 403
    answer = client.post(path, headers=rosa)
    assert (answer.status_code, answer.json()["status"], answer.json()["choice"]) == (200, "open", None)
    again = client.post(path, headers=rosa)
    assert (again.status_code, "taken back by Rosa Lindqvist already" in again.json()["error"]) == (409, True)
    assert client.post(path).status_code == 401
    assert client.post("/api/requests/0000/take-back", headers=rosa).status_code == 404
    assert decided(client, house.w, question)[0] == 200
    final = client.post(path, headers=rosa)
    assert (final.status_code, "can no longer be taken back" in final.json()["error"]) == (409, True)


def test_many_are_decided_over_the_web_each_with_its_own_outcome(client: Caller, house: House) -> None:
    [first, second, *_] = house.queue()
    body = {"requests": [first.id, "zzz", second.id], "choice": "hold", "reason": "after the holidays"}
    assert client.post("/api/requests/bulk", json=body).status_code == 401
    answer = client.post("/api/requests/bulk", json=body, headers=key_of(house.w, "rosa"))
    outcomes = answer.json()["outcomes"]
    assert (answer.status_code, [one["status"] for one in outcomes]) == (200, ["decided", "refused", "decided"])
    assert outcomes[0]["undo_until"] == (house.w.clock.now() + timedelta(minutes=10)).isoformat()
    assert outcomes[1]["error"] == "There is no request 'zzz'."
    with reading(house.w.engine) as session:
        assert session.get_one(Request, first.id).door == "web"


@pytest.mark.parametrize("requests", [[], ["x"] * 201, ["x" * 101], "x"])
def test_many_are_at_least_one_and_at_most_two_hundred(client: Caller, house: House, requests: object) -> None:
    body = {"requests": requests, "choice": "approve"}
    assert client.post("/api/requests/bulk", json=body, headers=key_of(house.w, "rosa")).status_code == 422


def test_one_request_comes_with_what_was_said_about_it(client: Caller, house: House, question: Request) -> None:
    comment(house.w, question.id, "Nice <light>.", actor=house.w.people.named("sofia"), door="terminal")
    got = client.get(f"/api/requests/{question.id}", headers=key_of(house.w, "omar")).json()
    assert [(one["author"], one["kind"], one["text"]) for one in got["comments"]] == [
        ("sofia", "comment", "Nice <light>.")
    ]


def test_no_answer_lets_another_page_in(client: Caller) -> None:
    for answer in (client.get("/health", headers={"Origin": "https://evil.example"}), client.get("/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers


def test_what_was_cut_off_on_its_way_is_not_carried_out() -> None:
    calls, said = [], []
    parts = [{"type": "http.request", "body": b"text=We+do+not", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        said.append(message)

    async def program(scope: Any, receive: Any, send: Any) -> None:
        calls.append(scope)

    anyio.run(Shell(program), {"type": "http"}, receive, send)
    assert (calls, said) == ([], [])


def test_a_body_beyond_a_megabyte_is_refused_with_or_without_its_length_said(client: Caller) -> None:
    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(BODY_LIMIT // 65536 + 1):
            yield b"x" * 65536

    assert client.post("/slack/events", content=b"x" * (BODY_LIMIT + 1)).status_code == 413
    assert client.post("/slack/events", content=in_parts()).status_code == 413
    assert client.post("/slack/events", content=b"x" * BODY_LIMIT).status_code == 404


def test_without_slack_its_address_says_so(client: Caller) -> None:
    answer = client.post("/slack/events", content=b"{}")
    assert (answer.status_code, answer.json()["error"]) == (404, "Nothing here listens to Slack.")
    assert "GREENROOM_SLACK_SIGNING_SECRET" in answer.json()["next_step"]


def test_slack_gets_the_body_as_it_came_and_answers_itself(house: House) -> None:
    def slack(body: bytes, headers: Mapping[str, str]) -> Response:
        return Response(json.dumps([body.decode(), headers["x-slack-signature"]]), status_code=202)

    with calling(create_app(house.w, slack)) as client:
        answer = client.post("/slack/events", content=b" {raw} ", headers={"X-Slack-Signature": "v0=1"})
    assert (answer.status_code, answer.json()) == (202, [" {raw} ", "v0=1"])


def test_slow_calls_of_slack_do_not_wait_for_one_another(house: House) -> None:
    def slack(_body: bytes, _headers: Mapping[str, str]) -> Response:
        time.sleep(0.2)
        return Response("ok")

    with calling(create_app(house.w, slack)) as client, ThreadPoolExecutor(5) as pool:
        began = time.monotonic()
        answers = list(pool.map(lambda _: client.post("/slack/events").status_code, range(5)))
        assert (answers, time.monotonic() - began < 0.8) == ([200] * 5, True)
