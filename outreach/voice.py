"""All the words that go out for a campaign without anybody reading each mail: which templates, in which order, and
what fills them. Reads files, decides nothing.
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from core.campaign import Campaign
from outreach.quarantine import Version
from outreach.render import MailTemplate, load_template, template_file
from outreach.sequence import Sequence, Step, sequence_of


@dataclass(frozen=True)
class Spoken:
    """One step of a campaign's sequence, the template it is written from, and that template's text."""

    step: Step
    template: MailTemplate
    source: str

    @property
    def version(self) -> Version:
        return Version(self.template.name, self.template.sha256)


def spoken(folder: Path, campaign: Campaign) -> tuple[Spoken, ...]:
    """The wording of each step, the invitation first. Raises BadInput naming what is missing or cannot be read."""
    return tuple(_spoken(folder, campaign, step) for step in sequence_of(folder, campaign).steps)


def pieces(folder: Path, campaign: Campaign) -> tuple[bytes, ...]:
    """What is signed off as the voice, byte for byte: each template of the sequence, when they go, and the phrases of
    the language. Raises BadInput as `spoken` does."""
    sequence = sequence_of(folder, campaign)
    words = [_source(folder, campaign, step) for step in sequence.steps]
    return (*words, _plan(sequence), *(path.read_bytes() for path in _phrase_files(folder, campaign)))


def _spoken(folder: Path, campaign: Campaign, step: Step) -> Spoken:
    template = load_template(folder, step.template, campaign.outreach.locale)
    return Spoken(step, template, _source(folder, campaign, step).decode())


def _source(folder: Path, campaign: Campaign, step: Step) -> bytes:
    path = template_file(folder, step.template, campaign.outreach.locale)
    if not path.is_file():
        load_template(folder, step.template, campaign.outreach.locale)  # says which there are
    return path.read_bytes()


def _plan(sequence: Sequence) -> bytes:
    """The sequence as it stands in its file, whatever other sequences the file holds."""
    return json.dumps(dataclasses.asdict(sequence), sort_keys=True).encode()


def _phrase_files(folder: Path, campaign: Campaign) -> list[Path]:
    """Data files of the language beside the templates, but for what answers to a creator: a person reads each."""
    found = (folder / "outreach").glob(f"*.{campaign.outreach.locale}.toml")
    return sorted(path for path in found if not path.name.startswith("answers."))
