"""The page with every mail before it goes: whole, safe with any creator's text, and readable on a phone."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from outreach.html_part import html_of
from outreach.page import Batch, Left, WaitingMail, make_page

TEXT = "Hi Ada,\n\nan idea.\n\nBest,\nSofia\n\n—\nAurelia Linen GmbH, Street 1\n"
MAIL = WaitingMail(
    id=7, candidate_id=1, handle="ada.linen", platform="instagram", status="pending", step="invite",
    category="marketing", sender="sofia", sender_name="Sofia Marin", sender_mail="sofia@example.com",
    recipient="ada@example.com", recipient_name="Ada", subject="An idea", text=TEXT, html=html_of(TEXT, "en"),
    locale="en", country="GB", time_zone="Europe/London", not_before=datetime(2026, 11, 27, 9, 10, tzinfo=UTC),
    facts=({"kind": "bio", "shown": "calm outfits", "source": "pool:x#bio", "seen_on": "2026-11-20"},), problems=(),
    template="invite.en.txt.j2", template_sha256="ab" * 32,
)  # fmt: skip
BATCH = Batch("Linen Summer", "linen-summer", "Aurelia Linen", (MAIL,), (Left("cy.capsule", "No mail address."),),
              datetime(2026, 11, 26, 9, 30, tzinfo=UTC), "Europe/Berlin", (9, 18))  # fmt: skip
HOSTILE = '</script></iframe><script>document.title = "taken"</script><img src=x onerror=alert(1)>"\'\u202e'


def page_of(*mails: WaitingMail, left: tuple[Left, ...] = ()) -> str:
    return make_page(replace(BATCH, mails=mails, left=left)).decode()


def test_the_page_says_of_each_mail_who_when_what_and_why() -> None:
    page = unescape(make_page(BATCH).decode())
    for said in ("1 mail before it goes", "Sofia Marin <sofia@example.com>", "<ada@example.com>", "Invitation",
                 "English", "not before Friday, 27 November 2026, 09:10 (London)", "calm outfits", "pool:x#bio",
                 "seen on 2026-11-20", "checks passed", "cy.capsule", "No mail address.", "version abababababab",
                 "As of Thursday, 26 November 2026, 10:30 (Berlin)"):  # fmt: skip
        assert said in page, said
    assert make_page(BATCH) == make_page(BATCH)


def test_a_mail_that_the_linter_holds_says_why_and_where_it_is_mended() -> None:
    problem = {"code": "banned word", "message": "it says 'amazing'", "mend": "Mend the template"}
    page = unescape(page_of(replace(MAIL, problems=(problem,))))
    assert "held by a check" in page
    assert "it says 'amazing'" in page
    assert "Mend the template" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"not_before": None}, "between 09:00 and 18:00 their time (London)"),
        ({"not_before": None, "time_zone": ""}, "between 09:00 and 18:00 the sender’s time (Berlin)"),
        ({"category": "transactional", "step": "contract-v1"}, "with the next batch, at any hour"),
        ({"html": ""}, "This mail has no HTML part"),
        ({"locale": ""}, "not said"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_so(changed: dict[str, object], said: str) -> None:
    assert said in unescape(page_of(replace(MAIL, **changed)))  # type: ignore[arg-type]


def test_an_empty_batch_has_a_page_too() -> None:
    assert "No mail waits" in page_of()


def test_the_page_asks_no_network_and_runs_nothing_but_its_own() -> None:
    hostile = replace(MAIL, handle=HOSTILE, recipient_name=HOSTILE, subject=HOSTILE, text=HOSTILE,
                      html=html_of(HOSTILE, "en"), facts=({"shown": HOSTILE, "source": HOSTILE},))  # fmt: skip
    page = page_of(hostile, left=(Left(HOSTILE, HOSTILE),))
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert re.findall(r'(?:src|href)="(?!#)[^"]', page) == []
    assert "default-src &#39;none&#39;" in page
    assert 'sandbox="allow-same-origin"' in page
    assert "onerror=alert" not in re.sub(r"&(?:amp;)?lt;img.*?&(?:amp;)?gt;", "", page)


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_in_a_browser_hostile_text_stays_text_and_the_frames_fit(tmp_path: Path) -> None:
    hostile = replace(MAIL, id=8, subject=HOSTILE, text=f"{TEXT}{HOSTILE}", html=html_of(f"{TEXT}{HOSTILE}", "en"))
    (tmp_path / "page.html").write_bytes(make_page(replace(BATCH, mails=(MAIL, hostile))))
    assert CHROMIUM is not None
    shown = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         f"--user-data-dir={tmp_path / 'browser'}", "--window-size=390,800", "--dump-dom",
         (tmp_path / "page.html").as_uri()],
        capture_output=True, text=True, timeout=120, check=True, env=os.environ | {"HOME": str(tmp_path)},
    ).stdout  # fmt: skip
    assert "<title>Mails of Linen Summer, before they go</title>" in shown
    heights = [int(height) for height in re.findall(r'<iframe [^>]*style="height: (\d+)px', shown)]
    assert len(heights) == 2
    assert all(height > 150 for height in heights)
