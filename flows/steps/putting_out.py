"""How a signed-off contract comes before its creator, by the way that was chosen; and what a provider tells later.

A provider is called between two transactions: a server far away must hold nobody up.
"""

from collections.abc import Mapping

from sqlmodel import Session

from contracts import accepting, links, provider_notices
from contracts import service as contracts
from contracts.links import What
from contracts.provider_notices import SignatureNotice, reference_of
from contracts.providers import (
    ByReply,
    Envelope,
    FolderProvider,
    OwnPage,
    SignatureProvider,
    Way,
    WebhookProvider,
    check_secret,
)
from contracts.signing_mails import language_of
from core.database import reading, unit_of_work
from core.errors import Refused, TransientError
from core.models.deals import Contract
from core.notices import is_new
from core.stages import Stage
from core.store import campaign_of, snapshot_of, the_candidate
from flows.steps import deal_news, signatures, signing_mails
from flows.wiring import Wiring
from outreach import service as outreach
from outreach.permission import address_of

__all__ = ["provider_of", "put_before", "put_out", "take_notice"]


def provider_of(w: Wiring) -> SignatureProvider:
    """The one that is chosen; its twin while dry run is on. Raises Refused where it is set up by half."""
    chosen = w.settings
    if chosen.signature_provider == "webhook":
        if chosen.dry_run:
            return FolderProvider(chosen.home / "signatures")
        return WebhookProvider(chosen.signature_url, _secret(w), w.clock)
    return OwnPage() if signing_mails.links_are_on(w) else ByReply()


def put_before(w: Wiring, contract_id: int) -> Way | None:
    """Hand the document to whoever takes the signature; None where it was withdrawn or handed over meanwhile."""
    provider = provider_of(w)
    with reading(w.engine) as session:
        contract = session.get_one(Contract, contract_id)
        if contract.status != "signed_off":
            return None
        candidate = the_candidate(session, contract.candidate_id)
        envelope = Envelope(
            reference_of(contract_id), contract.file_name, contract.docx_sha256,
            w.archive.read(contract.docx_sha256), contracts.terms_of(contract).creator_name,
            address_of(snapshot_of(session, candidate), w.clock).mail, language_of(contract),
        )  # fmt: skip
    return provider.put_before(envelope)


def put_out(session: Session, w: Wiring, contract_id: int, way: Way, *, step: str) -> None:
    """What follows on the record: a mail of ours that moves the creator once it went, or they are out at once."""
    contract = session.get_one(Contract, contract_id)
    if contract.status != "signed_off":
        return
    if way.mail == "sign":
        signing_mails.queue_first(session, w, contract, step=step)
    elif way.mail == "reply":
        _queue_reply_mail(session, w, contract, step=step)
    else:
        contracts.mark_out(session, w.clock, contract, actor="greenroom")
        links.note_of(session, w.clock, contract_id, What.HANDED_OVER, detail={"reference": way.reference})


def take_notice(w: Wiring, headers: Mapping[str, str], body: bytes) -> bool:
    """Take in what the provider tells; False where it was taken in before.

    Raises NotGenuine, BadInput, TransientError where the document is not out yet, or Refused where no provider is
    chosen or it is not out any more.
    """
    if w.settings.signature_provider != "webhook":
        raise Refused("Nothing here listens to a signature provider.", next_step="Set GREENROOM_SIGNATURE_PROVIDER.")
    notice = provider_notices.genuine(_secret(w), headers, body, now=w.clock.now())
    with unit_of_work(w.engine) as session:
        if not is_new(session, w.clock, provider_notices.SOURCE, notice.event_id, kind=notice.kind):
            return False
        _let_count(session, w, notice)
        return True


def _let_count(session: Session, w: Wiring, notice: SignatureNotice) -> None:
    contract = session.get(Contract, notice.contract_id)
    if contract is None or contract.docx_sha256 != notice.document_sha256:
        raise Refused(f"No contract {notice.contract_id} has a document with that sha256.")
    if contract.status == "signed_off":
        # Who signs at once may be faster than the transaction that notes that it went out.
        raise TransientError("That document is not noted as out yet.", next_step="Send the notice once more.")
    if notice.kind == "declined":
        accepting.decline(session, w.clock, notice.contract_id, reason=notice.reason or "said so to the provider")
        deal_news.tell(session, w, contract, deal_news.DECLINED)
        return
    links.note_of(session, w.clock, notice.contract_id, What.SIGNED, detail={"by": "provider"})
    evidence: dict[str, object] = {"how": "signature provider", "notice": notice.event_id, "said_at": notice.at,
                                   "terms_sha256": contract.terms_sha256}  # fmt: skip
    signature = contracts.record_signature(
        session, w.clock, notice.contract_id, archive=w.archive, signed_name=notice.signed_name,
        sha256=notice.document_sha256, evidence=evidence, recorded_by=accepting.CREATOR,
    )  # fmt: skip
    signing_mails.queue_signed(session, w, contract, signature)
    signatures.follow(session, w, contract, signature)


def _queue_reply_mail(session: Session, w: Wiring, contract: Contract, *, step: str) -> None:
    candidate = the_candidate(session, contract.candidate_id)
    campaign = campaign_of(session, candidate)
    sender = outreach.sender_of(candidate, campaign, w.people, w.clock.now())
    subject, text = contracts.signature_mail(contract, sender_name=sender.name)
    outreach.queue_transactional(
        session, w.clock, campaign, candidate, step=step, subject=subject, text=text, people=w.people,
        attachments=[(contract.file_name, w.archive.path_of(contract.docx_sha256))],
        needs_stage=Stage.SIGNED_OFF, moves_to=Stage.OUT_FOR_SIGNATURE,
    )  # fmt: skip


def _secret(w: Wiring) -> str:
    secret = w.settings.signature_secret.get_secret_value() if w.settings.signature_secret else ""
    check_secret(secret)
    return secret
