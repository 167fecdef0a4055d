"""Whatever somebody does to an agreement before sending it back is found, and named with its clause."""

import pytest

from bench.mutations import MUTATIONS, Mutation, permitted
from bench.papers import packed, unpacked
from contracts.returned.comparing import compare
from contracts.returned.findings import Finding, Kind
from contracts.returned.package import open_safely
from contracts.returned.reading import read


def findings(mutation: Mutation, sent: bytes) -> tuple[Finding, ...]:
    parts = unpacked(sent)
    mutation.change(parts)
    returned = open_safely(packed(parts), name="returned.docx")
    return compare(read(open_safely(sent, name="sent.docx")), read(returned)).findings


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_it_is_found_in_its_clause(mutation: Mutation, sent: bytes, sent_with_places: bytes) -> None:
    all_found = findings(mutation, sent_with_places if mutation.places else sent)
    named = [(one.kind, one.clause.id) for one in all_found]
    assert any(kind is mutation.kind and clause.startswith(mutation.clause) for kind, clause in named), named


def test_every_kind_is_tried() -> None:
    tried = {one.kind for one in (*MUTATIONS, *permitted())}
    assert tried == set(Kind) - {Kind.MARK, Kind.UNREADABLE}  # those are for PDFs


@pytest.mark.parametrize("mutation", permitted(), ids=lambda one: one.name)
def test_an_edit_in_a_permitted_place_is_listed_as_such_and_alone(mutation: Mutation, sent_with_places: bytes) -> None:
    only = findings(mutation, sent_with_places)
    assert [one.kind for one in only] == [Kind.PERMITTED]
    assert only[0].before
    assert only[0].after
