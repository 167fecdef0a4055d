"""The signing page in a browser: it fits a phone, everything has a name and is reached by keyboard, nothing runs."""

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from core.clock import FixedClock
from tests.house import House
from tests.web.signing_scene import Signer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: Looks at the page as a phone and as a keyboard do; what it found is written into the document.
DRIVER = """
(function () {
  document.body.style.width = "320px"; // no browser window is that narrow, phones are
  var found = {width: document.body.scrollWidth, nameless: [], small: [], order: []};
  document.querySelectorAll("a[href],button,input:not([type=hidden]),textarea,summary").forEach(function (one) {
    var name = (one.labels && one.labels[0] ? one.labels[0].textContent : one.textContent).trim();
    if (!name) found.nameless.push(one.outerHTML);
    if (one.tabIndex < 0) found.nameless.push("no keyboard: " + one.outerHTML);
    one.focus();
    if (document.activeElement === one) found.order.push(name.slice(0, 24));
    var box = one.getBoundingClientRect(), inline = one.matches("a:not(.button),.plain,[type=checkbox]");
    if (!inline && box.height && box.height < 40) found.small.push(name + " " + box.height);
  });
  document.documentElement.setAttribute("data-found", JSON.stringify(found));
})();
"""


def seen(page: str, folder: Path) -> dict[str, object]:
    assert CHROMIUM is not None
    (folder / "page.html").write_text(page.replace("</body>", f"<script>{DRIVER}</script></body>"), encoding="utf-8")
    shown = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         f"--user-data-dir={folder / 'browser'}", "--window-size=500,900", "--dump-dom",
         (folder / "page.html").as_uri()],
        capture_output=True, text=True, timeout=120, check=True, env=os.environ | {"HOME": str(folder)},
    ).stdout  # fmt: skip
    found = re.search(r'data-found="([^"]*)"', shown)
    assert found is not None
    told: dict[str, object] = json.loads(unescape(found[1]))
    return told


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_on_a_phone_and_by_keyboard_alone(signer: Signer, out: House, clock: FixedClock, tmp_path: Path) -> None:
    code = signer.ask_code()
    pages = {
        "form": signer.look().text,
        "declining": signer.look("?declining=yes").text,
        "doubt": signer.sign(code=code, name=f"W{'i' * 190}</p><script>document.title='taken'</script>").text,
    }
    clock.advance(timedelta(days=14))
    pages["ended"] = signer.look().text
    found = {name: seen(page, tmp_path) for name, page in pages.items()}
    for name, told in found.items():
        assert told["width"] == 320, name
        assert told["nameless"] == [], name
        assert told["small"] == [], name
    order = found["form"]["order"]
    assert isinstance(order, list)
    road = ["Straight to ", "Download thi", "Code from ou", "Your full na", "I have read ", "Sign the agr",
            "Send a new c", "I do not wan"]  # fmt: skip
    assert [one[:12] for one in order] == road
    order = found["declining"]["order"]
    assert isinstance(order, list)
    assert [one[:12] for one in order] == [*road, "Code from ou", "Why not? One", "Decline the ", "Send a new c"]
    assert found["ended"]["order"] == ["Send me a new link"]
