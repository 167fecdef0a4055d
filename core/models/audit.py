"""The audit log: a chain in which each entry contains the hash of the one before."""

from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """Ids and hashes only, no personal data: erasing a person never breaks the chain.

    Everything that is hashed is kept as the text that was hashed, so that verifying needs no re-formatting.
    """

    __tablename__ = "audit_entry"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str
    actor: str
    action: str
    subject: str = Field(index=True)
    detail: str
    previous: str
    hash: str = Field(unique=True)
