"""The page of a longlist: what people see, in both themes, with and without a browser's script."""

import base64
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.campaign import Campaign
from sourcing import charts, webpage
from sourcing.filters import FunnelStep
from sourcing.glossary import FACTOR_WORDS
from sourcing.longlist import Entry, LeftOut, Longlist
from sourcing.reasons import Fact
from sourcing.sample import HOSTILE_NAMES

PARTS = Path(webpage.__file__).parent / "page"
#: Text that tries to leave its place: out of text, an attribute, a script, a style, a comment.
ESCAPES = (
    *HOSTILE_NAMES, '"><img src=x onerror=alert(1)>', "</script><script>alert(1)</script>", "' onclick='alert(1)",
    '" data-f="99', "</style><style>*{display:none}</style>", "<!-- ", "--><b>", "]]>", "&lt;b&gt;", "</td></tr>",
    "</table>", "javascript:alert(1)", "\ud800broken", "\x00\x1b[31m", "👩🏽‍🌾𝒶\U0001f9f5", "`${alert(1)}`",
)  # fmt: skip


def make_entry(rank: int, text: str = "Ada", **changes: object) -> Entry:
    """An entry with all there can be; `text` stands wherever text of a creator comes."""
    kinds = ("reported", "reported", "measured", "reported", "estimated", "measured", "measured", "estimated")
    entry = Entry(
        rank=rank, platform="instagram", handle=f"creator{rank}", name=text, country="Germany", language="de",
        followers=9_000 + rank, engagement_percent=4.2, fit=90.0 - rank / 10, coverage=0.9,
        factors=tuple((name, None if name == "results" else 0.5) for name in FACTOR_WORDS),
        reasons=(f"Topic: bio says “{text}”", "Engagement 4.2 %, 1.3 times the median", f"Place and size: {text}"),
        risk=f"No word of {text}", email="ada@example.com", email_source=f"email in {text}", url=None,
        facts=(Fact("bio", text, "bio in file.csv", "2026-11-01T00:00:00Z"),), source=text,
        fetched_at="2026-11-01T00:00:00Z", city=text, vertical=text, also=(f"tiktok:{text}",),
        kinds=tuple(zip(FACTOR_WORDS, kinds, strict=False)),
    )  # fmt: skip
    return replace(entry, **changes)  # type: ignore[arg-type]


def make_run(*entries: Entry, **changes: object) -> Longlist:
    spread = tuple(len(entries) if step == 17 else 40 for step in range(20))
    run = Longlist(
        "run1", "linen-summer", "c" * 64, "pool1", 1_000, "code1", 250, entries, (), (
            FunnelStep("another platform", 200, 800, 20, "audience.platforms"),
            FunnelStep("another country", 500, 300, 300, "audience.countries"),
            FunnelStep("opted out", 1, 299, 1, ""),
        ), (), spread,
    )  # fmt: skip
    return replace(run, **changes)  # type: ignore[arg-type]


class _Page(HTMLParser):
    """Every element with its attributes in order, and the text outside of style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.values: dict[str, set[str]] = {}
        self.text, self._inside = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            self.values.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        if self._inside not in ("style", "script"):
            self.text += data


def page_of(run: Longlist, campaign: Campaign) -> str:
    return webpage.make_page(run, campaign).decode()


def test_text_of_creators_makes_no_element_and_no_attribute(campaign: Campaign) -> None:
    def everywhere(texts: Sequence[str]) -> _Page:
        people = tuple(make_entry(rank, text) for rank, text in enumerate(texts, start=1))
        left_out = tuple(LeftOut("instagram", "x", 80.0, text) for text in texts)
        return _Page(page_of(make_run(*people, bench=people, left_out=left_out), campaign))

    def shape(page: _Page) -> list[tuple[str, tuple[str, ...]]]:
        # Quotes of a script from right to left are set apart by a bdi without attributes.
        return [element for element in page.elements if element != ("bdi", ())]

    hostile = everywhere(ESCAPES)
    # As many different names, so that the boxes to choose from have as many lines.
    assert shape(hostile) == shape(everywhere([f"Ada {place}" for place, _ in enumerate(ESCAPES)]))
    assert not [name for name in hostile.values if name.startswith("on") or name == "style"]
    allowed = ("#", "https://www.instagram.com/creator", "https://www.instagram.com/x")
    assert [link for link in hostile.values["href"] if not link.startswith(allowed)] == []
    assert "<script>alert(1)</script>" in hostile.text


def test_a_handle_cannot_lead_anywhere_but_to_the_platform(campaign: Campaign) -> None:
    page = _Page(page_of(make_run(make_entry(1, handle='../@evil.example/?q="x#')), campaign))
    assert "https://www.instagram.com/..%2F%40evil.example%2F%3Fq%3D%22x%23" in page.values["href"]


def test_nothing_is_loaded_and_nothing_else_may_run(campaign: Campaign) -> None:
    page = _Page(page_of(make_run(make_entry(1)), campaign))
    policy = next(value for value in page.values["content"] if "default-src" in value)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S{44}'; script-src 'sha256-\S{44}'; "
        r"base-uri 'none'; form-action 'none'",
        policy,
    )
    assert "src" not in page.values
    assert not [tag for tag, _ in page.elements if tag in ("img", "link", "iframe", "object", "embed", "base")]
    assert "url(" not in (PARTS / "longlist.css").read_text()


def test_the_page_tells_what_each_limit_cost_and_how_to_loosen_it(campaign: Campaign) -> None:
    text = _Page(page_of(make_run(make_entry(1)), campaign)).text
    assert "another country. Without it 300 more creators would be inside every limit" in " ".join(text.split())
    assert "audience.countries" in text
    assert "always kept" in text
    assert "From 1,000 profiles to 1" in text


def test_a_creator_is_shown_with_factors_kinds_weights_reasons_risk_and_other_accounts(campaign: Campaign) -> None:
    run = make_run(make_entry(1), weights=(("topic", 0.6), ("results", 0.4)))
    text = " ".join(_Page(page_of(run, campaign)).text.split())
    for shown in (
        "Topic 50 reported, counts 60 %", "Past results – unknown, counts 40 %", "Place 50 estimated", "90 % known",
        "@Ada on TikTok", "Topic Bio says “Ada”", "Check No word of Ada", "4.2 %", "9,001", "1 November 2026",
    ):  # fmt: skip
        assert shown.replace(" ", "") in text.replace("\u00a0", "").replace(" ", ""), shown


def test_addresses_of_creators_stay_out_of_a_page_that_is_passed_on(campaign: Campaign) -> None:
    page = page_of(make_run(make_entry(1), bench=(make_entry(2),)), campaign)
    assert "ada@example.com" not in page
    assert "known, in the workbook" in page


def test_learning_is_told_only_where_there_is_a_model(campaign: Campaign) -> None:
    without = page_of(make_run(make_entry(1)), campaign)
    told = page_of(make_run(make_entry(1), precision=(0.56, 0.72), model="61 decisions"), campaign)
    assert "With learning" not in without
    assert "With learning" in told
    assert "18.0 <small>72 %" in told


def test_names_from_right_to_left_do_not_turn_the_line(campaign: Campaign) -> None:
    page = page_of(
        make_run(make_entry(1, "أزياء", reasons=("Topic: bio says “كتان”, hashtags #كتان", "", ""))), campaign
    )
    assert '<bdi class="name">أزياء</bdi>' in page
    assert "says <bdi>“كتان”</bdi>, hashtags <bdi>#كتان</bdi>" in page


def test_without_its_script_the_page_is_simply_all_there(campaign: Campaign) -> None:
    page = page_of(make_run(*(make_entry(rank) for rank in range(1, 6))), campaign)
    assert page.count('<tbody role="rowgroup" data-f=') == 5
    assert '<form id="controls" hidden>' in page
    assert "hidden" not in {
        name for tag, names in _Page(page).elements if tag in ("tbody", "tr", "table") for name in names
    }


def test_a_list_that_is_too_long_to_open_is_cut_and_says_so(campaign: Campaign) -> None:
    page = page_of(make_run(*(make_entry(rank) for rank in range(1, 1_003))), campaign)
    assert page.count('<tbody role="rowgroup" data-f=') == 1_000
    assert "all 1,002 are in the workbook" in page


def test_factors_stand_in_one_order_whoever_lacks_one(campaign: Campaign) -> None:
    run = make_run(
        make_entry(1, factors=(("topic", 0.1), ("intent", 0.2))), make_entry(2, factors=(("intent", 0.3),)),
        weights=(("intent", 0.5), ("topic", 0.5)),
    )  # fmt: skip
    assert re.findall(r'data-x="([^"]*)"', page_of(run, campaign)) == ["10,20", ",30"]


def test_a_page_of_five_hundred_can_be_sent_by_mail(campaign: Campaign) -> None:
    said = "slow fashion & everyday linen from the north"
    people = [make_entry(rank, said, city="Berlin", also=(), source="file.csv") for rank in range(1, 501)]
    assert len(webpage.make_page(make_run(*people[:250], bench=tuple(people[250:])), campaign)) < 1_000_000
    assert len(webpage.make_page(make_run(*people), campaign)) < 1_700_000


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_in_both_themes(theme: int) -> None:
    """WCAG 2.2, success criteria 1.4.3 (text 4.5 to 1) and 1.4.11 (fields and marks 3 to 1)."""
    blocks = re.findall(r":root \{(.*?)\}", (PARTS / "longlist.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[theme]))

    def contrast(one: str, other: str) -> float:
        low, high = sorted((_luminance(colours[one]), _luminance(colours[other])))
        return (high + 0.05) / (low + 0.05)

    texts = [(ink, on) for ink in ("ink", "soft", "warn", "accent") for on in ("page", "card")]
    texts += [("top-ink", "top"), ("top-soft", "top"), ("ink", "warn-card"), ("warn", "warn-card")]
    assert {pair: contrast(*pair) for pair in texts if contrast(*pair) < 4.5} == {}
    marks = [("field", "card"), ("field", "page"), ("accent", "track"), ("accent", "mid")]
    assert {pair: contrast(*pair) for pair in marks if contrast(*pair) < 3.0} == {}


def test_charts_count_the_common_ones_then_the_rest_then_the_unknown() -> None:
    bars = charts.tally(["a"] * 5 + ["b"] * 3 + ["c", "d", "e", None], most=2)
    assert [(bar.label, bar.count, bar.rest) for bar in bars] == [
        ("a", 5, False), ("b", 3, False), ("3 others", 3, True), ("Not known", 1, True),
    ]  # fmt: skip
    assert charts.tally([None, ""]) == ()
    assert [bar.label for bar in charts.tally("abc", most=2)] == ["a", "b", "c"]


def test_what_is_there_can_be_seen_however_small() -> None:
    run = make_run(make_entry(1, fit=100.0), spread=(0,) * 10 + (100_000,) + (0,) * 8 + (1,))
    columns = charts.fit_columns(run)
    assert (columns[19].height, columns[19].listed_height, columns[0].height) == (1, 1, 0)
    bands = charts.sizes([make_entry(1, followers=0), make_entry(2, followers=2_000_000)])
    assert [bar.label for bar in bands if bar.count] == ["Under 1K", "1M and more"]


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: Drives the page as a person would, from a second script; what it found is written into the document.
DRIVER = """
(function () {
  var found = [], $ = function (id) { return document.getElementById(id); };
  var order = function () {
    var shown = document.querySelectorAll("#list tbody:not([hidden]) .rank");
    return Array.from(shown, function (cell) { return cell.textContent; });
  };
  var head = document.querySelector('th[data-s="n"]');
  found.push($("shown").textContent, head.getAttribute("aria-sort"));
  head.querySelector("button").click();
  found.push(order().join(), head.getAttribute("aria-sort"));
  head.querySelector("button").click();
  found.push(order().join(), head.getAttribute("aria-sort"));
  $("q").value = "muller"; $("controls").requestSubmit();
  found.push(order().join(), $("shown").textContent);
  $("q").value = ""; $("mail").checked = true; $("controls").requestSubmit();
  found.push(order().join());
  $("mail").checked = false; $("fit").value = "99"; $("controls").requestSubmit();
  found.push(order().join(), String($("nobody").hidden));
  $("controls").reset();
  document.querySelectorAll("#list tbody").forEach(function (body) { body.hidden = false; });
  document.body.style.width = "320px"; // no browser window is that narrow, phones are
  found.push(document.body.scrollWidth);
  document.documentElement.setAttribute("data-found", JSON.stringify(found));
})();
"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_sorts_filters_counts_and_fits_a_phone(campaign: Campaign, tmp_path: Path) -> None:
    people = (
        make_entry(1, "Ada", followers=20_000), make_entry(2, "Jörg Müller", followers=30_000, email=None),
        make_entry(3, "</script><script>document.title = 'taken'</script>", followers=10_000,
                   handle="a" * 60, risk="b" * 300, source="c" * 90, city="d" * 90),
    )  # fmt: skip
    found, title = _drive(page_of(make_run(*people), campaign), tmp_path)
    assert found == [
        "All 3 creators", None, "2,1,3", "descending", "3,1,2", "ascending", "2", "1 of 3 creators", "3,1", "", "false",
        320,
    ]  # fmt: skip
    assert title.startswith("Linen Summer")


def _drive(page: str, folder: Path) -> tuple[list[str | int | None], str]:
    """(what DRIVER found, title) after the page ran in a browser that has no network to ask."""
    allowed = base64.b64encode(hashlib.sha256(DRIVER.encode()).digest()).decode()
    page = page.replace("script-src ", f"script-src &#39;sha256-{allowed}&#39; ", 1)
    (folder / "page.html").write_text(page.replace("</body>", f"<script>{DRIVER}</script></body>"))
    assert CHROMIUM is not None
    shown = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={folder / 'browser'}", "--window-size=390,800", "--dump-dom",
         (folder / "page.html").as_uri()],
        capture_output=True, text=True, timeout=120, check=True, env=os.environ | {"HOME": str(folder)},
    ).stdout  # fmt: skip
    told = re.search(r'data-found="([^"]*)"', shown)
    title = re.search(r"<title>([^<]*)", shown)
    assert told, shown[:500]
    assert title
    return json.loads(html.unescape(told.group(1))), title.group(1)
