"""A contract that is out for signature with a link, and the creator before its page."""

import re
from dataclasses import replace
from pathlib import Path

import httpx
from pydantic import SecretStr
from sqlmodel import select

from core.clock import FixedClock
from core.database import reading
from core.models.deals import Contract, Signature
from core.models.signing import SigningEvent, SigningLink
from core.settings import Settings
from flows.steps import deals
from flows.wiring import Wiring
from tests.flows.scenes import contract_to_sign_off
from tests.homes import copy_home
from tests.house import House, build, text_of
from tests.web.calling import Caller

PUBLIC = "https://greenroom.example"
HERE = {"Origin": "http://greenroom"}


def with_settings(house: House, **changes: object) -> House:
    settings: Settings = house.w.settings.model_copy(update=changes)
    return replace(house, w=Wiring(settings=settings, clock=house.w.clock))


def put_out(house: House) -> str:
    """The first creator's contract goes out with its link; who it is."""
    creator, question = contract_to_sign_off(house)
    house.decide(question, "sign_off", by="lena")
    assert deals.send_contracts(house.w) == 1
    return creator


def make_out(made: Path, home: Path) -> None:
    """A home in which one contract is out; the creator's name lies beside it."""
    from tests.conftest import START

    copy_home(made, home)
    house = with_settings(build(home, FixedClock(START)), public_url=PUBLIC)
    creator = put_out(house)
    (home / "creator").write_text(creator, encoding="utf-8")
    house.w.engine.dispose()


def opened(made: Path, home: Path, clock: FixedClock, **settings: object) -> tuple[House, str]:
    copy_home(made, home)
    house = with_settings(build(home, clock), public_url=PUBLIC, **settings)
    return house, (home / "creator").read_text(encoding="utf-8")


def secret(value: str) -> SecretStr:
    return SecretStr(value)


def token_in(house: House) -> str:
    """The link in the newest mail that has one."""
    found: list[str] = [one for mail in house.outbox() for one in re.findall(r"/sign/([a-z2-7]{32})", text_of(mail))]
    return found[-1]


def code_in(house: House) -> str:
    """The code in the newest mail that has one."""
    found: list[str] = [
        one for mail in house.outbox() for one in re.findall(r"^\s*([0-9]{6})\s*$", text_of(mail), re.MULTILINE)
    ]
    return found[-1]


class Signer:
    """The creator: opens the page and sends its forms as a browser does."""

    def __init__(self, client: Caller, house: House, token: str, **headers: str) -> None:
        self.client, self.house, self.here, self.headers = client, house, f"/sign/{token}", headers

    def look(self, rest: str = "", **headers: str) -> httpx.Response:
        return self.client.get(f"{self.here}{rest}", headers=headers)

    def fields(self) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.look().text))

    def send(self, rest: str = "", *, origin: str = "http://greenroom", **fields: str) -> httpx.Response:
        form = self.fields() | fields
        return self.client.post(f"{self.here}{rest}", data=form, headers={"Origin": origin} | self.headers)

    def ask_code(self) -> str:
        assert self.send("/code").status_code == 303
        return code_in(self.house)

    def sign(self, **fields: str) -> httpx.Response:
        return self.send(**({"name": self.name, "agrees": "yes"} | fields))

    @property
    def name(self) -> str:
        return str(contract_of(self.house).terms["creator_name"])


def contract_of(house: House) -> Contract:
    with reading(house.w.engine) as session:
        return session.exec(select(Contract).order_by(Contract.id.desc())).first()  # type: ignore[union-attr,return-value]


def signatures(house: House) -> list[Signature]:
    with reading(house.w.engine) as session:
        return list(session.exec(select(Signature)).all())


def events(house: House) -> list[str]:
    with reading(house.w.engine) as session:
        return [one.what for one in session.exec(select(SigningEvent).order_by(SigningEvent.id)).all()]  # type: ignore[arg-type]


def links_of(house: House) -> list[SigningLink]:
    with reading(house.w.engine) as session:
        return list(session.exec(select(SigningLink).order_by(SigningLink.id)).all())  # type: ignore[arg-type]
