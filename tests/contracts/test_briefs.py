"""What brief and onboarding sheet say, in every language, from campaign and terms alone."""

from collections.abc import Callable

import pytest

from contracts.briefs import brief_of, language_of, with_brief
from contracts.documents import Renderer, check
from contracts.templates import Templates
from contracts.terms import Terms
from core.campaign import Campaign
from core.campaign_offer import BriefWords
from core.errors import Refused
from core.money import Money

With = Callable[..., Terms]


def saying(campaign: Campaign, **words: object) -> Campaign:
    return campaign.model_copy(update={"brief": BriefWords.model_validate(words)})


def test_where_the_campaign_is_silent_it_follows_from_the_rest(campaign: Campaign, terms_with: With) -> None:
    brief = brief_of(campaign, terms_with())
    assert brief.objectives == ("300 tracked online sales through creator codes",)
    assert brief.call_to_action == "Buy at www.example.com/linen with the code LINEN-7KQXWB"
    assert brief.hooks == ("one outfit, three everyday situations",)
    assert brief.kpi == "what each additional sale costs"
    assert brief.disclosure_examples == (
        "“Werbung / Anzeige: one outfit, three everyday situations”",
        "“Werbung / Anzeige. I earn a commission if you buy with LINEN-7KQXWB.”",
    )
    assert (brief.hashtag, brief.formats) == ("", ())


def test_what_the_campaign_says_of_its_own_stands(campaign: Campaign, terms_with: With) -> None:
    words = {"objectives": ["bring people to the shop"], "call_to_action": "Come in", "landing": "the shop's page",
             "checkout": "show the code", "hooks": ["begin at the wardrobe"], "formats": ["three looks"],
             "hashtag": "#LinenSummer", "disclosure_examples": ["Anzeige. My shirt"]}  # fmt: skip
    brief = brief_of(saying(campaign, **words), terms_with())
    assert {name: getattr(brief, name) for name in words} == {
        name: tuple(value) if isinstance(value, list) else value for name, value in words.items()
    }


def test_without_a_commission_nobody_is_told_to_speak_of_one(campaign: Campaign, terms_with: With) -> None:
    terms = terms_with(commission_percent="0", model="fee", clawback_days=0)
    assert len(brief_of(campaign, terms).disclosure_examples) == 1


@pytest.mark.parametrize(("language", "said"), [("de", "Mit dem Code"), ("es", "Compra en"), ("en", "Buy at")])
def test_it_is_said_in_the_language_asked_for(
    language: str, said: str, campaign: Campaign, terms_with: With, renderer: Renderer, templates: Templates
) -> None:
    spoken = language_of(language, terms_with())
    hostile = "Acme & Co <b> {{7*7}} 漢字"
    told = with_brief(saying(campaign, hooks=[hostile]), terms_with(creator_name=hostile), language=spoken, version=3,
                      reference="r-brief")  # fmt: skip
    assert told.brief.call_to_action.startswith(said)
    for kind in ("brief", "onboarding"):
        nothing = Money.of_minor(0, templates.limit(f"{kind}-{language}").currency)
        template = templates.usable(f"{kind}-{language}", spend=nothing, on=told.starts_on)
        assert check(renderer.render(template, told), template, told) == []


def test_deliverables_are_said_in_that_language_where_the_campaign_says_them(
    campaign: Campaign, terms_with: With
) -> None:
    german = ("ein Reel", "zwei Storys")
    offer = campaign.offer.model_copy(update={"deliverables_in": {"de": german}})
    told = with_brief(
        campaign.model_copy(update={"offer": offer}), terms_with(), language="de", version=1, reference="r"
    )
    assert told.deliverables == german
    negotiated = with_brief(campaign, terms_with(deliverables=("one Reel",)), language="de", version=1, reference="r")
    assert negotiated.deliverables == ("one Reel",)


def test_a_language_without_a_sheet_is_refused(terms_with: With) -> None:
    with pytest.raises(Refused, match="No brief is written in 'fr'"):
        language_of("fr", terms_with())
    assert language_of("", terms_with()) == "en"


def test_a_campaign_without_a_brief_of_its_own_keeps_its_hash(campaign: Campaign) -> None:
    assert '"brief":' not in campaign.canonical.replace(f'"brief":"{campaign.topic.brief}"', "")
    assert saying(campaign, hashtag="#LinenSummer").hash != campaign.hash
