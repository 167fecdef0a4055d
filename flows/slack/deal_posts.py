"""News of deals as posts in the channel of the campaign's ops, below the contract's card where that stands there too.

Puts into the outbox in the transaction that ends the job, under the key of a notice: what Slack never takes is told to
each person instead. Documents stay out of it: more people read a channel than work on a deal.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from approvals.kinds import Kind
from approvals.slack import blocks, limits, words
from approvals.slack.blocks import Payload
from approvals.slack.outbox import NOTICE, put
from approvals.slack.places import is_there
from core import jobs
from core.database import reading, unit_of_work
from core.models.approvals import Request
from core.models.jobs import Job
from core.models.slack import SlackPost
from core.people import Role
from core.store import campaign_of, stored_campaign
from flows.effects import NEWS_JOB
from flows.slack.notices import BY_MAIL
from flows.slack.places import ops_channel
from flows.steps import deal_dates
from flows.steps.deal_words import News, candidate_in, news_of
from flows.wiring import Wiring


def channel_of(w: Wiring, job: Job) -> str:
    """Where these news are posted; "" where they go to persons: Slack is off, no channel is named, or it took none."""
    if not w.slack_on or job.payload.get("by") == BY_MAIL:
        return ""
    if job.kind == NEWS_JOB and job.payload.get("recipient"):
        return ""  # meant for that person alone
    with reading(w.engine) as session:
        if job.kind == NEWS_JOB:
            campaign = campaign_of(session, candidate_in(session, job.payload))
        else:
            campaign = stored_campaign(session, str(job.payload["campaign"]))
    return ops_channel(campaign, w.settings)


def hand_over(w: Wiring, job: Job, channel: str) -> int:
    """Put the news into the outbox and end the job; returns how many posts that is."""
    if job.id is None:
        raise ValueError("a job must be on the record before it is worked")
    with unit_of_work(w.engine) as session:
        if job.kind == NEWS_JOB:
            news, below = news_of(session, job.payload), _card(session, job, channel)
        else:
            news, below = deal_dates.news_of(session, job), None
        put(session, w.clock, key=f"{NOTICE}{job.kind}:{job.key}", method="chat.postMessage", channel=channel,
            payload=_said(news, _told(session, w, job)), after_key=below)  # fmt: skip
        jobs.finish(session, w.clock, job.id)
    return 1


def _said(news: News, members: Sequence[str]) -> Payload:
    """Whoever is told is called by name, as nobody watches a channel all day."""
    called = " ".join(f"<@{member}>" for member in members)
    text = f"*{words.mrkdwn(news.subject)}*\n{words.mrkdwn_lines(news.said)}\n{words.mrkdwn_lines(news.next_step)}"
    pieces = [blocks.section(piece) for piece in limits.chunks(text, limits.SECTION)]
    payload = blocks.message(words.mrkdwn(news.subject), [*pieces, *([blocks.section(called)] if called else [])])
    return {**payload, "unfurl_links": False, "unfurl_media": False}


def _told(session: Session, w: Wiring, job: Job) -> list[str]:
    """Ids in Slack of those whom it concerns; who is not there reads it with the others."""
    named = job.payload.get("recipients") or [job.payload.get("recipient")]
    if named == [""]:
        campaign = campaign_of(session, candidate_in(session, job.payload))
        named = [w.people.holder(campaign, Role.OPS, w.clock.now()).id]
    found = {person.id: person.slack for person in w.people}
    return [found[one] for one in named if found.get(one)]


def _card(session: Session, job: Job, channel: str) -> str | None:
    """The card of the contract, if it is in this channel: its thread is where people talk about it."""
    if "contract" not in job.payload:
        return None
    query = select(SlackPost).join(Request, col(Request.id) == SlackPost.request_id).where(
        Request.kind == Kind.FINAL_CONTRACT, Request.subject == f"contract:{job.payload['contract']}",
        SlackPost.method == "chat.postMessage", SlackPost.channel == channel,
    )  # fmt: skip
    cards = [post for post in session.exec(query.order_by(col(SlackPost.id).desc())) if is_there(post)]
    return cards[0].key if cards else None
