"""The scenes of a campaign in Slack, from an empty record to the first mails and offers; each begins where the one
before it ended. What people do in Slack is done by clicks, what the scheduler does is called by name."""

from datetime import timedelta
from decimal import Decimal

from approvals.slack.ids import Action, choose, open_entry
from contracts.changes import Changes
from flows.steps import canary, deals, outreach, review, sign_offs
from tests.flows.slack.office import OPS
from tests.flows.slack.slacked import buttons, member, words
from tests.flows.slack.verbs import Team
from tests.house import CAMPAIGN


def the_queue_is_filled(team: Team) -> None:
    assert "/greenroom source" in team.command("omar", "help")
    assert "Sourcing for linen-summer has started" in team.command("omar", f"source {CAMPAIGN}")
    team.office.settle()
    [queue] = team.queues()
    assert "0 of 25 decided" in queue["text"]
    assert [len(team.thread(queue)), len(team.office.house.queue())] == [25, 25]
    assert "25 put in front of a reviewer" in team.direct("omar")[-1]["text"]
    home = team.home("rosa")
    assert "Rosa Lindqvist: 25 to decide" in words(home)
    team.click("rosa", home, Action.HOME_OLDER)
    assert "Page 2 of 3" in words(team.home_now("rosa"))
    assert "nothing to decide" in words(team.home("lena"))


def rosa_reviews(team: Team) -> None:
    office = team.office
    one, two, three, four, five, six, *_ = office.house.queue()
    team.click("rosa", team.queues()[0], Action.QUEUE_OPEN)
    team.click("rosa", team.view("rosa"), choose("approve"))
    assert Action.UNDO in buttons(team.view("rosa"))
    office.sim.close(member("rosa"))
    team.decide_with("rosa", two, "decline", reason="0", note="see her last post")
    team.decide_with("rosa", three, "hold", note="wait for the spring collection")
    # Everything about the fourth, and a remark from there.
    team.click("rosa", team.card(four), Action.MORE)
    team.click("rosa", team.view("rosa"), Action.COMMENT)
    team.send("rosa", remark="Her stories are better than her posts")
    office.sim.close(member("rosa"), every=True)
    # The fifth waits for what Omar knows, the sixth is handed to Anton.
    team.ask("rosa", five, of="omar", question="Did she answer us last year?")
    team.hand_over("rosa", six, to="anton", note="You know her")
    office.settle()
    [queue] = team.queues()
    assert "3 of 25 decided" in queue["text"]
    assert team.offers(one) == team.offers(two) == [Action.UNDO]
    assert "see her last post" in words(team.card(two))
    assert "1 comment" in words(team.card(four))
    assert "Waiting for Omar Haddad" in team.card(five)["text"]
    assert "For Anton Weber" in words(team.card(six))
    team.take_back("rosa", one)
    team.choose("anton", six, "approve")
    office.settle()
    assert choose("approve") in team.offers(one)
    assert team.request(one).status == "open"


def omar_answers_and_the_clock_goes_on(team: Team) -> None:
    office = team.office
    [five] = [request for request in office.house.queue() if request.waits_for == "omar"]
    due = five.due_at
    office.later(timedelta(hours=1))
    assert "Waiting for an answer" in words(team.home("omar"))
    [asked] = [said for said in team.direct("omar") if "asks you about" in said["text"]]
    assert "Did she answer us last year?" in words(asked)
    team.click("omar", asked, open_entry(0))
    team.click("omar", team.view("omar"), Action.ANSWER)
    team.send("omar", remark="Yes, within a day")
    office.sim.close(member("omar"), every=True)
    office.settle()
    assert team.request(five).due_at - due >= timedelta(hours=1)
    assert choose("approve") in team.offers(five)
    assert Action.ASK in team.offers(five)
    team.choose("rosa", five, "approve")


def some_are_decided_at_the_terminal(team: Team) -> None:
    """Twelve at once. Three are left for Monday: one of the first queue, and the two who came for those declined."""
    office, w = team.office, team.office.w
    rosa = w.people.named("rosa")
    left = [request.id for request in office.house.queue()]
    done = review.decide_many(w, left[:12], "approve", actor=rosa, door="terminal")
    done += review.decide_many(w, left[12:-3], "wrong_audience", actor=rosa, door="terminal")
    assert [one.refusal for one in done] == [None] * len(done)
    office.settle()
    assert "24 of 25 decided" in team.queues()[0]["text"]
    assert "0 of 2 decided" in team.queues()[1]["text"]
    office.later()
    assert [team.offers(one.request) for one in done if one.request] == [[]] * len(done)
    assert "• Approve: 14" in words(team.queues()[0])
    assert "24 of 27 decided" in team.command("rosa", f"queue {CAMPAIGN}")


def the_campaign_is_signed_off(team: Team) -> None:
    office = team.office
    sign_offs.ask_sign_offs(office.w, CAMPAIGN, actor=office.w.people.named("omar"))
    office.settle()
    team.choose("olivia", team.the_only("creative brief"), "sign_off")
    office.settle()
    team.choose("anton", team.the_only("tracking setup"), "sign_off")
    office.settle()
    assert team.asked("tracking setup") == team.asked("creative brief") == []


def the_first_mail_is_let_go_and_the_mails_of_the_day_go(team: Team) -> None:
    office, w = team.office, team.office.w
    shown = canary.ask_canary(w, CAMPAIGN, actor=w.people.named("omar"))
    office.settle()
    card = team.card(shown)
    assert (card["channel"], "Subject:" in words(card), "Lindenstrasse 12" in words(card)) == (OPS, True, True)
    assert "is paused" in team.command("olivia", f"pause {CAMPAIGN}")
    assert "Paused: nothing is sent" in team.command("lena", f"status {CAMPAIGN}")
    assert "goes on" in team.command("olivia", f"go-on {CAMPAIGN}")
    team.choose("sofia", shown, "approve")
    office.later()
    outreach.write_invitations(w, CAMPAIGN)
    assert len(outreach.send_due(w, CAMPAIGN).sent) >= 3
    office.settle()


def creators_answer_and_the_owner_lets_a_dearer_offer(team: Team) -> tuple[str, str]:
    """The names of the two who were offered something."""
    office, w = team.office, team.office.w
    sofia = w.people.named("sofia")
    first, second, third, *_ = office.house.outbox()
    office.house.answer(first, "I am interested, count me in!")
    office.house.answer(second, "I'd love to, but my rate for this is 450 EUR.")
    office.house.answer(third, "Please remove me from your list, no thanks.")
    kinds = {str(reply.kind): reply for reply in outreach.read_replies(w)}
    assert set(kinds) == {"interested", "price talk", "opt-out"}
    near, dear = (office.creator(kinds[kind].candidate_id) for kind in ("interested", "price talk"))
    deals.make_offer(w, CAMPAIGN, near, actor=sofia)
    _, question = deals.make_offer(w, CAMPAIGN, dear, actor=sofia, changes=Changes(stipend=Decimal(450)))
    assert question is not None
    office.settle()
    assert "Olivia Brandt" in team.command("sofia", f"who {question.id[:8]}")
    team.choose("olivia", question, "approve", confirm=True)
    office.settle()
    assert team.offers(question) == []
    for creator in (near, dear):
        deals.accept_offer(w, CAMPAIGN, creator, actor=sofia, how="reply by mail")
    office.settle()
    return near, dear
