"""Whether creators published an address for business, or said that they want no offers, by their profile's own text.
Pure.

Errs towards no: an address that merely stands in a profile was not published for business (CASL: publication alone is
no consent). Words in English, German, Spanish and French.
"""

import re
import unicodedata
from dataclasses import dataclass

from outreach.law.policy import AddressKind

#: How far from the address the word for business may stand, in characters.
_NEAR = 60
_BUSINESS = re.compile(
    r"\b(business|collab\w*|partnerships?|cooperations?|sponsor\w*|booking\w*|management|mgmt|pr|press|"
    r"work with me|inquir\w+|enquir\w+|(for|fur|para|pour)( the| las| les)? (brands|marken|marcas|marques|empresas)|"
    r"kooperation\w*|zusammenarbeit|geschaftlich\w*|anfragen|werbeanfragen|presse|"
    r"colabora\w*|negocios?|contrataci\w+|prensa|publicidad|"
    r"partenariats?|(contact|mail) pro|professionnel\w*|affaires|demandes)\b"
)
#: "no ads", "keine Werbung": against offers as such, wherever it stands.
_UNWANTED = re.compile(
    r"\b(no|not|don'?t want|without|stop)( any| more| unsolicited| paid)? "
    r"(ads?|advertis\w+|promo\w*|sponsor\w*|collab\w*|solicitation\w*|business|brand deals?|offers|spam|pr)\b|"
    r"\b(kein\w*|nicht an) (werbung|werbe\w*|kooperation\w*|zusammenarbeit|anfragen|pr)\b|"
    r"\b(no|sin|nada de) (acepto |hago |quiero )?(publicidad|promo\w*|colabora\w*|publi|ofertas)\b|"
    r"\b(pas de|aucune?|ni) "
    r"(pub|publicite\w*|promo\w*|partenariats?|collabs?|collaborations?|demarchage|sollicitation\w*)\b"
)
_OFFERS = (
    r"(business|collab\w*|partnerships?|cooperations?|sponsor\w*|brand deals?|promo\w*|kooperation\w*|zusammenarbeit|"
    r"(werbe|geschaftlich)\w*|anfragen|colabora\w*|negocios?|publicidad|partenariats?|demandes)"
)
#: "not for business", "not open to collabs", "collabs: closed": the word for business stands there to say no.
_REFUSED = re.compile(
    r"\b(not|don'?t|never|no longer)( (currently|really|ever))?( open| available| interested| looking)?"
    r" (for|to|in|do|doing|accept\w*|take|taking|want) (any |paid |brand |the )?" + _OFFERS + r"\b|"
    r"\b(nicht|kein\w*)( offen)?( fur| an)? (\w+ )?" + _OFFERS + r"\b|"
    r"\b(no|nunca) (para|hago|acepto|hacemos|busco) (\w+ )?" + _OFFERS + r"\b|"
    r"\b(pas|jamais) (pour|de) (les |des )?" + _OFFERS + r"\b|"
    r"\b" + _OFFERS + r"( are| is| currently|:| -)* (closed|paused|geschlossen|cerrad\w+|ferme\w*)\b"
)
#: A no within a few words before, and no stop between: whatever it means, it is no invitation.
_NO_BEFORE = re.compile(
    r"\b(no|not|never|without|don'?t|nicht|kein\w*|ohne|sin|nunca|pas|aucune?|ni|sans) (['\w]+ ){0,3}$"
)
_MARKS = re.compile(r"[\u0300-\u036f]")


@dataclass(frozen=True)
class Publication:
    """`kind` of the address, and the words of the profile that say so ("" where none do)."""

    kind: AddressKind
    evidence: str = ""


def publication(address: str, bio: str) -> Publication:
    """What a profile's own text says of writing to this address."""
    told = _plain(bio)
    against = _UNWANTED.search(told) or _REFUSED.search(told)
    if against:
        return Publication(AddressKind.UNWANTED, _around(told, *against.span()))
    wanted = _plain(address)
    at = told.find(wanted) if wanted else -1
    while at >= 0:
        near = told[max(0, at - _NEAR) : at] + " " * len(wanted) + told[at + len(wanted) : at + len(wanted) + _NEAR]
        if any(not _NO_BEFORE.search(near[: found.start()]) for found in _BUSINESS.finditer(near)):
            return Publication(AddressKind.FOR_BUSINESS, _around(told, at, at + len(wanted)))
        at = told.find(wanted, at + 1)
    return Publication(AddressKind.UNKNOWN)


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - _NEAR) : end + _NEAR].strip()


def _plain(text: str) -> str:
    """Lower case without accents, one space between words; apostrophes as typed on a keyboard."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).replace("\u2019", "'")
    return " ".join(bare.split())
