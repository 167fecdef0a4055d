"""Countries and languages as sources write them, to one normal name each.

Pure data and look-ups. Source of codes: ISO 3166-1 alpha-2 (in `core.countries`) and ISO 639-1.
"""

import re
from functools import lru_cache

from core.countries import names, other_names, pairs
from sourcing.words import fold

_LANGUAGES = """\
ar=Arabic; bg=Bulgarian; bn=Bengali; ca=Catalan; cs=Czech; da=Danish; de=German; el=Greek; en=English; es=Spanish;
et=Estonian; fa=Persian; fi=Finnish; fr=French; gu=Gujarati; he=Hebrew; hi=Hindi; hr=Croatian; hu=Hungarian;
id=Indonesian; it=Italian; ja=Japanese; kn=Kannada; ko=Korean; lt=Lithuanian; lv=Latvian; ml=Malayalam; mr=Marathi;
ms=Malay; nl=Dutch; no=Norwegian; pa=Punjabi; pl=Polish; pt=Portuguese; ro=Romanian; ru=Russian; sk=Slovak;
sl=Slovenian; sq=Albanian; sr=Serbian; sv=Swedish; sw=Swahili; ta=Tamil; te=Telugu; th=Thai; tl=Tagalog; tr=Turkish;
uk=Ukrainian; ur=Urdu; vi=Vietnamese; zh=Chinese; af=Afrikaans; am=Amharic; az=Azerbaijani; eu=Basque; ga=Irish;
gl=Galician; hy=Armenian; is=Icelandic; ka=Georgian; kk=Kazakh; km=Khmer; mk=Macedonian; mn=Mongolian; my=Burmese;
ne=Nepali; si=Sinhala; so=Somali; uz=Uzbek
"""
_ALSO_LANGUAGES = {
    "deutsch": "de", "francais": "fr", "espanol": "es", "italiano": "it", "portugues": "pt", "filipino": "tl",
    "farsi": "fa", "mandarin": "zh", "nb": "no", "nn": "no", "iw": "he", "in": "id",
}  # fmt: skip


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Folded code, name or other name → the normal English name."""
    iso = names()
    told = {fold(code): name for code, name in iso.items()} | {fold(name): name for name in iso.values()}
    return told | {fold(other): iso[code] for other, code in other_names().items()}


@lru_cache(maxsize=1)
def language_codes() -> dict[str, str]:
    """Folded code or English name → two-letter code."""
    iso = pairs(_LANGUAGES)
    return {code: code for code, _ in iso} | {fold(name): code for code, name in iso} | _ALSO_LANGUAGES


def told_after_comma() -> frozenset[str]:
    """Names that mean the country where they end an address: "Los Angeles, CA" is not in Canada.

    Full names only; codes of two letters are states of the USA as well, but for UK; so is Georgia.
    """
    return frozenset(name for name in country_names() if len(name) > 2 or name == "uk") - {"georgia"}


def country(text: str) -> str | None:
    """The normal name, or None where the text is no country: country("de") == country("Germany") == "Germany"."""
    return country_names().get(fold(text.strip()))


def language(text: str) -> str | None:
    """The two-letter code of a code, a locale such as de-AT, or an English name; None where it is neither."""
    folded = fold(text.strip())
    return language_codes().get(folded) or language_codes().get(re.split(r" *[-_(]", folded)[0])
