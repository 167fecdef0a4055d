"""Going through a queue by keyboard: what each key does, and what is on the screen meanwhile."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from rich.console import Console, RenderableType

from cli.review_screen import keys_of, talk_lines
from cli.review_session import Session, go_through
from core.cards import Card, Choice, Fact
from core.clock import FixedClock
from core.errors import Refused
from core.models.approvals import Request, RequestComment
from tests.cli.conftest import Terminal

CHOICES = (
    Choice(id="approve", label="Approve"),
    Choice(id="decline", label="Decline", needs_reason=True, reasons=("off topic", "off brand")),
    Choice(id="wrong_audience", label="Wrong audience"),
    Choice(id="hold", label="Hold", needs_reason=True),
)
Go = Callable[..., Session]


class Scripted:
    """Presses the keys it was given, then has had enough; keeps what it was shown."""

    def __init__(self, keys: str, lines: str = "") -> None:
        self._keys: Iterator[str] = iter(keys)
        self._line = lines
        self.seen: list[str] = []

    def key(self) -> str:
        try:
            return next(self._keys)
        except StopIteration:
            raise EOFError from None

    def line(self, prompt: str) -> str:
        self.seen.append(prompt)
        return self._line

    def draw(self, what: RenderableType) -> None:
        console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
        console.print(what)
        self.seen.append(console.export_text())
        console.file.close()


def request(name: str, clock: FixedClock) -> Request:
    facts = (Fact(label="Topic", value="linen, slow fashion", evidence="bio, 2026-11-01"),)
    card = Card(
        title=name, subtitle="Instagram, rank 1, fit 81.0 of 100", facts=facts, risk="thin data", choices=CHOICES
    )
    now = clock.now()
    return Request(kind="candidate", subject=name, campaign="c", content_sha256="", card=card.content(),
                   role="reviewer", assignee="rosa", requested_by="omar", asked_at=now,
                   first_reminder_at=now, second_reminder_at=now, due_at=now, clock_started_at=now)  # fmt: skip


@pytest.fixture
def decided() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def taken_back() -> list[str]:
    return []


@pytest.fixture
def go(clock: FixedClock, decided: list[tuple[str, str, str]], taken_back: list[str]) -> Go:
    queue = [request(name, clock) for name in ("Ada", "Bea", "Cleo")]

    def run(
        keyboard: Scripted, refuses: str = "", stands: str = "", said: Mapping[str, Sequence[RequestComment]] = {},
    ) -> Session:  # fmt: skip
        def decide(asked: Request, choice: str, reason: str) -> Request:
            if asked.subject == refuses:
                raise Refused(f"{asked.subject} was already decided: approve, by Omar.")
            decided.append((asked.subject, choice, reason))
            return asked.model_copy(update={"choice": choice})

        def take_back(asked: Request) -> Request:
            if asked.subject == stands:
                raise Refused(f"{asked.subject} can no longer be taken back.")
            taken_back.append(asked.subject)
            return asked.model_copy(update={"choice": None})

        return go_through(queue, keyboard, time_zone="Europe/Berlin", decide=decide, take_back=take_back,
                          talk=lambda asked: talk_lines(asked.waits_for, said.get(asked.subject, ())))  # fmt: skip

    return run


def test_every_choice_has_a_key_of_its_own() -> None:
    card = Card(title="Ada", choices=CHOICES)
    assert {key: choice.id for key, choice in keys_of(card).items()} == {
        "a": "approve", "d": "decline", "w": "wrong_audience", "h": "hold",
    }  # fmt: skip


def test_a_choice_never_takes_a_key_that_always_means_the_same() -> None:
    choices = (Choice(id="sign_off", label="Sign off"), Choice(id="stop", label="Sbq"), Choice(id="none", label="签"))
    assert [*keys_of(Card(title="x", choices=choices))] == ["i", "a", "c"]


def test_what_people_said_stands_on_the_screen(go: Go, clock: FixedClock) -> None:
    def comment(kind: str, text: str) -> RequestComment:
        return RequestComment(request_id="1", kind=kind, author="rosa", text=text, door="web", at=clock.now())

    keyboard = Scripted("s")
    go(keyboard, said={"Ada": [comment("comment", "Nice."), comment("question", "Who\nshot \x1b[2Jthis?")]})
    assert "2 comments, the last of rosa (question): Who shot" in keyboard.seen[0]
    assert "\x1b[2J" not in keyboard.seen[0]
    assert "comment" not in keyboard.seen[1]


def test_that_it_waits_for_an_answer_is_said() -> None:
    assert talk_lines("omar", ()) == ["Waits for an answer of omar"]
    assert talk_lines(None, ()) == []


def test_one_key_answers_and_the_next_one_comes(go: Go, decided: list[tuple[str, str, str]]) -> None:
    session = go(Scripted("aWa"))
    assert decided == [("Ada", "approve", ""), ("Bea", "wrong_audience", ""), ("Cleo", "approve", "")]
    assert session.answered == {"Approve": 2, "Wrong audience": 1}


def test_a_decline_takes_its_reason_from_the_list(go: Go, decided: list[tuple[str, str, str]]) -> None:
    keyboard = Scripted("d2")
    go(keyboard)
    assert decided == [("Ada", "decline", "off brand")]
    assert "off topic" in keyboard.seen[1]
    assert "Decline Ada: why?" in keyboard.seen[1]
    assert "Ada: decline, off brand." in keyboard.seen[2]


def test_a_reason_may_be_typed(go: Go, decided: list[tuple[str, str, str]]) -> None:
    go(Scripted("dt", "  competes with us "))
    go(Scripted("h", "after the holidays"))
    assert decided == [("Ada", "decline", "competes with us"), ("Ada", "hold", "after the holidays")]


@pytest.mark.parametrize("keys", ["d\x1b", "d9", "dt", "h"])
def test_without_a_reason_nothing_is_decided_and_the_question_stays(
    go: Go, decided: list[tuple[str, str, str]], keys: str
) -> None:
    keyboard = Scripted(keys)
    go(keyboard)
    assert decided == []
    assert "1 of 3" in keyboard.seen[-1]
    assert "needs a reason." in keyboard.seen[-1]


def test_the_last_answer_is_taken_back_and_its_question_comes_again(
    go: Go, decided: list[tuple[str, str, str]], taken_back: list[str]
) -> None:
    keyboard = Scripted("awuw")
    session = go(keyboard)
    assert taken_back == ["Bea"]
    assert "2 of 3" in keyboard.seen[3]
    assert "Bea: taken back." in keyboard.seen[3]
    assert [subject for subject, _, _ in decided] == ["Ada", "Bea", "Bea"]
    assert +session.answered == {"Approve": 1, "Wrong audience": 1}
    assert [request.subject for request in session.decided] == ["Ada", "Bea"]


def test_answers_are_taken_back_one_after_the_other_from_the_last(go: Go, taken_back: list[str]) -> None:
    keyboard = Scripted("asauuu")
    session = go(keyboard)
    # The third answer was the last question: to take it back there, the session would have to go on.
    assert taken_back == []
    assert [request.subject for request in session.decided] == ["Ada", "Cleo"]
    keyboard = Scripted("aauuu")
    assert go(keyboard).decided == []
    assert taken_back == ["Bea", "Ada"]
    assert "1 of 3" in keyboard.seen[-1]
    assert "Nothing was decided yet that could be taken back." in keyboard.seen[-1]


def test_what_stands_is_not_taken_back_and_says_why(go: Go, taken_back: list[str]) -> None:
    keyboard = Scripted("au")
    session = go(keyboard, stands="Ada")
    assert "Ada can no longer be taken back." in keyboard.seen[-1]
    assert "2 of 3" in keyboard.seen[-1]
    assert session.answered == {"Approve": 1}
    assert taken_back == []


def test_later_and_back_only_turn_the_page(go: Go, decided: list[tuple[str, str, str]]) -> None:
    keyboard = Scripted("ssbb")
    session = go(keyboard)
    assert [seen.split(" of ")[0].strip() for seen in keyboard.seen] == ["1", "2", "3", "2", "1"]
    assert decided == []
    assert session.decided == []


def test_who_was_answered_by_somebody_else_is_passed_over_with_the_reason(
    go: Go, decided: list[tuple[str, str, str]]
) -> None:
    keyboard = Scripted("aa")
    session = go(keyboard, refuses="Ada")
    assert "Ada was already decided: approve, by Omar." in keyboard.seen[1]
    assert decided == [("Bea", "approve", "")]
    assert session.answered == {"Approve": 1}


@pytest.mark.parametrize("stop", ["q", "\x03", ""])
def test_stopping_keeps_what_was_decided(go: Go, decided: list[tuple[str, str, str]], stop: str) -> None:
    assert len(go(Scripted(f"a{stop}")).decided) == 1
    assert decided == [("Ada", "approve", "")]


def test_a_key_that_means_nothing_says_so(go: Go, decided: list[tuple[str, str, str]]) -> None:
    keyboard = Scripted("x")
    go(keyboard)
    assert decided == []
    assert "That key answers nothing here." in keyboard.seen[-1]


def test_the_screen_has_all_that_is_needed_to_decide(go: Go) -> None:
    keyboard = Scripted("")
    go(keyboard)
    for words in ("1 of 3", "Ada", "fit 81.0 of 100", "linen, slow fashion", "bio, 2026-11-01", "thin data",
                  "due Friday 20 November, 10:30 (Europe/Berlin)", "Approve", "Later", "Take back",
                  "Stop"):  # fmt: skip
        assert words in keyboard.seen[0]


def test_without_a_terminal_the_command_says_what_to_use_instead(longlisted: Terminal) -> None:
    told = longlisted("review", "go", "linen-summer", "--as", "rosa")
    assert told.code == 1
    assert "greenroom review list linen-summer --cards" in told.err
