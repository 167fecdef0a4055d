"""Filling a contract template, and proving that what came out says exactly what was agreed.

Owns the process that fills and the check of its result. Knows nothing of candidates, sign-offs or the archive.
"""

import difflib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from lxml import etree

from contracts.displaying import FIELDS, displayed
from contracts.templates import Template, TemplateText
from contracts.terms import Terms
from contracts.wording import expanded, filled_parts, misplaced, open_package, paragraphs, parse, unfilled
from core.errors import BadInput, Refused

WORKER = Path(__file__).with_name("worker.py")
#: A contract takes some 30 ms; what takes this long will not end by itself.
SECONDS = 10.0
#: Written anew with every file: its list of parts, and who saved it when. Neither holds contract text.
_REWRITTEN = frozenset({"[Content_Types].xml", "docProps/core.xml"})


class Renderer:
    """One process that fills templates, kept warm for a batch and killed when one of them does not end.

    Use it as a context manager. A killed process is replaced at the next document.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def render(self, template: Template, terms: Terms) -> bytes:
        """The document: the same bytes for the same template and terms. Raises Refused when it cannot be filled."""
        job = {"bytes": len(template.content), "fields": displayed(terms), "seconds": 2 * self._seconds}
        with self._one_at_a_time:
            answer, document, overrun = self._ask(json.dumps(job).encode() + b"\n" + template.content)
        if overrun:
            raise Refused(
                f"Template {template.id} did not come to an end within {self._seconds:g} seconds; nothing was drafted.",
                next_step="Look for a loop in it that never ends.",
            )
        if answer["problem"]:
            raise Refused(
                f"Template {template.id} cannot be filled for {terms.reference}: {answer['problem']}.",
                next_step="Mend the template in Word and have it approved again.",
            )
        return document

    def close(self) -> None:
        """End the process; the renderer may be used again after it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        if self._stderr is not None:
            self._stderr.close()
            self._stderr = None

    def _ask(self, job: bytes) -> tuple[Mapping[str, object], bytes, bool]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        overrun = threading.Event()
        watch = threading.Timer(self._seconds, _end, (process, overrun))
        watch.start()
        try:
            process.stdin.write(job)
            process.stdin.flush()
            line = process.stdout.readline()
            answer = json.loads(line) if line.endswith(b"\n") else {}
            document = process.stdout.read(answer.get("bytes", 0))
        except BrokenPipeError:
            answer, document = {}, b""
        finally:
            watch.cancel()
        if answer and len(document) == answer["bytes"]:
            return answer, document, False
        last_words = self._last_words()
        self.close()
        return {"problem": f"the filling process died ({last_words})"}, b"", overrun.is_set()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(WORKER)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr,
            )  # fmt: skip
        return self._process

    def _last_words(self) -> str:
        if self._stderr is None:
            return "without a word"
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "without a word"


def check(document: bytes, template: TemplateText, terms: Terms) -> list[str]:
    """What is wrong with a filled document, in words; empty when it says what template and terms say and no more.

    Reads the bytes anew and works out each paragraph without the library that filled them: every value stands
    where it belongs, nothing is unfilled, no word of the template changed, nothing was added.
    """
    try:
        parts = open_package(document, name="The document")
        problems = [f"contains {problem}" for problem in misplaced(parts)]
        return problems + _other_words(parts, template, terms) + _other_parts(parts, template)
    except BadInput as error:
        return [error.message]


def _end(process: subprocess.Popen[bytes], overrun: threading.Event) -> None:
    overrun.set()
    process.kill()


def _other_words(parts: Mapping[str, bytes], template: TemplateText, terms: Terms) -> list[str]:
    due = [(paragraph.part, paragraph.text) for paragraph in expanded(template.outline, displayed(terms))]
    found = [(paragraph.part, paragraph.text) for paragraph in paragraphs(parts)]
    problems = []
    for kind, due_from, due_to, found_from, found_to in difflib.SequenceMatcher(None, due, found, False).get_opcodes():
        if kind == "equal":
            continue
        problems += [f"{part}: missing: {text!r}" for part, text in due[due_from:due_to]]
        for part, text in found[found_from:found_to]:
            placeholders = unfilled(text, FIELDS)
            problems.append(f"{part}: {f'{placeholders[0]} is not filled' if placeholders else 'added'}: {text!r}")
    return problems


def _other_parts(parts: Mapping[str, bytes], template: TemplateText) -> list[str]:
    filled = set(filled_parts(template.parts))
    problems = [
        f"{name}: added to the template's parts" for name in sorted(set(parts) - set(template.parts) - _REWRITTEN)
    ]
    problems += [f"{name}: missing" for name in sorted(filled - set(parts))]
    for name in sorted(set(parts) & set(template.parts) - filled - _REWRITTEN):
        if _settled(name, parts[name]) != _settled(name, template.parts[name]):
            problems.append(f"{name}: differs from the template")
    return problems


def _settled(name: str, part: bytes) -> bytes | list[tuple[str, ...]]:
    if name.endswith(".rels"):
        return sorted(
            (str(relation.get("Id")), str(relation.get("Type")).rpartition("/")[2], str(relation.get("Target")))
            for relation in parse(part, name=name)
        )
    return etree.tostring(parse(part, name=name), method="c14n") if name.endswith(".xml") else part
