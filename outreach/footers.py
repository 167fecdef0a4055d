"""What stands under a mail without being meant by anybody: signatures, notices of mail programs and lawyers, and the
sentences by which we offer to stop and say what the law asks. Pure.
"""

import re
import string
from functools import cache

from outreach.law.notice import sentences

_I = re.IGNORECASE

_SIGNATURE = re.compile(r"^\s*(--|—|__)\s*$")
_DEVICE = (
    r"(i?phone|ipad|ios|android|samsung|galaxy|xiaomi|redmi|huawei|pixel|mobile|mobil\w*|handy|smartphone|móvil|"
    r"portable|outlook|gmail|yahoo|gmx|web\.de|t-?online|telekom|magenta|orange|proton\w*|mail app|apple mail|aol|"
    r"freenet|laposte|sfr|free|device|gerät|appareil|dispositivo|blackberry|mail)"
)
_SENT_FROM = re.compile(
    r"^\W*((sent|send) (from|with|via|using)|get|(diese \S+ wurde )?(von \S+ ){0,1}(gesendet|versandt|verschickt)|"
    r"gesendet (von|mit|über|aus)|von meinem|von \S+ \S+|holen sie sich|hol dir|envoyé (de|depuis|à partir|avec)|"
    r"télécharge[rz]|obtene[rz]|obtenir|enviado (desde|con)|descargar|"
    rf"diese nachricht wurde (von|mit)|ce message a été envoyé)\b.{{0,60}}\b{_DEVICE}\b.{{0,100}}$",
    _I,
)
_VERB = re.compile(r"\b(i|me|my mails?|mich|mir|ich|je|moi|yo|stop|stopp?)\b", _I)

#: The beginning of a paragraph that lawyers, mail servers or lists put under a mail.
_NOTICE = re.compile(
    r"^\W*("
    r"(e-?mail )?(confidentiality|legal|privacy) notice|disclaimer|caution: (this|external)|virus-free|"
    r"(this|the) (e-?mail|message|communication|information)\b.{0,120}\b(confidential|privileged|"
    r"intended (only|solely)|scanned)|"
    r"if you (are not the intended|have received this|received this)|"
    r"(please )?(consider|think of) the environment|"
    r"(under|in accordance with) .{0,40}(gdpr|data protection).{0,120}\byou (can|may|have)|"
    r"(you are receiving|you received) this|(to )?unsubscribe( from| here| \||:| -).{0,120}(https?:|list|preferences|"
    r"click|\|)|"
    r"(vertraulichkeits|datenschutz|rechtlicher )hinweis|haftungsausschluss|virenfrei|"
    r"diese (e-?mail|nachricht|mail)\b.{0,120}\b(vertraulich|ausschließlich für|rechtlich geschützt)|"
    r"(wenn|sollten|falls) sie nicht der (richtige|beabsichtigte|vorgesehene)|"
    r"(wenn|sollten|falls) sie diese (e-?mail|nachricht|mail).{0,40}(irrtümlich|versehentlich|fälschlich)|"
    r"(bitte )?(denken sie|prüfen sie|denk).{0,40}(umwelt|ausdruck)|"
    r"informationen zum datenschutz|hinweise zum datenschutz|unsere datenschutz|"
    r"(avis|clause) de confidentialité|avertissement|sans virus|"
    r"ce (message|mail|courriel|e-?mail|courrier)\b.{0,120}\b(confidentiel|destiné|établi)|"
    r"si vous (n'êtes pas le|avez reçu ce|recevez ce)|(pensez à l'environnement|avant d'imprimer)|"
    r"(conformément|en application).{0,80}(rgpd|informatique).{0,160}\bvous (disposez|pouvez|bénéficiez)|"
    r"aviso (legal|de confidencialidad)|(cláusula|nota) (legal|de confidencialidad)|libre de virus|"
    r"este (mensaje|correo|e-?mail)\b.{0,120}\b(confidencial|dirigido|destinatario)|"
    r"si (usted )?(no es el destinatario|ha recibido este)|antes de imprimir|"
    r"(de conformidad|de acuerdo|conforme) .{0,80}(rgpd|protección de datos|lopd).{0,200}\b(puede|podrá|sus derechos|"
    r"sus datos)"
    r")",
    _I,
)

#: How we, and other senders of lists, offer to stop: what a reader does not say of themselves.
_OFFERS = tuple(
    re.compile(pattern, _I)
    for pattern in (
        r"\bif you('d| would)? (rather |prefer )?(not|no longer|to no longer|do not|don't)\b[^.!?\n]{0,80}\b(from us|"
        r"our (e-?mails?|messages?))\b[^.!?\n]{0,160}[.!?”\"]*( (and )?you (will|won't|'ll)[^.!?\n]{0,60}[.!?]?)?",
        r"\byou (will not|won't) hear from us( again)?[.!]?",
        r"\breply (with|to this (e-?mail|mail|message) with) [\"“'‘„«]?\s?(no,? thanks|stop|unsubscribe)\b"
        r"[^.!?\n]{0,120}(you|we (will|won't))[^.!?\n]{0,60}[.!?]?",
        r"\b(wenn|falls) (du|sie|ihr)\b[^.!?\n]{0,80}\bvon uns\b[^.!?\n]{0,120}\b(antwort|schreib|klick|genügt|meld)\w*"
        r"[^.!?\n]{0,100}[.!?”“\"]*( dann (schreiben|melden) wir[^.!?\n]{0,60}[.!?]?)?",
        r"\b(antworte\w*|schreib\w*)( \w+){0,3} mit [\"“'‘„«]\s?(nein,? danke|stopp?)[^.!?\n]{0,80}[.!?”“\"]*"
        r"( dann (schreiben|melden) wir[^.!?\n]{0,60}[.!?]?)?",
        r"\bdann (schreiben|melden) wir (dir|ihnen|euch|uns)\b[^.!?\n]{0,40}\b(nicht|nie) (wieder|mehr)"
        r"[^.!?\n]{0,30}[.!]?",
        r"\bsi (tu|vous) (ne |n')?(préfér|préfèr|souhait|veux|voul|voud|désir|aim)[^.!?\n]{0,80}\b(de nous|"
        r"de notre part|nos (e-?mails?|messages?|mails?|nouvelles))\b[^.!?\n]{0,160}[.!?»]*",
        r"\b(réponds|répondez|il suffit de répondre)( \w+){0,3} (avec |par )?[\"“«]\s?(non,? merci|stop)"
        r"[^.!?\n]{0,140}[.!?»]*",
        r"\b(nous|on) ne (t'|te |vous )(re)?(écri|contacte|solliciter)\w+ plus[^.!?\n]{0,40}[.!]?",
        r"\bsi (prefieres|prefiere|preferís|no (quieres|quiere|deseas|desea|queréis))\b[^.!?\n]{0,80}\b(de nosotros|"
        r"nuestr[oa]s? \w+|de nuestra parte|escribamos|contactemos)\b[^.!?\n]{0,160}[.!?»]*",
        r"\b(responde|responda|contesta|conteste|basta con responder)( \w+){0,3} (con )?[\"“«]\s?(no,? gracias|stop)"
        r"[^.!?\n]{0,140}[.!?»]*",
        r"\bno (te|le|os) (volveremos|escribiremos|contactaremos)\b[^.!?\n]{0,60}[.!]?",
        r"\bif this is (nothing|not) for you\b[^.!?\n]{0,120}\b(write|hear)\b[^.!?\n]{0,30}[.!?]?",
        r"\bwenn das nichts für dich ist\b[^.!?\n]{0,80}\bdann (schreibe|melde) ich[^.!?\n]{0,60}[.!?]?",
        r"\bsi no es para ti\b[^.!?\n]{0,80}\bno volveré a escrib[^.!?\n]{0,30}[.!?]?",
        r"\bsi ce n['’]est pas pour toi\b[^.!?\n]{0,80}\bje ne t['’]écrirai plus[^.!?\n]{0,30}[.!?]?",
        r"\b(unsubscribe|abmelden|abbestellen|se désabonner|désinscription|désabonnement|darse de baja|cancelar "
        r"suscripción)( here| with one click| hier| ici| aquí| mit einem klick)?\s*[:(<\[]{1,2}\s*(https?://|mailto:)\S+",
    )
)

#: What stands in the braces of our notice; of the rest anything, over the lines that a mail program broke.
_FILLED = {"months": r"\d{1,3}", "url": r"https?://\S+", "contact": r"\S{3,254}", "website": r"\S{3,254}"}
#: What stands before the first word of ours in a sentence: on that line alone, and no other sentence.
_BEFORE = r"(?:^(?:[^\n!?.]|\.(?=\S)){1,200}?)?"

_SIGN_OFF = re.compile(
    r"^\W*(all the best|best|kind|warm|many thanks|thanks|thank you|cheers|love|xx?o?x?o?|sincerely|yours|regards|"
    r"speak soon|talk soon|lg|vg|mfg|bg|beste grüße|liebe grüße|viele grüße|herzliche grüße|sonnige grüße|grüße|gruß|"
    r"mit (freundlichen|besten|lieben) grüßen|freundliche grüße|danke|alles liebe|bis bald|ciao|servus|"
    r"(un )?saludos?|(un )?abrazos?|besos?|gracias|atentamente|cordialmente|hasta pronto|"
    r"(bien )?cordialement|bien à (vous|toi)|bises|bisous|(bonne|belle) (journée|soirée)|merci|à bientôt|"
    r"sincères salutations|salutations|amicalement)\b[^.?!]{0,30}[,.!]*\s*$",
    _I,
)
_ATOM = re.compile(
    r"https?://\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|(?<![\w.])@[\w.]{2,30}|\+?\(?\d[\d\s()/.-]{6,}\d|"
    r"\b[\w-]+\.(com|de|es|fr|net|org|io|tv|me|co|uk|at|ch|example)(/\S*)?",
    _I,
)

_LONGEST_CONTACT = 200


def is_sign_off(line: str) -> bool:
    """A closing greeting on a line of its own, such as "Viele Grüße" or "Best, Ada"."""
    return bool(_SIGN_OFF.match(line)) and len(line.split()) <= 5


def is_contact(line: str) -> bool:
    """A line that only says how to reach somebody: telephone, address of a page, handle, title | place."""
    if len(line) > _LONGEST_CONTACT:
        return False
    words = re.findall(r"[^\W\d_]{2,}", _ATOM.sub(" ", line))
    if _ATOM.search(line):
        return len(words) <= 3
    return bool(re.search(r"\s[|·•]\s", line)) and len(words) <= 8


def without_footers(text: str) -> str:
    """Without signature blocks, "sent from my …", legal notices, and sentences that offer to stop."""
    paragraphs = re.split(r"\n(?:[ \t]*\n)+", _our_notice().sub(" ", _without_signature(text)))
    kept = []
    for paragraph in paragraphs:
        left = "\n".join(line for line in paragraph.split("\n") if not is_sent_from(line))
        left = _without_offers(_without_notice(left))
        if left.strip():
            kept.append(left)
    return "\n\n".join(kept)


def is_sent_from(line: str) -> bool:
    """The line that a mail program or telephone writes under every mail."""
    return len(line) <= 160 and bool(_SENT_FROM.match(line)) and not _VERB.search(line)


def _without_signature(text: str) -> str:
    lines = text.split("\n")
    starts = next((place for place, line in enumerate(lines) if place and _SIGNATURE.match(line)), len(lines))
    return "\n".join(lines[:starts])


def _without_notice(paragraph: str) -> str:
    """A notice runs from where it begins to the end of its paragraph."""
    lines = paragraph.split("\n")
    for place in range(len(lines)):
        if _NOTICE.match(" ".join(lines[place : place + 8])[:600]):
            return "\n".join(lines[:place])
    return paragraph


def _without_offers(paragraph: str) -> str:
    joined = " ".join(line.strip() for line in paragraph.split("\n"))
    if not any(offer.search(joined) for offer in _OFFERS):
        return paragraph
    for offer in _OFFERS:
        joined = offer.sub(" ", joined)
    return joined.strip()


@cache
def _our_notice() -> re.Pattern[str]:
    """The sentences of the notice in our first mails, word by word, however they were wrapped and marked."""
    return re.compile("|".join(dict.fromkeys(map(_shape, sentences()))), _I | re.MULTILINE | re.DOTALL)


def _shape(sentence: str) -> str:
    pieces: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(sentence):
        words = [re.escape(word) for word in re.findall(r"\w+", literal)]
        pieces += words
        if name and (pieces or name in _FILLED):
            pieces.append(_FILLED.get(name, ".{1,300}?"))
    starts = _BEFORE + r"(?<!\S)" if sentence.startswith("{") else r"\b"
    return starts + r"\W+".join(pieces) + (r"\b[.!]?" if not sentence.endswith("}") else "")
