"""The scripted creator of the demo who changes the contract before sending it back, and what legal says to it.

Invented, and said to be. The file is made here; everything else goes through the same doors as a real one.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from core.database import reading
from core.errors import PermanentError
from core.files import write_atomically
from core.models.candidates import Candidate
from core.people import Role
from core.stages import Stage
from core.store import account_name, stored_campaign
from flows.steps import returned, review
from flows.wiring import Wiring

#: In the demo's folder: the file that came back, and the page with both texts.
FOLDER = "came-back"
_TEXT = "word/document.xml"
#: What this creator changes: for how long their content may be shown, and a sentence they would rather not have.
_EDITS = ((r"For \d+ days from each post", "For 7 days from each post"), (r" We look at the posts[^.<]*\.", ""))


@dataclass(frozen=True)
class SentBack:
    """Whose contract came back, how many changes were found, and what legal cannot accept of it."""

    creator: str
    changes: int
    touches: tuple[str, ...]
    legal: str


def one_is_sent_back(w: Wiring, slug: str) -> SentBack:
    """One scripted creator edits the contract they have, the sender compares it, and legal keeps our text."""
    with reading(w.engine) as session:
        waiting = select(Candidate).where(Candidate.campaign == slug, Candidate.stage == Stage.OUT_FOR_SIGNATURE)
        candidate = session.exec(waiting.order_by(col(Candidate.rank)).limit(1)).one()
        creator, campaign = account_name(session, candidate), stored_campaign(session, slug)
        _, contract = returned.contract_of(session, slug, creator)
    file = w.settings.home / FOLDER / contract.file_name
    write_atomically(file, _edited(w.archive.read(contract.docx_sha256), name=contract.file_name))
    sender, legal = (w.people.holder(campaign, role, w.clock.now()) for role in (Role.SENDER, Role.LEGAL))
    found = returned.take_in(w, slug, creator, file.read_bytes(), name=file.name, actor=sender)
    write_atomically(page_of(file), found.page)
    if found.request is None:
        raise PermanentError(f"The demo's edits to {file.name} were not found.")
    reason = "what was agreed stands, and we have to see that posts are marked"
    review.decide(w, found.request.id, "decline", actor=legal, door="script", reason=reason)
    return SentBack(creator, len(found.comparison.outside), found.touches, legal.name)


def page_of(file: Path) -> Path:
    """Where the comparison of a file lies."""
    return file.with_name(f"{file.stem}-compared.html")


def _edited(document: bytes, *, name: str) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            if part == _TEXT:
                text = content.decode()
                for old, new in _EDITS:
                    text, times = re.subn(old, new, text, count=1)
                    if not times:
                        raise PermanentError(f"The demo looks for {old!r} in {name}, which does not say it.")
                content = text.encode()
            target.writestr(part, content)
    return result.getvalue()
