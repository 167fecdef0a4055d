"""The wire: what is tried again and for how long, what is not, and that no credential is ever said."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import GreenroomError, PermanentError, Refused, TransientError
from sourcing.fetching.asking import Ask, Heard, Order
from sourcing.fetching.instagram import Instagram
from sourcing.fetching.pages import begin_run
from sourcing.fetching.wire import Answer as Said
from sourcing.fetching.wire import Gone, MustWait, PlatformEmpty, Wire
from sourcing.fetching.youtube import YouTube
from tests.outreach.doors import Answer
from tests.sourcing.fetching.conftest import Open, again
from tests.sourcing.fetching.others import TOKEN
from tests.sourcing.fetching.platforms import HTML, BadDay, Platform
from tests.sourcing.fetching.youtubes import KEY, QUOTA_EXCEEDED, error

ASK = Ask("search", "/youtube/v3/search", (("q", "Füße & more"),), "searches")
FINE = Answer(200, {"items": []})
HTML_502 = Answer(502, HTML, {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Books:
    """How often a try was paid for and given back."""

    paid: int = 0
    unpaid: int = 0

    def pay(self) -> None:
        self.paid += 1

    def give_back(self) -> None:
        self.unpaid += 1


@dataclass
class Line:
    platform: Platform
    wire: Wire
    waits: list[float]
    books: Books

    def ask(self, *bad_days: BadDay | None, tag: str = "") -> Said:
        self.platform.bad_days = list(bad_days)
        return self.wire.ask(ASK, paid=self.books.pay, unpaid=self.books.give_back, tag=tag)


@pytest.fixture
def line(opened: Open, waits: list[float]) -> Iterator[Line]:
    platform = opened(Platform(paths={"/": lambda _: FINE}))
    source = YouTube(KEY, base_url=platform.url, pause_seconds=0)
    with Wire(source, sleep=waits.append, timeout_seconds=0.5) as wire:
        yield Line(platform, wire, waits, Books())


def test_a_good_answer_is_paid_for_once(line: Line) -> None:
    assert line.ask() == Said({"items": []})
    (asked,) = line.platform.asked
    assert asked.one("q") == "Füße & more"
    assert (line.books, line.waits) == (Books(1, 0), [])
    assert asked.request.headers["x-goog-api-key"] == KEY
    assert KEY not in asked.request.path


@pytest.mark.parametrize(
    "bad",
    [
        BadDay(HTML_502),
        BadDay(Answer(200, HTML, {"Content-Type": "text/html"})),
        BadDay(Answer(200, b'{"items": [', {"Content-Type": "application/json"})),
        BadDay(Answer(200, b"", {"Content-Type": "application/json"})),
        BadDay(Answer(200, b"\xff\xfe{}", {"Content-Type": "application/json"})),
        BadDay(cut=True),
        BadDay(Answer(cut=True)),
        BadDay(slow_seconds=1.0),
        BadDay(Answer(200, b" " * 100 + b"{}"), drips_seconds=0.1),
        BadDay(Answer(429, {"error": {"message": "slow down"}})),
        BadDay(Answer(500, {"error": {"message": "Backend Error"}})),
        BadDay(Answer(408, HTML, {"Content-Type": "text/html"})),
        BadDay(Answer(304)),
        BadDay(Answer(429, {}, {"Retry-After": "0"})),
        BadDay(Answer(503, {}, {"Retry-After": "Fri, 20 Nov 2020 09:30:00 GMT"})),
    ],
    ids=[
        "502 page",
        "200 page",
        "half json",
        "empty",
        "no utf-8",
        "cut body",
        "no answer",
        "slow",
        "drips",
        "429",
        "500",
        "408",
        "unchanged, though we named nothing",
        "at once",
        "long ago",
    ],
)
def test_a_bad_day_is_tried_again_and_paid_for(line: Line, bad: BadDay) -> None:
    assert line.ask(bad).said == {"items": []}
    assert (line.books, line.waits) == (Books(2, 0), [1.0])


def test_four_tries_and_waits_that_grow(line: Line) -> None:
    with pytest.raises(TransientError, match=r"YouTube Data API v3: 502, 4 times\."):
        line.ask(*[BadDay(HTML_502)] * 9)
    assert (line.books.paid, line.waits) == (4, [1.0, 2.0, 4.0])


def test_retry_after_is_kept_in_seconds_and_as_a_date(line: Line) -> None:
    line.ask(BadDay(Answer(429, {}, {"Retry-After": "7"})))
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    line.ask(BadDay(Answer(503, HTML, {"Retry-After": at})))
    reset = str(int((datetime.now(UTC) + timedelta(seconds=40)).timestamp()))
    line.ask(BadDay(Answer(429, {}, {"RateLimit-Remaining": "0", "RateLimit-Reset": reset})))
    line.ask(BadDay(Answer(429, {}, {"Retry-After": "soon"})))
    assert line.waits[0] == 7
    assert 30 < line.waits[1] <= 50
    assert 20 < line.waits[2] <= 40
    assert line.waits[3] == 1.0


def test_nobody_is_kept_waiting_for_an_hour(line: Line) -> None:
    with pytest.raises(MustWait) as caught:
        line.ask(BadDay(Answer(429, {"error": {"message": "later"}}, {"Retry-After": "3600"})))
    assert (caught.value.seconds, line.waits, line.books.paid) == (3600, [], 1)
    with pytest.raises(MustWait) as caught:
        line.ask(BadDay(Answer(429, {}, {"Retry-After": "999999999"})))
    assert caught.value.seconds == 86_400  # after a day the platform is asked again


def test_what_is_no_number_is_unknown_and_half_a_character_a_mark(line: Line, tmp_path: Path) -> None:
    digits = b"9" * 5_000
    body = (b'{"nan": NaN, "far": 1e999, "minus": -Infinity, "long": ' + digits + b', "count": 12, "rate": 0.5, '
            b'"half": "so \\ud83d", "whole": "\\ud83d\\ude00", "hangul": "\\ud55c"}')  # fmt: skip
    said = line.ask(BadDay(Answer(200, body, {"Content-Type": "application/json"}))).said
    assert said == {"nan": None, "far": None, "minus": None, "long": None, "count": 12, "rate": 0.5,
                    "half": "so ?", "whole": "\U0001f600", "hangul": "\ud55c"}  # fmt: skip
    run = begin_run(tmp_path / "run", Order("youtube", "linen"), [ASK])
    run.add(Heard(rows=(said,)))
    assert again(run).rows == [said]


@pytest.mark.parametrize("key", ["AIza key\n", "AIza\u00e4", "AIza\x00"])
def test_a_credential_that_is_none_asks_nothing_and_is_not_said(line: Line, key: str, waits: list[float]) -> None:
    source = YouTube(key, base_url=line.platform.url)
    with Wire(source, sleep=waits.append) as wire, pytest.raises(PermanentError) as caught:
        wire.ask(ASK, paid=line.books.pay, unpaid=line.books.give_back)
    assert "docs/sources/youtube.md" in str(caught.value)
    assert "AIza" not in str(caught.value)
    assert (line.platform.asked, line.books, waits) == ([], Books(), [])


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (QUOTA_EXCEEDED, PlatformEmpty, "exceeded your quota"),
        (error(404, "gone", "channelNotFound"), Gone, "can no longer be had"),
        (error(400, "Invalid \x1b[31m\nvalue", "invalidParameter"), PermanentError, "400 Invalid .31m value"),
        (Answer(302, b"", {"Location": "http://elsewhere.example.com/"}), PermanentError, r"elsewhere \(302\)"),
        (Answer(403, HTML, {"Content-Type": "text/html"}), PermanentError, "403"),
    ],
)
def test_what_is_not_tried_again(line: Line, answer: Answer, kind: type[GreenroomError], words: str) -> None:
    with pytest.raises(kind, match=words):
        line.ask(BadDay(answer))
    assert (line.books.paid, line.waits) == (1, [])


def test_whoever_may_not_pay_asks_nothing(line: Line) -> None:
    def refuse() -> None:
        raise TransientError("no")

    with pytest.raises(TransientError):
        line.wire.ask(ASK, paid=refuse, unpaid=line.books.give_back)
    assert line.platform.asked == []


def test_where_nobody_listens_nothing_is_spent(waits: list[float]) -> None:
    books = Books()
    nowhere = YouTube(KEY, base_url="http://127.0.0.1:9", pause_seconds=0)
    with Wire(nowhere, sleep=waits.append) as wire, pytest.raises(TransientError, match="no connection"):
        wire.ask(ASK, paid=books.pay, unpaid=books.give_back)
    assert books.paid == books.unpaid == 4


def test_an_answer_that_never_ends_is_given_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sourcing.fetching.wire._MOST_BYTES", 10_000)
    with pytest.raises(PermanentError, match="answered with more than"):
        line.ask(BadDay(Answer(200, b" " * 20_000)))


def test_a_tag_is_named_and_an_unchanged_answer_is_told_from_an_empty_one(line: Line) -> None:
    line.platform.paths = {"/": lambda asked: Answer(304) if asked.request.headers.get("if-none-match") == '"a"'
                           else Answer(200, {"items": []}, {"ETag": '"a"'})}  # fmt: skip
    assert line.ask() == Said({"items": []}, '"a"')
    assert line.ask(tag='"a"').unchanged
    assert not line.ask(tag='"b"').unchanged


def test_pauses_are_kept_between_requests(opened: Open, waits: list[float]) -> None:
    platform = opened(Platform(paths={"/": lambda _: FINE}))
    with Wire(YouTube(KEY, base_url=platform.url, pause_seconds=60), sleep=waits.append) as wire:
        for _ in range(3):
            wire.ask(ASK, paid=lambda: None, unpaid=lambda: None)
    assert len(waits) == 2
    assert all(50 < wait <= 60 for wait in waits)


@pytest.mark.parametrize(
    "make",
    [lambda url: YouTube(KEY, base_url=url, pause_seconds=0),
     lambda url: Instagram(TOKEN, "1", base_url=url, pause_seconds=0)],
)  # fmt: skip
def test_no_credential_is_said_whatever_the_other_side_says(
    opened: Open, make: Callable[[str], Any], waits: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    platform = opened(Platform())
    source = make(platform.url)
    (secret,) = source.secrets
    words = f"bad key {secret}"
    bad = [Answer(status, {"error": {"message": words, "code": code, "errors": [{"reason": secret}]}})
           for status, code in ((400, 190), (403, 10), (429, 4), (500, 1), (404, 110))]  # fmt: skip
    with ExitStack() as stack:
        wire = stack.enter_context(Wire(source, sleep=waits.append))
        for answer in bad:
            platform.bad_days = [BadDay(answer)] * 4
            with pytest.raises(GreenroomError) as caught:
                wire.ask(ASK, paid=lambda: None, unpaid=lambda: None)
            assert secret not in f"{caught.value} {caught.value!r} {caught.value.__cause__}"
    assert secret not in caplog.text
    assert secret not in repr(source)
    assert secret not in repr(platform.asked[0].path)


def test_nothing_is_asked_without_encryption() -> None:
    with pytest.raises(Refused, match="without encryption"), Wire(replace(YouTube(KEY), base_url="http://example.com")):
        pass
