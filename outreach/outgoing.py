"""A message of the ledger as a mail for the wire: what is stored is what is sent."""

import hashlib
from datetime import datetime
from pathlib import Path

from core.errors import BadInput
from core.mailer import Address, Attachment, OutgoingMail
from core.models.outreach import Message
from core.people import Person


def outgoing(message: Message, sender: Person, *, at: datetime) -> OutgoingMail:
    """The stored message as a mail. Raises BadInput where an attachment is gone or is not the one that was queued."""
    return OutgoingMail(
        sender=Address.checked(sender.mail, sender.name),
        recipient=Address(message.recipient_name, message.recipient),
        subject=message.subject,
        text=message.text,
        html=message.html or None,
        message_id=message.message_id,
        date=at,
        headers=message.headers,
        attachments=tuple(_attachment(entry) for entry in message.attachments),
    )


def _attachment(entry: dict[str, str]) -> Attachment:
    try:
        content = Path(entry["path"]).read_bytes()
    except OSError as error:
        raise BadInput(f"The file {entry['name']} cannot be read: {error.strerror}.") from None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise BadInput(f"The file {entry['name']} was changed since the mail was written.")
    return Attachment(entry["name"], entry["media_type"], content)
