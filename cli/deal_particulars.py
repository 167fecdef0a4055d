"""`greenroom deal payee` and `greenroom deal parcel`: where money and product go; `deal change-key` for their seal."""

import sys
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.lookup import wired_for
from cli.options import ActorFlag, CampaignName, CreatorName
from cli.screen import JsonFlag, answer, counted
from contracts.particulars import parcel_of, payee_of
from core.errors import BadInput, WrongUsage
from core.models.deals import Parcel
from flows.steps import particulars
from flows.wiring import wired

payee = typer.Typer(help="Payment and tax data of a creator, sealed.")
parcel = typer.Typer(help="The product on its way to a creator.")

Form = Annotated[
    Path | None,
    typer.Option("--file", help="TOML with account_holder, iban or other_account, tax_id, country; - reads it typed."),
]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; left out: today.")]


@payee.command("set")
def set_payee(campaign: CampaignName, creator: CreatorName, file: Form = None, actor: ActorFlag = "",
              as_json: JsonFlag = False) -> None:  # fmt: skip
    """Record where the money goes. Asked question by question, or from a file; delete that afterwards."""
    w = wired_for(campaign)
    data = payee_of(_from_file(file) if file is not None else _asked_for())
    particulars.set_payee(w, campaign, creator, data, actor=w.actor(actor))
    lines = [f"{name}: {value}" for name, value in data.masked().items()]
    answer(data.masked(), as_json=as_json, lines=[f"Recorded for {creator}, sealed.", *lines])


@payee.command("show")
def show_payee(
    campaign: CampaignName,
    creator: CreatorName,
    whole: Annotated[bool, typer.Option("--whole", help="Uncovered, to pay by.")] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Show where the money goes, most of it covered; for ops and the owner."""
    w = wired_for(campaign)
    data = particulars.payee(w, campaign, creator, actor=w.actor(actor))
    shown = data.model_dump() if whole else data.masked()
    lines = [f"{name.replace('_', ' ')}: {value or 'none'}" for name, value in shown.items()]
    answer(shown, as_json=as_json, lines=lines)


@parcel.command("set")
def set_parcel(
    campaign: CampaignName,
    creator: CreatorName,
    address: Annotated[str, typer.Option(help="Name, street, place and country, on one line.")] = "",
    size: Annotated[str, typer.Option(help="The size, where there are sizes.")] = "",
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Record where the product goes, and in which size."""
    w = wired_for(campaign)
    data = parcel_of({"address": address or _typed("Address, on one line", without="Add --address."), "size": size})
    row = particulars.set_parcel(w, campaign, creator, data, actor=w.actor(actor))
    answer(_told(row), as_json=as_json, lines=[f"The parcel to {creator} is recorded, its address sealed."])


@parcel.command("sent")
def sent(
    campaign: CampaignName,
    creator: CreatorName,
    carrier: Annotated[str, typer.Option(help="Who carries it.")] = "",
    tracking: Annotated[str, typer.Option(help="The number to follow it by.")] = "",
    on: Day = None,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """The product has gone."""
    w = wired_for(campaign)
    row = particulars.parcel_sent(w, campaign, creator, on=_day(on), carrier=carrier, tracking_number=tracking,
                                  actor=w.actor(actor))  # fmt: skip
    answer(_told(row), as_json=as_json, lines=[f"Sent to {creator} on {row.sent_on}{_by(row)}."])


@parcel.command("received")
def received(campaign: CampaignName, creator: CreatorName, on: Day = None, actor: ActorFlag = "",
             as_json: JsonFlag = False) -> None:  # fmt: skip
    """The product has arrived."""
    w = wired_for(campaign)
    row = particulars.parcel_received(w, campaign, creator, on=_day(on), actor=w.actor(actor))
    answer(_told(row), as_json=as_json, lines=[f"{creator} has it since {row.received_on}."])


@parcel.command("show")
def show_parcel(campaign: CampaignName, creator: CreatorName, actor: ActorFlag = "", as_json: JsonFlag = False) -> None:
    """Show where the product goes and how far it is."""
    w = wired_for(campaign)
    row, data = particulars.parcel(w, campaign, creator, actor=w.actor(actor))
    lines = [
        f"To: {data.address}",
        *([f"Size: {data.size}"] if data.size else []),
        f"Sent: {row.sent_on}{_by(row)}" if row.sent_on else "Not sent yet.",
        *([f"Received: {row.received_on}"] if row.received_on else []),
    ]
    answer(_told(row) | data.model_dump(), as_json=as_json, lines=lines)


def change_key(
    no_new_key: Annotated[bool, typer.Option("--no-new-key", help="Seal with the first key of the settings.")] = False,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Forget older keys after it; then older backups stay sealed for good.")
    ] = False,
    actor: ActorFlag = "",
    as_json: JsonFlag = False,
) -> None:
    """Seal all payment data and addresses with a new key."""
    w = wired()
    count = particulars.change_key(w, actor=w.actor(actor), new_key=not no_new_key, drop_old=drop_old)
    answer({"sealed": count}, as_json=as_json, lines=[f"{counted(count, 'entry', 'entries')} sealed anew."])


def _asked_for() -> dict[str, str]:
    return {
        "account_holder": _typed("Account holder"),
        "iban": _typed("IBAN (empty where there is none)", hidden=True),
        "other_account": _typed("Another way to be paid, in words (empty with an IBAN)"),
        "tax_id": _typed("Tax number (empty where none is needed)", hidden=True),
        "country": _typed("Country of residence"),
    }


def _typed(question: str, *, hidden: bool = False, without: str = "Add --file FILE.") -> str:
    if not sys.stdin.isatty():
        raise WrongUsage(f"{question}: nobody is there to be asked.", next_step=without)
    return str(typer.prompt(question, default="", show_default=False, hide_input=hidden, err=True))


def _from_file(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # What is wrong is not quoted: it could be an account number.
        raise BadInput(f"{file} is not such a file.", next_step='Write lines such as: iban = "DE…"') from None


def _day(on: datetime | None) -> date | None:
    return on.date() if on is not None else None


def _by(row: Parcel) -> str:
    parts = [row.carrier, row.tracking_number]
    return f" by {' '.join(part for part in parts if part)}" if any(parts) else ""


def _told(row: Parcel) -> dict[str, object]:
    return {"sent_on": row.sent_on, "carrier": row.carrier, "tracking_number": row.tracking_number,
            "received_on": row.received_on}  # fmt: skip
