"""Whom a campaign looks for: hard limits, the audience wanted, topic, brand safety, weights and the longlist's size.

Owns these parts of `campaigns/*.toml` and the types they share with the rest of the file.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.platforms import Platform

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _one_line(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise ValueError("must be one line without control characters")
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Audience(Part):
    """Hard limits: a profile outside them is never longlisted."""

    platforms: tuple[Platform, ...] = ("instagram", "tiktok")
    countries: tuple[Line, ...] = ()
    languages: tuple[Line, ...] = ()
    followers_min: int = Field(5_000, ge=0)
    followers_max: int = Field(100_000, ge=1)
    engagement_min_percent: float = Field(0.0, ge=0, le=100)
    exclude_words: tuple[Line, ...] = ()
    exclude_handles: tuple[Line, ...] = ()
    keep_out: tuple[Literal["brands", "reposts"], ...] = ("brands", "reposts")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.followers_min > self.followers_max:
            raise ValueError("followers_min is above followers_max: no profile can match")
        return self


Wanted = dict[Line, Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]]


class Target(Part):
    """Whom the creators' audiences should be: key → the share of the audience (0.3 is 30 %) that would be all one asks.

    Thresholds as Modash has them (trade rules): 0.3 for Germany means at least 30 % live there. A creator who has the
    share is a full match in that key, half of it is half a match. Keys of one group are alternatives that add up only
    as far as each is wanted. `at_least` leaves out whoever's known audience matches less than so much in all.
    """

    countries: Wanted = {}
    cities: Wanted = {}
    ages: dict[Literal["13-17", "18-24", "25-34", "35-44", "45-64", "65-"], float] = {}
    genders: dict[Literal["female", "male"], float] = {}
    languages: Wanted = {}
    interests: Wanted = {}
    at_least: Share = 0.0

    @model_validator(mode="after")
    def _shares(self) -> Self:
        for name in ("ages", "genders"):
            for key, share in getattr(self, name).items():
                if not 0 < share <= 1:
                    raise ValueError(f"{name}: {key} asks for {share}; a share lies above 0 and up to 1 (0.3 is 30 %)")
        for name in ("countries", "ages", "genders"):
            if sum(getattr(self, name).values()) > 1.0 + 1e-9:
                raise ValueError(f"{name} ask for more than the whole audience together: no creator could match")
        return self


class Safety(Part):
    """Brand safety. `veto` leaves a profile out and names phrase and place; `watch` caps its fit and says so.

    A phrase is found as whole words; a trailing * finds every word that begins so ("gambl*"). `categories` are the
    lists that come with the product.
    """

    categories: tuple[Literal["adult", "gambling", "hate", "drugs", "weapons", "schemes"], ...] = (
        "adult", "gambling", "hate", "drugs", "weapons", "schemes",
    )  # fmt: skip
    veto: tuple[Line, ...] = ()
    watch: tuple[Line, ...] = ()


class Topic(Part):
    """What the creators should be about, in words."""

    name: Line
    brief: Annotated[str, Field(max_length=2_000)] = ""
    keywords: tuple[Line, ...] = ()


class Weights(Part):
    """How much each factor counts in the fit."""

    topic: Share = 0.45
    audience: Share = 0.15
    engagement: Share = 0.12
    intent: Share = 0.1
    location: Share = 0.08
    followers: Share = 0.03
    cadence: Share = 0.02
    authenticity: Share = 0.03
    results: Share = 0.02

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("all weights are zero: nothing would rank the profiles")
        return self


class LonglistSize(Part):
    """R19, R21: 250 longlisted, 25 queued, inside the ranges the sources give.

    `per_city` and `per_vertical` are the most places one city or vertical may take, None for any number. `diversity`
    0 ranks by fit alone, higher values put creators unlike those above them first (maximal marginal relevance with
    lambda 1 - diversity). `explore` places of the queue go to creators the ranking is least sure of, to learn from.
    """

    size: int = Field(250, ge=200, le=300)
    queue: int = Field(25, ge=20, le=30)
    approved_target: int = Field(12, ge=1, le=300)
    local_area: Line | None = None
    per_city: int | None = Field(None, ge=1)
    per_vertical: int | None = Field(None, ge=1)
    diversity: float = Field(0.05, ge=0, le=0.9, allow_inf_nan=False)
    explore: int = Field(0, ge=0, le=10)
