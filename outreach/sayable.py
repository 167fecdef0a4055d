"""What of a creator's own words and figures may stand in a mail to them. Pure; the text stays data.

Nothing that a stranger should not say (health, faith, politics, family, contact data), nothing that could pass for
markup or an address, never half a sentence.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from core.mailer import clean_line
from outreach import words
from outreach.words import Locale

QUOTE_LIMIT = 90
_PLACE_LIMIT = 60
_UNFIT = re.compile(r"[{}<>\[\]\\|\"“”„«»`]|https?:|www\.|@|\d{6,}|\b(none|null|nan|undefined|n/a)\b", re.IGNORECASE)
#: GDPR article 9: never the subject of a mail from a stranger, whatever the bio says. Beginnings of words.
_PRIVATE = re.compile(
    r"\b(christian|christ\b|catholic|muslim|islam|jewish|jesus|allah|atheis|church|"
    r"cancer|diabet|adhd|autis|depress|anxiety|bipolar|chronic|disab|disorder|recover|sober|pregnan|ivf|infertil|"
    r"gay|lesbian|queer|lgbt|trans\b|transgender|non-?binary|asian|latin[aox]\b|hispanic|pastor|bisexual|republican|"
    r"democrat|socialist|conservative|trade union|mental|therapy|"
    r"christlich|katholisch|muslimisch|jüdisch|krebs|schwanger|behinder|schwul|lesbisch|gewerkschaft|depressi|"
    r"cristian|catól|musulm|judí|dios\b|embaraz|cáncer|discapa|depresi|ansiedad|sindica|lesbiana|iglesia|"
    r"chrétien|catholi|musulman|juif|juive|dieu\b|enceinte|handicap|dépress|anxiété|syndica|lesbienne|église)",
    re.IGNORECASE,
)
#: Nothing to quote: calls to act, contact lines, family and age. Not asked of what sourcing chose for the topic.
_UNSAID = re.compile(
    r"\b(dm|follow\w*|subscribe|link|code|contact|kontakt|booking|book your|collab\w*|ambassador|account|insta|"
    r"snapchat|youtube|tiktok|mum|mom|mama|mummy|dad|papa|wife|husband|girlfriend|boyfriend|married|single|kids|children|"
    r"years? old|jahre|yrs|yo|god|faith|blessed|bless|instagram|official|welcome|contacto|colaboraci\w+|contrat\w+|"
    r"mamá|papá|hijos?|hijas?|años|maman|enfants?|ans|collaboration\w*|abonne\w*|suivez|sígueme)\b",
    re.IGNORECASE,
)


def is_private(text: str) -> bool:
    return _PRIVATE.search(text) is not None


def line(value: Any, *, limit: int = QUOTE_LIMIT) -> str:
    """A line as it stands; "" where it must not stand in a mail."""
    return _fit(clean_line(value, limit=limit)) if isinstance(value, str) else ""


def chosen_quote(value: Any) -> str:
    """A piece of bio or caption that sourcing chose for the topic; "" where it cannot be quoted whole."""
    quoted = _trimmed(line(value, limit=400))
    return quoted if len(quoted) <= QUOTE_LIMIT and re.search(r"[^\W\d_]{3}", quoted) else ""


def quote(text: Any) -> str:
    """The first whole sentence or line of a bio or caption that can be quoted; "" where there is none."""
    if not isinstance(text, str) or is_private(text):
        return ""
    # Emoji stand between the lines of a bio more often than line ends do.
    lines = "".join("\n" if unicodedata.category(c) in ("So", "Sk") or c == "\ufe0f" else c for c in text)
    for piece in re.split(r"[\n\r|•·]+|(?<=[.!?…])\s+", lines):
        quoted = _trimmed(line(piece, limit=400))
        plain = unicodedata.normalize("NFKC", quoted) == quoted and not quoted.isupper()
        said = len(re.findall(r"[^\W\d_]{2,}", quoted)) >= 2 and not _UNSAID.search(quoted)
        if 8 <= len(quoted) <= QUOTE_LIMIT and plain and said:
            return quoted
    return ""


def mention(text: Any, wanted: Sequence[str]) -> str:
    """The first of these words or phrases that stands in the text, as it is written there; "" where none does."""
    if not isinstance(text, str) or is_private(text):
        return ""
    plain = clean_line(text, limit=2_000)
    for phrase in wanted:
        found = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain, re.IGNORECASE)
        if found and not is_private(phrase):
            return found[0]
    return ""


def hashtags(value: Any, locale: Locale) -> str:
    """The first two that can be said."""
    tags = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    cleaned = (f"#{clean_line(str(tag), limit=60).lstrip('#')}" for tag in tags)
    fit = [tag for tag in cleaned if re.fullmatch(r"#\w{2,40}", tag) and not is_private(tag[1:])]
    return words.listed(tuple(dict.fromkeys(fit))[:2], locale)


def place(value: Any, locale: Locale) -> str:
    name = line(value, limit=200)
    return words.place(name, locale) if len(name) <= _PLACE_LIMIT else ""


def _trimmed(text: str) -> str:
    return text.strip(" .,;:-–—!…*~\u200d")


def _fit(text: str) -> str:
    return "" if not text or _UNFIT.search(text) or is_private(text) else text
