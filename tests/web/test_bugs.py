"""An error that nobody thought of: people get a page, programs get JSON, and neither learns what it was."""

from datetime import datetime

import pytest

from flows.wiring import Wiring
from tests.house import House
from tests.web.calling import calling
from web.app import create_app


class _NoClock:
    """Whatever asks for the time comes upon the bug."""

    def now(self) -> datetime:
        raise ZeroDivisionError("nobody thought of it")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"/sign/{'a' * 32}", 500, "Inténtalo otra vez en un minuto"),
        (f"/u/{'a' * 26}", 503, "Inténtalo de nuevo en un minuto"),
        ("/console", 500, "Details are in logs/web.log."),
        ("/api/requests", 500, "Details are in logs/web.log."),
    ],
)
def test_a_bug_on_a_page_is_a_page(house: House, path: str, status: int, words: str) -> None:
    broken = Wiring(settings=house.w.settings, clock=_NoClock())
    broken.__dict__["engine"] = None
    with calling(create_app(broken)) as client:
        found = client.get(path, headers={"Accept-Language": "es", "Cookie": "greenroom_console=a.b",
                                          "Authorization": "Bearer a.b"})  # fmt: skip
    assert found.status_code == status
    assert words in found.text
    assert "nobody thought of it" not in found.text
    # Whoever wants to be left alone can try again from where they are.
    assert ('<form method="post"><button' in found.text) == path.startswith("/u/")
    assert found.headers["content-type"].startswith("application/json" if "/api" in path else "text/html")
    for name in ("content-security-policy", "cache-control", "x-content-type-options"):
        assert len(found.headers.get_list(name)) == 1
