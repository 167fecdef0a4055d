"""The public face: check a sample, train on audits, keep what was found. DuckDB and scikit-learn load when needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.clock import Clock
from core.errors import BadInput, WrongUsage
from core.platforms import account_said
from sourcing.followers.estimate import Estimate, estimate
from sourcing.followers.forest import FILE_NAME, Forest, load_forest, save_forest
from sourcing.followers.kept import Audit, keep_audit
from sourcing.handles import is_handle, normal_handle
from sourcing.pool import PLATFORMS

if TYPE_CHECKING:
    from sourcing.followers.reading import ReadSample


@dataclass(frozen=True)
class Checked:
    """One sample: what was read of it, what it says, and what was kept for a creator."""

    read: "ReadSample"
    found: Estimate
    audit: Audit | None
    kept_in: Path | None


@dataclass(frozen=True)
class Trained:
    """A model that was stored, and the files it learnt from."""

    read: tuple["ReadSample", ...]
    forest: Forest
    stored_in: Path


def audits_folder(home: Path) -> Path:
    """Where `known_shares` finds what was kept."""
    return home / "authenticity"


def model_file(home: Path) -> Path:
    return home / "models" / FILE_NAME


def check_sample(
    home: Path, file: Path, clock: Clock, *, creator: str | None = None, standard_rules: bool = False
) -> Checked:
    """Judge the followers in `file`; with `creator` ("platform:handle") the share is kept for sourcing.

    Raises BadInput (the file, or the stored model) or WrongUsage (the creator's name).
    """
    from sourcing.followers.reading import read_sample

    account = named_creator(creator) if creator is not None else None
    forest = None if standard_rules else load_forest(model_file(home))
    read = read_sample(file)
    found = estimate(read.sample, forest)
    if account is None:
        return Checked(read, found, None, None)
    likely, (platform, handle) = found.likely, account
    audit = Audit(
        platform, handle, clock.now().date().isoformat(), Path(read.file).name, found.followers, likely.share,
        likely.low, likely.high, found.model, found.calibrated,
    )  # fmt: skip
    return Checked(read, found, audit, keep_audit(audits_folder(home), audit))


def train(home: Path, files: Sequence[Path], clock: Clock, *, label: str = "fake") -> Trained:
    """Learn from files of followers that somebody judged, and store the model. Raises BadInput: nothing changed."""
    from sourcing.followers.reading import read_sample
    from sourcing.followers.training import train_forest

    if len({file.resolve() for file in files}) < len(files):
        raise BadInput("The same file is given twice.", next_step="Give every file of audits once.")
    read = tuple(read_sample(file, label=label) for file in files)
    forest = train_forest(read, day=clock.now().date())
    save_forest(model_file(home), forest)
    return Trained(read, forest, model_file(home))


def named_creator(words: str) -> tuple[str, str]:
    """(platform, handle) of "platform:handle". Raises WrongUsage."""
    platform, said = account_said(words)
    handle = normal_handle(said, platform)
    if platform not in PLATFORMS or not is_handle(handle, platform):
        raise WrongUsage(
            f"{words!r} is no creator.", next_step=f"Write platform:handle, with one of {', '.join(PLATFORMS)}."
        )
    return platform, handle
