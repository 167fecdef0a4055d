"""Where pools lie that several machines read: a shared path, or an object store by its address (whatever fsspec knows).

    <store>/CURRENT, versions/<name>/..., segments/<hash>/...    the same files as in a pool's own folder
Owns how bytes get there and back and what may go wrong with it, in plain words. What the files mean is for others.
"""

import hashlib
import importlib
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from core.errors import BadInput, PermanentError, Refused, TransientError
from core.files import atomic_writer, sha256_of, write_atomically

_PIECE = 8 * 1024 * 1024
_SAFE = re.compile(r"(?:[0-9A-Za-z_-][0-9A-Za-z_.-]*/)*[0-9A-Za-z_-][0-9A-Za-z_.-]*")
#: What the drivers of stores raise without saying it as an OSError: (module, class, whether another try may help).
_DRIVERS = (
    ("botocore.exceptions", "NoCredentialsError", False),
    ("botocore.exceptions", "PartialCredentialsError", False),
    ("botocore.exceptions", "BotoCoreError", True),
    ("google.auth.exceptions", "DefaultCredentialsError", False),
    ("google.auth.exceptions", "GoogleAuthError", True),
    ("azure.core.exceptions", "ClientAuthenticationError", False),
    ("azure.core.exceptions", "AzureError", True),
    ("aiohttp", "ClientError", True),
)


class Store(Protocol):
    """Names are paths inside the store, with slashes. Every method may raise TransientError or PermanentError."""

    address: str

    def read(self, name: str) -> bytes | None:
        """A small file; None where there is none."""
        ...

    def size(self, name: str) -> int | None: ...

    def put(self, file: Path, name: str) -> None: ...

    def write(self, name: str, content: bytes) -> None: ...

    def get(self, name: str, file: Path) -> None:
        """Raises BadInput where there is none."""
        ...

    def folders(self, name: str) -> list[str]:
        """The names of the folders in this one; none where it is not there."""
        ...

    def remove(self, name: str) -> None:
        """A folder with all in it."""
        ...


def local_folder(address: str) -> Path | None:
    """The folder of a plain path or of file://; None for a store that is asked over a network."""
    if address.startswith("file://"):
        return Path(address.removeprefix("file://"))
    return None if "://" in address else Path(address)


def store_at(address: str) -> Store:
    """Opens nothing yet where that can be helped. Raises Refused where the store's driver is not installed."""
    folder = local_folder(address)
    return Shared(folder) if folder is not None else Objects(address)


def shown(address: str) -> str:
    """The address as people are told it: without the name and password of a login that may stand in it."""
    return re.sub(r"://[^/@]*@", "://", address)


def check_name(name: str) -> str:
    """A manifest that somebody else wrote names files: none of them may lie elsewhere. Raises BadInput."""
    if not _SAFE.fullmatch(name):
        raise BadInput(f"The pool in the store names a file {name!r}.", next_step="Publish the pool again.")
    return name


class Shared:
    """A folder that all machines see at the same path."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.address = folder, str(folder)

    def read(self, name: str) -> bytes | None:
        with _said(self.address):
            try:
                return (self.folder / name).read_bytes()
            except FileNotFoundError:
                return None

    def size(self, name: str) -> int | None:
        with _said(self.address):
            try:
                return (self.folder / name).stat().st_size
            except FileNotFoundError:
                return None

    def put(self, file: Path, name: str) -> None:
        with _said(self.address), file.open("rb") as source, atomic_writer(self.folder / name) as target:
            while piece := source.read(_PIECE):
                target.write(piece)

    def write(self, name: str, content: bytes) -> None:
        with _said(self.address):
            write_atomically(self.folder / name, content)

    def get(self, name: str, file: Path) -> None:
        with _said(self.address, name), (self.folder / name).open("rb") as source, file.open("wb") as target:
            while piece := source.read(_PIECE):
                target.write(piece)

    def folders(self, name: str) -> list[str]:
        with _said(self.address):
            place = self.folder / name
            return sorted(path.name for path in place.iterdir() if path.is_dir()) if place.is_dir() else []

    def remove(self, name: str) -> None:
        import shutil

        with _said(self.address):
            shutil.rmtree(self.folder / name)


class Objects:
    """A store that fsspec knows by its address: s3://, gs://, abfs://, sftp://, memory:// and more."""

    def __init__(self, address: str) -> None:
        self.address = address = shown(login := address)
        try:
            fsspec = importlib.import_module("fsspec")
            with _said(address):
                self._files, self._root = fsspec.core.url_to_fs(login)
        except ImportError as error:
            raise Refused(
                f"The store {address} needs a package that is not installed ({error}).",
                next_step="Run: make workers. Stores have drivers of their own beside it: s3fs, gcsfs, adlfs, ...",
            ) from None
        except ValueError as error:
            raise BadInput(f"{address} is no address of a store: {error}.") from None

    def read(self, name: str) -> bytes | None:
        with _said(self.address):
            try:
                return bytes(self._files.cat_file(self._at(name)))
            except FileNotFoundError:
                return None

    def size(self, name: str) -> int | None:
        with _said(self.address):
            try:
                # What another process wrote meanwhile is asked for, not what a listing said before.
                self._files.invalidate_cache()
                return int(self._files.info(self._at(name))["size"])
            except FileNotFoundError:
                return None

    def put(self, file: Path, name: str) -> None:
        with _said(self.address):
            self._files.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(file), self._at(name))

    def write(self, name: str, content: bytes) -> None:
        with _said(self.address):
            self._files.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(self._at(name), content)

    def get(self, name: str, file: Path) -> None:
        with _said(self.address, name):
            self._files.get_file(self._at(name), str(file))

    def folders(self, name: str) -> list[str]:
        with _said(self.address):
            try:
                self._files.invalidate_cache()
                found: list[dict[str, Any]] = self._files.ls(self._at(name), detail=True)
            except FileNotFoundError:
                return []
        return sorted(str(one["name"]).rstrip("/").rpartition("/")[2] for one in found if one["type"] == "directory")

    def remove(self, name: str) -> None:
        with _said(self.address):
            self._files.rm(self._at(name), recursive=True)

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"


def fetch(store: Store, name: str, file: Path, listed: dict[str, Any]) -> None:
    """Copy a file that a manifest lists, whole and proven, under its name; readers see it whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        store.get(name, draft)
        if draft.stat().st_size != int(listed["bytes"]) or sha256_of(draft) != listed["sha256"]:
            raise BadInput(
                f"{name} in the store {store.address} is cut or not what was written.",
                next_step=f"Publish the pool again: greenroom pool publish {store.address} --again",
            )
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


@contextmanager
def _said(address: str, name: str = "") -> Iterator[None]:
    """What goes wrong at a store in words, as what helps: another try, or a person."""
    try:
        yield
    except FileNotFoundError:
        raise BadInput(
            f"The store {address} does not hold {name or 'what was asked for'}.",
            next_step=f"Publish the pool again: greenroom pool publish {address}",
        ) from None
    except PermissionError as error:
        raise _not_let_in(address, error) from None
    except OSError as error:
        raise _not_reached(address, error) from None
    except _drivers(again=False) as error:
        raise _not_let_in(address, error) from None
    except _drivers(again=True) as error:
        raise _not_reached(address, error) from None


def _drivers(*, again: bool) -> tuple[type[Exception], ...]:
    """Those of the drivers that are loaded; no other can have raised anything."""
    return tuple(
        getattr(sys.modules[module], name) for module, name, helps in _DRIVERS
        if helps == again and hasattr(sys.modules.get(module), name)
    )  # fmt: skip


def _not_let_in(address: str, error: Exception) -> PermanentError:
    return PermanentError(
        f"The store {address} does not let us in: {error}.",
        next_step="Check the login of the store on this machine, and what it may read and write there.",
    )


def _not_reached(address: str, error: Exception) -> TransientError:
    return TransientError(
        f"The store {address} cannot be used now: {error}.",
        next_step="Check its address, the network and the space there, and try again.",
    )
