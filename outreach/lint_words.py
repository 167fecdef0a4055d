"""The words the linter knows, in the four languages of our mails. Data; decides nothing."""

import re
from collections.abc import Mapping

from outreach.words import Locale

#: Hype, flattery nobody can trace, pressure and false urgency. In whatever language it stands, it is one too many.
BANNED = re.compile(
    r"\b(amazing|incredible|awesome|stunning|obsessed|huge fan|big fan|game.?changer|once in a lifetime|"
    r"exclusive opportunity|act now|hurry|last chance|risk.?free|guaranteed?|go viral|perfect fit|dream collab\w*|"
    r"love your (?:content|feed|page|work)|don.t miss|limited time|only a few (?:places|spots) left|just following up|"
    r"unglaublich\w*|fantastisch\w*|riesiger fan|großer fan|einmalige chance|nur heute|garantiert\w*|perfekt zu uns|"
    r"liebe deinen? (?:content|feed)|letzte chance|nur noch wenige plätze|beeil dich|jetzt zuschlagen|"
    r"increíbles?|alucinantes?|espectacular(?:es)?|gran fan|superfan|oportunidad única|última oportunidad|solo hoy|"
    r"garantizad[oa]s?|date prisa|no te lo pierdas|encaje perfecto|me encanta tu (?:contenido|perfil|feed)|"
    r"incroyables?|génialissimes?|époustouflante?s?|grande? fan|opportunité unique|dernière chance|"
    r"aujourd.hui seulement|garantie?s?|dépêche-toi|ne rate pas|viral(?:es)?|"
    r"j.adore (?:ton|tes) (?:contenu|feed|profil)s?)\b",
    re.IGNORECASE,
)
#: What filters of unwanted mail count against one.
SPAM = re.compile(
    r"\b(click here|100 ?% free|for free|free money|earn (?:money|cash)|extra income|work from home|no obligation|"
    r"special promotion|winner|congratulations|urgent|dear (?:friend|influencer|creator)|cash bonus|"
    r"klick(?:e|en sie)? hier|kostenlos|geld verdienen|nebenverdienst|gewinner|herzlichen glückwunsch|dringend|"
    r"unverbindlich|haz clic aquí|gratis|gana dinero|ingresos extra|ganador|enhorabuena|urgente|sin compromiso|"
    r"clique[rz]? ici|gratuit(?:e|ement)?|gagne[rz]? de l.argent|revenus? supplémentaires?|félicitations|"
    r"sans engagement)\b",
    re.IGNORECASE,
)
#: How each language asks and what it promises; both must stand in a mail.
OPT_OUT: Mapping[Locale, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "en": (re.compile(r"\breply with\b.*\bno thanks\b", re.I), re.compile(r"\bnot hear from us again\b", re.I)),
    "de": (re.compile(r"\bantworte\b.*\bnein danke\b", re.I), re.compile(r"\bschreiben wir dir nicht wieder\b", re.I)),
    "es": (re.compile(r"\bresponde\b.*\bno, gracias\b", re.I), re.compile(r"\bno volveremos a escribirte\b", re.I)),
    "fr": (re.compile(r"\bréponds\b.*\bnon merci\b", re.I), re.compile(r"\bnous ne t.écrirons plus\b", re.I)),
}
#: A company that writes from one of these is taken for somebody else; so would we be.
FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com",
    "me.com", "aol.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "t-online.de",
    "freenet.de", "mail.com", "gmx.com", "yahoo.de", "yahoo.es", "yahoo.fr", "hotmail.es", "hotmail.fr",
    "orange.fr", "free.fr", "laposte.net", "sfr.fr", "wanadoo.fr", "telefonica.net", "yandex.com", "zoho.com",
})  # fmt: skip
