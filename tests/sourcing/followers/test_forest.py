"""A model trained on audits: the same as scikit-learn's, kept as numbers, and what it refuses."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import BadInput
from sourcing.followers.estimate import estimate
from sourcing.followers.forest import FEATURES, features_of, load_forest, save_forest
from sourcing.followers.reading import ReadSample
from sourcing.followers.sample import Sample
from sourcing.followers.training import LEAST_OF_A_KIND, train_forest
from tests.sourcing.followers.audience import audience

DAY = date(2026, 11, 20)


def audit(sample: Sample) -> ReadSample:
    return ReadSample(sample, "audit.csv", {}, (), 0, (), ())


@pytest.fixture(scope="module")
def audits() -> list[ReadSample]:
    return [audit(audience(260, 0.4, seed=1)), audit(audience(240, 0.2, seed=2, shift=0.4))]


@pytest.fixture(scope="module")
def stored(audits: list[ReadSample], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "followers.json"
    save_forest(path, train_forest(audits, day=DAY, trees=40))
    return path


@pytest.mark.slow
def test_it_tells_an_unseen_audience_apart_and_its_interval_holds_the_share(stored: Path) -> None:
    forest = load_forest(stored)
    assert forest is not None
    unseen = audience(400, 0.25, seed=3, shift=-0.3)
    scores, fake = forest.scores(unseen), unseen.label == 1
    assert np.mean(scores[fake][:, None] > scores[~fake]) > 0.9
    found = estimate(unseen, forest)
    assert found.calibrated
    assert found.likely.low <= fake.mean() <= found.likely.high
    assert "500 accounts, 2026-11-20" in found.model


def test_the_arrays_give_what_scikit_learn_gives(audits: list[ReadSample]) -> None:
    from sklearn.ensemble import RandomForestClassifier  # type: ignore[import-untyped, unused-ignore]

    from sourcing.followers.training import _as_arrays

    sample = audits[0].sample
    features, labels = features_of(sample), sample.label.astype(int)
    model = RandomForestClassifier(20, min_samples_leaf=5, random_state=1).fit(features, labels)
    forest = _as_arrays([tree.tree_ for tree in model.estimators_], np.zeros(len(FEATURES)))
    unseen = audience(300, 0.5, seed=9)
    np.testing.assert_allclose(forest.scores(unseen), model.predict_proba(features_of(unseen))[:, 1], atol=1e-5)


def test_neither_order_of_files_nor_of_rows_makes_another_model(audits: list[ReadSample], stored: Path) -> None:
    first, second = (one.sample for one in audits)
    turned = [audit(second.rows(np.arange(len(second))[::-1])), audit(first)]
    path = stored.with_name("turned.json")
    save_forest(path, train_forest(turned, day=DAY, trees=40))
    assert path.read_bytes() == stored.read_bytes()


def test_no_picture_and_more_digits_never_look_more_real(stored: Path) -> None:
    forest = load_forest(stored)
    assert forest is not None
    sample = audience(200, 0.3, seed=5)
    columns = {name: getattr(sample, name) for name in sample.__dataclass_fields__}
    for name, value in (("picture", 0.0), ("digits", 1.0)):
        worse = Sample(**columns | {name: np.full(len(sample), value)})
        assert (forest.scores(worse) >= forest.scores(sample)).all()


def test_unknown_columns_are_stood_in_for_and_said(stored: Path) -> None:
    forest = load_forest(stored)
    sample = audience(200, 0.3, seed=5)
    columns = {name: getattr(sample, name) for name in sample.__dataclass_fields__}
    blind = Sample(**columns | {name: np.full(len(sample), np.nan) for name in ("picture", "posts")})
    found = estimate(blind, forest)
    assert found.notes == (
        "the file does not say how many posts they have, whether they have a picture: the model was trained with it, "
        "so the share is less sure",
    )


def test_one_file_is_tried_on_its_own_fifths_and_gives_one_trial() -> None:
    forest = train_forest([audit(audience(300, 0.4, seed=7))], day=DAY, trees=40)
    assert len(forest.tried) == 1
    assert forest.tried[0].fakes + forest.tried[0].reals == 300


def test_too_few_of_a_kind_is_nothing_to_learn_from() -> None:
    with pytest.raises(BadInput, match=f"{LEAST_OF_A_KIND} of each are needed"):
        train_forest([audit(audience(60, 0.1, seed=1))], day=DAY, trees=40)


def test_files_of_one_label_each_cannot_be_tried() -> None:
    both = audience(300, 0.5, seed=1)
    files = [audit(both.rows(both.label == label)) for label in (0, 1)]
    with pytest.raises(BadInput, match="No audited file holds enough accounts of both labels"):
        train_forest(files, day=DAY, trees=40)


def test_where_nothing_was_trained_there_is_no_model(tmp_path: Path) -> None:
    assert load_forest(tmp_path / "followers.json") is None


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2}, {"features": ["posts"]}, {"roots": []}, {"roots": [10**9]}, {"cut": 2}, {"tried": []},
        {"tried": [{"hits": 9, "fakes": 3, "alarms": 0, "reals": 3}]}, {"fill": [0.0]}, {"left": [0]},
        {"value": [float("nan")]}, {"threshold": "text"}, {"needs": None}, {"feature": [[1]]},
    ],
    ids=str,
)  # fmt: skip
def test_a_damaged_model_is_refused_by_name(stored: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    broken = tmp_path / "followers.json"
    broken.write_text(json.dumps(json.loads(stored.read_bytes()) | change))
    with pytest.raises(BadInput, match=r"followers\.json cannot be used") as refused:
        load_forest(broken)
    assert "Train it again" in refused.value.next_step


def test_trees_that_turn_in_a_circle_are_refused(stored: Path, tmp_path: Path) -> None:
    document = json.loads(stored.read_bytes())
    inner = next(place for place, feature in enumerate(document["feature"]) if feature >= 0)
    document["left"][inner] = inner
    broken = tmp_path / "followers.json"
    broken.write_text(json.dumps(document))
    with pytest.raises(BadInput, match="trees are damaged"):
        load_forest(broken)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_model_at_all(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "followers.json").write_bytes(content)
    with pytest.raises(BadInput, match="cannot be used"):
        load_forest(tmp_path / "followers.json")
