"""Asking the DNS for texts (TXT): the name servers of this machine or one that is named, and a file in their place.

Owns the asking and what its failures mean. What the texts say of a sender is judged in `core.sender_domain`.
"""

import ipaddress
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.errors import BadInput, TransientError

if TYPE_CHECKING:
    import dns.resolver

#: All questions of one look together: nobody waits longer for a doctor.
_SECONDS = 6.0
_PORT = 53


class Unanswered(TransientError):
    """Nobody could be asked, or nobody answered: that says nothing about the domain."""


class Lookup(Protocol):
    """Where texts of the DNS are had."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Each TXT record of a name as one text, () where there is none. Raises Unanswered."""
        ...


def lookup(told: str) -> Lookup:
    """By the setting: "" the name servers of this machine, an address (`192.0.2.1`, `127.0.0.1:5353`) that one, else a
    file. Raises BadInput where it is none of these."""
    if not told:
        return NameServers()
    host, _, port = told.rpartition(":") if told.count(":") == 1 else (told, "", "")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return RecordsFile(Path(told))
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise BadInput(f"GREENROOM_DNS names the port {port!r}, which is none.")
    return NameServers(host, int(port or _PORT))


@dataclass
class NameServers:
    """The real DNS. Who does not answer once is not waited for again."""

    host: str = ""
    port: int = _PORT
    seconds: float = _SECONDS
    _until: float = 0.0
    _silent: str = ""
    _resolver: "dns.resolver.Resolver | None" = field(default=None, repr=False)

    def texts(self, name: str) -> tuple[str, ...]:
        import dns.exception
        import dns.resolver  # only the doctor asks

        if self._silent:
            raise Unanswered(self._silent)
        try:
            found = self._asked().resolve(f"{name}.", "TXT", lifetime=max(0.1, self._until - time.monotonic()))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.resolver.LifetimeTimeout, dns.resolver.NoResolverConfiguration) as error:
            self._silent = (
                "no name server answers" if isinstance(error, dns.resolver.LifetimeTimeout) else "there is none"
            )
            raise Unanswered(self._silent) from None
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(f"the name server gave no answer ({type(error).__name__})") from None
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in found)

    def _asked(self) -> "dns.resolver.Resolver":
        import dns.resolver

        if self._resolver is None:
            self._resolver = dns.resolver.Resolver(configure=not self.host)
            self._until = time.monotonic() + self.seconds
            if self.host:
                self._resolver.nameservers, self._resolver.port = [self.host], self.port
        return self._resolver


@dataclass(frozen=True)
class RecordsFile:
    """Records in a TOML file, `"name" = ["text", …]`: for a rehearsal, and to try records before they are there. A
    name that says false could not be asked."""

    file: Path

    def texts(self, name: str) -> tuple[str, ...]:
        try:
            known = tomllib.loads(self.file.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadInput(f"GREENROOM_DNS names {self.file}, which cannot be read: {error.strerror}.") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadInput(f"GREENROOM_DNS names {self.file}, which is no TOML: {error}.") from None
        found = known.get(name, [])
        if found is False:
            raise Unanswered("the file says that nobody answers")
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise BadInput(f"{self.file} does not give a list of texts for {name}.")
        return tuple(found)
