"""A learnt model as a file: plain JSON, named by its hash, checked whenever it is read. No code in it, no pickle.

Holds weights of hashed words, words that at least `features.SHARED_BY` profiles use, and hashes of what it learnt
from. No handle, name or text of anybody.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BadInput, Refused
from core.files import write_atomically
from sourcing.learning.examples import Asked
from sourcing.learning.features import LAYOUT, WORDS, Encoder, Floats, Usage

_ANEW = "Go back with: greenroom learning revert CAMPAIGN --reason \u2026, or let a new one be made: learning propose."


@dataclass(frozen=True)
class Precision:
    """Share of approved among the best `at` (0..1), without and with the model, on decisions it was not shown.

    `low`, `high`: 90 % interval of the difference. `split` says how decisions were kept apart.
    """

    at: int
    without: float
    having: float
    low: float
    high: float
    split: str

    @property
    def lift(self) -> float:
        return self.having - self.without


@dataclass(frozen=True)
class Calibration:
    """Likelihood of an approval = 1 / (1 + exp(-(slope x + shift))) of the log-odds x (Platt). `brier` 0 is perfect,
    `brier_without` is that of always saying the share of approvals. None of it where `why_not` says why."""

    slope: float = 1.0
    shift: float = 0.0
    decisions: int = 0
    brier: float = 0.0
    brier_without: float = 0.0
    why_not: str = ""


@dataclass(frozen=True)
class Model:
    """One proposal how to rank a campaign. `pushes` are the shared words and numbers that weigh most, with the
    log-odds they move a creator by; `usual_place` is what country and language move the decided ones by on average,
    `common` what everybody is moved by;    `decisions` is a hash of what was learnt from."""

    campaign: str
    brand: str
    asked: Asked
    encoder: Encoder
    weights: Floats
    approved: int
    declined: int
    borrowed: int
    campaigns: tuple[str, ...]
    reviewers: int
    precision: Precision
    calibration: Calibration
    pushes: tuple[tuple[str, float], ...]
    usual_place: tuple[float, float]
    common: float
    decisions: str
    made_at: str
    code_version: str
    notes: tuple[str, ...] = ()


def content_of(model: Model) -> str:
    """The file's text: the same model gives the same bytes."""
    plain: dict[str, Any] = {
        name: value for name, value in vars(model).items() if name not in ("encoder", "weights", "asked")
    }
    encoder, usage, weights = model.encoder, model.encoder.usage, np.flatnonzero(model.weights)
    seen = np.flatnonzero(usage.seen)
    plain |= {
        "layout": LAYOUT,
        "asked": {"name": model.asked.name, "keywords": model.asked.keywords},
        "precision": asdict(model.precision),
        "calibration": asdict(model.calibration),
        "vocabulary": sorted(usage.vocabulary),
        "documents": usage.documents,
        "seen": [seen.tolist(), usage.seen[seen].tolist()],
        "factors": encoder.factors,
        "mean": encoder.mean.tolist(),
        "spread": encoder.spread.tolist(),
        "weights": [weights.tolist(), [float(f"{value:.6g}") for value in model.weights[weights]]],
    }
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def sha256_of_model(model: Model) -> str:
    return hashlib.sha256(content_of(model).encode()).hexdigest()


def save_model(folder: Path, model: Model) -> str:
    """Write the file whole or not at all; returns its sha256, which is its name."""
    content = content_of(model)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    write_atomically(file_of(folder, sha256), content)
    return sha256


def file_of(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.json"


def read_model(folder: Path, sha256: str) -> Model:
    """The model with that hash. Raises Refused where there is none, BadInput where the file is not what was signed."""
    path = file_of(folder, sha256)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"The model {sha256[:12]} is not in {folder}.", next_step=f"Restore the file. {_ANEW}") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", next_step=_ANEW) from None
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise BadInput(f"{path} is damaged: it is not the model that was signed off.", next_step=_ANEW)
    plain = json.loads(raw)
    if plain["layout"] != LAYOUT:
        raise Refused(f"The model {sha256[:12]} was made for another version of Greenroom.", next_step=_ANEW)
    return _restored(plain)


def _restored(plain: dict[str, Any]) -> Model:
    factors = tuple(plain["factors"])
    seen = np.zeros(WORDS, np.int64)
    seen[plain["seen"][0]] = plain["seen"][1]
    usage = Usage(frozenset(plain["vocabulary"]), plain["documents"], seen)
    encoder = Encoder(usage, factors, np.array(plain["mean"], np.float64), np.array(plain["spread"], np.float64))
    weights = np.zeros(encoder.width)
    weights[plain["weights"][0]] = plain["weights"][1]
    asked = Asked(tuple(plain["asked"]["name"]), tuple(tuple(phrase) for phrase in plain["asked"]["keywords"]))
    same = ("common", "campaign", "brand", "approved", "declined", "borrowed", "reviewers", "decisions", "made_at",
            "code_version")  # fmt: skip
    return Model(
        asked=asked, encoder=encoder, weights=weights, campaigns=tuple(plain["campaigns"]),
        precision=Precision(**plain["precision"]), calibration=Calibration(**plain["calibration"]),
        pushes=tuple((name, value) for name, value in plain["pushes"]),
        usual_place=(plain["usual_place"][0], plain["usual_place"][1]), notes=tuple(plain["notes"]),
        **{name: plain[name] for name in same},
    )  # fmt: skip


@lru_cache(maxsize=1)
def code_version() -> str:
    """A hash of the code that learns and applies: recorded with each model."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]
