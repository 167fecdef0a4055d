"""Direct messages: drafted for whom no mail can reach, sent by people alone, and on record as what that person did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.campaign import Campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.errors import BadInput, Refused
from core.models.candidates import Candidate, Snapshot
from core.models.outreach import Message
from core.people import People, Person, load_people
from core.platforms import profile_page
from core.settings import PROJECT
from core.stages import Stage
from outreach import direct, suppression
from outreach.by_hand import record_by_hand
from outreach.direct import Prepared, prepare, sent_today
from outreach.service import send_due, write_invitations
from tests.outreach.conftest import PEPPER, TEMPLATES
from tests.outreach.servers import Scripted

#: Names of people are said as the people file has them.
was_sent = partial(direct.was_sent, people=load_people(PROJECT / "people.example.toml"))
Approved = Callable[..., Candidate]
FACTS = {"bio": "Linen all year round and slow mornings", "city": "Berlin"}


@pytest.fixture
def sofia(people: People) -> Person:
    return people.named("sofia")


@pytest.fixture
def drafts(clock: FixedClock, campaign: Campaign, people: People) -> Callable[..., Prepared]:
    def write(session: Session, campaign: Campaign = campaign) -> Prepared:
        return prepare(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)

    return write


def test_who_has_no_address_gets_a_draft_and_a_person_sends_it(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        approved(session, "ada.linen", name="Ada", email=None, **FACTS)
        approved(session, "bea", **FACTS)
        [draft] = drafts(session).drafts
        assert drafts(session).drafts == (draft,)
        assert (draft.who, draft.link) == ("instagram:ada.linen", "https://www.instagram.com/ada.linen")
        assert draft.text.startswith("Hi Ada, I’m Sofia and I look after creators at Aurelia Linen.")
        assert len(draft.text) <= direct.LONGEST
        assert "http" not in draft.text
        assert draft.facts[0]["source"].startswith("pool:test")
    with unit_of_work(engine) as session:
        written = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
        assert len(written.written) == 1, "the other one gets a mail"
    mailer = Scripted()
    send_due(engine, clock, mailer, campaign, people, pepper=PEPPER)
    with unit_of_work(engine) as session:
        assert session.get_one(Message, draft.number).status == "draft", "no machine ever sends it"
        message = was_sent(session, clock, draft.number, draft.text, campaign=campaign, actor=sofia, pepper=PEPPER)
        assert (message.category, message.status, message.sender) == ("by hand", "sent", "sofia")
        assert (message.template, len(message.facts) > 0) == ("direct.en.txt", True)
        candidate = session.get_one(Candidate, draft.candidate_id)
        assert (candidate.stage, candidate.sender) == (Stage.INVITED, "sofia")
        assert sent_today(session, clock, sofia) == 1
        assert sent_today(session, clock, people.named("omar")) == 0
        assert drafts(session).drafts == ()
    clock.advance(timedelta(days=1))
    with unit_of_work(engine) as session:
        assert sent_today(session, clock, sofia) == 0


def test_what_was_changed_before_it_was_sent_is_not_said_to_be_the_template(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", email=None, **FACTS)
        [draft] = drafts(session).drafts
        message = was_sent(session, clock, draft.number, "Hi Ada!", campaign=campaign, actor=sofia, pepper=PEPPER)
        assert (message.text, message.template, message.facts) == ("Hi Ada!", "", [])


def test_of_two_who_click_at_once_the_second_is_told(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", email=None, **FACTS)
        [draft] = drafts(session).drafts
        was_sent(session, clock, draft.number, draft.text, campaign=campaign, actor=sofia, pepper=PEPPER)
        with pytest.raises(Refused, match="already, by Sofia Marin"):
            was_sent(session, clock, draft.number, draft.text, campaign=campaign, actor=people.named("omar"),
                     pepper=PEPPER)  # fmt: skip


def test_who_opted_out_between_draft_and_click_is_not_recorded_and_gets_no_draft(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", email=None, **FACTS)
        [draft] = drafts(session).drafts
        suppression.add(session, clock, pepper=PEPPER, account=("instagram", "ada"), why="asked", actor="omar")
        with pytest.raises(Refused, match="opted out"):
            was_sent(session, clock, draft.number, draft.text, campaign=campaign, actor=sofia, pepper=PEPPER)
        assert drafts(session) == Prepared(())
        assert session.exec(select(Message)).all() == []


def test_who_heard_from_us_in_another_campaign_lately_is_not_written_to(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    other = campaign.model_copy(update={"slug": "other", "brand": "Other"})
    with unit_of_work(sqlite_engine) as session:
        first = approved(session, "ada", email=None, **FACTS)
        [draft] = drafts(session).drafts
        was_sent(session, clock, draft.number, draft.text, campaign=campaign, actor=sofia, pepper=PEPPER)
        second = approved(session, "ada.two", email=None, campaign=other, **FACTS)
        second.creator_id = first.creator_id
        session.flush()
        [again] = drafts(session, other).drafts
        with pytest.raises(Refused, match="less than 30 days ago"):
            was_sent(session, clock, again.number, again.text, campaign=other, actor=sofia, pepper=PEPPER)


def test_a_draft_gives_way_to_a_mail_once_there_is_an_address(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    with unit_of_work(sqlite_engine) as session:
        candidate = approved(session, "ada", email=None, **FACTS)
        assert len(drafts(session).drafts) == 1
        told(session, clock, candidate)
        assert drafts(session).drafts == ()
        written = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
        assert len(written.written) == 1


def test_once_a_mail_took_its_place_the_message_is_not_marked_as_sent(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        candidate = approved(session, "ada", email=None, **FACTS)
        [draft] = drafts(session).drafts
        told(session, clock, candidate)
        assert drafts(session).drafts == ()
        approved(session, "bea", email=None, **FACTS)
        write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
        drafts(session)
    # On SQLite one of the two that were written since has the number of the draft.
    with (
        pytest.raises(Refused, match=r"A mail to .*ada.* took the place .* pending"),
        unit_of_work(engine) as session,
    ):
        was_sent(session, clock, draft.number, draft.text, campaign=campaign, actor=sofia, pepper=PEPPER,
                 to=draft.candidate_id)  # fmt: skip
    mailer = Scripted()
    assert len(send_due(engine, clock, mailer, campaign, people, pepper=PEPPER).sent) == 1


def test_once_the_message_is_marked_as_sent_no_mail_goes(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared],
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        candidate = approved(session, "ada", email=None, **FACTS)
        [draft] = drafts(session).drafts
        told(session, clock, candidate)
        was_sent(session, clock, draft.number, draft.text, campaign=campaign, actor=sofia, pepper=PEPPER)
        written = write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
        assert (written.written, drafts(session).drafts) == ((), ())
    assert send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent == ()


@pytest.mark.parametrize("_again", range(4))
def test_a_mail_that_leaves_while_a_person_says_they_wrote_leaves_one_of_the_two(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, approved: Approved, sofia: Person,
    _again: int,
) -> None:  # fmt: skip
    with unit_of_work(engine) as session:
        number = approved(session, "ada", **FACTS).id or 0
        write_invitations(session, clock, campaign, people, templates=TEMPLATES, pepper=PEPPER)
    begin = Barrier(2)

    def mail() -> int:
        begin.wait()
        return len(send_due(engine, clock, Scripted(), campaign, people, pepper=PEPPER).sent)

    def by_hand() -> int:
        begin.wait()
        try:
            with unit_of_work(engine) as session:
                record_by_hand(session, clock, session.get_one(Candidate, number), pepper=PEPPER, actor=sofia, how="DM")
        except Refused:
            return 0
        return 1

    with ThreadPoolExecutor(2) as both:
        went = [both.submit(mail), both.submit(by_hand)]
    assert sum(one.result() for one in went) == 1
    with unit_of_work(engine) as session:
        [message] = session.exec(select(Message)).all()
        assert (message.status, message.category == "by hand") == ("sent", bool(went[1].result()))


def told(session: Session, clock: FixedClock, candidate: Candidate) -> None:
    """The creator gives their address."""
    session.add(Snapshot(candidate_id=candidate.id or 0, field="email", value="ada@example.com", source="told",
                         kind="reported", fetched_at=clock.now()))  # fmt: skip
    session.flush()


def test_who_nothing_personal_is_known_of_is_left_for_a_person(
    sqlite_engine: Engine, approved: Approved, drafts: Callable[..., Prepared]
) -> None:
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", email=None, followers=0, country="")
        done = drafts(session)
        assert done.drafts == ()
        assert "No personal fact" in done.left[0].reason


@pytest.mark.parametrize(
    "hostile", ["{{ brand }}", "<script>alert(1)</script>", "Ada\r\nBcc: eve@example.com", "🌸✨", "=cmd|' /C calc'!A0"]
)
def test_names_of_creators_are_data(
    sqlite_engine: Engine, approved: Approved, drafts: Callable[..., Prepared], hostile: str
) -> None:
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", name=hostile, email=None, **FACTS)
        [draft] = drafts(session).drafts
        assert not any(bad in draft.text for bad in ("<script", "\r", "{{", "cmd|"))


@pytest.mark.parametrize(
    ("platform", "handle", "link"),
    [
        ("instagram", "@ada.linen", "https://www.instagram.com/ada.linen"),
        ("tiktok", "ada", "https://www.tiktok.com/@ada"),
        ("youtube", "ada b/../x?y#z", "https://www.youtube.com/@ada%20b%2F..%2Fx%3Fy%23z"),
        ("myspace", "ada", ""),
        ("instagram", "@", ""),
        ("instagram", 'a"onclick="x', "https://www.instagram.com/a%22onclick%3D%22x"),
    ],
)
def test_links_lead_to_the_profile_whatever_the_handle(platform: str, handle: str, link: str) -> None:
    assert profile_page(platform, handle) == link


@pytest.mark.parametrize(("text", "problem"), [("", BadInput), ("Hi {{ greeting }}", BadInput), ("Hi\x00", BadInput)])
def test_a_text_that_was_never_sent_is_not_recorded(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, approved: Approved, sofia: Person,
    drafts: Callable[..., Prepared], text: str, problem: Any,
) -> None:  # fmt: skip
    with unit_of_work(sqlite_engine) as session:
        approved(session, "ada", email=None, **FACTS)
        [draft] = drafts(session).drafts
        with pytest.raises(problem):
            was_sent(session, clock, draft.number, text, campaign=campaign, actor=sofia, pepper=PEPPER)
        for number in (0, 2**40, draft.number + 1):
            with pytest.raises(Refused, match="is gone"):
                was_sent(session, clock, number, "Hi", campaign=campaign, actor=sofia, pepper=PEPPER)
