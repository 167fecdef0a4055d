"""The one place where real things are plugged together: settings, record, people, mail, inbox, templates, archive.

No Prefect in here, so the command line, the tests and the flows all stand on the same wiring.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from contracts.archive import Archive
from contracts.documents import Renderer
from contracts.pdf import Press, press_of
from contracts.templates import Templates
from core import schema
from core.clock import Clock, SystemClock
from core.database import open_engine
from core.errors import Refused
from core.mailer import Evidence, Mailer
from core.people import People, Person, load_people
from core.pepper import load_pepper
from core.settings import Settings
from core.vault import Vault
from flows import mail, mailbox
from outreach.inbox import Inbox

if TYPE_CHECKING:
    from approvals.slack.api import WebSlack


@dataclass(frozen=True)
class Wiring:
    """Everything a step of the journey needs, made when first asked for."""

    settings: Settings
    clock: Clock
    #: Where sources of profiles are, by name, for tests; else each knows its own place.
    source_urls: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def engine(self) -> Engine:
        """The record. A new home gets one; one of another version must be upgraded by a person first."""
        engine = open_engine(self.settings.database_address)
        if schema.is_current(engine):
            return engine
        if self.settings.uses_sqlite and schema.is_empty(engine):
            schema.upgrade(engine)
        else:
            raise Refused("The record is not of this version of Greenroom.", next_step="Run: greenroom db upgrade")
        return engine

    @cached_property
    def people(self) -> People:
        return load_people(self.settings.people_file)

    def with_people(self, people: People) -> "Wiring":
        """The same on the same record, with these people: a file that changed, or groups as Slack knows them now."""
        other = replace(self)
        other.__dict__.update(engine=self.engine, people=people)  # where a cached_property keeps its value
        return other

    @cached_property
    def pepper(self) -> bytes:
        return load_pepper(self.settings.home, self.settings.pepper)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.settings.home, self.settings.vault_keys)

    @cached_property
    def contract_templates(self) -> Templates:
        return Templates(self.settings.templates)

    @cached_property
    def archive(self) -> Archive:
        return Archive(self.settings.contracts_folder)

    @property
    def press(self) -> Press:
        """What makes PDFs of contracts: LibreOffice, or nothing where it is not installed."""
        return press_of(self.settings.office)

    @property
    def inbox(self) -> Inbox:
        """Where answers arrive: the inbox folder, and the mailbox where one is named."""
        return mailbox.inbox_of(self.settings, self.clock, self.engine)

    @property
    def anchors(self) -> Path:
        return self.settings.home / "audit-anchors.jsonl"

    @contextmanager
    def mailer(self) -> Iterator[Mailer]:
        """The way out of this machine's settings; files in the outbox while dry run is on. One connection per block."""
        with mail.open_mailer(self.settings, self.clock) as mailer:
            yield mailer

    @property
    def evidence(self) -> Evidence | None:
        """What can prove that a mail went out, if anything can."""
        return mail.evidence(self.settings) or mailbox.sent_folder(self.settings, self.clock)

    def renderer(self) -> Renderer:
        """A warm process that fills contract templates; use it as a context manager."""
        return Renderer()

    @property
    def slack_on(self) -> bool:
        """Without a bot token nothing is posted to Slack; every other door is there all the same."""
        return self.settings.slack_bot_token is not None

    def slack(self) -> "WebSlack":
        """The workspace of the bot token. Raises Refused where there is none."""
        from approvals.slack.api import WebSlack  # commands that do not talk to Slack start faster

        return WebSlack(_bot_token(self.settings), base_url=self.settings.slack_api_url)

    def check(self) -> None:
        """Raises Refused where the people file, the secret, mail, Slack or the record cannot be used, before any start.

        Nobody is asked anything.
        """
        check_slack(self.settings)
        mail.check(self.settings, self.clock)
        mailbox.check(self.settings)
        load_people(self.settings.people_file)
        load_pepper(self.settings.home, self.settings.pepper)
        self.engine.dispose()

    def actor(self, asserted: str = "") -> Person:
        """Who is at the terminal: the id given, or GREENROOM_ACTOR. Asserted, not proved."""
        name = asserted or self.settings.actor
        if not name:
            raise Refused(
                "Nobody is named as the person who does this.",
                next_step="Add --as YOUR-ID, or set GREENROOM_ACTOR to your id in the people file.",
            )
        return self.people.named(name)


def check_slack(settings: Settings) -> None:
    """Refuse tokens that are not of their kind, and a Slack that is set up by half. Asks Slack nothing."""
    bot, app, secret = (
        one.get_secret_value() if one else ""
        for one in (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    )
    if not bot and (app or secret):
        raise Refused("Slack is set up by half: there is no bot token.", next_step=_GET_BOT_TOKEN)
    if bot and not bot.startswith("xoxb-"):
        raise Refused("GREENROOM_SLACK_BOT_TOKEN is not a bot token (xoxb-…).", next_step=_GET_BOT_TOKEN)
    if app and not app.startswith("xapp-"):
        raise Refused("GREENROOM_SLACK_APP_TOKEN is not an app token (xapp-…).", next_step=_GET_APP_TOKEN)
    if bot and not app and not secret:
        raise Refused("Slack is set up by half: no click could reach Greenroom.", next_step=_GET_APP_TOKEN)


_GET_BOT_TOKEN = "Copy it from Install App on the app's page into GREENROOM_SLACK_BOT_TOKEN (docs/slack.md)."
_GET_APP_TOKEN = (
    "Make one with connections:write under Basic Information and set GREENROOM_SLACK_APP_TOKEN, or, with a public "
    "address, GREENROOM_SLACK_SIGNING_SECRET (docs/slack.md)."
)
_wired: ContextVar[Wiring | None] = ContextVar("greenroom_wiring", default=None)


def wire(
    settings: Settings | None = None, clock: Clock | None = None, *, source_urls: Mapping[str, str] | None = None
) -> Wiring:  # fmt: skip
    """A wiring from the settings of this machine, or from those given."""
    return Wiring(settings=settings or Settings(), clock=clock or SystemClock(), source_urls=source_urls or {})


def wired() -> Wiring:
    """The wiring in force: the one handed in by `wired_with`, else one made from the settings."""
    return _wired.get() or wire()


@contextmanager
def wired_with(wiring: Wiring) -> Iterator[Wiring]:
    """Use this wiring inside the block: the demo and the tests bring their own clock and home."""
    token = _wired.set(wiring)
    try:
        yield wiring
    finally:
        _wired.reset(token)


def _bot_token(settings: Settings) -> str:
    if settings.slack_bot_token is None:
        raise Refused("Slack is off: no bot token is set.", next_step=_GET_BOT_TOKEN)
    return settings.slack_bot_token.get_secret_value()
