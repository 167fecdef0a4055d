"""Which fields a contract template reads when it is filled, and that it does nothing else.

Knows nothing of approvals, nor of which fields somebody may use.
"""

import io
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from contracts.displaying import FIELDS, LISTS
from contracts.wording import filled_parts, open_package
from core.errors import Refused

_KEPT = 32  # templates as they were last read: a batch, a page and a board ask for the same


@lru_cache(maxsize=_KEPT)
def asked_fields(template_id: str, content: bytes) -> frozenset[str]:
    """Every field the template would read, with its attributes (`creator.name`), wherever in the file it stands.

    Read from the syntax tree of what is really evaluated. Raises Refused at anything but fields, loops and choices:
    a calculation, a call or a filter has no place in a contract.
    """
    environment, asked = SandboxedEnvironment(autoescape=True), set[str]()
    for source in _sources(content, open_package(content, name=f"Template {template_id}")):
        try:
            tree = environment.parse(source)
        except TemplateError as error:
            raise Refused(f"Template {template_id} cannot be read: {error}.", next_step="Mend it in Word.") from None
        asked |= _asked(template_id, tree.body, frozenset())
    return frozenset(asked)


def _sources(content: bytes, parts: Mapping[str, bytes]) -> list[str]:
    from docxtpl import DocxTemplate  # only a template that is taken apart pays for it, not the asking for its limit

    reader = DocxTemplate(io.BytesIO(content))
    reader.render_init()
    sources = [reader.patch_xml(parts[name].decode("utf-8")) for name in filled_parts(parts)]
    names = ("author", "comments", "identifier", "language", "subject", "title")
    return sources + [getattr(reader.docx.core_properties, name) for name in names]


def _asked(template_id: str, body: list[nodes.Node], loop_variables: frozenset[str]) -> set[str]:
    asked: set[str] = set()
    for node in body:
        if isinstance(node, nodes.Output):
            pieces = [piece for piece in node.nodes if not isinstance(piece, nodes.TemplateData)]
            asked |= {_dotted(template_id, piece, is_list=False) for piece in pieces} - loop_variables
        elif isinstance(node, nodes.For) and isinstance(node.target, nodes.Name) and not (node.else_ or node.test):
            asked |= {_dotted(template_id, node.iter, is_list=True)}
            asked |= _asked(template_id, node.body, loop_variables | {node.target.name})
        elif isinstance(node, nodes.If) and not (node.elif_ or node.else_):
            asked |= {_dotted(template_id, node.test, is_list=None)} - loop_variables
            asked |= _asked(template_id, node.body, loop_variables)
        else:
            raise _unfit(template_id, node)
    return asked


def _dotted(template_id: str, node: nodes.Node, *, is_list: bool | None) -> str:
    name = _path(node)
    if not name:
        raise _unfit(template_id, node)
    if is_list is not None and name in FIELDS and (name in LISTS) != is_list:
        raise Refused(
            f"Template {template_id} uses {name!r} as {'a list' if is_list else 'one value'}, which it is not.",
            next_step="Loop over lists with {%p for x in list %}; write other fields as {{ field }}.",
        )
    return name


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    inner = _path(node.node) if isinstance(node, nodes.Getattr) else ""
    return f"{inner}.{node.attr}" if inner and isinstance(node, nodes.Getattr) else ""


def _unfit(template_id: str, node: nodes.Node) -> Refused:
    return Refused(
        f"Template {template_id} does more than fill in fields (line {node.lineno}: {type(node).__name__}).",
        next_step="Use {{ field }}, {%p for x in list %} and {%p if field %} only.",
    )
