"""Learn the weights of the model from the examples beside this: python -m outreach.meaning.training

The same examples give the same weights. Only this needs scikit-learn.
"""

import hashlib
import sys
import tomllib
from pathlib import Path

import numpy as np

from outreach.meaning.model import WEIGHTS, Weights, load, pieces
from outreach.phrases import LANGUAGES, ReplyKind

_FOLDER = Path(__file__).parent
_SEED = 20261126
#: Chosen by ten-fold cross-validation on the examples.
_STRENGTH = 20.0


def examples() -> list[tuple[str, str]]:
    """Every example as (text, kind), language by language."""
    tables = [tomllib.loads(_file(language).read_text(encoding="utf-8")) for language in LANGUAGES]
    return [(text, str(ReplyKind(kind))) for table in tables for kind, texts in table.items() for text in texts]


def learnt_from() -> str:
    """The hash of the examples, kept with the weights that were learnt from them."""
    return hashlib.sha256(b"\0".join(_file(language).read_bytes() for language in LANGUAGES)).hexdigest()


def learn() -> Weights:
    """Weights from the examples: rarity of pieces and one logistic regression over all kinds."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts, kinds = zip(*examples(), strict=True)
    measure = TfidfVectorizer(analyzer=lambda text: list(pieces(text)), min_df=2, sublinear_tf=True)
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=2_000, random_state=_SEED)
    model.fit(measure.fit_transform(texts), kinds)
    return Weights(
        kinds=tuple(ReplyKind(kind) for kind in model.classes_),
        rows={name: row for row, name in enumerate(measure.get_feature_names_out())},
        rarity=measure.idf_.astype(np.float32),
        weights=model.coef_.T.astype(np.float16).astype(np.float32),
        base=model.intercept_.astype(np.float32),
        learnt_from=learnt_from(),
    )


def write(path: Path, weights: Weights) -> None:
    """Keep weights as numbers and text, small enough to stand in the repository."""
    names = "\n".join(sorted(weights.rows, key=weights.rows.__getitem__)).encode("utf-8")
    np.savez_compressed(
        path,
        pieces=np.frombuffer(names, dtype=np.uint8),
        kinds=np.array([str(kind) for kind in weights.kinds]),
        rarity=weights.rarity,
        weights=weights.weights.astype(np.float16),
        base=weights.base,
        learnt_from=np.array(weights.learnt_from),
    )


def main() -> int:
    """Write the weights beside this."""
    write(WEIGHTS, learn())
    kept = load(WEIGHTS)
    sys.stdout.write(f"{len(kept.rows):,} pieces, {len(kept.kinds)} kinds, {WEIGHTS.stat().st_size:,} bytes\n")
    return 0


def _file(language: str) -> Path:
    return _FOLDER / f"examples.{language}.toml"


if __name__ == "__main__":
    sys.exit(main())
