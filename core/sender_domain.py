"""What receivers find in the DNS about a domain that sends mail, judged: SPF, DKIM and DMARC. Pure.

Takes texts and gives verdicts in words, with what to do (RFC 7208, 6376, 7489). Asks nobody: see `core.lookups`.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Texts = Sequence[str]
#: `missing` is yet to be published, `wrong` does harm as it stands, `maybe` is worth a look.
Level = Literal["ok", "missing", "wrong", "maybe"]
#: Receivers follow no more (RFC 7208, 4.6.4).
MOST_LOOKUPS = 10
#: Records that are read to count them; whoever has more has too many anyway.
MOST_RECORDS = 20
_ASKS = re.compile(r"[+?~-]?(?:(include|exists):(\S+)|(a|mx|ptr)(?:[:/]\S*)?)", re.IGNORECASE)
_REDIRECT = re.compile(r"redirect=(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    level: Level
    why: str
    todo: str = ""


@dataclass(frozen=True)
class Expected:
    """The DKIM record that should be there. `public` is our own key (base64), "" where somebody else signs and the
    selector is only the usual one of theirs."""

    name: str
    public: str = ""


def spf_of(texts: Texts) -> list[str]:
    return [text for text in texts if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]


def followed(record: str) -> list[str]:
    """The names whose records this one asks for in turn, but for those with macros, which depend on the mail."""
    found = [match[2] for term in record.split() if (match := _ASKS.fullmatch(term)) and match[1] == "include"]
    found += [match[1] for term in record.split() if (match := _REDIRECT.fullmatch(term))]
    return [name.rstrip(".").lower() for name in found if "%" not in name]


def judge_spf(domain: str, texts: Texts, included: Mapping[str, Texts]) -> Verdict:
    """`included` are the texts of the names that the record leads to, as far as they could be had."""
    records = spf_of(texts)
    if not records:
        return Verdict("missing", "no SPF record", f"Publish one at {domain}: v=spf1 include:YOUR-MAIL-SERVICE ~all")
    if len(records) > 1:
        return Verdict("wrong", f"{len(records)} SPF records, so receivers take none",
                       f"Make one record of them at {domain}, with all the include: parts.")  # fmt: skip
    terms = [term.lower() for term in records[0].split()[1:]]
    if "+all" in terms or "all" in terms:
        return Verdict("wrong", "SPF lets everybody send in this name (+all)", f"End the record at {domain} with ~all.")
    lookups = _lookups(records[0], included, {domain})
    if lookups > MOST_LOOKUPS:
        return Verdict("maybe", f"SPF may ask for too much: {lookups} look-ups, receivers stop after {MOST_LOOKUPS}",
                       "Take out the services that no longer send for you.")  # fmt: skip
    ends = any(term in ("-all", "~all", "?all") or term.startswith("redirect=") for term in terms)
    if not ends or "?all" in terms:
        return Verdict("maybe", "SPF says nothing about all other servers", f"End the record at {domain} with ~all.")
    return Verdict("ok", "SPF is there")


def judge_dkim(expected: Expected, texts: Texts) -> Verdict:
    records = [text for text in texts if "p" in _tags(text)]
    ours = bool(expected.public)
    if not records:
        if ours:
            return Verdict("missing", f"no DKIM key at {expected.name}", "Publish it: greenroom doctor --dns")
        return Verdict("maybe", f"no DKIM key at {expected.name}, where it mostly is",
                       "See that DKIM is switched on in the console of your mail service.")  # fmt: skip
    if len(records) > 1:
        return Verdict("wrong", f"{len(records)} DKIM keys at {expected.name}", "Leave the one that signs now.")
    tags = _tags(records[0])
    published = "".join(tags["p"].split())
    if not published:
        todo = "Publish the key that signs now: greenroom doctor --dns" if ours else "Switch DKIM on again."
        return Verdict("wrong", f"the DKIM key at {expected.name} was taken back (p= is empty)", todo)
    if ours and not _same(published, expected.public):
        return Verdict("wrong", f"the DKIM key at {expected.name} is not the one we sign with",
                       "Publish ours instead (greenroom doctor --dns), or sign with the one there.")  # fmt: skip
    if "y" in tags.get("t", "").split(":"):
        return Verdict("maybe", f"the DKIM key at {expected.name} is marked as a test (t=y)",
                       "Take t=y out once mails arrive.")  # fmt: skip
    return Verdict("ok", f"the DKIM key at {expected.name} is {'ours' if ours else 'there'}")


def judge_dmarc(domain: str, found: Mapping[str, Texts]) -> Verdict:
    """`found` are the texts at `_dmarc.` of the domain and of those above it, nearest first; the first counts."""
    for name, texts in found.items():
        records = [text for text in texts if re.match(r"v=DMARC1(?:\s*;|$)", text.strip())]
        if len(records) > 1:
            return Verdict("wrong", f"{len(records)} DMARC records at {name}, so receivers take none", "Leave one.")
        if records:
            return _policy(domain, name, _tags(records[0]))
    todo = f"Publish it at _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:postmaster@{domain}"
    return Verdict("missing", "no DMARC record", todo)


def above(domain: str) -> list[str]:
    """The names at which a DMARC record of the domain may stand, nearest first; never that of a whole top domain."""
    labels = domain.split(".")
    return [f"_dmarc.{'.'.join(labels[at:])}" for at in range(max(1, len(labels) - 1))]


def _policy(domain: str, name: str, tags: Mapping[str, str]) -> Verdict:
    own = name == f"_dmarc.{domain}"
    policy = (tags.get("p", "") if own else tags.get("sp", tags.get("p", ""))).lower()
    if policy in ("quarantine", "reject"):
        return Verdict("ok", f"DMARC says {policy}")
    if policy == "none":
        return Verdict("maybe", "DMARC is there and asks for nothing (p=none)",
                       "Good for the first weeks; when the reports look right, p=quarantine.")  # fmt: skip
    return Verdict("wrong", f"the DMARC record at {name} names no policy", "Write p=none into it, for a start.")


def _lookups(record: str, included: Mapping[str, Texts], seen: set[str]) -> int:
    """How many questions a receiver must ask for this record, through all that it includes."""
    many = 0
    for term in record.split():
        many += bool(_ASKS.fullmatch(term)) + bool(_REDIRECT.fullmatch(term))
    for name in followed(record):
        if name in seen:
            continue
        seen.add(name)
        many += sum(_lookups(inner, included, seen) for inner in spf_of(included.get(name, ()))[:1])
    return many


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _same(published: str, ours: str) -> bool:
    try:
        return base64.b64decode(published, validate=True) == base64.b64decode(ours)
    except (binascii.Error, ValueError):
        return False
