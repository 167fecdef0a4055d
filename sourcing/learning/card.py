"""What a person reads before they sign a model off: what it learnt from, what it is worth, what it cannot do. Pure."""

from collections.abc import Iterator

from core.cards import Card, CardFile, Choice, Fact
from sourcing.evidence import one_line
from sourcing.learning.features import MENTIONS, SHARED_BY
from sourcing.learning.model import Calibration, Model, Precision
from sourcing.learning.reranker import POINTS

APPROVE, DECLINE = "approve", "decline"
_TOLD = 8
_LIMITS = (
    "It only puts creators in another order. A person decides on each of them; it never decides alone (GDPR, art. 22).",
    "It repeats what reviewers did, mistakes and habits included: read what pushes up and down with that in mind.",
    "It was measured on creators that the ranking had brought up and people had looked at, not on the whole pool.",
    "It knows words, places and public numbers. It has not seen a picture or heard anybody speak.",
)


def weights_card(model: Model, sha256: str, *, path: str, file_sha256: str) -> Card:
    """The question to the campaign's owner. `path` is the model card as a file, with its hash."""
    up, down = pushes(model)
    return Card(
        title=f"Rank {model.campaign} by what reviewers chose",
        subtitle=f"model {sha256[:12]}, made {model.made_at[:10]} from {counted(model)}",
        facts=(
            Fact(label=f"Precision at {model.precision.at}", value=precision_words(model.precision),
                 evidence=f"on decisions it was not shown: {model.precision.split}"),
            Fact(label="Learnt from", value=counted(model), evidence=origins(model)),
            Fact(label="Likelihoods", value=calibration_words(model.calibration)),
            Fact(label="Pushes up", value=up, evidence="points; seven double the odds"),
            Fact(label="Pushes down", value=down, evidence="points; seven halve the odds"),
            *(Fact(label="Note", value=note) for note in model.notes),
            Fact(label="To go back", value=f"greenroom learning revert {model.campaign} --reason WHY"),
        ),
        risk=_risk(model),
        files=(CardFile(name="model card", sha256=file_sha256, path=path),),
        choices=(
            Choice(id=APPROVE, label="Use it from the next longlist on"),
            Choice(id=DECLINE, label="Leave the ranking as it is", needs_reason=True,
                   reasons=("no better", "learns the wrong thing", "too few decisions")),
        ),
    )  # fmt: skip


def markdown(model: Model) -> str:
    """The whole model card. It names no creator: words stand in it that at least five creators use."""
    return "\n".join(_lines(model)) + "\n"


def counted(model: Model) -> str:
    own = f"{model.approved} approvals and {model.declined} declines"
    return own if not model.borrowed else f"{own}, and {model.borrowed} decisions for other campaigns of {model.brand}"


def origins(model: Model) -> str:
    several = f"{len(model.campaigns)} campaigns" if len(model.campaigns) > 1 else "one campaign"
    return f"{several}, {model.reviewers} {'reviewer' if model.reviewers == 1 else 'reviewers'}"


def precision_words(of: Precision) -> str:
    return (
        f"{of.without:.0%} without, {of.having:.0%} with the model "
        f"(difference {100 * of.lift:+.0f} points, likely {100 * of.low:+.0f} to {100 * of.high:+.0f})"
    )


def calibration_words(of: Calibration) -> str:
    if of.why_not:
        return f"none are given: {of.why_not}"
    return (
        f"calibrated on {of.decisions} decisions: Brier score {of.brier:.3f}, against {of.brier_without:.3f} for "
        "always saying the average"
    )


def pushes(model: Model) -> tuple[str, str]:
    """The strongest moves up and down, in points."""
    up = [f"{_named(name)} {POINTS * move:+.1f}" for name, move in model.pushes if move > 0]
    down = [f"{_named(name)} {POINTS * move:+.1f}" for name, move in model.pushes if move < 0]
    return ", ".join(up[:_TOLD]) or "nothing to speak of", ", ".join(down[:_TOLD]) or "nothing to speak of"


def _named(name: str) -> str:
    return name if name in MENTIONS else one_line(name, 50)


def _risk(model: Model) -> str:
    if model.precision.lift <= 0:
        return "On decisions it was not shown, the model is no better than the ranking as it is."
    if model.precision.low < 0:
        return "The gain may be chance: the likely range of the difference includes none."
    return ""


def _lines(model: Model) -> Iterator[str]:
    up, down = pushes(model)
    yield f"# Ranking model for {model.campaign}"
    yield f"\nMade {model.made_at} for {model.brand}; code {model.code_version}."
    yield "\n## What it learnt from"
    yield f"\n{counted(model)} ({origins(model)})."
    yield "Approved counts as wanted, declined and wrong audience as not wanted; holds, and creators who turned us"
    yield "down, teach nothing. Decisions for other campaigns of the brand count three tenths."
    yield f"Hash of the decisions: {model.decisions}."
    yield "\n## What it is worth"
    yield f"\nPrecision at {model.precision.at}: {precision_words(model.precision)}."
    yield f"Measured on decisions it was not shown ({model.precision.split}); the range covers 90 %."
    yield f"Likelihoods: {calibration_words(model.calibration)}."
    yield "\n## What pushes a creator up or down"
    yield f"\nPoints, of which seven double the odds. Words are named where {SHARED_BY} creators or more use them."
    yield f"\n- Up: {up}\n- Down: {down}"
    yield "\n## What it holds"
    yield "\nWeights of hashed words, of countries and languages, of where the brief's words stand, and of the factors;"
    yield f"words that {SHARED_BY} creators or more use; hashes. No handle, name or text of a creator."
    yield "\n## What it cannot do\n"
    yield from (f"- {limit}" for limit in _LIMITS)
    yield from (f"- {note}" for note in model.notes)
    yield f"\n## How to go back\n\n    greenroom learning revert {model.campaign} --reason WHY"
