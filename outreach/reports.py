"""What machines report about our mails: not delivered, late, arrived, complained about. Pure.

Takes a report for one wherever its parts say so, also in multipart/mixed and with no parts at all: that is how real
servers write them (RFC 3464 delivery status, RFC 5965 feedback, RFC 8098 receipts, and what was before those). A report
is only a claim: it is believed where it carries an id that we made, which `outreach.listening` checks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Part
from enum import StrEnum

from core.mailer import clean_line
from outreach.mail_words import CARRIES_A_MAIL, TEXT_LIMIT, decoded, header, text_of

_ID = r"(<[^<>\s]{1,300}>)"
_MESSAGE_ID = re.compile(rf"^[>|\s]{{0,20}}(?:original-|x-original-)?message-id:\s{{0,20}}{_ID}", re.I | re.M)
_TOKEN = re.compile(r"(?:/u/|stop(?:%20| |\+))([a-z2-7]{26})\b")
_HEADERS_ONLY = frozenset({"text/rfc822-headers", "message/global-headers", "text/rfc822", "message/partial"})
_MACHINES = frozenset({"mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon", "mdaemon"})
_LATE = re.compile(
    r"\bdelayed\b|\bwarning\b.{0,60}\b(not (be )?(sent|delivered)|delay)|\bnot yet been delivered\b|"
    r"\bwill (be retried|keep trying|continue to try|try again|retry)|\bdo not need to resend\b|"
    r"\bstill being retried\b|\bverzögert\b|\bretrasad[oa]\b|\bretardée?\b",
    re.IGNORECASE | re.DOTALL,
)
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
#: Put into the mails that Microsoft's complaint programme sends back instead of a report.
_MICROSOFT = "X-HmXmrOriginalRecipient"


class What(StrEnum):
    """What a report says. Only `failed` is a bounce: a mail that is late is still under way."""

    FAILED = "failed"
    LATE = "late"
    ARRIVED = "arrived"
    COMPLAINT = "complaint"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Report:
    """`because` is what the server said; the rest is by what the mail reported on can be known.

    `message_ids` as they stand in what came back, `tokens` those of our unsubscribe address in it, `recipients` the
    addresses that it names: they tell nothing by themselves, anybody can write them.
    """

    what: What
    because: str
    message_ids: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


def report_in(mail: Part, parts: list[Part], sender: str) -> Report | None:
    """The report that a mail is; None where a person (or an absence notice) wrote it."""
    statuses = [fields for part in parts if part.get_content_type() == "message/delivery-status"
                for fields in _blocks(part)]  # fmt: skip
    feedback = _fields_of(parts, "message/feedback-report")
    receipt = _fields_of(parts, "message/disposition-notification")
    carried = list(_carried(parts))
    if feedback or any(part.get(_MICROSOFT) for part in parts[1:]):
        what, because = _complaint(feedback)
    elif statuses:
        what, because = _status(statuses)
    elif receipt:
        what, because = What.ARRIVED, "it was opened or put away"
    elif _is_by_machine(mail, sender):
        what, because = _by_words(mail, parts)
    else:
        return None
    text = "\n".join((*carried, _as_lines(feedback), _as_lines(receipt), text_of(parts)))
    return Report(
        what=what,
        because=clean_line(because or header(mail, "Subject") or "a report without words", limit=300),
        message_ids=tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[:50],
        tokens=tuple(dict.fromkeys(_TOKEN.findall(text)))[:50],
        recipients=_recipients(mail, statuses, feedback),
    )


def _complaint(feedback: dict[str, str]) -> tuple[What, str]:
    kind = feedback.get("feedback-type", "abuse").strip().casefold()
    if kind == "not-spam":
        return What.NOTHING, "they took it out of the spam folder"
    if kind == "dmarc" or kind == "auth-failure":
        return What.NOTHING, "a report on signatures, not on a mail"
    return What.COMPLAINT, f"reported as {clean_line(kind, limit=40) or 'abuse'}"


def _status(blocks: list[dict[str, str]]) -> tuple[What, str]:
    """By the action; the status alone would mistake 4.4.7 (given up after days) for a delay (RFC 3464, 2.3.3)."""
    because = next((text for block in blocks if (text := block.get("diagnostic-code", ""))), "")
    because = re.sub(r"^\s*[\w.-]{1,20}\s*;\s*", "", because) or next(
        (f"status {text}" for block in blocks if (text := block.get("status", ""))), ""
    )
    actions = {block.get("action", "").strip().split(" ")[0].casefold() for block in blocks}
    classes = {found[1] for block in blocks if (found := _STATUS.search(block.get("status", "")))}
    if "failed" in actions:
        return What.FAILED, because
    if "delayed" in actions:
        return What.LATE, because
    if actions & {"delivered", "relayed", "expanded"}:
        return What.ARRIVED, because
    if "5" in classes or not classes:
        return What.FAILED, because
    return (What.LATE if "4" in classes else What.ARRIVED), because


def _is_by_machine(mail: Part, sender: str) -> bool:
    is_report = mail.get_content_type() == "multipart/report" or mail.get("X-Failed-Recipients") is not None
    return is_report or sender.partition("@")[0].casefold() in _MACHINES


def _by_words(mail: Part, parts: list[Part]) -> tuple[What, str]:
    """Of a report without a status part: what the many forms of old servers say, else the words that servers use."""
    late, failed = _known_forms(mail)
    because = header(mail, "Subject")
    if failed:
        return What.FAILED, because
    words = f"{because}\n{text_of(parts)[:4_000]}"
    return (What.LATE if late or _LATE.search(words) else What.FAILED), because


def _known_forms(mail: Part) -> tuple[bool, bool]:
    """Whether flufl.bounce knows it as a temporary, as a permanent failure."""
    from flufl.bounce import all_failures  # few mails are reports

    try:
        late, failed = all_failures(mail)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        # Written for mails that are well formed; what is not goes by its words.
        return False, False
    return bool(late), bool(failed)


def _recipients(mail: Part, statuses: list[dict[str, str]], feedback: dict[str, str]) -> tuple[str, ...]:
    named = [header(mail, "X-Failed-Recipients"), feedback.get("original-rcpt-to", "")]
    for block in statuses:
        named += [block.get("original-recipient", ""), block.get("final-recipient", "")]
    found = [address for text in named for address in re.findall(r"[^\s<>;,\"]{1,64}@[^\s<>;,\"]{1,190}", text)]
    return tuple(dict.fromkeys(address.casefold() for address in found))[:50]


def _carried(parts: list[Part]) -> Iterator[str]:
    """The headers of what came back, as text, in whatever part they are."""
    for part in parts:
        kind = part.get_content_type()
        if kind in _HEADERS_ONLY:
            yield decoded(part) or str(part.get_payload())[:TEXT_LIMIT]
        elif kind in CARRIES_A_MAIL and part.is_multipart():
            for inner in list(part.walk())[1:2]:
                yield "\n".join(f"{name}: {header(inner, name)}" for name in ("Message-ID", "List-Unsubscribe"))
        elif kind in CARRIES_A_MAIL:
            yield decoded(part)


def _blocks(part: Part) -> list[dict[str, str]]:
    """The groups of fields in a status part; some servers encode it, then it is not taken apart by the parser."""
    payload = part.get_payload()
    if isinstance(payload, list):
        groups = [piece for piece in payload[:50] if isinstance(piece, Part)]
        fields = [{name.casefold(): header(group, name) for name in group.keys()[:50]} for group in groups]
        if any(fields):
            return [block for block in fields if block]
    return [_lines(text) for text in re.split(r"\n\s*\n", decoded(part) or _raw(part)) if text.strip()][:50]


def _fields_of(parts: list[Part], kind: str) -> dict[str, str]:
    """The fields of the first part of a kind, {} where there is none; a part that says nothing still counts."""
    for part in parts:
        if part.get_content_type() == kind:
            fields = {name: value for block in _blocks(part) for name, value in block.items()}
            return fields or {"": ""}
    return {}


def _raw(part: Part) -> str:
    payload = part.get_payload()
    pieces = payload if isinstance(payload, list) else [payload]
    return "\n".join(str(piece.get_payload() if isinstance(piece, Part) else piece) for piece in pieces)[:TEXT_LIMIT]


def _lines(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in re.sub(r"\n[ \t]+", " ", text).splitlines()[:200] if ":" in line)
    return {name.strip().casefold(): value.strip() for name, _, value in pairs}


def _as_lines(fields: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in fields.items())
