"""The full matrix: everybody × everything one can do × every reporting unit, tried on a real store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import pytest

from kpi import plan as plan_files
from kpi import workbook
from kpi.model import Act, Grant, NotAllowedError, Period, Person, Quarter, Role, UnknownPersonError
from kpi.store import Store
from kpi.units import Directory
from kpi.workbook.loading import load_here
from tests.filled import LAN, Q1, Q2, filled

DIRECTORY = Directory.load(plan_files.SHIPPED / "units")
PLAN = plan_files.load(plan_files.SHIPPED / "plans" / "bac-kan-2022.toml", DIRECTORY)
REPORTERS = [reporter.code for reporter in PLAN.reporters]
DISTRICTS = {"058", "060", "061", "062", "063", "064", "065", "066"}
# Written down here and not derived, so that a change of the rule is seen.
OF_ROOM = {
    "VP": set(),
    "PTTBCXB": DISTRICTS,
    "PBCVT": {*DISTRICTS, "PBCVT", "BDT", "TTPVHCC"},
    "PCNTT": {*DISTRICTS, "TTPVHCC", "PCNTT"},
    "TTCNTT": set(),
}
EVERYBODY = [
    Person("khong-vai-tro", "Không vai trò"),
    Person("da-khoa", "Đã khóa", grants=(Grant(Role.OFFICE), Grant(Role.ADMIN)), disabled=True),
    *(Person(role, role, grants=(Grant(role),)) for role in Role if not role.bound),
    *(Person(f"r-{code.lower()}", code, grants=(Grant(Role.REPORTER, code),)) for code in REPORTERS),
    *(Person(f"p-{code.lower()}", code, grants=(Grant(Role.ROOM, code),)) for code in OF_ROOM),
]


def expected(person: Person, act: str, reporter: str) -> bool:
    if person.disabled or not person.grants:
        return False
    (grant,) = person.grants
    match grant.role:
        case Role.VIEWER:
            return act == "original"
        case Role.REPORTER:
            return act in {"keep", "withdraw", "original"} and reporter == grant.unit
        case Role.ROOM:
            return act == "original" or (act in {"keep", "withdraw"} and reporter in OF_ROOM[grant.unit])
        case Role.OFFICE:
            return act in {"keep", "withdraw", "original", "approve", "close", "reopen", "export", "record"}
        case Role.ADMIN:
            return act in {"record", "accounts", "back up"}


@pytest.fixture(scope="module")
def drafts() -> Mapping[str, Mapping[str, workbook.Draft]]:
    """For each reporter a workbook that is kept from the start, and one to try with."""
    units = DIRECTORY.on(PLAN.end, PLAN.province)

    def draft(reporter: str, quarter: Quarter) -> workbook.Draft:
        duty = next(
            d for d in PLAN.reporter(reporter).duties if d.indicator in {"5", "6", "7", "8", "9", "12"}
        )
        # A form of this duty alone: the whole one takes ten times as long to make.
        only = replace(PLAN, reporters=(replace(PLAN.reporter(reporter), duties=(duty,)),))
        content = filled(only, units, reporter, quarter, {(duty.indicator, duty.unit): (1, 2)})
        return workbook.read(f"{reporter}.xlsx", content, {PLAN.code: PLAN}, DIRECTORY, load=load_here)

    return {code: {"held": draft(code, Q1), "new": draft(code, Q2)} for code in REPORTERS}


@pytest.fixture(scope="module")
def store(tmp_path_factory, drafts):
    """Its log is never shortened: that is most of the time a keeping takes, and no matter of rights."""
    with (
        pytest.MonkeyPatch.context() as patched,
        Store(tmp_path_factory.mktemp("rights") / "kpi.duckdb") as opened,
    ):
        patched.setattr(opened._database, "checkpoint", lambda: None)
        for pair in drafts.values():
            opened.keep(pair["held"], LAN)
        yield opened


@pytest.fixture
def attempts(store, drafts) -> Mapping[str, Callable[[Person, str], object]]:
    """Everything a person can do with the store; what succeeds is undone at once."""

    def held(code: str) -> str:
        standing = (u for u in store.uploads() if u.quarter == Q1 and not u.withdrawn)
        return str(next(u.id for u in standing if u.reporter == code))

    def keep(person: Person, code: str) -> None:
        kept = store.keep(drafts[code]["new"], person)
        store.withdraw(kept.upload, LAN, "thử")

    def withdraw(person: Person, code: str) -> None:
        store.withdraw(held(code), person, "thử", PLAN)
        store.keep(drafts[code]["held"], LAN)

    return {
        "keep": keep,
        "withdraw": withdraw,
        "original": lambda person, code: store.original(held(code), person),
        "approve": lambda person, code: store.approve(held(code), person),
        "close": lambda person, _: store.close_quarter(PLAN.code, PLAN.quarters[-1], person),
        "reopen": lambda person, _: store.reopen_quarter(PLAN.code, PLAN.quarters[-1], person, "thử"),
        "export": lambda person, _: store.exports.keep(
            person, PLAN.code, Period.of(Q1), "csv", "x.csv", "{}", "", lambda _: b"x"
        ),
        "record": lambda person, _: store.record.events(person),
        "accounts": lambda person, _: store.people.disable("nobody", person),
        "back up": lambda person, _: store.back_up(person).unlink(),
    }


@pytest.mark.heavy
@pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: person.login)
def test_everybody_may_do_what_the_role_and_the_unit_allow_and_nothing_else(store, attempts, person):
    wrong, refused = [], 0
    for act, attempt in attempts.items():
        for reporter in REPORTERS if act in {"keep", "withdraw", "original", "approve"} else REPORTERS[:1]:
            before = store.revision
            try:
                with suppress(UnknownPersonError):
                    attempt(person, reporter)
                allowed = True
            except NotAllowedError:
                allowed = False
                assert store.revision == before
                refused += 1
            if allowed != expected(person, act, reporter):
                wrong.append((act, reporter, allowed))
    assert wrong == []
    assert len(store.record.events(LAN, person=person.login, act=Act.REFUSED)) == refused


def test_the_matrix_names_every_room_and_role(store):
    assert {room.code for room in PLAN.rooms} == set(OF_ROOM)
    assert {grant.role for person in EVERYBODY for grant in person.grants} == set(Role)
    assert store.verify() == []
