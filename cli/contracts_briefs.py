"""`greenroom contracts brief`: a creator's content brief and welcome sheet, and whether they have them."""

from collections.abc import Sequence
from typing import Annotated

import typer
from sqlmodel import Session

from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, answer, fields_of
from contracts.briefs import outings
from core.errors import WrongUsage
from core.models.deals import Contract
from flows.steps import brief_mails, briefs


def brief(
    campaign: CampaignName,
    creator: CreatorName,
    language: Annotated[str, typer.Option(help="en, de or es; left out: as before, or the contract's.")] = "",
    send: Annotated[bool, typer.Option("--send", help="Mail them now, once the deal is signed.")] = False,
    handed_over: Annotated[
        bool, typer.Option("--handed-over", help="You gave them to the creator yourself, as where no mail goes.")
    ] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """A creator's content brief and welcome sheet; a new version only where their words changed.

    Once a deal is signed they go to the creator by themselves, and once more where their words changed.
    """
    if send and handed_over:
        raise WrongUsage("They are either mailed or handed over.", next_step="Leave one of the two options out.")
    w = wired_for(campaign)
    person, went = w.actor(actor), ""
    if send:
        made, status = brief_mails.send(w, campaign, creator, actor=person, language=language)
        left = {"sent": "The mail to them has left.", "pending": "The mail waits, and leaves with the next round."}
        went = left.get(status, f"The mail has not left: {status}. See: greenroom outreach status {campaign}")
    elif handed_over:
        made = brief_mails.hand_over(w, campaign, creator, actor=person, language=language)
        went = f"On record: {person.name} gave them to {creator}."
    else:
        made = briefs.make_briefs(w, campaign, creator, actor=person, language=language)
    by, at = w.people.name_of(made[0].approved_by), made[0].approved_at
    lines = [f"{one.file_name}, version {one.version}: {w.archive.path_of(one.docx_sha256)}" for one in made]
    lines += [f"{by} signed off its words on {at:%Y-%m-%d %H:%M}.", *([went] if went else [])]
    answer([fields_of(one) for one in made], as_json=as_json, lines=lines)


def brief_words(session: Session, contract: Contract) -> str:
    """Whether the creator has brief and welcome sheet; "" while nothing is signed."""
    if contract.status != "signed":
        return ""
    gone = brief_mails.gone_out(session, contract)
    if gone is None:
        return "has not gone out yet"
    newer = "" if gone.newest else "; a newer version waits to go"
    if gone.how == "handed over":
        return f"handed over by {gone.event.detail['by']} on {gone.event.at:%Y-%m-%d %H:%M}{newer}"
    return f"mail of {gone.event.at:%Y-%m-%d %H:%M}, {gone.how}{newer}"


def outing_lines(session: Session, contracts: Sequence[Contract]) -> list[str]:
    """Each time the sheets of these contracts went out, in words."""
    found = outings(session, [one.id or 0 for one in contracts])
    events = sorted((one for each in found.values() for one in each), key=lambda event: event.id or 0)
    return [
        f"{'put into a mail' if event.detail['step'] else 'handed over'} by {event.detail['by']} on "
        f"{event.at:%Y-%m-%d %H:%M}" for event in events
    ]  # fmt: skip
