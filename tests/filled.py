"""Workbooks as offices send them: the blank form of a reporter, filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpi import workbook
from kpi.model import Grant, Person, Plan, Quarter, Reading, Role
from kpi.store import Store
from kpi.units import Directory, Units
from kpi.workbook import Draft
from kpi.workbook.loading import load_here

Q1, Q2, Q3, Q4 = (Quarter(2022, number) for number in (1, 2, 3, 4))
LAN, HOA = Person.operator("Lan"), Person.operator("Hoa")
PEOPLE = {
    Role.VIEWER: Person("giam-doc", "Hoàng Văn Sơn", "giam-doc@so.vn", grants=(Grant(Role.VIEWER),)),
    Role.REPORTER: Person("ba-be", "Nông Thị Hoa", "ba-be@so.vn", grants=(Grant(Role.REPORTER, "061"),)),
    Role.ROOM: Person("phong-bcvt", "Lý Văn Minh", "phong-bcvt@so.vn", grants=(Grant(Role.ROOM, "PBCVT"),)),
    Role.OFFICE: Person("van-phong", "Trần Thị Lan", "van-phong@so.vn", grants=(Grant(Role.OFFICE),)),
    Role.ADMIN: Person("quan-tri", "Vi Văn Tú", "quan-tri@so.vn", grants=(Grant(Role.ADMIN),)),
}
"""One person of each role; they have no password until a link is used."""


def let_in(store: Store, people: Iterable[Person] = PEOPLE.values()) -> None:
    """Give everyone an account, without the time a password takes."""
    for person in people:
        store.people.invite(person, LAN)


def user_of(role: Role) -> dict[str, str]:
    """What Streamlit is told by the edge of a person who signed in."""
    return {"username": PEOPLE[role].login, "session": "test"}


def filled(
    plan: Plan,
    units: Units,
    reporter: str,
    quarter: Quarter,
    figures: Mapping[tuple[str, str], object],
    held: Iterable[Reading] = (),
) -> bytes:
    held = tuple(held)
    key = id(plan), reporter, quarter, repr(figures), held
    if key not in _MADE:
        blank = workbook.blank(plan, units, plan.reporter(reporter), quarter, held)
        _MADE[key] = plan, workbook.fill(blank, figures)
    return _MADE[key][1]


_MADE: dict[tuple[object, ...], tuple[Plan, bytes]] = {}
"""The same bytes every time, so made once; with its plan, so that no other takes its place."""


class Sender:
    """Makes the drafts of one office after another, without a program in between."""

    def __init__(self, plan: Plan, directory: Directory) -> None:
        self.plan = plan
        self.directory = directory
        self.units = directory.on(plan.start, plan.province)

    def content(
        self,
        reporter: str,
        quarter: Quarter,
        figures: Mapping[tuple[str, str], object],
        held: Iterable[Reading] = (),
    ) -> bytes:
        return filled(self.plan, self.units, reporter, quarter, figures, held)

    def draft(
        self,
        reporter: str,
        quarter: Quarter,
        figures: Mapping[tuple[str, str], object],
        held: Iterable[Reading] = (),
    ) -> Draft:
        content = self.content(reporter, quarter, figures, held)
        return workbook.read(
            f"{reporter}-{quarter}.xlsx",
            content,
            {self.plan.code: self.plan},
            self.directory,
            held=held,
            load=load_here,
        )

    def posts(self, quarter: Quarter, *manned: int) -> Draft:
        """The post office's workbook: post points with staff, of 20 in each district from the first on."""
        districts = [unit.code for unit in self.units.children(self.plan.province)]
        return self.draft(
            "BDT", quarter, {("7", c): (n, 20) for c, n in zip(districts, manned, strict=False)}
        )
