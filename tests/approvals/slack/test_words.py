import sys
import unicodedata
from time import perf_counter

import pytest

from approvals.slack.words import clean, mrkdwn, mrkdwn_lines, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
        ("*bold* ~gone~ `code`", "∗bold∗ ∼gone∼ ˋcodeˋ"),
        ("@ada_linen by _hand_", "@ada_linen by ＿hand＿"),
        (":white_check_mark: Approved", "∶white＿check＿mark: Approved".replace("＿", "_")),
        ("> as if quoted", "›" + " as if quoted"),
        ("@Channel @here @hereford", "＠Channel ＠here @hereford"),
        ("one\r\ntwo\u2028three", "one two three"),
    ],
)
def test_markup_of_strangers_is_shown_and_means_nothing(text: str, shown: str) -> None:
    assert mrkdwn(text) == shown


def test_line_breaks_are_kept_where_they_are_wanted() -> None:
    assert mrkdwn_lines("a  b\r\n> c\u2029d") == "a b\n› c\nd"


def test_plain_text_has_no_brackets_and_no_escapes() -> None:
    assert plain("<b> & \n co") == "‹b› & co"


def test_what_cannot_be_seen_is_taken_out_and_what_words_need_is_kept() -> None:
    assert clean("a\u202eb\u2066c\u200bd\x00e\ud800f\ufeffg") == "abcdefg"
    assert clean("👩‍👧 می\u200cخواهم") == "👩‍👧 می\u200cخواهم"


def test_text_taken_as_it_is_holds_nothing_that_would_be_taken_out() -> None:
    everything = (chr(number) for number in range(sys.maxunicode + 1))
    unseen = "".join(one for one in everything if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    assert {clean(f"a{one}b") for one in unseen} <= {"ab", "a\nb", "a\tb", "a\u200cb", "a\u200db"}


@pytest.mark.parametrize("text", ["\n", "_", "a_", ":", ":a", ">", "<!", "&", "@here", "\u202e"])
def test_long_texts_do_not_take_long(text: str) -> None:
    began = perf_counter()
    mrkdwn_lines(text * 100_000)
    assert perf_counter() - began < 5
