"""From decisions to a model with its measurements. Pure: examples in, model out; refuses where they are too few."""

import hashlib
import json
import math
from collections.abc import Sequence

import numpy as np

from core.errors import Refused
from sourcing.learning.examples import Asked, Decided, Undecided
from sourcing.learning.features import NUMBER_SCALE, SHARED_BY, Encoder, Floats, Rows, Usage, places_of
from sourcing.learning.measuring import measure
from sourcing.learning.model import Model, code_version
from sourcing.learning.training import Examples, encoder_for, examples, fit, weights_of

#: Fewer approvals or declines than this teach nothing that a person could rely on.
LEAST_OF_EACH = 5
LEAST_IN_ALL = 20
_PUSHES = 24


def learn(
    decided: Sequence[Decided], background: Sequence[Undecided], usage: Usage, *, campaign: str, brand: str,
    asked: Asked, made_at: str, notes: tuple[str, ...] = (),
) -> Model:  # fmt: skip
    """The model for a campaign, from decisions about it and about the brand's other campaigns (which count less).

    `background` are undecided creators of the campaign's ranking, `usage` the use of words in the pool. Raises Refused
    naming what is missing.
    """
    check_enough(decided, campaign=campaign)
    ordered = sorted(decided, key=lambda one: (one.campaign != campaign, one.campaign, one.account))
    encoder, of, weights, common = _trained(ordered, background, usage, campaign, asked)
    precision, calibration = measure(of, ordered, campaign=campaign)
    own = [one for one in ordered if one.campaign == campaign]
    shown = [one.shown for one in ordered]
    rows = encoder.rows(
        shown, [one.asked for one in ordered], {name: _column(ordered, name) for name in encoder.factors}
    )
    pushes, usual_place = _pushes(weights, rows, encoder, [places_of(one) for one in shown])
    return Model(
        campaign=campaign, brand=brand, asked=asked, encoder=encoder, weights=weights,
        approved=sum(one.label for one in own), declined=sum(1 - one.label for one in own),
        borrowed=len(ordered) - len(own), campaigns=tuple(sorted({one.campaign for one in ordered})),
        reviewers=len({one.reviewer for one in ordered if one.reviewer}), precision=precision,
        calibration=calibration, pushes=tuple((name, round(move, 4)) for name, move in pushes[:_PUSHES]),
        usual_place=usual_place, common=common, decisions=digest_of(ordered), made_at=made_at,
        code_version=code_version(), notes=notes,
    )  # fmt: skip


def trained(
    decided: Sequence[Decided], background: Sequence[Undecided], usage: Usage, *, campaign: str, asked: Asked
) -> tuple[Encoder, Floats]:
    """How to read profiles, and one weight per column, without any measuring."""
    encoder, _, weights, _ = _trained(decided, background, usage, campaign, asked)
    return encoder, weights


def check_enough(decided: Sequence[Decided], *, campaign: str) -> None:
    approved = sum(one.label for one in decided)
    declined = len(decided) - approved
    missing = []
    if approved < LEAST_OF_EACH:
        missing.append(f"{LEAST_OF_EACH - approved} more approvals")
    if declined < LEAST_OF_EACH:
        missing.append(f"{LEAST_OF_EACH - declined} more declines")
    if not missing and len(decided) < LEAST_IN_ALL:
        missing.append(f"{LEAST_IN_ALL - len(decided)} more decisions")
    if missing:
        raise Refused(
            f"There is too little to learn from for {campaign}: {approved} approvals and {declined} declines, those of "
            f"the brand's other campaigns included.",
            next_step=f"Wanted: {' and '.join(missing)}. See: greenroom review list {campaign}",
        )


def digest_of(decided: Sequence[Decided]) -> str:
    """Names the decisions that were learnt from, without saying who they were about."""
    told = sorted([one.campaign, *one.account, one.label] for one in decided)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _trained(
    decided: Sequence[Decided], background: Sequence[Undecided], usage: Usage, campaign: str, asked: Asked
) -> tuple[Encoder, Examples, Floats, float]:
    encoder = encoder_for(usage, decided, background, asked)
    of = examples(encoder, decided, background, campaign=campaign, asked=asked)
    weights, common = weights_of(of, fit(of, np.arange(len(of.label))), encoder)
    # As the file keeps them, so that what was measured and what is read back are the same.
    return encoder, of, np.array([float(f"{weight:.6g}") for weight in weights]), round(common, 6)


def _column(decided: Sequence[Decided], name: str) -> Floats:
    values = [one.factors.get(name) for one in decided]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _pushes(
    weights: Floats, rows: Rows, encoder: Encoder, places: Sequence[tuple[str, str]]
) -> tuple[list[tuple[str, float]], tuple[float, float]]:
    """What weighs most, by the mean move where it occurs (words and places only where enough creators share them), and
    the mean moves of country and language."""
    moves = rows.values * weights[rows.columns]
    at_places = np.array([[len(tokens), len(tokens) + 1] for tokens in rows.tokens]) + rows.starts[:-1, None]
    usual = moves[at_places].mean(axis=0)
    total: dict[str, list[float]] = {}
    for at, tokens in enumerate(rows.tokens):
        for offset, token in enumerate(tokens):
            total.setdefault(f'"{token}"', []).append(float(moves[rows.starts[at] + offset]))
        for place, move in zip(places[at], moves[at_places[at]] - usual, strict=True):
            total.setdefault(place, []).append(float(move))
    named = [(name, float(np.mean(each))) for name, each in total.items() if len(each) >= SHARED_BY]
    first = encoder.width - len(encoder.numbers)
    scale = math.sqrt(NUMBER_SCALE / len(encoder.numbers))
    numbers = [(name, scale * float(weights[first + at])) for at, name in enumerate(encoder.numbers)]
    strongest = sorted(named + numbers, key=lambda one: (-abs(one[1]), one[0]))
    return strongest, (round(float(usual[0]), 6), round(float(usual[1]), 6))
