"""Telling the team by mail what a creator did: signed, declined, let a date go by. To ops and whoever writes to them;
that nobody signs for the company is ops' matter alone.

Each piece of news is told once to each person. Knows nothing of pages; what happened is on record already.
"""

import logging
from contextlib import ExitStack

from sqlmodel import Session, col, select

from approvals.kinds import Kind
from contracts import service as contracts
from contracts.certificate import certificate_name
from contracts.countersigning import countersigner_of
from contracts.languages import long_date
from contracts.links import What
from contracts.words import clean
from core import jobs
from core.database import reading
from core.errors import GreenroomError, OutcomeUnknown
from core.mailer import Address, Attachment, Mailer, OutgoingMail, ServerUnusable, message_id_for
from core.models.approvals import Request
from core.models.deals import Contract, Signature
from core.models.jobs import Job
from core.models.signing import SigningEvent
from core.people import Person, Role
from core.store import campaign_of, creator_of, the_candidate
from flows.effects import CHANGES_ACCEPTED, CHANGES_DECLINED, NEWS_JOB, NOT_COUNTERSIGNED
from flows.steps.work import finish, next_job, put_back
from flows.wiring import Wiring
from outreach import service as outreach

log = logging.getLogger("greenroom.signing")
#: Payload of the jobs: news, contract and person (ids; "" is whoever holds ops when the mail goes), and the campaign.
SIGNED, DECLINED, UNSIGNED, LATE = "signed", "declined", "unsigned", "late"
NO_COUNTERSIGNER = "no countersigner"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def tell(session: Session, w: Wiring, contract: Contract, news: str) -> None:
    """Ops and the creator's sender hear of it with the next round."""
    candidate = the_candidate(session, contract.candidate_id)
    campaign = campaign_of(session, candidate)
    ops = w.people.holder(campaign, Role.OPS, w.clock.now())
    sender = outreach.sender_of(candidate, campaign, w.people, w.clock.now())
    for person in dict.fromkeys((ops.id, sender.id)):
        payload: dict[str, object] = {"news": news, "contract": contract.id, "recipient": person,
                                      "campaign": contract.campaign}  # fmt: skip
        jobs.start(session, w.clock, kind=NEWS_JOB, key=f"{news}:{contract.id}:{person}", payload=payload)


def tell_ops(session: Session, w: Wiring, contract: Contract, news: str) -> None:
    """Whoever holds ops when the mail goes hears of it, once."""
    payload: dict[str, object] = {"news": news, "contract": contract.id, "recipient": "", "campaign": contract.campaign}
    jobs.start(session, w.clock, kind=NEWS_JOB, key=f"{news}:{contract.id}", payload=payload)


def send_news(w: Wiring) -> int:
    """Mail what the team has not heard yet; returns how many mails left. Raises TransientError where none can."""
    sent = 0
    with ExitStack() as opened:
        mailer: Mailer | None = None
        while (job := next_job(w, NEWS_JOB)) is not None:
            try:
                mailer = mailer or opened.enter_context(w.mailer())
                mailer.send(_mail(w, job, _recipient(w, job)))
                sent += 1
            except ServerUnusable as trouble:
                put_back(w, job, trouble)
                raise
            except OutcomeUnknown as unknown:
                log.warning("%s may or may not have arrived: %s", job.key, unknown)
            except GreenroomError as refusal:
                put_back(w, job, refusal)
                continue
            finish(w, job)
    return sent


def _recipient(w: Wiring, job: Job) -> Person:
    if job.payload["recipient"]:
        return w.people.named(str(job.payload["recipient"]))
    with reading(w.engine) as session:
        contract = session.get_one(Contract, int(job.payload["contract"]))
        campaign = campaign_of(session, the_candidate(session, contract.candidate_id))
    return w.people.holder(campaign, Role.OPS, w.clock.now())


def _mail(w: Wiring, job: Job, person: Person) -> OutgoingMail:
    with reading(w.engine) as session:
        contract = session.get_one(Contract, int(job.payload["contract"]))
        subject, text = _words(session, contract, str(job.payload["news"]), person)
        files = _files(session, w, contract) if job.payload["news"] == SIGNED else ()
    return OutgoingMail(
        sender=Address.checked(person.mail, "Greenroom"), recipient=Address.checked(person.mail, person.name),
        subject=subject, text=text, attachments=files, date=w.clock.now(),
        message_id=message_id_for(f"deal-news/{job.key}", Address.checked(person.mail).domain),
    )  # fmt: skip


def _words(session: Session, contract: Contract, news: str, person: Person) -> tuple[str, str]:
    candidate = the_candidate(session, contract.candidate_id)
    who = " ".join(creator_of(session, candidate).name.split())
    terms = contracts.terms_of(contract)
    last = long_date(terms.post_until)
    said, next_step = {
        SIGNED: (f"{who} has signed the agreement for {terms.campaign_name}. Document and evidence are attached.",
                 "Send the product and the brief, if they have not gone yet."),
        DECLINED: (f"{who} will not sign the agreement for {terms.campaign_name}. They say: "
                   f"{_reason(session, contract)}",
                   "Write to them if it can be mended; what the deal bound of the budget is free again."),
        UNSIGNED: (f"{who} has been reminded twice and has not signed the agreement for {terms.campaign_name}.",
                   f"Ask them yourself, or send a new link: greenroom contracts link {contract.campaign} CREATOR"),
        LATE: (f"The posts of {who} for {terms.campaign_name} were due by {last}, and none is on record.",
               "Ask them for the link to what they posted."),
        NOT_COUNTERSIGNED: (f"{countersigner_of(contract)} will not sign the agreement with {who} for "
                            f"{terms.company_name}. They say: {_refusal(session, contract, Kind.COUNTERSIGNATURE)}",
                            "Talk to them and to legal: the creator has signed, and waits for our signature."),
        CHANGES_ACCEPTED: (f"Legal accepts what {who} changed in the agreement for {terms.campaign_name}: exactly that "
                           "file, and a signed one that says the same, may be recorded.",
                           f"Record it: greenroom contracts signed {contract.campaign} CREATOR --name NAME --file F"),
        CHANGES_DECLINED: (f"Legal keeps our text of the agreement with {who} for {terms.campaign_name}. They say: "
                           f"{_refusal(session, contract, Kind.RETURNED)}",
                           "Tell the creator, and ask for our document signed as it was sent. What was agreed changes "
                           f"by another offer alone: greenroom deal reopen {contract.campaign} CREATOR"),
        NO_COUNTERSIGNER: (f"{who} has signed the agreement for {terms.campaign_name}. Nobody was asked to sign it for "
                           f"{terms.company_name}: the people file does not know {countersigner_of(contract)}, whom "
                           "the template names.",
                           "Ask legal who signs for the company instead, and have the template name them."),
    }[news]  # fmt: skip
    subject = {SIGNED: f"Signed: {who}", DECLINED: f"Will not sign: {who}", UNSIGNED: f"Still unsigned: {who}",
               LATE: f"Posts overdue: {who}", NOT_COUNTERSIGNED: f"Not signed for the company: {who}",
               CHANGES_ACCEPTED: f"Changes accepted: {who}", CHANGES_DECLINED: f"Our text stays: {who}",
               NO_COUNTERSIGNER: f"Nobody signs for the company: {who}"}[news]  # fmt: skip
    return f"{subject}, {terms.campaign_name}", f"Hello {person.name},\n\n{said}\n\nNext: {next_step}\n"


def _reason(session: Session, contract: Contract) -> str:
    query = select(SigningEvent).where(SigningEvent.contract_id == contract.id, SigningEvent.what == What.DECLINED)
    found = session.exec(query.order_by(col(SigningEvent.id).desc()).limit(1)).first()
    return str(found.detail.get("reason", "")) if found else ""


def _refusal(session: Session, contract: Contract, kind: Kind) -> str:
    query = select(Request).where(Request.kind == kind, Request.subject == f"contract:{contract.id}")
    found = session.exec(query.where(Request.choice == "decline").order_by(col(Request.decided_at).desc())).first()
    return clean(found.reason) if found else ""


def _files(session: Session, w: Wiring, contract: Contract) -> tuple[Attachment, ...]:
    signature = session.get_one(Signature, contract.id)
    found = [Attachment(contract.file_name, _DOCX, w.archive.read(contract.docx_sha256))]
    if kept := signature.evidence.get("certificate_sha256"):
        found.append(Attachment(certificate_name(contract), _DOCX, w.archive.read(kept)))
    return tuple(found)
