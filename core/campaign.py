"""A campaign file: what we run. Parsed, checked and frozen; unknown keys are refused with the nearest right name.

Owns the shape of `campaigns/*.toml`. Knows nothing of creators, tables or how anything is carried out.
"""

import difflib
import hashlib
import json
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from core.audience import Audience, Line, LonglistSize, Part, Safety, Target, Topic, Weights
from core.campaign_offer import BriefWords, ContractChoice, Language, OfferTerms, Slug, says_nothing
from core.errors import BadInput

Channel = Annotated[str, Field(pattern=r"^([CG][A-Z0-9]{2,20})?$")]


class Company(Part):
    """Who writes to creators; the mail and the contract name it (CAN-SPAM, GDPR article 14)."""

    legal_name: Line
    postal_address: Line
    website: Line
    contact_email: Line
    address_source: Line = "your public profile"
    privacy_url: Annotated[str, Field(pattern=r"^(https://[^\s]+)?$", max_length=200)] = ""


class Goal(Part):
    """What success is, decided before anything is sent (R54)."""

    outcome: Line
    signal: Line


class Owners(Part):
    """Ids from the people file; each decision of the campaign has a named owner (R55, R59).

    The brand lead, who answers for the creative brief, is the owner where nobody else is named.
    """

    owner: Line
    ops: Line
    reviewers: Annotated[tuple[Line, ...], Field(min_length=1)]
    legal: Line
    sender: Line
    brand_lead: Line = ""
    analytics: Line | None = None
    local_lead: Line | None = None

    @model_validator(mode="before")
    @classmethod
    def _led(cls, given: Any) -> Any:
        # Filled in rather than asked for later: whoever asks for the brand lead is always told a person.
        if isinstance(given, dict) and "owner" in given and "brand_lead" not in given:
            return given | {"brand_lead": given["owner"]}
        return given


class Sla(Part):
    """How long a person has (R37; up to 72 hours by note N1)."""

    hours: int = Field(48, ge=1, le=72)
    clock: Literal["business", "wall"] = "business"


class Outreach(Part):
    """How invitations are written and when (R25 to R30)."""

    sequence: Slug = "standard"
    template: Slug = "invite"
    locale: Language = "en"
    angle: Line
    reply_within_days: int = Field(7, ge=2, le=60)
    daily_cap: int = Field(50, ge=1, le=50)
    window_start_hour: int = Field(9, ge=0, le=23)
    window_end_hour: int = Field(18, ge=1, le=24)
    cool_down_days: int = Field(90, ge=0, le=730)
    quiet_days: int = Field(30, ge=0, le=365)
    canary_size: int = Field(5, ge=1, le=25)
    canary_hours: int = Field(20, ge=0, le=240)

    @model_validator(mode="after")
    def _open(self) -> Self:
        if self.window_start_hour >= self.window_end_hour:
            raise ValueError("window_start_hour must come before window_end_hour")
        return self


class Law(Part):
    """How this campaign's lawyers read the law where that differs from what is shipped: country → rule."""

    countries: dict[Line, Literal["allow", "published business contact", "consent only"]] = Field(default_factory=dict)


class Tracking(Part):
    """Where links lead and how codes begin; UTM values are lower case (R62, R110)."""

    landing_url: Annotated[str, Field(pattern=r"^https://[^\s?#]+$", max_length=200)]
    code_prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]


class Measurement(Part):
    """How results are told and who answers for them, settled before anything is sent (R58, R78)."""

    tools: tuple[Line, ...] = ()
    method: Literal["coupon code", "affiliate link", "utm last-click", "lift test"] | None = None
    window_days: int = Field(30, ge=14, le=90)
    baseline: Line | None = None
    reconciles: Line | None = None
    kpi: Literal["cost per incremental sale", "store visits per campaign", "conversion per creator"] | None = None


class SlackPlaces(Part):
    """Where the campaign's questions are posted; empty: the channel of the installation."""

    review_channel: Channel = ""
    legal_channel: Channel = ""
    ops_channel: Channel = ""


class Guardrails(Part):
    """How much of what runs without a person a person looks at; never less than one in ten (R48)."""

    sample_every: int = Field(10, ge=1, le=10)
    weekly_spot_check: int = Field(5, ge=1, le=50)


class Campaign(Part):
    """One campaign file. `hash` names this exact content; a run stores it so that it can be read back."""

    slug: Slug
    name: Line
    brand: Line
    cycle: int = Field(1, ge=1)
    starts_on: date
    ends_on: date
    goal: Goal
    company: Company
    audience: Audience
    target: Target = Target()
    safety: Safety = Safety()
    topic: Topic
    weights: Weights = Weights()
    longlist: LonglistSize = LonglistSize()
    owners: Owners
    sla: Sla = Sla()
    offer: OfferTerms
    outreach: Outreach
    law: Law = Law()
    contract: ContractChoice
    brief: BriefWords = BriefWords()
    tracking: Tracking
    measurement: Measurement = Measurement()
    slack: SlackPlaces = SlackPlaces()
    guardrails: Guardrails = Guardrails()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on lies before starts_on")
        if self.outreach.locale in self.offer.deliverables_in:
            raise ValueError(f"offer.deliverables are in {self.outreach.locale} already (outreach.locale): leave "
                             f"{self.outreach.locale} out of offer.deliverables_in")  # fmt: skip
        return self

    def deliverables_in(self, language: str) -> tuple[str, ...]:
        """What we ask for, in this language; () where the file does not say it in that."""
        if language == self.outreach.locale:
            return self.offer.deliverables
        return next((said for known, said in self.offer.deliverables_in.items() if known == language), ())

    def for_followers(self, followers: object) -> Self:
        """The campaign as a creator of that size knows it: with the offer of their band, else as it stands."""
        offer = self.offer.for_followers(followers if isinstance(followers, int) else None)
        return self if offer is self.offer else self.model_copy(update={"offer": offer})

    @property
    def canonical(self) -> str:
        """The same text for the same choices, whatever the file's comments and order."""
        content = self.model_dump(mode="json")
        for section in ("offer", "contract", "brief"):
            content[section] = {k: v for k, v in content[section].items() if not says_nothing(f"{section}.{k}", v)}
        if not content["brief"]:
            del content["brief"]
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def load_campaign(path: Path) -> Campaign:
    """Read and check a campaign file. Raises BadInput naming the file, the key and the nearest right name."""
    try:
        # "-sig": editors on Windows put a byte order mark first.
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(f"There is no campaign file {path}.", next_step=_nearest_file(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not a campaign file: {error}.", next_step="Mend that line and try again.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    try:
        return Campaign.model_validate(raw)
    except ValidationError as error:
        lines = "\n".join(f"  {_explain(problem)}" for problem in error.errors())
        raise BadInput(
            f"{path} was not used:\n{lines}", next_step="\ncampaigns/linen-summer.toml explains every key."
        ) from None


@lru_cache(maxsize=64)  # asked for by nearly everything, and frozen
def restore_campaign(canonical: str) -> Campaign:
    """The campaign as an earlier run stored it."""
    return Campaign.model_validate_json(canonical)


def _explain(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(problem["loc"][-1]), _keys_at(problem["loc"][:-1]), n=1, cutoff=0.5)
        return f"{where}: unknown key" + (f"; did you mean {near[0]!r}?" if near else "")
    if problem["type"] == "missing":
        return f"{where}: missing"
    if problem["type"] == "string_pattern_mismatch":
        return f"{where}: {problem['input']!r} is not of the form asked for"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _keys_at(place: tuple[Any, ...]) -> list[str]:
    model: type[BaseModel] = Campaign
    for part in place:
        inner = model.model_fields[str(part)].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def _nearest_file(path: Path) -> str:
    files = {found.stem: found for found in path.parent.glob("*.toml")} if path.parent.is_dir() else {}
    near = difflib.get_close_matches(path.stem, files, n=1)
    return f"Did you mean {files[near[0]]}?" if near else "campaigns/ holds an example to copy."
