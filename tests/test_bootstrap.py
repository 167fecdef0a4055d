"""What a machine is told on which the environment cannot be made."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import PROJECT


def _bootstrap(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    (folder / "requirements").mkdir()
    script = PROJECT / "requirements" / "bootstrap.sh"
    return subprocess.run(
        ["sh", str(script), "runtime"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def _python_where(folder: Path, *, fails: str) -> str:
    """A Python in which running a program that says `fails` does not succeed."""
    fake = folder / "python"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *{fails}*) exit 1 ;; esac\nexec {sys.executable} "$@"\n')
    fake.chmod(0o755)
    return str(fake)


@pytest.mark.parametrize(
    ("fails", "told"),
    [
        ("ensurepip", "sudo apt-get install python3-venv"),
        ("version_info", "needs Python 3.11 or newer"),
    ],
)
def test_a_python_that_will_not_do_is_told_in_one_line(tmp_path: Path, fails: str, told: str) -> None:
    done = _bootstrap(tmp_path, _python_where(tmp_path, fails=fails))
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / ".venv").exists()


def test_a_machine_without_python_is_told_what_to_install(tmp_path: Path) -> None:
    done = _bootstrap(tmp_path, "python-that-is-not-there")
    assert done.returncode == 1
    assert "sudo apt-get install python3 python3-venv" in done.stderr
