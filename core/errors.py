"""The ways things fail, and the exit code of each.

Three kinds are decided where the wire is (transient, permanent, outcome unknown); a fourth, `Refused`,
is a rule of the programme saying no before anything went out. Whatever is not one of these is a bug
and may crash the run.
"""

from typing import ClassVar


class GreenroomError(Exception):
    """Base: a sentence that names the record and what happened, and the next step for the person."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class Refused(GreenroomError):
    """A rule said no, nothing was done. Exit 1."""


class BadInput(Refused):
    """A file or value given to us cannot be used; nothing of it was kept unless the message says so. Exit 1."""


class WrongUsage(GreenroomError):
    """The command's own words are off. Exit 2."""

    exit_code = 2


class TransientError(GreenroomError):
    """Surely not done; the same call may work later. Flows retry these. Exit 3."""

    exit_code = 3


class PermanentError(GreenroomError):
    """The outside system said no, and repeating cannot help. Recorded; the flow goes on. Exit 1."""


class OutcomeUnknown(GreenroomError):
    """We asked, and cannot tell whether it happened. Never repeated by a machine; a person decides. Exit 1."""
