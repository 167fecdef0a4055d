"""One form of a handle on each of the twenty platforms, from the spellings people and exports use."""

from collections.abc import Callable

import pytest

from core.platforms import PLATFORM_NAMES, PLATFORMS, account_said, profile_page
from sourcing.handles import account_at, accounts_in, is_handle, mixes_alphabets, normal_handle
from tests.sourcing.conftest import Imported

ADDRESSES = [
    ("instagram", "https://www.instagram.com/Ada.L_/?hl=de", "ada.l_"),
    ("instagram", "instagram.com/_u/ada", "ada"),
    ("instagram", "http://instagr.am/ada#x", "ada"),
    ("tiktok", "https://m.tiktok.com/@Ada?lang=en", "ada"),
    ("youtube", "https://www.youtube.com/@Ada-Sews/videos", "ada-sews"),
    ("youtube", "youtube.com/c/AdaSews", "adasews"),
    ("youtube", "https://youtube.com/channel/UCxN-1LknHyrjHLbFvfzuykY", "UCxN-1LknHyrjHLbFvfzuykY"),
    ("bluesky", "https://bsky.app/profile/Ada.example.com", "ada.example.com"),
    ("bluesky", "bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur", "did:plc:z72i7hdynmk6r22z27h6tvur"),
    ("mastodon", "https://mastodon.social/@Ada", "ada@mastodon.social"),
    ("mastodon", "https://mastodon.social/@ada@fosstodon.org", "ada@fosstodon.org"),
    ("threads", "https://www.threads.net/@ada.l", "ada.l"),
    ("x", "https://twitter.com/Ada_L/status/12", "ada_l"),
    ("x", "x.com/ada_l", "ada_l"),
    ("facebook", "https://de-de.facebook.com/Ada.Linen", "adalinen"),
    ("facebook", "facebook.com/profile.php?id=100012345", "100012345"),
    ("facebook", "https://www.facebook.com/people/Ada-L/100012345/", "100012345"),
    ("pinterest", "https://www.pinterest.co.uk/Ada/", "ada"),
    ("pinterest", "de.pinterest.com/ada", "ada"),
    ("twitch", "https://m.twitch.tv/Ada", "ada"),
    ("snapchat", "https://www.snapchat.com/add/ada.l", "ada.l"),
    ("linkedin", "https://de.linkedin.com/in/J%C3%BCrgen-Ada-1a2b/", "jürgen-ada-1a2b"),
    ("reddit", "https://old.reddit.com/u/Ada_L", "ada_l"),
    ("tumblr", "https://ada-l.tumblr.com/archive", "ada-l"),
    ("tumblr", "tumblr.com/blog/view/ada-l", "ada-l"),
    ("kick", "kick.com/Ada", "ada"),
    ("telegram", "https://t.me/s/adasews", "adasews"),
    ("substack", "https://ada.substack.com/p/linen", "ada.substack.com"),
    ("substack", "substack.com/@ada", "ada"),
    ("patreon", "https://www.patreon.com/c/Ada", "ada"),
    (
        "podcast",
        "https://podcasts.apple.com/de/podcast/ada/id1234567?l=1",
        "podcasts.apple.com/podcast/id1234567",
    ),
    ("podcast", "https://open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk", "open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk"),
]


@pytest.mark.parametrize(("platform", "written", "handle"), ADDRESSES)
def test_an_address_says_platform_and_handle(platform: str, written: str, handle: str) -> None:
    assert account_at(written) == (platform, handle)
    assert normal_handle(written, platform) == handle
    assert normal_handle(handle, platform) == handle
    assert is_handle(handle, platform)
    assert account_at(profile_page(platform, handle)) == (platform, handle)


@pytest.mark.parametrize(
    ("platform", "written", "handle"),
    [
        ("instagram", " @ＡＤＡ\u200b ", "ada"),
        ("bluesky", "@ada", "ada.bsky.social"),
        ("mastodon", "@Ada@Mastodon.Social", "ada@mastodon.social"),
        ("mastodon", "acct:ada@mas.to", "ada@mas.to"),
        ("mastodon", "https://my.server.example/users/Ada", "ada@my.server.example"),
        ("mastodon", "ada", ""),
        ("reddit", "/u/Ada", "ada"),
        ("facebook", "Ada.Linen", "adalinen"),
        ("website", "https://www.Ada-Sews.example/about?x=1", "ada-sews.example"),
        ("website", "linktr.ee/Ada", "linktr.ee/ada"),
        ("podcast", "https://feeds.example.com/Show/12.rss?x=1", "feeds.example.com/Show/12.rss"),
        ("substack", "https://letters.ada.example/", "letters.ada.example"),
        ("youtube", "UCXN-1LKNHYRJHLBFVFZUYKYXX", "ucxn-1lknhyrjhlbfvfzuykyxx"),
        # An address of another platform, of a page, of a group: nobody's handle.
        ("instagram", "https://www.tiktok.com/@ada", ""),
        ("instagram", "https://www.instagram.com/p/Cabc/", ""),
        ("telegram", "https://t.me/+AbCdEf", ""),
        ("linkedin", "https://www.linkedin.com/company/ada/", ""),
        ("x", "https://x.com/i/lists/12", ""),
        ("instagram", "https://netflix.com/ada", ""),
    ],
)
def test_what_is_written_on_a_platform_has_one_form(platform: str, written: str, handle: str) -> None:
    assert normal_handle(written, platform) == handle


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_has_a_name_and_a_page_that_no_handle_leaves(platform: str) -> None:
    assert PLATFORM_NAMES[platform][0].isupper()
    page = profile_page(platform, 'a"b<c@d.example')
    assert page.startswith("https://")
    assert not set('"<> ') & set(page)


def test_handles_that_pose_as_others_are_seen() -> None:
    assert [mixes_alphabets(handle) for handle in ("раypal", "paypal", "ада", "ada東京", "straße", "adα")] == [
        True, False, False, False, False, True]  # fmt: skip


def test_addresses_are_found_in_a_text_and_only_whole_ones() -> None:
    text = "me: instagram.com/ada. (tiktok.com/@ada_t) nottiktok.com/bob, https://t.me/adasews! ada@x.com/y"
    assert list(accounts_in(text)) == [("instagram", "ada"), ("tiktok", "ada_t"), ("telegram", "adasews")]


def test_an_account_is_named_by_platform_and_a_handle_that_may_hold_colons() -> None:
    assert account_said("Bluesky:did:plc:abc") == ("bluesky", "did:plc:abc")
    assert account_said("@ada") == ("", "@ada")
    assert account_said("myspace:ada") == ("myspace", "ada")
    assert account_said("mastodon:ada@mas.to") == ("mastodon", "ada@mas.to")


@pytest.mark.parametrize("named", [True, False])
def test_columns_and_python_agree_and_an_address_can_say_the_platform(
    import_once: Callable[..., Imported], named: bool
) -> None:
    told = [(platform, written) for platform, written, _ in ADDRESSES]
    rows = [{"platform": one if named else "", "handle": said, "followers": n} for n, (one, said) in enumerate(told)]
    found = import_once(rows).report
    # A server of Mastodon, a blog at Tumblr, shows: only a person or a column can say these before they are read.
    unsaid = {"mastodon", "podcast"}
    assert found.rejected == (0 if named else sum(platform in unsaid for platform, _ in told))
    keys = {(platform, handle) for platform, _, handle in ADDRESSES if named or platform not in unsaid}
    assert found.profiles == len(keys)
