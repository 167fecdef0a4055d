"""The story of one creator, from a line in a file to a signature, told on each database."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from contracts import service as contracts
from core import audit
from core.clock import FixedClock
from core.database import reading
from core.errors import Refused
from core.stages import ROAD, Stage
from flows.steps import canary, deals, longlist, outreach, sign_offs, upkeep
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House, build, text_of


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def house(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    address = request.getfixturevalue("postgres_address") if request.param == "postgresql" else None
    house = build(tmp_path / "home", clock, database_address=address)
    if address:
        # The import knows nothing of databases: once is enough.
        made: Path = request.getfixturevalue("longlisted_home")
        shutil.copytree(made / "pool", house.w.settings.pool_folder)
    else:
        house.import_sample()
    yield house
    house.w.engine.dispose()


def test_one_creator_from_file_to_signature(house: House) -> None:
    # Social ops has imported a file of profiles, has a campaign, and asks for a longlist.
    made = longlist.source_campaign(house.w, CAMPAIGN_FILE, actor="omar")
    assert (made.longlisted, made.new_candidates) == (250, 250)
    assert sorted(path.suffix for path in Path(made.folder).iterdir()) == [".csv", ".html", ".jsonl", ".xlsx"]

    # The best twenty-five wait for Rosa, who approves one of them.
    assert longlist.fill_queue(house.w, CAMPAIGN, actor="omar") == 25
    creator, question = house.best_with_an_address()
    assert question.assignee == "rosa"
    house.decide(question, "approve", by="rosa")
    assert house.stage(creator) == Stage.APPROVED

    # Where this creator lives nobody may be written to who did not ask for it; this one did, at a pop-up shop.
    assert "may not be written to by a machine" in outreach.write_invitations(house.w, CAMPAIGN).left[0].reason
    house.asked_us_to_write(creator, "list of the pop-up shop, 14 November")

    # Nobody is written to before the brand lead has signed off the brief, the analyst the tracking setup, and a person
    # has seen the first mail as it will be sent.
    outreach.write_invitations(house.w, CAMPAIGN)
    with pytest.raises(Refused, match="The creative brief is not signed off"):
        outreach.send_due(house.w, CAMPAIGN)
    assert house.outbox() == []
    omar = house.w.people.named("omar")
    [brief] = sign_offs.ask_sign_offs(house.w, CAMPAIGN, actor=omar)
    assert brief.assignee == "olivia"
    house.decide(brief, "sign_off", by="olivia")
    assert sign_offs.ask_next(house.w) == 1
    house.decide(house.open_request("tracking setup"), "sign_off", by="anton")
    house.decide(canary.ask_canary(house.w, CAMPAIGN, actor=omar), "approve", by="sofia")
    assert sign_offs.standing(house.w, CAMPAIGN).complete

    # The day's batch writes to her, once.
    outreach.write_invitations(house.w, CAMPAIGN)
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 1
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 0
    [invitation] = house.outbox()
    assert "200 EUR" in text_of(invitation)
    assert house.stage(creator) == Stage.INVITED

    # She likes it, and says so.
    house.answer(invitation, "Hi Sofia, I love this. Count me in!")
    [reply] = outreach.read_replies(house.w)
    assert reply.kind == "interested"
    assert house.stage(creator) == Stage.REPLIED

    # Sofia makes the offer; the creator says yes; the cost is bound.
    offer, escalation = deals.make_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"))
    assert (offer.status, escalation) == ("made", None)
    deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), how="reply of 20 November")
    with reading(house.w.engine) as session:
        assert contracts.budget(session, house.campaign()).committed.amount == Decimal(200)

    # A contract is drafted, and Lena of legal signs off exactly these bytes.
    assert deals.draft_contracts(house.w) == 1
    sign_off = house.open_request("final contract")
    assert sign_off.assignee == "lena"
    house.decide(sign_off, "sign_off", by="lena")
    assert house.stage(creator) == Stage.SIGNED_OFF

    # It goes out with those bytes attached, and comes back signed.
    assert deals.send_contracts(house.w) == 1
    [attachment] = house.outbox()[-1].iter_attachments()
    assert attachment.get_content() == house.w.archive.read(sign_off.content_sha256)
    deals.record_signature(house.w, CAMPAIGN, creator, signed_name="Her Full Name", actor=house.w.people.named("sofia"),
                           evidence={"note": "reply of 21 November"})  # fmt: skip

    # Every step is on record in its order, and the log proves it.
    assert house.road(creator) == list(ROAD[: ROAD.index(Stage.SIGNED) + 1])
    with reading(house.w.engine) as session:
        assert dict(upkeep.funnel(session, CAMPAIGN))["SIGNED"] == 1
        assert audit.verify(session).problem == ""
