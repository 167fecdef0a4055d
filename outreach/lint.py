"""Whether a written mail may go out: every rule names what is missing and where to mend it. Pure: the text is judged as
it will be read.

A mail with a problem is never sent, it is left for a person. Follow-ups have a lighter set: they stand under a mail
that said the rest.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from outreach import lint_alike, lint_shape
from outreach.html_part import parted
from outreach.lint_words import BANNED, FREE_MAIL, OPT_OUT
from outreach.words import Locale

TEMPLATE, PHRASES, OFFER, COMPANY, PEOPLE = (
    "Mend the template", "Mend the phrases of the language or the template", "Mend [offer] in the campaign file",
    "Mend [company] in the campaign file", "Mend the sender's address in the people file",
)  # fmt: skip
BY_HAND = "Write to this creator by hand"
#: Every rule, as people are told of it.
RULES = {
    "facts": "two or three distinct, dated facts", "offer": "the offer with its amounts",
    "model": "what kind of offer it is", "product": "the product by name", "deliverables": "what we ask for",
    "timeline": "from when to when", "payment trigger": "what is paid when", "usage window": "how long we use it",
    "deadline": "the next step with its day", "who": "who writes", "source": "where the address came from",
    "postal address": "the postal address", "opt-out": "how to opt out", "notice": "the notice of the law",
    "company domain": "a sender of the company's own domain", "recipient": "one recipient",
    "subject": "an honest subject", "length": "the length", "links": "few links, all ours",
    "banned word": "no hype, no pressure", "unfilled": "nothing unfilled", "spam": "nothing that looks like spam",
    "html": "text and HTML say the same",
}  # fmt: skip
_UNFILLED = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|\bNone\b|\bnan\b|\bundefined\b|\[[A-Z][A-Z _-]{2,}\]|<[A-Za-z_ ]+>|\bTODO\b|X{3,}"
)
_REPLY_MARK = re.compile(r"^\s*(re|aw|sv|tr|rv|fwd?|wg)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Expected:
    """What the mail must say, word for word: taken from the campaign and the record, not from the template.

    `names` are the creator's, which nobody judges; `links` the pages of ours a mail may name; `first_subject` is ""
    but of a follow-up.
    """

    recipient: str
    subject: str
    locale: Locale
    facts: tuple[str, ...]
    model: str
    offer: tuple[str, ...]
    deliverables: tuple[str, ...]
    timeline: tuple[str, ...]
    payment: str
    usage: str
    deadline: str
    who: tuple[str, ...]
    sender_mail: str
    website: str
    postal_address: str
    address_source: str
    notice: str = ""
    unsubscribe_url: str = ""
    links: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    first_subject: str = ""

    @property
    def is_follow_up(self) -> bool:
        return bool(self.first_subject)


@dataclass(frozen=True)
class Problem:
    """One reason why the mail stays here: the rule, what is wrong as a clause, and where it is mended."""

    code: str
    message: str
    mend: str


def problems(text: str, expected: Expected, *, html: str = "") -> list[Problem]:
    """Everything that is wrong with a mail; an empty list lets it go."""
    return [
        *_missing(text, expected),
        *_opt_out(text, expected),
        *_shape(text, expected),
        *_words_used(text, expected),
        *_frame(expected),
        *(Problem("html", clause, "Send text alone, or make the HTML part from it") for clause
          in lint_alike.differences(text, html)),
    ]  # fmt: skip


def _missing(text: str, expected: Expected) -> Iterator[Problem]:
    count, (least, most) = len(set(expected.facts)), (1, 2) if expected.is_follow_up else (2, 3)
    if not least <= count <= most:
        yield Problem("facts", f"it has {count} personal facts; {least} to {most} are needed", BY_HAND)
    said = _evened(text)
    for code, what, part, mend in _wanted(expected):
        if part and _evened(part) not in said:
            yield Problem(code, f"{what} {part!r} is not in it", mend)
    if not expected.is_follow_up and not expected.usage:
        yield Problem("usage window", "it does not say how long the content is used", PHRASES)


def _wanted(expected: Expected) -> Iterable[tuple[str, str, str, str]]:
    """(rule, what it is, the words that must stand there, where to mend it)."""
    first = not expected.is_follow_up
    wanted = [
        *(("facts", "the fact", fact, TEMPLATE) for fact in expected.facts),
        ("product", "the product", expected.offer[0] if expected.offer else "", TEMPLATE),
        *(("offer", "the offer", part, TEMPLATE) for part in expected.offer),
        ("model", "the kind of offer", expected.model, TEMPLATE),
        *(("deliverables", "what we ask for,", part, TEMPLATE) for part in expected.deliverables),
        ("deadline", "the deadline", expected.deadline, TEMPLATE),
        *(("who", "who writes,", name, TEMPLATE) for name in expected.who),
        ("postal address", "the postal address", expected.postal_address, TEMPLATE),
        ("source", "where the address came from,", expected.address_source, TEMPLATE),
        ("opt-out", "the link to unsubscribe", expected.unsubscribe_url, TEMPLATE),
    ]
    if first:
        wanted += [
            *(("timeline", "the timeline", part, TEMPLATE) for part in expected.timeline),
            ("payment trigger", "what is paid when,", expected.payment, TEMPLATE),
            ("usage window", "how long we use the content,", expected.usage, TEMPLATE),
            *(("notice", "the notice", part, TEMPLATE) for part in expected.notice.split("\n\n")),
        ]
    return wanted


def _opt_out(text: str, expected: Expected) -> Iterator[Problem]:
    asks, promises = OPT_OUT[expected.locale]
    said = _evened(text)
    if not (asks.search(said) and promises.search(said)):
        yield Problem("opt-out", "it does not say how to opt out", TEMPLATE)


def _shape(text: str, expected: Expected) -> Iterator[Problem]:
    letter, bare = _ours(parted(text)[0], expected), _ours(expected.subject, expected)
    links = (*expected.links, expected.unsubscribe_url)
    for code, clauses in (
        ("length", lint_shape.length(text, follow_up=expected.is_follow_up)),
        ("links", lint_shape.links(text, ours=links)),
        ("spam", lint_shape.spam(letter)),
        ("subject", lint_shape.subject(expected.subject, bare=bare)),
    ):
        yield from (Problem(code, clause, TEMPLATE) for clause in clauses)


def _words_used(text: str, expected: Expected) -> Iterator[Problem]:
    # A creator may call their own summer amazing; quoting them is not our praise.
    for hit in BANNED.finditer(_ours(f"{expected.subject}\n{text}", expected)):
        yield Problem("banned word", f"it says {hit[0]!r}", PHRASES)
    for hit in _UNFILLED.finditer(f"{expected.subject}\n{text}"):
        yield Problem("unfilled", f"{hit[0]!r} looks unfilled", TEMPLATE)


def _frame(expected: Expected) -> Iterator[Problem]:
    """Subject, sender and recipient (CAN-SPAM: no deceptive subject, a truthful domain)."""
    if expected.is_follow_up:
        if expected.subject != f"Re: {expected.first_subject}":
            yield Problem("subject", f"a follow-up's subject is 'Re: {expected.first_subject}'", TEMPLATE)
    elif _REPLY_MARK.match(expected.subject):
        yield Problem("subject", f"the subject {expected.subject!r} pretends to be a reply", TEMPLATE)
    if expected.recipient.count("@") != 1 or re.search(r"[\s,;<>]", expected.recipient):
        yield Problem("recipient", f"{expected.recipient!r} is not one address", BY_HAND)
    domain = expected.sender_mail.rpartition("@")[2].casefold()
    if domain in FREE_MAIL:
        yield Problem("company domain", f"it would come from {domain}, as from a stranger", PEOPLE)
    elif not _is_companys(domain, expected):
        yield Problem("company domain", f"nothing shows that {domain} belongs to {expected.who[-1]}", PEOPLE)


def _is_companys(domain: str, expected: Expected) -> bool:
    """The website's domain or one beside it, or one that is named as brand or company are."""
    host = re.sub(r"^https?://", "", expected.website.casefold()).split("/")[0].split(":")[0]
    own = _registered(domain)
    label = own.partition(".")[0]
    names = [re.sub(r"\W", "", name.casefold()) for name in expected.who]
    return own == _registered(host) or any(len(label) >= 4 and (label.replace("-", "") in name) for name in names)


def _registered(host: str) -> str:
    """What somebody registered: two labels, or three below such as co.uk."""
    labels = host.split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in ("co", "com", "org", "net", "ac", "gov")
    return ".".join(labels[-3:] if deep else labels[-2:])


def _ours(text: str, expected: Expected) -> str:
    """The text without what others said or are called."""
    for part in sorted((*expected.facts, *expected.names, *expected.who), key=len, reverse=True):
        text = text.replace(part, "") if part else text
    return text


def _evened(text: str) -> str:
    return " ".join(text.split())
