"""The words of headers in English, German, Spanish, French, Italian, Portuguese, Polish and Dutch. Pure.

The words that are taken without asking stand in sourcing.columns; these are for guesses that a person sees first.
"""

import difflib
import re
from dataclasses import dataclass
from functools import cache

from core.platforms import PLATFORMS
from sourcing.columns import field_called, known_words, plain

_FURTHER = {
    "handle": "benutzername nutzername profilname nutzer profil account_handle creator creators influencer channel "
    "channel_name kanalname usuario nombre_de_usuario cuenta perfil creador pseudo pseudonyme identifiant compte "
    "nom_d_utilisateur utente nome_utente profilo nome_de_usuario conta uzytkownik nazwa_uzytkownika konto "
    "gebruikersnaam gebruiker account_link profile_handle social_handle at_handle nick",
    "name": "vollstandiger_name vor_und_nachname nachname nombre nombre_completo nombre_y_apellidos nom nom_complet "
    "nome nome_completo nome_e_cognome imie imie_i_nazwisko naam volledige_naam creator_name influencer_name "
    "contact_name anzeigename real_name",
    "bio": "biografie biografia profilbeschreibung beschreibung descripcion descrizione descricao opis omschrijving "
    "uber_mich presentacion",
    "followers": "follower abos followerzahl follower_zahl anzahl_follower follower_anzahl abonnenten abonnentenzahl "
    "seguidores numero_de_seguidores suscriptores abonnes nombre_d_abonnes seguaci numero_follower obserwujacy "
    "obserwatorzy liczba_obserwujacych volgers aantal_volgers subs total_followers no_of_followers number_of_followers "
    "followers_total nb_followers nb_abonnes community_size",
    "engagement": "engagement engagement_rate eng_rate eng er_rate interaktionsrate interaktion tasa_de_interaccion "
    "tasa_de_engagement interaccion taux_d_engagement taux_engagement tasso_di_engagement tasso_di_interazione "
    "taxa_de_engajamento engajamento wspolczynnik_zaangazowania zaangazowanie betrokkenheid interaction_rate avg_er",
    "email": "e_mail_adresse email_adresse mailadresse mail_adresse kontakt_mail correo correo_electronico "
    "adresse_mail adresse_email courriel indirizzo_email posta_elettronica adres_email adres_e_mail e_mailadres "
    "email_address e_mail_address contact contact_mail business_mail mail_contact",
    "country": "land pais pays paese kraj herkunftsland heimatland market markt mercado standort ubicacion lokalizacja "
    "based_in",
    "city": "stadt ort wohnort ciudad ville citta cidade miasto plaats woonplaats",
    "language": "sprache sprachen idioma langue lingua jezyk taal content_language languages",
    "platform": "plattform plataforma plateforme piattaforma platforma netzwerk red_social reseau reseau_social rede "
    "rede_social social_media canal kanal social_platform",
    "url": "profil_url profillink profil_link link_zum_profil enlace enlace_al_perfil url_del_perfil lien "
    "lien_du_profil link_profilo link_do_perfil account_url social_link",
    "category": "kategorie kategorien branche thema themen nische categoria tematica nicho categorie thematique "
    "settore kategoria tematyka content_category topic themes interests",
    "verified": "verifiziert verificado verificada verifie verificato zweryfikowany geverifieerd blue_tick",
    "posts": "beitrage anzahl_beitrage publicaciones publications pubblicazioni publicacoes posty berichten",
    "posted": "last_post letzter_beitrag letzter_post letztes_posting letzte_beitrage letzte_posts ultima_publicacion "
    "ultimas_publicaciones ultimo_post derniere_publication dernieres_publications dernier_post ultima_pubblicazione "
    "ultima_publicacao ultima_postagem ostatni_post ostatnia_publikacja laatste_bericht laatste_post latest_post",
    "following": "gefolgt folgt siguiendo seguidos abonnements seguiti seguindo obserwuje volgend",
    "last_seen": "stand datum_stand letzte_aktualisierung aktualisiert actualizado fecha_de_actualizacion mis_a_jour "
    "aggiornato atualizado zaktualizowano bijgewerkt as_of data_from exported_at export_date "
    "ultima_actualizacion last_update updated date_updated derniere_mise_a_jour zuletzt_aktualisiert "
    "ultimo_aggiornamento ultima_atualizacao ostatnia_aktualizacja gesehen gesehen_am",
    "hashtags": "etiquetas mots_cles tags_used schlagworte",
    "links": "webseite homepage sitio_web site_web site website_url strona blog linktree",
    "account_type": "kontotyp profiltyp tipo_de_cuenta type_de_compte tipo_account",
    "age": "alter edad eta wiek idade leeftijd altersgruppe",
}  # fmt: skip
_MEANING = {word: meant for meant, words in _FURTHER.items() for word in words.split()}
_PLATFORM_WORDS = {name: name for name in PLATFORMS if name not in ("x", "website")} | {
    "ig": "instagram", "insta": "instagram", "tt": "tiktok", "tik_tok": "tiktok", "yt": "youtube",
    "you_tube": "youtube", "twitter": "x", "fb": "facebook", "bsky": "bluesky", "snap": "snapchat",
}  # fmt: skip
_UNITS = {
    "thousands": r"\(k\)|\[k\]|\(in k\)|in k$|\bk$|\(tsd\.?\)|in tsd|in tausend|in thousands?|\(thousands?\)|en miles|"
    r"\(miles\)|\('?000s?\)|x ?1[.,]?000",
    "millions": r"\(m\)|\[m\]|\(in m\)|in mio|\(mio\.?\)|in millions?|\(millions?\)|en millones",
    "percent": r"%|\bpct\b|percent|prozent|por ?ciento|pourcent|percentuale|procent",
}  # fmt: skip
_NOISE = frozenset(
    re.findall(
        r"\w+", "number no nr of in the anzahl de du del di da current latest avg total main primary my our nb num"
    )
)
_CLOSE = 0.86


@dataclass(frozen=True)
class Named:
    """What the name of a column says. `how`: exact, part (a word of it), close (misspelt) or "" for nothing."""

    field: str
    how: str
    platform: str = ""
    unit: str = ""


@cache
def named(column: str) -> Named:
    unit = next((unit for unit, pattern in _UNITS.items() if re.search(pattern, column.strip().casefold())), "")
    bare = plain(re.sub(r"[(\[][^)\]]*[)\]]|%", " ", column)) or plain(column)
    if found := _field(bare):
        return Named(found, "exact", _PLATFORM_WORDS.get(bare, ""), unit)
    words = re.sub(r"(tik|you|linked)_(tok|tube|in)", r"\1\2", bare).split("_")
    platform, rest = _platform_in(words)
    if platform:
        if not rest:
            return Named("handle", "exact", platform, unit)
        if found := _field("_".join(rest)):
            return Named(found, "exact", platform, unit)
    useful = [word for word in rest if word not in _NOISE and len(word) > 1]
    if found := _field("_".join(useful)):
        return Named(found, "exact", platform, unit)
    for length in (3, 2, 1):
        for start in range(len(useful) - length + 1):
            if found := _field("_".join(useful[start : start + length])):
                return Named(found, "part", platform, unit)
    near = difflib.get_close_matches("_".join(useful), _all_words(), n=1, cutoff=_CLOSE)
    return Named(_field(near[0]), "close", platform, unit) if near else Named("", "", platform, unit)


def is_platform(word: str) -> bool:
    """Whether a text is nothing but the name of a platform; an "x" alone is a mark more often."""
    return plain(word) in {*_PLATFORM_WORDS, "x_twitter", "twitter_x"}


def platform_named(words: str) -> str:
    """The one platform that a text, such as the name of a file, speaks of; "" for none or several."""
    parts = re.sub(r"(tik|you|linked)_(tok|tube|in)", r"\1\2", plain(words)).split("_")
    found = {_PLATFORM_WORDS[part] for part in parts if part in _PLATFORM_WORDS}
    return found.pop() if len(found) == 1 else ""


def _field(word: str) -> str:
    return field_called(word) or _MEANING.get(word, "")


def _platform_in(words: list[str]) -> tuple[str, list[str]]:
    for place, word in enumerate(words):
        if platform := _PLATFORM_WORDS.get(word):
            return platform, words[:place] + words[place + 1 :]
    return "", words


@cache
def _all_words() -> tuple[str, ...]:
    return (*known_words(), *_MEANING)
