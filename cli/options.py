"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

ActorFlag = Annotated[str, typer.Option("--as", help="Your id in the people file (else GREENROOM_ACTOR).")]
ReasonFlag = Annotated[str, typer.Option("--reason", help="Why, in a few words.")]
CampaignName = Annotated[str, typer.Argument(help="The campaign's slug, such as linen-summer.")]
CampaignFile = Annotated[Path, typer.Argument(help="A campaign file, such as campaigns/linen-summer.toml.")]
CreatorName = Annotated[str, typer.Argument(help="handle, @handle or platform:handle.")]
