import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from outreach.inbox import IncomingMail, RawMail, parse
from outreach.phrases import OPTS_OUT
from outreach.replies import read
from outreach.stripping import stripped

OURS = (
    "Hi Ada,\n\nWe pay 200 EUR within 30 days of the post. How you do it is up to you.\n\n"
    "Best wishes,\nSofia Marin\nLumen Skincare\n\n"
    'We have your address from your profile. If you would rather not hear from us, reply with "no thanks" or "stop" '
    "and you will not hear from us again.\n"
)
FORMS = tomllib.loads((Path(__file__).parent / "mail_forms.toml").read_text(encoding="utf-8"))["form"]

#: How we offer to stop, and how it comes back: another wording than the record's, from the HTML part or an older mail.
OFFERS = [
    'If you would rather not hear from us, reply with "no thanks" or "stop" and you will not hear from us again.',
    "If you'd rather not hear from us: Unsubscribe <https://mail.example.com/u/4f2a>",
    "Unsubscribe (https://mail.example.com/u/4f2a)",
    "Woher wir deine Adresse haben: dein Profil. Wenn du lieber nichts von uns hören möchtest, antworte mit „nein "
    "danke“ oder „Stopp“. Dann schreiben wir dir nicht wieder.",
    "Wenn Sie nichts mehr von uns hören möchten, antworten Sie mit „nein danke“. Abmelden: https://mail.example.com/u/4f",
    "Si prefieres no saber más de nosotros, responde «no, gracias» o «stop» y no te volveremos a escribir.",
    "Darse de baja: https://mail.example.com/u/4f2a",
    "Si tu préfères ne plus avoir de nouvelles de notre part, réponds « non merci » ou « stop » et nous ne t'écrirons "
    "plus.",
    "Se désabonner : https://mail.example.com/u/4f2a",
]


def written(form: dict[str, Any]) -> str:
    quoted = "\n".join(f"> {line}" for line in OURS.split("\n"))
    text: str = form["text"]
    return text.replace("{ours}", OURS).replace("{quoted}", quoted).replace("{wrapped}", textwrap.fill(OURS, 34))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_what_the_person_wrote_is_left_and_nothing_else(form: dict[str, Any]) -> None:
    left = stripped(written(form), OURS)
    assert [words for words in form["keeps"] if words not in left] == []
    assert [words for words in (*form["loses"], "200 EUR", "hear from us") if words in left] == []


@pytest.mark.parametrize("form", [form for form in FORMS if "under an unmarked" not in form["name"] and
                                  "wrapped narrow" not in form["name"]], ids=lambda form: form["name"])  # fmt: skip
def test_a_quote_is_known_without_our_mail_at_hand(form: dict[str, Any]) -> None:
    left = stripped(written(form))
    assert [words for words in form["keeps"] if words not in left] == []
    assert [words for words in (*form["loses"], "200 EUR", "hear from us") if words in left] == []


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("own", ["Sounds great!", "Klingt super, ich bin dabei.", "¡Me encanta!", "Avec plaisir !"])
def test_our_offer_to_stop_is_never_their_opt_out(offer: str, own: str) -> None:
    wrapped = textwrap.fill(offer, 40)
    for text in (f"{own}\n\n{offer}", f"{own}\n\n{wrapped}", f"{offer}\n\n{own}", f"{own}\n\n> {offer}", offer):
        mail = IncomingMail("<r@example.com>", "ada@example.com", "Re: An idea", text, None)
        assert read(mail).kind not in OPTS_OUT
        assert read(mail, our_text=offer).kind not in OPTS_OUT


def test_our_footer_in_a_page_is_not_theirs() -> None:
    page = (
        "<div>Yes, gladly!</div><div class=gmail_quote>On Fri, Nov 20, 2026 Sofia wrote:<br><blockquote>"
        f'<p>{OURS}</p><p><a href="https://mail.example.com/u/4f2a">Unsubscribe</a></p></blockquote></div>'
    )
    raw = b"From: ada@example.com\nContent-Type: text/html; charset=utf-8\n\n" + page.encode()
    mail = parse(RawMail("x", raw))
    assert stripped(mail.text, OURS) == "Yes, gladly!"
    assert read(mail, our_text=OURS).kind not in OPTS_OUT


def test_the_words_we_offer_count_when_they_are_written() -> None:
    for text in ("no thanks", "Stop", f"no thanks\n\n{OURS}", f"Stop\n\nSent from my iPhone\n\n{OURS}"):
        mail = IncomingMail("<r@example.com>", "ada@example.com", "Re: An idea", text, None)
        assert read(mail, our_text=OURS).kind in OPTS_OUT


@pytest.mark.parametrize(
    "text", ["a.a-", "\n", "- ", "> ", " ", "on \n", "x\n", "From: x\n", "www.", "am x wrote\n", "1 ", "if you not "]
)
def test_no_mail_takes_long_however_it_is_made(text: str) -> None:
    # Work that grows with the square of the length would take minutes here.
    left = stripped((text * 100_000)[:100_000], OURS)
    assert len(left) <= 100_000
