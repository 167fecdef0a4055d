"""What tests of returned documents share: the agreement we sent, with and without marked places."""

import pytest

from bench.papers import agreement, with_places


@pytest.fixture(scope="session")
def sent() -> bytes:
    return agreement()


@pytest.fixture(scope="session")
def sent_with_places(sent: bytes) -> bytes:
    return with_places(sent)
