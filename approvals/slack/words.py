"""Text of strangers, made safe to show in Slack: it never mentions, links, formats or reorders anything.

Knows Slack's markup. Knows no lengths.
"""

import re
import unicodedata

#: Join emoji, and letters of Persian and Indic scripts: the only invisible characters that words need.
_JOINERS = frozenset("\u200c\u200d")
_BREAKS = frozenset("\n\r\u0085\u2028\u2029")
#: Slack knows no escape for these. Characters that look alike show the same and mean nothing.
_ALIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_LONE_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_EMOJI_NAME = re.compile(r":(?=[\w+'-]+:)")
_BROADCAST = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_QUOTE = re.compile(r"^>", re.MULTILINE)


def clean(text: str) -> str:
    """Without control, direction and other invisible characters; every line break is a newline."""
    if text.isprintable():  # nearly all text is: no control, format or separating character but spaces
        return text
    text = text.replace("\r\n", "\n")
    # Each character is looked at once, however often it occurs: captions may be long.
    unseen = {ord(character): _replaced(character) for character in set(text) if not _is_shown(character)}
    return text.translate(unseen)


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """For plain_text objects, on one line. Brackets look alike: whether Slack reads them there is not documented."""
    return _BROADCAST.sub("＠", one_line(text)).replace("<", "‹").replace(">", "›")


def mrkdwn(text: str) -> str:
    """For mrkdwn objects and a message's fallback, on one line."""
    return _escaped(one_line(text))


def mrkdwn_lines(text: str) -> str:
    """For mrkdwn objects, with its line breaks."""
    return _escaped("\n".join(" ".join(line.split()) for line in clean(text).split("\n")))


def _escaped(text: str) -> str:
    text = text.translate(_ALIKE)
    text = _LONE_UNDERSCORE.sub(lambda found: "＿" * len(found[0]), text)
    text = _EMOJI_NAME.sub("∶", text)
    text = _BROADCAST.sub("＠", text)
    text = _QUOTE.sub("›", text)  # an escaped bracket at the start of a line still makes a quotation
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _replaced(character: str) -> str:
    return "\n" if character in _BREAKS else ""


def _is_shown(character: str) -> bool:
    if character in ("\n", "\t") or character in _JOINERS:
        return True
    return character not in _BREAKS and unicodedata.category(character) not in ("Cc", "Cf", "Cs")
