"""While outreach is paused no invitation goes; mails of running deals do."""

import pytest
from sqlmodel import select

from core.database import reading
from core.errors import Refused
from core.models.audit import AuditEntry
from core.models.outreach import Message
from core.stages import Stage
from flows.steps import deals, outreach
from flows.steps.outreach import is_paused
from tests.flows.scenes import approved, contract_to_sign_off
from tests.house import CAMPAIGN, House


def test_a_pause_holds_invitations_back_and_no_mail_of_a_running_deal(house: House) -> None:
    creator, question = contract_to_sign_off(house)
    approved(house, 1)
    outreach.write_invitations(house.w, CAMPAIGN)
    sofia = house.w.people.named("sofia")
    assert outreach.pause(house.w, CAMPAIGN, actor=sofia) == 1
    with reading(house.w.engine) as session:
        assert is_paused(session, CAMPAIGN)
    with pytest.raises(Refused, match=r"is paused: Sofia Marin stopped it on 20 November 2026\. Go on with"):
        outreach.send_due(house.w, CAMPAIGN)
    house.decide(question, "sign_off", by="lena")
    assert deals.send_contracts(house.w) == 1
    assert house.stage(creator) == Stage.OUT_FOR_SIGNATURE
    outreach.go_on(house.w, CAMPAIGN, actor=sofia)
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == 1
    with pytest.raises(Refused, match="is not paused"):
        outreach.go_on(house.w, CAMPAIGN, actor=sofia)
    with reading(house.w.engine) as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.subject == f"campaign:{CAMPAIGN}")).all()
    assert [(one.action, one.actor) for one in entries][-2:] == [
        ("outreach.paused", "sofia"), ("outreach.resumed", "sofia"),
    ]  # fmt: skip


def test_a_pause_in_the_middle_of_a_batch_stops_it_at_once(house: House) -> None:
    approved(house, 3)
    house.let_mails_go()
    sofia = house.w.people.named("sofia")

    def stop(_sent: Message) -> None:
        outreach.pause(house.w, CAMPAIGN, actor=sofia)

    done = outreach.send_due(house.w, CAMPAIGN, on_sent=stop)
    assert (len(done.sent), done.left) == (1, 2)
    assert "paused" in done.left_because
