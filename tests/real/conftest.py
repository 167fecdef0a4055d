"""Real mail servers, started once per process of the test run; what they hold stays: each test uses new names."""

from collections.abc import Iterator

import pytest

from tests.outreach.conftest import a_mail, approved, invite_all, invited
from tests.outreach.servers import Sink, listening
from tests.real.servers import Dovecot, OpenSmtpd, running_dovecot, running_opensmtpd

__all__ = ["a_mail", "approved", "invite_all", "invited"]  # fixtures of those who test without real servers


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as dovecot:
        yield dovecot


@pytest.fixture(scope="session")
def outside() -> Iterator[Sink]:
    """The mail server of everybody else, that OpenSMTPD relays to; `answers_to[address] = "550 …"` makes it refuse."""
    with listening(Sink()) as sink:
        yield sink


@pytest.fixture(scope="session")
def opensmtpd(dovecot: Dovecot, outside: Sink) -> Iterator[OpenSmtpd]:
    """Relays to `outside`; reports of failed delivery go to the sender's mailbox in `dovecot`."""
    with running_opensmtpd(dovecot, sink=outside.port) as opensmtpd:
        yield opensmtpd
