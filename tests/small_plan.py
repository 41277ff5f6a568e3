"""Plans and units small enough to check by hand, built without any data file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kpi.model import (
    Behaviour,
    Cell,
    Duty,
    Entry,
    Indicator,
    Kind,
    Level,
    Plan,
    Quarter,
    Reading,
    Reporter,
    State,
    Target,
    Unit,
)

PROVINCE = "06"
Q1, Q2, Q3, Q4 = (Quarter(2022, n) for n in (1, 2, 3, 4))
START = date(2022, 1, 1)


@dataclass(frozen=True)
class Tree:
    province: Unit
    below: dict[str, tuple[Unit, ...]]

    def children(self, code: str) -> tuple[Unit, ...]:
        return self.below.get(code, ())

    def at(self, level: Level) -> list[Unit]:
        found = [self.province, *(u for units in self.below.values() for u in units)]
        return sorted((u for u in found if u.level is level), key=lambda u: u.code)


def tree(*communes: int, agencies: int = 0) -> Tree:
    """A province with a district of so many communes for each number: "d0", "d0c00", "d0c01", …"""
    province = Unit(PROVINCE, "Bắc Kạn", "tỉnh", Level.PROVINCE, None, START)
    districts = tuple(unit(f"d{i}", Level.DISTRICT, PROVINCE) for i in range(len(communes)))
    offices = tuple(unit(f"so{i}", Level.AGENCY, PROVINCE) for i in range(agencies))
    below = {PROVINCE: districts + offices}
    for district, count in zip(districts, communes, strict=True):
        codes = [f"{district.code}c{i:02}" for i in range(count)]
        below[district.code] = tuple(unit(code, Level.COMMUNE, district.code) for code in codes)
    return Tree(province, below)


def unit(code: str, level: Level, parent: str) -> Unit:
    return Unit(code, code, "", level, parent, START)


def indicator(
    target: int | str | None = 90,
    *,
    number: str = "1",
    kind: Kind = Kind.SHARE,
    behaviour: Behaviour = Behaviour.STOCK,
    entry: Entry = Entry.FRACTION,
    levels: tuple[Level, ...] = (Level.DISTRICT,),
    rise: bool = False,
    **more: Any,
) -> Indicator:
    return Indicator(
        number=number,
        name=number,
        short_name=number,
        group="",
        unit_of_measure="%" if kind is Kind.SHARE else "xã, phường",
        kind=kind,
        behaviour=behaviour,
        entry=entry,
        levels=levels,
        target=None if target is None else Target(Decimal(target), rise=rise),
        numerator="",
        denominator="",
        things="xã",
        **more,
    )


def roster(target: int | str | None = 90, **more: Any) -> Indicator:
    """A yes/no of every commune."""
    return indicator(target, entry=Entry.YES_NO, levels=(Level.COMMUNE,), **more)


def ranking(rise: int = 2, **more: Any) -> Indicator:
    return indicator(
        rise,
        number="13",
        kind=Kind.RANK,
        behaviour=Behaviour.EDITION,
        entry=Entry.RANK,
        levels=(Level.PROVINCE,),
        rise=True,
        **more,
    )


def plan(units: Tree, *indicators: Indicator, start: date = START, end: date = date(2022, 12, 31)) -> Plan:
    """A plan, of 2022 unless told otherwise, in which one office reports everything that does not follow by itself."""
    duties = tuple(
        Duty(i.number, u.code)
        for i in indicators
        if not i.all_of
        for level in i.levels
        for u in units.at(level)
    )
    return Plan(
        code="p-2022",
        title="",
        number="",
        issuer="",
        issued="",
        legal_basis=(),
        province=PROVINCE,
        start=start,
        end=end,
        dossier_before=date(2023, 1, 15),
        as_of_day=14,
        report_day=25,
        indicators=indicators,
        reporters=(Reporter("r", "r", duties),),
        rooms=(),
        tasks=(),
    )


def said(
    code: str,
    n: int | str | None = None,
    d: int | str | None = None,
    quarter: Quarter = Q4,
    *,
    number: str = "1",
    value: int | str | None = None,
    edition: int | None = None,
) -> Reading:
    nothing = n == 0 and d == 0
    return Reading(
        indicator=number,
        unit=code,
        quarter=quarter,
        numerator=None if n is None else Decimal(n),
        denominator=None if d is None else Decimal(d),
        value=None if value is None else Decimal(value),
        state=State.NOT_APPLICABLE if nothing else State.REPORTED,
        as_of=quarter.last_day,
        cell=Cell("Số liệu", f"{code}:{n}/{d}"),
        edition=edition,
    )


def answers(
    units: Tree, yes: int, no: int = 0, quarter: Quarter = Q4, *, number: str = "1"
) -> Iterable[Reading]:
    """So many communes say yes, the next ones no, the rest nothing."""
    codes = [u.code for u in units.at(Level.COMMUNE)]
    return [
        said(c, 1 if i < yes else 0, quarter=quarter, number=number) for i, c in enumerate(codes[: yes + no])
    ]
