"""Socket Mode of the simulated Slack, with the clients that Slack ships."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from core.clock import FixedClock
from tests.approvals.slack.simulator import Simulator
from tests.approvals.slack.simulator_apps import app_of, let_go, over_socket

Listener = Callable[[BaseSocketModeClient, SocketModeRequest], None]


@pytest.fixture
def heard() -> list[Mapping[str, Any]]:
    return []


def connected(simulator: Simulator, listener: Listener) -> SocketModeClient:
    client = SocketModeClient("xapp-1", web_client=WebClient(base_url=simulator.address), ping_interval=0.1)
    client.socket_mode_request_listeners.append(listener)
    client.connect()
    simulator.sockets.wait()
    return client


def test_only_a_token_of_the_app_itself_opens_it(simulator: Simulator) -> None:
    client = WebClient(base_url=simulator.address)
    assert client.apps_connections_open(app_token="xapp-1")["url"].startswith("ws://127.0.0.1:")
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        client.apps_connections_open(app_token="xoxb-1")
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        WebClient("xapp-1", base_url=simulator.address).auth_test()


def test_everything_that_members_do_reaches_an_app_of_bolts(
    simulator: Simulator, heard: list[Mapping[str, Any]]
) -> None:
    with over_socket(simulator, app_of(simulator, heard.append)):
        assert simulator.command("U1", "queue").ok
        assert simulator.open_home("U1").ok
        # Bolt acknowledges events before their listener has run.
        simulator.until(lambda: len(heard) == 2)
    assert [body.get("command", body.get("type")) for body in heard] == ["/greenroom", "event_callback"]
    assert [sent["type"] for sent in simulator.sockets.sent] == ["slash_commands", "events_api"]
    assert simulator.sockets.sent[1]["retry_attempt"] == 0


def test_an_answer_comes_with_the_acknowledgement(simulator: Simulator) -> None:
    def answer(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "a" * 70_000}))

    client = connected(simulator, answer)
    # Long enough for each of the three ways in which a frame says how long it is.
    told = simulator.command("U1", "b" * 70_000)
    let_go(client)
    assert told.body == {"text": "a" * 70_000}
    assert [len(said["text"]) for said in simulator.whispers_to("U1")] == [70_000]
    assert [problem.partition(":")[0] for problem in simulator.problems] == ["command"]
    simulator.problems.clear()


def test_an_answer_where_none_is_taken_is_a_problem(simulator: Simulator) -> None:
    def answer(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "a"}))
        client.send_socket_mode_response(SocketModeResponse("nothing"))

    client = connected(simulator, answer)
    simulator.open_home("U1")
    simulator.until(lambda: len(simulator.problems) == 2)
    let_go(client)
    assert "takes no answer" in simulator.problems[0]
    assert "nothing that was sent" in simulator.problems[1]
    simulator.problems.clear()


def test_what_is_not_acknowledged_comes_again(simulator: Simulator) -> None:
    came: list[SocketModeRequest] = []

    def answer(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        came.append(request)
        if len(came) == 3:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client = connected(simulator, answer)
    simulator.doors.patience = 0.05
    told = simulator.open_home("U1")
    let_go(client)
    assert told.status == 0
    assert [request.retry_attempt for request in came] == [0, 1, 2]
    assert [request.retry_reason for request in came] == ["", "timeout", "timeout"]
    assert len({request.payload["event_id"] for request in came}) == 1
    assert [told.status for _, _, told in simulator.doors.tries] == [0, 0, 200]


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_a_client_that_is_asked_connects_anew_and_misses_nothing(
    simulator: Simulator, heard: list[Mapping[str, Any]], reason: str
) -> None:
    with over_socket(simulator, app_of(simulator, heard.append)) as client:
        first = simulator.sockets.connections[0]
        simulator.sockets.disconnect(reason)
        simulator.until(lambda: simulator.sockets.connections != [first] and len(simulator.sockets.connections) == 1)
        assert simulator.command("U1", "queue").ok
        assert client.is_connected()
    assert [method for method, _ in simulator.calls] == ["apps.connections.open"] * 2


def test_after_a_connection_broke_the_app_comes_back(simulator: Simulator, heard: list[Mapping[str, Any]]) -> None:
    with over_socket(simulator, app_of(simulator, heard.append)):
        simulator.sockets.drop()
        simulator.sockets.wait(0)
        assert simulator.command("U1", "queue").ok
    assert len(heard) == 1


def test_what_was_on_its_way_when_the_connection_broke_comes_over_the_next(
    simulator: Simulator, heard: list[Mapping[str, Any]]
) -> None:
    def breaking(body: Mapping[str, Any]) -> None:
        heard.append(body)
        if len(heard) == 1:
            simulator.sockets.drop()

    simulator.doors.patience = 30
    before = time.monotonic()
    with over_socket(simulator, app_of(simulator, breaking)):
        assert simulator.command("U1", "queue").status == 0
    # Nothing waits for an answer that can come no more.
    assert time.monotonic() - before < 20
    assert [told.status for _, _, told in simulator.doors.tries] == [0, 200]
    assert len({body["trigger_id"] for body in heard}) == 1


def test_a_close_as_the_standard_says_is_answered_with_a_new_connection(simulator: Simulator) -> None:
    with over_socket(simulator, app_of(simulator, lambda _: None)):
        first = simulator.sockets.connections[0]
        simulator.sockets.close()
        simulator.until(lambda: simulator.sockets.connections != [first] and len(simulator.sockets.connections) == 1)


def test_both_sides_know_that_the_other_lives(simulator: Simulator) -> None:
    client = connected(simulator, lambda *_: None)
    session = client.current_session
    assert session is not None
    simulator.until(lambda: simulator.sockets.connections[0].pongs > 1 and session.last_ping_pong_time is not None)
    let_go(client)


def test_a_ticket_is_good_for_one_connection(simulator: Simulator) -> None:
    client = connected(simulator, lambda *_: None)
    address = str(client.wss_uri).replace("ws", "http", 1)
    # Slack's own client leaves its socket open when it is turned away.
    asking = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "a" * 22 + "=="}
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(urllib.request.Request(address, headers=asking), timeout=5)
    refused.value.close()
    let_go(client)


def test_nobody_listens(simulator: Simulator) -> None:
    simulator.doors.patience = 0.01
    assert simulator.command("U1", "queue").status == 0
    assert len(simulator.doors.tries) == 4


def test_the_simulator_ends_although_clients_stay(clock: FixedClock) -> None:
    with Simulator(clock) as simulator:
        client = connected(simulator, lambda *_: None)
        client.auto_reconnect_enabled = False
        client.logger.disabled = True
    client.logger.disabled = False
    let_go(client)
    assert [thread.name for thread in threading.enumerate() if "process_request_thread" in thread.name] == []
