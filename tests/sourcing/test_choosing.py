"""Who gets a place: caps, one account per person, what is kept off and why, what was learnt, capped fits.

All in one pool, made once: every test has a country of its own.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from core.audience import Safety, Target
from core.campaign import Campaign
from core.clock import FixedClock
from sourcing import service
from sourcing.choosing import LEAST_CONSIDERED, MOST_TOLD, WATCH_CAP, Chosen, choose, considered
from sourcing.importers import import_profiles
from sourcing.known import Exclusions, Known
from sourcing.pool import Pool, Profile, open_pool
from sourcing.steps import Question
from sourcing.survivors import Here, Survivors, ask
from tests.sourcing.conftest import NOW, write_jsonl

Choose = Callable[..., Chosen]
BRIEF = "A linen label wants calm everyday outfits, capsule wardrobes and sustainable style at home and outdoors."
SAME = "slow fashion from the heart, linen and more linen, follow for the capsule wardrobe"


def good(country: str, handle: str, **told: Any) -> dict[str, Any]:
    usual = {"platform": "instagram", "followers": 20_000, "last_seen": "2026-11-01", "engagement_percent": 3}
    return usual | {"country": country, "handle": handle, "bio": f"slow fashion by {handle}"} | told


def rows() -> list[dict[str, Any]]:
    cities = [good("Italy", f"city{n}", city="Rome" if n < 6 else "Milan", category="Home" if n % 2 else "Fashion")
              for n in range(9)]  # fmt: skip
    spoken = [good("Greece", f"l{n}", bio=f"slow fashion, linen, number {n}") for n in range(4)]
    spoken += [good("Greece", f"c{n}", bio=f"slow fashion, capsule wardrobe, number {n}") for n in range(4)]
    persons = [
        good("Spain", "ada.main", links=["https://www.tiktok.com/@ada_tok"], followers=22_000),
        good("Spain", "ada_tok", platform="tiktok", bio="coffee"), good("Spain", "bob"),
    ]  # fmt: skip
    kinds = [
        good("France", "lin.boutique", name="Lin Boutique", account_type="business",
             bio="Our stores in Paris. We ship worldwide. Order now: slow fashion"),
        good("France", "daily.fashion.reposts", name="Fashion reposts", bio="reposts of slow fashion, tag us"),
        good("France", "claire", bio="slow fashion, my own wardrobe"),
    ]  # fmt: skip
    safety = [good("Poland", "lucky", bio="slow fashion and online casino nights"),
              good("Poland", "tagged", bio="slow fashion", hashtags=["#bitterrival"]),
              good("Poland", "calm", bio="slow fashion at home")]  # fmt: skip
    crowd = [good("Sweden", f"same{n}", bio=SAME) for n in range(LEAST_CONSIDERED + 50)]
    crowd += [good("Sweden", f"watched{n}", bio=f"slow fashion, linen {n}, oldwar stories") for n in range(3)]
    crowd += [good("Sweden", f"honest{n}", bio=f"fashion of my own, number {n}", engagement_percent=2.5)
              for n in range(20)]  # fmt: skip
    copies = [good("Norway", "copy", bio=f"{BRIEF} Me!"), good("Norway", "own", bio="slow fashion, linen outfits")]
    tags = " ".join(f"#{word}{n}" for n in range(100) for word in ("slowfashion", "linen", "fashion", "outfit", "slow"))
    stuffed = [good("Denmark", "pile", bio=tags), good("Denmark", "honest", bio="slow fashion, linen outfits")]
    out = [good("Ireland", "gone", email="gone@x.example", bio="slow fashion, linen"), good("Ireland", "here"),
           good("Ireland", "gone_tok", platform="tiktok", links=["https://instagram.com/gone"])]  # fmt: skip
    ranked = [good("Finland", f"f{n}", engagement_percent=1 + n / 2) for n in range(6)]
    ranked += [good("Finland", "spoken", bio="slow fashion, oldwar stories", engagement_percent=4.1)]
    return [*cities, *spoken, *persons, *kinds, *safety, *crowd, *copies, *stuffed, *out, *ranked]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    place = tmp_path_factory.mktemp("worlds")
    file = write_jsonl(place / "rows.jsonl", rows())
    report = import_profiles(place / "pool", [file], clock=FixedClock(NOW))
    assert report.profiles == len(rows())
    return open_pool(place / "pool")


def of_country(campaign: Campaign, country: str, *, keep_out: Sequence[str] = ("brands", "reposts"),
               **longlist: Any) -> Campaign:  # fmt: skip
    limits = {"countries": (country,), "languages": (), "exclude_words": (), "engagement_min_percent": 0.0}
    return campaign.model_copy(
        update={
            "audience": campaign.audience.model_copy(update=limits | {"keep_out": tuple(keep_out)}),
            "longlist": campaign.longlist.model_copy(update=longlist),
            "safety": Safety(veto=("bitter rival",), watch=("oldwar*",)),
            "target": Target(),
        }
    )  # fmt: skip


def survivors_of(pool: Pool, campaign: Campaign, known: Known, wanted: int) -> Survivors:
    question = Question.of(campaign, known, first=considered(known, wanted) + 1)
    return ask(Here(pool.parts(), question), question, pool.meaning)


@pytest.fixture
def placed(pool: Pool, campaign: Campaign) -> Choose:
    def run(country: str, *, known: Known | None = None, wanted: int = 300, **told: Any) -> Chosen:
        asked, known = of_country(campaign, country, **told), known or Known()
        return choose(survivors_of(pool, asked, known, wanted), asked, known, wanted)

    return run


def names(chosen: Chosen) -> list[str]:
    return [place.profile.handle for place in chosen.places]


def told(chosen: Chosen, handle: str) -> str:
    return next(one.reason for one in chosen.left_out if one.handle == handle)


def test_a_city_has_so_many_places_and_the_next_city_comes_up(placed: Choose) -> None:
    free, capped = placed("Italy"), placed("Italy", per_city=2)
    assert len(names(free)) == 9
    taken = Counter(place.profile.city for place in capped.places)
    assert taken == {"Rome": 2, "Milan": 2}
    best = [place.profile.handle for place in free.places if place.profile.city == "Rome"][:2]
    assert [place.profile.handle for place in capped.places if place.profile.city == "Rome"] == best
    assert capped.counts == {"most of one city": 5}
    assert {one.reason for one in capped.left_out} == {
        "Rome has its 2 places (longlist.per_city)", "Milan has its 2 places (longlist.per_city)",
    }  # fmt: skip


def test_a_vertical_is_the_platforms_word_or_else_the_keyword_it_speaks_of_most(placed: Choose) -> None:
    by_category = placed("Italy", per_vertical=1)
    assert [place.profile.category for place in by_category.places] in (["Home", "Fashion"], ["Fashion", "Home"])
    by_words = placed("Greece", per_vertical=2)
    assert by_words.counts == {"most of one vertical": 4}
    assert Counter(handle[0] for handle in names(by_words)) == {"l": 2, "c": 2}


def test_the_caps_stand_in_the_funnel_and_say_what_to_loosen(pool: Pool, campaign: Campaign) -> None:
    asked = of_country(campaign, "Italy", per_city=2)
    made = service.source(pool.place.parent.parent, asked)
    assert [entry.rank for entry in made.entries] == [1, 2, 3, 4]
    step = made.funnel[-1]
    assert (step.name, step.removed, step.left, step.loosen) == ("most of one city", 5, 4, "longlist.per_city")
    assert "Loosen longlist.per_city: 5 more are kept out by nothing else." in made.notes
    assert len(made.left_out) == 5


def test_one_person_has_one_place_and_their_other_account_is_named(placed: Choose) -> None:
    chosen = placed("Spain")
    assert names(chosen)[:1] != ["ada_tok"]
    assert sorted(names(chosen)) == ["ada.main", "bob"]
    assert told(chosen, "ada_tok") == "Another account of @ada.main (instagram): it links here"
    ada = next(place for place in chosen.places if place.profile.handle == "ada.main")
    assert ada.also == ("tiktok:ada_tok",)
    one = placed("Spain", known=Known(persons={"instagram:ada.main": "p", "instagram:bob": "p"}))
    assert len(one.places) == 1
    assert one.counts == {"another account of a person": 2}


@pytest.mark.parametrize(
    ("keep_out", "kept"),
    [
        (("brands", "reposts"), ["claire"]),
        (("brands",), ["claire", "daily.fashion.reposts"]),
        ((), ["claire", "daily.fashion.reposts", "lin.boutique"]),
    ],
)
def test_shops_and_repost_pages_are_kept_out_with_the_reason(
    placed: Choose, keep_out: tuple[str, ...], kept: list[str]
) -> None:
    chosen = placed("France", keep_out=keep_out)
    assert sorted(names(chosen)) == kept
    assert chosen.counts["a brand's own account or a repost page"] == 3 - len(kept)
    if "lin.boutique" not in kept:
        assert "shop or a brand's own account" in told(chosen, "lin.boutique")
        assert "bio says “our stores”" in told(chosen, "lin.boutique")


def test_a_veto_names_phrase_and_place(placed: Choose) -> None:
    chosen = placed("Poland")
    assert names(chosen) == ["calm"]
    assert told(chosen, "lucky").startswith("Brand safety: bio says “online casino*” (gambling): “slow fashion and ")
    assert told(chosen, "tagged") == "Brand safety: hashtags says “bitter rival” (the campaign): “bitterrival”"
    assert chosen.counts == {"brand safety": 2}


def test_hundreds_with_one_bio_have_two_places_and_a_capped_fit_waits_for_better_ones(placed: Choose) -> None:
    chosen = placed("Sweden", wanted=22)
    found = names(chosen)
    assert sum(handle.startswith("same") for handle in found) == 2
    assert sum(handle.startswith("honest") for handle in found) == 20
    assert chosen.counts["the same bio as others"] == LEAST_CONSIDERED + 48
    assert MOST_TOLD <= len(chosen.left_out) < LEAST_CONSIDERED
    assert set(chosen.why.values()) == {"2 accounts with word for word this bio rank higher"}
    assert len(chosen.why) == LEAST_CONSIDERED + 48
    # Nobody is lost: with room for all, whom a phrase holds down comes last.
    everybody = placed("Sweden", wanted=300)
    assert [handle[:7] for handle in names(everybody)[-3:]] == ["watched"] * 3
    assert {place.fit for place in everybody.places[-3:]} == {WATCH_CAP}
    assert min(place.fit for place in everybody.places[:-3]) > WATCH_CAP


def test_a_bio_that_copies_the_brief_is_left_out(placed: Choose, campaign: Campaign) -> None:
    assert campaign.topic.brief == BRIEF
    chosen = placed("Norway")
    assert names(chosen) == ["own"]
    assert told(chosen, "copy") == "The bio repeats the brief word for word"


def test_five_hundred_hashtags_do_not_win_against_an_honest_profile(placed: Choose) -> None:
    chosen = placed("Denmark")
    assert names(chosen) == ["honest", "pile"]
    assert chosen.places[0].fit - chosen.places[1].fit > 0.05


@pytest.mark.parametrize("known_by", ["instagram:gone", "gone@x.example"])
def test_whoever_opted_out_is_known_by_account_or_address(placed: Choose, known_by: str) -> None:
    def prints(key: str, email: str | None) -> list[str]:
        return [f"#{key}", f"#{email}"]

    out = Exclusions(fingerprints=frozenset({f"#{known_by}"}), fingerprints_of=prints)
    chosen = placed("Ireland", known=Known(out))
    assert names(chosen) == ["here"]
    # Counted, and named to whoever asks about them, but on no list that goes round.
    assert chosen.counts["opted out"] == 1
    assert "Asked not to be written to" in chosen.why.values()
    assert "gone" not in {one.handle for one in chosen.left_out}
    assert told(chosen, "gone_tok") == "Another account of @gone (instagram): this account links to it"


@dataclass
class Upside:
    """Learnt: that the last are the best."""

    sha256: str = "f" * 64
    precision: tuple[float, float] | None = (0.5, 0.6)
    asked: list[int] = field(default_factory=list)

    def adjusted(
        self, profiles: Sequence[Profile], factors: Mapping[str, npt.NDArray[np.float64]], fit: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        self.asked.append(len(profiles))
        assert all(len(column) == len(profiles) for column in factors.values())
        return fit[::-1].copy()

    def explained(self, profile: Profile, factors: Mapping[str, float]) -> str:
        return "Reviewers' earlier choices: upside down"


def test_what_was_learnt_is_applied_once_and_the_watch_cap_after_it(placed: Choose) -> None:
    plain = placed("Finland")
    learnt = Upside()
    turned = placed("Finland", known=Known(learnt=learnt))
    assert learnt.asked == [7]
    assert names(plain)[-1] == "spoken"
    assert names(turned)[:-1] == [name for name in reversed(names(plain)) if name != "spoken"]
    last = turned.places[-1]
    assert (last.profile.handle, last.fit) == ("spoken", WATCH_CAP)
    assert last.watched is not None
    assert "bio says “oldwar*”" in last.watched.words
    # The campaign's own rank is kept beside it.
    assert sorted(place.by_fit for place in turned.places) == list(range(1, 8))
    assert {p.profile.handle: p.by_fit for p in turned.places} == {p.profile.handle: p.by_fit for p in plain.places}


def test_what_was_learnt_is_said_and_names_the_run(pool: Pool, campaign: Campaign) -> None:
    asked, folder = of_country(campaign, "Finland"), pool.place.parent.parent
    made, plain = service.source(folder, asked, Known(learnt=Upside())), service.source(folder, asked)
    assert (made.model, made.precision) == ("f" * 12, (0.5, 0.6))
    assert "upside down" in made.entries[0].reasons[0]
    assert made.run_id != plain.run_id


def test_more_wanted_than_there_are_gives_all(placed: Choose) -> None:
    assert len(placed("Italy", wanted=100_000).places) == 9
    assert placed("Italy", wanted=0).places == []


def test_where_nobody_is_inside_the_limits_nobody_is_chosen(pool: Pool, campaign: Campaign) -> None:
    asked = of_country(campaign, "Iceland")
    nobody = survivors_of(pool, asked, Known(), 10)
    assert (nobody.inside, sum(nobody.spread)) == (0, 0)
    assert choose(nobody, asked, Known(), 10).places == []
