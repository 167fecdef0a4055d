"""What somebody may do to an agreement before sending it back: one change each, what it is, and in which clause.

A table with long lines: a change is read whole.
"""
# ruff: noqa: E501

from dataclasses import dataclass

from bench.mutating import (
    FEE,
    FOOTER,
    NUMBERS,
    SETTINGS,
    STYLES,
    Change,
    after,
    all_of,
    at_end,
    clause_moved,
    field,
    formatted,
    headed,
    holding,
    linked,
    moved,
    noted,
    paragraph,
    pictured,
    run,
    said,
    shaped,
    swap,
    without,
)
from bench.papers import png
from contracts.returned.findings import Kind

PAY, CONTENT, FAIR, ENDING, DEAL = "what-you-receive", "your-content", "freedom-and-fairness", "ending-and", "the-deal"
LABEL, WHOLE, BEGIN, SIGNED = "saying-that", "document", "creator-agreement", "signatures"
FLOATING = (' simplePos="0" relativeHeight="9" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"|'
            '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
            '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>^<wp:wrapNone/>')  # fmt: skip
BOX = ('<w:r><w:pict><v:shape style="position:absolute;width:200pt;height:40pt"><v:textbox><w:txbxContent><w:p><w:r>'
       "<w:t>The fee is due in advance.</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>")  # fmt: skip
DATED = 'w:id="900" w:author="Ada" w:date="2026-11-24T10:00:00Z"'
BOUND = ('<w:sdt><w:sdtPr><w:dataBinding w:xpath="/deal/fee" w:storeItemID="{00000000-0000-0000-0000-000000000001}"/>'
         "</w:sdtPr><w:sdtContent><w:r><w:t>EUR</w:t></w:r></w:sdtContent></w:sdt>")  # fmt: skip
OBJECT = '<w:r><w:object><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="rId73"/></w:object></w:r>'
CHUNK = b"<html><body>The fee is 500 EUR.</body></html>"


@dataclass(frozen=True)
class Mutation:
    """One change, the kind under which it has to be found, and how the id of its clause begins."""

    name: str
    kind: Kind
    clause: str
    change: Change
    places: bool = False


def _words() -> list[Mutation]:
    changed, cell = Kind.CHANGED, Kind.TABLE_CELL
    return [
        Mutation("an amount in a clause", changed, PAY, swap(FEE, "We pay you a fixed fee of 900.00 EUR")),
        Mutation("a number of days", changed, PAY, swap("refunded within 30 days", "refunded within 3 days")),
        Mutation("a “not” put in", changed, CONTENT, swap("What you make stays yours.", "What you make stays not yours.")),
        Mutation("one word left out", changed, FAIR, swap("You may work with anybody else", "You may work with anybody")),
        Mutation("a comma put in", changed, ENDING, swap("by e-mail before", "by e-mail, before")),
        Mutation("one letter", changed, ENDING, swap("The law of Germany", "The law of Guernsey")),
        Mutation("capital letters", changed, FAIR, swap("Your personal data", "YOUR PERSONAL DATA")),
        Mutation("curly for straight quotes", changed, LABEL, swap("the platform's", "the platform’s")),
        Mutation("a heading", changed, CONTENT, swap(">Your content<", ">Our content<")),
        Mutation("the title", changed, BEGIN, swap(">Creator agreement<", ">Draft creator agreement<")),
        Mutation("a party", changed, BEGIN, swap("Aurelia Linen GmbH", "Aurelia Linen Ltd")),
        Mutation("a sentence at a paragraph's end", changed, CONTENT, at_end("For 30 days from", run(" It ends at once."))),
        Mutation("the fee in the table", cell, DEAL, swap(">200.00 EUR<", ">300.00 EUR<")),
        Mutation("the dates in the table", cell, DEAL, swap(">1 December 2026 and", ">1 January 2027 and")),
        Mutation("the link in the table", cell, DEAL, swap("www.example.com/linen?", "www.example.org/linen?")),
        Mutation("a name under the signatures", cell, SIGNED, swap("For Aurelia Linen GmbH", "For Aurelia Trading GmbH")),
        Mutation("two cells swapped", cell, DEAL, all_of(
            swap(">200.00 EUR<", ">@<"), swap(">10% of sales through your code or link<", ">200.00 EUR<"),
            swap(">@<", ">10% of sales through your code or link<"))),
        Mutation("a paragraph put in", Kind.ADDED, PAY, after(FEE, said("A kill fee of 100 EUR is due."))),
        Mutation("a line put into a cell", Kind.ADDED, DEAL, after(">200.00 EUR<", said("plus expenses", "Term"))),
        Mutation("a paragraph at the end", Kind.ADDED, SIGNED, swap("<w:sectPr", f"{said('Side letter.', 'Term')}<w:sectPr")),
        Mutation("a clause put in", Kind.ADDED, PAY, after("Amounts are before tax", said("Penalty", "ClauseHeading"))),
        Mutation("a paragraph taken out", Kind.REMOVED, ENDING, without("A change counts only when")),
        Mutation("a deliverable taken out", Kind.REMOVED, DEAL, without("two Stories with the code")),
        Mutation("a clause's only duty taken out", Kind.REMOVED, CONTENT, without("You use only music")),
        Mutation("a formula put in", changed, PAY, at_end(FEE, (
            '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>×2</m:t></m:r>'
            "</m:oMath>"))),
        Mutation("a symbol put in", changed, PAY, at_end(FEE, '<w:r><w:sym w:font="Symbol" w:char="F0B4"/></w:r>')),
        Mutation("a hard hyphen", changed, LABEL, swap("one day of", "one-day of")),
    ]  # fmt: skip


def _order() -> list[Mutation]:
    return [
        Mutation("a clause moved", Kind.MOVED, FAIR, clause_moved("Freedom and fairness", "What you receive")),
        Mutation("a paragraph moved in its clause", Kind.MOVED, PAY, moved("Amounts are before tax", "We send you")),
        Mutation("a paragraph moved to another clause", Kind.MOVED, CONTENT, moved("What you make stays", "Either of us")),
        Mutation("numbers begin later", Kind.NUMBERING, "what-you-do", swap('w:start w:val="1"', 'w:start w:val="3"', NUMBERS)),
        Mutation("numbers as letters", Kind.NUMBERING, "what-you-do", swap(
            '<w:numFmt w:val="decimal"/><w:pStyle w:val="Clause"/>', '<w:numFmt w:val="lowerLetter"/><w:pStyle w:val="Clause"/>',
            NUMBERS)),
        Mutation("numbers in other words", Kind.NUMBERING, "what-you-do", swap('w:val="%1.%2"', 'w:val="§ %1.%2"', NUMBERS)),
        Mutation("one paragraph without its number", Kind.NUMBERING, PAY, shaped(FEE, '<w:numPr><w:numId w:val="0"/></w:numPr>')),
        Mutation("one paragraph a level up", Kind.NUMBERING, PAY, shaped(
            "Amounts are before", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')),
        Mutation("numbers made invisible", Kind.NUMBERING, "what-you-do", swap(
            '<w:rPr><w:b w:val="0"/></w:rPr>', "<w:rPr><w:vanish/></w:rPr>", NUMBERS)),
    ]  # fmt: skip


def _unseen() -> list[Mutation]:
    hidden = Kind.HIDDEN
    return [
        Mutation("hidden words added", hidden, PAY, at_end(FEE, run(" Twice a year.", "<w:vanish/>"))),
        Mutation("words hidden", hidden, CONTENT, formatted("What you make stays", "<w:vanish/>")),
        Mutation("a hidden paragraph", hidden, PAY, after(FEE, f"<w:p>{run('A bonus is due.', '<w:vanish/>')}</w:p>")),
        Mutation("white words", hidden, PAY, at_end(FEE, run(" Plus 50%.", '<w:color w:val="FFFFFF"/>'))),
        Mutation("white by the theme", hidden, PAY, at_end(FEE, run(
            " Plus 50%.", '<w:color w:val="000000" w:themeColor="background1"/>'))),
        Mutation("a clause in white", hidden, ENDING, formatted("After that, either", '<w:color w:val="FEFEFE"/>')),
        Mutation("black on black", hidden, ENDING, formatted(
            "After that, either", '<w:color w:val="000000"/><w:shd w:val="clear" w:fill="000000"/>')),
        Mutation("yellow on yellow", hidden, ENDING, formatted(
            "After that, either", '<w:color w:val="FFFF00"/><w:highlight w:val="yellow"/>')),
        Mutation("one point high", hidden, PAY, at_end(FEE, run(" Plus 50%.", '<w:sz w:val="2"/>'))),
        Mutation("squeezed to a line", hidden, PAY, formatted("Amounts are before", '<w:w w:val="1"/>')),
        Mutation("letters on one another", hidden, PAY, formatted("Amounts are before", '<w:spacing w:val="-200"/>')),
        Mutation("without colour", hidden, PAY, formatted(
            "Amounts are before", '<w14:textFill xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">'
            "<w14:noFill/></w14:textFill>")),
        Mutation("a style that hides", hidden, "what-you-do", swap(
            '<w:name w:val="Clause"/>', '<w:name w:val="Clause"/><w:rPr><w:vanish/></w:rPr>', STYLES)),
        Mutation("a style of its own that hides", hidden, FAIR, all_of(
            swap("</w:styles>", '<w:style w:type="paragraph" w:styleId="Fine"><w:basedOn w:val="Clause"/><w:rPr>'
                 '<w:color w:val="FFFFFF"/></w:rPr></w:style></w:styles>', STYLES),
            paragraph("Exclusivity: none", lambda old: old.replace('w:val="Clause"', 'w:val="Fine"')))),
        Mutation("a frame off the page", hidden, PAY, shaped(FEE, '<w:framePr w:w="4000" w:x="30000" w:y="1" w:hAnchor="page"/>')),
        Mutation("pushed off the page", hidden, PAY, shaped(FEE, '<w:ind w:left="15000"/>')),
        Mutation("a line one point high", hidden, PAY, shaped(FEE, '<w:spacing w:line="20" w:lineRule="exact"/>')),
        Mutation("a hidden row", hidden, DEAL, paragraph_row(">200.00 EUR<", "<w:hidden/>")),
        Mutation("a row one point high", hidden, DEAL, paragraph_row(">200.00 EUR<", '<w:trHeight w:val="20" w:hRule="exact"/>')),
        Mutation("under a merged cell", hidden, DEAL, swap(
            '<w:tcW w:type="dxa" w:w="2381"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TermLabel"/></w:pPr><w:r><w:t>Fixed fee',
            '<w:tcW w:type="dxa" w:w="2381"/><w:vMerge/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TermLabel"/></w:pPr><w:r><w:t>Fixed fee')),
        Mutation("struck through", Kind.STRUCK, PAY, formatted("If an order is cancelled", "<w:strike/>")),
        Mutation("read from right to left", Kind.TURNED, PAY, formatted(FEE, "<w:rtl/>")),
        Mutation("turned by a sign", Kind.LOOKALIKE, PAY, swap("200.00 EUR within", "\u202e200.00\u202c EUR within")),
        Mutation("a Cyrillic letter", Kind.LOOKALIKE, BEGIN, swap(", Lindenstrasse 12", ", Lindenstr\u0430sse 12")),
        Mutation("a Greek capital", Kind.LOOKALIKE, PAY, swap("Amounts are before", "\u0391mounts are before")),
        Mutation("a space of no width", Kind.LOOKALIKE, PAY, swap("a commission of 10%", "a commission of 1\u200b0%")),
        Mutation("columns too narrow to read", Kind.LAYOUT, WHOLE, swap('w:right="1304"', 'w:right="9000"')),
    ]  # fmt: skip


def paragraph_row(words: str, properties: str) -> Change:
    """The table row with these words given properties."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts["word/document.xml"].decode()
        start = text.rindex("<w:trPr>", 0, text.index(words)) + len("<w:trPr>")
        parts["word/document.xml"] = (text[:start] + properties + text[start:]).encode()

    return change


def _around() -> list[Mutation]:
    return [
        Mutation("a header", Kind.HEADER, "header", headed("Subject to Ada's own terms")),
        Mutation("a header on the first page only", Kind.HEADER, "header", headed("Subject to Ada's own terms", "first")),
        Mutation("other words in the footer", Kind.FOOTER, "footer", swap("version 1", "version 2", FOOTER)),
        Mutation("the footer gone", Kind.FOOTER, "footer", swap("<w:footerReference", "<w:x")),
        Mutation("a line in the footer", Kind.FOOTER, "footer", swap("</w:ftr>", "<w:p><w:r><w:t>Void.</w:t></w:r></w:p></w:ftr>", FOOTER)),
        Mutation("a footnote", Kind.FOOTNOTE, PAY, noted("footnote", "Unless Ada says otherwise.", FEE)),
        Mutation("an endnote", Kind.ENDNOTE, ENDING, noted("endnote", "Unless Ada says otherwise.", "The law of")),
        Mutation("a comment", Kind.COMMENT, PAY, noted("comment", "Too little, I think.", FEE)),
        Mutation("a tracked addition", Kind.TRACKED, PAY, at_end(FEE, f"<w:ins {DATED}>{run(' Plus VAT.')}</w:ins>")),
        Mutation("a tracked deletion", Kind.TRACKED, CONTENT, paragraph("What you make stays", lambda old: old.replace(
            "<w:t>", "<w:delText>").replace("</w:t>", "</w:delText>").replace("<w:r>", f"<w:del {DATED}><w:r>").replace(
            "</w:r>", "</w:r></w:del>").replace('<w:t xml:space="preserve">', "<w:delText>"))),
        Mutation("a tracked change of format", Kind.TRACKED, PAY, formatted(FEE, f"<w:b/><w:rPrChange {DATED}><w:rPr/></w:rPrChange>")),
        Mutation("a paragraph mark deleted", Kind.TRACKED, FAIR, shaped("Exclusivity: none", f"<w:rPr><w:del {DATED}/></w:rPr>")),
    ]  # fmt: skip


def _things() -> list[Mutation]:
    return [
        Mutation("a picture in the line", Kind.IMAGE, PAY, pictured(FEE, "inline")),
        Mutation("a picture over the text", Kind.OVER_TEXT, PAY, pictured(FEE, "anchor", FLOATING)),
        Mutation("a white box over the text", Kind.OVER_TEXT, PAY, at_end(FEE, (
            '<w:r><w:pict><v:rect style="position:absolute;width:400pt;height:30pt" fillcolor="white"/></w:pict></w:r>'))),
        Mutation("a watermark", Kind.OVER_TEXT, PAY, at_end(FEE, (
            '<w:r><w:pict><v:shape style="position:absolute"><v:textpath string="VOID"/></v:shape></w:pict></w:r>'))),
        Mutation("a text box", Kind.TEXT_BOX, PAY, at_end(FEE, BOX)),
        Mutation("a frame beside the text", Kind.TEXT_BOX, PAY, shaped(FEE, '<w:framePr w:w="4000" w:x="900" w:y="1"/>')),
        Mutation("a date that sets itself", Kind.FIELD, ENDING, at_end("The law of", field("DATE", "1 May 2027"))),
        Mutation("words by condition", Kind.FIELD, PAY, at_end(FEE, field('IF 1 = 1 "twice" "once"', "once"))),
        Mutation("a field in one piece", Kind.FIELD, PAY, at_end(FEE, f'<w:fldSimple w:instr="AUTHOR">{run("Ada")}</w:fldSimple>')),
        Mutation("text included from elsewhere", Kind.FIELD, PAY, at_end(FEE, field('INCLUDETEXT "https://example.org/x"', ""))),
        Mutation("a link", Kind.LINK, PAY, linked("hyperlink", "https://example.org/terms", f'<w:hyperlink r:id="rId74">{run("terms")}</w:hyperlink>')),
        Mutation("a link as a field", Kind.LINK, PAY, at_end(FEE, field('HYPERLINK "https://example.org/terms"', "terms"))),
        Mutation("a template loaded from elsewhere", Kind.EXTERNAL, WHOLE, linked("attachedTemplate", "https://example.org/a.dotm")),
        Mutation("a picture loaded from elsewhere", Kind.EXTERNAL, WHOLE, linked("image", "https://example.org/a.png")),
        Mutation("a macro", Kind.MACRO, WHOLE, holding("word/vbaProject.bin", b"VBA", "application/vnd.ms-office.vbaProject", "vbaProject")),
        Mutation("a document that runs macros", Kind.MACRO, WHOLE, swap(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            "application/vnd.ms-word.document.macroEnabled.main+xml", "[Content_Types].xml")),
        Mutation("a part of another document", Kind.ALT_CHUNK, PAY, holding(
            "word/chunk.html", CHUNK, "text/html", "aFChunk", '<w:altChunk r:id="rId73"/>')),
        Mutation("an embedded sheet", Kind.EMBEDDED, PAY, holding(
            "word/embeddings/sheet.xlsx", b"PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "package",
            OBJECT)),
        Mutation("words bound to data", Kind.BOUND, PAY, at_end(FEE, BOUND)),
        Mutation("another text behind the first", Kind.CHANGED, PAY, another_main()),
        Mutation("words only some programs show", Kind.HIDDEN, PAY, at_end(FEE, (
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f'<mc:Choice Requires="wps">{run(" Once.")}</mc:Choice><mc:Fallback>{run(" Twice.")}</mc:Fallback>'
            "</mc:AlternateContent>"))),
        Mutation("headers of even pages switched on", Kind.HEADER, "header", all_of(
            headed("Void.", "even"), swap("<w:zoom", "<w:evenAndOddHeaders/><w:zoom", SETTINGS))),
    ]  # fmt: skip


def another_main() -> Change:
    """The file's own list names another text; the one everybody looks for is left as it was."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts["word/document.xml"].decode()
        parts["word/document2.xml"] = text.replace("fixed fee of 200.00", "fixed fee of 900.00").encode()
        parts["word/_rels/document2.xml.rels"] = parts["word/_rels/document.xml.rels"]
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"word/document2.xml")
        types = parts["[Content_Types].xml"].decode()
        override = ('<Override PartName="/word/document2.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                    'wordprocessingml.document.main+xml"/>')  # fmt: skip
        parts["[Content_Types].xml"] = types.replace("</Types>", f"{override}</Types>").encode()

    return change


def _beside_places() -> list[Mutation]:
    link = run("and terms")
    return [
        Mutation("words beside a permitted place", Kind.CHANGED, CONTENT, swap(", we may show it", " only, we may show it"), True),
        Mutation("locked words taken into a permitted place", Kind.CHANGED, CONTENT, all_of(
            swap("our website and newsletter<", "our website, and we may show it<"), swap(", we may show it", "")), True),
        Mutation("a second permitted place", Kind.CHANGED, CONTENT, at_end("For 30 days from each post", (
            f'<w:sdt><w:sdtPr><w:alias w:val="local:usage.channels"/></w:sdtPr><w:sdtContent>{link}</w:sdtContent></w:sdt>')), True),
        Mutation("money in a permitted place", Kind.OVERFLOW, DEAL, swap("shirt visible as a whole", "for 500 € more"), True),
        Mutation("a page of text in a permitted place", Kind.OVERFLOW, DEAL, swap("shirt visible", "and so on " * 40), True),
        Mutation("hidden words in a permitted place", Kind.HIDDEN, DEAL, swap(
            "shirt visible as a whole</w:t></w:r>", f"shirt visible as a whole</w:t></w:r>{run(' and paid', '<w:vanish/>')}"), True),
        Mutation("another picture for the logo", Kind.IMAGE, BEGIN, other_logo(), True),
        Mutation("another footnote", Kind.FOOTNOTE, CONTENT, swap("is fine", "is not fine", "word/footnotes.xml"), True),
        Mutation("the footnote gone", Kind.FOOTNOTE, CONTENT, swap('<w:r><w:footnoteReference w:id="2"/></w:r>', ""), True),
        Mutation("another target for a link", Kind.LINK, CONTENT, swap(
            "https://www.example.com/guide", "https://www.example.org/guide", "word/_rels/document.xml.rels"), True),
        Mutation("other words in the header", Kind.HEADER, "header", swap("Aurelia Linen", "Aurelia", "word/header1.xml"), True),
        Mutation("a clause out of its control", Kind.REMOVED, FAIR, without("Your personal data is used"), True),
    ]  # fmt: skip


def other_logo() -> Change:
    def change(parts: dict[str, bytes]) -> None:
        parts["word/media/logo.png"] = png((200, 10, 10))

    return change


def permitted() -> list[Mutation]:
    """Changes that legal allowed: listed, and nothing else."""
    return [
        Mutation("another wish for filming", Kind.PERMITTED, DEAL, swap(
            "daylight, outdoors, shirt visible as a whole", "evening light, indoors"), True),
        Mutation("another channel", Kind.PERMITTED, CONTENT, swap(
            "our website and newsletter", "our newsletter"), True),
    ]  # fmt: skip


#: Everything that has to be found.
MUTATIONS = (*_words(), *_order(), *_unseen(), *_around(), *_things(), *_beside_places())
