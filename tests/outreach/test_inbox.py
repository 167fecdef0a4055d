"""Mails as they really come: too large, nested, in old charsets, without a date, sealed, from machines and lists."""

import base64
import email.message
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import TransientError
from outreach.inbox import LARGEST_BYTES, FolderInbox, Inboxes, IncomingMail, RawMail, parse
from outreach.phrases import ReplyKind
from outreach.replies import read, stop_token
from tests.outreach.servers import written_mail as raw


def parsed(content: bytes) -> IncomingMail:
    return parse(RawMail("one", content))


def nested(depth: int, inner: bytes) -> bytes:
    mail = inner
    for level in range(depth):
        mail = (f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n".encode() + mail
                + f"\n--b{level}--\n".encode())  # fmt: skip
    return b"From: ada@example.com\nSubject: Re: An idea\nMessage-ID: <deep@x>\nIn-Reply-To: <gr.1@x>\n" + mail


def test_words_nested_eight_deep_are_read() -> None:
    assert parsed(nested(8, b"Content-Type: text/plain\n\nGladly!\n")).text.strip() == "Gladly!"


def test_of_a_mail_nested_thousands_deep_the_headers_are_read() -> None:
    mail = parsed(nested(5_000, b"Content-Type: text/plain\n\nGladly!\n"))
    assert (mail.sender, mail.mail_id, mail.answers) == ("ada@example.com", "<deep@x>", ("<gr.1@x>",))
    assert mail.text == ""
    assert "open it in a mail program" in mail.note


def test_of_a_mail_of_more_than_20_mb_the_words_at_its_beginning_are_read(tmp_path: Path) -> None:
    head = (
        b"From: ada@example.com\nMessage-ID: <big@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        b"Content-Type: text/plain\n\nPlease stop writing to me.\n--b\nContent-Type: image/png\n"
        b"Content-Transfer-Encoding: base64\n\n"
    )
    line = base64.b64encode(b"x" * 57) + b"\n"
    (tmp_path / "big.eml").write_bytes(head + line * (LARGEST_BYTES // len(line) + 100))
    [waiting] = FolderInbox(tmp_path).waiting()
    assert waiting.cut
    assert read(parse(waiting)).kind is ReplyKind.OPT_OUT


@pytest.mark.parametrize(
    ("charset", "content", "expected"),
    [
        ("utf-7", "Grüße".encode("utf-7"), "Grüße"),
        ("utf-8", "Grüße".encode("latin-1"), "Grüße"),
        ("x-unknown", "Grüße".encode(), "Grüße"),
        ("windows-1252", "„ja“".encode("cp1252"), "„ja“"),
        ("utf-16", b"\xff\xfeJ\x00a\x00", "Ja"),
    ],
)
def test_old_and_wrong_charsets_are_read_as_well_as_can_be(charset: str, content: bytes, expected: str) -> None:
    mail = f"From: a@example.com\nContent-Type: text/plain; charset={charset}\n\n".encode() + content
    found = parsed(mail)
    assert found.text.strip() == expected
    assert found.date is None


def test_encoded_headers_that_are_junk_stay_readable() -> None:
    mail = parsed(b"From: =?utf-8?b?////?= <a@example.com>\nSubject: =?x-no?q?Gr=FC=DFe?= =?utf-8?b?4?=\n\nhi")
    assert mail.sender == "a@example.com"
    assert mail.subject.encode()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "S/MIME"),
        ("application/ms-tnef; name=winmail.dat", "winmail.dat"),
        ("text/calendar; method=REPLY", "calendar"),
    ],
)
def test_whose_words_cannot_be_read_a_person_is_told_why(kind: str, told: str) -> None:
    mail = parsed(f"From: a@example.com\nContent-Type: {kind}\n\nBEGIN:VCALENDAR\n".encode())
    assert (mail.text, told in mail.note) == ("", True)


def test_a_signed_mail_is_read_like_any_other() -> None:
    mail = email.message.EmailMessage(policy=email.policy.default)
    mail["From"] = "a@example.com"
    mail.set_content("Sounds good!")
    mail.make_mixed()
    mail.set_type("multipart/signed")
    mail.add_attachment(b"\x30\x80", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    assert parsed(mail.as_bytes()).text.strip() == "Sounds good!"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"X_Loop": "sofia@example.com"},
        {"Return_Path": "<>"},
    ],
)
def test_what_a_machine_answered_is_known_for_it(headers: dict[str, str]) -> None:
    assert parsed(raw("Thanks for your mail!", **headers)).is_automatic


def test_a_person_who_answers_through_a_list_is_no_machine() -> None:
    mail = parsed(raw(List_Id="<creators.example.com>", Precedence="list", Auto_Submitted="no"))
    assert (mail.is_automatic, mail.is_bulk) == (False, True)


@pytest.mark.parametrize("token", ["a2" * 13, "0f" * 16])
@pytest.mark.parametrize("subject", ["stop {}", "STOP {}", "unsubscribe {}", "Stop - {}"])
def test_both_forms_of_our_mark_are_found_in_the_subject(token: str, subject: str) -> None:
    mail = parsed(raw("\n", Subject=subject.format(token)))
    assert stop_token(mail) == token
    assert read(mail).kind is ReplyKind.OPT_OUT


class _Broken:
    def waiting(self) -> Iterator[RawMail]:
        yield RawMail("one", b"")
        raise TransientError("it broke off")

    def done(self, mail: RawMail) -> None:
        assert mail.place == "one"


def test_an_inbox_that_breaks_off_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(raw())
    inboxes = Inboxes(_Broken(), FolderInbox(tmp_path))
    waiting = inboxes.waiting()
    for place in ("one", str(tmp_path / "a.eml")):
        mail = next(waiting)
        inboxes.done(mail)
        assert mail.place == place
    with pytest.raises(TransientError, match="broke off"):
        next(waiting)
    assert [path.name for path in (tmp_path / "read").iterdir()] == ["a.eml"]
