import errno
import hashlib
import multiprocessing
import os
from pathlib import Path

import pytest

from core.files import atomic_writer, sha256_of, write_atomically


def test_what_was_written_is_there_and_its_hash_is_told(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "mail.txt"
    digest = write_atomically(path, "Grüße 🧵\r\n")
    assert path.read_bytes() == "Grüße 🧵\r\n".encode()
    assert digest == sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_exception_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "longlist.csv"
    write_atomically(path, "old")

    def write_half() -> None:
        with atomic_writer(path) as stream:
            stream.write(b"half of the n")
            stream.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space left"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_leaves_no_new_file(tmp_path: Path) -> None:
    def write_half() -> None:
        with atomic_writer(tmp_path / "longlist.csv") as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_readers_see_the_old_content_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "longlist.csv"
    write_atomically(path, "old")
    with atomic_writer(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_text() == "old"
        visible = [name for name in os.listdir(tmp_path) if not name.startswith(".")]
        assert visible == ["longlist.csv"]
    assert path.read_text() == "new"


def test_writers_at_the_same_time_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    contents = [f"{number}" * 200_000 for number in range(4)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.starmap(write_atomically, [(path, content) for content in contents * 5])
    assert path.read_text() in contents
    assert list(tmp_path.iterdir()) == [path]


def test_what_only_its_owner_may_read_is_so_from_its_first_moment(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("older, and everybody's")
    with atomic_writer(path, mode=0o600) as stream:
        (draft,) = (file for file in tmp_path.iterdir() if file != path)
        assert draft.stat().st_mode & 0o777 == 0o600
        stream.write(b"secret")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("secret", 0o600)
