"""What leaves the house: two CSV formats of two tables, read back the way their readers would."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi import export
from kpi.export import Figure, Table
from kpi.model import Behaviour, Document, Edition, State, Task, Upload
from kpi.progress import assess
from kpi.tasks import stand
from tests import small_plan as small
from tests.small_plan import Q1, Q2, Q4, said

TREE = small.tree(3, 2)
UPLOADS = [
    Upload("1", "p-2022", "r", Q1, "q1.xlsx", "00", "lan", datetime.fromisoformat("2022-03-20T03:00")),
    Upload("2", "p-2022", "r", Q2, "q2.xlsx", "01", "lan", datetime.fromisoformat("2022-06-20T03:00")),
]


def excel(table):
    """Rows as a Vietnamese Excel reads them: semicolons, BOM dropped."""
    content = export.write(table, "csv")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def machine(table):
    return list(csv.DictReader(io.StringIO(export.write(table, "csv-machine").decode("utf-8"), newline="")))


def report(*readings, indicators=None, closed=False, quarter=Q4, tasks=(), day=None, **more):
    plan = replace(small.plan(TREE, *(indicators or [small.indicator()])), tasks=tasks)
    rows = assess(plan, TREE, quarter, readings, closed=closed)
    standings = stand(tasks, (), quarter, day or quarter.last_day)
    return export.report(plan, quarter, rows, standings=standings, **more)


def test_the_bytes_are_what_each_reader_needs():
    table = report(said("d0", 9, 10), said("d1", 10, 10))
    for_excel, for_machines = export.write(table, "csv"), export.write(table, "csv-machine")
    assert for_excel.startswith(b"\xef\xbb\xbfSTT;")
    assert for_machines.startswith(b"STT,")
    for content in (for_excel, for_machines):
        assert content.endswith(b"\r\n")
        assert content.count(b"\n") == content.count(b"\r\n") == 2
        assert b"sep=" not in content


def test_a_row_has_the_headings_of_the_award_board():
    assert list(excel(report(said("d0", 9, 10)))[0]) == [
        "STT",
        "Chỉ tiêu, nhiệm vụ",
        "Đơn vị tính",
        "Chỉ tiêu năm 2022",
        "Kết quả Quý IV/2022",
        "Tử số",
        "Mẫu số",
        "So với chỉ tiêu",
        "Đánh giá",
        "Đơn vị thực hiện",
        "Số liệu tính đến ngày",
        "Nguồn",
        "Ghi chú",
    ]


def test_a_share_just_below_its_target_is_never_printed_as_the_target():
    """95/99 = 95,96 % against 96 %; the difference is that of the printed numbers."""
    table = report(said("d0", 95, 99), indicators=[small.indicator(96, levels=small.indicator().levels)])
    row = excel(table)[0]
    assert (row["Kết quả Quý IV/2022"], row["So với chỉ tiêu"]) == ("95,96", "-0,04")
    exact = machine(table)[0]
    assert (exact["Kết quả Quý IV/2022"], exact["So với chỉ tiêu"]) == ("95.9595959596", "-0.0404040404")


def test_a_negative_number_stays_a_number_and_days_are_of_the_reader():
    table = report(said("d0", 1200, 2400), said("d1", 0, 1))
    row, exact = excel(table)[0], machine(table)[0]
    assert float(row["So với chỉ tiêu"].replace(",", ".")) < 0
    assert (row["Tử số"], row["Mẫu số"]) == ("1200", "2401")
    assert row["Số liệu tính đến ngày"] == "31/12/2022"
    assert exact["Số liệu tính đến ngày"] == "2022-12-31"


def test_missing_is_empty_and_said_in_words():
    row = excel(report())[0]
    assert [row[h] for h in ("Kết quả Quý IV/2022", "Tử số", "Mẫu số", "So với chỉ tiêu", "Nguồn")] == [
        ""
    ] * 5
    assert (row["Đánh giá"], row["Ghi chú"]) == ("Chưa có số liệu", "báo cáo 0/2")


def test_nothing_that_could_be_counted_is_not_a_zero():
    row = excel(report(said("d0", 0, 0), said("d1", 0, 0)))[0]
    assert (row["Kết quả Quý IV/2022"], row["Đánh giá"]) == ("", "Không phát sinh")


def test_a_partial_report_shows_its_bounds_and_what_lacks():
    tree = small.tree(108)
    plan = small.plan(tree, small.roster())
    rows = assess(plan, tree, Q4, small.answers(tree, 93, 7))
    row = excel(export.report(plan, Q4, rows))[0]
    assert (row["Kết quả Quý IV/2022"], row["Tử số"], row["Mẫu số"]) == ("86,1", "93", "108")
    assert row["Ghi chú"] == "báo cáo 100/108; trong khoảng 86,1–93,5%; cần 98, còn thiếu 5 xã"
    assert row["Nguồn"].startswith("1 tệp, 100 ô; đầu tiên: tệp ")


def test_the_source_of_one_number_is_its_file_sheet_and_cell():
    reading = replace(said("d0", 9, 10, Q2), upload="2")
    row = excel(report(reading, quarter=Q2, uploads=UPLOADS))[0]
    assert row["Nguồn"] == "Tệp q2.xlsx, trang “Số liệu”, ô d0:9/10"


def test_the_source_of_a_sum_counts_files_and_cells_and_names_the_first():
    flow = small.indicator(25, behaviour=Behaviour.FLOW)
    readings = [
        replace(said("d0", 2, 10, Q2), upload="2"),
        replace(said("d0", 1, 10, Q1), upload="1"),
        replace(said("d1", 1, 10, Q2), upload="2"),
    ]
    row = excel(report(*readings, indicators=[flow], quarter=Q2, uploads=UPLOADS))[0]
    assert row["Nguồn"] == "2 tệp, 3 ô; đầu tiên: tệp q1.xlsx, trang “Số liệu”, ô d0:1/10"
    assert "có số liệu từ ngày 31/03/2022" in row["Ghi chú"]


def test_a_rank_is_told_by_the_places_climbed():
    dti = small.ranking(editions=(Edition(2020, 59), Edition(2021, 51)))
    readings = [said("06", value=49, edition=2022, number="13")]
    row = excel(report(*readings, indicators=[dti]))[0]
    assert (row["Kết quả Quý IV/2022"], row["Chỉ tiêu năm 2022"], row["Đánh giá"]) == ("2", "2", "Đạt")
    assert row["Ghi chú"] == "hạng 49 (năm 2022); tăng 2 bậc (năm 2022 so với 2021)"


def test_a_rank_not_published_yet_has_no_result():
    dti = small.ranking(editions=(Edition(2020, 59), Edition(2021, 51)))
    row = excel(report(indicators=[dti]))[0]
    assert (row["Kết quả Quý IV/2022"], row["Đánh giá"]) == ("", "Chờ công bố")
    assert row["Ghi chú"] == "hạng 51 (năm 2021); tăng 8 bậc (năm 2021 so với 2020)"


def test_old_estimated_and_bare_figures_are_marked():
    old = said("d0", 9, 10, Q1)
    estimate = replace(said("d1", 9, 10, Q2), state=State.ESTIMATE)
    notes = excel(report(old, estimate, quarter=Q2))[0]["Ghi chú"]
    assert "số liệu cũ của 1 đơn vị" in notes
    assert "có 1 số ước tính" in notes
    bare = excel(report(said("d0", value=95), said("d1", 9, 10)))[0]["Ghi chú"]
    assert "chỉ có tỷ lệ, không cộng được" in bare


@pytest.mark.parametrize(
    ("done_on", "day", "state", "note"),
    [
        (date(2022, 4, 26), None, "Hoàn thành", ""),
        (date(2022, 7, 2), None, "Hoàn thành", "chậm 2 ngày"),
        (None, date(2022, 7, 10), "Quá hạn", "chậm 10 ngày"),
        (None, date(2022, 6, 30), "Đang thực hiện", ""),
    ],
)
def test_tasks_follow_the_indicators(done_on, day, state, note):
    begin, due, decision = date(2022, 1, 1), date(2022, 6, 30), Document(number="676/QĐ-UBND")
    task = Task("a", "Đề án", "Phòng A", begin, due, done_on=done_on, result=decision, started=True)
    row = excel(report(tasks=(task,), day=day))[-1]
    assert (row["STT"], row["Chỉ tiêu, nhiệm vụ"], row["Chỉ tiêu năm 2022"]) == ("2", "Đề án", "30/06/2022")
    assert (row["Đánh giá"], row["Ghi chú"]) == (state, note)
    assert row["Nguồn"] == ("số 676/QĐ-UBND" if done_on else "")


def test_invented_figures_are_labelled_in_every_row():
    task = Task("a", "Đề án", "Phòng A", date(2022, 1, 1), date(2022, 6, 30))
    table = report(said("d0", 9, 10), tasks=(task,), illustrative=True)
    assert all(r["Ghi chú"].startswith("Số liệu minh họa") for r in [*excel(table), *machine(table)])


def test_the_whole_province_is_recomputed_not_added_up():
    """Two districts at 10 % and 60 %: neither 70 nor the mean 35, but 16/110."""
    plan = small.plan(TREE, small.indicator(25))
    units = [TREE.province, *TREE.children("06")]
    rows = assess(plan, TREE, Q4, [said("d0", 10, 100), said("d1", 6, 10)], units)
    table = export.matrix(plan, Q4, rows, illustrative=True)
    heading = table.headings[1]
    assert [(r["Đơn vị"], r[heading]) for r in excel(table)] == [
        ("Toàn tỉnh", "14,5"),
        ("d0", "10,0"),
        ("d1", "60,0"),
    ]
    assert machine(table)[0][heading] == "14.5454545455"
    assert all("Số liệu minh họa" in r["Ghi chú"] for r in excel(table))


def test_a_unit_that_has_not_sent_and_one_where_nothing_happened_are_told_apart():
    plan = small.plan(TREE, small.indicator())
    rows = assess(plan, TREE, Q4, [said("d0", 0, 0)], TREE.children("06"))
    first, second = excel(export.matrix(plan, Q4, rows))
    assert (first["Ghi chú"], second["Ghi chú"]) == (
        "Không phát sinh: chỉ tiêu 1",
        "Chưa có số liệu: chỉ tiêu 1",
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n"])
@pytest.mark.parametrize("to", ["csv", "csv-machine"])
def test_no_text_becomes_a_formula(start, to):
    table = Table("", ("A",), ((f"{start}1+1",),))
    text = export.write(table, to).decode("utf-8-sig").split("\r\n", 1)[1]
    assert text.lstrip('"').startswith("'")


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=5))
def test_any_text_comes_back_whole(texts):
    table = Table("", tuple(str(i) for i in range(len(texts))), (tuple(texts),))
    for read in (excel, machine):
        (row,) = read(table)
        assert [v.removeprefix("'") for v in row.values()] == [t.removeprefix("'") for t in texts]


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=10_000))
def test_a_number_for_machines_is_exact_to_ten_decimals(value):
    table = Table("", ("A",), ((Figure(value, Decimal(0)),),))
    assert abs(Fraction(machine(table)[0]["A"]) - value) <= Fraction(1, 2 * 10**10)


def test_offices_of_one_sort_are_named_together(plan, units):
    rows = assess(plan, units, Q1, [])
    assert excel(export.report(plan, Q1, rows))[10]["Đơn vị thực hiện"] == (
        "Phòng Văn hóa và Thông tin: thành phố Bắc Kạn, huyện Pác Nặm, huyện Ba Bể, huyện Ngân Sơn, "
        "huyện Bạch Thông, huyện Chợ Đồn, huyện Chợ Mới, huyện Na Rì; Trung tâm Phục vụ hành chính công tỉnh"
    )


def test_the_same_assessments_give_the_same_bytes_in_any_order():
    readings = [said("d0", 9, 10), said("d1", 8, 10)]
    assert export.write(report(*readings), "csv") == export.write(report(*reversed(readings)), "csv")


def test_a_page_prints_thousands_and_commas():
    plan = small.plan(TREE, small.indicator())
    rows = assess(plan, TREE, Q4, [said("d0", 1200, 1300)])
    (row,) = export.printed(export.report(plan, Q4, rows))
    assert (row["Tử số"], row["Kết quả Quý IV/2022"]) == ("1.200", "92,3")


def test_without_a_target_its_cells_are_empty():
    table = report(said("d0", 2, 3), said("d1", 2, 2), indicators=[small.indicator(None)])
    for (row,) in (excel(table), machine(table)):
        assert (row["Chỉ tiêu năm 2022"], row["So với chỉ tiêu"]) == ("", "")
        assert row["Đánh giá"] == "Đang thực hiện"
