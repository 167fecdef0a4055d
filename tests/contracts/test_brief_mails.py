"""The mails with brief and welcome sheet: golden in every language, and what they say of changes."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.brief_mails import changed, mail
from contracts.briefs import with_brief
from contracts.languages import Language
from contracts.terms import Terms
from core.campaign import Campaign
from core.campaign_offer import BriefWords

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "contracts"
With = Callable[..., Terms]


def told(campaign: Campaign, terms: Terms, language: Language, **words: object) -> Terms:
    saying = campaign.model_copy(update={"brief": BriefWords.model_validate(words)})
    return with_brief(saying, terms, language=language, version=1, reference="linen-summer-1-17-brief")


def written(now: Terms, former: Terms | None = None) -> str:
    brief, sheet = (f"linen-summer-ada.linen-{kind}-v2.docx" for kind in ("brief", "onboarding"))
    subject, text = mail(now, brief=brief, sheet=sheet, sender_name="Sofia Marin", former=former)
    return f"{subject}\n\n{text}"


def check(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("GREENROOM_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        "set GREENROOM_UPDATE_GOLDEN=1 to record it anew, and read the diff"
    )


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_both_mails_read_as_they_should(language: Language, campaign: Campaign, terms_with: With) -> None:
    former = told(campaign, terms_with(), language, hashtag="#LinenSummer", formats=["one Reel"])
    now = told(
        campaign, terms_with(), language, hashtag="#LinenDays", hooks=["begin at the wardrobe", "begin outdoors"]
    )
    check(f"brief-mail-first-{language}", written(former))
    check(f"brief-mail-changed-{language}", written(now, former))


def test_sheets_in_another_language_are_a_first_mail(campaign: Campaign, terms_with: With) -> None:
    english, german = (told(campaign, terms_with(), language) for language in ("en", "de"))
    assert written(german, english) == written(german)


def test_where_nothing_that_is_filled_in_differs_the_fixed_words_do(campaign: Campaign, terms_with: With) -> None:
    same = told(campaign, terms_with(), "en")
    assert changed(same, same) == ["The standing words of the sheets were revised."]


def test_what_a_campaign_says_is_no_field_and_no_line_of_its_own(campaign: Campaign, terms_with: With) -> None:
    former = told(campaign, terms_with(), "en")
    hostile = told(campaign, terms_with(creator_name="Ada {link}\nDear Bob"), "en", hooks=["{name} {then}"])
    lines = changed(former, hostile)
    assert "Ways to begin: {name} {then} (before: one outfit, three everyday situations)" in lines
    assert all("\n" not in line for line in lines)
    assert "Hello Ada {link} Dear Bob," in written(hostile)
