"""What documents and examples claim, held against the code."""

import re
import tomllib
from importlib import import_module
from itertools import pairwise

import pytest

from cli.main import COMMANDS
from core.campaign import Campaign, load_campaign
from core.people import load_people
from core.settings import PROJECT, Settings
from core.stages import ROAD, Stage

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def _journey() -> list[list[str]]:
    table = README[README.index("| stage before |") :].split("\n\n")[0]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def _flow_names() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT / "flows").glob("*.py")]
    return {name for text in texts for name in re.findall(r'@flow\(name="([^"]+)"\)', text)}


def test_the_journey_table_names_every_stage_up_to_the_signature_in_order() -> None:
    stages = [row[0] for row in _journey() if not row[0].startswith("(")]
    assert stages == list(ROAD[: ROAD.index(Stage.SIGNED)])


@pytest.mark.parametrize("row", _journey(), ids=lambda row: row[0])
def test_the_journey_table_names_flows_functions_templates_and_tests_that_exist(row: list[str]) -> None:
    _, _, flow, function, template, test = row
    assert not flow or flow in _flow_names()
    module, _, name = function.rpartition(".")
    assert callable(getattr(import_module(module), name))
    assert not template or (PROJECT / template).is_file()
    assert (PROJECT / test).is_file()


def test_every_flow_is_told_of_in_the_readme() -> None:
    assert not [name for name in _flow_names() if f"`{name}`" not in README]


def test_the_readme_uses_commands_that_exist() -> None:
    used = set(re.findall(r"^    greenroom ([\w-]+)", README, flags=re.MULTILINE))
    assert used <= set(COMMANDS)
    assert used
    groups = {name for name, (_, attribute, _) in COMMANDS.items() if attribute == "app"}
    for group, command in re.findall(r"^    greenroom (\w+) ([\w-]+)", README, flags=re.MULTILINE):
        if group in groups:
            module, attribute, _ = COMMANDS[group]
            app = getattr(import_module(module), attribute)
            parts = [app, *(part.typer_instance for part in app.registered_groups)]
            assert command in {entry.name for part in parts for entry in part.registered_commands}


def test_the_example_settings_are_the_settings_with_their_defaults() -> None:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert named == [f"GREENROOM_{name.upper()}" for name in Settings.model_fields]
    example = Settings(_env_file=PROJECT / ".env.example")
    assert example == Settings(_env_file=None)


def test_the_example_settings_explain_each_setting_in_the_words_of_the_code() -> None:
    text = " ".join((PROJECT / ".env.example").read_text(encoding="utf-8").replace("#", " ").split())
    for name, field in Settings.model_fields.items():
        assert field.description is not None, name
        assert field.description in text, name


def test_the_example_people_can_run_the_example_campaign() -> None:
    example = PROJECT / "people.example.toml"
    people = load_people(example)
    for campaign in (PROJECT / "campaigns").glob("*.toml"):
        people.check_campaign(load_campaign(campaign))
    explained = example.read_text(encoding="utf-8")
    for key in ("id", "name", "mail", "slack", "roles", "delegate", "calendar"):
        assert re.search(rf"^#   {key} ", explained, flags=re.MULTILINE)


def test_every_key_of_the_example_campaign_is_explained() -> None:
    """Behind the key, or for a long value in the line above it."""
    lines = (PROJECT / "campaigns" / "linen-summer.toml").read_text(encoding="utf-8").splitlines()
    for above, line in pairwise(lines):
        key = re.match(r"^(?:# )?(\w+) = ", line)
        if key:
            assert "  # " in line or above.startswith(f"# {key[1]}: "), line


def test_the_example_campaign_shows_every_key() -> None:
    shown = (PROJECT / "campaigns" / "linen-summer.toml").read_text(encoding="utf-8")

    def keys(model: type) -> set[str]:
        names: set[str] = set()
        for name, field in model.model_fields.items():  # type: ignore[attr-defined]
            inner = field.annotation
            names |= keys(inner) if hasattr(inner, "model_fields") else {name}
        return names

    assert not [name for name in keys(Campaign) if not re.search(rf"^(# )?{name} = ", shown, flags=re.MULTILINE)]


def test_the_top_level_is_what_the_import_contract_says() -> None:
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests"}
    layers = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {part.strip() for layer in layers for part in layer.split("|")}
    assert packages == named == set(PYPROJECT["tool"]["importlinter"]["root_packages"])
    installed = {pattern.rstrip("*") for pattern in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert installed == packages


def test_every_decision_says_what_keeps_it_true() -> None:
    for record in (PROJECT / "docs" / "decisions").glob("0*.md"):
        text = record.read_text(encoding="utf-8")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences", "Check")), record.name
        for path in re.findall(r"`((?:tests|core|flows)/[\w/]+\.py)`", text):
            assert (PROJECT / path).is_file(), f"{record.name}: {path}"


@pytest.mark.parametrize("room", ["sourcing", "outreach", "contracts"])
def test_the_map_of_a_room_names_every_module(room: str) -> None:
    text = import_module(room).__doc__ or ""
    indented = " ".join(line for line in text.splitlines() if line.startswith("    "))
    named = set(re.findall(r"[a-z_]+", re.sub(r"\([^)]*\)", "", indented)))
    there = {
        path.stem for path in (PROJECT / room).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - {"__init__", "service"} <= named


def test_lock_files_name_no_index_and_hash_every_package() -> None:
    for lock in (PROJECT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert not [line for line in text.splitlines() if line.startswith("-")]
        pinned = re.findall(r"^[a-z0-9][\w.\[\], -]*==", text, flags=re.MULTILINE)
        hashed = re.findall(r"^[a-z0-9][^\n]* \\\n    --hash=sha256:[0-9a-f]{64}", text, flags=re.MULTILINE)
        assert len(pinned) == len(hashed) > 50
