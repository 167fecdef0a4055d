"""When people work and when they are away: the calendars on which the SLA clock runs. Knows no person."""

from datetime import date
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is not a time zone such as Europe/Berlin") from None
    return name


def _known_country(code: str) -> str:
    from holidays.registry import EntityLoader  # commands that ask no person start faster

    # By its list of codes: `holidays.list_supported_countries` would load every country to tell of one.
    if code not in EntityLoader.get_country_codes():
        raise ValueError(f"{code!r} is not a country code such as DE")
    return code


class WorkCalendar(BaseModel):
    """When a person works: the SLA clock runs on working days of this calendar."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    country: Annotated[str, AfterValidator(_known_country)] | None = None
    weekend: tuple[Annotated[int, Field(ge=0, le=6)], ...] = (5, 6)
    opens: Annotated[int, Field(ge=0, le=23)] = 9
    closes: Annotated[int, Field(ge=1, le=24)] = 18

    @model_validator(mode="after")
    def _works(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("the office must open before it closes")
        if len(set(self.weekend)) == 7:
            raise ValueError("the weekend must leave a working day")
        return self


class Absence(BaseModel):
    """Days somebody is away, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: date = Field(alias="from")
    end: date = Field(alias="until")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("an absence must not end before it begins")
        return self
