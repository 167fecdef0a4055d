"""The record: every table of the journey from file to signature."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def _columns(kind: sa.types.TypeEngine[Any]) -> Callable[..., sa.Column[Any]]:
    def column(name: str, *references: sa.ForeignKey, nullable: bool = False, **more: Any) -> sa.Column[Any]:
        return sa.Column(name, kind, *references, nullable=nullable, **more)

    return column


text = _columns(sa.String())
flag = _columns(sa.Boolean())
large = _columns(sa.BigInteger())
number = _columns(sa.Integer())
share = _columns(sa.Float())
moment = _columns(sa.DateTime(timezone=True))
day = _columns(sa.Date())
structure = _columns(sa.JSON().with_variant(JSONB(), "postgresql"))


# Names of keys and constraints follow the naming convention of the models.
# fmt: off
def upgrade() -> None:
    op.create_table(
        "account",
        number("id", primary_key=True), text("platform"), text("key"), text("handle"),
        sa.UniqueConstraint("platform", "key"),
    )
    op.create_table(
        "audit_entry",
        number("seq", primary_key=True, autoincrement=False), text("at"), text("actor"), text("action"),
        text("subject"), text("detail"), text("previous"), text("hash", unique=True),
    )
    op.create_table(
        "campaignversion",
        text("hash", primary_key=True), text("slug", index=True), text("brand"), text("content"),
        moment("stored_at"),
    )
    op.create_table(
        "creator",
        text("id", primary_key=True), text("name"),
        text("merged_into", sa.ForeignKey("creator.id"), nullable=True), moment("created_at"),
    )
    op.create_table(
        "job",
        number("id", primary_key=True), text("kind", index=True), text("key"), structure("payload"),
        text("status", index=True), number("attempts"), number("refusals"), moment("not_before"),
        moment("lease_until", nullable=True), text("last_error"), moment("created_at"),
        moment("done_at", nullable=True), sa.UniqueConstraint("kind", "key"),
    )
    op.create_table(
        "suppression",
        text("key_hash", primary_key=True), text("kind"), text("why"), moment("at"),
    )
    op.create_table(
        "accountlink",
        number("id", primary_key=True), number("account_id", sa.ForeignKey("account.id"), index=True),
        text("creator_id", sa.ForeignKey("creator.id"), index=True), moment("since"),
        moment("until", nullable=True), text("evidence"),
    )
    op.create_table(
        "campaign_adoption",
        number("id", primary_key=True), text("slug", index=True), number("cycle"),
        text("hash", sa.ForeignKey("campaignversion.hash")), text("run_id", nullable=True), text("actor"),
        moment("at"),
    )
    op.create_table(
        "sourcing_run",
        text("run_id", primary_key=True), text("campaign", index=True),
        text("campaign_hash", sa.ForeignKey("campaignversion.hash")), text("pool_version"), structure("funnel"),
        text("actor"), moment("at"),
    )
    op.create_table(
        "candidate",
        number("id", primary_key=True), text("campaign", index=True), number("cycle"), text("brand", index=True),
        text("creator_id", sa.ForeignKey("creator.id"), index=True),
        number("account_id", sa.ForeignKey("account.id")), text("stage", index=True),
        text("returns_to", nullable=True), moment("held_until", nullable=True),
        text("run_id", sa.ForeignKey("sourcing_run.run_id")), number("rank"), text("sender", nullable=True),
        moment("entered_stage_at"), sa.UniqueConstraint("campaign", "cycle", "creator_id"),
    )
    op.create_table(
        "longlist_entry",
        text("run_id", sa.ForeignKey("sourcing_run.run_id"), primary_key=True), number("rank", primary_key=True),
        text("platform"), text("handle"), share("fit"), share("coverage"), structure("reasons"), structure("card"),
    )
    op.create_table(
        "message",
        number("id", primary_key=True), number("candidate_id", sa.ForeignKey("candidate.id"), index=True),
        text("campaign", index=True), text("step"), text("category"), text("sender"), text("recipient"),
        text("recipient_key", index=True), text("recipient_name"), text("subject"), text("text"),
        text("message_id", unique=True), structure("headers"), structure("attachments"), text("template"),
        text("template_sha256"), structure("facts"), day("answer_by", nullable=True),
        text("needs_stage", nullable=True), text("moves_to", nullable=True), text("withdrawn"),
        text("status", index=True), number("attempts"), moment("not_before", nullable=True), text("detail"),
        moment("created_at"), moment("sent_at", nullable=True), sa.UniqueConstraint("candidate_id", "step"),
    )
    op.create_table(
        "offer",
        number("id", primary_key=True), number("candidate_id", sa.ForeignKey("candidate.id"), index=True),
        text("campaign", index=True), number("version"), text("status"), structure("terms"), text("terms_sha256"),
        large("cost_minor"), text("currency"), text("beyond"), flag("over_budget"), text("note"),
        text("offered_by"), text("approved_by", nullable=True), text("answer"), moment("created_at"),
        moment("answered_at", nullable=True), sa.UniqueConstraint("candidate_id", "version"),
    )
    op.create_table(
        "request",
        text("id", primary_key=True), text("kind"), text("subject"), text("campaign", index=True),
        number("candidate_id", sa.ForeignKey("candidate.id"), nullable=True, index=True), text("content_sha256"),
        structure("card"), text("role"), text("assignee", index=True), text("requested_by"), flag("four_eyes"),
        text("status"), moment("asked_at"), moment("first_reminder_at"), moment("second_reminder_at"),
        moment("due_at"), text("choice", nullable=True), text("reason"), text("decided_by", nullable=True),
        text("door", nullable=True), moment("decided_at", nullable=True), text("void_reason"),
    )
    op.create_index("ix_request_to_remind", "request", ["status", "first_reminder_at"])
    op.create_index(
        "one_open_request", "request", ["kind", "subject"], unique=True,
        sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "reservation",
        number("id", primary_key=True), text("brand", index=True),
        text("creator_id", sa.ForeignKey("creator.id"), index=True),
        number("candidate_id", sa.ForeignKey("candidate.id")), moment("until"),
        moment("released_at", nullable=True), sa.UniqueConstraint("candidate_id"),
    )
    op.create_table(
        "snapshot",
        number("id", primary_key=True), number("candidate_id", sa.ForeignKey("candidate.id"), index=True),
        text("field"), structure("value"), text("source"), text("kind"), moment("fetched_at"),
        moment("expires_at", nullable=True), sa.UniqueConstraint("candidate_id", "field"),
    )
    op.create_table(
        "stage_change",
        number("id", primary_key=True), number("candidate_id", sa.ForeignKey("candidate.id"), index=True),
        text("came_from", nullable=True), text("went_to"), moment("at"), text("actor"), text("reason"),
        text("request_id", nullable=True),
    )
    op.create_table(
        "tracking_link",
        number("candidate_id", sa.ForeignKey("candidate.id"), primary_key=True), text("code", unique=True),
        text("short", unique=True), text("url"), moment("minted_at"),
    )
    op.create_table(
        "budget_commitment",
        number("offer_id", sa.ForeignKey("offer.id"), primary_key=True), text("campaign", index=True),
        large("amount_minor"), text("currency"), moment("at"),
    )
    op.create_table(
        "contract",
        number("id", primary_key=True), number("candidate_id", sa.ForeignKey("candidate.id"), index=True),
        text("campaign", index=True), number("version"), text("status"),
        number("offer_id", sa.ForeignKey("offer.id")),
        text("campaign_hash", sa.ForeignKey("campaignversion.hash")), text("template"), text("template_sha256"),
        structure("template_approval"), structure("terms"), text("terms_sha256"), text("docx_sha256", index=True),
        text("file_name"), text("decided_by", nullable=True), moment("decided_at", nullable=True), text("reason"),
        moment("created_at"), sa.UniqueConstraint("candidate_id", "version"),
    )
    op.create_table(
        "reminder",
        number("id", primary_key=True), text("request_id", sa.ForeignKey("request.id")), number("level"),
        text("recipient"), moment("at"), sa.UniqueConstraint("request_id", "level", "recipient"),
    )
    op.create_table(
        "reply",
        number("id", primary_key=True), text("mail_id", unique=True),
        number("message_id", sa.ForeignKey("message.id"), nullable=True, index=True),
        number("candidate_id", sa.ForeignKey("candidate.id"), nullable=True, index=True), text("sender"),
        text("kind"), text("because"), text("text"), moment("received_at"),
    )
    op.create_table(
        "send_attempt",
        number("id", primary_key=True), number("message_id", sa.ForeignKey("message.id"), index=True),
        text("worker"), text("via"), moment("started_at"), moment("lease_until"),
        moment("ended_at", nullable=True), text("outcome"), text("detail"),
    )
    op.create_table(
        "send_slot",
        text("sender", primary_key=True), day("day", primary_key=True), number("number", primary_key=True),
        number("message_id", sa.ForeignKey("message.id"), index=True),
    )
    op.create_table(
        "signature",
        number("contract_id", sa.ForeignKey("contract.id"), primary_key=True), text("signed_name"),
        text("docx_sha256"), structure("evidence"), text("recorded_by"), moment("at"),
    )
