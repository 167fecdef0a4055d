"""Ways to change a Word file as somebody with Word, or with a zip tool, would. Each works on the parts, in place."""

import re
from collections.abc import Callable

from bench.papers import DOCUMENT, declare, names, notes, picture, png, relate

Parts = dict[str, bytes]
Change = Callable[[Parts], None]

FEE = "We pay you a fixed fee of 200.00 EUR"
NUMBERS, STYLES, SETTINGS, FOOTER = "word/numbering.xml", "word/styles.xml", "word/settings.xml", "word/footer1.xml"
RELATIONS = "word/_rels/document.xml.rels"


def swap(old: str, new: str, part: str = DOCUMENT) -> Change:
    """One stretch of a part replaced by another, where it stands first."""

    def change(parts: Parts) -> None:
        text = parts[part].decode()
        assert old in text, f"{old!r} is not in {part}"
        parts[part] = text.replace(old, new, 1).encode()

    return change


def paragraph_of(text: str, words: str) -> str:
    """The mark-up of the paragraph with these words."""
    at = text.index(words)
    start = max(text.rfind("<w:p>", 0, at), text.rfind("<w:p ", 0, at))
    return text[start : text.index("</w:p>", at) + len("</w:p>")]


def paragraph(words: str, new: Callable[[str], str]) -> Change:
    """The paragraph with these words, rewritten."""

    def change(parts: Parts) -> None:
        text = parts[DOCUMENT].decode()
        old = paragraph_of(text, words)
        assert new(old) != old, f"nothing changes in {words!r}"
        parts[DOCUMENT] = text.replace(old, new(old), 1).encode()

    return change


def after(words: str, markup: str) -> Change:
    """Something new after the paragraph with these words."""
    return paragraph(words, lambda old: old + markup)


def formatted(words: str, properties: str) -> Change:
    """Every run of a paragraph given a format."""

    def new(old: str) -> str:
        bare = re.sub(r"<w:rPr>.*?</w:rPr>|<w:rPr/>", "", old)
        return re.sub(r"<w:r>|<w:r [^>]*>", f"<w:r><w:rPr>{properties}</w:rPr>", bare)

    return paragraph(words, new)


def shaped(words: str, properties: str) -> Change:
    """A paragraph given properties besides its style."""
    return paragraph(words, lambda old: re.sub(r"(<w:pStyle [^>]*/>)", rf"\1{properties}", old, count=1))


def at_end(words: str, markup: str) -> Change:
    """Something inside a paragraph, behind its words."""
    return paragraph(words, lambda old: old.removesuffix("</w:p>") + markup + "</w:p>")


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def said(text: str, style: str = "Clause") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run(text)}</w:p>'


def field(instruction: str, shown: str) -> str:
    def sign(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return (f'{sign("begin")}<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
            f'{sign("separate")}{run(shown)}{sign("end")}')  # fmt: skip


def without(words: str) -> Change:
    """A paragraph taken out."""
    return paragraph(words, lambda _: "")


def clause_moved(heading: str, before: str) -> Change:
    """A clause, heading and all, put before another."""

    def change(parts: Parts) -> None:
        text = parts[DOCUMENT].decode()
        start = text.index(paragraph_of(text, f">{heading}<"))
        end = start + len(paragraph_of(text, f">{heading}<"))
        while text[end:].startswith("<w:p>") and 'w:val="Clause"' in text[end : text.index("</w:p>", end)]:
            end = text.index("</w:p>", end) + len("</w:p>")
        block, rest = text[start:end], text[:start] + text[end:]
        target = rest.index(paragraph_of(rest, f">{before}<"))
        parts[DOCUMENT] = (rest[:target] + block + rest[target:]).encode()

    return change


def moved(words: str, before: str) -> Change:
    """A paragraph put before another."""

    def change(parts: Parts) -> None:
        text = parts[DOCUMENT].decode()
        old = paragraph_of(text, words)
        rest = text.replace(old, "", 1)
        target = rest.index(paragraph_of(rest, before))
        parts[DOCUMENT] = (rest[:target] + old + rest[target:]).encode()

    return change


def noted(kind: str, text: str, words: str) -> Change:
    """A footnote, endnote or comment at the end of a paragraph."""

    def change(parts: Parts) -> None:
        at_end(words, f'<w:r><w:{kind}Reference w:id="7"/></w:r>')(parts)
        parts[f"word/{kind}s.xml"] = notes(kind, {7: text})
        relate(parts, "rId70", f"{kind}s", f"{kind}s.xml")
        declare(parts, f"word/{kind}s.xml", f"wordprocessingml.{kind}s+xml")

    return change


def headed(text: str, pages: str = "default") -> Change:
    """A header for some pages."""

    def change(parts: Parts) -> None:
        parts["word/header9.xml"] = f"<w:hdr {names()}><w:p>{run(text)}</w:p></w:hdr>".encode()
        relate(parts, "rId71", "header", "header9.xml")
        declare(parts, "word/header9.xml", "wordprocessingml.header+xml")
        swap("<w:footerReference", f'<w:headerReference w:type="{pages}" r:id="rId71"/><w:footerReference')(parts)
        if pages == "first":
            swap("</w:sectPr>", "<w:titlePg/></w:sectPr>")(parts)

    return change


def pictured(words: str, kind: str, where: str = "") -> Change:
    """A white picture in, or floating over, a paragraph."""

    def change(parts: Parts) -> None:
        parts["word/media/patch.png"] = png((255, 255, 255))
        relate(parts, "rId72", "image", "media/patch.png")
        types = parts["[Content_Types].xml"]
        if b'Extension="png"' not in types:
            parts["[Content_Types].xml"] = types.replace(
                b"<Default", b'<Default Extension="png" ContentType="image/png"/><Default', 1)  # fmt: skip
        at_end(words, f"<w:r><w:drawing>{picture('rId72', kind, where=where)}</w:drawing></w:r>")(parts)

    return change


def holding(part: str, content: bytes, kind: str, relation: str, markup: str = "", words: str = FEE) -> Change:
    """A part more, that the text points at."""

    def change(parts: Parts) -> None:
        parts[part] = content
        declare(parts, part, kind)
        relate(parts, "rId73", relation, part.removeprefix("word/"))
        if markup:
            after(words, markup)(parts) if markup.startswith("<w:p") or "altChunk" in markup else at_end(words, markup)(
                parts
            )

    return change


def linked(relation: str, target: str, markup: str = "", words: str = FEE) -> Change:
    """Something outside the file that it points at."""

    def change(parts: Parts) -> None:
        relate(parts, "rId74", relation, target, external=True)
        if markup:
            at_end(words, markup)(parts)

    return change


def all_of(*changes: Change) -> Change:
    def change(parts: Parts) -> None:
        for one in changes:
            one(parts)

    return change
