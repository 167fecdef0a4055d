"""Writing one mail: the fields a template may ask for, and the template made into subject, text and HTML. Pure but for
reading the template file. What a creator wrote is data here and is never evaluated.
"""

import dataclasses
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.campaign import Campaign
from core.errors import BadInput
from core.mailer import clean_line
from core.money import Money
from core.people import Person
from core.settings import PROJECT
from outreach import words
from outreach.facts import Fact
from outreach.html_part import html_of
from outreach.sayings import Sayings, load_sayings
from outreach.words import LOCALES, Locale

_GREETING_LIMIT = 40
_PICTURES = ("So", "Sk")
_SUBJECT = "Subject:"
#: In characters. Without loops a mail is at most its template times its longest field, so both stay small.
_SOURCE_LIMIT, _MAIL_LIMIT = 20_000, 20_000
#: The only things a mail template does: print a field, and leave a sentence out.
_ALLOWED_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or,
    nodes.Compare, nodes.Operand, nodes.Const,
)  # fmt: skip


@dataclass(frozen=True)
class Invitation:
    """Everything a mail template may ask for, in the words of its language. Of an invitation `first_subject` and
    `first_sent` are "", of any mail `unsubscribe_url` without a public address of ours, `payment` where nothing is
    paid; `notice` stands in the first mail only."""

    greeting: str
    handle: str
    platform: str
    sender_name: str
    sender_first_name: str
    brand: str
    campaign: str
    topic: str
    angle: str
    facts: str
    offer: str
    model: str
    deliverables: str
    pays: bool
    payment: str
    usage: str
    payment_days: str
    usage_days: str
    starts_on: str
    ends_on: str
    deadline: str
    legal_name: str
    postal_address: str
    website: str
    contact_email: str
    address_source: str
    notice: str
    unsubscribe_url: str
    first_subject: str
    first_sent: str


@dataclass(frozen=True)
class Written:
    """A rendered mail, `html` saying what `text` does, and the hash of the wording that made it."""

    subject: str
    text: str
    html: str
    template: str
    template_sha256: str


class MailTemplate:
    """A mail template, checked when loaded: it can only ask for fields that exist. `sha256` names its wording and that
    of the phrases which fill it; without `sayings` those that come with us are used."""

    def __init__(self, name: str, source: str, sayings: Sayings | None = None) -> None:
        self.name = name
        self.sayings = sayings or load_sayings(PROJECT / "templates", _locale_of(name))
        self.sha256 = hashlib.sha256(f"{source}\n{self.sayings.sha256}".encode()).hexdigest()
        self._template = made(name, source, frozenset(field.name for field in dataclasses.fields(Invitation)))

    def render(self, invitation: Invitation) -> Written:
        """Raises BadInput where it cannot be filled or comes out longer than any mail is read."""
        try:
            text = self._template.render(dataclasses.asdict(invitation))
        except TemplateError as error:
            raise BadInput(f"Template {self.name} cannot be filled: {error}.") from None
        if len(text) > _MAIL_LIMIT:
            raise BadInput(f"Template {self.name} makes a mail of {len(text):,} characters.",
                           next_step=f"Shorten it: {_MAIL_LIMIT:,} are the most.")  # fmt: skip
        first, _, body = text.partition("\n")
        subject = clean_line(first.removeprefix(_SUBJECT), limit=150)
        # A field that is empty leaves its blank behind.
        body = "\n".join(re.sub(" {2,}", " ", line).strip(" ") for line in body.strip().split("\n")).strip() + "\n"
        return Written(subject, body, html_of(body, self.sayings.locale), self.name, self.sha256)


def template_file(folder: Path, template: str, locale: Locale) -> Path:
    """Where the wording of a mail stands."""
    return folder / "outreach" / f"{template}.{locale}.txt.j2"


def load_template(folder: Path, template: str, locale: Locale) -> MailTemplate:
    """`folder`/outreach/`template`.`locale`.txt.j2. Raises BadInput naming the line and what is wrong with it."""
    path = template_file(folder, template, locale)
    try:
        return MailTemplate(path.name, path.read_text(encoding="utf-8"), load_sayings(folder, locale))
    except FileNotFoundError:
        known = ", ".join(sorted(found.name for found in path.parent.glob("*.txt.j2"))) or "none"
        raise BadInput(f"There is no mail template {path}.", next_step=f"There are: {known}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"The mail template {path} is not UTF-8 text.") from None


@dataclass(frozen=True)
class Circumstances:
    """What a mail says beside campaign and creator: the paragraphs of the law, where a click unsubscribes, and of a
    follow-up the subject and day of the first mail."""

    notice: str = ""
    unsubscribe_url: str = ""
    first_subject: str = ""
    first_sent: date | None = None


def invitation_for(
    campaign: Campaign, sayings: Sayings, *, name: str, handle: str, platform: str, sender: Person,
    facts: tuple[Fact, ...], deadline: date, circumstances: Circumstances | None = None,
) -> Invitation:  # fmt: skip
    """The fields for one creator."""
    locale, offer, company = sayings.locale, campaign.offer, campaign.company
    more = circumstances or Circumstances()
    return Invitation(
        greeting=greeting_for(name, handle),
        handle=shown_handle(handle),
        platform=words.platform(platform),
        sender_name=sender.name,
        sender_first_name=sender.name.split()[0],
        brand=campaign.brand,
        campaign=campaign.name,
        topic=campaign.topic.name,
        angle=campaign.outreach.angle,
        facts=" ".join(fact.sentence for fact in facts),
        offer=words.listed(offer_parts(campaign, sayings), locale),
        model=sayings.of("offer", "model", offer.model),
        deliverables=words.listed(offer.deliverables, locale),
        pays=offer.stipend > 0,
        payment=payment_of(campaign, sayings),
        usage=usage_of(campaign, sayings),
        payment_days=str(offer.payment_days),
        usage_days=str(offer.usage_days),
        starts_on=words.long_date(campaign.starts_on, locale),
        ends_on=words.long_date(campaign.ends_on, locale),
        deadline=words.long_date(deadline, locale, weekday=True),
        legal_name=company.legal_name,
        postal_address=company.postal_address,
        website=company.website,
        contact_email=company.contact_email,
        address_source=company.address_source,
        notice=more.notice,
        unsubscribe_url=more.unsubscribe_url,
        first_subject=more.first_subject,
        first_sent=words.short_date(more.first_sent, locale) if more.first_sent else "",
    )


def offer_parts(campaign: Campaign, sayings: Sayings) -> tuple[str, ...]:
    """What the creator gets, each part in words: product, stipend, commission (R10, R26)."""
    offer, locale = campaign.offer, sayings.locale
    parts = [offer.product]
    if offer.stipend > 0 and offer.cadence == "monthly":
        fee = words.money(offer.stipend_money, locale)
        parts.append(sayings.filled("offer", "stipend_monthly", value=fee, months=str(offer.months)))
    elif offer.stipend > 0:
        parts.append(sayings.filled("offer", "stipend", value=words.money(offer.stipend_money, locale)))
    if offer.commission_percent > 0:
        percent = words.percent(offer.commission_percent, locale)
        parts.append(sayings.filled("offer", "commission", value=percent))
    for step in offer.bonuses:
        amount, sales = (words.money(Money(sum_, offer.currency), locale) for sum_ in (step.amount, step.tracked_sales))
        parts.append(sayings.filled("offer", "bonus", value=amount, sales=sales))
    return tuple(parts)


def payment_of(campaign: Campaign, sayings: Sayings) -> str:
    """What triggers the payment and when it comes, as the contract has it; "" where nothing is paid."""
    offer = campaign.offer
    pays, shares = offer.stipend > 0, offer.commission_percent > 0
    if (pays and offer.cadence == "monthly") or (offer.bonuses and not pays and not shares):
        return sayings.filled("payment", "monthly", value=str(offer.payment_days))
    kind = {(True, True): "both", (True, False): "fee", (False, True): "commission"}.get((pays, shares))
    return sayings.filled("payment", kind, value=str(campaign.offer.payment_days)) if kind else ""


def usage_of(campaign: Campaign, sayings: Sayings) -> str:
    """How long the brand may show what the creator makes."""
    days = campaign.offer.usage_days
    return sayings.filled("usage", "days", value=str(days)) if days else sayings.of("usage", "none")


def greeting_for(name: str, handle: str) -> str:
    """The name somebody goes by, else their handle: nobody is greeted as `🌸✨`, `{{7*7}}` or `Linen | DM me`."""
    # A name of several lines is one with something put behind it.
    line = next((line for line in name.splitlines() if line.strip()), "")
    first = re.split(r"[|•·/(,:–—]", _to_first_picture(clean_line(line, limit=400)))[0]
    # Letters with gaps between them are a way of writing, which nobody would say to somebody's face.
    if re.search(r"[{}<>\[\]\\@#=$%&\d]|www\.|http|\b\w \w \w\b", first):
        return shown_handle(handle)
    plain = "".join(c for c in first if unicodedata.category(c)[0] in "LM" or c in " .'’-")
    plain = " ".join(plain.split()).strip(" .-")
    letters = sum(character.isalpha() for character in plain)
    return plain if letters >= 2 and len(plain) <= _GREETING_LIMIT else shown_handle(handle)


def _to_first_picture(name: str) -> str:
    """What stands before the first emoji or heart: behind it people say what they do."""
    words = name.lstrip("".join(c for c in name if unicodedata.category(c) in _PICTURES) + " \ufe0f\u200d")
    return next((words[:at] for at, c in enumerate(words) if unicodedata.category(c) in _PICTURES), words)


def shown_handle(handle: str) -> str:
    return f"@{clean_line(handle, limit=80).lstrip('@')}"


def _locale_of(name: str) -> Locale:
    """`invite.de.txt.j2` is German; a name without a language is English."""
    return next((locale for locale in LOCALES if f".{locale}." in name), "en")


@lru_cache(maxsize=64)
def made(name: str, source: str, known: frozenset[str]) -> Template:
    """A template that prints these fields and leaves sentences out, and can do nothing else. Raises BadInput."""
    if len(source) > _SOURCE_LIMIT:
        raise BadInput(f"{name} has {len(source):,} characters.", next_step=f"At most {_SOURCE_LIMIT:,} are a mail.")
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    try:
        tree = environment.parse(source, name)
    except TemplateSyntaxError as error:
        raise BadInput(f"{name}, line {error.lineno}: {error.message}.", next_step="Mend the template.") from None
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Name) and node.name not in known:
            raise BadInput(
                f"{name}, line {node.lineno}: there is no field {node.name!r}.",
                next_step=f"Known: {', '.join(sorted(known))}.",
            )
        if not isinstance(node, _ALLOWED_NODES):
            what = type(node).__name__.lower()
            raise BadInput(
                f"{name}, line {node.lineno}: a mail template may print fields and use if, not {what}.",
                next_step="Write the sentence out.",
            )
    if not source.startswith(_SUBJECT):
        raise BadInput(f"{name}: the first line must begin with {_SUBJECT!r}.")
    # Not before: making a template works out what is constant in it, such as a text a thousand million times over.
    return environment.from_string(source)
