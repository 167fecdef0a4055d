"""What a file is that holds no table, by its first bytes: said so that a person knows what to send instead. Pure."""

import re

from core.errors import BadInput

AS_CSV = "Export it as CSV."
_UNPACK = "Unpack it first."
_PICTURE = "Import the table that it was made from; a picture or a recording of one cannot be read."
#: First bytes → what has them, and what to do.
_BEGINNINGS = {
    b"%PDF": ("a PDF", AS_CSV),
    b"\xd0\xcf\x11\xe0": ("an Excel workbook that is older than .xlsx or has a password",
                         "Save it in Excel as .xlsx, without a password."),
    b"SQLite format 3": ("an SQLite database", AS_CSV),
    b"\x1f\x8b": ("packed twice with gzip", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", _UNPACK),
    b"BZh": ("packed with bzip2", _UNPACK),
    b"\xfd7zXZ": ("packed with xz", _UNPACK),
    b"7z\xbc\xaf\x27\x1c": ("a 7-Zip archive", _UNPACK),
    b"Rar!\x1a\x07": ("a RAR archive", _UNPACK),
    b"PK\x05\x06": ("an empty zip archive", "Export it again."),
    b"\x89PNG": ("a picture (PNG)", _PICTURE),
    b"\xff\xd8\xff": ("a picture (JPEG)", _PICTURE),
    b"GIF8": ("a picture (GIF)", _PICTURE),
    b"{\\rtf": ("a text document (RTF)", AS_CSV),
    b"bplist": ("a property list of macOS", AS_CSV),
    b"\x7fELF": ("a program", AS_CSV),
    b"MZ\x90": ("a program", AS_CSV),
}  # fmt: skip
#: Pattern of the first bytes where no fixed beginning tells → what it is.
_SHAPES = {
    rb"RIFF....WEBP": "a picture (WebP)",
    rb"\0\0..ftyp(hei|mif|avif)": "a picture (HEIC)",
    rb"\0\0..ftyp": "a film or a recording",
}
_LOOKED_AT = 4096


def is_foreign(head: bytes) -> bool:
    """Whether a file that begins so is known to be something else than a table."""
    return _known(head) is not None


def refuse_foreign(file: str, head: bytes) -> None:
    """Raise BadInput, with what it is where that can be told, for a file that begins so and is no text."""
    if known := _known(head):
        what, step = known
        raise BadInput(f"{file} is {what}, not a table that is read.", next_step=step)
    if head[:_LOOKED_AT].count(0) > len(head[:_LOOKED_AT]) // 10:
        raise BadInput(f"{file} is binary, not a table that is read.", next_step=AS_CSV)


def no_text(file: str) -> BadInput:
    """The first row is no text of any encoding."""
    return BadInput(
        f"The first row of {file} is no text that can be read; it may be no table at all (a picture, an archive, a "
        "program's own file), whatever its name says.",
        next_step="Open it in the program it comes from and export it as CSV in UTF-8.",
    )


def _known(head: bytes) -> tuple[str, str] | None:
    for magic, told in _BEGINNINGS.items():
        if head.startswith(magic):
            return told
    shape = next((what for pattern, what in _SHAPES.items() if re.match(pattern, head, re.DOTALL)), None)
    return (shape, _PICTURE) if shape else None
