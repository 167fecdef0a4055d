"""Whether a written mail may go out; every rule names what is missing. Pure: the text is judged as it will be read.

A mail with a problem is never sent, it is left for a person.
"""

import re
from dataclasses import dataclass

WORDS_LEAST, WORDS_MOST = 60, 220
LINKS_MOST = 1
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_UNFILLED = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|\bNone\b|\bnan\b|\bundefined\b|\[[A-Z][A-Z _-]{2,}\]|<[A-Za-z_ ]+>|\bTODO\b|X{3,}"
)
#: Hype, flattery nobody can trace, pressure, and false replies (CAN-SPAM: no deceptive subject).
_BANNED = re.compile(
    r"\b(amazing|incredible|awesome|stunning|obsessed|huge fan|big fan|game.?changer|once in a lifetime|"
    r"exclusive opportunity|act now|hurry|last chance|risk.?free|guaranteed?|go viral|perfect fit|dream collab\w*|"
    r"love your (?:content|feed|page|work)|unglaublich\w*|fantastisch\w*|riesiger fan|großer fan|einmalige chance|"
    r"nur heute|garantiert\w*|perfekt zu uns|liebe deinen? (?:content|feed))\b",
    re.IGNORECASE,
)
_FALSE_REPLY = re.compile(r"^\s*(re|aw|fwd?|wg)\s*:", re.IGNORECASE)
_OPT_OUT = (
    (re.compile(r"\breply with\b.*\bno thanks\b", re.IGNORECASE), re.compile(r"\bnot hear from us again\b")),
    (re.compile(r"\bantworte\b.*\bnein danke\b", re.IGNORECASE), re.compile(r"\bschreiben wir dir nicht wieder\b")),
)


@dataclass(frozen=True)
class Expected:
    """What the mail must say, word for word: taken from the campaign and the record, not from the template."""

    recipient: str
    subject: str
    facts: tuple[str, ...]
    offer: tuple[str, ...]
    timeline: tuple[str, ...]
    deadline: str
    postal_address: str
    address_source: str


@dataclass(frozen=True)
class Problem:
    """One reason why the mail stays here."""

    code: str
    message: str


def problems(text: str, expected: Expected) -> list[Problem]:
    """Everything that is wrong with a mail; an empty list lets it go."""
    return [
        *_missing(text, expected),
        *_shape(text, expected),
        *_words_used(text, expected),
        *_addressing(expected),
    ]


def _missing(text: str, expected: Expected) -> list[Problem]:
    found = []
    if not 2 <= len(set(expected.facts)) <= 3:
        found.append(Problem("facts", f"it has {len(set(expected.facts))} personal facts; two or three are needed"))
    wanted = [
        *(("facts", "the fact", fact) for fact in expected.facts),
        *(("offer", "the offer", part) for part in expected.offer),
        *(("timeline", "the timeline", part) for part in expected.timeline),
        ("deadline", "the deadline", expected.deadline),
        ("postal address", "the postal address", expected.postal_address),
        ("source", "where the address came from", expected.address_source),
    ]
    found += [Problem(code, f"{what} {part!r} is not in it") for code, what, part in wanted if part not in text]
    if not any(asks.search(text) and promises.search(text) for asks, promises in _OPT_OUT):
        found.append(Problem("opt-out", "it does not say how to opt out"))
    return found


def _shape(text: str, expected: Expected) -> list[Problem]:
    # The lines from the postal address on are required by law and by no reader.
    count = len(re.findall(r"\w+", text.partition(expected.postal_address)[0]))
    found = []
    if not WORDS_LEAST <= count <= WORDS_MOST:
        found.append(Problem("length", f"it has {count} words; {WORDS_LEAST} to {WORDS_MOST} are read"))
    links = len(_LINK.findall(text))
    if links > LINKS_MOST:
        found.append(Problem("links", f"it has {links} links; more than {LINKS_MOST} looks like bulk mail"))
    return found


def _words_used(text: str, expected: Expected) -> list[Problem]:
    # A creator may call their own summer amazing; quoting them is not our praise.
    ours = f"{expected.subject}\n{text}"
    for fact in expected.facts:
        ours = ours.replace(fact, "")
    found = [Problem("banned word", f"it says {hit.group(0)!r}") for hit in _BANNED.finditer(ours)]
    found += [
        Problem("unfilled", f"{hit.group(0)!r} looks unfilled")
        for hit in _UNFILLED.finditer(f"{expected.subject}\n{text}")
    ]
    if _FALSE_REPLY.search(expected.subject):
        found.append(Problem("subject", f"the subject {expected.subject!r} pretends to be a reply"))
    if not expected.subject.strip():
        found.append(Problem("subject", "it has no subject"))
    return found


def _addressing(expected: Expected) -> list[Problem]:
    one = expected.recipient.count("@") == 1 and not re.search(r"[\s,;<>]", expected.recipient)
    return [] if one else [Problem("recipient", f"{expected.recipient!r} is not one address")]
