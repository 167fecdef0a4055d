"""Mail servers as they run in the world, started on loopback for one test run: Dovecot and OpenSMTPD from Debian.

Each lies in a folder of its own and is ended with its block; the mail of whoever owns the machine is never touched:
OpenSMTPD, whose queue lies at a fixed place, sees an empty /var/spool and /run of its own (unshare).
"""

import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import TypeVar

import pytest
import trustme

#: Mailboxes of this domain are in Dovecot; OpenSMTPD takes mail to every other domain to the sink.
OFFICE = "office.example.com"
PASSWORD = "a-password-of-the-tests"
_SECONDS = 10.0
T = TypeVar("T")
_DOVECOT = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap lmtp submission
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
recipient_delimiter = +
postmaster_address = postmaster@{office}
hostname = imap.{office}
default_process_limit = 20
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
  }}
  mailbox Junk {{
    auto = create
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
service submission-login {{
  inet_listener submission {{
    port = {submission}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""
_OAUTH = """
tokeninfo_url = http://127.0.0.1:{tokens}/tokeninfo?access_token=
introspection_mode = auth
username_attribute = user
"""
_OPENSMTPD = """
listen on 127.0.0.1 port {port} hostname relay.{office}
action "home" relay host lmtp://127.0.0.1:{lmtp}
action "away" relay host smtp://127.0.0.1:{sink}
match from any for domain "{office}" action "home"
match from any for any action "away"
"""


@dataclass(frozen=True)
class Dovecot:
    """Any user of `OFFICE` has a mailbox with INBOX, Sent and Junk, opened by the local part and `PASSWORD`.

    At `submission` (STARTTLS, for the host name localhost) the same login hands in mail, which goes to a server at the
    port `relay`: `running_opensmtpd` starts one there. Access tokens are asked about at the port `tokens`, where a test
    opens a door that answers with `{"user": "sofia"}` or with 401.
    """

    folder: Path
    imap: int
    imaps: int
    lmtp: int
    submission: int
    relay: int
    tokens: int
    ca_file: Path

    def deliver(self, user: str, *mails: bytes, sender: str = "") -> None:
        """Put mails into somebody's INBOX the way a mail server does (LMTP)."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            for mail in mails:
                lmtp.sendmail(sender, [f"{user}@{OFFICE}"], mail)

    def inbox(self, user: str) -> list[bytes]:
        """What lies in somebody's INBOX, read past the server."""
        mailbox = self.folder / "mail" / user
        return [path.read_bytes() for part in ("new", "cur") for path in sorted((mailbox / part).glob("*"))]


@dataclass(frozen=True)
class OpenSmtpd:
    """A relay without login or TLS: mail for `OFFICE` goes to Dovecot, all else to the sink it was given."""

    port: int


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Skips where Dovecot is not installed, or we are not root (it changes to its own users)."""
    program = _program("dovecot", "dovecot-imapd")
    for part in ("imap", "lmtp", "submission"):
        if not (Path("/usr/lib/dovecot") / part).exists():
            pytest.skip(f"Dovecot is here without its part for {part} (.ci/run installs dovecot-{part}d)")
    with _folder("greenroom-dovecot-") as folder:
        imap, imaps, lmtp, submission, relay, tokens = _free_ports(6)
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "mail", "mail")
        ca = _certificate(folder)
        conf = folder / "dovecot.conf"
        conf.write_text(_DOVECOT.format(folder=folder, office=OFFICE, password=PASSWORD, imap=imap, imaps=imaps,
                                        lmtp=lmtp, submission=submission, relay=relay))  # fmt: skip
        (folder / "oauth2.conf").write_text(_OAUTH.format(tokens=tokens))
        with _process([program, "-F", "-c", str(conf)], folder / "out", ready=(imap, imaps, lmtp, submission)):
            yield Dovecot(folder, imap, imaps, lmtp, submission, relay, tokens, ca)


@contextmanager
def running_opensmtpd(dovecot: Dovecot, *, sink: int) -> Iterator[OpenSmtpd]:
    """Skips where OpenSMTPD is not installed, or this machine lets nobody have a /run of their own."""
    program = _program("smtpd", "opensmtpd")
    own = "mount -t tmpfs none /run && mount -t tmpfs none /var/spool && "
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "sh", "-c", own + "true"],
                                                         capture_output=True, check=False).returncode:  # fmt: skip
        pytest.skip("OpenSMTPD needs a queue of its own, and this machine gives none (unshare -m)")
    with _folder("greenroom-opensmtpd-") as folder:
        conf = folder / "smtpd.conf"
        conf.write_text(_OPENSMTPD.format(port=dovecot.relay, office=OFFICE, lmtp=dovecot.lmtp, sink=sink))
        command = ["unshare", "-m", "sh", "-c", f'{own}exec "$0" -d -f "$1"', program, str(conf)]
        with _process(command, folder / "out", ready=(dovecot.relay,)):
            yield OpenSmtpd(dovecot.relay)


@dataclass(frozen=True)
class SpamReport:
    """What SpamAssassin says by its own rules alone, without asking anybody: points, and the rules that gave them."""

    points: float
    rules: str


def spam_report(mail: bytes) -> SpamReport:
    """Skips where SpamAssassin is not installed."""
    program = shutil.which("spamassassin")
    if program is None:
        pytest.skip("spamassassin is not installed (.ci/run installs it)")
    with tempfile.TemporaryDirectory(prefix="greenroom-spamassassin-") as home:
        done = subprocess.run([program, "--local"], input=mail, capture_output=True, check=True,
                              env=os.environ | {"HOME": home})  # fmt: skip
    status = BytesParser(policy=policy.default).parsebytes(done.stdout, headersonly=True)["X-Spam-Status"]
    found = re.search(r"score=(-?[\d.]+) .*tests=([\w,\s]*?)\s+autolearn", status)
    assert found is not None, status
    return SpamReport(float(found[1]), re.sub(r"\s", "", found[2]))


def eventually(look: Callable[[], T], *, seconds: float = 20.0) -> T:
    """What `look` finds as soon as it finds something; fails after so long."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        time.sleep(0.05)
    return found


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (.ci/run installs {package})")
    if os.geteuid() != 0:
        pytest.skip(f"{name} is started as root only")
    return found


@contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    # Not below pytest's own folder: sockets lie in it, and their paths may have 108 letters.
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        os.chmod(name, 0o755)
        yield Path(name)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def _certificate(folder: Path) -> Path:
    ca = trustme.CA()
    cert = ca.issue_cert("localhost", "127.0.0.1")
    cert.private_key_pem.write_to_path(folder / "key.pem")
    cert.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    ca.cert_pem.write_to_path(folder / "ca.pem")
    return folder / "ca.pem"


@contextmanager
def _process(command: list[str], out: Path, *, ready: tuple[int, ...]) -> Iterator[None]:
    """A server in the foreground and all it starts; ended together."""
    with out.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        for port in ready:
            _wait_for(port, process, out)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes], out: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        assert process.poll() is None, out.read_text(errors="replace")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, out.read_text(errors="replace")
            time.sleep(0.02)
