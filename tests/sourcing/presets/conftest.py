"""Tables of somebody's, written down and read by a preset."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.clock import FixedClock
from sourcing.importers import ImportReport, import_profiles
from sourcing.presets.preset import Preset
from tests.sourcing.conftest import NOW

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writer(text: str, name: str = "creators.csv") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return writer


def read(file: Path, preset: Preset, pool: Path) -> ImportReport:
    return import_profiles(pool, [file], clock=FixedClock(NOW), presets={file: preset})
