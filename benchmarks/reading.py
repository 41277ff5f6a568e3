"""Reading workbooks of three sizes, whole, against the bare libraries loading the same bytes."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import openpyxl
import xlrd
import xlsxwriter
import xlwt

from kpi import vi, workbook
from kpi.model import Duty, Entry, Level, Plan, Reporter, Unit
from kpi.units import Directory, Units
from kpi.workbook.apart import load_apart
from kpi.workbook.loading import Load, load_here

# The largest sheet whose cells the guard lets pass.
ROWS, COLUMNS = 7_000, 28
RATIOS = 3
_TITLE = "BÁO CÁO SỐ LIỆU QUÝ I/2022"
_SENDER = "Sở Thông tin và Truyền thông"

Cells = list[list[object]]


@dataclass(frozen=True)
class Case:
    """How long one workbook takes, in seconds: to check and parse, to read whole, to load with the bare library."""

    name: str
    parsed: float
    read: float
    bare: float


def cases(plan: Plan, directory: Directory, units: Units, district: bytes) -> Iterator[Case]:
    """Parsed in this process, as the library is: what the subprocess adds is a case of its own."""
    yield _measured("a district's form (.xlsx)", district, plan, directory, 15)
    communes = units.at(Level.COMMUNE)
    wide = _sheet(plan, communes, ratios=0)
    sender = _asked_for(plan, communes)
    yield _measured(f"{len(communes)} communes x 13 (.xlsx)", _xlsx(wide), sender, directory, 9)
    yield _measured(f"{len(communes)} communes x 13 (.xls)", _xls(wide), sender, directory, 9)
    many = _many(units.province)
    largest = _sheet(plan, many.at(Level.COMMUNE), ratios=RATIOS)
    nation = _asked_for(plan, many.at(Level.COMMUNE))
    known = Directory((units.province, *many.at(Level.COMMUNE)), kind_words=directory.kind_words)
    size = f"{ROWS} x {COLUMNS}, the largest"
    yield _measured(f"{size} (.xlsx)", _xlsx(largest), nation, known, 3)
    yield _measured(f"{size} (.xls)", _xls(largest), nation, known, 3)


def subprocess_start(plan: Plan, directory: Directory, district: bytes) -> float:
    """What it takes longer to read a small workbook in a process of its own."""
    apart, here = (_reading(district, plan, directory, load) for load in (load_apart, load_here))
    clock = time.perf_counter
    return statistics.median(_timed(apart, clock) - _timed(here, clock) for _ in range(9))


def _measured(name: str, content: bytes, plan: Plan, directory: Directory, runs: int) -> Case:
    read = _reading(content, plan, directory, load_here)
    draft = read()
    if not draft.readings or draft.problems:
        raise ValueError([vi.explain(problem) for problem in draft.problems][:5])
    bare = _openpyxl if content.startswith(b"PK") else _xlrd
    acts = (lambda: load_here(draft.filename, content), read, lambda: bare(content))
    # In turns, so that whatever else the machine does is shared.
    times = [[_timed(act, time.process_time) for act in acts] for _ in range(runs)]
    return Case(name, *map(statistics.median, zip(*times, strict=True)))


def _reading(content: bytes, plan: Plan, directory: Directory, load: Load) -> Callable[[], workbook.Draft]:
    name = "bao-cao.xlsx" if content.startswith(b"PK") else "bao-cao.xls"
    return lambda: workbook.read(name, content, {plan.code: plan}, directory, load=load)


def _openpyxl(content: bytes) -> object:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


def _xlrd(content: bytes) -> object:
    return xlrd.open_workbook(file_contents=content, formatting_info=True)


def _asked_for(plan: Plan, communes: tuple[Unit, ...]) -> Plan:
    """The plan with one sender, who is asked everything of every commune; without rankings, which are the province's."""
    numbers = [i.number for i in plan.indicators if i.entry is not Entry.RANK]
    duties = tuple(Duty(number, unit.code) for unit in communes for number in numbers)
    return replace(plan, reporters=(Reporter("TINH", _SENDER, duties),))


def _many(province: Unit) -> Units:
    """More communes than any province has."""
    communes = (
        Unit(f"{n:05d}", f"Thử nghiệm {n}", "xã", Level.COMMUNE, province.code, date(2000, 1, 1), None)
        for n in range(1, ROWS + 1)
    )
    return Directory((province, *communes)).on(date(2022, 1, 1), province.code)


def _sheet(plan: Plan, communes: tuple[Unit, ...], *, ratios: int) -> Cells:
    """A row per commune, the parts of every indicator beside each other, some with their share as well."""
    headings: list[object] = ["STT", "Mã", "Xã, phường, thị trấn"]
    for indicator in plan.indicators:
        name = vi.heading(indicator)
        if indicator.entry is Entry.YES_NO:
            headings.append(f"{name} - Kỳ này")
        elif indicator.entry is Entry.FRACTION:
            headings += [f"{name} - {part}" for part in (vi.NUMERATOR, vi.DENOMINATOR)]
    shares = [i for i in plan.indicators if i.entry is Entry.FRACTION][:ratios]
    headings += [*(f"{vi.heading(i)} - {vi.SHARE}" for i in shares), vi.NOTES]
    table: Cells = [[_TITLE], [plan.title], [f"{vi.SENDER} {_SENDER}"], headings]
    for place, unit in enumerate(communes):
        parts: list[object] = [place + 1, unit.code, unit.title]
        for indicator in plan.indicators:
            if indicator.entry is Entry.YES_NO:
                parts.append(vi.YES)
            elif indicator.entry is Entry.FRACTION:
                parts += [4, 8]
        table.append([*parts, *(50 for _ in shares), ""])
    return table


def _xlsx(table: Cells) -> bytes:
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    sheet = book.add_worksheet("Biểu 01")
    for row, values in enumerate(table):
        sheet.write_row(row, 0, values)
    book.close()
    return raw.getvalue()


def _xls(table: Cells) -> bytes:
    raw = io.BytesIO()
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Biểu 01")
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.save(raw)
    return raw.getvalue()


def _timed(act: Callable[[], object], clock: Callable[[], float]) -> float:
    begin = clock()
    act()
    return clock() - begin
