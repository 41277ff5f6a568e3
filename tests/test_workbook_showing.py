"""A sheet as it is shown beside what was made of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from kpi.problems import Why
from kpi.workbook.grid import Spot
from kpi.workbook.showing import seen
from tests.sheets import sheet_of


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (11 / 14 * 100, "General", "78,57143"),
        (11 / 14, "0%", "79%"),
        (11 / 14, "0.0%", "78,6%"),
        (78.5, "0.00", "78,50"),
        (1234.5, "#,##0.0_);(#,##0.0)", "1.234,5"),
        (12, "General", "12"),
        (12.0, "@", "12"),
        (0.1 + 0.2, "# ?/?", "0,3"),
        (7.5, '0.0" km."', "7,5"),
        (1e300, "General", "1000"),
        (float("nan"), "General", "nan"),
        (True, "General", "True"),
        (datetime(2022, 3, 14), "dd/mm/yyyy", "14/03/2022"),  # noqa: DTZ001
        ("x" * 70, "General", "x" * 59 + "…"),
        (None, "General", ""),
    ],
)
def test_a_cell_is_shown_about_as_excel_shows_it(value, number_format, shown):
    assert seen(Spot(1, 1, value, number_format)).startswith(shown)


def test_what_is_wrong_or_asked_is_named_with_what_stands_there(desk):
    title, sender = ("BÁO CÁO QUÝ I/2022",), ("Đơn vị gửi: Bưu điện tỉnh",)
    heads = ("STT", "Huyện", "Điểm có người trực", "Tổng điểm")
    draft = desk.read(sheet_of(title, sender, heads, (1, "Ba Bể", 19, 20), (2, "Huyện Không Có", 1, 2)))
    found = {(t.why, t.area): t.found for t in draft.traces}
    assert found[Why.WRONG, "B5"] == "Huyện Không Có"
    assert found[Why.ASKED, "C3"] == "Điểm có người trực"
