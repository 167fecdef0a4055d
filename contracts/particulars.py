"""Where a creator's money goes and where a parcel goes: typed, checked, and shown with most of it covered.

Pure. Knows neither how it is sealed nor where it is kept.
"""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from contracts.words import MaybeWords, Words
from core.countries import code_of, name_of
from core.errors import BadInput

#: How many characters an account number has, by country (the IBAN registry); elsewhere 15 to 34.
_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "TR": 26, "VA": 22,
}  # fmt: skip
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def valid_iban(iban: str) -> bool:
    """Whether an account number without spaces is one: its form, its length, and its check digits (ISO 7064)."""
    if not _IBAN.fullmatch(iban) or len(iban) != _LENGTHS.get(iban[:2], len(iban)):
        return False
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def _iban(text: str) -> str:
    if text and not valid_iban(text):
        raise ValueError("is no account number: a digit is missing or mistyped")
    return text


def _country(text: str) -> str:
    code = code_of(text)
    if not code:
        raise ValueError("is no country that we know; write it as a name or as two letters")
    return name_of(code)


_Compact = BeforeValidator(lambda text: re.sub(r"[\s-]", "", text).upper() if isinstance(text, str) else text)


class _Covered(BaseModel):
    # Values are secrets: they stand in no message and no repr.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class PayeeData(_Covered):
    """Who is paid, on which account, and under which tax number."""

    account_holder: Words
    iban: Annotated[str, _Compact, AfterValidator(_iban)] = ""
    other_account: MaybeWords = ""
    tax_id: MaybeWords = ""
    country: Annotated[str, AfterValidator(_country)]

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if bool(self.iban) == bool(self.other_account):
            raise ValueError("name one account: an IBAN, or in words another way to be paid")
        return self

    def masked(self) -> dict[str, str]:
        """What a screen shows: enough to tell two accounts apart, too little to use one."""
        return {
            "account holder": self.account_holder,
            "account": _covered(self.iban or self.other_account),
            "tax number": _covered(self.tax_id),
            "country": self.country,
        }


class ParcelData(_Covered):
    """Where the product goes, and in which size."""

    address: Annotated[Words, Field(max_length=300)]
    size: Annotated[MaybeWords, Field(max_length=50)] = ""


def payee_of(values: object) -> PayeeData:
    """Raises BadInput, naming the field and never what stood in it."""
    try:
        return PayeeData.model_validate(values)
    except ValidationError as error:
        raise _bad("The payment data", error) from None


def parcel_of(values: object) -> ParcelData:
    """Raises BadInput, naming the field and never what stood in it."""
    try:
        return ParcelData.model_validate(values)
    except ValidationError as error:
        raise _bad("The parcel", error) from None


def _bad(what: str, error: ValidationError) -> BadInput:
    problem = error.errors(include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    return BadInput(f"{what} cannot be used: {f'{where}: ' if where else ''}{message}.",
                    next_step="Nothing was kept. Ask the creator again, or mend the line.")  # fmt: skip


def _covered(text: str) -> str:
    if not text:
        return "none"
    shown = text[-4:] if len(text) >= 12 else text[-2:] if len(text) >= 6 else ""
    return f"…{shown}"
