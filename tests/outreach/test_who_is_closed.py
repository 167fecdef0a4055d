"""Who is closed and who is not: ways of opting out that name no list, and words of spam and deleting that do not."""

import pytest

from bench.replies import load, reading_of
from outreach.phrases import OPTS_OUT, ReplyKind
from outreach.replies import MAY_BE_OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        # Who says that there is no need to write again.
        "There's no need to write to me again.",
        "Don't bother contacting us again",
        "Ihr müsst mir nicht mehr schreiben",
        "Es ist nicht nötig, mich noch einmal anzuschreiben.",
        "No hace falta que me escribáis de nuevo",
        "no es necesario que me vuelvan a llamar",
        "Pas la peine de me réécrire.",
        "plus besoin de me contacter, merci",
        # Who wants nothing more in the mailbox.
        "I want nothing further from brands in my inbox.",
        "please keep this out of my inbox",
        "will davon nix mehr im Posteingang sehen",
        "No quiero nada de esto en mi buzón.",
        "Je ne veux plus de ça dans ma boîte mail",
        # Who does not want this offer and no other either.
        "Not for me, nor do I want to receive others.",
        "Kein Bedarf und bitte keine weiteren Vorschläge.",
        "No es lo mío y tampoco quiero más ofertas",
        "Pas pour moi, et je ne souhaite plus de propositions.",
        "please stop with the invites",
        "Don't add me to any of your lists",
        # Who says "delete" and not what.
        "Delete immediately please",
        "bitte umgehend löschen",
        "Eliminadlo todo ya",
        "Merci de tout supprimer",
        "Alles entfernen, DSGVO!",
    ],
)
def test_who_opts_out_without_naming_a_list_is_closed(text: str) -> None:
    assert reading_of(text).kind in OPTS_OUT


@pytest.mark.parametrize(
    "text",
    [
        # Mail of ours that ends among the spam, which they would rather read.
        "can you stop these mails going to my spam folder?",
        "How do I stop your emails from landing in junk?",
        "Gmail marked your first mail as spam, sorry! I'd love to join",
        "könnt ihr aufhören, im spam zu landen? haha",
        "Mein Filter hat eure Mail als Spam einsortiert, bin aber dabei!",
        "¿Podéis evitar que vuestros correos acaben en spam?",
        "Outlook metió vuestro mensaje en spam por error, me apunto",
        "Vous pouvez arrêter que vos mails arrivent en spam ?",
        "Gmail a rangé votre mail dans les indésirables, je suis partante !",
        # Who asks where an address comes from.
        "¿De dónde has sacado mi correo?",
        "cómo conseguisteis mi dirección?",
        # What a machine says of mail.
        "Diese Nachricht und Ihre Mail werden nicht weitergeleitet.",
        "Diese Mailadresse wird nicht mehr abgerufen.",
        "Unsubscribe requests go to the office, everything else to me.",
        # Mail that is missed, not unwanted.
        "Ich finde eure Mail nicht mehr, könnt ihr sie mir schicken?",
        "Seitdem nichts mehr von euch gehört, gilt das Angebot noch?",
        "I can't take any more requests this month, sorry!",
        "Ich nehme gerade keine neuen Anfragen an.",
        "no quiero más productos, prefiero cobrar",
    ],
)
def test_words_of_spam_and_deleting_that_mean_something_else_close_nobody(text: str) -> None:
    assert reading_of(text).kind not in OPTS_OUT


@pytest.mark.parametrize(
    "text",
    [
        "I have told my provider to mark you as spam",
        "Reported to Gmail and marked as spam.",
        "Ich habe euch bei Gmail als Spam gemeldet",
        "Os he marcado en Gmail como spam",
        "Signalé à Gmail comme spam",
        "stop sending me spam",
        "Dejad de mandarme cada semana spam",
    ],
)
def test_who_reports_spam_themselves_is_still_heard(text: str) -> None:
    assert reading_of(text).kind in OPTS_OUT


def test_of_the_third_set_all_who_opt_out_are_heard_and_nobody_else_is_closed() -> None:
    readings = [(answer, reading_of(answer.text)) for answer in load("unseen")]
    assert len(readings) == 160
    for answer, reading in readings:
        if answer.kind is ReplyKind.OPT_OUT:
            assert reading.kind in OPTS_OUT or reading.because.startswith(MAY_BE_OPT_OUT), answer
        else:
            assert reading.kind not in OPTS_OUT, answer
