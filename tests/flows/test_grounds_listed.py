"""Consents of many from one file: recorded once, bad lines named, nothing behind anybody's back."""

from sqlmodel import col, select

from core.database import reading
from core.models.privacy import ContactBasis
from core.store import candidate_named, snapshot_of
from flows.steps import outreach, person
from flows.steps.grounds_listed import Done, allow_listed
from outreach.law.policy import Basis
from tests.house import CAMPAIGN, House

HEADER = "creator,address,ground,source,date\n"


def _consents(house: House) -> int:
    with reading(house.w.engine) as session:
        return len(session.exec(select(ContactBasis).where(ContactBasis.evidence == "form, 2026-05-03")).all())


def _address(house: House, creator: str) -> str:
    with reading(house.w.engine) as session:
        return str(snapshot_of(session, candidate_named(session, CAMPAIGN, creator))["email"].value)


def _give(house: House, rows: str, *, by: str = "sofia", dry_run: bool = False, slug: str = CAMPAIGN) -> Done:
    return allow_listed(house.w, HEADER + rows, slug=slug, actor=house.w.people.named(by), dry_run=dry_run)


def test_by_account_profile_and_address_once_each_and_bad_lines_are_named(house: House) -> None:
    (first, _), (second, _), (third, _) = house.with_addresses(3)
    platform, handle = third.split(":")
    rows = (
        f"{first},,consent,form,2026-05-03\n"
        f",{_address(house, second).upper()},consent,form,2026-05-03\n"
        f"https://www.{platform}.com/@{handle},,consent,form,3.5.2026\n"
        f"{first},,consent,form,2026-05-03\n"
        "instagram:nobody.at.all,,consent,form,2026-05-03\n"
        f"{first},{_address(house, second)},consent,form,2026-05-03\n"
        f"{second},,decided,counsel,2026-05-03\n"
    )
    looked = _give(house, rows, dry_run=True)
    assert (looked.done, _consents(house)) == (False, 0)
    done = _give(house, rows)
    assert [one.creator for one in done.recorded] == [first, second, third]
    assert all(one.may_be_written_to for one in done.recorded)
    assert (done.recorded, done.known, done.unusable) == (looked.recorded, looked.known, looked.unusable)
    assert done.known == 1
    assert [one.line for one in done.unusable] == [6, 7, 8]
    assert "called instagram:nobody.at.all" in done.unusable[0].why
    assert "not the same person" in done.unusable[1].why
    assert "legal or owner" in done.unusable[2].why
    again = _give(house, rows)
    assert (again.recorded, again.known, _consents(house)) == ((), 4, 3)


def test_two_accounts_of_one_person_are_one_and_no_campaign_need_be_named(house: House) -> None:
    (first, _), (second, _) = house.with_addresses(2)
    person.merge(house.w, first, second, evidence="link to each other", actor=house.w.people.named("omar"))
    done = _give(house, f"{first},,consent,form,2026-05-03\n{second},,consent,form,2026-05-03\n", slug="")
    assert (len(done.recorded), done.known) == (1, 1)


def test_no_grounds_undo_an_opt_out_and_nobody_is_told_they_do(house: House) -> None:
    creator, _ = house.best_with_an_address()
    platform, handle = creator.split(":")
    outreach.suppress(house.w, actor=house.w.people.named("omar"), why="asked", account=(platform, handle))
    [one] = _give(house, f"{creator},,consent,form,2026-05-03\n").recorded
    assert (one.may_be_written_to, "no grounds undo" in one.why) == (False, True)
    told = person.set_grounds(house.w, CAMPAIGN, creator, Basis.CONSENT, evidence="again", withdraw=False,
                              actor=house.w.people.named("omar"))  # fmt: skip
    assert (told.allowed, told.basis) == (False, "")


def test_a_very_long_source_is_not_recorded_twice(house: House) -> None:
    creator, _ = house.best_with_an_address()
    row = f"{creator},,consent,{'form ' * 400},2026-05-03\n"
    assert len(_give(house, row).recorded) == 1
    assert _give(house, row).known == 1
    with reading(house.w.engine) as session:
        same = select(ContactBasis).where(col(ContactBasis.evidence).startswith("form form"))
        assert len(session.exec(same).all()) == 1
