"""Filling a contract template, and proving that what came out says exactly what was agreed.

Owns what becomes of a document: it is filled by one process, proven by another, or refused in words. Knows nothing of
candidates, sign-offs or the archive.
"""

import hashlib
from types import TracebackType
from typing import Protocol, Self

from contracts.displaying import displayed
from contracts.pool import MEMORY, PROGRAM, SECONDS, Answer, Limits, Pair, Pool
from contracts.proof import prove
from contracts.templates import Template, TemplateText
from contracts.terms import Terms
from core.errors import PermanentError, Refused

#: As many as the cores of a small machine.
WORKERS = 2


class Fills(Protocol):
    """Whatever gives the proven document of a template and terms."""

    def render(self, template: Template, terms: Terms) -> bytes: ...


class Renderer:
    """Warm processes that fill templates and prove what came out. Use it as a context manager, from any thread.

    They are started when first needed. One that does not end its job is killed; one that is killed is replaced.
    """

    def __init__(
        self, *, workers: int = WORKERS, seconds: float = SECONDS, memory: int = MEMORY, program: str = PROGRAM
    ) -> None:
        self._limits = Limits(seconds=seconds, memory=memory)
        self._pool = Pool(workers, limits=self._limits, program=program)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """How many documents are worked on at once."""
        return len(self._pool.pairs)

    @property
    def processes(self) -> list[int]:
        """The ids of those that run."""
        every = [process for pair in self._pool.pairs for process in (pair.filler, pair.prover)]
        return [process.pid for process in every if process.pid is not None]

    def render(self, template: Template, terms: Terms) -> bytes:
        """The proven document: the same bytes for the same template and terms.

        Raises Refused when it cannot be filled, PermanentError when it came out with any other word than it should.
        """
        with self._pool.pair() as pair:
            document = self._filled(pair, template, terms)
            self._prove(pair, template, terms, document)
        return document

    def close(self) -> None:
        """End the processes; the renderer may be used again after it."""
        self._pool.close()

    def _filled(self, pair: Pair, template: Template, terms: Terms) -> bytes:
        answer = pair.filler.ask([template.content], displayed(terms))
        if answer.overrun:
            raise Refused(
                f"Template {template.id} did not come to an end within {self._limits.seconds:g} seconds; nothing was "
                "drafted.",
                next_step="Look for a loop in it that never ends.",
            )
        if answer.problems or answer.died:
            problem = answer.problems[0] if answer.problems else f"the filling process died ({answer.died})"
            raise Refused(
                f"Template {template.id} cannot be filled for {terms.reference}: {problem}.",
                next_step="Mend the template in Word and have it approved again.",
            )
        return answer.content

    def _prove(self, pair: Pair, template: Template, terms: Terms, document: bytes) -> None:
        answer = pair.prover.ask([template.content, document], displayed(terms))
        if problems := _objections(answer, document):
            raise PermanentError(
                f"The contract {terms.reference} did not come out as its template says: {'; '.join(problems[:3])}.",
                next_step=f"Nothing was drafted. Look at template {template.id} in Word.",
            )


def check(document: bytes, template: TemplateText, terms: Terms) -> list[str]:
    """What is wrong with a filled document, in words; empty when it says what template and terms say and no more."""
    return prove(document, template, displayed(terms))


def _objections(answer: Answer, document: bytes) -> list[str]:
    if answer.died:
        return ["it took too long to prove" if answer.overrun else f"the proving process died ({answer.died})"]
    if not answer.problems and answer.content != hashlib.sha256(document).hexdigest().encode():
        return ["another document was proven"]
    return list(answer.problems)
