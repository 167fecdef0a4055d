"""Text that would like to be more than text: names on the screen of a terminal steer nothing."""

import json

from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN, CAMPAIGN_FILE

NAMES = {
    "ansi": "\x1b[31mred\x1b]0;title\x07 \x9b2J",
    "mirrored": "\u202egnp.exe",
    "shouting": "<!channel> {{7*7}} [bold]x[/bold]",
    "family": "👩‍🌾 نور",
}


def test_names_that_would_steer_a_terminal_are_shown_as_text(terminal: Terminal) -> None:
    rows = [
        {"platform": "instagram", "username": handle, "full_name": name, "followers": 20_000, "country": "Germany",
         "biography": f"slow fashion, linen {name}"}
        for handle, name in NAMES.items()
    ]  # fmt: skip
    rows.append(rows[0] | {"username": '=HYPERLINK("http://x")'})
    profiles = terminal.home.parent / "profiles.jsonl"
    profiles.write_text("\n".join(json.dumps(row) for row in rows))
    terminal.document("pool", "import", str(profiles))
    terminal.document("source", str(CAMPAIGN_FILE))
    for words in (("review", "list", CAMPAIGN, "--cards"), ("longlist", "show", CAMPAIGN), ("approvals", "list")):
        for form in ((), ("--json",)):
            out = terminal(*words, *form).out
            assert not set(out) & set("\x1b\x07\x9b\u202e")
    shown = terminal("review", "list", CAMPAIGN).out
    assert "<!channel> {{7*7}} [bold]x[/bold]" in shown
    assert "👩‍🌾 نور" in shown
