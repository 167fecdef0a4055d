"""Which addresses a credential may be sent to. Whose address it is, and what is sent there, is decided elsewhere."""

from urllib.parse import urlsplit

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def keeps_secrets(url: str) -> bool:
    """Whether nobody on the way can read what is sent there: by https, or to this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _THIS_MACHINE
