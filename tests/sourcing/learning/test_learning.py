"""From decisions to another order: what it gains, what it never does, and what it refuses."""

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import FixedClock
from core.errors import BadInput, Refused
from core.settings import PROJECT
from sourcing.factors.topic import heard, mentioned, query, topic
from sourcing.importers import import_profiles
from sourcing.learning import Reranker, explore, load
from sourcing.learning.examples import Decided, Remembered, Undecided, asked_of
from sourcing.learning.features import usage_of
from sourcing.learning.model import Model, content_of, file_of, read_model, save_model, sha256_of_model
from sourcing.learning.proposing import learn, trained
from sourcing.learning.training import encoder_for, examples, fit, log_odds, place_odds, weights_of
from sourcing.pool import Profile, open_pool
from sourcing.ranking import best_rows
from sourcing.sample import write_sample
from tests.sourcing.conftest import NOW
from tests.sourcing.learning.made import ASKED, DISLIKED, LIKED, creators, decided, learnt, likes, undecided, usage


@cache
def _model() -> Model:
    return learnt()


def _reranker() -> Reranker:
    return Reranker(_model())


def test_what_the_reviewer_likes_comes_forward_among_creators_nobody_decided_about() -> None:
    fresh = creators(200, seed=3)
    fit = np.linspace(0.9, 0.2, 200)
    adjusted = _reranker().adjusted(fresh, {"topic": fit}, fit)
    liked = np.array([likes(one) for one in fresh])
    before, after = liked[:50].mean(), liked[np.argsort(-adjusted)[:50]].mean()
    assert after > before + 0.3


@pytest.mark.slow
def test_a_model_learnt_on_the_sample_pool_puts_more_of_what_was_approved_among_the_next_fifty(tmp_path: Path) -> None:
    write_sample(tmp_path / "sample.jsonl.gz", profiles=3_000)
    import_profiles(tmp_path / "pool", [tmp_path / "sample.jsonl.gz"], clock=FixedClock(NOW))
    pool = open_pool(tmp_path / "pool")
    brief = query("slow fashion", ("linen",), "")
    spoken = topic(brief, pool.index, len(pool), heard(len(pool), mentioned(brief, pool.index), speakers=0, wanted=0))
    scores = spoken.of(np.arange(len(pool)), len(pool))
    ranked = [pool.profile(int(row)) for row in best_rows(scores, np.arange(len(pool)), 800)]
    wanted = np.array([_taste(one) for one in ranked])
    asked = asked_of("slow fashion", ("linen",))
    seen = [Decided((one.platform, one.handle), one, asked, {}, 0.5, at + 1, int(wanted[at]), "linen")
            for at, one in enumerate(ranked[:50])]  # fmt: skip
    rest = [Undecided(one, {}, at) for at, one in enumerate(ranked[50:], start=51)]
    encoder, weights = trained(seen, rest, usage_of(ranked), campaign="linen", asked=asked)
    rows = encoder.rows(ranked, [asked] * len(ranked), {})
    said = (place_odds(np.arange(1, len(ranked) + 1)) + rows.times(weights))[50:]
    before, after = wanted[50:100].mean(), wanted[50:][np.argsort(-said)[:50]].mean()
    assert after > before


def _taste(one: Profile) -> bool:
    """The brand's reviewer wants creators who write in German or show what is second-hand."""
    return one.language == "de" or any("second" in tag for tag in one.hashtags)


def test_the_same_decisions_in_any_order_give_the_same_bytes() -> None:
    one = content_of(_model())
    again = learn(decided(60)[::-1], undecided()[::-1], usage(), campaign="linen", brand="Aurelia", asked=ASKED,
                  made_at="2026-11-20T09:30:00+00:00")  # fmt: skip
    assert content_of(again) == one


def test_precision_is_measured_on_decisions_the_model_was_not_shown() -> None:
    precision = _model().precision
    assert precision.at == 25
    assert precision.having > precision.without
    assert precision.low <= precision.lift <= precision.high
    # With labels by lot there is nothing to learn, and no gain is claimed beyond chance.
    lot = np.random.default_rng(4).integers(0, 2, 60)
    noise = [replace(one, label=int(label)) for one, label in zip(decided(60), lot, strict=True)]
    chance = learn(noise, undecided(), usage(), campaign="linen", brand="A", asked=ASKED, made_at="now").precision
    assert chance.low < 0.05
    assert abs(chance.lift) < 0.2


def test_likelihoods_are_calibrated_on_unseen_decisions_or_the_reason_is_given() -> None:
    calibration = _model().calibration
    assert calibration.why_not == ""
    assert calibration.slope > 0
    assert calibration.brier < calibration.brier_without
    likely = _reranker().likely(np.array([-3.0, 0.0, 3.0]))
    assert likely is not None
    assert 0 < likely[0] < likely[1] < likely[2] < 1
    few = learnt(24)
    assert "too few to calibrate" in few.calibration.why_not
    assert Reranker(few).likely(np.zeros(1)) is None


def test_decisions_for_other_campaigns_teach_a_campaign_that_has_none_of_its_own() -> None:
    others = [replace(one, campaign="winter") for one in decided(40)]
    others += decided(40, campaign="autumn", seed=2)
    model = learn(others, undecided(), usage(), campaign="linen", brand="Aurelia", asked=ASKED, made_at="now")
    assert (model.approved, model.declined, model.borrowed) == (0, 0, 80)
    assert model.precision.split == "each campaign ranked by what the others taught"
    assert model.precision.having > model.precision.without
    fresh = creators(100, seed=3)
    said = Reranker(model).log_odds(fresh, {}, np.full(100, 0.5))
    liked = np.array([likes(one) for one in fresh], bool)
    assert said[liked].mean() > said[~liked].mean()


def test_own_decisions_count_more_than_those_for_other_campaigns() -> None:
    own = decided(40)
    opposed = [replace(one, campaign="winter", label=1 - one.label) for one in decided(40, seed=2)]
    model = learn(own + opposed, undecided(), usage(), campaign="linen", brand="Aurelia", asked=ASKED, made_at="now")
    mends, hauls = (Remembered("x", bio=f"slow fashion, {taste}") for taste in (LIKED, DISLIKED))
    said = Reranker(model).log_odds([mends, hauls], {}, np.array([0.5, 0.5]))
    assert said[0] > said[1]


@pytest.mark.parametrize(
    ("approved", "declined", "missing"),
    [(0, 0, "5 more approvals and 5 more declines"), (40, 2, "3 more declines"), (6, 6, "8 more decisions")],
)
def test_too_few_decisions_are_refused_with_what_is_missing(approved: int, declined: int, missing: str) -> None:
    labels = [1] * approved + [0] * declined
    few = [replace(one, label=label) for one, label in zip(decided(len(labels)), labels, strict=True)]
    with pytest.raises(Refused, match=missing):
        learn(few, undecided(), usage(), campaign="linen", brand="Aurelia", asked=ASKED, made_at="now")


def test_creators_of_whom_nothing_is_known_do_not_break_it() -> None:
    silent = [Remembered(f"{at}") for at in range(30)]
    adjusted = _reranker().adjusted(silent, {}, np.linspace(1, 0, 30))
    assert np.array_equal(adjusted, np.linspace(1, 0, 30))
    assert _reranker().adjusted([], {}, np.zeros(0)).tolist() == []
    assert _reranker().reasons([], {}) == ()


def test_a_place_that_all_have_says_nothing_about_creators_from_elsewhere() -> None:
    germans = [replace(one, country="Germany") for one in creators(260)]
    at_home = [replace(one, shown=shown) for one, shown in zip(decided(60), germans[:60], strict=True)]
    far = [replace(one, shown=shown) for one, shown in zip(undecided(200), germans[60:], strict=True)]
    declined = [replace(one, label=int(at % 4 == 0)) for at, one in enumerate(at_home)]
    model = learn(declined, far, usage(), campaign="linen", brand="Aurelia", asked=ASKED, made_at="now")
    here, there = (Remembered("x", bio="coffee", country=country, language="en") for country in ("Germany", "Japan"))
    said = Reranker(model).log_odds([here, there], {}, np.array([0.5, 0.5]))
    assert said[0] == pytest.approx(said[1], abs=1e-4)


def test_a_model_without_its_examples_says_what_it_said_with_them() -> None:
    seen, rest = decided(60), undecided()
    encoder = encoder_for(usage(), seen, rest, ASKED)
    of = examples(encoder, seen, rest, campaign="linen", asked=ASKED)
    dual = fit(of, np.arange(len(of.label)))
    weights, common = weights_of(of, dual, encoder)
    assert of.offset + of.rows.times(weights) + common == pytest.approx(log_odds(of, dual), abs=1e-9)


fits = st.lists(st.floats(0, 1, allow_nan=False), min_size=2, max_size=40)


@settings(max_examples=40, deadline=None)
@given(fits)
def test_the_fits_stay_the_same_and_only_change_hands(values: list[float]) -> None:
    fit = np.array(values)
    adjusted = _reranker().adjusted(creators(len(fit)), {"topic": fit}, fit)
    assert np.array_equal(np.sort(adjusted), np.sort(fit))
    assert np.array_equal(adjusted, _reranker().adjusted(creators(len(fit)), {"topic": fit}, fit))


@settings(max_examples=40, deadline=None)
@given(fits, st.data())
def test_a_higher_fit_never_harms(values: list[float], data: st.DataObject) -> None:
    fit = np.array(values)
    at = data.draw(st.integers(0, len(fit) - 1))
    more = fit.copy()
    more[at] = data.draw(st.floats(float(fit[at]), 1, allow_nan=False))
    people = creators(len(fit))
    assert _reranker().log_odds(people, {}, more)[at] >= _reranker().log_odds(people, {}, fit)[at]
    assert _reranker().adjusted(people, {}, more)[at] >= _reranker().adjusted(people, {}, fit)[at]


@settings(max_examples=30, deadline=None)
@given(fits)
def test_of_creators_who_are_alike_the_order_of_the_ranking_stands(values: list[float]) -> None:
    fit = np.array(values)
    alike = [Remembered("same", bio="slow fashion")] * len(fit)
    assert np.array_equal(_reranker().adjusted(alike, {}, fit), fit)


def test_one_line_says_what_moved_a_creator() -> None:
    mends = Remembered("x", bio=f"slow fashion, {LIKED}\x1b[31m", country="Germany", language="en")
    [line] = _reranker().reasons([mends], {})
    assert line.startswith("Reviewers' earlier choices: +")
    assert '"mending"' in line or '"hand"' in line
    assert "\x1b" not in line


def test_a_model_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    sha256 = save_model(tmp_path, _model())
    assert sha256 == sha256_of_model(_model())
    back = load(tmp_path, sha256)
    assert content_of(back.model) == content_of(_model())
    fit = np.linspace(1, 0, 30)
    assert np.array_equal(back.adjusted(creators(30), {}, fit), _reranker().adjusted(creators(30), {}, fit))


def test_a_model_file_names_nobody(tmp_path: Path) -> None:
    text = file_of(tmp_path, save_model(tmp_path, _model())).read_text(encoding="utf-8")
    assert not [one.shown.handle for one in decided(60) if f'"{one.shown.handle}"' in text]
    assert not [one.shown.bio for one in decided(60) if str(one.shown.bio) in text]


def test_a_damaged_model_is_refused_with_the_way_back(tmp_path: Path) -> None:
    sha256 = save_model(tmp_path, _model())
    path = file_of(tmp_path, sha256)
    path.write_bytes(path.read_bytes().replace(b'"layout":1', b'"layout":2'))
    with pytest.raises(BadInput, match="damaged: it is not the model that was signed off") as refused:
        load(tmp_path, sha256)
    assert "greenroom learning revert" in refused.value.next_step
    path.write_bytes(b"")
    with pytest.raises(BadInput, match="damaged"):
        load(tmp_path, sha256)
    path.unlink()
    with pytest.raises(Refused, match="is not in"):
        load(tmp_path, sha256)


def test_a_model_of_another_layout_is_not_read(tmp_path: Path) -> None:
    import hashlib

    other = content_of(_model()).replace('"layout":1', '"layout":2').encode()
    sha256 = hashlib.sha256(other).hexdigest()
    file_of(tmp_path, sha256).write_bytes(other)
    with pytest.raises(Refused, match="another version of Greenroom"):
        read_model(tmp_path, sha256)


def test_ranking_by_a_model_does_not_load_scikit_learn(tmp_path: Path) -> None:
    sha256 = save_model(tmp_path, _model())
    code = (
        "import sys; from pathlib import Path; import numpy as np; from sourcing.learning import load;"
        "from sourcing.learning.examples import Remembered;"
        f"load(Path({str(tmp_path)!r}), {sha256!r}).adjusted([Remembered('x')], {{}}, np.ones(1));"
        "print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.split() == ["False", "False"]


def test_exploring_asks_about_unlike_creators_around_the_end_of_the_list() -> None:
    ranked = creators(400, seed=6)
    chosen = explore(ranked, 8, size=250, taken=range(20), seed="run")
    assert len(set(chosen)) == 8
    assert all(200 <= at < 300 for at in chosen)
    assert list(chosen) == sorted(chosen)
    assert chosen == explore(ranked, 8, size=250, taken=range(20), seed="run")
    twins = [replace(one, bio="the same", hashtags=(), name="Same") for one in ranked]
    assert explore(twins, 8, size=250, seed="a") != explore(twins, 8, size=250, seed="b")
    assert not set(explore(ranked, 8, taken=chosen)) & set(chosen)


def test_exploring_takes_what_there_is() -> None:
    assert explore([], 5) == ()
    assert explore(creators(10), 0) == ()
    assert explore(creators(3), 5) == (0, 1, 2)
    assert explore(creators(3), 5, taken=(0, 1, 2)) == ()
