"""Two readers that know nothing of each other read the same figures out of every valid workbook."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from kpi import plan as plan_files
from kpi import workbook
from kpi.model import Cell, Entry, Plan, Reading, State
from kpi.units import Directory
from kpi.workbook.loading import load_here
from tests.second_reader import Figure, second_reading
from tests.sheets import edit

DATA = Path(__file__).parent.parent / "data"
# A table of cases is made before there are fixtures.
DIRECTORY = Directory.load(DATA / "units")
PLANS = plan_files.load_all(DATA / "plans", DIRECTORY)
REPORTERS = [(plan.code, reporter.code) for plan in PLANS.values() for reporter in plan.reporters]


def first_reading(content, **asked) -> dict[tuple[str, str], Figure]:
    draft = workbook.read("bao-cao.xlsx", content, PLANS, DIRECTORY, **{"load": load_here, **asked})
    assert draft.clean, [*draft.problems, *draft.open_doubts]
    return {(r.indicator, r.unit): (r.numerator, r.denominator, r.value, r.edition) for r in draft.readings}


def titles(plan: Plan) -> dict[str, str]:
    return {unit.title: unit.code for unit in DIRECTORY.on(plan.start, plan.province)}


def varied(plan: Plan, code: str) -> dict[tuple[str, str], object]:
    """A figure for every duty, of which no two neighbours are alike."""
    found: dict[tuple[str, str], object] = {}
    for place, duty in enumerate(plan.reporter(code).duties):
        indicator = plan.indicator(duty.indicator)
        known = indicator.universe.get(duty.unit) if isinstance(indicator.universe, dict) else None
        if indicator.entry is Entry.YES_NO:
            found[duty.indicator, duty.unit] = indicator.within is not None or place % 3 > 0
        elif indicator.entry is Entry.RANK:
            found[duty.indicator, duty.unit] = (2021, 51)
        elif known is not None:
            found[duty.indicator, duty.unit] = (min(1, known), known)
        else:
            found[duty.indicator, duty.unit] = (3 + place + bool(indicator.decimals) / 8, 1300 + 7 * place)
    # Where there is no station, nobody says that it works well.
    bases = {i.number: i.within for i in plan.indicators if i.within}
    return {key: f for key, f in found.items() if found.get((bases.get(key[0], ""), key[1]), True)}


def held(plan: Plan, code: str) -> list[Reading]:
    """Other figures of the quarter before, which stand in grey beside what is asked."""
    first, one = plan.quarters[0], Decimal(1)
    return [
        Reading(
            d.indicator, d.unit, first, one, one, None, State.REPORTED, plan.as_of(first), Cell("x", "A1")
        )
        for d in plan.reporter(code).duties
        if plan.indicator(d.indicator).entry is not Entry.RANK
    ]


@pytest.mark.parametrize(("plan", "code"), REPORTERS, ids=lambda text: text)
def test_the_filled_form_of_every_reporter_reads_alike(plan, code):
    plan = PLANS[plan]
    units = DIRECTORY.on(plan.start, plan.province)
    figures = varied(plan, code)
    content = workbook.fill(
        workbook.blank(plan, units, plan.reporter(code), plan.quarters[1], held(plan, code)), figures
    )
    found = first_reading(content)
    assert found == second_reading(content, titles(plan))
    assert found.keys() == figures.keys()


@pytest.mark.parametrize("path", sorted((DATA / "samples").glob("*.xlsx")), ids=lambda path: path.name)
def test_the_samples_without_mistakes_read_alike(path):
    content = path.read_bytes()
    draft = workbook.read(path.name, content, PLANS, DIRECTORY)
    if draft.plan is None or not draft.clean:
        assert "loi" in path.name
        return
    assert first_reading(content) == second_reading(content, titles(draft.plan))


# Tidy sheets of an office's own making, by another program.


def _book(write):
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    write(book, book.add_worksheet("Biểu 01"))
    book.close()
    return raw.getvalue()


def _wide(book, sheet):
    """A row per district, two rows of headings, the upper merged; a total below, which neither reads."""
    sheet.merge_range("A1:G1", "BÁO CÁO SỐ LIỆU QUÝ II/2022", book.add_format())
    sheet.write("A2", "Đơn vị gửi: Phòng Bưu chính – Viễn thông")
    for columns, words in (("A4:A5", "STT"), ("B4:B5", "Huyện, thành phố")):
        sheet.merge_range(columns, words)
    sheet.merge_range("C4:D4", "(5) Phủ sóng 5G trung tâm")
    sheet.merge_range("E4:F4", "(6) Ngầm hóa cáp viễn thông")
    sheet.write_row("C5", ["Tử số", "Mẫu số"] * 2)
    plan = PLANS["bac-kan-2022"]
    units, known = DIRECTORY.on(plan.start, plan.province), plan.indicator("5").universe
    assert isinstance(known, dict)
    rows = [unit for unit in units.children(plan.province) if unit.code in known]
    for place, unit in enumerate(rows):
        of_centres = (min(1, known[unit.code]), known[unit.code])
        sheet.write_row(5 + place, 0, [place + 1, unit.title, *of_centres, 1.125 + place, 20.5 + place])
    bottom = 5 + len(rows)
    sheet.write(bottom, 1, "Tổng cộng")
    sheet.write_formula(bottom, 3, f"=SUM(D6:D{bottom})", None, sum(known[unit.code] for unit in rows))


def _long(book, sheet):
    sheet.write("A1", "BÁO CÁO SỐ LIỆU QUÝ III/2022")
    sheet.write("A2", "Đơn vị gửi: Huyện Ba Bể")
    sheet.write_row("A4", ["STT", "Chỉ tiêu", "Đơn vị", "ĐVT", "Tử số", "Mẫu số", "Ghi chú"])
    rows = [
        ("(9) TTHC qua BCCI cấp huyện", 12, 20),
        ("(11) Hồ sơ trực tuyến", 345, 1292),
        ("(12) Cuộc họp trực tuyến", 2, 31),
    ]
    for place, (words, over, under) in enumerate(rows):
        sheet.write_row(4 + place, 0, [place + 1, words, "Huyện Ba Bể", "%", over, under, "đã kiểm"])


@pytest.mark.parametrize("write", [_wide, _long])
def test_tidy_sheets_of_an_office_read_alike(write):
    content = _book(write)
    found = first_reading(content)
    assert len(found) >= 3
    assert found == second_reading(content, titles(PLANS["bac-kan-2022"]))


def test_inline_texts_and_a_second_writer_change_nothing():
    """What openpyxl loads and saves again says the same to both."""
    content = edit(_book(_long), lambda book: book["Biểu 01"].insert_rows(3))
    assert first_reading(content) == second_reading(content, titles(PLANS["bac-kan-2022"]))


def test_the_two_readers_do_not_share_a_module():
    source = (Path(__file__).parent / "second_reader.py").read_text("utf-8")
    assert "kpi" not in source
    assert "openpyxl" not in source
