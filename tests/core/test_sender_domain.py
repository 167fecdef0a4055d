"""SPF, DKIM and DMARC of a sender's domain, as receivers would judge them."""

import pytest

from core.sender_domain import Expected, above, followed, judge_dkim, judge_dmarc, judge_spf

HOME = "brand.example"
KEY = Expected("greenroom1._domainkey.brand.example", "QUJD")


@pytest.mark.parametrize(
    ("texts", "level", "why"),
    [
        ([], "missing", "no SPF record"),
        (["google-site-verification=x", "v=spf10 all"], "missing", "no SPF record"),
        (["v=spf1 include:a.example ~all"], "ok", "SPF is there"),
        (["V=SPF1 -all"], "ok", "SPF is there"),
        (["v=spf1 redirect=a.example"], "ok", "SPF is there"),
        (["v=spf1 -all", "v=spf1 ~all"], "wrong", "2 SPF records"),
        (["v=spf1 +all"], "wrong", "everybody"),
        (["v=spf1 mx all"], "wrong", "everybody"),
        (["v=spf1 mx ?all"], "maybe", "says nothing"),
        (["v=spf1 mx"], "maybe", "says nothing"),
        (["v=spf1 ip4:192.0.2.0/24 " + " ".join(f"a:m{n}.example" for n in range(10)) + " -all"], "ok", "there"),
        (["v=spf1 mx " + " ".join(f"a:m{n}.example" for n in range(10)) + " -all"], "maybe", "11 look-ups"),
    ],
)
def test_spf(texts: list[str], level: str, why: str) -> None:
    verdict = judge_spf(HOME, texts, {})
    assert verdict.level == level
    assert why in verdict.why
    assert (verdict.todo == "") == (level == "ok")


def test_what_is_included_counts_too_and_a_circle_ends() -> None:
    inner = "v=spf1 " + " ".join(f"include:i{n}.example" for n in range(9)) + f" include:{HOME} ~all"
    verdict = judge_spf(HOME, ["v=spf1 include:a.example ~all"], {"a.example": [inner]})
    assert (verdict.level, "11 look-ups" in verdict.why) == ("maybe", True)


def test_what_depends_on_the_mail_is_not_followed() -> None:
    assert followed("v=spf1 include:A.example. ?include:b.example exists:%{i}.c.example include:%{d}.x redirect=d") == [
        "a.example", "b.example", "d"]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "level", "why"),
    [
        ([], "missing", "no DKIM key at greenroom1._domainkey.brand.example"),
        (["v=DKIM1; k=rsa; p=QUJD"], "ok", "is ours"),
        (["v=DKIM1;k=rsa;p=QU JD"], "ok", "is ours"),
        (["v=DKIM1; p=QUJE"], "wrong", "is not the one we sign with"),
        (["v=DKIM1; p=%%%"], "wrong", "is not the one we sign with"),
        (["v=DKIM1; p="], "wrong", "taken back"),
        (["p=QUJD", "p=QUJE"], "wrong", "2 DKIM keys"),
        (["v=DKIM1; t=y:s; p=QUJD"], "maybe", "a test"),
    ],
)
def test_dkim_of_our_own_key(texts: list[str], level: str, why: str) -> None:
    verdict = judge_dkim(KEY, texts)
    assert verdict.level == level
    assert why in verdict.why


def test_dkim_of_somebody_elses_key_is_only_known_by_the_usual_selector() -> None:
    usual = Expected("google._domainkey.brand.example")
    assert judge_dkim(usual, []).level == "maybe"
    assert judge_dkim(usual, ["v=DKIM1; p=QUJD"]).level == "ok"


@pytest.mark.parametrize(
    ("found", "level"),
    [
        ({}, "missing"),
        ({"_dmarc.brand.example": ["v=DMARC1; p=reject"]}, "ok"),
        ({"_dmarc.brand.example": ["v=DMARC1;p=Quarantine"]}, "ok"),
        ({"_dmarc.brand.example": ["v=DMARC1; p=none; rua=mailto:x@y"]}, "maybe"),
        ({"_dmarc.brand.example": ["v=DMARC1; rua=mailto:x@y"]}, "wrong"),
        ({"_dmarc.brand.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "wrong"),
        ({"_dmarc.brand.example": ["p=reject"]}, "missing"),
    ],
)
def test_dmarc(found: dict[str, list[str]], level: str) -> None:
    assert judge_dmarc(HOME, found).level == level


def test_dmarc_of_a_domain_below_is_that_of_the_one_above() -> None:
    assert above("mail.brand.example") == ["_dmarc.mail.brand.example", "_dmarc.brand.example"]
    assert above("example") == ["_dmarc.example"]
    inherited = {"_dmarc.mail.brand.example": [], "_dmarc.brand.example": ["v=DMARC1; p=reject; sp=none"]}
    assert judge_dmarc("mail.brand.example", inherited).level == "maybe"
