"""How somebody stops our mails with one click: the token in the address, the headers that carry it. Pure.

RFC 8058 asks for an https address that answers to a POST alone; RFC 2369's mailto form is there in any case.
"""

import base64
import hashlib
import hmac
import re

_LENGTH = 26
_TOKEN = re.compile(rf"[a-z2-7]{{{_LENGTH}}}")


def token_for(pepper: bytes, message_id: str) -> str:
    """26 letters that only this installation can make from a Message-ID, and that say nothing of whom it went to."""
    digest = hmac.new(pepper, f"unsubscribe:{message_id}".encode(), hashlib.sha256).digest()[:16]
    return base64.b32encode(digest).decode("ascii").rstrip("=").lower()


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def link(public_url: str, token: str) -> str:
    """The address to click; "" without an https address of ours, as mail programs ignore any other."""
    return f"{public_url.rstrip('/')}/u/{token}" if public_url.startswith("https://") else ""


def headers(token: str, *, mailbox: str, public_url: str) -> dict[str, str]:
    """List-Unsubscribe, and List-Unsubscribe-Post where there is a link. `mailbox` gets the mails with the subject."""
    mail = f"<mailto:{mailbox}?subject=stop%20{token}>"
    click = link(public_url, token)
    if not click:
        return {"List-Unsubscribe": mail}
    return {"List-Unsubscribe": f"<{click}>, {mail}", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
