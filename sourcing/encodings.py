"""Text of any encoding as UTF-8: what a file is written in, and its bytes turned as they are read.

A mark at the start or the pattern of zeros tells UTF-16; text that is no UTF-8 anywhere is guessed, and said to be a
guess. Knows nothing of what the text says.
"""

import codecs
import re

from charset_normalizer import from_bytes

from sourcing.unpacked import Reads

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_SAMPLE = 64 * 1024
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
#: A line of an older encoding is UTF-8 by chance; of a file's lines more than this share are so only where it is UTF-8.
_BY_CHANCE = 0.3
#: Encodings of the Latin script, those that most machines write first. They differ in too few letters for statistics.
_LATIN = {"cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1254": "Windows-1254", "mac_roman": "Mac Roman"}
_OTHERS = {"cp1251": "Windows-1251", "cp1253": "Windows-1253", "cp1256": "Windows-1256", "cp932": "Shift-JIS",
           "gb18030": "GB 18030", "big5": "Big5", "cp949": "Korean (949)", "euc_jp": "EUC-JP"}  # fmt: skip
#: What no word of the right alphabet looks like: a symbol among letters, a capital after a small letter, and letters
#: of Icelandic, which stand where Turkish ones do.
_ODD = re.compile(r"(?<=[^\W\d_])[^\w\s.,;:!?'\"’()\[\]/&@#|+*=<>-]|[ß-öø-ÿa-z][A-ZÀ-ÖØ-ÞŠŽŸ]|[þÞðÐýÝ]")


def encoding_of(head: bytes) -> tuple[str, str]:
    """(codec, words for a person) of a text that begins so; the words are "" for UTF-8, and where nobody can tell."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec, "" if codec == "utf-8" else codec[:-3].upper()
    sample = head[:_SAMPLE]
    if wide := _without_mark(sample):
        return wide, wide[:-3].upper()
    if len(_CONTROL.findall(sample)) > len(sample) / 200:
        return "utf-8", ""  # no text at all
    lines = sample.split(b"\n")[: -1 if len(head) > _SAMPLE else None]  # the last may be cut
    odd = [line for line in lines if _BEYOND_ASCII.search(line)]
    # One row in a bad encoding is refused by itself: it does not make the file another. JSON is UTF-8 by its standard.
    few = not odd or (len(odd) == 1 and odd != lines[:1])
    if few or sample.lstrip()[:1] in (b"{", b"[") or sum(map(_is_utf8, odd)) > _BY_CHANCE * len(odd):
        return "utf-8", ""
    text = b"\n".join(odd)
    best = from_bytes(text, cp_isolation=[*_LATIN, *_OTHERS], preemptive_behaviour=False).best()
    codec = best.encoding if best is not None and best.encoding in _OTHERS else _latin(text)
    return codec, f"{(_LATIN | _OTHERS)[codec]} by its looks"


def _latin(text: bytes) -> str:
    """The encoding in which least looks odd."""
    return min(_LATIN, key=lambda codec: len(_ODD.findall(text.decode(codec, "replace").replace("\ufffd", "þ"))))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(sample: bytes) -> str:
    """UTF-16 of mostly western text has a zero in every other place."""
    pairs = len(sample) // 2
    first, second = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if pairs and max(first, second) > 0.4 * pairs and min(first, second) < 0.02 * pairs:
        return "utf-16-le" if second > first else "utf-16-be"
    return ""


class AsUtf8:
    """A stream of text in some encoding, read as UTF-8. What cannot be read becomes U+FFFD."""

    def __init__(self, stream: Reads, codec: str) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(codec)("replace")
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while not self._rest or size < 0:
            chunk = self._stream.read(size)
            text = self._decode.decode(chunk, final=not chunk)
            self._rest += text.encode("utf-8", "replace")
            if not chunk:
                break
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken
