"""The same form saved by other programs: whatever wrote it, the readings are the same."""

import io
import shutil
import subprocess
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from openpyxl import load_workbook

from kpi import workbook
from kpi.workbook.apart import load_apart
from kpi.workbook.grid import Spot
from kpi.workbook.stored import is_duration, is_moment
from tests.sheets import Desk, change, edit, grids, reasons

REPORTERS = ("061", "PBCVT", "PCNTT", "BDT")
DAY = "dd/mm/yyyy"
MARCH = datetime.combine(date(2022, 3, 31), time())


def with_xlsxwriter(content):
    """A workbook of the same cells, written by XlsxWriter."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"default_date_format": DAY}) as made:
        for grid in grids(content):
            sheet = made.add_worksheet(grid.title)
            for top, left, bottom, right in grid.merges:
                sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
            for spot in grid.spots.values():
                look = made.add_format({"num_format": spot.number_format})
                sheet.write(spot.row - 1, spot.column - 1, spot.value, look)
            for row in grid.hidden_rows:
                sheet.set_row(row - 1, None, None, {"hidden": True})
            if grid.hidden:
                sheet.hide()
    return raw.getvalue()


def with_xlwt(content):
    """A workbook of the same cells as Excel 97-2003 keeps it, written by xlwt."""
    made = xlwt.Workbook()
    looks = {}
    for grid in grids(content):
        sheet = made.add_sheet(grid.title)
        for top, left, bottom, right in grid.merges:
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
        for spot in grid.spots.values():
            if spot.number_format not in looks:
                looks[spot.number_format] = xlwt.easyxf(num_format_str=spot.number_format)
            sheet.write(spot.row - 1, spot.column - 1, spot.value, looks[spot.number_format])
        for row in grid.hidden_rows:
            sheet.row(row - 1).hidden = True
        sheet.visibility = int(grid.hidden)
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def varied(desk: Desk, code: str) -> bytes:
    """A filled form in which numbers, texts and formats stand as offices write them."""
    content = desk.filled(code)
    if code != "061":
        return content
    cells = {"E12": "7/ 10", "F12": None, "G12": (0.5, "0%"), "E13": 7.0, "F13": "10"}

    def hide(book):
        book["Cấp xã"].row_dimensions[14].hidden = True

    return edit(change(content, cells), hide)


@pytest.mark.parametrize("write", [with_xlsxwriter, with_xlwt])
@pytest.mark.parametrize("code", REPORTERS)
def test_another_library_s_workbook_says_the_same(desk, code, write):
    content = varied(desk, code)
    wanted, found = desk.read(content), desk.read(write(content))
    assert wanted.readings
    assert found.readings == wanted.readings
    assert found.problems == wanted.problems
    assert found.doubts == wanted.doubts
    assert found.notices == wanted.notices


@pytest.fixture(scope="module")
def saved_by_office(desk, tmp_path_factory):
    """Every form as LibreOffice saves it: code and suffix -> bytes."""
    folder = tmp_path_factory.mktemp("office")
    for code in REPORTERS:
        (folder / f"{code}.xlsx").write_bytes(varied(desk, code))
    office = shutil.which("soffice")
    assert office
    for suffix, kind in (("xlsx", "xlsx:Calc MS Excel 2007 XML"), ("xls", "xls:MS Excel 97")):
        subprocess.run(
            [
                office,
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(folder / suffix),
                *(str(folder / f"{code}.xlsx") for code in REPORTERS),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return {
        (code, s): (folder / s / f"{code}.{s}").read_bytes() for code in REPORTERS for s in ("xlsx", "xls")
    }


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
@pytest.mark.parametrize("code", REPORTERS)
def test_what_libreoffice_saves_says_the_same(desk, saved_by_office, code, suffix):
    content = saved_by_office[code, suffix]
    wanted = desk.read(varied(desk, code))
    found = workbook.read(f"bao-cao.{suffix}", content, desk.plans, desk.directory)
    assert found.readings == wanted.readings != ()
    assert found.problems == wanted.problems
    assert found.doubts == wanted.doubts
    # It gives a formula that was never calculated its result.
    assert set(found.notices) == set(wanted.notices)


def test_every_kind_of_cell_is_the_same_from_either_format_and_through_the_process():
    rows = [
        ("Chữ", "General"), (3, "General"), (3.25, "0.00"), (0.96, "0%"), (True, "General"), (-0.5, "0.0%"),
        (date(2022, 3, 31), DAY), (datetime.combine(MARCH, time(13, 45)), "dd/mm/yyyy hh:mm"), (1e15, "0"), (12.345, "General"),
    ]  # fmt: skip
    modern, old = io.BytesIO(), io.BytesIO()
    made = xlwt.Workbook()
    sheet = made.add_sheet("Trang")
    with xlsxwriter.Workbook(modern) as book:
        other = book.add_worksheet("Trang")
        for row, (value, number_format) in enumerate(rows):
            look = book.add_format({"num_format": number_format})
            write = other.write_datetime if isinstance(value, date) else other.write
            write(row, 0, value, look)
            sheet.write(row, 0, value, xlwt.easyxf(num_format_str=number_format))
    made.save(old)
    (new,) = grids(modern.getvalue())
    (before,) = grids(old.getvalue())
    assert list(new.spots.values()) == list(before.spots.values())
    assert [spot.value for spot in new.spots.values()][:6] == [value for value, _ in rows[:6]]
    assert new.spots[7, 1].value == MARCH
    assert load_apart("a.xlsx", modern.getvalue()) == (new,)
    assert load_apart("a.xls", old.getvalue()) == (before,)


def test_both_calendars_tell_the_same_day():
    for epoch in (False, True):
        raw = io.BytesIO()
        with xlsxwriter.Workbook(raw, {"date_1904": epoch}) as book:
            book.add_worksheet().write_datetime(0, 0, MARCH, book.add_format({"num_format": DAY}))
        (grid,) = grids(raw.getvalue())
        assert grid.spots[1, 1].value == MARCH
        made = xlwt.Workbook()
        made.dates_1904 = epoch
        serial = (date(2022, 3, 31) - (date(1904, 1, 1) if epoch else date(1899, 12, 30))).days
        made.add_sheet("a").write(0, 0, serial, xlwt.easyxf(num_format_str=DAY))
        raw = io.BytesIO()
        made.save(raw)
        (grid,) = grids(raw.getvalue())
        assert grid.spots[1, 1].value == MARCH


def test_an_old_formula_without_a_result_is_named(desk):
    made = xlwt.Workbook()
    for grid in grids(desk.filled("BDT")):
        sheet = made.add_sheet(grid.title)
        sheet.visibility = int(grid.hidden)
        for spot in grid.spots.values():
            is_first = type(spot.value) is int and not grid.hidden
            sheet.write(spot.row - 1, spot.column - 1, xlwt.Formula("1+1") if is_first else spot.value)
    raw = io.BytesIO()
    made.save(raw)
    draft = desk.read(raw.getvalue())
    assert "uncalculated_formula" in reasons(draft)
    assert not draft.readings


def test_cells_are_read_as_openpyxl_reads_them(desk):
    for code in REPORTERS:
        content = varied(desk, code)
        for grid in grids(content):
            results = load_workbook(io.BytesIO(content), data_only=True)[grid.title]
            formulas = load_workbook(io.BytesIO(content))[grid.title]
            for line in results.iter_rows():
                for box in line:
                    formula = (
                        formulas[box.coordinate].value if formulas[box.coordinate].data_type == "f" else None
                    )
                    if box.value in (None, "") and formula is None:
                        assert grid.at(box.row, box.column) is None
                        continue
                    wanted = Spot(
                        box.row, box.column, box.value, box.number_format, formula, box.data_type == "e"
                    )
                    assert grid.at(box.row, box.column) == wanted
            assert set(grid.merges) == {
                (m.min_row, m.min_col, m.max_row, m.max_col) for m in results.merged_cells.ranges
            }


@pytest.mark.parametrize(
    ("number_format", "moment", "duration"),
    [
        ("General", False, False), ("0.00", False, False), ('0 "ngày"', False, False), ("[Red]0", False, False),
        ('#,##0" đ";[Red]-#,##0" đ"', False, False), (r"0\d", False, False), ("[$-42A]dd/mm/yyyy", True, False),
        ("m/d/yy h:mm", True, False), ("[h]:mm:ss", True, True), ("mm:ss", True, False), ("_(* #,##0_)", False, False),
        # What is never closed says nothing, as long as it is.
        ("0[dd", False, False), ('0"dd', False, False), ("0" + "[" * 30_000 + "dd", False, False),
    ],
)  # fmt: skip
def test_a_format_tells_a_day_from_a_number(number_format, moment, duration):
    assert (is_moment(number_format), is_duration(number_format)) == (moment, duration)


def test_nothing_of_a_file_remains_where_it_was_parsed(monkeypatch, tmp_path, desk):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert isinstance(load_apart("a.xlsx", desk.filled("BDT")), tuple)
    assert list(Path(tmp_path).iterdir()) == []
