"""The process in which Word templates are filled, apart from everything else.

Run by path, so that it loads nothing but the library it needs. Reads one job after the other from standard input
and answers on standard output; ends when the input does. Knows neither terms, templates nor the record.
"""

import contextlib
import io
import json
import signal
import sys
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import LxmlError
from markupsafe import Markup, escape

MEMORY = 1_500_000_000
#: The oldest date a zip can hold: a document's bytes must not tell when it was filled.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def main() -> None:
    """Serve jobs until the input ends: a line of JSON, then the template's bytes; the answer has the same form."""
    _limit_memory()
    while line := sys.stdin.buffer.readline():
        job = json.loads(line)
        template = sys.stdin.buffer.read(job["bytes"])
        # Should whoever waits for us have died, nobody else would end an endless template.
        signal.setitimer(signal.ITIMER_REAL, job["seconds"])
        try:
            document, problem = fill(template, job["fields"]), ""
        except (TemplateError, LxmlError, OpcError, zipfile.BadZipFile, MemoryError, RecursionError) as error:
            document, problem = b"", f"{type(error).__name__}: {error}"
        signal.setitimer(signal.ITIMER_REAL, 0)
        _answer(sys.stdout.buffer, document, problem)


def fill(template: bytes, fields: Mapping[str, Any]) -> bytes:
    """The template with every field filled; the same bytes for the same input. Raises what main() reports."""
    document = DocxTemplate(io.BytesIO(template))
    _know_properties(document)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    document.render(_nested(fields), environment, autoescape=True)
    document.core_properties.comments = ""  # notes to those who edit the template are not the creator's
    raw = io.BytesIO()
    document.save(raw)
    return _settled(raw.getvalue())


def _know_properties(document: DocxTemplate) -> None:
    # LibreOffice names this relationship in a way the library does not know; it would add a second properties part,
    # dated now, beside the first.
    for relation in document.get_docx().part.package.rels.values():
        if relation.reltype.endswith("/metadata/core-properties"):
            relation._reltype = RELATIONSHIP_TYPE.CORE_PROPERTIES
            return
    document.core_properties.modified = datetime(*_EPOCH)  # noqa: DTZ001 - Word's own dates have no zone


def _nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for name, value in sorted(fields.items()):  # `exclusivity` comes before `exclusivity.days`
        *groups, last = name.split(".")
        place: Any = context
        for group in groups:
            place = place.setdefault(group, {}) if isinstance(place, dict) else vars(place).setdefault(group, {})
        filled = _Both(_literal(value)) if isinstance(value, str) else [_literal(one) for one in value]
        if isinstance(place, dict):
            place[last] = filled
        else:
            setattr(place, last, filled)
    return context


class _Both(Markup):
    """A value that may have fields of its own below it: `exclusivity` and `exclusivity.days`."""


def _literal(text: str) -> Markup:
    # The library turns `{_{` into `{{` after filling; a brace written as an entity it leaves alone.
    return Markup(str(escape(text)).replace("{", "&#123;").replace("}", "&#125;").replace("%", "&#37;"))


def _settled(docx: bytes) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(result, "w") as target:
        for name in sorted(source.namelist()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            # Stored: what a compressor makes of it differs between machines.
            target.writestr(entry, source.read(name), compress_type=zipfile.ZIP_STORED)
    return result.getvalue()


def _answer(stream: IO[bytes], document: bytes, problem: str) -> None:
    stream.write(json.dumps({"bytes": len(document), "problem": problem}).encode() + b"\n" + document)
    stream.flush()


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
