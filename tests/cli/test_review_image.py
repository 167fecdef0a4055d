"""The terminal review as pictures for people to look at: docs/images, drawn anew by GREENROOM_UPDATE_GOLDEN=1."""

import io
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from cli.review_screen import WIDEST, Place, reasons_screen, screen
from core.cards import Card, Choice, Fact
from core.settings import PROJECT
from sourcing.card import DECLINE_REASONS

IMAGES = PROJECT / "docs" / "images"
SEEN = "generated profiles, 2026-11-16"
DECLINE = Choice(id="decline", label="Decline", needs_reason=True, reasons=DECLINE_REASONS)
CARD = Card(
    title="Mira Sommerfeld (@mira.generated)",
    subtitle="Generated: nobody of this name exists. Instagram, rank 3, fit 84.6 of 100, 98% of it known",
    link="https://www.instagram.com/mira.generated",
    facts=(
        Fact(label="Topic", value="bio says “slow fashion from Leipzig”, hashtags #linen, #slowfashion", evidence=SEEN),
        Fact(label="Audience", value="46% in Germany (30% wanted), 38% aged 25-34 (30% wanted), 81% women (50% wanted)",
             evidence=SEEN),
        Fact(label="Buying signals", value="2 paid posts (Lindenhof, Studio Salva), a code of her own", evidence=SEEN),
        Fact(label="Place", value="Leipzig, Germany", evidence=SEEN),
        Fact(label="Size", value="24,310 followers, inside 5,000 to 100,000", evidence=SEEN),
        Fact(label="Real numbers", value="likely real 82% (76% to 88%), estimated from public numbers", evidence=SEEN),
        Fact(label="Caption", value="one linen shirt, four looks 🌿 #outfitrepeating", evidence=SEEN),
        Fact(label="Not known", value="Posting", evidence="98% of the fit is known"),
    ),
    risk="No e-mail address is known: it must be found before an invitation can be sent.",
    choices=(
        Choice(id="approve", label="Approve"),
        DECLINE,
        Choice(id="wrong_audience", label="Wrong audience"),
        Choice(id="hold", label="Hold", needs_reason=True),
    ),
)  # fmt: skip
REVIEW = partial(
    screen, CARD, Place(9, 25, {"Approve": 5, "Decline": 2, "Hold": 1}), time_zone="Europe/Stockholm",
    due_at=datetime(2026, 11, 27, 13, 30, tzinfo=UTC), remark="Jonas Weber (@jonas.generated): decline, off topic.",
)  # fmt: skip
SCREENS: dict[str, Callable[[], RenderableType]] = {
    "review-card": REVIEW,
    "review-reasons": lambda: reasons_screen(DECLINE, CARD.title),
}


def picture(name: str, *, width: int = WIDEST) -> str:
    """The screen as SVG. Without the font that the drawing library would load from elsewhere."""
    console = Console(width=width, height=40, record=True, file=io.StringIO(), color_system="truecolor",
                      force_terminal=True, highlight=False)  # fmt: skip
    console.print(SCREENS[name]())
    svg = console.export_svg(title="greenroom review go linen-summer", unique_id=name)
    svg = re.sub(r"@font-face \{.*?\}\n|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace")
    return "".join(f"{line.rstrip()}\n" for line in svg.strip().splitlines())


def lines_at(width: int, screen_of: Callable[[], RenderableType]) -> list[str]:
    console = Console(width=width, height=40, file=io.StringIO(), legacy_windows=False)
    console.print(screen_of())
    out = console.file
    assert isinstance(out, io.StringIO)
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("name", SCREENS)
def test_the_picture_shows_the_screen_as_it_is(name: str) -> None:
    path, drawn = IMAGES / f"{name}.svg", picture(name)
    if os.environ.get("GREENROOM_UPDATE_GOLDEN"):
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8"), "set GREENROOM_UPDATE_GOLDEN=1 to draw it anew, and look at it"


@pytest.mark.parametrize("name", SCREENS)
def test_a_picture_loads_nothing_from_elsewhere(name: str) -> None:
    drawn = picture(name).replace('xmlns="http://www.w3.org/2000/svg"', "").replace(CARD.link, "")
    assert re.findall(r"https?:|url\((?!#)|<script|@import", drawn) == []


@pytest.mark.parametrize("width", [80, 100])
def test_a_whole_card_fits_a_window(width: int) -> None:
    lines = lines_at(width, REVIEW)
    assert max(cell_len(line) for line in lines) <= width
    assert len(lines) <= 30
    assert lines[0].strip() == "9 of 25  ████████░░░░░░░░░░░░░░░░  5 × approve, 2 × decline, 1 × hold"
    # Who it is about stands beside the keys too, and each row of keys is one line.
    about, answers, around, remark = (line.strip() for line in lines[-4:])
    assert about == CARD.title
    assert [word for word in answers.split() if len(word) == 1] == ["a", "d", "w", "h"]
    assert [word for word in around.split() if len(word) == 1] == ["s", "b", "u", "q"]
    assert remark.startswith("Jonas Weber")


def test_where_most_was_seen_is_said_once_and_what_differs_where_it_stands() -> None:
    lines = lines_at(100, REVIEW)
    assert sum(SEEN in line for line in lines) == 1
    assert [line for line in lines if "98% of the fit is known" in line and "Posting" in line]
