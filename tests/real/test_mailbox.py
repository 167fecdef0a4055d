"""Reading a mailbox on a real server (Dovecot): nothing in it changes, nothing is lost, nothing is read twice."""

import imaplib
import shutil
import socket
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import Refused, TransientError
from core.models.listening import MailboxPlace
from core.models.outreach import Message, Reply
from core.smtp_login import Security
from outreach.imap import ImapInbox, SentFolder
from outreach.inbox import LARGEST_BYTES
from outreach.mailbox import ImapServer
from outreach.places import Places
from outreach.service import read_replies, reconcile
from tests.outreach.conftest import PEPPER
from tests.outreach.servers import written_mail as raw
from tests.real.servers import PASSWORD, Dovecot

pytestmark = pytest.mark.slow
MailboxOf = Callable[..., ImapInbox]


@pytest.fixture
def user() -> str:
    return f"sofia-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def message(invited: Callable[[Engine], Message], engine: Engine) -> Message:
    return invited(engine)


@pytest.fixture
def mailbox(dovecot: Dovecot, engine: Engine, clock: FixedClock, user: str) -> MailboxOf:
    """`mailbox("INBOX", "Junk", port=…)` is the user's mailbox as Greenroom reads it."""

    def of(*folders: str, port: int = 0, **more: float) -> ImapInbox:
        server = ImapServer("127.0.0.1", port or dovecot.imap, user, "none", PASSWORD, **more)
        return ImapInbox(server, folders or ["INBOX"], Places(engine, clock, server.mailbox))

    return of


def answer(message: Message, number: int, text: str = "Which size?") -> bytes:
    return raw(text, Message_ID=f"<{number}@creator.example>", In_Reply_To=message.message_id)


def read(engine: Engine, clock: FixedClock, inbox: ImapInbox) -> list[str]:
    return [reply.mail_id for reply in read_replies(engine, clock, inbox, pepper=PEPPER)]


def flags(dovecot: Dovecot, user: str) -> list[bytes]:
    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as imap:
        imap.login(user, PASSWORD)
        imap.select("INBOX", readonly=True)
        return [line for line in imap.fetch("1:*", "(UID FLAGS)")[1] if isinstance(line, bytes)]


def test_each_folder_is_read_on_from_where_it_was_left_and_nothing_in_it_changes(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, mailbox: MailboxOf, user: str
) -> None:
    dovecot.deliver(user, answer(message, 1), raw("Dinner?", sender="mum@example.org"), answer(message, 2))
    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as imap:
        imap.login(user, PASSWORD)
        imap.append("Junk", None, None, answer(message, 3))
    before = flags(dovecot, user)
    inbox = mailbox("INBOX", "Junk")
    assert read(engine, clock, inbox) == ["<1@creator.example>", "<2@creator.example>", "<3@creator.example>"]
    assert flags(dovecot, user) == before
    assert b"Seen" not in b"".join(before)
    assert read(engine, clock, inbox) == []
    dovecot.deliver(user, answer(message, 4))
    assert read(engine, clock, mailbox("INBOX", "Junk")) == ["<4@creator.example>"]
    with reading(engine) as session:
        assert [place.last_uid for place in session.exec(select(MailboxPlace))] == [4, 1]


def test_a_folder_whose_mails_were_numbered_anew_is_read_again_and_kept_once(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, mailbox: MailboxOf, user: str
) -> None:
    dovecot.deliver(user, *(answer(message, number) for number in range(3)))
    assert len(read(engine, clock, mailbox())) == 3
    for path in (dovecot.folder / "mail" / user).glob("dovecot*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with unit_of_work(engine) as session:
        place = session.exec(select(MailboxPlace)).one()
        place.uid_validity, place.last_uid = 1, 10_000  # no server starts at 1: they take the time of day
        session.add(place)
    dovecot.deliver(user, answer(message, 9))
    assert read(engine, clock, mailbox()) == ["<9@creator.example>"]
    with reading(engine) as session:
        assert len(session.exec(select(Reply)).all()) == 4


def test_mails_from_before_our_first_are_never_fetched(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, mailbox: MailboxOf, user: str
) -> None:
    dovecot.deliver(user, raw("x"))  # makes the mailbox
    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as imap:
        imap.login(user, PASSWORD)
        imap.append("INBOX", None, '"01-Jan-2020 10:00:00 +0000"', answer(message, 1))
        imap.append("INBOX", None, '"20-Nov-2026 10:00:00 +0000"', answer(message, 2))
    assert "<1@creator.example>" not in read(engine, clock, mailbox())
    with reading(engine) as session:
        assert [reply.mail_id for reply in session.exec(select(Reply))][-1] == "<2@creator.example>"


class Cutting:
    """A proxy that cuts what comes from the server after so many bytes; further connections pass whole."""

    def __init__(self, port: int, after: int) -> None:
        self._target, self._after = port, after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            up = threading.Thread(target=_pump, args=(client, server, 2**40))
            up.start()
            _pump(server, client, self._after)
            self._after = 2**40
            for one in (client, server):
                with closing(one):
                    _shut(one)
            up.join()


def _pump(source: socket.socket, target: socket.socket, most: int) -> None:
    passed = 0
    try:
        while passed < most and (data := source.recv(min(65_536, most - passed))):
            target.sendall(data)
            passed += len(data)
    except OSError:
        pass
    _shut(target)


def _shut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def cut(dovecot: Dovecot) -> Iterator[Callable[[int], Cutting]]:
    made: list[Cutting] = []

    def make(after: int) -> Cutting:
        made.append(Cutting(dovecot.imap, after))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("after", [0, 50, 900, 30_000, 110_000])
def test_a_connection_that_breaks_anywhere_loses_nothing_and_doubles_nothing(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, mailbox: MailboxOf, user: str,
    cut: Callable[[int], Cutting], after: int,
) -> None:  # fmt: skip
    padding = "\n".join("a line of words that fills the mail" for _ in range(50))
    dovecot.deliver(user, *(answer(message, number, f"Which size?\n\n{padding}") for number in range(60)))
    proxy = cut(after)
    with pytest.raises(TransientError, match=r"127\.0\.0\.1"):
        read(engine, clock, mailbox(port=proxy.port))
    read(engine, clock, mailbox(port=proxy.port))
    with reading(engine) as session:
        kept = sorted(session.exec(select(Reply.mail_id)))
    assert kept == sorted(f"<{number}@creator.example>" for number in range(60))


def test_of_a_mail_larger_than_20_mb_only_the_beginning_is_fetched(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, mailbox: MailboxOf, user: str
) -> None:
    line = b"x" * 76 + b"\r\n"
    dovecot.deliver(
        user, answer(message, 1, "Please stop writing to me.") + line * (LARGEST_BYTES // len(line) + 1_000)
    )
    [found] = mailbox().waiting()
    assert (found.cut, len(found.content)) == (True, LARGEST_BYTES)


def test_what_lies_in_the_sent_folder_was_sent_and_what_does_not_may_have_been(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, user: str
) -> None:
    dovecot.deliver(user, raw("x"))
    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as imap:
        imap.login(user, PASSWORD)
        for message_id in (message.message_id, f"<x{message.message_id[1:]}"):
            imap.append("Sent", None, None, raw(Message_ID=message_id))
    server = ImapServer("127.0.0.1", dovecot.imap, user, "none", PASSWORD)
    folder = SentFolder(server, "Sent", name="scripted")
    assert folder.sent(message.message_id) is True
    assert folder.sent(f"<{message.message_id[2:]}") is None
    assert folder.sent('<a"b@c>') is None
    assert SentFolder(server, "No such folder", name="x").sent(message.message_id) is None
    nowhere = ImapServer("127.0.0.1", 1, user, "none", PASSWORD)
    assert SentFolder(nowhere, "Sent", name="x").sent(message.message_id) is None


def test_certificates_are_checked_and_logins_refused_in_words(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, user: str
) -> None:
    dovecot.deliver(user, answer(message, 1), answer(message, 2))
    ours = ssl.create_default_context(cafile=dovecot.ca_file)

    def of(
        port: int, security: Security, *, password: str = PASSWORD, context: ssl.SSLContext | None = None
    ) -> ImapInbox:
        server = ImapServer("127.0.0.1", port, user, security, password)
        return ImapInbox(server, ["INBOX"], Places(engine, clock, server.mailbox), context=context)

    doors: list[tuple[int, Security]] = [(dovecot.imaps, "tls"), (dovecot.imap, "starttls")]
    for port, security in doors:
        with pytest.raises(TransientError, match="no safe connection"):
            list(of(port, security).waiting())
        assert len(list(of(port, security, context=ours).waiting())) == 2
    for wrong in ("secret-and-wrong", "geheim-ü"):
        with pytest.raises(TransientError, match="refuses the login") as refused:
            list(of(dovecot.imap, "none", password=wrong).waiting())
        assert wrong not in str(refused.value)
    with pytest.raises(Refused, match="without encryption"):
        ImapServer("imap.example.com", 143, user, "none", PASSWORD)


def test_a_folder_that_is_not_there_does_not_keep_the_others_from_being_read(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, mailbox: MailboxOf, user: str
) -> None:
    dovecot.deliver(user, answer(message, 1))
    with pytest.raises(TransientError, match="no folder 'Spam'") as missing:
        read(engine, clock, mailbox("Spam", "INBOX"))
    assert "INBOX, Junk, Sent" in missing.value.next_step
    with reading(engine) as session:
        assert len(session.exec(select(Reply)).all()) == 1


def test_an_unknown_mail_that_lies_in_the_sent_folder_is_settled(
    dovecot: Dovecot, engine: Engine, clock: FixedClock, message: Message, user: str
) -> None:
    from core.models.outreach import SendAttempt

    with unit_of_work(engine) as session:
        held = session.get_one(Message, message.id)
        held.status = "unknown"
        via = session.exec(select(SendAttempt)).one().via
        session.add(held)
    dovecot.deliver(user, raw("x"))
    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as imap:
        imap.login(user, PASSWORD)
        imap.append("Sent", None, None, raw(Message_ID=message.message_id))
    folder = SentFolder(ImapServer("127.0.0.1", dovecot.imap, user, "none", PASSWORD), "Sent", name=via)
    clock.advance(timedelta(minutes=1))
    assert reconcile(engine, clock, campaign=message.campaign, evidence=folder).sent == (message.id,)
