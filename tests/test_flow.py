"""One number, from a cell of an uploaded form to the length of its bar, the table and the CSV line."""

import csv
import io
from decimal import Decimal
from fractions import Fraction

import pytest

from kpi import board, charts, export, workbook
from kpi.model import Quarter, Status
from kpi.progress import assess
from kpi.store import Store
from tests.filled import LAN

Q1 = Quarter(2022, 1)
FILES = "11"


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "kpi.duckdb") as opened:
        yield opened


def test_a_cell_reaches_the_bar_the_table_and_the_csv(store, plans, directory):
    plan = plans["bac-kan-2022"]
    units = directory.on(plan.start, plan.province)
    form = workbook.blank(plan, units, plan.reporter("061"), Q1)
    content = workbook.fill(form, {(FILES, "061"): (23, 190)})

    draft = workbook.read("ba-be.xlsx", content, plans, directory)
    assert draft.clean
    (read,) = [r for r in draft.readings if r.indicator == FILES]
    assert (read.numerator, read.denominator) == (Decimal(23), Decimal(190))

    kept = store.keep(draft, LAN)
    held = store.current(plan.code)
    (reading,) = [r for r in held if r.indicator == FILES]
    assert (reading.cell, reading.upload) == (read.cell, kept.upload)
    assert store.original(kept.upload, LAN) == content

    rows = assess(plan, units, Q1, held)
    place = next(i for i, r in enumerate(rows) if r.indicator.number == FILES)
    row = rows[place]
    assert (row.value, row.target) == (Fraction(2300, 190), Decimal(25))
    assert row.status is Status.BEHIND
    assert row.readings == (reading,)

    bar = next(
        trace for trace in charts.bullets(rows).data if trace.type == "bar" and trace.customdata is not None
    )
    assert bar.x[place] == pytest.approx(400 * 23 / 190)
    assert "12,1% (23/190)" in bar.customdata[place]

    line = next(line for line in board.sheet(rows) if line["Chỉ tiêu"].startswith(FILES))
    assert line["Kết quả"].startswith("**12,1% (23/190)**")

    table = export.report(plan, Q1, rows, uploads=store.uploads(plan.code))
    text = export.write(table, "csv").decode("utf-8-sig")
    written = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))[place]
    assert (written["Kết quả Quý I/2022"], written["Tử số"], written["Mẫu số"]) == ("12,1", "23", "190")
    assert written["So với chỉ tiêu"] == "-12,9"
    assert written["Nguồn"].startswith(
        f"Tệp ba-be.xlsx, trang “{reading.cell.sheet}”, ô {reading.cell.address}"
    )
    exact = export.write(table, "csv-machine").decode("utf-8")
    assert (
        list(csv.DictReader(io.StringIO(exact, newline="")))[place]["Kết quả Quý I/2022"] == "12.1052631579"
    )
