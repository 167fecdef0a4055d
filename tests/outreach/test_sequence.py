"""What a creator gets and when, decided from plain data; and the file that says so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.campaign import Campaign
from core.errors import BadInput
from core.people import WorkCalendar
from core.stages import Stage
from outreach.entries import BY_HAND, MARKETING
from outreach.sequence import NO_ANSWER, Mailed, Next, load_sequence, sequence_of, what_comes_next
from tests.outreach.conftest import TEMPLATES

BERLIN = WorkCalendar(time_zone="Europe/Berlin", country="DE")
HOURS = (9, 18)
SEQUENCE = load_sequence(TEMPLATES, "standard", "en")
#: A Friday.
FIRST = Mailed("invite", "sent", MARKETING, datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(*mails: Mailed, stage: str = Stage.INVITED, replies: tuple[str, ...] = ()) -> Next:
    return what_comes_next(SEQUENCE, stage=stage, mails=mails, replies=replies, calendar=BERLIN, hours=HOURS)


def test_our_sequence_is_an_invitation_and_two_follow_ups_on_the_third_and_seventh_day() -> None:
    assert [(step.name, step.after_days) for step in SEQUENCE.steps] == [
        ("invite", 0),
        ("follow-up-1", 3),
        ("follow-up-2", 7),
    ]


def test_the_invitation_has_the_campaigns_template_and_deadline(campaign: Campaign) -> None:
    own = campaign.outreach.model_copy(update={"template": "other", "reply_within_days": 9})
    first = sequence_of(TEMPLATES, campaign.model_copy(update={"outreach": own})).steps[0]
    assert (first.template, first.answer_within_days) == ("other", 9)


def test_follow_ups_come_on_the_days_of_the_sequence_when_the_readers_window_opens() -> None:
    assert after(FIRST) == Next("follow-up-1", at("2026-11-23T08:00"), "3 days after the first mail without a reply")
    on_time = Mailed("follow-up-1", "sent", MARKETING, at("2026-11-23T08:10"))
    assert after(FIRST, on_time).when == at("2026-11-27T08:00")


def test_a_late_follow_up_pushes_the_next_one_on() -> None:
    late = Mailed("follow-up-1", "sent", MARKETING, at("2026-11-26T08:10"))
    # Four days on is a Monday.
    assert after(FIRST, late).when == at("2026-11-30T08:00")


def test_a_follow_up_due_at_a_weekend_comes_on_the_working_day_after_it() -> None:
    wednesday = Mailed("invite", "sent", MARKETING, at("2026-11-18T09:30"))
    assert after(wednesday).when == at("2026-11-23T08:00")


def test_days_are_the_readers_calendar_days_across_midnight_and_daylight_saving() -> None:
    # 23:30 UTC on Tuesday is Wednesday in Berlin, where clocks go back on the Sunday after.
    night = Mailed("invite", "sent", MARKETING, at("2026-10-20T22:30"))
    assert after(night).when == at("2026-10-26T08:00")
    early = Mailed("invite", "sent", MARKETING, at("2026-10-19T22:30"))
    assert after(early).when == at("2026-10-23T07:00")


def test_after_the_last_mail_comes_no_answer() -> None:
    mails = [
        FIRST,
        Mailed("follow-up-1", "sent", MARKETING, at("2026-11-23T08:10")),
        Mailed("follow-up-2", "sent", MARKETING, at("2026-11-27T08:10")),
    ]
    assert (after(*mails).what, after(*mails).when) == (NO_ANSWER, at("2026-12-04T08:00"))


@pytest.mark.parametrize("kind", ["interested", "unclear", "bounce", "opt-out", "complaint", "later"])
def test_whatever_comes_back_ends_it(kind: str) -> None:
    assert after(FIRST, replies=("away", kind)) == Next("", None, f"something came back: {kind}")


def test_an_automatic_note_of_absence_does_not() -> None:
    assert after(FIRST, replies=("away",)).what == "follow-up-1"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_follow_up_that_was_not_sent_for_good_is_the_last(status: str) -> None:
    assert after(FIRST, Mailed("follow-up-1", status, MARKETING)).what == NO_ANSWER


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.APPROVED, Stage.INVITED)])
def test_another_stage_ends_it(stage: Stage) -> None:
    assert (after(FIRST, stage=stage).what, after(FIRST, stage=stage).when) == ("", None)


def test_who_was_written_to_by_hand_is_followed_up_by_hand() -> None:
    by_hand = Mailed("invite", "sent", BY_HAND, FIRST.sent_at)
    assert (after(by_hand).what, after(by_hand).when) == (NO_ANSWER, at("2026-12-04T08:00"))


def test_what_nobody_can_tell_waits_for_a_person() -> None:
    unknown = Mailed("follow-up-1", "unknown", MARKETING)
    assert after(FIRST, unknown).what == ""
    assert after(Mailed("invite", "unknown", MARKETING), stage=Stage.APPROVED).what == ""


@pytest.mark.parametrize(("mails", "what"), [((), "invite"), ((Mailed("invite", "pending", MARKETING),), "invite"),
                                             ((Mailed("invite", "failed", MARKETING),), "")])  # fmt: skip
def test_before_the_first_mail_the_invitation_comes(mails: tuple[Mailed, ...], what: str) -> None:
    assert after(*mails, stage=Stage.APPROVED).what == what


STEPS = """
[[x.steps]]
name = "invite"
template = "invite"
answer_within_days = 7
[[x.steps]]
name = "follow-up-1"
template = "follow-up-1"
after_days = 3
answer_within_days = 4
"""


def written(folder: Path, text: str) -> Path:
    (folder / "outreach").mkdir()
    (folder / "outreach" / "sequences.toml").write_text(text)
    return folder


def test_a_language_may_have_its_own_days_and_hours(tmp_path: Path) -> None:
    text = "[x]\nno_answer_after_days = 7\n" + STEPS
    text += "[x.locale.fr]\nno_answer_after_days = 9\nwindow = [10, 17]\nsteps.follow-up-1.after_days = 5\n"
    folder = written(tmp_path, text)
    french, english = load_sequence(folder, "x", "fr"), load_sequence(folder, "x", "en")
    assert (french.steps[1].after_days, french.no_answer_after_days, french.hours) == (5, 9, (10, 17))
    assert (english.steps[1].after_days, english.no_answer_after_days, english.hours) == (3, 7, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x", r"sequences\.toml is not a file of sequences"),
        ("[y]\n", r"no sequence 'x' in .*sequences\.toml"),
        (STEPS, r"sequences\.toml: x\.no_answer_after_days: Field required"),
        ("[x]\nno_answer_after_days = 0\n" + STEPS, r"x\.no_answer_after_days"),
        ("[x]\nno_answer_after_days = 7\nsend = 1\n" + STEPS, r"x\.send"),
        ("[x]\nno_answer_after_days = 7\n" + STEPS.replace("after_days = 3", "after_days = 1"), "two days after"),
        ("[x]\nno_answer_after_days = 7\n" + STEPS.replace("follow-up-1", "follow-up-2"), "in this order"),
        ("[x]\nno_answer_after_days = 7\n" + STEPS.replace("follow-up-1", "follow-up-3"), r"x\.steps\.1\.name"),
        ("[x]\nno_answer_after_days = 7\n" + STEPS + STEPS, r"x\.steps: .*at most 3"),
        ("[x]\nno_answer_after_days = 7\n" + STEPS + "[x.locale.de]\nwindow = [18, 9]\n", "before it closes"),
        ("[x]\nno_answer_after_days = 7\n" + STEPS + "[x.locale.de]\nsteps.follow-up-2.after_days = 9\n", "no step"),
        ("[x]\nno_answer_after_days = 7\n" + STEPS + "[x.locale.de]\nsteps.follow-up-1.after_days = 1\n",
         r"sequences\.toml: x: follow-up-1 must come"),
    ],
)  # fmt: skip
def test_a_sequence_that_is_none_is_refused_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        load_sequence(written(tmp_path, text), "x", "de")


def test_without_the_file_it_is_said_which_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no file of sequences .*sequences\.toml"):
        load_sequence(tmp_path, "standard", "en")
