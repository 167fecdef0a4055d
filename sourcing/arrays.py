"""Arrays on disk, written piece by piece. Owns that a full disk is said as one: numpy's own writer loses the reason."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt


class ArrayFile:
    """An .npy file of one dimension whose length is known before its pieces are. Raises OSError."""

    def __init__(self, path: Path, dtype: npt.DTypeLike, length: int) -> None:
        self._dtype = np.dtype(dtype)
        self._stream = path.open("wb")
        described = np.lib.format.dtype_to_descr(self._dtype)
        np.lib.format.write_array_header_1_0(
            self._stream, {"descr": described, "fortran_order": False, "shape": (length,)}
        )

    def write(self, piece: npt.NDArray[Any]) -> None:
        self._stream.write(np.ascontiguousarray(piece, dtype=self._dtype).data.cast("B") if len(piece) else b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()


def save_array(path: Path, array: npt.NDArray[Any]) -> None:
    with ArrayFile(path, array.dtype, len(array)) as file:
        file.write(array)
