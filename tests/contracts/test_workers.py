"""The processes that fill and prove: apart from one another, within limits, replaced when they die."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts.documents import Renderer, check
from contracts.pool import MEMORY, Limits, WorkerProcess
from contracts.templates import Template, Templates
from contracts.terms import Terms
from contracts.worker import READY
from core.errors import Refused
from core.money import Money
from tests.contracts.test_documents import EUROS, TODAY, written

PROJECT = Path(__file__).resolve().parents[2]


def asked(content: bytes, fields: dict[str, object], *, seconds: float = 5) -> subprocess.CompletedProcess[bytes]:
    """One job for a filling process of its own, by its pipe."""
    job = json.dumps({"sizes": [len(content)], "fields": fields, "seconds": seconds}).encode() + b"\n" + content
    command = [sys.executable, "-P", "-m", "contracts.worker", "fill", str(MEMORY)]
    return subprocess.run(command, input=job, capture_output=True, timeout=20, env={"PYTHONPATH": str(PROJECT)})


def test_the_filling_process_ends_itself_when_nobody_waits_for_it_any_more() -> None:
    endless = written("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    result = asked(endless, {}, seconds=0.5)
    assert result.returncode != 0
    assert result.stdout == READY


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{{ creator.name.nothing }}", "UndefinedError"),
        ("{{ nothing }}", "UndefinedError"),
        ("{{ ''.__class__.__mro__ }}", "SecurityError"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "SecurityError"),
        ("{% for x in %}", "TemplateSyntaxError"),
    ],
)
def test_what_a_template_must_not_do_fails_in_the_filling_process_too(line: str, problem: str) -> None:
    answer = json.loads(asked(written(line), {"creator.name": "Ada"}).stdout.splitlines()[1])
    assert answer["size"] == 0
    assert answer["problems"][0].startswith(problem)


def test_what_proves_never_loads_what_runs_templates() -> None:
    code = (
        "import sys, contracts.worker as w; w._prove(); print(sorted({'jinja2', 'docxtpl', 'docx'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True,
                            env={"PYTHONPATH": str(PROJECT)})  # fmt: skip
    assert result.stdout.strip() == "[]"


def test_what_runs_templates_does_not_know_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_PEPPER", "do-not-tell")
    worker = WorkerProcess("fill", limits=Limits())
    process = worker.start()
    environment = Path(f"/proc/{process.pid}/environ")
    if environment.exists():
        assert b"do-not-tell" not in environment.read_bytes()
    worker.close()


def test_one_document_is_filled_by_one_process_and_proven_by_another(
    template: Template, terms_with: Callable[..., Terms]
) -> None:
    with Renderer() as renderer:
        renderer.render(template, terms_with())
        assert len(set(renderer.processes)) == 2
    assert renderer.processes == []


def test_processes_that_were_killed_are_replaced_and_no_document_is_lost(
    template: Template, terms_with: Callable[..., Terms]
) -> None:
    with Renderer() as renderer:
        document = renderer.render(template, terms_with())
        for process in renderer.processes:
            os.kill(process, signal.SIGKILL)
        assert renderer.render(template, terms_with()) == document


@pytest.mark.slow
def test_many_documents_at_once_with_processes_killed_all_the_time(
    template: Template, terms_with: Callable[..., Terms]
) -> None:
    every = [terms_with(creator_name=f"Creator {number}") for number in range(60)]
    with Renderer() as renderer, ThreadPoolExecutor(renderer.workers) as threads:
        futures = [threads.submit(renderer.render, template, terms) for terms in every]
        for number, (terms, future) in enumerate(zip(every, futures, strict=True)):
            assert check(future.result(), template, terms) == []
            if number % 10 == 5:
                os.kill(renderer.processes[number % len(renderer.processes)], signal.SIGKILL)


@pytest.mark.parametrize("limits", [{"seconds": 1.0}, {"memory": 300_000_000, "seconds": 120.0}])
def test_a_template_without_end_is_refused_and_the_next_one_is_filled(
    limits: dict[str, float], own_templates: Callable[..., Templates], template: Template,
    terms_with: Callable[..., Terms],
) -> None:  # fmt: skip
    loops = [f"{{%p for d{n} in deliverables %}}" for n in range(12)]
    endless = own_templates(written(*loops, "again" * 2000, *["{%p endfor %}"] * 12))
    terms = terms_with(deliverables=tuple(f"post {n}" for n in range(20)))
    trap = endless.usable("creator-agreement-en", spend=EUROS, on=TODAY)
    with Renderer(**limits) as renderer:  # type: ignore[arg-type]
        with pytest.raises(Refused, match=r"did not come to an end within 1 seconds|MemoryError"):
            renderer.render(trap, terms)
        assert check(renderer.render(template, terms), template, terms) == []


def test_a_document_of_any_size_is_not_taken(
    own_templates: Callable[..., Templates], terms_with: Callable[..., Terms]
) -> None:
    loops = [f"{{%p for d{n} in deliverables %}}" for n in range(3)]
    large = own_templates(written(*loops, "again" * 600, *["{%p endfor %}"] * 3))
    terms = terms_with(deliverables=tuple(f"post {n}" for n in range(20)))
    trap = large.usable("creator-agreement-en", spend=Money(EUROS.amount, "EUR"), on=TODAY)
    with Renderer() as renderer, pytest.raises(Refused, match="grew beyond 20 MB"):
        renderer.render(trap, terms)


def test_a_process_whose_answer_cannot_be_read_is_one_that_died(
    templates: Templates, terms_with: Callable[..., Terms]
) -> None:
    template = templates.usable("creator-agreement-en", spend=Money(EUROS.amount, "EUR"), on=TODAY)
    with Renderer(program="tests.contracts.talkative_worker") as talkative, pytest.raises(Refused, match="died"):
        talkative.render(template, terms_with())
