"""`greenroom demo-signing`: the signing page of one of the demo's creators, on this machine alone."""

import sys
from typing import Annotated

import typer

from cli.demo import MARKER
from cli.screen import say
from core.clock import SystemClock
from core.errors import Refused
from core.settings import Settings
from flows.demo_signing import demo_settings, open_page
from flows.serving.keeping import Child
from flows.serving.supervisor import Supervisor

_HERE = "127.0.0.1"


def demo_signing(
    port: Annotated[int, typer.Option(help="Its port (else GREENROOM_WEB_PORT).", min=0, max=65535)] = 0,
) -> None:
    """Sign or decline as a creator of the demo: prints a link, opens the page behind it, Ctrl-C ends it."""
    chosen = Settings()
    home = chosen.home / "demo"
    if not (home / MARKER).exists():
        raise Refused(f"There is no demo in {chosen.home}.", next_step="Run: make demo")
    port = port or chosen.web_port
    settings = demo_settings(home, public_url=f"http://{_HERE}:{port}")
    opened = open_page(settings, SystemClock())
    say(f"You are {opened.creator}, an invented creator. Your agreement to sign: {opened.link}", style="bold")
    say("Your mails are files. The code that the page asks for is in the newest one:")
    say(f"    cat $(ls -t {opened.outbox}/*.eml | head -1)")
    command = (sys.executable, "-m", "web.serve", "--host", _HERE, "--port", str(port))
    Supervisor(settings.home, [Child("web", command, _environment(settings))], say=say).run("Ctrl-C ends it.")


def _environment(settings: Settings) -> dict[str, str | None]:
    """Whatever is set for the real thing, the page is the demo's."""
    return {
        "GREENROOM_HOME": str(settings.home),
        "GREENROOM_DATABASE_URL": settings.database_address,
        "GREENROOM_DRY_RUN": "true",
        "GREENROOM_PEOPLE_FILE": str(settings.people_file),
        "GREENROOM_TEMPLATES": str(settings.templates),
        "GREENROOM_PUBLIC_URL": settings.public_url,
        "GREENROOM_SIGNATURE_PROVIDER": settings.signature_provider,
    }
