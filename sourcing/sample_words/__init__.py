"""The words that `sourcing.sample` invents creators from, one module per language; all of them written for it.

Owns words, places and niches. Knows nothing of records, files or chance; nothing else may import it.
"""

from sourcing.sample_words.dutch import DUTCH
from sourcing.sample_words.english import ENGLISH
from sourcing.sample_words.french import FRENCH
from sourcing.sample_words.further import ARABIC, JAPANESE, TURKISH
from sourcing.sample_words.german import GERMAN
from sourcing.sample_words.italian import ITALIAN
from sourcing.sample_words.niches import NICHES, Niche
from sourcing.sample_words.places import COUNTRIES, Country
from sourcing.sample_words.polish import POLISH
from sourcing.sample_words.portuguese import PORTUGUESE
from sourcing.sample_words.spanish import SPANISH
from sourcing.sample_words.vocabulary import NicheWords, Vocabulary, plain, shown

VOCABULARIES: dict[str, Vocabulary] = {
    words.language: words
    for words in (
        ENGLISH,
        GERMAN,
        FRENCH,
        SPANISH,
        ITALIAN,
        PORTUGUESE,
        DUTCH,
        POLISH,
        TURKISH,
        ARABIC,
        JAPANESE,
    )
}

__all__ = ["COUNTRIES", "NICHES", "VOCABULARIES", "Country", "Niche", "NicheWords", "Vocabulary", "plain", "shown"]
