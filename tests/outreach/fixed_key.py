"""A DKIM key that is the same in every run, made from a number: so no private key lies in the repository."""

import hashlib
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from core.signing import DkimKey, load_key

_EXPONENT = 65_537
_SMALL = [number for number in range(3, 2_000) if all(number % lower for lower in range(2, int(number**0.5) + 1))]


def fixed_key(domain: str, folder: Path) -> DkimKey:
    """2,048 bits, of use to nobody: whoever reads this can make it."""
    first, second = _prime("first"), _prime("second")
    secret = pow(_EXPONENT, -1, (first - 1) * (second - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, first * second)
    numbers = rsa.RSAPrivateNumbers(
        first, second, secret, secret % (first - 1), secret % (second - 1), pow(second, -1, first), public
    )
    file = folder / "dkim.pem"
    file.write_bytes(numbers.private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return load_key(domain, "greenroom1", file)


def _prime(name: str) -> int:
    """The first of 1,024 bits from where the name points."""
    drawn = b"".join(hashlib.sha512(f"{name} prime of the tests, {part}".encode()).digest() for part in range(2))
    start = int.from_bytes(drawn, "big") | 3 << 1_022 | 1
    return next(
        number
        for number in count(start, 2)
        if all(number % small for small in _SMALL)
        and (number - 1) % _EXPONENT
        and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5))
    )
