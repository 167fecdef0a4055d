"""The words that somebody approved for answers, and which of them fit a reply. Pure but for reading the file.

Owns the shape of `templates/outreach/answers.*.toml`. A place to fill is `{{ name }}` and nothing else: no text is ever
evaluated, and what a creator wrote is only looked at, never copied into the answer.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import BadInput, Refused
from core.settings import PROJECT
from outreach.phrases import ReplyKind

LANGUAGES = ("en", "de", "es", "fr")
#: What the passages may say of a campaign, an offer and the two who write to each other.
FIELDS = frozenset({
    "greeting", "sender_name", "sender_first_name", "brand", "campaign", "deliverables", "usage_days", "payment_days",
    "starts_on", "ends_on", "terms", "paid", "exclusivity", "answers",
})  # fmt: skip
_TERMS = frozenset({
    "stipend", "months", "commission", "fee", "bonus", "sales", "payment_days", "days", "scope",
})  # fmt: skip
#: Sayings that files did not always have: where one is missing, that of the file that comes with us is said.
_NEWER = (
    "monthly", "bonus", "further_bonus", "paid_fee", "paid_commission", "paid_both", "paid_monthly", "paid_nothing",
    "exclusive", "not_exclusive",
)  # fmt: skip
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LEFT_OPEN = re.compile(r"\{\{|\}\}|\{%|%\}|\{#")
_Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Passage(_Part):
    """Words for one occasion, and who approved them when."""

    approved_by: Annotated[str, Field(min_length=1, max_length=40)]
    approved_on: date
    text: _Text

    @field_validator("text")
    @classmethod
    def _fillable(cls, text: str) -> str:
        return _checked(text, FIELDS)


class Topic(Passage):
    """The answer to one common question; a question that uses one of these words is about it."""

    words: Annotated[tuple[Annotated[str, Field(min_length=2)], ...], Field(min_length=1)]


class Terms(_Part):
    """How what is offered is said: what is paid, when, and what binds the creator; without amounts of its own."""

    fee: _Text
    commission: _Text
    both: _Text
    neither: _Text
    monthly: _Text
    bonus: _Text
    further_bonus: _Text
    paid_fee: _Text
    paid_commission: _Text
    paid_both: _Text
    paid_monthly: _Text
    paid_nothing: _Text
    exclusive: _Text
    not_exclusive: _Text

    @field_validator("*")
    @classmethod
    def _fillable(cls, text: str) -> str:
        return _checked(text, _TERMS)

    def parts(
        self, *, stipend: str, months: str, commission: str, bonuses: Sequence[tuple[str, str]]
    ) -> tuple[str, ...]:
        """What is paid, each part in words; "" stands for what is not. `bonuses`: (amount, tracked sales), in order."""
        fee = filled(self.monthly if months else self.fee, {"stipend": stipend, "months": months}) if stipend else ""
        share = filled(self.commission, {"commission": commission}) if commission else ""
        if fee and share and not bonuses:
            return (filled(self.both, {"fee": fee, "commission": share}),)
        steps = (
            filled(self.further_bonus if number else self.bonus, {"bonus": amount, "sales": sales})
            for number, (amount, sales) in enumerate(bonuses)
        )
        return tuple(part for part in (fee, share, *steps) if part) or (self.neither,)


class _File(_Part):
    interested: Passage
    question: Passage
    question_open: Passage
    price_standing: Passage
    price_possible: Passage
    price_ask: Passage
    later: Passage
    declined: Passage
    topics: dict[str, Topic]
    terms: Terms


@dataclass(frozen=True)
class SwapLanguage:
    """The approved words of one language; `sha256` names exactly these."""

    name: str
    sha256: str
    said: _File

    @property
    def terms(self) -> Terms:
        return self.said.terms

    def draft(self, kind: str, asked: str, fields: Mapping[str, str], *, possible: bool | None) -> tuple[str, str]:
        """(text, which passages it is made of); ("", "") where a person writes without one.

        `asked` is what the creator wrote. Of price talk, `possible` says whether what they name is inside what may be
        agreed without asking; None where they name nothing.
        """
        if kind == ReplyKind.QUESTION:
            return self._question(asked, fields)
        price = {None: "price_standing", True: "price_possible", False: "price_ask"}[possible]
        name = {ReplyKind.INTERESTED: "interested", ReplyKind.PRICE_TALK: price, ReplyKind.LATER: "later",
                ReplyKind.DECLINED: "declined"}.get(ReplyKind(kind), "")  # fmt: skip
        return self._written(name, fields) if name else ("", "")

    def _question(self, asked: str, fields: Mapping[str, str]) -> tuple[str, str]:
        found = [name for name, topic in self.said.topics.items() if _uses(asked, topic.words)]
        if not found:
            return self._written("question_open", fields)
        answers = "\n\n".join(filled(self.said.topics[name].text, fields).strip() for name in found)
        text, source = self._written("question", {**fields, "answers": answers})
        return text, source.replace("@", f"+{'+'.join(found)}@", 1)

    def _written(self, name: str, fields: Mapping[str, str]) -> tuple[str, str]:
        passage: Passage = getattr(self.said, name)
        return filled(passage.text, fields).strip() + "\n", f"{self.name}#{name}@{self.sha256}"


def load_swap_language(folder: Path, language: str) -> SwapLanguage:
    """`folder`/outreach/answers.`language`.toml. Raises BadInput naming the passage and what is wrong with it."""
    path = folder / "outreach" / f"answers.{language}.toml"
    try:
        raw = path.read_bytes()
        said = _File.model_validate(_with_newer(tomllib.loads(raw.decode("utf-8-sig")), language))
    except FileNotFoundError:
        raise BadInput(f"There are no approved words for answers at {path}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}.", next_step="Mend that line.") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise BadInput(f"{path}: {where}: {problem['msg'].removeprefix('Value error, ')}.") from None
    return SwapLanguage(path.name, hashlib.sha256(raw).hexdigest(), said)


def _with_newer(told: dict[str, Any], language: str) -> dict[str, Any]:
    terms = told.get("terms")
    if language not in LANGUAGES or not isinstance(terms, dict) or set(_NEWER) <= set(terms):
        return told
    path = PROJECT / "templates" / "outreach" / f"answers.{language}.toml"
    ours = tomllib.loads(path.read_text(encoding="utf-8"))["terms"]
    return {**told, "terms": {name: ours[name] for name in _NEWER} | terms}


def language_of(source: str) -> str:
    """Of which language the approved words of a draft are, by what the draft says it is made of; "" where of none."""
    parts = source.partition("#")[0].split(".")
    return parts[1] if len(parts) == 3 and parts[0] == "answers" else ""


def filled(text: str, fields: Mapping[str, str]) -> str:
    """The text with its places filled. Raises Refused where one has nothing to be filled with."""

    def value(place: re.Match[str]) -> str:
        found = fields.get(place[1], "")
        if not found.strip():
            raise Refused(f"Nothing is known to fill {{{{ {place[1]} }}}} with.", next_step="Write it yourself.")
        return found

    return _PLACE.sub(value, text)


def open_places(text: str) -> bool:
    """Whether something is left in the text that somebody meant to fill."""
    return _LEFT_OPEN.search(text) is not None


def _checked(text: str, known: frozenset[str]) -> str:
    for name in _PLACE.findall(text):
        if name not in known:
            raise ValueError(f"there is no field {name!r}; known: {', '.join(sorted(known))}")
    if open_places(_PLACE.sub("", text)):
        raise ValueError("a place to fill is {{ name }}, and nothing else stands in braces")
    return text


def _uses(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words, or one that begins with it where it ends in `*`, stands in the text."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    for word in words:
        end = "" if word.endswith("*") else r"\b"
        if re.search(rf"\b{re.escape(word.rstrip('*').casefold())}{end}", plain):
            return True
    return False
