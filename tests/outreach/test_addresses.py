"""What stands in a field of mail addresses: one address in a form that every server takes, or nobody is written to."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.mailer import FileMailer
from core.models.candidates import Candidate
from core.people import People
from outreach.service import send_due, write_invitations
from tests.outreach.conftest import PEPPER, TEMPLATES


@pytest.mark.parametrize(
    ("address", "becomes"),
    [
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        (" Zoe@Example.COM ", "Zoe@example.com"),
        ("zoë@example.com", None),
        ("用户@例え.example", None),
        ("a@example.com, b@example.com", None),
        ("a@example.com;b@example.com", None),
        ("a@example.com b@example.com", None),
        ("Zoe <zoe@example.com>", None),
        ("zoe@example.com\r\nBcc: eve@example.com", None),
        ("zoe@ex\u202eample.com", None),
        ("zoe@localhost", None),
        ("zoe", None),
    ],
)
def test_one_address_is_written_to_in_a_form_every_server_takes_or_a_person_does_it(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Callable[..., Candidate],
    tmp_path: Path, address: str, becomes: str | None,
) -> None:  # fmt: skip
    with unit_of_work(sqlite_engine) as session:
        approved(session, "zoe", email=address)
    with unit_of_work(sqlite_engine) as session:
        done = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
    mailer = FileMailer(tmp_path)
    report = send_due(sqlite_engine, clock, mailer, campaign, people, pepper=PEPPER)
    if becomes is None:
        assert [left.handle for left in done.left] == ["zoe"]
        assert re.search(r"is not a mail address|Write to this creator by hand", done.left[0].reason)
        assert (done.written, report.sent) == ((), ())
        return
    [path] = tmp_path.glob("*.eml")
    assert f"\r\nTo: zoe <{becomes}>\r\n".encode("ascii") in path.read_bytes()
