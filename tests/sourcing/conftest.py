"""Pools made on the fly: small files in, a pool folder out."""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from sourcing.importers import ImportReport, import_profiles

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

Row = dict[str, Any]
Importer = Callable[..., ImportReport]


def write_jsonl(path: Path, rows: Iterable[Row]) -> Path:
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pool"


@pytest.fixture
def load(folder: Path, tmp_path: Path) -> Importer:
    """Import text, bytes, rows or a path; returns the report."""

    def loader(*contents: Any, platform: str | None = None, name: str = "profiles.txt") -> ImportReport:
        files = []
        for number, content in enumerate(contents):
            file = tmp_path / f"{number}-{name}"
            if isinstance(content, Path):
                file = content
            elif isinstance(content, bytes):
                file.write_bytes(content)
            elif isinstance(content, str):
                file.write_bytes(content.encode())
            else:
                write_jsonl(file, content)
            files.append(file)
        return import_profiles(folder, files, clock=FixedClock(NOW), platform=platform)

    return loader
