"""How far each folder of a mailbox was read, on record; and from when on there is anything to read at all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, select

from core.clock import Clock
from core.database import reading, unit_of_work
from core.models.listening import MailboxPlace
from core.models.outreach import Message


@dataclass(frozen=True)
class Places:
    """The places of one mailbox, named `user@host`."""

    engine: Engine
    clock: Clock
    mailbox: str

    def last_uid(self, folder: str, validity: int) -> int:
        """The last mail read of a folder; 0 where it was never read, or its mails were numbered anew since."""
        with reading(self.engine) as session:
            place = session.get(MailboxPlace, (self.mailbox, folder))
            return place.last_uid if place is not None and place.uid_validity == validity else 0

    def keep(self, folder: str, validity: int, uid: int) -> None:
        """Everything up to `uid` is on record; under the same validity a place never goes back."""
        with unit_of_work(self.engine) as session:
            place = session.get(MailboxPlace, (self.mailbox, folder))
            if place is None:
                place = MailboxPlace(mailbox=self.mailbox, folder=folder, uid_validity=validity, last_uid=uid,
                                     at=self.clock.now())  # fmt: skip
            goes_back = place.uid_validity == validity and place.last_uid > uid
            place.uid_validity, place.at = validity, self.clock.now()
            place.last_uid = place.last_uid if goes_back else uid
            session.add(place)

    def first_mail(self) -> datetime | None:
        """When the first of our mails was written; no answer is older. None where there is none."""
        with reading(self.engine) as session:
            query = select(Message.created_at).order_by(col(Message.created_at)).limit(1)
            return session.exec(query).first()
