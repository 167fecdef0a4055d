"""How a campaign at the terminal comes to where a test begins."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

from tests.cli.conftest import Terminal
from tests.house import CAMPAIGN, CAMPAIGN_FILE

CREATOR = "ada.linen"
PROFILES = """\
username,full_name,biography,followers,platform,email,country,engagement_percent,shoe size
ada.linen,Ada Färber,"Slow fashion, linen outfits & capsule wardrobe",24000,instagram,ada@example.com,Germany,3.9,39
bo.slow,Bo,"slow fashion and sustainable fashion, minimal style",18000,instagram,bo@example.com,Germany,3.1,41
cy.capsule,Cy,"capsule wardrobe, one outfit a day",15000,tiktok,,Austria,6.0,43
no.body,Nobody,linen,many,instagram,,,,
"""


def source(terminal: Terminal) -> None:
    """Three creators wait for a decision, and the campaign is signed off."""
    profiles = terminal.home.parent / "profiles.csv"
    profiles.write_text(PROFILES, encoding="utf-8")
    assert terminal("pool", "import", str(profiles)).code == 0
    assert terminal("source", str(CAMPAIGN_FILE)).code == 0
    for who in ("olivia", "anton"):
        [question] = terminal.document("campaign", "sign-offs", CAMPAIGN, "--as", "omar")
        assert question["assignee"] == who
        assert terminal("approvals", "decide", question["id"], "sign_off", "--as", who).code == 0


def answers(home: Path, text: str) -> None:
    """The creator replies to the one mail in the outbox."""
    [path] = (home / "outbox").glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    reply = EmailMessage(policy=email.policy.SMTP)
    reply["From"], reply["To"], reply["Subject"] = str(mail["To"]), str(mail["From"]), f"Re: {mail['Subject']}"
    reply["Message-ID"], reply["In-Reply-To"] = "<answer@example.com>", str(mail["Message-ID"])
    reply.set_content(text)
    (home / "inbox").mkdir(exist_ok=True)
    (home / "inbox" / "answer.eml").write_bytes(reply.as_bytes())


def asked_us_to_write(sourced: Terminal, creator: str = CREATOR) -> None:
    """Where these creators live nobody is written to otherwise."""
    said = sourced(
        "outreach", "allow", CAMPAIGN, creator, "--basis", "consent", "--evidence", "the form", "--as", "omar"
    )
    assert "They may be written to" in said.out


def let_mails_go(sourced: Terminal) -> None:
    """The sender saw the first mail."""
    shown = sourced.document("outreach", "canary", CAMPAIGN, "--as", "omar")
    assert sourced("approvals", "decide", shown["id"], "approve", "--as", "sofia").code == 0
