"""What tests of contracts share: the shipped template, terms to vary, and creators brought as far as AGREED."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session

from contracts import service
from contracts.archive import Archive
from contracts.documents import Fills, Renderer
from contracts.from_campaign import standard_draft, terms_for
from contracts.offers import accept_offer, make_offer
from contracts.templates import Template, Templates
from contracts.terms import Terms
from core.campaign import Campaign
from core.clock import FixedClock
from core.models.campaigns import CampaignVersion
from core.models.candidates import Candidate
from core.models.creators import Account
from core.models.deals import Contract
from core.models.tracking import TrackingLink
from core.money import Money
from core.people import People
from core.stages import Stage
from core.store import keep_campaign, move
from core.tracking import tagged_url

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
TEMPLATE = "creator-agreement-en"


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    with Renderer() as renderer:
        yield renderer


@pytest.fixture
def templates() -> Templates:
    return Templates(SHIPPED)


@pytest.fixture
def template(templates: Templates) -> Template:
    return templates.usable(TEMPLATE, spend=Money(Decimal(200), "EUR"), on=date(2026, 11, 20))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "contracts")


@pytest.fixture
def terms_with(campaign: Campaign) -> Callable[..., Terms]:
    """The terms of the example campaign for one creator, with changes: `terms_with(creator_name="Zoë")`."""

    def make(campaign: Campaign = campaign, **changes: object) -> Terms:
        link = TrackingLink(
            candidate_id=17,
            code="LINEN-7KQXWB",
            short="linen-7kqxwb",
            url=tagged_url(campaign, platform="instagram", candidate_id=17),
            minted_at=datetime(2026, 11, 20, tzinfo=UTC),
        )
        account = Account(platform="instagram", key="ada.linen", handle="ada.linen")
        terms = terms_for(campaign, standard_draft(campaign), link, account=account, snapshot={}, version=1)
        return Terms.model_validate(terms.model_dump() | {"creator_name": "Ada Lindgren"} | changes)

    return make


@pytest.fixture
def replied(clock: FixedClock, longlisted: Callable[..., Candidate]) -> Callable[..., Candidate]:
    """Puts a creator on the record who has answered our invitation."""

    def put(session: Session, handle: str = "ada.linen", **known: object) -> Candidate:
        candidate = longlisted(session, handle, **known)
        for stage in (Stage.QUEUED, Stage.APPROVED, Stage.INVITED, Stage.REPLIED):
            move(session, clock, candidate, stage, actor="omar")
        return candidate

    return put


@pytest.fixture
def agreed(
    clock: FixedClock, campaign: Campaign, people: People, replied: Callable[..., Candidate]
) -> Callable[..., Candidate]:
    """Puts a creator on the record who has accepted the standard offer."""

    def put(session: Session, handle: str = "ada.linen", **known: object) -> Candidate:
        candidate = replied(session, handle, **known)
        make_offer(session, clock, campaign, candidate, actor=people.named("sofia"))
        accept_offer(session, clock, campaign, candidate, actor="sofia", how="wrote back: yes")
        return candidate

    return put


@pytest.fixture
def draft(
    clock: FixedClock, campaign: Campaign, renderer: Renderer, templates: Templates, archive: Archive
) -> Callable[..., Contract]:
    """Drafts a candidate's contract; campaign and collaborators may be others."""

    def make(
        session: Session, candidate: Candidate, campaign: Campaign = campaign, renderer: Fills = renderer,
        templates: Templates = templates, archive: Archive = archive,
    ) -> Contract:  # fmt: skip
        if session.get(CampaignVersion, campaign.hash) is None:
            keep_campaign(session, clock, campaign)
        [grounds] = service.grounds_of(session, clock, [candidate.id or 0])
        due = service.plan(replace(grounds, campaign=campaign), templates=templates, on=clock.now().date())
        made = service.draft_contract(clock, due, renderer=renderer, archive=archive)
        service.put_on_record(session, clock, [made], actor="greenroom")
        return made.contract

    return make


@pytest.fixture
def own_templates(tmp_path: Path) -> Callable[..., Templates]:
    """A template folder of its own with one document, approved unless the changes to the manifest say otherwise."""

    def make(content: bytes, **changes: str) -> Templates:
        folder = tmp_path / "templates"
        (folder / "contracts").mkdir(parents=True, exist_ok=True)
        (folder / "contracts" / f"{TEMPLATE}.docx").write_bytes(content)
        shipped = (SHIPPED / "manifest.toml").read_text(encoding="utf-8")
        manifest = shipped[shipped.index(f"[contracts.{TEMPLATE}]") :].split("\n\n")[0]
        values = {"sha256": f'"{hashlib.sha256(content).hexdigest()}"', "clauses": "[]"} | changes
        for key, value in values.items():
            manifest = re.sub(rf"(?ms)^{key} = (\[.*?^\]|[^\n]*)", f"{key} = {value}", manifest)
        (folder / "manifest.toml").write_text(manifest, encoding="utf-8")
        return Templates(folder)

    return make
