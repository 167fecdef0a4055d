"""What was found of a creator's followers, kept per creator for sourcing. Holds no follower; one small file each.

authenticity/<platform>-<start of the sha256 of the account key>.json
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from core.errors import BadInput
from core.files import write_atomically
from sourcing.pool import PLATFORMS, account_key

FORMAT = 1


@dataclass(frozen=True)
class Audit:
    """The likely share of followers that are not real, 0..1, with its 95 % interval: an estimate, never a measurement.

    `day` is ISO 8601; `source` the name of the file, `followers` how many it held, `model` what judged them.
    """

    platform: str
    handle: str
    day: str
    source: str
    followers: int
    share: float
    low: float
    high: float
    model: str
    calibrated: bool

    @property
    def key(self) -> str:
        return account_key(self.platform, self.handle)


def keep_audit(folder: Path, audit: Audit) -> Path:
    """Write it in place of an earlier one of the same creator. Raises OSError (a full disk, say)."""
    path = folder / _file_name(audit.key, audit.platform)
    document = {"format": FORMAT} | asdict(audit)
    write_atomically(path, json.dumps(document, ensure_ascii=True, indent=2) + "\n")
    return path


def known_shares(folder: Path) -> dict[str, Audit]:
    """Account key → the audit that is kept, in the order of the keys; empty where the folder is not there.

    Raises BadInput that names a file which is damaged.
    """
    found = [_read(path) for path in sorted(folder.glob("*.json"))]
    return {audit.key: audit for audit in sorted(found, key=lambda audit: audit.key)}


def _file_name(key: str, platform: str) -> str:
    return f"{platform}-{hashlib.sha256(key.encode()).hexdigest()[:20]}.json"


def _read(path: Path) -> Audit:
    try:
        document = json.loads(path.read_bytes())
        if document.pop("format") != FORMAT:
            raise ValueError("it was made by another version")
        audit = Audit(**document)
        shares_sound = 0 <= audit.low <= audit.share <= audit.high <= 1
        named = audit.platform in PLATFORMS and path.name == _file_name(audit.key, audit.platform)
        if not (shares_sound and named and isinstance(audit.followers, int) and audit.followers > 0):
            raise ValueError("its values are damaged")
        date.fromisoformat(audit.day)
        return audit
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput(
            f"What is known of a creator's followers in {path} cannot be read: {error}.",
            next_step="Check the sample again with --creator, or remove the file.",
        ) from None
