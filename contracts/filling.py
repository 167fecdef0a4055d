"""Filling Word templates: the one place where a template is run.

Loaded by worker processes only. Knows neither terms, approvals nor the record, and proves nothing.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import LxmlError
from markupsafe import Markup, escape

#: A contract has less than a tenth of it.
MAX_DOCUMENT = 20_000_000
#: The oldest date a zip can hold: a document's bytes must not tell when it was filled.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PROBLEMS = (TemplateError, LxmlError, OpcError, zipfile.BadZipFile, MemoryError, RecursionError)


def fill_or_tell(files: Sequence[bytes], fields: Mapping[str, Any]) -> tuple[list[str], bytes]:
    """A worker's answer: the document, or why there is none."""
    [template] = files
    try:
        document = fill(template, fields)
    except _PROBLEMS as error:
        return [f"{type(error).__name__}: {error}"], b""
    if len(document) > MAX_DOCUMENT:
        return [f"it grew beyond {MAX_DOCUMENT // 1_000_000} MB"], b""
    return [], document


def fill(template: bytes, fields: Mapping[str, Any]) -> bytes:
    """The template with every field filled; the same bytes for the same input. Raises what `fill_or_tell` tells."""
    document = _Document(io.BytesIO(template))
    _know_properties(document)
    document.render(_nested(fields), _Remembering(autoescape=True, undefined=StrictUndefined), autoescape=True)
    document.core_properties.comments = ""  # notes to those who edit the template are not the creator's
    raw = io.BytesIO()
    document.save(raw)
    return _settled(raw.getvalue())


class _Document(DocxTemplate):  # type: ignore[misc] # the library has no types
    def patch_xml(self, src_xml: str) -> str:
        return _patched(src_xml)


class _Remembering(SandboxedEnvironment):
    """Compiles each part of a template once. What is compiled holds the template's words and no creator's."""

    def from_string(self, source: Any, globals: Any = None, template_class: Any = None) -> Template:
        return _compiled(source)


# Bounded, so that a process that has seen many versions of many templates does not grow without end.
@lru_cache(maxsize=64)
def _patched(source: str) -> str:
    return str(DocxTemplate(io.BytesIO()).patch_xml(source))


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined).from_string(source)


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
