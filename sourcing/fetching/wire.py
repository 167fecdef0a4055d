"""The wire to a platform: one request at a time, at a polite pace, tried again in this place alone.

What is tried again: no connection, no answer in time, 408, 429, 5xx, bodies that are cut off or are no JSON (an error
page); and once, with another token, where the platform does not know the one it gave.
Each try is paid for by whoever calls, before it leaves. Credentials travel in headers only, redirects are not followed,
and no message holds a credential, whatever the other side says.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from core.encrypted import keeps_secrets
from core.errors import PermanentError, Refused, TransientError
from core.mailer import clean_line
from sourcing.fetching.asking import Ask, Source, Trouble

if TYPE_CHECKING:
    import httpx

_TRIES = 4
_FIRST_WAIT_SECONDS = 1.0
#: A longer wait that the platform asks for is kept by stopping: a person does not look at a bar for an hour.
PATIENCE_SECONDS = 60.0
#: Who names a longer pause than a day means another unit, or none: after a day the platform is asked again.
_LONGEST_PAUSE_SECONDS = 86_400.0
_MOST_BYTES = 20 * 2**20
_MOST_DIGITS = 18
#: "Request Timeout": we were too slow for it, which is no word on what was asked.
_TOO_SLOW = 408
_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Answer:
    """A good answer: what it says, and its ETag. `unchanged`: it says the same as the one with the tag we named."""

    said: Any
    tag: str = ""
    unchanged: bool = False


class Gone(PermanentError):
    """This one object cannot be had; the rest can."""


class PlatformEmpty(TransientError):
    """The platform says that our quota is used up."""


class MustWait(TransientError):
    """The platform asks for a longer pause than anybody waits for."""

    def __init__(self, message: str, *, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class Wire:
    """To one source. Use it as a context manager; `paid` is called before each try and may raise to stop it."""

    def __init__(
        self, source: Source, *, sleep: Callable[[float], None] = time.sleep, timeout_seconds: float = _TIMEOUT_SECONDS
    ) -> None:  # fmt: skip
        import httpx  # most commands call nobody

        if not keeps_secrets(source.base_url):
            raise Refused(f"{source.title} would be asked without encryption.", next_step="Name an https address.")
        self._source, self._sleep, self._timeout = source, sleep, timeout_seconds
        self._last = 0.0
        self._client = httpx.Client(
            base_url=source.base_url, timeout=timeout_seconds, follow_redirects=False,
            headers={"User-Agent": "greenroom (creator programme)", "Accept": "application/json"},
            limits=httpx.Limits(max_connections=1),
        )  # fmt: skip

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, ask: Ask, *, paid: Callable[[], None], unpaid: Callable[[], None], tag: str = "") -> Answer:
        """The answer to one request. `paid` before each try; `unpaid` where a try surely did not reach the platform.

        Raises Gone, PlatformEmpty, MustWait, TransientError (tried in vain) or PermanentError (mend something first).
        """
        last = Trouble("later", "it did not answer")
        named = {"If-None-Match": tag} if tag else {}
        anew = renewed = False
        for number in range(1, _TRIES + 1):
            headers = self._headers(ask, anew=anew)  # a token that cannot be had costs nothing
            self._keep_pace()
            paid()
            found = self._try(ask, headers | named, unpaid)
            if isinstance(found, Answer):
                return found
            last, anew = found, found.is_of_token and not renewed
            renewed = renewed or anew
            if number == _TRIES or (found.kind != "later" and not anew):
                break
            # Whoever says "now", or names a moment that is over, is not asked four times at once either.
            wait = max(_FIRST_WAIT_SECONDS * 2 ** (number - 1), found.wait_seconds or 0.0)
            if wait > PATIENCE_SECONDS:
                break
            self._sleep(wait)
        raise self._error(last)

    def _headers(self, ask: Ask, *, anew: bool) -> dict[str, str]:
        headers = self._source.headers(ask, anew=anew)
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise PermanentError(f"{self._source.title}: its credential holds what no credential has.",
                                 next_step=f"Copy it anew (docs/sources/{self._source.name}.md).")  # fmt: skip
        return headers

    def _try(self, ask: Ask, headers: dict[str, str], unpaid: Callable[[], None]) -> Answer | Trouble:
        import httpx

        method = "GET" if ask.body is None else "POST"
        content = None if ask.body is None else json.dumps(ask.body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self._client.stream(
                method, ask.path, params=list(ask.params), content=content, headers=headers
            ) as answer:  # fmt: skip
                return self._understood(answer, _body(answer, longest_seconds=3 * self._timeout))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            unpaid()
            return Trouble("later", f"no connection ({type(error).__name__})")
        except httpx.HTTPError as error:
            # No answer in time, or one that was cut off: asking again asks for nothing new.
            return Trouble("later", f"it did not answer in full ({type(error).__name__})")
        finally:
            self._last = time.monotonic()

    def _understood(self, answer: "httpx.Response", raw: bytes) -> Answer | Trouble:
        status = answer.status_code
        if status == 304:
            if "if-none-match" in answer.request.headers:
                return Answer(None, unchanged=True)
            return Trouble("later", "304, and we named no answer that could be unchanged")
        said = _json(raw)
        if answer.is_success:
            if said is _NO_JSON:
                kind = answer.headers.get("content-type", "").partition(";")[0].strip()[:40] or "no type"
                return Trouble("later", f"{status} with a body that is no whole JSON ({kind})")
            return Answer(said, _tag(answer))
        if 300 <= status < 400:
            return Trouble("stop", f"it sends us elsewhere ({status})")
        told = self._source.trouble(status, None if said is _NO_JSON else said, answer.headers)
        if told.kind == "stop" and (status >= 500 or status == _TOO_SLOW):
            told = Trouble("later", told.words)
        wait = _retry_after(answer.headers)
        return told if wait is None else replace(told, wait_seconds=wait)

    def _error(self, trouble: Trouble) -> PermanentError | TransientError:
        words = self.clean(trouble.words)
        said = f"{self._source.title}: {words}."
        if trouble.kind == "gone":
            return Gone(words)
        if trouble.kind == "empty":
            return PlatformEmpty(said)
        if trouble.kind == "stop":
            return PermanentError(said, next_step=trouble.next_step or "Run: greenroom doctor")
        if trouble.wait_seconds is not None and trouble.wait_seconds > PATIENCE_SECONDS:
            return MustWait(words, seconds=min(trouble.wait_seconds, _LONGEST_PAUSE_SECONDS))
        return TransientError(f"{said.rstrip('.')}, {_TRIES} times.", next_step="Run the same command again later.")

    def clean(self, words: str) -> str:
        """One line without credentials: error texts of platforms quote them now and then."""
        for secret in self._source.secrets:
            if secret:
                words = words.replace(secret, "…")
        return clean_line(words, limit=300).rstrip(".")

    def _keep_pace(self) -> None:
        rest = self._source.pause_seconds - (time.monotonic() - self._last)
        if self._last and rest > 0:
            self._sleep(rest)


_NO_JSON = object()


def _body(answer: "httpx.Response", *, longest_seconds: float) -> bytes:
    import httpx

    parts, size, began = [], 0, time.monotonic()
    for part in answer.iter_bytes():
        size += len(part)
        if time.monotonic() - began > longest_seconds:
            # Each byte came in time, and there is no end of them.
            raise httpx.ReadTimeout("the answer takes too long", request=answer.request)
        if size > _MOST_BYTES:
            raise PermanentError(f"{answer.url.host} answered with more than {_MOST_BYTES >> 20} MB.",
                                 next_step="Ask for something else: so much is no answer to it.")  # fmt: skip
        parts.append(part)
    return b"".join(parts)


def _json(raw: bytes) -> Any:
    """What is no number of this world is unknown, and half a character (captions cut off in the middle) a mark."""
    try:
        said = json.loads(raw, parse_float=_finite, parse_int=_countable, parse_constant=lambda _: None)
        if rb"\ud" in raw.lower():
            said = json.loads(json.dumps(said, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return _NO_JSON
    return said


def _finite(said: str) -> float | None:
    number = float(said)
    return number if isfinite(number) else None


def _countable(said: str) -> int | None:
    return int(said) if len(said) <= _MOST_DIGITS else None


def _tag(answer: "httpx.Response") -> str:
    tag = str(answer.headers.get("etag", ""))
    return tag if len(tag) <= 200 and tag.isascii() else ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, or the moment, that `Retry-After` or `RateLimit-Reset` (seconds since 1970) name."""
    said, now = headers.get("retry-after", "").strip(), datetime.now(UTC)
    if said.isascii() and said.isdigit():
        return float(said[:9])
    if said:
        try:
            return max(0.0, (parsedate_to_datetime(said) - now).total_seconds())
        except (ValueError, TypeError):
            return None
    reset = headers.get("ratelimit-reset", "").strip()
    if headers.get("ratelimit-remaining", "").strip() == "0" and reset.isascii() and reset.isdigit():
        return max(0.0, float(reset[:12]) - now.timestamp())
    return None
