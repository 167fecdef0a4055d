import stat
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import PermanentError
from core.pepper import load_pepper


def test_a_pepper_is_made_once_and_only_we_can_read_it(tmp_path: Path) -> None:
    first = load_pepper(tmp_path / "home")
    assert load_pepper(tmp_path / "home") == first
    assert len(first) == 32
    [path] = (tmp_path / "home").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_pepper(tmp_path / "other") != first


def test_first_uses_at_once_agree(tmp_path: Path) -> None:
    found: list[bytes] = []
    start = threading.Barrier(8)

    def use() -> None:
        start.wait()
        found.append(load_pepper(tmp_path))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["pepper"]


def test_a_configured_pepper_leaves_no_file(tmp_path: Path) -> None:
    assert load_pepper(tmp_path, SecretStr("a long enough secret")) == b"a long enough secret"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ü", "ab" * 8 + "a"])
def test_a_damaged_pepper_is_not_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / "pepper").write_text(content, encoding="utf-8")
    with pytest.raises(PermanentError, match="backup"):
        load_pepper(tmp_path)
    assert (tmp_path / "pepper").read_text(encoding="utf-8") == content


def test_a_short_configured_pepper_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="GREENROOM_PEPPER"):
        load_pepper(tmp_path, SecretStr("short"))
