"""Which writing the fonts of this machine can draw, and which Debian package has what is lacking.

Owns the table of scripts, and the settings under which LibreOffice sees fonts. Knows no document.
"""

import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

_CJK, _MANY, _SYMBOLS = "fonts-wqy-microhei", "fonts-noto-core", "fonts-symbola"
#: Arial, which agreements are set in, and faces of the same widths.
_TWINS = ("Arial", "Liberation Sans", "Arimo")
_SECONDS = 20.0


@dataclass(frozen=True)
class Script:
    """A way of writing: its name, how Unicode's names of its letters begin, a sample, and the package with a font."""

    name: str
    begins: tuple[str, ...]
    sample: str
    package: str


EMOJI = Script("emoji and symbols", (), "🌸👍🏽★✨𝓐", _SYMBOLS)
SCRIPTS = (
    Script("Latin", ("LATIN", "COMBINING"), "AéßłŁşẽ", _MANY),
    Script("Greek", ("GREEK",), "Ωλώ", _MANY),
    Script("Cyrillic", ("CYRILLIC",), "ЖїљӘ", _MANY),
    Script("Chinese", ("CJK",), "山王麗龘", _CJK),
    Script("Japanese", ("HIRAGANA", "KATAKANA", "HALFWIDTH", "FULLWIDTH"), "ゆカ", _CJK),
    Script("Korean", ("HANGUL",), "김뷁", _CJK),
    Script("Arabic", ("ARABIC",), "أحمدپک", _MANY),
    Script("Hebrew", ("HEBREW",), "שָׁל", _MANY),
    Script("Thai", ("THAI",), "สมน้ำ", _MANY),
    Script("Devanagari", ("DEVANAGARI",), "अक्ष", _MANY),
    Script("Bengali", ("BENGALI",), "শ্রে", _MANY),
    Script("Gujarati", ("GUJARATI",), "ગુજ", _MANY),
    Script("Gurmukhi", ("GURMUKHI",), "ਗੁਰ", _MANY),
    Script("Tamil", ("TAMIL",), "தமிழ்", _MANY),
    Script("Telugu", ("TELUGU",), "తెలుగు", _MANY),
    Script("Kannada", ("KANNADA",), "ಕನ್ನಡ", _MANY),
    Script("Malayalam", ("MALAYALAM",), "മലയാളം", _MANY),
    Script("Sinhala", ("SINHALA",), "සිංහල", _MANY),
    Script("Khmer", ("KHMER",), "ខ្មែរ", _MANY),
    Script("Lao", ("LAO",), "ລາວ", _MANY),
    Script("Burmese", ("MYANMAR",), "မြန်", _MANY),
    Script("Ethiopic", ("ETHIOPIC",), "ሰላም", _MANY),
    Script("Georgian", ("GEORGIAN",), "გიო", _MANY),
    Script("Armenian", ("ARMENIAN",), "Արա", _MANY),
    EMOJI,
)
_OTHER = Script("other writing", (), "", _MANY)


def script_of(letter: str) -> Script:
    """The script of one letter; a sign that belongs to none is a symbol."""
    first = unicodedata.name(letter, "").partition(" ")[0]
    found = next((script for script in SCRIPTS if first in script.begins), None)
    return found or (EMOJI if unicodedata.category(letter)[0] == "S" or first == "MATHEMATICAL" else _OTHER)


def scripts_of(letters: Iterable[str]) -> list[Script]:
    """The scripts of some letters, each once, in the order of the table."""
    found = {script_of(letter) for letter in letters}
    return [script for script in (*SCRIPTS, _OTHER) if script in found]


def packages_of(scripts: Iterable[Script]) -> str:
    """What to install for these, as one command."""
    return f"apt install {' '.join(dict.fromkeys(script.package for script in scripts))}"


def lacking() -> list[Script]:
    """The scripts that no font of this machine has; none where it cannot be asked (there is no fontconfig)."""
    return [script for script in SCRIPTS if not all(_has(letter) for letter in script.sample)]


def has_twin() -> bool:
    """Whether lines and pages break as they do in Word: a font of Arial's widths is there, or nobody can tell."""
    found = _listed("family")
    return found is None or any(twin in line for line in found for twin in _TWINS)


def fingerprint() -> str:
    """Changes when fonts come or go, so that what lacked one is tried again; '' where it cannot be asked."""
    found = _listed("file")
    return "" if found is None else sha256("\n".join(sorted(found)).encode()).hexdigest()


def without_colours() -> str | None:
    """Fontconfig's settings for LibreOffice: this machine's, without fonts in colours. None where there are none.

    Of a font in colours LibreOffice 7 puts empty letters into a PDF. Without it, emoji are drawn in black, by a font
    that has them as outlines, in every version.
    """
    own = Path(os.environ.get("FONTCONFIG_FILE") or "/etc/fonts/fonts.conf")
    if not own.is_absolute() or not own.exists():
        return None
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig><include>{escape(str(own))}</include><selectfont><rejectfont><pattern>"
        '<patelt name="color"><bool>true</bool></patelt></pattern></rejectfont></selectfont></fontconfig>\n'
    )


def _has(letter: str) -> bool:
    found = _listed("family", f"charset={ord(letter):x}")
    return found is None or bool(found)


def _listed(what: str, *wanted: str) -> Sequence[str] | None:
    """Lines of fc-list about the fonts that LibreOffice is shown; None where there is no such command."""
    command = shutil.which("fc-list")
    if command is None:
        return None
    try:
        done = subprocess.run([command, ":".join(("", *wanted, "color=false")), what], capture_output=True, text=True,
                              timeout=_SECONDS, check=True)  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return [line for line in done.stdout.splitlines() if line.strip()]
