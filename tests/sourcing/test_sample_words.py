"""The words of which the sample pool is made: enough of them for every niche in every language."""

import re

from sourcing.sample_words import NICHES, VOCABULARIES


def test_every_language_has_words_for_its_niches() -> None:
    for code, words in VOCABULARIES.items():
        assert set(words.niches) <= set(NICHES)
        assert len(words.niches) == len(NICHES) or code in {"tr", "ar", "ja"}
        for key, niche in words.niches.items():
            assert len(niche.topics) == len(set(niche.topics)) >= 4, (code, key)
            assert len(niche.tags) == len(set(niche.tags)) >= 5, (code, key)
            assert len(niche.captions) == len(set(niche.captions)) >= 3, (code, key)
            assert all(re.fullmatch(r"#\w+", tag) for tag in niche.tags), (code, key)
        assert len(words.captions) >= 4, code
    assert all(set(niche.beside) <= set(NICHES) - {niche.key} for niche in NICHES.values())
