"""Writing one invitation: the fields a template may ask for, and the template made into subject and text. Pure but
for reading the template file. What a creator wrote is data here and is never evaluated.
"""

import dataclasses
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.campaign import Campaign
from core.errors import BadInput
from core.mailer import clean_line
from core.people import Person
from outreach import words
from outreach.facts import Fact
from outreach.words import Locale

_GREETING_LIMIT = 40
_SUBJECT = "Subject:"
#: The only things a mail template does: print a field, and leave a sentence out.
_ALLOWED_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not, nodes.And, nodes.Or,
    nodes.Compare, nodes.Operand, nodes.Const,
)  # fmt: skip


@dataclass(frozen=True)
class Invitation:
    """Everything an invitation template may ask for, in the words of its language."""

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
    deliverables: str
    pays: bool
    payment_days: str
    usage_days: str
    starts_on: str
    ends_on: str
    deadline: str
    legal_name: str
    postal_address: str
    website: str
    address_source: str


@dataclass(frozen=True)
class Written:
    """A rendered mail and the hash of the template that made it."""

    subject: str
    text: str
    template: str
    template_sha256: str


class MailTemplate:
    """A mail template, checked when loaded: it can only ask for fields that exist."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.sha256 = hashlib.sha256(source.encode()).hexdigest()
        self._template = _compiled(name, source)

    def render(self, invitation: Invitation) -> Written:
        try:
            text = self._template.render(dataclasses.asdict(invitation))
        except TemplateError as error:
            raise BadInput(f"Template {self.name} cannot be filled: {error}.") from None
        first, _, body = text.partition("\n")
        subject = clean_line(first.removeprefix(_SUBJECT), limit=150)
        return Written(subject, body.strip() + "\n", self.name, self.sha256)


def template_file(folder: Path, template: str, locale: Locale) -> Path:
    """Where the wording of an invitation stands."""
    return folder / "outreach" / f"{template}.{locale}.txt.j2"


def load_template(folder: Path, template: str, locale: Locale) -> MailTemplate:
    """`folder`/outreach/`template`.`locale`.txt.j2. Raises BadInput naming the line and what is wrong with it."""
    path = template_file(folder, template, locale)
    try:
        return MailTemplate(path.name, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(found.name for found in path.parent.glob("*.txt.j2"))) or "none"
        raise BadInput(f"There is no mail template {path}.", next_step=f"There are: {known}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"The mail template {path} is not UTF-8 text.") from None


def invitation_for(
    campaign: Campaign,
    *,
    name: str,
    handle: str,
    platform: str,
    sender: Person,
    facts: tuple[Fact, ...],
    deadline: date,
) -> Invitation:
    """The fields for one creator."""
    locale, offer, company = campaign.outreach.locale, campaign.offer, campaign.company
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
        offer=words.listed(offer_parts(campaign), locale),
        deliverables=words.listed(offer.deliverables, locale),
        pays=offer.stipend > 0,
        payment_days=str(offer.payment_days),
        usage_days=str(offer.usage_days),
        starts_on=words.long_date(campaign.starts_on, locale),
        ends_on=words.long_date(campaign.ends_on, locale),
        deadline=words.long_date(deadline, locale, weekday=True),
        legal_name=company.legal_name,
        postal_address=company.postal_address,
        website=company.website,
        address_source=company.address_source,
    )


def offer_parts(campaign: Campaign) -> tuple[str, ...]:
    """What the creator gets, each part in words: product, stipend, commission (R10, R26)."""
    offer, locale = campaign.offer, campaign.outreach.locale
    parts = [offer.product]
    if offer.stipend > 0:
        stipend = words.money(offer.stipend_money, locale)
        parts.append(f"{stipend} für den Launch-Post" if locale == "de" else f"{stipend} for the launch post")
    if offer.commission_percent > 0:
        percent = words.decimal(offer.commission_percent, locale)
        parts.append(
            f"{percent} Prozent Provision auf Verkäufe über deinen Code"
            if locale == "de"
            else f"{percent} percent commission on sales through your code"
        )
    return tuple(parts)


def greeting_for(name: str, handle: str) -> str:
    """The name somebody goes by, else their handle: nobody is greeted as `🌸✨`, `{{7*7}}` or `Linen | DM me`."""
    first = re.split(r"[|•·/(,:–—]", clean_line(name, limit=400))[0]
    if re.search(r"[{}<>\[\]\\@#=$%&\d]|www\.|http", first):
        return shown_handle(handle)
    plain = "".join(c for c in first if unicodedata.category(c)[0] in "LM" or c in " .'’-")
    plain = " ".join(plain.split()).strip(" .-")
    letters = sum(character.isalpha() for character in plain)
    return plain if letters >= 2 and len(plain) <= _GREETING_LIMIT else shown_handle(handle)


def shown_handle(handle: str) -> str:
    return f"@{clean_line(handle, limit=80).lstrip('@')}"


def _compiled(name: str, source: str) -> Template:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    try:
        tree = environment.parse(source, name)
        template = environment.from_string(source)
    except TemplateSyntaxError as error:
        raise BadInput(f"{name}, line {error.lineno}: {error.message}.", next_step="Mend the template.") from None
    known = {field.name for field in dataclasses.fields(Invitation)}
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
    return template
