"""What a mail server means by a refusal for good: that nobody has this mailbox, or that it wants no such mail of ours.
Pure.

Enhanced codes decide where there is one (RFC 3463; RFC 7505 for 5.1.10), words where there is none or it says nothing.
What is not clear is neither: an address is never given up on a guess. Knows no mail and no connection.
"""

import re
from enum import StrEnum


class About(StrEnum):
    """Whom a refusal is about."""

    MAILBOX = "mailbox"
    US = "us"
    NEITHER = "neither"


#: At the start of the answer, or as qmail writes it: "sorry, no mailbox here by that name (#5.1.1)".
_ENHANCED = re.compile(r"(?:^\s*|\(?#)(5\.\d{1,3}\.\d{1,3})(?![\d.])")
#: No such mailbox, no such domain, no address at all, moved away, takes no mail at all, switched off.
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
#: The sender's own address is what is wrong.
_OURS = frozenset({"5.1.7", "5.1.8"})
#: Says no more than that it failed; Microsoft writes 5.4.1 and 5.5.0 for mailboxes that nobody has.
_SAYS_NOTHING = frozenset({"", "5.0.0", "5.1.0", "5.4.1", "5.5.0"})
#: What RFC 5321, 4.2.3 has for mailboxes.
_OF_MAILBOXES = (550, 551, 553)
_THEIRS = r"(?:user|mailbox|recipient|account|address|domain)"
_GONE_WORDS = re.compile(
    rf"\bunknown {_THEIRS}|\bno such {_THEIRS}|\bno such (?:local user|person)|\binvalid (?:mailbox|recipient|user)|"
    rf"\b{_THEIRS}\b[^.;]{{0,60}}\b(?:unknown|does not exist|doesn't exist|not found|not exist|disabled|inactive)\b|"
    r"\bmailbox (?:name )?(?:is )?(?:unavailable|not available|not allowed)|\bno mailbox\b|\bunrouteable address|"
    r"\buser not local|\bnot a valid (?:mailbox|recipient|user)|\brecipient address rejected: access denied",
    re.IGNORECASE,
)
_OUR_WORDS = re.compile(
    r"spam|\bpolicy|\bblock(?:ed|list|ing)|black ?list|deny ?list|\bd?ns?(?:rb|bs?)l\b|\brbl\b|reputation|\bspf\b|"
    r"\bdkim\b|\bdmarc\b|\brelay(?:ing)?\b(?! recipient)|authenticat|\bbanned\b|unsolicited|\bbulk\b|too many|\babus|"
    r"suspicious|\brate\b|\bsender\b|not (?:allowed|permitted|authori[sz]ed) to (?:send|use)|\byour (?:ip|host|server)",
    re.IGNORECASE,
)


def about(code: int, answer: str, *, at_recipient: bool) -> About:
    """Whom a 5xx is about. `at_recipient` where it answered RCPT: after the text, words alone say nothing of a mailbox,
    as filters use the same ones."""
    found = _ENHANCED.search(answer)
    enhanced = found[1] if found else ""
    if enhanced.startswith("5.7.") or enhanced in _OURS:
        return About.US
    if enhanced in _GONE:
        return About.MAILBOX
    if enhanced not in _SAYS_NOTHING:
        return About.NEITHER
    if _OUR_WORDS.search(answer):
        return About.US
    is_gone = at_recipient and code in _OF_MAILBOXES and _GONE_WORDS.search(answer)
    return About.MAILBOX if is_gone else About.NEITHER
