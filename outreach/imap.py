"""Answers that lie in a mailbox on a server (IMAP), and what its Sent folder proves.

Mails are only looked at: folders are opened read-only and bodies fetched without marking them read (RFC 3501,
BODY.PEEK). How far it has read is kept in `outreach.places`, after each mail is on record: a crash reads one again,
and never skips one.
"""

import logging
import re
import ssl
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.errors import Refused, TransientError
from outreach.inbox import LARGEST_BYTES, RawMail
from outreach.mailbox import ImapServer, Tokens, examine, opened
from outreach.places import Places

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

log = logging.getLogger("greenroom.mailbox")
#: Mails whose sizes are asked for at once, and that are fetched together: as many as fit, so that memory stays flat.
_SIZED_TOGETHER, _FETCHED_TOGETHER, _BYTES_TOGETHER = 500, 50, 2 * 1024 * 1024
#: Servers count days in their own time zone.
_A_DAY = timedelta(days=1)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_OUR_ID = re.compile(r"<[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+>")


class ImapInbox:
    """The folders of one mailbox, each read on from the last mail that is on record.

    A folder read for the first time, or whose mails were numbered anew (another UIDVALIDITY), is read from the day of
    our first mail on: answers that are on record already are known by their Message-ID.
    """

    def __init__(
        self, server: ImapServer, folders: Sequence[str], places: Places, *, context: ssl.SSLContext | None = None,
        tokens: Tokens | None = None,
    ) -> None:  # fmt: skip
        self._server = server
        self._folders = folders
        self._places = places
        self._context = context
        self._tokens = tokens

    def waiting(self) -> Iterator[RawMail]:
        """New mails, oldest first, folder by folder.

        Raises TransientError where the server cannot be reached or breaks off, and for a folder that is not there,
        after the other folders were read.
        """
        since = self._places.first_mail()
        if since is None:
            return
        missing: Refused | None = None
        with opened(self._server, context=self._context, tokens=self._tokens) as box:
            for folder in self._folders:
                try:
                    validity = examine(box, folder)
                except Refused as error:
                    missing = missing or error
                    continue
                yield from self._folder(box, folder, validity, since)
        if missing is not None:
            raise TransientError(missing.message, next_step=missing.next_step)

    def done(self, mail: RawMail) -> None:
        folder, validity, uid = mail.place.rsplit("/", 2)
        self._places.keep(folder, int(validity), int(uid))

    def _folder(self, box: "BaseMailBox", folder: str, validity: int, since: datetime) -> Iterator[RawMail]:
        last = self._places.last_uid(folder, validity)
        for uids in _batches(_new_uids(box, last, since)):
            for uid, content, size in _fetched(box, uids):
                yield RawMail(f"{folder}/{validity}/{uid}", content, cut=size > LARGEST_BYTES, is_private=True)


class SentFolder:
    """What went out through a mail server that keeps a copy of each mail: a mail found there was sent.

    One that is not there may have been sent all the same (a copy takes a while, people tidy up), so that is no proof.
    `name` is that of the mailer it bears witness for.
    """

    def __init__(
        self, server: ImapServer, folder: str, *, name: str, context: ssl.SSLContext | None = None,
        tokens: Tokens | None = None,
    ) -> None:  # fmt: skip
        self._server = server
        self._folder = folder
        self._name = name
        self._context = context
        self._tokens = tokens
        self._is_out_of_reach = False

    @property
    def name(self) -> str:
        return self._name

    def sent(self, message_id: str) -> bool | None:
        """True where the mail of exactly this Message-ID is there, else None: also where the server is out of reach,
        which must not keep a person from deciding."""
        if self._is_out_of_reach or _OUR_ID.fullmatch(message_id) is None:
            return None
        try:
            with opened(self._server, context=self._context, tokens=self._tokens) as box:
                examine(box, self._folder)
                found = box.uids(f'HEADER Message-ID "{message_id}"', charset=None)
                return True if any(_id_of(box, uid) == message_id for uid in found[:20]) else None
        except (TransientError, Refused) as error:
            log.warning("the folder of sent mail was not asked, so a person has to say: %s", error.message)
            self._is_out_of_reach = True
            return None


def _new_uids(box: "BaseMailBox", last: int, since: datetime) -> list[int]:
    day = since - _A_DAY
    from_then = f"SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year}"
    # "n:*" always names the newest mail as well, however small its number.
    found = box.uids(f"UID {last + 1}:*" if last else from_then, charset=None)
    return sorted(uid for text in found if text.isdigit() and (uid := int(text)) > last)


def _batches(uids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), _SIZED_TOGETHER):
        yield uids[start : start + _SIZED_TOGETHER]


def _fetched(box: "BaseMailBox", uids: list[int]) -> Iterator[tuple[int, bytes, int]]:
    """UID, bytes (at most the first so many of a large one) and size of each mail that is still there."""
    sizes = _sizes(box, uids)
    together: list[int] = []
    weight = 0
    for uid in (uid for uid in uids if uid in sizes):
        if together and (weight + sizes[uid] > _BYTES_TOGETHER or len(together) >= _FETCHED_TOGETHER):
            yield from _bodies(box, together, sizes)
            together, weight = [], 0
        together.append(uid)
        weight += sizes[uid]
    if together:
        yield from _bodies(box, together, sizes)


def _sizes(box: "BaseMailBox", uids: list[int]) -> dict[int, int]:
    found = {}
    for line in _answer(box, uids, "(UID RFC822.SIZE)"):
        uid, size = _UID.search(line), _SIZE.search(line)
        if uid and size:
            found[int(uid[1])] = int(size[1])
    return found


def _bodies(box: "BaseMailBox", uids: list[int], sizes: dict[int, int]) -> Iterator[tuple[int, bytes, int]]:
    answer = _answer(box, uids, f"(UID BODY.PEEK[]<0.{LARGEST_BYTES}>)")
    found = {}
    for place, piece in enumerate(answer):
        if isinstance(piece, tuple):
            after = answer[place + 1] if place + 1 < len(answer) and isinstance(answer[place + 1], bytes) else b""
            uid = _UID.search(piece[0]) or _UID.search(after)
            if uid:
                found[int(uid[1])] = piece[1]
    # Servers answer in the order they like; the place on record only goes forward.
    return iter([(uid, found.pop(uid), sizes[uid]) for uid in uids if uid in found])


def _id_of(box: "BaseMailBox", uid: str) -> str:
    for piece in _answer(box, [int(uid)], "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"):
        if isinstance(piece, tuple):
            found = re.search(rb"(?i)^message-id:\s*(<[^<>\s]{1,300}>)", piece[1])
            return found[1].decode("ascii", "replace") if found else ""
    return ""


def _answer(box: "BaseMailBox", uids: list[int], asked: str) -> list[Any]:
    status, answer = box.client.uid("FETCH", ",".join(map(str, uids)), asked)
    if status != "OK":
        raise TransientError("The mailbox server gave no mails.", next_step="It goes on with the next reading.")
    return [piece for piece in answer if piece is not None]
