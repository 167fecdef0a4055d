"""Where presets lie: those that ship, and a team's own in HOME/presets, which win by name.

    HOME/presets/<name>.toml     written by hand, by `pool presets copy`, or when a person confirmed a guess
Owns names, reading, recognising a file by its header, copying and saving. What a preset says is `preset`'s matter.
"""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput, Refused, WrongUsage
from core.files import write_atomically
from sourcing.columns import plain
from sourcing.presets.preset import LONGEST_NAME, Preset, checked

SHIPPED = Path(__file__).parent / "shipped"
_NAME = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{LONGEST_NAME - 1}}}")
_LARGEST = 256 * 1024


@dataclass(frozen=True)
class Found:
    """A preset and where it lies; `own` are a team's, the others come with the product."""

    name: str
    preset: Preset
    path: Path
    own: bool


def folder_of(home: Path) -> Path:
    return home / "presets"


def names(home: Path) -> dict[str, Path]:
    """Name → file, a team's own before those that ship."""
    own = {path.stem: path for path in sorted(folder_of(home).glob("*.toml"))}
    return dict(sorted(({path.stem: path for path in sorted(SHIPPED.glob("*.toml"))} | own).items()))


def load(home: Path, name: str) -> Found:
    """Raises WrongUsage for a name nobody knows, BadInput for a preset that is wrong: file, key and what to write."""
    known = names(home)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "See them: greenroom pool presets list"
        raise WrongUsage(f"There is no preset {name!r}.", next_step=hint)
    return Found(name, read(known[name]), known[name], known[name].parent != SHIPPED)


def sound(home: Path) -> tuple[list[Found], tuple[str, ...]]:
    """Every preset that can be used; and what is wrong with each that cannot, which stops none of the others."""
    found, wrong = [], []
    for name in names(home):
        try:
            found.append(load(home, name))
        except BadInput as error:
            wrong.append(error.message)
    return found, tuple(wrong)


def read(path: Path) -> Preset:
    """Raises BadInput."""
    again = "Mend that line and try again; greenroom pool presets show modash-csv is an example."
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path} is too large for a preset.")
        return checked(tomllib.loads(path.read_text(encoding="utf-8-sig")), file=str(path))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The preset {path} is no TOML: {error}.", next_step=again) from None
    except OSError as error:
        raise BadInput(f"The preset {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadInput(str(error), next_step=again) from None


def recognised(found: Iterable[Found], header: Sequence[str]) -> Found | None:
    """The preset whose columns this header has; a team's own first, then the one that knows most of them."""
    here = {plain(column) for column in header}

    def fits(one: Found) -> bool:
        wanted = {plain(column) for column in one.preset.recognised_by}
        return bool(wanted) and (wanted == here if one.preset.exactly else wanted <= here)

    fitting = [one for one in found if fits(one)]
    return max(fitting, key=lambda one: (one.own, len(one.preset.recognised_by)), default=None)


def copy(home: Path, name: str, new: str) -> Path:
    """A copy for a person to change. Raises Refused where the new name is taken, WrongUsage where it is no name."""
    found = load(home, name)
    path = _place_for(home, new)
    if path.exists():
        raise Refused(f"There is a preset {new!r} already.", next_step=f"Change {path}, or take another name.")
    write_atomically(path, found.path.read_text(encoding="utf-8-sig"))
    return path


def save(home: Path, name: str, text: str) -> Path:
    """Write a preset that a person confirmed, under a name of its own where the name stands for another already."""
    checked(tomllib.loads(text), file=name)
    known = names(home)
    choice, number = name, 1
    while choice in known and known[choice].read_bytes() != text.encode():
        number += 1
        choice = f"{name[: LONGEST_NAME - 4]}-{number}"
    path = _place_for(home, choice)
    write_atomically(path, text)
    return path


def name_for(file: Path) -> str:
    """A preset's name for a file: "Meine Creator 2026.csv" gives "meine-creator-2026"."""
    stem = file.name.split(".")[0]
    bare = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[: LONGEST_NAME - 4].strip("-") or "my-file"


def _place_for(home: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise WrongUsage(f"{name!r} is no name for a preset.", next_step="Use a-z, 0-9 and -, such as my-agency.")
    folder = folder_of(home)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.toml"
