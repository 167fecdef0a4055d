import subprocess
import sys

import numpy as np
import pytest

from bench.replies import Answer, load, reading_of
from outreach.meaning.language import language_of
from outreach.meaning.model import WEIGHTS, opinion
from outreach.meaning.model import load as load_weights
from outreach.meaning.training import learn, learnt_from
from outreach.phrases import LANGUAGES, OPTS_OUT, ReplyKind, Sign, signs
from outreach.replies import MAY_BE_OPT_OUT, Reading


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # The louder form of opting out is told apart, because it also stops a sender.
        ("Remove me or I will report you as spam.", ReplyKind.COMPLAINT),
        ("Sounds great but not before March.", ReplyKind.LATER),
        ("Leider keine Zeit, meldet euch im Frühjahr gern wieder.", ReplyKind.LATER),
        ("Love it, what do you pay?", ReplyKind.PRICE_TALK),
        ("I don't work for free.", ReplyKind.PRICE_TALK),
        ("The budget is too low, so I'll pass.", ReplyKind.DECLINED),
        ("I'm interested, one question: do I keep it?", ReplyKind.QUESTION),
        ("Great, how do we proceed?", ReplyKind.INTERESTED),
        ("Ich will nicht nein sagen!", ReplyKind.INTERESTED),
        ("Please delete all data you hold (Art. 17 GDPR).", ReplyKind.OPT_OUT),
        ("Löschen Sie meine Daten.", ReplyKind.OPT_OUT),
        ("Dejad de escribirme.", ReplyKind.OPT_OUT),
        ("Merci, non.", ReplyKind.OPT_OUT),
        ("Please don't contact\nme again.", ReplyKind.OPT_OUT),
    ],
)
def test_where_an_answer_says_two_things_one_goes_first(text: str, kind: ReplyKind) -> None:
    assert reading_of(text).kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "I don't want you to stop writing!",
        "No problem, no worries.",
        "Nothing stops me.",
        "Stop motion videos are what I do.",
        "My newsletter has a low unsubscribe rate.",
        "I can't stop smiling.",
        "Your mail was in my spam folder.",
        "Meine Abmelderate ist niedrig.",
        "¡No puedo parar de sonreír!",
        "Je n'arrête pas de sourire !",
    ],
)
def test_words_of_opting_out_that_mean_something_else_close_nobody(text: str) -> None:
    assert reading_of(text).kind not in OPTS_OUT


@pytest.fixture(scope="module")
def readings() -> list[tuple[Answer, Reading]]:
    return [(answer, reading_of(answer.text)) for answer in load("test")]


def test_the_sentence_that_decided_is_one_they_wrote(readings: list[tuple[Answer, Reading]]) -> None:
    for answer, reading in readings:
        because = reading.because.removeprefix(f"{MAY_BE_OPT_OUT}: ")
        plain = " ".join(answer.text.replace("’", "'").split())
        assert because in plain or because in ("nothing in it decides", "it has no words of its own")


def test_answers_nobody_tuned_on_are_understood_as_well_as_the_record_says(
    readings: list[tuple[Answer, Reading]],
) -> None:
    outs = [reading for answer, reading in readings if answer.kind in OPTS_OUT]
    seen = [out for out in outs if out.kind in OPTS_OUT or out.because.startswith(MAY_BE_OPT_OUT)]
    assert len(seen) >= 0.94 * len(outs)
    closed = [answer.kind in OPTS_OUT for answer, reading in readings if reading.kind in OPTS_OUT]
    assert sum(closed) >= 0.92 * len(closed)
    assert sum(answer.kind is reading.kind for answer, reading in readings) >= 0.83 * len(readings)


def test_what_only_the_model_takes_for_an_opt_out_is_shown_to_a_person(
    readings: list[tuple[Answer, Reading]],
) -> None:
    shown = [reading for _, reading in readings if reading.because.startswith(MAY_BE_OPT_OUT)]
    assert shown
    assert {(reading.kind, reading.decided_by) for reading in shown} == {(ReplyKind.UNCLEAR, "model")}
    assert all(reading.confidence is not None for reading in shown)
    by_model = {reading.kind for _, reading in readings if reading.decided_by == "model"}
    assert not by_model & {*OPTS_OUT, ReplyKind.AWAY, ReplyKind.BOUNCE}


def test_the_weights_were_learnt_from_the_examples_as_they_are() -> None:
    assert load_weights(WEIGHTS).learnt_from == learnt_from(), "run python -m outreach.meaning.training"


@pytest.mark.slow
def test_the_weights_are_those_that_the_examples_give() -> None:
    kept = load_weights(WEIGHTS)
    learnt = learn()
    assert kept.kinds == learnt.kinds
    assert list(kept.rows) == list(learnt.rows)
    assert np.allclose(kept.weights, learnt.weights, atol=0.02)


def test_reading_needs_no_scikit_learn() -> None:
    code = "import sys; from bench.replies import reading_of; reading_of('Hm'); sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_empty_text_has_no_deciding_sentence() -> None:
    assert opinion("", []).sentence == ""
    assert reading_of("🌿 !").kind is ReplyKind.UNCLEAR
    assert reading_of("???").because == "it has no words of its own"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thanks for the mail, I would love to hear more about it.", "en"),
        ("Danke für die Mail, ich würde gern mehr darüber wissen.", "de"),
        ("Gracias por el correo, me gustaría saber más.", "es"),
        ("Merci pour votre mail, je voudrais en savoir plus.", "fr"),
        ("ok", ""),
        ("Tack för mejlet, det låter jättebra tycker jag", ""),
    ],
)
def test_the_language_is_told_or_left_open(text: str, language: str) -> None:
    assert language_of(text) == language


def test_most_answers_are_in_the_language_they_are_written_in() -> None:
    told = [(answer.language, language_of(answer.text)) for answer in load("examples")]
    assert sum(said == "" or said == real for real, said in told) >= 0.97 * len(told)


def test_every_language_has_every_list() -> None:
    assert set(signs()) == set(Sign)
    assert len(LANGUAGES) == 4
