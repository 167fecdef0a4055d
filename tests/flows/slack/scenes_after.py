"""The scenes of a campaign in Slack, from the first contracts to its figures; each begins where the one before it
ended. `near` and `dear` are the creators whose offers stood within and beyond the limits."""

from datetime import UTC, datetime, timedelta

from approvals.slack.ids import choose, open_entry
from core.database import unit_of_work
from core.models.approvals import Request
from core.store import candidate_named
from flows.steps import content, deals, sign_offs
from tests.flows.scenes import adopt
from tests.flows.slack.office import LEGAL, OPS, UNDO, Office
from tests.flows.slack.slacked import buttons, member, words
from tests.flows.slack.verbs import Team
from tests.house import CAMPAIGN

_AWAY = ('delegate = "omar"\ncalendar = { time_zone = "Europe/Stockholm"',
         'delegate = "omar"\naway = [{ from = 2026-11-23, until = 2026-11-23 }]\n'
         'calendar = { time_zone = "Europe/Stockholm"')  # fmt: skip


def legal_gets_the_contracts(team: Team, near: str, dear: str) -> None:
    office, sim = team.office, team.office.sim
    with office.w.renderer() as renderer, unit_of_work(office.w.engine) as session:
        # What was negotiated no batch may draft: the sender does.
        candidate = candidate_named(session, CAMPAIGN, dear)
        deals.draft_contract(session, office.w, renderer, candidate.id or 0, actor="sofia")
    office.settle()
    by_creator = {office.creator(one.candidate_id): one for one in team.asked("final contract")}
    first, second = by_creator[near], by_creator[dear]
    for request in (first, second):
        card = team.card(request)
        [file] = [message for message in team.thread(card) if message.get("files")]
        assert sim.files[file["files"][0]["id"]] == office.w.archive.read(request.content_sha256)
        assert (card["channel"], f"sha256 {request.content_sha256[:12]}" in words(card)) == (LEGAL, True)
    assert "The owner let it go beyond a limit" in words(team.card(second))
    assert "Lena Okafor: 2 to decide" in words(team.home("lena"))
    team.choose("lena", first, "sign_off", confirm=True)
    team.decide_with("lena", second, "request_changes", note="Let Austrian law govern it")
    office.settle()
    assert "Let Austrian law govern it" in words(team.card(second))
    assert office.house.stage(near) == "OUT_FOR_SIGNATURE"
    [attachment] = office.house.outbox()[-1].iter_attachments()
    assert attachment.get_content() == office.w.archive.read(first.content_sha256)


def a_contract_is_written_anew_twice(team: Team, dear: str) -> Request:
    """Returns the version that was never decided: its card decides nothing."""
    office = team.office
    _write_anew(team, dear, law="Austria")
    old = team.the_only("final contract")
    old_card = team.card(old)
    assert "Germany" in words(old_card)
    assert "Austria" in words(old_card)
    _write_anew(team, dear, law="Switzerland")
    assert "version 3 replaced it" in words(team.card(old))
    assert team.offers(old) == []
    new = team.the_only("final contract")
    # Somebody's screen still shows the old one.
    before = len(team.whispers("lena"))
    team.click("lena", old_card, choose("sign_off"), confirm=True, stale=True)
    assert "is no longer asked: version 3 replaced it" in team.whispers("lena")[before]
    assert team.refusals(old) == [("lena", "void", "slack")]
    assert office.house.stage(dear) == "CONTRACT_DRAFTED"
    team.choose("lena", new, "sign_off", confirm=True)
    office.settle()
    assert office.house.stage(dear) == "OUT_FOR_SIGNATURE"
    return old


def _write_anew(team: Team, creator: str, *, law: str) -> None:
    write_anew(team.office, creator, law=law)
    team.office.settle()


def write_anew(office: Office, creator: str, *, law: str) -> None:
    """Ops change the campaign, and draft the contract again."""
    w = office.w
    campaign = office.house.campaign()
    adopt(office.house, campaign.model_copy(update={
        "contract": campaign.contract.model_copy(update={"governing_law": law}),
    }))  # fmt: skip
    with w.renderer() as renderer, unit_of_work(w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        deals.draft_contract(session, w, renderer, candidate.id or 0, actor="omar")


def a_flagged_draft_is_approved_with_one_click(team: Team, near: str) -> None:
    office, w = team.office, team.office.w
    sofia = w.people.named("sofia")
    deals.record_signature(w, CAMPAIGN, near, signed_name="Her Full Name", actor=sofia, evidence={"note": "by mail"})
    draft, verdict = content.submit_draft(w, CAMPAIGN, near, "Thanks to my partner! One shirt, three days.",
                                          actor=sofia)  # fmt: skip
    assert not verdict.clean
    office.settle()
    card = team.card(draft)
    assert (card["channel"], "🚩" in words(card)) == (OPS, True)
    team.choose("omar", draft, "approve")
    office.later()
    assert team.offers(draft) == []
    assert [who for action, who, _ in team.about(f"candidate:{draft.candidate_id}") if action == "content.approved"] \
        == ["omar"]  # fmt: skip


def on_monday_omar_stands_in_for_rosa(team: Team) -> None:
    """Nobody hears of anything before their office opens."""
    office = team.office
    people = office.w.settings.people_file
    people.write_text(people.read_text(encoding="utf-8").replace(*_AWAY), encoding="utf-8")
    said = {who: len(team.direct(who)) for who in ("omar", "rosa")}
    office.at(datetime(2026, 11, 23, 4, 30, tzinfo=UTC))
    office.sweep()
    assert {who: len(team.direct(who)) for who in said} == said
    office.at(datetime(2026, 11, 23, 9, 45, tzinfo=UTC))
    office.sweep()
    assert len(team.direct("rosa")) == said["rosa"]
    # His own of the day, and what Rosa was asked first is at half of its time.
    news = [message["text"].partition(" for you")[0] for message in team.direct("omar")[said["omar"] :]]
    assert [text.split(":")[0] for text in news] == ["A reminder", "Today"]
    waiting = office.house.queue()
    assert len(waiting) == 3
    assert "standing in for Rosa Lindqvist" in team.command("omar", f"who {waiting[0].id[:8]}")
    team.click("omar", team.home("omar"), open_entry(0))
    team.click("omar", team.view("omar"), choose("approve"))
    office.sim.close(member("omar"), every=True)
    office.at(datetime(2026, 11, 23, 11, 50, tzinfo=UTC))
    office.sweep()
    [*_, reminded] = team.direct("omar")
    assert reminded["text"].startswith("A reminder: 2 requests wait"), "the two of today"
    for request in office.house.queue():
        team.choose("omar", request, "approve")
    office.later()
    assert office.house.queue() == []


def samples_are_looked_at(team: Team) -> None:
    """One in ten as it happened, and some more of last week's."""
    office = team.office
    checks = team.asked("spot check")
    assert len(checks) >= 2
    for request in checks:
        assert team.card(request)["channel"] == OPS
        team.choose("omar", request, "fine")
    office.later(UNDO)
    assert {tuple(team.offers(request)) for request in checks} == {()}


def what_changed_is_signed_off_anew_and_the_figures_last(team: Team) -> None:
    office, w = team.office, team.office.w
    omar = w.people.named("omar")
    sign_offs.ask_sign_offs(w, CAMPAIGN, actor=omar)
    office.settle()
    brief = team.the_only("creative brief")
    assert "Changed since" in words(team.card(brief))
    team.choose("olivia", brief, "sign_off")
    office.settle()
    team.choose("anton", team.the_only("tracking setup"), "sign_off")
    office.later(timedelta(days=70))
    figures = sign_offs.ask_measurement(w, CAMPAIGN, actor=omar)
    office.settle()
    assert choose("sign_off") in buttons(team.card(figures))
    team.choose("anton", figures, "sign_off")
    office.settle()
