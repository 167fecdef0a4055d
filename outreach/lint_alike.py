"""Whether the HTML part of a mail says what its text says, and does nothing but say it. Pure."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_UNREAD = frozenset({"head", "title", "style", "script"})
_PLAIN = frozenset(
    {"html", "head", "body", "meta", "title", "div", "p", "br", "a", "span", "b", "strong", "i", "em", "bdi"}
)
_STYLE_LOADS = re.compile(
    r"url\(|@import|expression|position:|display:\s*none|visibility:|font-size:\s*0", re.IGNORECASE
)


class _Reader(HTMLParser):
    """Collects what is read, and what a mail has no need of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read: list[str] = []
        self.odd: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _PLAIN:
            self.odd.append(f"the HTML part has a <{tag}>")
        self._unread += tag in _UNREAD
        self.read.append(" " if tag in ("p", "br", "div", "td", "li") else "")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "background", "srcset", "id", "class"):
                self.odd.append(f"the HTML part has an attribute {name!r}")
            if name == "style" and _STYLE_LOADS.search(value or ""):
                self.odd.append("a style in the HTML part hides or loads something")
            if name == "href" and not re.match(r"(https?://|mailto:)", value or "", re.IGNORECASE):
                self.odd.append(f"the HTML part links to {(value or '')[:80]!r}")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.read.append(data)


def differences(text: str, html: str) -> Iterator[str]:
    """What is wrong with the HTML part, a clause each; none of a mail that has none."""
    if not html:
        return
    reader = _Reader()
    reader.feed(html)
    reader.close()
    yield from dict.fromkeys(reader.odd)
    said, shown = _words(text), _words("".join(reader.read))
    if said != shown:
        at = next((n for n, (one, other) in enumerate(zip(said, shown, strict=False)) if one != other),
                  min(len(said), len(shown)))  # fmt: skip
        there = " ".join(said[at : at + 3]) or "its end"
        yield f"text and HTML part do not say the same from {there!r} on"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
