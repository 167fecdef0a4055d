"""Who may answer which request, and with what. Pure: reads no record and changes nothing."""

import unicodedata
from datetime import datetime

from approvals.kinds import Kind
from core.campaign import Campaign
from core.cards import Card
from core.clock import local_day
from core.errors import Refused
from core.models.approvals import Request
from core.people import People, Person, Role, holds

#: Doors that prove who stands before them. At all others the actor is only asserted.
DOORS_THAT_KNOW = frozenset({"slack", "web"})
#: Of a reason and of anything said: longer texts belong into a document, and Slack shows no more in one piece.
LONGEST = 2_000
#: Letters by name that show nothing: the Hangul fillers and the empty Braille pattern.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


class DecisionRefused(Refused):
    """The answer was not taken. `why` is a word for the audit log, which holds no sentences."""

    why = "refused"

    def __init__(self, message: str, *, why: str, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.why = why


def check_choice(request: Request, choice_id: str, reason: str) -> None:
    """The card offers this choice, and it comes with a reason where it needs one."""
    card = Card.model_validate(request.card)
    choice = card.choice(choice_id)
    if choice is None:
        offered = ", ".join(offer.id for offer in card.choices)
        raise DecisionRefused(
            f"{card.title} cannot be answered with {choice_id!r}.",
            why="no such choice",
            next_step=f"Choices: {offered}.",
        )
    if choice.needs_reason and not has_words(reason):
        examples = f", such as: {'; '.join(choice.reasons)}" if choice.reasons else ""
        raise DecisionRefused(
            f"{choice.label} needs a reason.", why="no reason", next_step=f"Say why in a few words{examples}."
        )


def has_words(text: str) -> bool:
    """Whether a reader sees a word, a number or a sign in it: spaces, controls and what is invisible say nothing."""
    return any(unicodedata.category(character)[0] in "LNS" and character not in _BLANK for character in text)


def check_length(text: str, *, what: str) -> None:
    """One limit for all that people say about a request, at every door."""
    if len(text) > LONGEST:
        raise DecisionRefused(
            f"The {what} has {len(text):,} characters; {LONGEST:,} are the most.",
            why=f"{what} is too long",
            next_step=f"Shorten it by {len(text) - LONGEST:,}, or put the long version into a document and name it.",
        )


def check_text(text: str, *, what: str) -> None:
    """Characters that no database keeps: NUL, and halves of characters from a terminal of another encoding."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise DecisionRefused(
            f"The {what} holds characters that are not text.", why=f"{what} is not text", next_step="Write it anew."
        )


def check_actor(request: Request, actor: Person, *, people: People, campaign: Campaign, at: datetime) -> None:
    """The actor is the assignee, stands in for them or holds the role; and did not ask, where four eyes are asked.

    Who is away at that moment, and their stand-in too, is answered for by whoever is reminded in their place.
    """
    if request.four_eyes and actor.id == request.requested_by:
        raise DecisionRefused(
            f"{actor.name} asked this question and cannot answer it too.",
            why="four eyes",
            next_step=f"Ask {people.name_of(request.assignee)}.",
        )
    role = Role(request.role)
    if actor.id in _stand_ins(people, request.assignee, at):
        return
    if actor.id == request.assignee and may_be_handed(role, actor, people=people, at=at):
        return
    if not holds(actor, role, campaign) and not _leads_brand(actor, request, campaign):
        raise DecisionRefused(
            f"{actor.name} may not decide this: it waits for {people.name_of(request.assignee)} as {request.role} "
            f"of {request.campaign}.",
            why="not theirs",
            next_step=f"Ask {people.name_of(request.assignee)}.",
        )


def may_be_handed(role: Role, to: Person, *, people: People, at: datetime) -> bool:
    """Whether somebody may answer what is theirs: they have the role, or stand in for somebody who has it."""
    return role in to.roles or any(role in one.roles and to.id in _stand_ins(people, one.id, at) for one in people)


def check_door(request: Request, door: str, *, terminal_may_sign_off: bool) -> None:
    """Legal signs off, and the company is signed for, where identity is proved, unless the installation says that its
    terminal may."""
    weighty = request.role == Role.LEGAL or request.kind == Kind.COUNTERSIGNATURE
    if weighty and door not in DOORS_THAT_KNOW and not terminal_may_sign_off:
        who = "Legal cannot sign off" if request.role == Role.LEGAL else "Nobody signs for the company"
        raise DecisionRefused(
            f"{who} from the {door}: there, who decides is only asserted.",
            why="door",
            next_step="If everybody at this terminal may sign, set GREENROOM_TERMINAL_MAY_SIGN_OFF=true in .env.",
        )


def _leads_brand(actor: Person, request: Request, campaign: Campaign) -> bool:
    """The brief is the brand lead's, alone or one of a group, whoever of them it was put before."""
    named = campaign.owners.brand_lead in {actor.id, *actor.groups}
    return request.kind == Kind.BRIEF and named and Role(request.role) in actor.roles


def somebody_else(people: People, campaign: Campaign, assignee: Person, role: Role, *, asker: Person) -> bool:
    """Whether anybody but the asker may answer; four eyes would else wait for ever."""
    others: list[Person] = [person for person in people if person.id != asker.id]
    return any(person.id == assignee.delegate or holds(person, role, campaign) for person in others)


def _stand_ins(people: People, person_id: str, at: datetime) -> set[str | None]:
    """Whoever stands in for somebody: their delegate, and while both are away whoever stands in for that one."""
    absent = next((person for person in people if person.id == person_id), None)
    if absent is None:
        return set()
    on_duty = people.on_duty(person_id, local_day(at, absent.calendar.time_zone)).id
    return {absent.delegate, on_duty} - {person_id}
