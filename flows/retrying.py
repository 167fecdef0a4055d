"""When a flow's task is worth another try: only for failures that surely changed nothing outside."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from core.errors import TransientError


async def is_transient(task: Task[Any, Any], run: TaskRun, state: State[Any]) -> bool:
    """Prefect asks this after a failure; everything but a TransientError stays failed."""
    result = await state.aresult(raise_on_failure=False)
    return isinstance(result, TransientError)
