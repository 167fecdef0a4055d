"""Which model ranks a campaign: proposed, adopted after a sign-off, taken back. On record, and only ever added to."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core import audit
from core.clock import Clock
from core.errors import Refused
from core.models.learning import LearntModel, ModelAdoption
from sourcing.learning.model import Model

ADOPTED, REVERTED = "adopted", "reverted"


def keep_model(session: Session, clock: Clock, model: Model, sha256: str, *, actor: str) -> LearntModel:
    """Put a proposed model on record; it ranks nothing yet. The same one again changes nothing."""
    known = session.get(LearntModel, sha256)
    if known is not None:
        return known
    row = LearntModel(
        sha256=sha256, campaign=model.campaign, brand=model.brand, approved=model.approved, declined=model.declined,
        borrowed=model.borrowed, campaigns=list(model.campaigns), reviewers=model.reviewers,
        precision_at=model.precision.at, precision_without=model.precision.without,
        precision_with=model.precision.having, decisions_sha256=model.decisions, code_version=model.code_version,
        actor=actor, made_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, clock, actor=actor, action="learning.proposed", subject=f"model:{sha256}",
                 detail={"campaign": model.campaign, "decisions": model.decisions})  # fmt: skip
    return row


def adopt(session: Session, clock: Clock, sha256: str, *, actor: str, request_id: str) -> ModelAdoption:
    """From now on this model ranks its campaign. Raises Refused where it is not on record."""
    model = session.get(LearntModel, sha256)
    if model is None:
        raise Refused(
            f"There is no model {sha256[:12]} on record.", next_step="Propose one: greenroom learning propose"
        )
    row = ModelAdoption(campaign=model.campaign, sha256=sha256, what=ADOPTED, request_id=request_id, actor=actor,
                        at=clock.now())  # fmt: skip
    return _added(session, clock, row)


def decline(session: Session, clock: Clock, sha256: str, *, actor: str, request_id: str) -> None:
    """The model stays on record, unused."""
    audit.record(session, clock, actor=actor, action="learning.declined", subject=f"model:{sha256}",
                 detail={"request": request_id})  # fmt: skip


def revert(session: Session, clock: Clock, campaign: str, *, actor: str, reason: str) -> ModelAdoption:
    """Go back to the model before the one in force, or to none. Raises Refused where none is in force."""
    standing = _standing(history(session, campaign))
    if not standing:
        raise Refused(f"No learnt model is in force for {campaign}.", next_step="Its ranking is the campaign's own.")
    if not reason.strip():
        raise Refused("Going back needs a reason.", next_step="Say why in a few words, with --reason.")
    before = standing[-2] if len(standing) > 1 else None
    row = ModelAdoption(campaign=campaign, sha256=before, what=REVERTED, reason=reason.strip(), actor=actor,
                        at=clock.now())  # fmt: skip
    return _added(session, clock, row)


def model_in_force(session: Session, campaign: str) -> str | None:
    """The sha256 of the model that ranks the campaign; None where its own ranking stands alone."""
    query = select(ModelAdoption).where(ModelAdoption.campaign == campaign).order_by(col(ModelAdoption.id).desc())
    last = session.exec(query.limit(1)).first()
    return last.sha256 if last else None


def history(session: Session, campaign: str) -> Sequence[ModelAdoption]:
    """Every change of what is in force, oldest first."""
    query = select(ModelAdoption).where(ModelAdoption.campaign == campaign).order_by(col(ModelAdoption.id))
    return session.exec(query).all()


def proposals(session: Session, campaign: str) -> Sequence[LearntModel]:
    """Every model ever proposed for the campaign, newest first."""
    query = select(LearntModel).where(LearntModel.campaign == campaign)
    return session.exec(query.order_by(col(LearntModel.made_at).desc(), col(LearntModel.sha256))).all()


def _standing(rows: Sequence[ModelAdoption]) -> list[str]:
    """The models adopted and not taken back, in order; the last is in force."""
    standing: list[str] = []
    for row in rows:
        if row.what == REVERTED:
            standing.pop()
        elif row.sha256 is not None:
            standing.append(row.sha256)
    return standing


def _added(session: Session, clock: Clock, row: ModelAdoption) -> ModelAdoption:
    session.add(row)
    session.flush()
    audit.record(session, clock, actor=row.actor, action=f"learning.{row.what}", subject=f"campaign:{row.campaign}",
                 detail={"model": row.sha256, "request": row.request_id})  # fmt: skip
    return row
