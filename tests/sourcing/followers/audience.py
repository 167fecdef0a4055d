"""Made-up followers with a known share that is not real, and files of them."""

import csv
from pathlib import Path

import numpy as np

from sourcing.followers.sample import Floats, Sample

COLUMNS = ["username", "posts", "following", "followers", "is_private", "has_picture", "biography", "fake"]


def audience(count: int, share: float, *, seed: int, shift: float = 0.0) -> Sample:
    """`shift` moves how many the real ones follow and post, in log units: audiences differ."""
    rng = np.random.default_rng(seed)
    fake = rng.random(count) < share
    real = ~fake

    def mixed(of_fake: Floats, of_real: Floats) -> Floats:
        return np.where(fake, of_fake, of_real)

    return Sample(
        followers=np.floor(np.exp(mixed(rng.normal(3.0, 1.2, count), rng.normal(5.8, 1.3, count)))),
        following=np.floor(np.exp(mixed(rng.normal(6.3, 1.2, count), rng.normal(5.8 + shift, 1.0, count)))),
        posts=np.floor(np.exp(mixed(rng.normal(0.3, 1.4, count), rng.normal(3.6 - shift, 1.5, count)))),
        private=(rng.random(count) < 0.3).astype(float),
        picture=(rng.random(count) > mixed(np.full(count, 0.5), np.full(count, 0.03))).astype(float),
        digits=mixed(rng.beta(1, 3, count), np.where(rng.random(count) < 0.7, 0.0, rng.beta(1, 6, count))),
        bio=np.where(rng.random(count) < np.where(real, 0.25, 0.6), 0.0, 30.0),
        label=fake.astype(float),
    )


def write_csv(path: Path, sample: Sample) -> Path:
    """As an exporter would write it; handles are made up so that their digits are as in the sample."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(COLUMNS)
        for n in range(len(sample)):
            digits = round(float(sample.digits[n]) * 20)
            stem = "".join(chr(ord("a") + int(c)) for c in f"{n:06d}")
            handle = f"{(stem + 'x' * 20)[: 20 - digits]}{'7' * digits}" if digits < 14 else f"{stem}{'7' * digits}"
            rows.writerow([
                handle, int(sample.posts[n]), int(sample.following[n]), int(sample.followers[n]),
                "true" if sample.private[n] else "false", "yes" if sample.picture[n] else "no",
                "b" * int(sample.bio[n]), "TRUE" if sample.label[n] else "FALSE",
            ])  # fmt: skip
    return path
