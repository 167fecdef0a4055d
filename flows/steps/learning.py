"""From decisions on record to a proposed model, its sign-off and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from approvals import service as approvals
from approvals.rights import somebody_else
from approvals.service import Question
from core.campaign import Campaign
from core.database import reading, unit_of_work
from core.errors import Refused
from core.files import write_atomically
from core.models.approvals import Request
from core.models.learning import LearntModel, ModelAdoption
from core.people import Person, Role, check_may
from core.store import stored_campaign
from flows.learning_effects import WEIGHTS
from flows.steps.known import known_of
from flows.wiring import Wiring
from sourcing import service as sourcing
from sourcing.known import Known
from sourcing.learning import adoption
from sourcing.learning.card import markdown, weights_card
from sourcing.learning.decisions import asked_by, decisions
from sourcing.learning.examples import Decided, Undecided
from sourcing.learning.features import Usage, usage_of
from sourcing.learning.model import Model, file_of, read_model, save_model
from sourcing.learning.proposing import check_enough, learn
from sourcing.pool import Pool, current_version, open_pool

#: How deep the ranking is read for what is usual and what is mostly not wanted.
DEPTH = 1_600
#: So many profiles tell how words are used in the pool.
SAMPLE = 5_000
NO_POOL = "There is no pool here: places deep in the ranking, and how words are used at large, were not looked at."


@dataclass(frozen=True)
class Standing:
    """What ranks a campaign now, what was proposed (newest first) and what changed (oldest first).

    `problem` says why the model in force cannot be used; then `model` is None.
    """

    sha256: str | None
    model: Model | None
    proposals: Sequence[LearntModel]
    history: Sequence[ModelAdoption]
    problem: str = ""


def propose(w: Wiring, slug: str, *, actor: Person) -> tuple[Model, Request]:
    """Learn from what was decided for the brand, and ask the campaign's owner whether it may rank.

    Raises Refused where too little was decided, naming what is missing.
    """
    pool = _pool(w)
    with reading(w.engine) as session:
        campaign = stored_campaign(session, slug)
        check_may(actor, campaign, Role.OPS, Role.OWNER, Role.REVIEWER, what="propose a ranking")
        decided = decisions(session, campaign.brand, pool.find if pool else _nobody)
        # Held against the campaign's own ranking, not against what an earlier model made of it.
        known = replace(known_of(session, w, campaign), learnt=None)
    check_enough(decided, campaign=slug)
    background = _background(w, campaign, known, decided, pool) if pool else []
    model = learn(
        decided, background, _usage(pool, decided), campaign=slug, brand=campaign.brand, asked=asked_by(campaign),
        made_at=w.clock.now().isoformat(), notes=() if pool else (NO_POOL,),
    )  # fmt: skip
    sha256 = save_model(w.settings.models_folder, model)
    with unit_of_work(w.engine) as session:
        adoption.keep_model(session, w.clock, model, sha256, actor=actor.id)
        return model, approvals.ask(session, w.clock, _question(w, campaign, model, sha256, actor))


def standing(w: Wiring, slug: str) -> Standing:
    """What ranks the campaign now, and how it came to that."""
    with reading(w.engine) as session:
        sha256 = adoption.model_in_force(session, slug)
        proposals, history = adoption.proposals(session, slug), adoption.history(session, slug)
    try:
        model = read_model(w.settings.models_folder, sha256) if sha256 else None
    except Refused as refusal:
        return Standing(sha256, None, proposals, history, str(refusal))
    return Standing(sha256, model, proposals, history)


def revert(w: Wiring, slug: str, *, actor: Person, reason: str) -> ModelAdoption:
    """Back to the model before, or to the campaign's own ranking; from the next longlist on."""
    with unit_of_work(w.engine) as session:
        campaign = stored_campaign(session, slug)
        check_may(actor, campaign, Role.OPS, Role.OWNER, what="change how the campaign is ranked")
        return adoption.revert(session, w.clock, slug, actor=actor.id, reason=reason)


def _question(w: Wiring, campaign: Campaign, model: Model, sha256: str, actor: Person) -> Question:
    path = file_of(w.settings.models_folder, sha256).with_suffix(".md")
    card = weights_card(model, sha256, path=str(path), file_sha256=write_atomically(path, markdown(model)))
    owner = w.people.holder(campaign, Role.OWNER, w.clock.now(), asker=actor.id)
    return Question(
        kind=WEIGHTS, subject=f"learning:{campaign.slug}", campaign=campaign.slug, card=card, role=Role.OWNER,
        assignee=owner, requested_by=actor.id, sla=campaign.sla,
        content_sha256=sha256, four_eyes=somebody_else(w.people, campaign, owner, Role.OWNER, asker=actor),
    )  # fmt: skip


def _background(w: Wiring, campaign: Campaign, known: Known, decided: Sequence[Decided], pool: Pool) -> list[Undecided]:
    """The campaign's ranking without those who were decided about."""
    longlist = sourcing.source(w.settings.pool_folder, campaign, known, limit=DEPTH)
    gone, found = {one.account for one in decided}, []
    for entry in (*longlist.entries, *longlist.bench):
        profile = pool.find(entry.platform, entry.handle)
        if profile is not None and (entry.platform, entry.handle) not in gone:
            found.append(Undecided(profile, dict(entry.factors), entry.rank))
    return found


def _usage(pool: Pool | None, decided: Sequence[Decided]) -> Usage:
    if pool is None:
        return usage_of([one.shown for one in decided])
    rows = np.flatnonzero(pool.alive)
    # By key, which is as good as by lot, and the same however the pool is cut.
    rows = rows[np.argsort(pool.numbers("key")[rows], kind="stable")[:SAMPLE]]
    return usage_of([pool.profile(int(row)) for row in rows])


def _pool(w: Wiring) -> Pool | None:
    """None for a pool that was never filled. A damaged or stale one is refused: it would teach less without a word."""
    folder = w.settings.pool_folder
    return None if current_version(folder) is None else open_pool(folder)


def _nobody(_platform: str, _handle: str) -> None:
    return None
