"""Mail through the HTTP provider Resend, and what it can prove afterwards (resend.com/docs/api-reference).

Each request carries a key made of the Message-ID. For 24 hours the provider sends nothing twice under one key, so what
nobody can tell is asked again at once with the same request, before it is given up as unknown. Knows nothing of
ledgers; the provider signs the mails itself (DKIM), and its notices of bounces come in at the web door.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlsplit

from core.encrypted import keeps_secrets
from core.errors import GreenroomError, OutcomeUnknown, PermanentError, Refused
from core.mailer import (
    AddressRefused,
    OutgoingMail,
    Receipt,
    SenderRefused,
    ServerUnusable,
    clean_line,
    compose,
    plain_body,
)

if TYPE_CHECKING:
    import httpx

#: How often one mail is asked for in all, and how long is waited between: a batch has other mails to send.
_TRIES = 3
_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 10.0
#: Mails listed a page, and pages looked through: a look-up must end.
_PAGE, _PAGES = 100, 20
#: How our own ids begin: where the provider lists such a one, it keeps ids as they are.
_OURS = "<gr."


@dataclass(frozen=True)
class ResendAccount:
    """Where the provider is and what opens it. To send, a key for sending will do; to look up, it needs full access."""

    key: str = field(repr=False)
    url: str = "https://api.resend.com"
    timeout_seconds: float = 30.0

    def __post_init__(self) -> None:
        if not keeps_secrets(self.url):
            raise Refused("The mail provider would be spoken to without encryption.",
                          next_step="Set GREENROOM_PROVIDER_URL to an https address.")  # fmt: skip
        if not self.key or not self.key.isascii() or not self.key.isprintable():
            raise Refused("The key of the mail provider is missing, or is none.", next_step=_SET_KEY)


@dataclass(frozen=True)
class _Tried:
    """One request: the receipt, or why it surely was not taken (`refusal`), or why nobody can tell (`doubt`)."""

    receipt: Receipt | None = None
    refusal: GreenroomError | None = None
    doubt: str = ""
    wait_seconds: float = _WAIT_SECONDS
    is_final: bool = False


class ResendMailer:
    """Sends through one account, and is the witness of what left through it. To send, use it as a context manager."""

    def __init__(self, account: ResendAccount, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._account = account
        self._sleep = sleep
        self._kept: httpx.Client | None = None
        self._in_doubt = False
        self._listed: set[str] = set()
        self._last_listed, self._pages = "", 0
        self._list_goes_on, self._list_is_whole = True, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        client, self._kept = self._kept, None
        if client is not None:
            client.close()

    @property
    def name(self) -> str:
        return f"resend:{urlsplit(self._account.url).hostname}"

    def send(self, mail: OutgoingMail) -> Receipt:
        if self._in_doubt:
            # After an unknown outcome the provider must show that it is back, or a whole batch would become unknown.
            self.check()
        doubt = ""
        for left in reversed(range(_TRIES)):
            tried = self._try(mail)
            if tried.receipt is not None:
                self._in_doubt = False
                return tried.receipt
            # Of a mail that may have been taken, no later refusal proves that it was not.
            doubt = doubt or tried.doubt
            if tried.is_final or not left:
                break
            self._sleep(tried.wait_seconds)
        if tried.refusal is not None and not doubt:
            raise tried.refusal
        self._in_doubt = True
        raise _unknown(mail, doubt)

    def check(self) -> str:
        """Ask for nothing but an answer; says what the key may do. Raises ServerUnusable where it opens nothing."""
        answer = self._get("/domains")
        if answer.status_code == 401 and _error(answer)[0] == "restricted_api_key":
            return "its key may send, not look up what was sent"
        if answer.status_code != 200:
            raise self._unusable(_told(answer))
        return "its key may send and look up"

    def sent(self, message_id: str) -> bool | None:
        """Look among the mails that the provider lists; None where it lists none, too many, or without our ids.

        "Not among them" may be acted on: within 24 hours the same key sends nothing twice, and later the list is whole.
        What was listed once is not asked for again.
        """
        while message_id not in self._listed and self._list_goes_on:
            self._list_more()
        if message_id in self._listed:
            return True
        return False if self._list_is_whole and any(one.startswith(_OURS) for one in self._listed) else None

    def _try(self, mail: OutgoingMail) -> _Tried:
        import httpx

        try:
            answer = self._client().post("/emails", content=_request(mail), headers=_request_headers(mail))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            return _Tried(refusal=self._unusable(f"no connection ({type(error).__name__})"), is_final=True)
        except httpx.HTTPError as error:
            return _Tried(doubt=f"it did not answer ({type(error).__name__})")
        if answer.is_success:
            found = _object(answer).get("id")
            if isinstance(found, str) and (number := clean_line(found, limit=100)):
                return _Tried(Receipt(mail.message_id, f"Resend took it as {number}", number))
            return _Tried(doubt="it answered without an id")
        return self._refused(mail, answer)

    def _refused(self, mail: OutgoingMail, answer: "httpx.Response") -> _Tried:
        status, (name, text) = answer.status_code, _error(answer)
        told = _told(answer)
        if name == "invalid_idempotent_request":
            return _Tried(doubt="it has taken another mail with this id before", is_final=True)
        if status >= 500 or status in (408, 409):
            return _Tried(doubt=told, wait_seconds=min(_waiting(answer), _LONGEST_WAIT_SECONDS))
        if status == 429:
            quota, wait = "quota" in name, _waiting(answer)
            return _Tried(refusal=self._unusable(told, _SEE_QUOTA if quota else ""), wait_seconds=wait,
                          is_final=quota or wait > _LONGEST_WAIT_SECONDS)  # fmt: skip
        if status in (400, 413, 422) and "api key" not in text.lower():
            refusal = _kind(name, text)(f"The mail to {mail.recipient.mail} was refused: {told}.",
                                        next_step="Check the address and the sender's domain.")  # fmt: skip
            return _Tried(refusal=refusal, is_final=True)
        return _Tried(refusal=self._unusable(told, _SET_KEY), is_final=True)

    def _list_more(self) -> None:
        after = f"&after={quote(self._last_listed, safe='')}" if self._last_listed else ""
        try:
            answer = self._get(f"/emails?limit={_PAGE}{after}")
        except ServerUnusable:
            answer = None
        said = _object(answer) if answer is not None and answer.status_code == 200 else {}
        rows = said.get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            # A key that may only send, say: then it is nobody's witness.
            self._list_goes_on = False
            return
        self._pages += 1
        self._listed |= {str(row.get("message_id", "")) for row in rows}
        self._last_listed = str(rows[-1].get("id", "")) if rows else ""
        self._list_is_whole = not rows or not said.get("has_more")
        self._list_goes_on = not self._list_is_whole and self._pages < _PAGES

    def _get(self, path: str) -> "httpx.Response":
        import httpx

        try:
            if self._kept is not None:
                return self._kept.get(path)
            with self._connected() as client:
                return client.get(path)
        except httpx.HTTPError as error:
            raise self._unusable(f"no answer ({type(error).__name__})") from None

    def _client(self) -> "httpx.Client":
        if self._kept is None:
            self._kept = self._connected()
        return self._kept

    def _connected(self) -> "httpx.Client":
        import httpx  # most commands call nobody

        return httpx.Client(
            base_url=self._account.url,
            headers={"Authorization": f"Bearer {self._account.key}", "User-Agent": "greenroom"},
            timeout=self._account.timeout_seconds,
            follow_redirects=False,
        )

    def _unusable(self, why: str, next_step: str = "") -> ServerUnusable:
        where = urlsplit(self._account.url).hostname
        return ServerUnusable(f"The mail provider {where} cannot be used: {why}.", next_step=next_step or _SEE_DOCTOR)


def _request(mail: OutgoingMail) -> bytes:
    """The same mail is always the same bytes, or the provider takes a repetition for another mail."""
    compose(mail)  # what no server would take is refused in the same words
    headers = dict(mail.headers)
    # The provider may put an id of its own in place of ours; an answer then still names ours among its references.
    threads = [*headers.pop("References", "").split(), mail.message_id]
    asked: dict[str, Any] = {
        "from": f'"{_quoted(mail.sender.name)}" <{mail.sender.mail}>' if mail.sender.name else mail.sender.mail,
        "to": [mail.recipient.mail],
        "subject": clean_line(mail.subject, limit=200),
        "text": plain_body(mail.text),
        "headers": headers | {"Message-ID": mail.message_id, "References": " ".join(dict.fromkeys(threads))},
    }
    if mail.html is not None:
        asked["html"] = plain_body(mail.html)
    if "Reply-To" in headers:
        asked["reply_to"] = asked["headers"].pop("Reply-To")
    if mail.attachments:
        asked["attachments"] = [
            {"filename": clean_line(one.name, limit=100).replace("/", "_"), "content_type": one.media_type,
             "content": base64.b64encode(one.content).decode()}
            for one in mail.attachments
        ]  # fmt: skip
    return json.dumps(asked, ensure_ascii=True, sort_keys=True).encode()


def _request_headers(mail: OutgoingMail) -> dict[str, str]:
    key = hashlib.sha256(mail.message_id.encode()).hexdigest()
    return {"Idempotency-Key": f"greenroom-{key}", "Content-Type": "application/json"}


def _kind(name: str, text: str) -> type[PermanentError]:
    """Whom a refusal is about, by the field that it names."""
    if name == "invalid_from_address" or "`from`" in text or "domain is not verified" in text:
        return SenderRefused
    return AddressRefused if name == "invalid_to_address" or "`to`" in text else PermanentError


def _quoted(name: str) -> str:
    return clean_line(name, limit=78).replace("\\", "").replace('"', "'")


def _object(answer: "httpx.Response") -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _error(answer: "httpx.Response") -> tuple[str, str]:
    """Name and text of an error, "" where it is none of the provider's own."""
    said = _object(answer)
    return clean_line(str(said.get("name", "")), limit=60), clean_line(str(said.get("message", "")), limit=200)


def _told(answer: "httpx.Response") -> str:
    return " ".join(part for part in (str(answer.status_code), *_error(answer)) if part).rstrip(".")


def _waiting(answer: "httpx.Response") -> float:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() else _WAIT_SECONDS


def _unknown(mail: OutgoingMail, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Nobody can tell whether the mail to {mail.recipient.mail} was sent: {why}.",
        next_step="Look for it at resend.com/emails, then: greenroom outreach reconcile",
    )


_SEE_DOCTOR = "Run: greenroom doctor"
_SEE_QUOTA = "Wait for the next day or month, or enlarge the plan at resend.com/settings/billing."
_SET_KEY = "Set GREENROOM_PROVIDER_API_KEY to a key from resend.com/api-keys (docs/mail.md)."
