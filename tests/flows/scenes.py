"""How a creator comes to where a test begins."""

import atexit
import hashlib
import shutil
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from core.campaign import Campaign, load_campaign
from core.clock import FixedClock
from core.database import unit_of_work
from core.models.approvals import Request
from core.models.deals import Contract
from core.store import candidate_named, keep_campaign
from flows.steps import deals, outreach, sign_offs
from tests.conftest import START
from tests.house import CAMPAIGN, CAMPAIGN_FILE, House

_FINAL = "final contract"
#: What stood in a home → the creator whose contract was brought to its sign-off there, and the home as it was then.
_brought: dict[str, tuple[str, Path]] = {}


def invited(house: House, many: int = 1) -> list[str]:
    """Approve and invite so many creators."""
    creators = approved(house, many)
    house.let_mails_go()
    assert len(outreach.send_due(house.w, CAMPAIGN).sent) == many
    return creators


def approved(house: House, many: int = 1) -> list[str]:
    """So many creators with an address, whom nobody wrote to yet."""
    chosen = house.with_addresses(many)
    for _, question in chosen:
        house.decide(question, "approve", by="rosa")
    return [creator for creator, _ in chosen]


def adopt(house: House, campaign: Campaign) -> None:
    """From now on this content is in force, as if it had been sourced with; a minute goes by."""
    assert isinstance(house.w.clock, FixedClock)
    house.w.clock.advance(timedelta(minutes=1))
    with unit_of_work(house.w.engine) as session:
        keep_campaign(session, house.w.clock, campaign, actor="omar")


def contract_to_sign_off(house: House) -> tuple[str, Request]:
    """A creator whose contract legal is asked about. From the same beginning the way there is gone once in a process,
    step by step; whoever begins so again has a copy of where it led."""
    beginning, home = _beginning(house), house.w.settings.home
    if beginning in _brought:
        creator, made = _brought[beginning]
        house.w.engine.dispose()
        for left in home.glob("greenroom.db*"):
            left.unlink()
        shutil.copytree(made, home, dirs_exist_ok=True)
        return creator, house.open_request(_FINAL)
    creator = _bring_to_sign_off(house)
    if beginning:
        house.w.engine.dispose()
        _brought[beginning] = creator, Path(shutil.copytree(home, _kept() / beginning))
    return creator, house.open_request(_FINAL)


def _beginning(house: House) -> str:
    """A name for all that decides where the way leads; "" where that is not the record as it lies in the file."""
    settings, log = house.w.settings, house.w.settings.home / "greenroom.db-wal"
    if not settings.uses_sqlite or house.w.clock.now() != START or (log.exists() and log.stat().st_size):
        return ""
    others = repr((settings.model_copy(update={"home": None}), list(house.w.people)))
    record = (settings.home / "greenroom.db").read_bytes()
    return hashlib.sha256(others.encode() + record).hexdigest()


@cache
def _kept() -> Path:
    place = Path(tempfile.mkdtemp(prefix="greenroom-brought-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def _bring_to_sign_off(house: House) -> str:
    [creator] = invited(house)
    house.answer(house.outbox()[0], "I am interested, count me in!")
    outreach.read_replies(house.w)
    deals.make_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"))
    deals.accept_offer(house.w, CAMPAIGN, creator, actor=house.w.people.named("sofia"), how="reply")
    deals.draft_contracts(house.w)
    return creator


def signed_deal(house: House) -> str:
    """A creator whose signature a person recorded."""
    creator, _ = contract_to_sign_off(house)
    sign_as_creator(house, creator)
    return creator


def sign_as_creator(house: House, creator: str) -> None:
    """Legal signs the contract off, it goes out, and comes back signed."""
    house.decide(house.open_request("final contract"), "sign_off", by="lena")
    deals.send_contracts(house.w)
    deals.record_signature(house.w, CAMPAIGN, creator, signed_name="Ada", evidence={"note": "reply"},
                           actor=house.w.people.named("sofia"))  # fmt: skip


def redraft_under_another_law(house: House, creator: str, folder: Path) -> Contract:
    return redraft(house, creator, folder, 'governing_law = "Germany"', 'governing_law = "Austria"')


def edit(house: House, folder: Path, before: str, after: str) -> None:
    """The campaign file was changed in one place, and is in force so."""
    assert before in CAMPAIGN_FILE.read_text()
    changed = folder / "linen-summer.toml"
    changed.write_text(CAMPAIGN_FILE.read_text().replace(before, after))
    with unit_of_work(house.w.engine) as session:
        # What sourcing again does with an edited file, but for the ranking, which nobody here looks at.
        campaign = load_campaign(changed)
        keep_campaign(session, house.w.clock, campaign, actor="omar")
        sign_offs.after_edit(session, house.w, campaign)


def redraft(house: House, creator: str, folder: Path, before: str, after: str) -> Contract:
    """The campaign file was changed in one place, and the contract is made anew."""
    edit(house, folder, before, after)
    with house.w.renderer() as renderer, unit_of_work(house.w.engine) as session:
        candidate = candidate_named(session, CAMPAIGN, creator)
        return deals.draft_contract(session, house.w, renderer, candidate.id or 0, actor="omar")
