"""Whoever keeps a batch of mails to what people decided: the gate, a pause, a problem found, a wording in quarantine,
and the first few of a new wording before all.

Asked before each mail. Owns what is looked at and in which order; the rules are approvals' and outreach's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, select

from approvals import first_mails, gate, guardrails, sampling
from approvals.conversation import OURSELVES
from approvals.guardrails import GATE
from approvals.kinds import Kind
from approvals.requests import is_pending
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import BadInput, Refused
from core.models.approvals import Request
from core.store import in_force_since, stored_campaign
from flows.steps.sign_offs import voice_of
from flows.wiring import Wiring
from outreach import first_few, quarantine, voice
from outreach import service as outreach
from outreach.first_few import FirstFew
from outreach.service import Wording


@dataclass
class Watchman:
    """Keeps one batch of mails to what was signed off when each of them goes. `missing` is what shut the gate."""

    w: Wiring
    campaign: Campaign
    wording: Wording
    voice: bytes
    missing: tuple[gate.Item, ...] = field(default=())
    free: frozenset[str] = frozenset()

    def why_not(self, session: Session) -> str:
        stopped = paused_by(session, self.w, self.campaign.slug) or problem_found(session, self.w, self.campaign.slug)
        if stopped:
            return stopped
        now = stored_campaign(session, self.campaign.slug)
        try:
            voice = voice_of(self.w, now)
        except BadInput as gone:
            return str(gone)  # nobody can tell whether these are the words signed off
        self.missing = gate.standing(session, now, voice).missing
        if self.missing:
            return " ".join(item.missing for item in self.missing)
        changed = now.hash != self.campaign.hash or voice != self.voice
        return "The campaign was changed while the batch ran." if changed else ""

    def held(self, session: Session) -> Mapping[str, str]:
        """What is in quarantine, in whatever campaign, and of this one's what waits for the first few of it."""
        standing = standing_of(session, self.w, self.campaign, self.wording.templates - self.free, voice=self.voice)
        # Asked before each mail: once others followed the first few, that is settled for this batch.
        self.free |= {one.template_sha256 for one in standing if one.settled}
        return {one.template_sha256: one.held for one in standing if one.held} | quarantine.quarantined(session)


@dataclass(frozen=True)
class Standing:
    """Where one template stands between its first few mails and all. `subject` is the matter of the second look;
    `trouble` what came back of the first, `held` why no more may go now; "" where nothing is so. `settled` where others
    followed already, or a person let them."""

    template_sha256: str
    subject: str
    first: FirstFew
    trouble: str
    held: str
    settled: bool


def standing_of(
    session: Session, w: Wiring, campaign: Campaign, templates: frozenset[str], *, voice: bytes
) -> list[Standing]:
    """Where each of these templates (sha256) stands in the words in force. What a person let go after all is free."""
    if not templates:
        return []
    wording = gate.wording_content(campaign, voice)
    since = first_mails.let_go_at(session, campaign, wording) or in_force_since(session, campaign.slug)
    chosen = campaign.outreach
    found = first_few.first_few(
        session, campaign.slug, templates=templates, size=chosen.canary_size, since=since
    )  # fmt: skip
    subjects = {sha256: first_mails.subject_of(campaign, sha256, wording) for sha256 in templates}
    answers = first_mails.answered(session, list(subjects.values()))
    now, standing = w.clock.now(), []
    for sha256 in sorted(templates):
        few, free = found[sha256], first_mails.says_yes(answers.get(subjects[sha256]))
        trouble = "" if free else first_few.trouble(few, chosen)
        held = "" if free else first_few.why_held(few, chosen, now)
        standing.append(Standing(sha256, subjects[sha256], few, trouble, held, free or (few.more and not held)))
    return standing


def watchman(w: Wiring, slug: str) -> Watchman | None:
    """Whoever keeps the next batch of a campaign's marketing mails; None where none waits.

    Raises Refused where none may go at all; that the gate stopped them is then on record.
    """
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        if not outreach.how_many_ready(session, slug):
            return None
        watch = Watchman(w, campaign, wording_in_force(session, w, campaign), voice_of(w, campaign))
        paused = paused_by(session, w, slug)
        if paused:
            raise Refused(paused, next_step=after_pause(session, slug))
        problem = problem_found(session, w, slug)
        if problem:
            raise Refused(problem, next_step="If that was a mistake, take it back: greenroom approvals list")
        missing = gate.standing(session, campaign, watch.voice).missing
    if missing:
        note_shut(w, campaign, missing)
        with reading(w.engine) as session:
            gate.check(session, campaign, watch.voice)
    return watch


def wording_in_force(session: Session, w: Wiring, campaign: Campaign) -> Wording:
    """All templates of the sequence, as they and the campaign read now. Raises BadInput where one is gone."""
    steps = voice.spoken(w.settings.templates, campaign)
    return Wording(frozenset(one.template.sha256 for one in steps), in_force_since(session, campaign.slug))


def note_shut(w: Wiring, campaign: Campaign, missing: Sequence[gate.Item]) -> None:
    """The gate stopped a batch: counted, once a day for each thing that is missing."""
    with unit_of_work(w.engine) as session:
        for item in missing:
            found = "".join(letter for letter in item.what.lower() if letter.isalnum() or letter in " ,-")[:60]
            guardrails.caught(session, w.clock, guardrail=GATE, campaign=campaign.slug,
                              subject=gate.subject_of(campaign), found=found)  # fmt: skip


def paused_by(session: Session, w: Wiring, slug: str) -> str:
    """Who paused the outreach of a campaign, as a sentence; "" where nobody did."""
    pause = outreach.pause_of(session, slug)
    if pause is None:
        return ""
    name = "Greenroom" if pause.by == OURSELVES else w.people.name_of(pause.by)
    return f"The outreach of {slug} is paused: {name} stopped it on {pause.at:%d %B %Y}."


def after_pause(session: Session, slug: str) -> str:
    """What to do about a pause; where a spot check found something wrong, the wording may be at fault."""
    go_on, pause = f"Go on with: greenroom outreach go-on {slug}", outreach.pause_of(session, slug)
    if pause is None or pause.by != OURSELVES:
        return go_on
    return f"Where the wording is at fault: greenroom outreach quarantine {slug} --reason WHY\n{go_on}"


def problem_found(session: Session, w: Wiring, slug: str) -> str:
    """Who found a spot check wrong, as a sentence, while that can still be taken back; "" where nobody did.

    The pause follows with the decision itself; a mail that went out meanwhile could not be called back.
    """
    found = session.exec(
        select(Request)
        .where(Request.campaign == slug, Request.kind == Kind.SPOT_CHECK, Request.choice == sampling.PROBLEM)
        .where(is_pending())
        .limit(1)
    ).first()
    if found is None:
        return ""
    name = w.people.name_of(found.decided_by or "")
    return f"The outreach of {slug} stands still: {name} found a problem in spot check {found.id[:8]}."
