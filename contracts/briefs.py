"""The content brief and the onboarding sheet: what they say beyond the contract, their versions, and which went out.

What they say follows from the campaign and the contract's terms alone (`brief_of`, pure); a version is a document in
the archive, never changed. Knows nothing of who signed a campaign's brief off: whoever asks for one tells; nor of mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from contracts import links
from contracts.archive import Archive
from contracts.documents import Renderer, check
from contracts.languages import Language
from contracts.links import What
from contracts.templates import Template, Templates
from contracts.terms import Brief, Terms
from core import audit
from core.campaign import Campaign
from core.clock import Clock
from core.errors import PermanentError, Refused
from core.models.briefs import BriefDocument
from core.models.deals import Contract
from core.models.signing import SigningEvent
from core.money import Money

Kind = Literal["brief", "onboarding"]
KINDS: tuple[Kind, ...] = ("brief", "onboarding")

#: What is said where the campaign file says nothing of its own: English, German, Spanish.
_WORDS = {
    "call to action": ("Buy at {site} with the code {code}", "Mit dem Code {code} bei {site} einkaufen",
                       "Compra en {site} con el código {code}"),
    "landing": ("{site}; your link adds what tells us that a sale is yours",
                "{site}; dein Link ergänzt, woran wir deine Verkäufe erkennen",
                "{site}; tu enlace añade lo que nos dice que la venta es tuya"),
    "checkout": ("Enter {code} in the field for codes; through your link it counts without the code too",
                 "{code} in das Feld für Codes eintragen; über deinen Link zählt es auch ohne Code",
                 "Escribe {code} en el campo de códigos; por tu enlace cuenta también sin el código"),
    "example": ("“{disclosure}: {angle}”", "„{disclosure}: {angle}“", "«{disclosure}: {angle}»"),
    "commission": ("“{disclosure}. I earn a commission if you buy with {code}.”",
                   "„{disclosure}. Wenn du mit {code} kaufst, bekomme ich eine Provision.“",
                   "«{disclosure}. Si compras con {code}, gano una comisión.»"),
    "cost per incremental sale": ("what each additional sale costs", "was jeder zusätzliche Verkauf kostet",
                                  "lo que cuesta cada venta adicional"),
    "store visits per campaign": ("visits to the store during the campaign", "Besuche im Laden während der Kampagne",
                                  "visitas a la tienda durante la campaña"),
    "conversion per creator": ("how many of those who tap your link buy", "wie viele über deinen Link kaufen",
                               "cuántas personas compran desde tu enlace"),
}  # fmt: skip


@dataclass(frozen=True)
class SignedBrief:
    """Who signed off the campaign's creative brief, when, and by which request: exactly the content in force."""

    by: str
    at: datetime
    request_id: str


def brief_of(campaign: Campaign, terms: Terms) -> Brief:
    """What brief and onboarding sheet say of this deal; where the campaign's [brief] is silent, what follows from the
    rest of it. Pure."""
    said, site = campaign.brief, campaign.tracking.landing_url.removeprefix("https://")
    examples = said.disclosure_examples or _examples(campaign, terms)
    return Brief(
        objectives=said.objectives or (campaign.goal.outcome,),
        call_to_action=said.call_to_action or _said("call to action", terms, site=site, code=terms.code),
        landing=said.landing or _said("landing", terms, site=site),
        checkout=said.checkout or _said("checkout", terms, code=terms.code),
        hooks=said.hooks or (campaign.outreach.angle,),
        formats=said.formats,
        hashtag=said.hashtag,
        kpi=_said(campaign.measurement.kpi, terms) if campaign.measurement.kpi else "",
        disclosure_examples=examples,
    )


def with_brief(campaign: Campaign, terms: Terms, *, language: Language, version: int, reference: str) -> Terms:
    """The contract's terms with what the two sheets say besides, in that language. Pure."""
    asked = campaign.deliverables_in(language)
    standard = terms.deliverables == campaign.offer.deliverables
    told = terms.model_copy(update={
        "language": language, "version": version, "reference": reference,
        "deliverables": asked if asked and standard else terms.deliverables,
    })  # fmt: skip
    return Terms.model_validate(told.model_dump() | {"brief": brief_of(campaign, told).model_dump()})


def make(
    session: Session, clock: Clock, campaign: Campaign, contract: Contract, kind: Kind, *, language: Language,
    renderer: Renderer, templates: Templates, archive: Archive, signed: SignedBrief, actor: str,
) -> BriefDocument:  # fmt: skip
    """The brief or onboarding sheet of a creator: the one on record where its words are the same, else a new version.

    The former version is void then, and stays in the archive. Raises Refused where template or terms forbid it.
    """
    template_id = f"{kind}-{language}"
    # A sheet guarantees nothing, in whatever currency its template was approved.
    nothing = Money.of_minor(0, templates.limit(template_id).currency)
    template = templates.usable(template_id, spend=nothing, on=clock.now().date())
    former = current(session, contract.candidate_id, kind)
    base = Terms.model_validate(contract.terms)
    reference = f"{base.reference}-{kind}"
    version = former.version if former else 1
    terms = with_brief(campaign, base, language=language, version=version, reference=reference)
    if former is not None:
        if (former.terms_sha256, former.template_sha256) == (terms.sha256, template.sha256):
            archive.read(former.docx_sha256)
            return former
        terms = terms.model_copy(update={"version": former.version + 1})
        former.status = "void"
        session.add(former)
        session.flush()
    document = _document(renderer, template, terms)
    name = f"{contract.file_name.rpartition('-v')[0]}-{kind}-v{terms.version}.docx"
    made = BriefDocument(
        candidate_id=contract.candidate_id, campaign=campaign.slug, kind=kind, version=terms.version, status="current",
        contract_id=contract.id or 0, campaign_hash=campaign.hash, template=template.id,
        template_sha256=archive.keep(template.content), terms=terms.model_dump(mode="json"), terms_sha256=terms.sha256,
        docx_sha256=archive.keep(document), file_name=name, approved_by=signed.by,
        approved_at=signed.at, request_id=signed.request_id, made_by=actor, created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, clock, actor=actor, action=f"{kind}.made", subject=f"brief:{made.id}",
                 detail={"candidate": made.candidate_id, "version": made.version, "docx": made.docx_sha256,
                         "request": signed.request_id})  # fmt: skip
    return made


def is_current(campaign: Campaign, contract: Contract, sheet: BriefDocument) -> bool:
    """Whether a sheet, made again in its language, would say the same words; its template is not looked at. Pure."""
    if sheet.campaign_hash == campaign.hash:
        return True  # made of the very same content; a thousand deals are looked at every few minutes
    base = Terms.model_validate(contract.terms)
    now = with_brief(campaign, base, language=sheet.terms["language"], version=sheet.version,
                     reference=f"{base.reference}-{sheet.kind}")  # fmt: skip
    return now.sha256 == sheet.terms_sha256


def went_out(
    session: Session, clock: Clock, contract: Contract, sheets: Sequence[BriefDocument], *, by: str, step: str = ""
) -> None:
    """These sheets go to their creator: in the mail of that `step`, or handed over by whom `by` names."""
    detail: dict[str, object] = {"by": by, "step": step, "sheets": [sheet.id for sheet in sheets]}
    links.note_of(session, clock, contract.id or 0, What.BRIEFED, detail=detail)
    action = "put_in_a_mail" if step else "handed_over"
    for sheet in sheets:
        audit.record(session, clock, actor=by, action=f"{sheet.kind}.{action}", subject=f"brief:{sheet.id}",
                     detail={"candidate": sheet.candidate_id, "docx": sheet.docx_sha256})  # fmt: skip


def outings(session: Session, contracts: Sequence[int]) -> dict[int, list[SigningEvent]]:
    """Each time sheets went out under these contracts, oldest first: `by`, `step` and `sheets` (ids) in its detail."""
    query = select(SigningEvent).where(col(SigningEvent.contract_id).in_(contracts), SigningEvent.what == What.BRIEFED)
    found: dict[int, list[SigningEvent]] = {}
    for event in session.exec(query.order_by(col(SigningEvent.id))):
        found.setdefault(event.contract_id, []).append(event)
    return found


def current(session: Session, candidate_id: int, kind: Kind) -> BriefDocument | None:
    """The newest version, which counts."""
    query = select(BriefDocument).where(BriefDocument.candidate_id == candidate_id, BriefDocument.kind == kind)
    return session.exec(query.order_by(col(BriefDocument.version).desc()).limit(1)).first()


def language_of(wished: str, terms: Terms) -> Language:
    """The language asked for, else the contract's. Raises Refused for one that no sheet is written in."""
    known: dict[str, Language] = {"en": "en", "de": "de", "es": "es"}
    if not wished:
        return terms.language
    if wished not in known:
        raise Refused(f"No brief is written in {wished!r}.", next_step="Choose en, de or es.")
    return known[wished]


def _examples(campaign: Campaign, terms: Terms) -> tuple[str, ...]:
    first = _said("example", terms, disclosure=terms.disclosure, angle=campaign.outreach.angle)
    if not terms.commission_percent:
        return (first,)
    return first, _said("commission", terms, disclosure=terms.disclosure, code=terms.code)


def _said(what: str, terms: Terms, **words: str) -> str:
    return _WORDS[what][("en", "de", "es").index(terms.language)].format(**words)


def _document(renderer: Renderer, template: Template, terms: Terms) -> bytes:
    document = renderer.render(template, terms)
    if problems := check(document, template, terms):
        raise PermanentError(
            f"{terms.reference} did not come out as its template says: {'; '.join(problems[:3])}.",
            next_step=f"Nothing was made. Look at template {template.id} in Word.",
        )
    return document
