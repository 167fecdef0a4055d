"""What a mail is made of, byte by byte."""

import random
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest

from core.errors import BadInput
from core.mailer import Address, Attachment, FileMailer, OutgoingMail, compose, message_id_for
from tests.outreach.servers import read

Mail = Callable[..., OutgoingMail]
HOSTILE = [
    "Ada\r\nBcc: evil@example.com",
    "Linen, Ada",
    "Ada <evil@example.com>",
    "\u202eadA\u202c",
    "ب بشرى",
    "A" * 300,
    "🌸" * 120,
    "{{7*7}}",
    '=HYPERLINK("https://evil.example")',
    "\x00\x0b\u2028Ada\ufeff",
    "",
]


def decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_reaches_nobody_else_and_breaks_no_line(a_mail: Mail, name: str) -> None:
    raw = compose(a_mail(recipient=Address(name, "ada@example.com"), subject=f"For {name}", text=f"Hi {name}\n"))
    mail = read(raw)
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@example.com"]
    assert not mail.defects
    assert set(mail.keys()) == {
        "Date",
        "Message-ID",
        "From",
        "To",
        "Subject",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert "\u202e" not in str(mail["To"])


def test_a_text_comes_out_as_it_went_in(a_mail: Mail) -> None:
    text = "Grüße 🌿\n\n.a line with a dot\n" + "w" * 1_500 + "\nfrom here\n"
    assert read(compose(a_mail(text=text))).get_content().replace("\r\n", "\n") == text


def test_unsubscribe_stands_verbatim_however_long(a_mail: Mail) -> None:
    link = f"<mailto:sofia@example.com?subject=stop%20{'a' * 300}>"
    raw = compose(a_mail(headers={"List-Unsubscribe": link}))
    assert f"List-Unsubscribe: {link}\r\n".encode() in raw


def test_both_parts_are_there_and_every_byte_is_fit_for_every_server(a_mail: Mail) -> None:
    text, html = "Grüße 🌿 " * 300, f"<p>{'Grüße 🌿 ' * 300}</p><a href='https://example.com/{'u' * 1_200}'>x</a>"
    link = f"<https://go.example.com/u/{'t' * 80}>"
    mail = a_mail(text=text, html=html, subject="Grüße 🌿 " * 20, headers={"List-Unsubscribe": link})
    raw = compose(mail)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in raw
    parts = list(read(raw).walk())
    assert [part.get_content_type() for part in parts] == ["multipart/alternative", "text/plain", "text/html"]
    assert parts[1].get_content().strip() == text.strip()
    assert parts[2].get_content().strip() == html
    assert read(raw)["Subject"] == ("Grüße 🌿 " * 20).strip()
    encoded = [word for word in raw.split() if word.startswith(b"=?")]
    assert max(map(len, encoded)) <= 75  # RFC 2047, 2


def test_subjects_and_names_in_any_letters_arrive_letter_by_letter(a_mail: Mail) -> None:
    words = [
        "Grüße",
        "🌿",
        "für",
        "dich",
        "idea",
        "näht",
        "ok",
        "Leinen-Kleid",
        "和服",
        "=?utf-8?q?x?=",
        "x",
        '"',
        "a,b",
    ]
    dice = random.Random(3)
    for _ in range(150):
        text = " ".join(dice.choices(words, k=dice.randint(1, 30)))[:70].strip()
        raw = compose(a_mail(subject=f"{text} / {text}", recipient=Address(text, "ada@example.com")))
        # As old readers do; the email package's new parser has trouble of its own with blanks beside a quote.
        mail = message_from_bytes(raw)
        name, address = parseaddr("".join(mail["To"].splitlines()))
        assert [decoded(mail["Subject"]), decoded(name), address] == [f"{text} / {text}", text, "ada@example.com"]
        assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78


def test_the_same_mail_is_always_the_same_bytes(a_mail: Mail) -> None:
    mail = a_mail(html="<p>a</p>", attachments=(Attachment("a.pdf", "application/pdf", b"%PDF"),))
    assert compose(mail) == compose(mail)
    (outer, inner) = (part.get_boundary() for part in read(compose(mail)).walk() if part.is_multipart())
    assert outer != inner
    assert outer not in str(read(compose(a_mail(html="<p>a</p>", message_id="<gr.4@example.com>"))))


def test_a_thread_is_written_one_id_a_line(a_mail: Mail) -> None:
    ids = [f"<{number}.{'x' * 70}@mail.example.org>" for number in range(60)]
    raw = compose(a_mail(headers={"In-Reply-To": ids[-1], "References": " ".join(ids)}))
    assert max(map(len, raw.split(b"\r\n"))) < 120
    assert str(read(raw)["References"]).split() == [ids[0], *ids[-19:]]
    assert read(raw)["In-Reply-To"] == ids[-1]


@pytest.mark.parametrize("thread", ["", "a@example.com", "<a@b> <c\r\nBcc: evil@example.com>", "<ä@example.com>"])
def test_what_is_no_thread_is_refused(a_mail: Mail, thread: str) -> None:
    with pytest.raises(BadInput, match="References"):
        compose(a_mail(headers={"References": thread}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Note", "a\r\nBcc: evil@example.com"),
        ("Bcc", "evil@example.com"),
        ("X\n", "a"),
        ("X", "ü"),
        ("Content-Type", "text/html"),
    ],
)
def test_headers_that_would_add_others_are_refused(a_mail: Mail, name: str, value: str) -> None:
    with pytest.raises(BadInput):
        compose(a_mail(headers={name: value}))


@pytest.mark.parametrize(
    "mail",
    [
        "a@example.com, b@example.com",
        "a@example.com;b@example.com",
        "a b@example.com",
        "a@example.com\nb",
        "a",
        "",
        "zoë@example.com",
        '"a b"@example.com',
        "Ada <ada@example.com>",
        "a@localhost",
    ],
)
def test_what_is_not_one_plain_address_is_refused(mail: str) -> None:
    with pytest.raises(BadInput):
        Address.checked(mail)


def test_an_address_cannot_be_made_past_the_check() -> None:
    for mail in ("a@example.com,b@example.com", "a@example.com\r\nX", "<a@example.com>", "a@b@c", "ä@example.com"):
        with pytest.raises(BadInput):
            Address("", mail)


def test_a_domain_in_other_letters_is_written_in_ascii(a_mail: Mail) -> None:
    address = Address.checked("zoe@bücher.example.com", "Zoë")
    assert address.mail == "zoe@xn--bcher-kva.example.com"
    assert b"zoe@xn--bcher-kva.example.com" in compose(a_mail(recipient=address))


def test_attachments_and_html_come_along(a_mail: Mail) -> None:
    mail = read(
        compose(a_mail(html="<p>Hi</p>", attachments=(Attachment("Vertrag ü.docx", "application/pdf", b"%PDF"),)))
    )
    assert [part.get_filename() for part in mail.iter_attachments()] == ["Vertrag ü.docx"]
    assert next(mail.iter_attachments()).get_content() == b"%PDF"
    assert "<p>Hi</p>" in mail.get_body(("html",)).get_content()


def test_the_same_mail_always_has_the_same_id() -> None:
    assert message_id_for("a/1", "example.com") == message_id_for("a/1", "example.com")
    assert message_id_for("a/1", "example.com") != message_id_for("a/2", "example.com")


def test_a_folder_takes_each_mail_once(tmp_path: Path, a_mail: Mail) -> None:
    mailer = FileMailer(tmp_path)
    assert not mailer.sent(a_mail().message_id)
    assert mailer.send(a_mail()) == mailer.send(a_mail(text="another\n"))
    assert mailer.sent(a_mail().message_id)
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]
    assert b"another" not in next(tmp_path.iterdir()).read_bytes()
