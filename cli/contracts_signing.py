"""`greenroom contracts link` and `links`: a new link to sign for one creator, and what every link opens."""

from cli.lookup import check_campaign, wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, Line, answer, counted, table
from core.database import reading
from core.models.deals import Contract
from core.store import name_of, the_candidate
from flows.steps import signing, signing_mails, signing_page
from flows.wiring import wired


def link(campaign: CampaignName, creator: CreatorName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Mail a creator a new link to sign; links they had before open nothing any more."""
    w = wired_for(campaign)
    made = signing.reissue(w, campaign, creator, actor=w.actor(actor))
    document = {"link": made.id, "contract": made.contract_id, "expires_at": made.expires_at}
    lines = [f"A new link to sign is on its way to {creator}, good until {made.expires_at:%d %B %Y}.",
             "It stands in the mail alone: nobody here can read it."]  # fmt: skip
    answer(document, as_json=as_json, lines=lines)


def links(campaign: CampaignName, as_json: JsonFlag = False) -> None:
    """What the newest link to each contract of a campaign opens, and until when."""
    w = wired()
    with reading(w.engine) as session:
        check_campaign(session, campaign)
        found = signing_page.link_states(session, w, campaign)
        rows = []
        for contract_id, (_, state, until) in found.items():
            contract = session.get_one(Contract, contract_id)
            name = name_of(session, the_candidate(session, contract.candidate_id))
            rows.append((name, f"v{contract.version}", str(state), f"{until:%d %B %Y}"))
    document = [
        {"contract": contract_id, "link": made.id, "state": str(state), "issued_at": made.issued_at,
         "expires_at": made.expires_at, "opens_until": until, "confirmed_at": made.confirmed_at}
        for contract_id, (made, state, until) in found.items()
    ]  # fmt: skip
    title = f"{counted(len(rows), 'link')} to sign in {campaign}"
    lines: list[Line] = [table(title, ["creator", "contract", "link", "until"], rows)]
    lines += [why] if (why := signing_mails.why_no_link(w)) else []
    answer(document, as_json=as_json, lines=lines)
