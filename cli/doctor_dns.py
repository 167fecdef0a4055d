"""What `greenroom doctor` says of the DNS: SPF, DKIM and DMARC of each domain that people write from.

The DNS is only asked while sending is on, or where GREENROOM_DNS says whom to ask. A name server that does not answer
is nobody's fault here: it is told, and nothing fails by it.
"""

from collections.abc import Callable, Mapping

from cli.doctor_mail import aligned, senders
from cli.findings import Finding, State
from core.lookups import Lookup, Unanswered, lookup
from core.sender_domain import (
    MOST_RECORDS,
    Expected,
    Texts,
    Verdict,
    above,
    followed,
    judge_dkim,
    judge_dmarc,
    judge_spf,
    spf_of,
)
from core.settings import Settings
from core.signing import DkimKey
from flows.mail import dkim_key

_STATES: Mapping[str, State] = {"ok": "ok", "missing": "missing", "wrong": "problem", "maybe": "optional"}
#: The selectors that these services take where nobody chose another.
_USUAL = {"google": "google", "microsoft": "selector1", "resend": "resend"}


def records_found(settings: Settings) -> list[Finding]:
    """Three findings for each domain, or one that says why there are none."""
    domains = sorted({person.mail.rpartition("@")[2].lower() for person in senders(settings)})
    if settings.dry_run and not settings.dns:
        return [Finding("DNS", "optional", "not asked in a dry run",
                        "To have it looked at now, set GREENROOM_DNS to a name server, such as 1.1.1.1.")]  # fmt: skip
    asked, key = lookup(settings.dns), dkim_key(settings)
    return [finding for domain in domains for finding in _of(domain, asked, settings, key)]


def _of(domain: str, asked: Lookup, settings: Settings, key: DkimKey | None) -> list[Finding]:
    found = [_finding("DMARC", domain, lambda: judge_dmarc(domain, _dmarc(domain, asked)))]
    expected = _expected(domain, settings, key)
    if expected is not None:
        found.insert(0, _finding("DKIM", domain, lambda: judge_dkim(expected, asked.texts(expected.name))))
    if settings.mail_provider == "resend":
        # Mails come back to a domain below this one then, and the provider watches over its record.
        return found
    return [_finding("SPF", domain, lambda: _spf(domain, asked)), *found]


def _finding(what: str, domain: str, judged: Callable[[], Verdict]) -> Finding:
    try:
        verdict = judged()
    except Unanswered as error:
        return Finding(what, "optional", f"{domain}: could not be asked ({error.message})", "Run it again when online.")
    return Finding(what, _STATES[verdict.level], f"{domain}: {verdict.why}", verdict.todo)


def _expected(domain: str, settings: Settings, key: DkimKey | None) -> Expected | None:
    """None where nobody can know the selector."""
    if key is not None and settings.mail_provider != "resend":
        public = key.record.partition("p=")[2]
        return Expected(key.record_name, public) if aligned(f"@{domain}", key) else None
    usual = _USUAL.get("resend" if settings.mail_provider == "resend" else settings.smtp_auth)
    return Expected(f"{usual}._domainkey.{domain}") if usual else None


def _spf(domain: str, asked: Lookup) -> Verdict:
    texts = asked.texts(domain)
    included: dict[str, Texts] = {}
    waiting = [name for record in spf_of(texts) for name in followed(record)]
    while waiting and len(included) < MOST_RECORDS:
        name = waiting.pop(0)
        if name not in included:
            included[name] = asked.texts(name)
            waiting += [inner for record in spf_of(included[name]) for inner in followed(record)]
    return judge_spf(domain, texts, included)


def _dmarc(domain: str, asked: Lookup) -> dict[str, Texts]:
    """Up to the first name that has one."""
    found: dict[str, Texts] = {}
    for name in above(domain):
        found[name] = asked.texts(name)
        if any("v=dmarc1" in text.lower() for text in found[name]):
            break
    return found
