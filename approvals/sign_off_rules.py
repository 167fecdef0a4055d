"""Which changes need a person, and whom: the rules of `sign_off_rules.toml`, read, checked and asked (R49).

Owns the classes that keys of a campaign file fall into and what a change of one is in words. Knows no record, and not
what was signed off.
"""

import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from approvals.kinds import Kind
from core.campaign import Campaign, Owners
from core.errors import BadInput
from core.people import Role

RULES_FILE = Path(__file__).with_name("sign_off_rules.toml")
Signed = Literal["money", "terms", "voice", "tracking"]
Class = Literal["money", "terms", "voice", "tracking", "neither"]
#: What is asked about a whole campaign; any other kind would keep its gate shut for ever.
OF_CAMPAIGN = frozenset({Kind.BRIEF, Kind.TRACKING})
#: What the outreach template says is no key of the campaign file, and counts as voice.
WORDING = "wording of the outreach template"
_SHOWN = 160


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignOff(_Frozen):
    """One question that a person must have answered, about what, and who that is."""

    kind: Kind
    named: str
    role: Role
    before_outreach: bool
    covers: tuple[Signed, ...] = Field(min_length=1)


class Rules(_Frozen):
    """Every key of a campaign file in exactly one class, and at least one sign-off for each class but "neither"."""

    classes: Mapping[Class, tuple[str, ...]]
    sign_off: tuple[SignOff, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _check_classes(self.classes)
        _check_sign_offs(self.sign_off)
        return self

    def class_of(self, key: str) -> Class:
        """Raises KeyError for what is no key of a campaign file."""
        if key == WORDING:
            return "voice"
        for name, keys in self.classes.items():
            if key in keys:
                return name
        raise KeyError(key)

    def signed_keys(self, without: Collection[Class] = ()) -> tuple[str, ...]:
        """All keys of which a person signs off the value (but those of some classes), in one order."""
        left = {"neither", *without}
        return tuple(sorted(key for name, keys in self.classes.items() if name not in left for key in keys))

    def before_outreach(self) -> tuple[SignOff, ...]:
        return tuple(rule for rule in self.sign_off if rule.before_outreach)


@dataclass(frozen=True)
class Change:
    """One key whose value differs, both values as people read them."""

    key: str
    kind: Class
    before: str
    after: str

    @property
    def words(self) -> str:
        return f"{self.key} ({self.kind}): {self.before} → {self.after}"


def read_rules(path: Path = RULES_FILE) -> Rules:
    """Raises BadInput naming the key or sign-off that is wrong."""
    try:
        return Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"The sign-off rules {path} cannot be read: {error}.") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        what = problem["msg"].removeprefix("Value error, ")
        raise BadInput(f"The sign-off rules {path} were not used: {f'{where}: ' if where else ''}{what}.") from None


@cache
def the_rules() -> Rules:
    """The rules that come with the product, read once."""
    return read_rules()


def campaign_keys() -> frozenset[str]:
    """Every key a campaign file may have, as `section.key`."""
    return frozenset(_leaves(Campaign))


def values_at(campaign: Campaign, keys: Iterable[str]) -> dict[str, Any]:
    """The value of each `section.key`, as JSON knows it. Raises KeyError for what is no key of a campaign file."""
    content = campaign.model_dump(mode="json")
    return {key: _inside(content, key) for key in keys}


def changes(before: Campaign, after: Campaign, rules: Rules) -> tuple[Change, ...]:
    """What differs between two contents of a campaign, of keys that a person signs off."""
    keys = rules.signed_keys()
    then, now = values_at(before, keys), values_at(after, keys)
    return tuple(
        Change(key, rules.class_of(key), in_words(then[key]), in_words(now[key]))
        for key in keys
        if then[key] != now[key]
    )


def in_words(value: Any) -> str:
    """A value of a campaign file on one line."""
    if value in (None, "", [], {}):
        return "nothing"
    if isinstance(value, list):
        value = "; ".join(str(part) for part in value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _inside(content: Any, key: str) -> Any:
    for part in key.split("."):
        content = content[part]
    return content


def _leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _leaves(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _check_classes(classes: Mapping[Class, tuple[str, ...]]) -> None:
    named = [key for keys in classes.values() for key in keys]
    twice = sorted({key for key in named if named.count(key) > 1})
    if twice:
        raise ValueError(f"{twice[0]} stands in the classes twice")
    known = campaign_keys()
    if strange := sorted(set(named) - known):
        raise ValueError(f"{strange[0]} is no key of a campaign file")
    if left_out := sorted(known - set(named)):
        raise ValueError(f"{left_out[0]} stands in no class")


def _check_sign_offs(sign_offs: tuple[SignOff, ...]) -> None:
    kinds = [rule.kind for rule in sign_offs]
    if len(set(kinds)) != len(kinds):
        raise ValueError("a kind of sign-off stands there twice")
    for rule in sign_offs:
        if rule.named not in Owners.model_fields or rule.named == "reviewers":
            raise ValueError(f"{rule.kind}: {rule.named!r} is no single owner of a campaign")
    for name in get_args(Signed):
        if not any(name in rule.covers and rule.before_outreach for rule in sign_offs):
            raise ValueError(f"nobody signs off {name} before creators are written to")
    first = {rule.kind: rule.covers for rule in sign_offs if rule.before_outreach}
    if set(first) != OF_CAMPAIGN:
        raise ValueError(
            f"before creators are written to, {' and '.join(sorted(OF_CAMPAIGN))} are asked, and no others"
        )
    for kind, covers in first.items():
        if set(covers) != set(get_args(Signed)):
            raise ValueError(f"{kind}: it is signed off as a whole, so covers must name {', '.join(get_args(Signed))}")
