"""Which paragraphs belong to which clause, in files as they are set, saved elsewhere, or tampered with."""

from contracts.locks import LockedClause, clauses_of, hashes

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def parts(*body: str) -> dict[str, bytes]:
    return {"word/document.xml": f"<w:document {W}><w:body>{''.join(body)}</w:body></w:document>".encode()}


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def lock(name: str, *inner: str, form: str = "alias") -> str:
    named = f'<w:sdtPr><w:{form} w:val="{name}"/></w:sdtPr>'
    return f"<w:sdt>{named}<w:sdtContent>{''.join(inner)}</w:sdtContent></w:sdt>"


def within(name: str, text: str) -> str:
    """As LibreOffice saves a clause: the name at the words of its first paragraph."""
    return f"<w:p>{lock(name, f'<w:r><w:t>{text}</w:t></w:r>')}</w:p>"


def found(*body: str) -> list[LockedClause]:
    return clauses_of(parts(*body), name="file")


SET = found(lock("pay", p("Pay"), p("We pay."), "<w:p/>"), lock("usage", p("Use"), p("We use.")))


def test_a_clause_is_the_same_however_it_was_saved() -> None:
    assert [LockedClause("pay", ("Pay", "We pay.")), LockedClause("usage", ("Use", "We use."))] == SET
    assert found(within("pay", "Pay"), p("We  pay. "), within("usage", "Use"), p("We\u00a0use.")) == SET
    assert found(lock("pay", p("Pay"), p("We pay."), form="tag"), lock("usage", p("Use"), p("We use."))) == SET


def test_whatever_is_put_between_clauses_belongs_to_the_one_before() -> None:
    between = found(lock("pay", p("Pay"), p("We pay.")), p("You pay."), lock("usage", p("Use"), p("We use.")))
    assert between[0].paragraphs == ("Pay", "We pay.", "You pay.")
    assert hashes(between)["pay"] != hashes(SET)["pay"]
    assert hashes(between)["usage"] == hashes(SET)["usage"]


def test_words_before_the_first_clause_and_clauses_that_stand_twice_are_seen() -> None:
    assert [clause.id for clause in found(p("Before"), lock("pay", p("Pay")))] == ["", "pay"]
    twice = found(lock("pay", p("a")), lock("usage", p("b")), lock("pay", p("c")))
    assert [clause.id for clause in twice] == ["pay", "usage", "pay"]


def test_a_place_that_others_may_edit_begins_no_clause() -> None:
    [clause] = found(lock("work", p("Work"), lock("local:filming.angles", p("daylight")), p("More")))
    assert clause == LockedClause("work", ("Work", "daylight", "More"))
