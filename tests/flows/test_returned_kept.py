"""What came back stays: on the board, in the history, in the zip of the deal, and not of who is forgotten."""

import io
import zipfile
from datetime import timedelta

from bench.papers import png
from contracts import dossier
from contracts import service as contracts
from core.clock import FixedClock
from core.database import reading
from core.store import candidate_named
from flows.steps import deals_kept, review
from flows.steps.forgetting import forget
from tests.flows.test_accepted_files import HARMLESS, asked, sign
from tests.flows.test_returned import edited, sent
from tests.house import CAMPAIGN, House


def turn(house: House) -> tuple[str, str]:
    with reading(house.w.engine) as session:
        [standing] = deals_kept.board(session, house.w, CAMPAIGN)
    return standing.turn.who, standing.turn.next_step


def exported(house: House, creator: str) -> tuple[dict[str, bytes], dossier.Dossier]:
    content, found = deals_kept.export(house.w, CAMPAIGN, creator, actor=house.w.people.named("lena"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, found


def test_the_board_says_whose_turn_it_is_after_each_word_of_legal(house: House, clock: FixedClock) -> None:
    creator, document = sent(house)
    kept = asked(house, creator, edited(document, *HARMLESS))
    assert turn(house) == (house.w.people.name_of("lena"),
                           f"it came back changed: greenroom approvals show {kept.id[:8]}")  # fmt: skip
    house.decide(kept, "decline", by="lena", reason="seven days are our rule")
    assert turn(house)[0] == "creator"
    assert "legal keeps our text: seven days are our rule" in turn(house)[1]
    clock.advance(timedelta(minutes=1))
    later = asked(house, creator, edited(document, "within 7 days", "within 8 days"))
    lena = house.w.people.named("lena")
    review.decide(house.w, later.id, "approve", actor=lena, door="web", may_be_taken_back=True)
    assert turn(house) == ("Greenroom", "legal's answer can be taken back until then")
    clock.advance(timedelta(minutes=11))
    review.apply_due(house.w)
    assert "legal accepts what came back; signed so: greenroom contracts signed" in turn(house)[1]


def test_the_zip_shows_what_was_accepted_and_signed_instead_of_ours(house: House) -> None:
    creator, document = sent(house)
    changed = edited(document, *HARMLESS)
    house.decide(asked(house, creator, changed), "approve", by="lena")
    sign(house, creator, changed)
    files, found = exported(house, creator)
    assert found.problems == ()
    assert files["version-1/returned-1.docx"] == changed == files["version-1/evidence-accepted.docx"]
    assert b"<ins>14</ins>" in files["version-1/returned-1-compared.html"]
    page = files["index.html"].decode()
    assert 'href="version-1/returned-1-compared.html"' in page
    assert "What was signed says what legal accepted, not what we sent" in page
    assert "accepted the file that came back" in page
    assert "within 14 days" in page
    assert (files, found) == exported(house, creator)


def test_the_signed_file_itself_is_in_the_zip(house: House) -> None:
    creator, document = sent(house)
    sign(house, creator, document)
    files, found = exported(house, creator)
    assert (found.problems, files["version-1/evidence-file.docx"]) == ((), document)


def test_a_picture_is_in_the_zip_as_what_it_is(house: House) -> None:
    creator, _ = sent(house)
    sign(house, creator, png((1, 2, 3)), name="photo.png")
    assert exported(house, creator)[0]["version-1/evidence-file.png"] == png((1, 2, 3))


def test_the_history_names_each_file_once(house: House) -> None:
    creator, document = sent(house)
    changed = edited(document, *HARMLESS)
    asked(house, creator, changed)
    asked(house, creator, changed)
    with reading(house.w.engine) as session:
        deal = contracts.deal_of(session, candidate_named(session, CAMPAIGN, creator))
    [back] = deal.versions[0].came_back
    assert house.w.archive.read(back.sha256) == changed
    assert b"<ins>14</ins>" in house.w.archive.read(back.page)


def test_of_who_is_forgotten_before_signing_nothing_that_came_back_is_left(house: House) -> None:
    creator, document = sent(house)
    asked(house, creator, edited(document, *HARMLESS))
    omar = house.w.people.named("omar")
    review.drop(house.w, CAMPAIGN, creator, actor=omar, reason="they will not sign")
    forget(house.w, creator, why="asked on 3 May", actor=omar)
    left = [path for path in house.w.settings.contracts_folder.rglob("*") if path.suffix in (".docx", ".html", ".pdf")]
    with reading(house.w.engine) as session:
        template = {one.template_sha256 for one in contracts.versions_of(session, CAMPAIGN)}
    assert {path.stem for path in left} <= template
