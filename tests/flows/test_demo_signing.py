"""The demo's signing page: what a newcomer gets who types one command, and that it is the demo's alone."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cli.demo import MARKER
from core.clock import FixedClock
from core.errors import Refused
from core.settings import PROJECT
from flows.demo_signing import demo_settings, open_page
from flows.steps import signing_mails
from flows.wiring import wire
from tests.flows.scenes import contract_to_sign_off
from tests.flows.serving.waiting import until
from tests.homes import copied
from tests.house import House
from tests.web.calling import calling
from tests.web.signing_scene import Signer
from web.app import create_app

HERE = "http://127.0.0.1:8700"


@pytest.fixture
def sent_back(longlisted_home: Path, tmp_path: Path) -> House:
    """A home as the demo leaves it: legal wants the last contract otherwise."""
    house = copied(longlisted_home, tmp_path / "home" / "demo")
    house.everybody_consented()
    _, asked = contract_to_sign_off(house)
    house.decide(asked, "request_changes", by="lena", reason="name the rain date")
    (tmp_path / "home" / "demo" / MARKER).touch()
    house.w.engine.dispose()
    return house


def test_a_newcomer_signs_as_a_creator_of_the_demo_with_the_code_of_a_mail_that_is_a_file(
    sent_back: House, clock: FixedClock
) -> None:
    settings = demo_settings(sent_back.w.settings.home, public_url=HERE)
    first = open_page(settings, clock)
    again = open_page(settings, clock)
    assert first.creator == again.creator
    assert first.link.startswith(f"{HERE}/sign/")
    w = wire(settings, clock)
    with calling(create_app(w)) as client:
        signer = Signer(client, sent_back, again.link.rpartition("/")[2])
        assert "There is a newer link" in client.get(first.link.removeprefix(HERE)).text
        assert signer.sign(code=signer.ask_code()).status_code == 303
        assert "signed this agreement" in signer.look().text
    w.engine.dispose()
    with pytest.raises(Refused, match="Everybody in the demo has signed"):
        open_page(settings, clock)


@pytest.mark.parametrize(
    ("public_url", "dry_run", "on"),
    [(HERE, True, True), (HERE, False, False), ("http://greenroom.example", True, False),
     ("https://greenroom.example", False, True), ("", True, False)],
)  # fmt: skip
def test_mails_that_really_leave_carry_no_link_to_this_machine(
    tmp_path: Path, clock: FixedClock, public_url: str, dry_run: bool, on: bool
) -> None:
    settings = demo_settings(tmp_path, public_url=public_url).model_copy(update={"dry_run": dry_run})
    w = wire(settings, clock)
    assert signing_mails.links_are_on(w) is on
    assert ("No public address is set" in signing_mails.why_no_link(w)) is not on


def typed(home: Path, *words: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GREENROOM_", "PREFECT_"))}
    own |= {"PYTHONPATH": str(PROJECT), "GREENROOM_HOME": str(home), "GREENROOM_DRY_RUN": "false"}
    return subprocess.Popen([sys.executable, "-m", "cli.main", "demo-signing", *words], cwd=home.parent, env=own,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip


def test_where_no_demo_was_made_it_says_how(tmp_path: Path) -> None:
    process = typed(tmp_path / "home")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "make demo" in said


@pytest.mark.slow
def test_the_command_prints_a_link_that_opens_and_ends_with_ctrl_c(sent_back: House, tmp_path: Path) -> None:
    process = typed(tmp_path / "home", "--port", "8761")
    try:
        assert process.stderr is not None
        link = next(line for line in process.stderr if "/sign/" in line).split()[-1]

        def page() -> str:
            try:
                with urllib.request.urlopen(link, timeout=5) as answer:
                    return str(answer.read().decode())
            except (urllib.error.URLError, OSError):
                return ""

        assert "Send me a code" in until(page, 60)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "web stopped" in said
    finally:
        process.kill()
        process.communicate()
