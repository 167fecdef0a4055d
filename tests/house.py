"""A whole Greenroom for tests: the real wiring with a fixed clock, and what its people and creators do, in verbs."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from pydantic import SecretStr
from sqlmodel import select

from core import schema
from core.campaign import Campaign
from core.clock import FixedClock
from core.database import open_engine, reading, unit_of_work
from core.files import write_atomically
from core.models.approvals import Request
from core.models.candidates import Candidate, StageChange
from core.models.privacy import ContactBasis
from core.settings import PROJECT, Settings
from core.store import account_of, candidate_named, snapshot_of, stored_campaign, the_candidate
from flows.steps import canary, person, review, sign_offs
from flows.wiring import Wiring, wire
from outreach.law.policy import Basis
from sourcing import service as sourcing
from sourcing.sample import write_sample

CAMPAIGN = "linen-summer"
CAMPAIGN_FILE = PROJECT / "campaigns" / "linen-summer.toml"


@dataclass(frozen=True)
class House:
    """The wiring and the people around it. Creators are named `platform:handle`."""

    w: Wiring

    def import_sample(self, profiles: int = 4_000) -> None:
        sample = self.w.settings.home / "sample.jsonl.gz"
        sample.parent.mkdir(parents=True, exist_ok=True)
        write_sample(sample, profiles=profiles)
        sourcing.import_files(self.w.settings.pool_folder, [sample], self.w.clock)

    def decide(self, request: Request, choice: str, *, by: str, reason: str = "") -> Request:
        return review.decide(
            self.w, request.id, choice, actor=self.w.people.named(by), door="terminal", reason=reason
        )  # fmt: skip

    def sign_off_campaign(self) -> None:
        """Brand lead and analyst sign off what the campaign is, one after the other."""
        [brief] = sign_offs.ask_sign_offs(self.w, CAMPAIGN, actor=self.w.people.named("omar"))
        self.decide(brief, "sign_off", by="olivia")
        sign_offs.ask_next(self.w)
        self.decide(self.open_request("tracking setup"), "sign_off", by="anton")

    def everybody_consented(self) -> None:
        """Whoever is a candidate asked to be written to; in most countries here nobody may be written to otherwise."""
        with unit_of_work(self.w.engine) as session:
            known = set(session.exec(select(ContactBasis.creator_id)))
            for creator in sorted(set(session.exec(select(Candidate.creator_id))) - known):
                session.add(ContactBasis(creator_id=creator, basis="consent", evidence="asked us to write (test)",
                                         by="omar", at=self.w.clock.now()))  # fmt: skip

    def asked_us_to_write(self, creator: str, evidence: str) -> None:
        """Omar records that the creator asked for it."""
        may = person.set_grounds(self.w, CAMPAIGN, creator, Basis.CONSENT, evidence=evidence, withdraw=False,
                                 actor=self.w.people.named("omar"))  # fmt: skip
        assert may.allowed

    def let_mails_go(self) -> Request:
        """Omar shows the first mail that is ready, and Sofia lets it and those in the same words go."""
        shown = canary.ask_canary(self.w, CAMPAIGN, actor=self.w.people.named("omar"))
        return self.decide(shown, "approve", by="sofia")

    def queue(self, campaign: str = CAMPAIGN) -> list[Request]:
        with reading(self.w.engine) as session:
            return list(review.review_queue(session, campaign))

    def best_with_an_address(self) -> tuple[str, Request]:
        """The first creator in the queue who can be written to, and the question about them."""
        return self.with_addresses(1)[0]

    def with_addresses(self, wanted: int) -> list[tuple[str, Request]]:
        found = []
        with reading(self.w.engine) as session:
            for request in review.review_queue(session, CAMPAIGN):
                candidate = the_candidate(session, request.candidate_id or 0)
                account = account_of(session, candidate)
                if "email" in snapshot_of(session, candidate):
                    found.append((f"{account.platform}:{account.handle}", request))
        assert len(found) >= wanted
        return found[:wanted]

    def open_request(self, kind: str) -> Request:
        with reading(self.w.engine) as session:
            return session.exec(select(Request).where(Request.kind == kind, Request.status == "open")).one()

    def stage(self, creator: str, campaign: str = CAMPAIGN) -> str:
        with reading(self.w.engine) as session:
            return candidate_named(session, campaign, creator).stage

    def road(self, creator: str) -> list[str]:
        """Every stage the creator came to, in order."""
        with reading(self.w.engine) as session:
            candidate = candidate_named(session, CAMPAIGN, creator)
            changes = session.exec(select(StageChange).where(StageChange.candidate_id == candidate.id)).all()
            return [change.went_to for change in sorted(changes, key=lambda change: change.id or 0)]

    def campaign(self) -> Campaign:
        with reading(self.w.engine) as session:
            return stored_campaign(session, CAMPAIGN)

    def outbox(self) -> list[EmailMessage]:
        """Every mail that went out, oldest first."""
        paths = sorted(self.w.settings.outbox_folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]

    def answer(self, mail: EmailMessage, text: str) -> None:
        """The creator replies to a mail."""
        reply = EmailMessage(policy=email.policy.SMTP)
        reply["From"], reply["To"], reply["Subject"] = str(mail["To"]), str(mail["From"]), f"Re: {mail['Subject']}"
        reply["Message-ID"] = f"<answer-{str(mail['Message-ID']).strip('<>')}>"
        reply["In-Reply-To"] = str(mail["Message-ID"])
        reply.set_content(text)
        write_atomically(self.w.settings.inbox_folder / f"{len(text)}.eml", reply.as_bytes())


def build(home: Path, clock: FixedClock, *, database_address: str | None = None) -> House:
    """A Greenroom as it is on its first day: people, a campaign file, templates, and nothing on record."""
    settings = Settings(
        home=home,
        database_url=SecretStr(database_address) if database_address else None,
        dry_run=True,
        office="none",  # takes seconds each time; tests of PDFs name theirs
        people_file=PROJECT / "people.example.toml",
        templates=PROJECT / "templates",
        terminal_may_sign_off=True,
    )
    if database_address:
        engine = open_engine(database_address)
        schema.upgrade(engine)
        engine.dispose()
    return House(wire(settings, clock))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content
