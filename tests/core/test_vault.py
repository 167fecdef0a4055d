from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from core.errors import PermanentError, Refused
from core.vault import Vault

IBAN = "DE89370400440532013000"


def test_the_first_seal_makes_a_key_that_only_its_owner_may_read(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    sealed = vault.seal(IBAN)
    assert IBAN not in sealed
    assert vault.seal(IBAN) != sealed
    assert (tmp_path / "vault-keys").stat().st_mode & 0o777 == 0o600
    assert Vault(tmp_path).open(sealed, whose="ada") == IBAN
    assert [path.name for path in tmp_path.iterdir()] == ["vault-keys"]


def test_two_first_seals_at_once_agree_on_one_key(tmp_path: Path) -> None:
    together = Barrier(8)

    def seal(number: int) -> str:
        together.wait()
        return Vault(tmp_path).seal(str(number))

    with ThreadPoolExecutor(8) as threads:
        sealed = list(threads.map(seal, range(8)))
    assert [Vault(tmp_path).open(one, whose="x") for one in sealed] == [str(number) for number in range(8)]


def test_a_new_key_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    old = vault.seal(IBAN)
    vault.add_key()
    new = vault.again(old, whose="ada")
    assert vault.open(old, whose="ada") == vault.open(new, whose="ada") == IBAN
    vault.drop_old_keys()
    assert vault.open(new, whose="ada") == IBAN
    with pytest.raises(PermanentError, match="sealed for ada cannot be opened") as failed:
        vault.open(old, whose="ada")
    assert IBAN not in str(failed.value)
    with pytest.raises(PermanentError, match="cannot be opened"):
        vault.again(old, whose="ada")
    assert (tmp_path / "vault-keys").stat().st_mode & 0o777 == 0o600


def test_keys_of_the_settings_leave_no_file(tmp_path: Path) -> None:
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Vault(tmp_path, SecretStr(first)).seal(IBAN)
    both = Vault(tmp_path, SecretStr(f"{second}, {first}"))
    moved = both.again(sealed, whose="ada")
    assert Vault(tmp_path, SecretStr(second)).open(moved, whose="ada") == IBAN
    with pytest.raises(Refused, match="which only you can change"):
        both.add_key()
    both.drop_old_keys()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "abc\n", "é"])
def test_a_damaged_key_file_is_named_and_not_replaced(content: str, tmp_path: Path) -> None:
    (tmp_path / "vault-keys").write_text(content, encoding="utf-8")
    with pytest.raises(PermanentError, match="vault-keys does not hold usable keys"):
        Vault(tmp_path).seal(IBAN)
    with pytest.raises(PermanentError, match="vault-keys does not hold usable keys"):
        Vault(tmp_path).add_key()
    assert (tmp_path / "vault-keys").read_text(encoding="utf-8") == content
