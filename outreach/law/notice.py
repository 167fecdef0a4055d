"""What a first mail must say of the data it rests on, in the reader's language: short, with the way to the whole. Pure.

GDPR articles 14 and 21(4) where they apply, also where nobody knows the country; the lines of CAN-SPAM and CASL in
theirs. The right to object stands in a paragraph of its own, as article 21(4) asks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from core.campaign import Campaign
from outreach.law.policy import Basis, rule_of


@dataclass(frozen=True)
class _Words:
    """The sentences of one language; braces are filled."""

    informed: str
    consent: str
    interest: str
    object: str
    more: str
    advertisement: str
    reachable: str


_WORDS: dict[str, _Words] = {
    "en": _Words(
        informed=(
            "{legal_name} ({contact}) is responsible for your data. We keep your name, mail address and public "
            "profile figures (source: {source}) to offer you this collaboration; legal basis: {basis}. Only our mail "
            "and hosting providers see them; we delete them {months} months after the last contact. No machine alone "
            "decides about you. You may ask for access, correction, deletion, restriction or a copy, and complain to "
            "your data protection authority."
        ),
        consent="your consent (GDPR article 6(1)(a))",
        interest="our legitimate interest in working with creators (GDPR article 6(1)(f))",
        object="You can object at any time, without a reason: reply “stop” and we write no more.",
        more="In full: {url}",
        advertisement="This mail is an advertisement.",
        reachable="You can reach {legal_name} at {contact} or {website}; both stay valid for at least 60 days.",
    ),
    "de": _Words(
        informed=(
            "Für deine Daten ist {legal_name} ({contact}) verantwortlich. Wir speichern Name, Mailadresse und "
            "öffentliche Profilzahlen, Quelle: {source}, um dir diese Zusammenarbeit anzubieten; Rechtsgrundlage: "
            "{basis}. Nur unsere Mail- und Hosting-Anbieter sehen sie; wir löschen sie {months} Monate nach dem "
            "letzten Kontakt. Keine Maschine entscheidet allein über dich. Du kannst Auskunft, Berichtigung, Löschung, "
            "Einschränkung oder eine Kopie verlangen und dich bei deiner Datenschutzbehörde beschweren."
        ),
        consent="deine Einwilligung (Art. 6 Abs. 1 lit. a DSGVO)",
        interest="unser berechtigtes Interesse an der Arbeit mit Creators (Art. 6 Abs. 1 lit. f DSGVO)",
        object="Du kannst jederzeit ohne Begründung widersprechen: Antworte „Stopp“, und wir schreiben nicht mehr.",
        more="Ausführlich: {url}",
        advertisement="Diese Mail ist Werbung.",
        reachable="{legal_name} ist unter {contact} oder {website} zu erreichen, beides mindestens 60 Tage lang.",
    ),
    "es": _Words(
        informed=(
            "{legal_name} ({contact}) es responsable de tus datos. Guardamos tu nombre, tu correo y las cifras "
            "públicas de tu perfil (fuente: {source}) para ofrecerte esta colaboración; base jurídica: {basis}. Solo "
            "los ven nuestros proveedores de correo y alojamiento; los borramos {months} meses después del último "
            "contacto. Ninguna máquina decide sola sobre ti. Puedes pedir acceso, rectificación, supresión, limitación "
            "o una copia, y reclamar ante tu autoridad de protección de datos."
        ),
        consent="tu consentimiento (artículo 6.1.a del RGPD)",
        interest="nuestro interés legítimo en trabajar con creadores (artículo 6.1.f del RGPD)",
        object="Puedes oponerte en todo momento y sin motivo: responde “stop” y no te escribiremos más.",
        more="Completo: {url}",
        advertisement="Este correo es publicidad.",
        reachable="Puedes contactar con {legal_name} en {contact} o {website}, válidos al menos 60 días.",
    ),
    "fr": _Words(
        informed=(
            "{legal_name} ({contact}) est responsable de tes données. Nous gardons ton nom, ton adresse mail et les "
            "chiffres publics de ton profil (source : {source}) pour te proposer cette collaboration ; base légale : "
            "{basis}. Seuls nos prestataires de messagerie et d’hébergement les voient ; nous les effaçons {months} "
            "mois après le dernier contact. Aucune machine ne décide seule. Tu peux demander accès, rectification, "
            "effacement, limitation ou copie, et saisir ton autorité de protection des données."
        ),
        consent="ton consentement (article 6, 1, a du RGPD)",
        interest="notre intérêt légitime à travailler avec des créateurs (article 6, 1, f du RGPD)",
        object="Tu peux t’opposer à tout moment, sans motif : réponds « stop » et nous n’écrirons plus.",
        more="En entier : {url}",
        advertisement="Ce mail est une publicité.",
        reachable="{legal_name} est joignable à {contact} ou {website}, valables au moins 60 jours.",
    ),
}  # fmt: skip


def notice(locale: str, campaign: Campaign, *, source: str, basis: str, country: str = "") -> str:
    """The notice of a first mail, in paragraphs of plain text; `source` is where the address and the figures are from.

    `country` has two letters; where it is "" or none that is known, the GDPR's notice is given.
    """
    words, company, rule = _WORDS[locale], campaign.company, rule_of(country)
    filled = {
        "legal_name": company.legal_name, "contact": company.contact_email, "website": company.website,
        "source": source, "months": str(rule.retention_months), "url": company.privacy_url,
        "basis": words.consent if basis == Basis.CONSENT else words.interest,
    }  # fmt: skip
    if rule.regime == "can-spam":
        lines = [words.advertisement]
    elif rule.regime == "casl":
        lines = [words.advertisement, words.reachable]
    else:
        lines = [words.informed, words.object]
    if company.privacy_url:
        lines.append(words.more)
    return "\n\n".join(line.format(**filled) for line in lines)


def sentences() -> Iterator[str]:
    """Every sentence a notice can have, in every language: by these a quoted one is known. Of the braces only the legal
    basis is filled."""
    for words in _WORDS.values():
        for line in (words.informed, words.object, words.more, words.advertisement, words.reachable):
            for sentence in line.split(". "):
                for basis in (words.consent, words.interest):
                    yield sentence.replace("{basis}", basis)
