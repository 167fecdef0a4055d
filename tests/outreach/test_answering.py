"""An answer of a creator becomes work: who gets it, what a person may send, and when nobody may."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core import audit
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import reading, unit_of_work
from core.errors import BadInput, Refused
from core.models.audit import AuditEntry
from core.models.candidates import Candidate, Snapshot
from core.models.creators import Account
from core.models.deals import Offer
from core.models.outreach import Message, Reply, SendSlot
from core.people import People
from outreach import answer_mail, suppression
from outreach.answering import close_item, open_item, reassign
from outreach.drafting import left_to_translate
from outreach.phrases import ReplyKind
from outreach.threads import open_answers, the_answer, thread_of
from tests.outreach.answering_scene import Room, make_room
from tests.outreach.conftest import PEPPER

HOSTILE = "Yes! {{ brand }} {% x %}\r\nBcc: eve@example.com <script>alert(1)</script> <!channel> \u202e=HYPERLINK()"


@pytest.fixture
def room(
    sqlite_engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None]
) -> Room:
    return make_room(sqlite_engine, clock, campaign, people, invite_all)


def test_an_answer_is_read_drafted_sent_by_a_person_and_done(
    engine: Engine, clock: FixedClock, campaign: Campaign, people: People, invite_all: Callable[..., None]
) -> None:
    room = make_room(engine, clock, campaign, people, invite_all)
    number = room.say("interested", "Yes, count me in!")
    reply = room.reply(number)
    assert (reply.state, reply.assignee) == ("open", "sofia")
    assert "200 EUR and 10 percent commission" in reply.draft
    assert reply.draft_from.startswith("answers.en.toml#interested@")
    clock.advance(timedelta(minutes=5))
    message = room.send(number, reply.draft)
    assert (message.category, message.step, message.status) == ("answer", f"answer-{number}", "pending")
    assert message.subject == "Re: An idea for @creator0 from Aurelia Linen"
    assert room.deliver().taken == [message.message_id]
    with reading(engine) as session:
        ours = session.get_one(Message, 1)
        assert message.headers == {"In-Reply-To": "<interested@x.example>",
                                   "References": f"{ours.message_id} <interested@x.example>"}  # fmt: skip
        assert session.get_one(Message, message.id).status == "sent"
        assert len(session.exec(select(SendSlot)).all()) == 1, "an answer takes no slot of the day"
        assert [one.ours for one in thread_of(session, the_answer(session, number))] == ["sofia", "", "sofia"]
        assert audit.verify(session).problem == ""
    done = room.reply(number)
    assert (done.state, done.handled_by, done.outcome) == ("done", "sofia", f"answered with mail {message.id}")


DRAFTED = [
    ("question", "Do you ship to Spain?", "question+shipping"),
    ("question", "Is the moon made of cheese?", "question_open"),
    ("price talk", "What is the budget?", "price_standing"),
    ("price talk", "I usually charge 250 EUR.", "price_possible"),
    ("price talk", "My rate is 5,000 EUR.", "price_ask"),
    ("price talk", "250 USD and I am in", "price_ask"),
    ("later", "Ask me in March", "later"),
    ("declined", "Not for me", "declined"),
    ("unclear", "hm", ""),
]


def test_what_is_drafted_fits_what_they_wrote(room: Room) -> None:
    for place, (kind, text, passage) in enumerate(DRAFTED):
        reply = room.reply(room.say(kind, text, mail_id=f"<{place}@x.example>"))
        assert reply.state == "open"
        assert reply.draft_from.partition("@")[0] == (f"answers.en.toml#{passage}" if passage else ""), text
        assert "250" not in reply.draft
        assert "5,000" not in reply.draft


def test_the_draft_is_in_their_language_or_else_the_campaigns(room: Room) -> None:
    for language in ("de", "es", "fr", "pt", ""):
        reply = room.reply(room.say("interested", "…", language=language, mail_id=f"<{language}@x.example>"))
        expected = language if language in ("de", "es", "fr") else "en"
        assert reply.draft_from.startswith(f"answers.{expected}.toml#")
        room.send(reply.id or 0, reply.draft)


def test_what_we_ask_for_is_said_in_the_language_of_the_answer_or_flagged(room: Room) -> None:
    said = {"de": ("ein Reel draußen", "zwei Storys mit dem Code")}
    offer = room.campaign.offer.model_copy(update={"deliverables_in": said})
    room.campaign = room.campaign.model_copy(update={"offer": offer})
    german = room.reply(room.say("interested", "Ja!", language="de", mail_id="<de@x>"))
    french = room.reply(room.say("interested", "Oui !", language="fr", mail_id="<fr@x>"))
    assert "ein Reel draußen und zwei Storys mit dem Code" in german.draft
    assert left_to_translate(german.draft, german.draft_from, room.campaign) == ()
    assert left_to_translate(french.draft, french.draft_from, room.campaign) == offer.deliverables
    changed = french.draft.replace(offer.deliverables[0], "un Reel en extérieur")
    assert left_to_translate(changed, french.draft_from, room.campaign) == offer.deliverables[1:]
    assert left_to_translate(changed, "", room.campaign) == ()


def test_other_programs_line_ends_become_ours_and_what_is_no_text_is_refused(room: Room) -> None:
    number = room.say("question", "When?")
    with pytest.raises(BadInput, match="not text"):
        room.send(number, "Soon\x1b[31m")
    assert room.send(number, "Soon,\x0bon Monday.\r\n\u2028Sofia").text == "Soon,\non Monday.\n\nSofia\n"


def test_what_needs_nobody_is_nobodys_work(room: Room) -> None:
    for kind in ("away", "bounce", "opt-out", "complaint"):
        assert room.reply(room.say(kind, "…")).state == "done"


def test_an_opt_out_closes_what_was_open(room: Room) -> None:
    first = room.say("question", "When?")
    room.say("opt-out", "stop")
    reply = room.reply(first)
    assert (reply.state, reply.outcome, reply.handled_by) == ("done", "opted out", "greenroom")


def test_words_of_a_creator_are_never_evaluated_and_never_reach_a_header(room: Room) -> None:
    number = room.say("interested", HOSTILE, subject=HOSTILE, mail_id="<a@x>\r\nBcc: eve@example.com", because=HOSTILE)
    with unit_of_work(room.engine) as session:
        session.get_one(Message, 1).subject = ""
    assert "eve@" not in room.reply(number).draft
    message = room.send(number, "Thank you!")
    assert "\n" not in message.subject
    assert message.headers["In-Reply-To"].startswith("<gr.")
    assert room.deliver().taken == [message.message_id]
    with reading(room.engine) as session:
        assert "eve@" not in " ".join(entry.detail for entry in session.exec(select(AuditEntry)))


REFUSED: list[tuple[str, type[Exception], str]] = [
    (" \n", BadInput, "empty"),
    ("x" * 3_001, BadInput, "3,000 are the most"),
    ("Hi {{ greeting }}", BadInput, "not filled in"),
    ("a\x00b", BadInput, "not text"),
    ("We can do 350 EUR.", Refused, "350 EUR, which is not what was offered"),
    ("Let us say three hundred euros.", Refused, "hundred euros"),
    ("You get 25 percent.", Refused, "25 percent"),
]


def test_a_text_that_may_not_go_is_refused_and_the_item_stays(room: Room) -> None:
    number = room.say("price talk", "How much?")
    for text, problem, says in REFUSED:
        with pytest.raises(problem, match=says):
            room.send(number, text)
    assert room.reply(number).state == "open"


def test_an_amount_may_be_said_once_it_was_offered(room: Room) -> None:
    number = room.say("price talk", "350 please")
    with pytest.raises(Refused) as refused:
        room.send(number, "350 EUR it is.")
    assert "greenroom deal offer linen-summer instagram:creator0" in refused.value.next_step
    terms = {"stipend": {"amount": "350.00", "currency": "EUR"}, "commission_percent": "10"}
    with unit_of_work(room.engine) as session:
        session.add(Offer(candidate_id=1, campaign="linen-summer", version=1, status="made", terms=terms,
                          terms_sha256="", cost_minor=35_000, currency="EUR", offered_by="sofia",
                          created_at=room.clock.now()))  # fmt: skip
    assert room.send(number, "350 EUR it is.").status == "pending"
    with reading(room.engine) as session:
        standing = answer_mail.standing(session, session.get_one(Candidate, 1), room.campaign)
    assert standing.stipend.amount == Decimal("350.00")


def test_only_whoever_it_is_for_and_those_who_run_the_campaign_may_answer(room: Room) -> None:
    for by in ("rosa", "anton", "lena"):
        number = room.say("question", "When?", mail_id=f"<{by}@x.example>")
        with pytest.raises(Refused, match="may not answer"):
            room.send(number, "Soon.", by=by)
        with pytest.raises(Refused, match="may not answer"), unit_of_work(room.engine) as session:
            close_item(session, room.clock, number, actor=room.people.named(by), people=room.people,
                       outcome="nothing to do")  # fmt: skip
    assert room.send(number, "Soon.", by="omar").sender == "sofia", "under the name that the creator knows (R29)"


def test_somebody_else_can_take_it_over(room: Room) -> None:
    number = room.say("question", "When?")
    with unit_of_work(room.engine) as session:
        omar, rosa = room.people.named("omar"), room.people.named("rosa")
        reassign(session, room.clock, number, to=omar, actor=room.people.named("sofia"), people=room.people)
        with pytest.raises(Refused, match="may not write to creators"):
            reassign(session, room.clock, number, to=rosa, actor=omar, people=room.people)
    assert room.reply(number).assignee == "omar"
    with pytest.raises(Refused, match="it is for Omar Haddad"):
        room.send(number, "Soon.")


def test_of_two_who_click_at_once_one_is_told_what_the_other_did(room: Room) -> None:
    number = room.say("question", "When?")
    room.send(number, "Soon.")
    with pytest.raises(Refused, match=r"done already: answered with mail \d+ \(Sofia Marin\)"):
        room.send(number, "Soon.", by="omar")
    with pytest.raises(Refused, match="done already"), unit_of_work(room.engine) as session:
        close_item(session, room.clock, number, actor=room.people.named("omar"), people=room.people,
                   outcome="nothing to do")  # fmt: skip
    assert len(room.deliver().taken) == 1


@pytest.mark.parametrize("by", ["address", "account"])
def test_who_opted_out_meanwhile_gets_no_answer(room: Room, by: str) -> None:
    number, other = room.say("question", "When?"), room.say("later", "In March")
    room.send(other, "Of course.")
    listed: dict[str, Any] = {"address": "CREATOR0+x@example.com"} if by == "address" else {
        "account": ("instagram", "creator0")
    }  # fmt: skip
    with unit_of_work(room.engine) as session:
        suppression.add(session, room.clock, pepper=PEPPER, why="asked", actor="omar", **listed)
    with pytest.raises(Refused, match="opted out"):
        room.send(number, "Soon.")
    assert room.deliver().taken == [], "what was queued before is held, too"


def test_of_an_erased_person_nothing_can_be_answered(room: Room) -> None:
    number = room.say("question", "When?")
    with unit_of_work(room.engine) as session:
        reply = session.get_one(Reply, number)
        reply.sender = reply.text = reply.because = reply.draft = ""
        session.get_one(Account, 1).handle = "erased"
        for known in session.exec(select(Snapshot)):
            session.delete(known)
    with pytest.raises(Refused, match="No mail address"):
        room.send(number, "Soon.")
    with reading(room.engine) as session:
        assert [item.who for item in open_answers(session)] == ["instagram:erased"]


def test_who_cannot_be_made_out_is_for_ops_to_look_at(room: Room) -> None:
    with unit_of_work(room.engine) as session:
        reply = Reply(mail_id="<who@x.example>", sender="who@x.example", kind=ReplyKind.QUESTION, because="?", text="?",
                      received_at=room.clock.now())  # fmt: skip
        session.add(reply)
        session.flush()
        room.opened(session, reply, None)
        number = reply.id or 0
    assert (room.reply(number).assignee, room.reply(number).draft) == ("omar", "")
    with pytest.raises(Refused, match="Nobody we wrote to"):
        room.send(number, "Hello?", by="omar")
    with unit_of_work(room.engine) as session:
        close_item(session, room.clock, number, actor=room.people.named("omar"), people=room.people,
                   outcome="answered elsewhere")  # fmt: skip
    assert room.reply(number).outcome == "answered elsewhere"


def test_an_answer_that_is_none_is_refused(room: Room) -> None:
    for number in (0, -1, 99, 2**31, 10**30):
        with pytest.raises(Refused, match="There is no answer"):
            room.send(number, "Hello")
        with pytest.raises(Refused, match="There is no answer"), reading(room.engine) as session:
            the_answer(session, number)


def test_a_broken_file_of_words_never_keeps_an_answer_from_being_work(
    room: Room, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with unit_of_work(room.engine) as session:
        candidate = session.get_one(Candidate, 1)
        reply = Reply(mail_id="<x@x>", candidate_id=1, kind="interested", because="", text="Yes",
                      received_at=room.clock.now())  # fmt: skip
        session.add(reply)
        session.flush()
        open_item(session, room.clock, reply, candidate, room.campaign, room.people, templates=tmp_path)
        assert (reply.state, reply.draft) == ("open", "")
    assert "no answer was drafted" in caplog.text
