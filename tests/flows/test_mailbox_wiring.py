"""Where answers arrive, as the settings say it: the folder always, a mailbox where one is named."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.clock import FixedClock
from core.errors import Refused
from core.settings import Settings
from flows import mailbox
from flows.steps.outreach import read_replies
from flows.wiring import Wiring
from outreach.imap import SentFolder
from outreach.inbox import FolderInbox, Inboxes
from tests.conftest import START
from tests.outreach.servers import written_mail

CLOCK = FixedClock(START)
ON = {"imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "none", "imap_user": "sofia"}


def settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(home=tmp_path, people_file=Path("people.example.toml"), _env_file=None, **more)  # type: ignore[arg-type]


def test_without_a_mailbox_there_is_the_folder(tmp_path: Path) -> None:
    assert isinstance(Wiring(settings(tmp_path), CLOCK).inbox, FolderInbox)


def test_with_a_mailbox_the_folder_is_read_all_the_same(tmp_path: Path) -> None:
    w = Wiring(settings(tmp_path, **ON), CLOCK)
    assert isinstance(w.inbox, Inboxes)
    w.settings.inbox_folder.mkdir(parents=True)
    (w.settings.inbox_folder / "one.eml").write_bytes(written_mail("unsubscribe"))
    # No mail of ours went out yet, so there is nothing to look for in the mailbox.
    assert [reply.kind for reply in read_replies(w)] == ["opt-out"]
    w.engine.dispose()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"imap_user": ""}, "GREENROOM_IMAP_USER"),
        ({"imap_host": "imap.example.com"}, "GREENROOM_IMAP_SECURITY"),
        ({"imap_folders": " , "}, "GREENROOM_IMAP_FOLDERS"),
        ({"imap_password": SecretStr("a\nb")}, "GREENROOM_IMAP_PASSWORD"),
    ],
)
def test_a_mailbox_that_is_set_up_by_half_is_refused_before_any_start(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(Refused) as refused:
        mailbox.check(settings(tmp_path, **ON | change))
    assert told in refused.value.next_step


def test_the_sent_folder_bears_witness_for_the_mail_server_alone(tmp_path: Path) -> None:
    ways = {"dry_run": False, "smtp_host": "127.0.0.1", "smtp_security": "none", "imap_sent_folder": "Sent"}
    w = Wiring(settings(tmp_path, **ON, **ways), CLOCK)
    assert isinstance(w.evidence, SentFolder)
    with w.mailer() as mailer:
        assert w.evidence.name == mailer.name
    assert Wiring(settings(tmp_path, **ways), CLOCK).evidence is None
    assert not isinstance(Wiring(settings(tmp_path, **ON, **ways | {"dry_run": True}), CLOCK).evidence, SentFolder)
