"""Sets the templates of this clone anew: `python -m contracts.typesetting [NAME…]`, all of them without a name.

A file whose bytes change must be approved again before it is used.
"""

import sys
from pathlib import Path

from contracts.typesetting.package import typeset
from core.files import write_atomically
from core.settings import Settings


def main(names: list[str], folder: Path) -> None:
    for path in sorted((folder / "sources").glob("*.txt")):
        if not names or path.stem in names:
            document = folder / f"{path.stem}.docx"
            content = typeset(path.read_text(encoding="utf-8"), name=path.name)
            same = document.exists() and document.read_bytes() == content
            if not same:
                write_atomically(document, content)
            sys.stdout.write(f"{document.name}: {'as it was' if same else 'set'}\n")


if __name__ == "__main__":
    main(sys.argv[1:], Settings().templates / "contracts")
