"""The HTML part of a mail, made from its text so that both say the same. Pure.

It looks like a mail that a person typed: no images, nothing to load, no colours of its own (so it is readable in a dark
window too), styles inline as mail programs drop the others. What stands below the mark is the quiet footer.
"""

import re

from markupsafe import Markup, escape

from outreach.words import Locale

#: A line of its own that parts the letter from what the law asks for; mail programs know it as a signature's mark.
MARK = "—"
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
_FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="{locale}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n<title></title>\n</head>\n'
    '<body style="margin:0;padding:16px">\n'
    '<div style="max-width:600px;font-family:{font};font-size:15px;line-height:1.55;'
    'overflow-wrap:anywhere">\n{letter}\n{footer}</div>\n</body>\n</html>\n'
)
_PARAGRAPH = Markup('<p style="margin:0 0 16px">{}</p>')
_FOOTER = Markup(
    '<div style="margin-top:28px;font-size:12px;line-height:1.5;opacity:.75">\n'
    '<p style="margin:0 0 8px">' + MARK + "</p>\n{}\n</div>\n"
)
_FOOTER_PARAGRAPH = Markup('<p style="margin:0 0 8px">{}</p>')


def parted(text: str) -> tuple[str, str]:
    """(the letter, the footer below the mark); the footer is "" where there is no mark."""
    letter, _, footer = text.partition(f"\n{MARK}\n")
    return letter, footer


def html_of(text: str, locale: Locale) -> str:
    """The whole text as HTML, word for word."""
    letter, footer = parted(text)
    below = _FOOTER.format(_paragraphs(footer, _FOOTER_PARAGRAPH, apart=True)) if footer else Markup("")
    return str(_PAGE.format(locale=locale, font=Markup(_FONT), letter=_paragraphs(letter, _PARAGRAPH), footer=below))


def _paragraphs(text: str, form: Markup, *, apart: bool = False) -> Markup:
    """Each paragraph in its form, its lines on lines; `apart`: each line is a paragraph."""
    pieces = text.strip().split("\n") if apart else re.split(r"\n\s*\n", text.strip())
    return Markup("\n").join(form.format(_linked(piece)) for piece in pieces if piece.strip())


def _linked(text: str) -> Markup:
    made, at = Markup(""), 0
    for found in _LINK.finditer(text):
        made += escape(text[at : found.start()])
        made += Markup('<a href="{0}" style="color:inherit">{0}</a>').format(found[0])
        at = found.end()
    return Markup("<br>\n").join((made + escape(text[at:])).split("\n"))
