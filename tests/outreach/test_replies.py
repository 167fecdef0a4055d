from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.inbox import LARGEST_BYTES, FolderInbox, IncomingMail, RawMail, parse
from outreach.phrases import ReplyKind
from outreach.replies import read
from outreach.stripping import stripped
from tests.outreach.servers import written_mail

OURS = 'Hi Ada,\n\nWe pay 200 EUR.\n\nIf not, reply with "no thanks" or "stop" and you will not hear from us again.\n'


def answer(text: str, subject: str = "Re: An idea") -> IncomingMail:
    return IncomingMail("<r1@example.com>", "ada@example.com", subject, text, None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Sounds great, tell me more!", ReplyKind.INTERESTED),
        ("Klingt super, ich bin gerne dabei.", ReplyKind.INTERESTED),
        ("Avec plaisir !", ReplyKind.INTERESTED),
        ("¡Me interesa mucho!", ReplyKind.INTERESTED),
        ("I'd love to, but my rate is 450 EUR.", ReplyKind.PRICE_TALK),
        ("Nice. How much do you pay?", ReplyKind.PRICE_TALK),
        ("Schön! Wie hoch ist das Honorar?", ReplyKind.PRICE_TALK),
        ("Quels sont vos tarifs ?", ReplyKind.PRICE_TALK),
        ("Which sizes do you have?", ReplyKind.QUESTION),
        ("Bis wann bräuchtet ihr das?", ReplyKind.QUESTION),
        ("Thank you, but I'm not interested.", ReplyKind.DECLINED),
        ("Ich habe leider kein Interesse.", ReplyKind.DECLINED),
        ("Leider nicht das Richtige.", ReplyKind.DECLINED),
        ("Je ne suis pas intéressée.", ReplyKind.DECLINED),
        ("No me interesa.", ReplyKind.DECLINED),
        ("No thanks", ReplyKind.OPT_OUT),
        ("STOP!", ReplyKind.OPT_OUT),
        ("Stopp", ReplyKind.OPT_OUT),
        ("Nein danke.", ReplyKind.OPT_OUT),
        ("Please stop emailing me.", ReplyKind.OPT_OUT),
        ("Sounds fun! But please don’t contact me again.", ReplyKind.OPT_OUT),
        ("Bitte schreibt mir nicht mehr.", ReplyKind.OPT_OUT),
        ("Bitte keine weiteren Mails.", ReplyKind.OPT_OUT),
        ("Non merci", ReplyKind.OPT_OUT),
        ("Quiero darme de baja", ReplyKind.OPT_OUT),
        ("Unsubscribe me, then what is the fee?", ReplyKind.OPT_OUT),
        ("I am out of office until Monday.", ReplyKind.AWAY),
        ("Ich bin bis 3.12. im Urlaub und lese keine Mails.", ReplyKind.AWAY),
        ("Ok.", ReplyKind.UNCLEAR),
        ("", ReplyKind.UNCLEAR),
        ("🌿", ReplyKind.UNCLEAR),
        # Words of opting out that mean something else.
        ("I'd love to stop by your store!", ReplyKind.INTERESTED),
        ("I never write scripts, I'd be happy to improvise.", ReplyKind.INTERESTED),
        ("Ich mache keine Werbung für Fast Fashion, aber das klingt gut.", ReplyKind.INTERESTED),
        ("Count me in, but don't send me a script.", ReplyKind.INTERESTED),
    ],
)
def test_an_answer_is_taken_for_what_it_says(text: str, kind: ReplyKind) -> None:
    reading = read(answer(text), our_text=OURS)
    assert reading.kind is kind
    if kind is not ReplyKind.UNCLEAR:
        assert reading.because.replace("'", "’") in text.replace("'", "’")


QUOTES = [
    "Yes, gladly!\n\nOn Fri, Nov 20, 2026 at 10:30 AM Sofia Marin <sofia@example.com> wrote:\n\n> {ours}",
    "Yes, gladly!\n\nOn Fri, Nov 20, 2026 at 10:30 AM Sofia Marin\n<sofia@example.com> wrote:\n{ours}",
    "Yes, gladly!\n\nAm 20.11.2026 um 10:30 schrieb Sofia Marin:\n{ours}",
    "Yes, gladly!\n\nAm Fr., 20. Nov. 2026 um 10:30 Uhr schrieb Sofia Marin <\nsofia@example.com>:\n{ours}",
    "Yes, gladly!\n\nLe ven. 20 nov. 2026 à 10:30, Sofia <sofia@example.com> a écrit :\n{ours}",
    "Yes, gladly!\n\nEl vie, 20 nov 2026 a las 10:30, Sofia (<sofia@example.com>) escribió:\n{ours}",
    "Yes, gladly!\n\n-----Original Message-----\nFrom: Sofia\n{ours}",
    "Yes, gladly!\n\n-----Ursprüngliche Nachricht-----\n{ours}",
    "Yes, gladly!\n\nFrom: Sofia Marin <sofia@example.com>\nSent: Friday\nTo: Ada\n\n{ours}",
    "Yes, gladly!\n\nVon: Sofia Marin\nGesendet: Freitag\n\n{ours}",
    "Yes, gladly!\n\n________________________________\n{ours}",
    "> {ours}\n\nYes, gladly!",
    "On Fri, Sofia wrote:\n> {ours}\n\nYes, gladly!",
    "{ours}\n\nYes, gladly!",
]


@pytest.mark.parametrize("form", QUOTES)
def test_our_own_opt_out_line_in_a_quote_is_not_theirs(form: str) -> None:
    ours = OURS.replace("\n", "\n> ") if "> {ours}" in form else OURS
    text = form.format(ours=ours)
    assert stripped(text, OURS) == "Yes, gladly!"
    assert read(answer(text), our_text=OURS).kind is ReplyKind.INTERESTED


def test_an_opt_out_under_a_quote_counts() -> None:
    assert read(answer("On Fri, Sofia wrote:\n> Hi Ada\n\nPlease remove me.")).kind is ReplyKind.OPT_OUT


def test_the_unsubscribe_address_works_with_an_empty_mail() -> None:
    assert read(answer("", subject=f"stop {'a' * 32}")).kind is ReplyKind.OPT_OUT
    assert read(answer("", subject="Unsubscribe")).kind is ReplyKind.OPT_OUT


def test_hostile_mails_are_read_as_far_as_they_can_be() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    cases = {
        b"": "",
        b"From: a@example.com\nContent-Type: text/plain; charset=klingon\n\nStop": "Stop",
        b"From: a@example.com\nContent-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe": "Grüße",
        b'From: ""@@,<,\nDate: yesterday\nSubject: =?utf-8?b?!!!?=\n\nHi': "Hi",
        b"From: a@example.com\nContent-Type: text/html\n\n<style>stop</style>"
        b"<p>A &amp; B</p><blockquote>stop</blockquote>": "A & B",
        b"From: a@example.com\nContent-Transfer-Encoding: base64\n\n%%%": "",
        b"From: a@example.com\n\nA\x00B": "AB",
        nested: "",
    }
    for content, text in cases.items():
        mail = parse(RawMail("x", content))
        assert stripped(mail.text) == text or text == ""
        assert "\x00" not in mail.text
        assert mail.date is None
        assert read(mail)


def test_dates_and_ids_are_read() -> None:
    mail = parse(
        RawMail(
            "x",
            written_mail(
                Message_ID="<r@example.com>",
                In_Reply_To="<a@x>",
                References="<b@x> <c@x>",
                Date="Fri, 20 Nov 2026 10:30:00 +0100",
            ),
        )
    )
    assert mail.mail_id == "<r@example.com>"
    assert mail.answers == ("<a@x>", "<b@x>", "<c@x>")
    assert mail.date == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_a_huge_mail_is_read_in_part(tmp_path: Path) -> None:
    (tmp_path / "huge.eml").write_bytes(b"From: ada@example.com\n\nStop\n" + b"x" * (LARGEST_BYTES + 10))
    [found] = FolderInbox(tmp_path).waiting()
    assert found.cut
    assert len(found.content) == LARGEST_BYTES
    assert read(parse(found)).kind is ReplyKind.OPT_OUT
