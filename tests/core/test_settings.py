from pathlib import Path

import pytest
from pydantic import ValidationError

from core.settings import Settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without .env and an environment without our names."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GREENROOM_{name.upper()}", raising=False)
    return tmp_path


def test_without_any_setting_nothing_leaves_the_machine() -> None:
    settings = Settings()
    assert settings.dry_run
    assert not settings.terminal_may_sign_off
    assert settings.database_address == "sqlite:///var/greenroom.db"
    assert {settings.pool_folder, settings.outbox_folder, settings.contracts_folder} == {
        Path("var/pool"), Path("var/outbox"), Path("var/contracts")
    }  # fmt: skip


def test_the_environment_wins_over_the_env_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / ".env").write_text("GREENROOM_HOME=/from/file\nGREENROOM_ACTOR=omar\nOTHER=1\n")
    monkeypatch.setenv("GREENROOM_HOME", "/from/environment")
    settings = Settings()
    assert (settings.home, settings.actor) == (Path("/from/environment"), "omar")


def test_an_address_of_postgresql_is_used_and_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql+psycopg://greenroom:s3cret@db/greenroom"
    monkeypatch.setenv("GREENROOM_DATABASE_URL", address)
    monkeypatch.setenv("GREENROOM_SMTP_PASSWORD", "hunter2")
    settings = Settings()
    assert settings.database_address == address
    assert "s3cret" not in repr(settings) + str(settings.model_dump())
    assert "hunter2" not in repr(settings) + str(settings.model_dump())


def test_an_empty_address_means_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_DATABASE_URL", "")
    monkeypatch.setenv("GREENROOM_HOME", "/srv/greenroom")
    assert Settings().database_address == "sqlite:////srv/greenroom/greenroom.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [("DRY_RUN", "perhaps"), ("SMTP_PORT", "0"), ("SMTP_SECURITY", "ssl"), ("TRUSTED_PROXIES", "*"),
     ("TRUSTED_PROXIES", "10.0.0.1, our-proxy"), ("TRUSTED_PROXIES", "0.0.0.0/0"), ("TRUSTED_PROXIES", "::/0")],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"GREENROOM_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_settings_cannot_be_changed_on_the_way() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(Settings(), "dry_run", False)  # noqa: B010
