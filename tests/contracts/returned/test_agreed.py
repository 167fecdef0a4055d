"""Which changes touch what was agreed in an offer: in lines that print a term, in what is paid, in any amount."""

from pathlib import Path

import pytest
from sqlmodel import select

from bench.mutating import after, said
from bench.papers import DOCUMENT, packed, unpacked
from contracts import service as contracts
from contracts.clauses import Clauses
from contracts.returned import agreed
from contracts.returned.documents import held_against
from contracts.returned.findings import Comparison
from contracts.templates import TemplateText
from contracts.terms import Terms
from contracts.wording import Outline
from core.clock import FixedClock
from core.database import reading
from core.models.deals import Contract
from tests.flows.scenes import contract_to_sign_off
from tests.homes import copied


@pytest.fixture(scope="module")
def ours(longlisted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Outline, Terms]:
    """A contract as it goes out, the text it was filled from, and its terms."""
    house = copied(longlisted_home, tmp_path_factory.mktemp("agreed") / "home")
    house.everybody_consented()
    contract_to_sign_off(house)
    with reading(house.w.engine) as session:
        contract = session.exec(select(Contract)).one()
    template = TemplateText(contract.template, house.w.archive.read(contract.template_sha256))
    document = house.w.archive.read(contract.docx_sha256)
    house.w.engine.dispose()
    return document, template.outline, contracts.terms_of(contract)


def edited(document: bytes, *changes: tuple[str, str]) -> Comparison:
    parts = unpacked(document)
    for old, new in changes:
        assert old.encode() in parts[DOCUMENT], old
        parts[DOCUMENT] = parts[DOCUMENT].replace(old.encode(), new.encode(), 1)
    return held_against(document, packed(parts), name="back.docx")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("What you make stays yours.", "What you make stays yours, always.", ""),
        ("within 7 days", "within 70 days", ""),
        ("for at least 30 days", "for at least 14 days", ""),  # a wording of legal's, although usage.days is 30 too
        ("For 30 days from each post", "For 14 days from each post", "Use of content, days"),
        ("The law of Germany applies", "The law of Austria applies", ""),
        ("a fixed fee of 200.00 EUR", "a fixed fee of 900.00 EUR", "Fixed fee"),
        ("however well they sell", "if they sell well", "which says what is paid"),
        ("what breaks the law", "what breaks the law, for 50 EUR each", "an amount that we did not write: 50 EUR"),
        ("what breaks the law", "what breaks the law, for € 50 each", "an amount that we did not write: € 50"),
        ("what breaks the law", "what breaks the law, for 5 percent more", "5 percent"),
        ("You may work with anybody else, before", "You may work with anybody else, one day before", ""),
    ],
)
def test_a_change_is_legals_unless_it_touches_what_an_offer_says(
    ours: tuple[bytes, Outline, Terms], old: str, new: str, said: str
) -> None:
    document, outline, terms = ours
    comparison = edited(document, (old, new))
    assert comparison.outside
    touched = agreed.touched(comparison, outline, terms)
    assert (said in "; ".join(touched)) if said else touched == ()


def test_what_was_struck_out_is_touched_and_what_only_moved_is_not(ours: tuple[bytes, Outline, Terms]) -> None:
    document, outline, terms = ours
    comparison = edited(
        document, ("For 30 days from each post we may show it, naming you, in these places and no others:", "")
    )
    assert "Use of content, days" in agreed.touched(comparison, outline, terms)


def test_a_clause_of_the_list_is_recognised_by_its_words_alone(
    ours: tuple[bytes, Outline, Terms], clock: FixedClock
) -> None:
    document, _, _ = ours
    texts = Clauses(Path("templates")).texts(language="en", on=clock.now().date())

    def found(words: str) -> tuple[str, ...]:
        parts = unpacked(document)
        after("What you make stays yours.", said(words))(parts)
        return agreed.clauses_said(held_against(document, packed(parts), name="back.docx"), texts)

    assert found(texts["one-revision"]) == ("one-revision",)
    assert found(texts["one-revision"].replace("one round", "two rounds")) == ()
