"""Documents say what the report says: read back with other programs' eyes, cell by cell and word by word."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import docx as word
import openpyxl
import pytest

from kpi import export, vi
from kpi.export import Annex, Course, Figure, Paragraph, Report, Stamp, Table, docx, pdf, xlsx
from kpi.model import Document, Kind, NoOfficeProgramError, Period, Status, TaskState, TemplateError
from kpi.progress import assess
from kpi.vi import report as words
from tests import small_plan as small
from tests.small_plan import Q2, Q4, said

TEMPLATE = (Path(__file__).parent.parent / "data" / "templates" / docx.TEMPLATE).read_bytes()
HOSTILE = ("=1+1", "@x", "-5 là chữ", "+84 209 387 1234", 'Nguyễn Thị Quỳnh & <b>Hoa</b> "Ộ" {{ year }}')
STAMP = Stamp(
    "17",
    "4f9a1c2b7d3e" + "0" * 52,
    datetime.fromisoformat("2022-02-04T18:30"),
    "Lan",
    "5b1e77d0c2aa" + "0" * 52,
)


def figure(shown, exact=None):
    return Figure(Fraction(exact or shown), Decimal(shown))


PERIOD = Period.parse("2022-Q4")
HEADINGS = vi.report_headings(PERIOD)
SUMMARY = Table(
    "Kết quả thực hiện, Tỉnh Bắc Kạn, Quý IV/2022",
    HEADINGS,
    (
        (
            "1",
            "Tỷ lệ xã, phường có trạm truyền thanh cơ sở hoạt động tốt",
            "%",
            figure("96"),
            figure("95.96", "9500/99"),
            figure("95"),
            figure("99"),
            figure("-0.04", "-4/99"),
            "Chưa đạt",
            HOSTILE[4],
            date(2022, 12, 14),
            HOSTILE[0],
            HOSTILE[1],
        ),
        ("2", HOSTILE[2], "km", figure("1234.5"), *[None] * 4, "Chưa có số liệu", HOSTILE[3], None, "", ""),
        (
            "3",
            "Ban hành danh mục CSDL chuyên ngành",
            vi.A_TASK,
            date(2022, 12, 31),
            date(2022, 2, 5),
            *[None] * 3,
            "Hoàn thành",
            "Phòng Công nghệ thông tin",
            date(2022, 12, 31),
            "Quyết định số 676/QĐ-UBND",
            "",
        ),
    ),
)
MATRIX = Table(
    "Kết quả theo đơn vị, Tỉnh Bắc Kạn, Quý IV/2022",
    ("Đơn vị", *(f"{n}. Chỉ tiêu {n} (%)" for n in range(1, 9)), "Ghi chú"),
    (
        ("Toàn tỉnh", *(figure(f"{n}1.5") for n in range(1, 9)), ""),
        ("Huyện Pác Nặm", figure("61.25"), figure("0"), *[None] * 5, figure("-2"), HOSTILE[0]),
    ),
)
COMMUNES = Table("Các xã", ("Đơn vị", "1", "Ghi chú"), (("Xã Bằng Thành", figure("1"), "+1"),))
COURSES = (
    Course("1", "Trạm tốt", "%", figure("96"), ("Quý I/2022", "Quý II/2022"), (figure("90.9"), None)),
    Course("2", "Chưa có gì", "%", figure("10"), ("Quý I/2022", "Quý II/2022"), (None, None)),
    Course("3", "Không giao", "%", None, ("Quý I/2022", "Quý II/2022"), (figure("0"), figure("7.25"))),
)
REPORT = Report(
    plan="bac-kan-2022",
    title="Triển khai phong trào thi đua năm 2022",
    issuer="Sở Thông tin và Truyền thông tỉnh Bắc Kạn",
    superior="UBND tỉnh Bắc Kạn",
    place="Bắc Kạn",
    signer="Nguyễn Văn Ước",
    recipients=("UBND tỉnh (b/c);", "Lãnh đạo Sở;"),
    legal_basis=("Kế hoạch số 17/KH-UBND ngày 13/01/2022 của UBND tỉnh",),
    number="/KH-STTTT",
    issued="tháng 01 năm 2022",
    province="Tỉnh Bắc Kạn",
    period=str(PERIOD),
    day=date(2022, 12, 31),
    closed=True,
    illustrative=True,
    standing="Đến hết Quý IV/2022: 1/2 chỉ tiêu chưa đạt.",
    counts=(("Chưa đạt", figure("1")),),
    summary=SUMMARY,
    matrix=MATRIX,
    annexes=(
        Annex("Huyện Pác Nặm", SUMMARY, COMMUNES),
        Annex("Sở [TT&TT]: tổng hợp/2022 của các phòng chuyên môn", SUMMARY, None),
        Annex("Sở [TT&TT]: tổng hợp/2022 của các phòng còn lại", SUMMARY, None),
    ),
    paragraphs=(Paragraph("1", "Tỷ lệ trạm tốt", f"Kết quả: 95,96% (95/99). {HOSTILE[4]}"),),
    tasks=(Paragraph("NV1", "Ban hành danh mục.", "Hoàn thành ngày 05/02/2022."),),
    lacking=("Chỉ tiêu 1: cần 96, còn thiếu 01 xã.", "01 đơn vị chưa gửi số liệu."),
    courses=COURSES,
)


def book(report=REPORT):
    return openpyxl.load_workbook(io.BytesIO(xlsx.workbook(report, STAMP)))


def paper(report=REPORT, template=TEMPLATE):
    return word.Document(io.BytesIO(docx.document(report, STAMP, template)))


def text(table):
    """The rows of a table as Word shows them."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def printed(value):
    """A value as a document prints it."""
    if value is None:
        return "–"
    return next(iter(export.printed(Table("", ("x",), ((value,),)))[0].values()))


def figures(*tables):
    return [value for table in tables for row in table.rows for value in row if isinstance(value, Figure)]


def spoiled(found, instead):
    """The shipped template with a piece of its XML replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(TEMPLATE)) as parts, zipfile.ZipFile(out, "w") as packed:
        for part in parts.namelist():
            content = parts.read(part)
            packed.writestr(part, content.replace(found.encode(), instead.encode()))
    return out.getvalue()


def test_the_same_report_gives_the_same_bytes():
    assert xlsx.workbook(REPORT, STAMP) == xlsx.workbook(REPORT, STAMP)
    assert docx.document(REPORT, STAMP, TEMPLATE) == docx.document(REPORT, STAMP, TEMPLATE)
    again = export.from_json(export.to_json(REPORT))
    assert docx.document(again, STAMP, TEMPLATE) == docx.document(REPORT, STAMP, TEMPLATE)


def test_no_clock_but_the_stamps_is_in_a_document():
    for content in (xlsx.workbook(REPORT, STAMP), docx.document(REPORT, STAMP, TEMPLATE)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"2022-02-04T18:30:00Z" in parts.read("docProps/core.xml")


def at(sheet, heading):
    """The cell of a heading: rows below it are the table's."""
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == heading)


def same(sheet, table, first=0):
    """Every cell of a table, with its type."""
    corner = at(sheet, table.headings[0])
    for down, row in enumerate((table.headings, *table.rows)):
        for across, value in enumerate(row, first):
            cell = sheet.cell(corner.row + down, corner.column + across - first)
            match value:
                case Figure(_, shown):
                    assert Decimal(str(cell.value)) == shown
                    decimals = max(-int(shown.as_tuple().exponent), 0)
                    assert cell.number_format == ("#,##0." + "0" * decimals if decimals else "#,##0")
                    assert cell.data_type == "n"
                case date():
                    assert (cell.value.date(), cell.number_format) == (value, "dd/mm/yyyy")
                case str():
                    assert (cell.value or "", cell.data_type in {"s", "n"}) == (value, True)
                    assert cell.data_type == "s" or not value
                case None:
                    assert cell.value is None


def test_a_workbook_holds_every_cell_of_the_report_in_its_own_type():
    found = book()
    assert found.sheetnames == [
        "Tổng hợp",
        "Theo đơn vị",
        "Biểu đồ",
        "Huyện Pác Nặm",
        "Sở TT&TT tổng hợp 2022 của các",
        "Sở TT&TT tổng hợp 2022 của (2)",
    ]
    same(found["Tổng hợp"], SUMMARY)
    same(found["Theo đơn vị"], MATRIX)
    same(found["Huyện Pác Nặm"], SUMMARY)
    same(found["Huyện Pác Nặm"], COMMUNES)
    words_of = [cell.value for row in found["Tổng hợp"].iter_rows() for cell in row if cell.value]
    for expected in (words.COUNTRY, words.MOTTO, vi.ILLUSTRATIVE, "Nguyễn Văn Ước", words.HEAD_OF_OFFICE):
        assert expected in words_of
    assert "UBND TỈNH BẮC KẠN" in words_of
    assert "SỞ THÔNG TIN VÀ TRUYỀN THÔNG" in words_of
    assert "Bắc Kạn, ngày 05 tháng 02 năm 2022" in words_of


def test_a_workbook_has_a_real_chart_of_every_course_with_values():
    content = xlsx.workbook(REPORT, STAMP)
    sheet = book()["Biểu đồ"]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [parts.read(n).decode() for n in sorted(parts.namelist()) if "charts/chart" in n]
    assert [re.findall(r"<a:t>([^<]+)</a:t>", chart)[0] for chart in charts] == [
        "1. Trạm tốt",
        "3. Không giao",
    ]
    with_target, without = charts
    assert ("<c:lineChart>" in with_target, "<c:lineChart>" in without) == (True, False)
    drawn = []
    for reference in re.findall(r"<c:val><c:numRef><c:f>'Biểu đồ'!([^<]+)</c:f>", with_target + without):
        (cells,) = sheet[reference.replace("$", "")]
        drawn.append([cell.value for cell in cells])
    assert drawn == [[90.9, None], [96, 96], [0, 7.25]]


def test_a_workbook_is_ready_to_print():
    for sheet in book():
        assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "landscape")
        assert "Bản xuất 17 · mã 4f9a1c2b7d3e · kế hoạch 5b1e77d0c2aa" in sheet.oddFooter.left.text
        assert vi.ILLUSTRATIVE in sheet.oddFooter.left.text
        assert "Trang &P/&N" in sheet.oddFooter.right.text
        assert sheet.print_area
    summary = book()["Tổng hợp"]
    heading = at(summary, "STT").row
    assert summary.print_title_rows == f"${heading}:${heading}"
    assert summary.freeze_panes == f"C{heading + 1}"
    # One page wide, which is what is meant when nothing is written.
    assert (summary.page_setup.fitToWidth, summary.page_setup.fitToHeight) == (None, 0)
    assert summary.sheet_properties.pageSetUpPr.fitToPage
    assert all(cell.alignment.wrap_text for cell in summary[heading] if cell.value)


def test_nothing_to_draw_and_no_districts_still_make_a_workbook():
    found = book(replace(REPORT, courses=(), annexes=(), summary=Table("x", HEADINGS, ())))
    assert found.sheetnames == ["Tổng hợp", "Theo đơn vị", "Biểu đồ"]
    assert any(cell.value == words.NO_CHARTS for row in found["Biểu đồ"].iter_rows() for cell in row)


def test_a_document_prints_every_cell_and_sentence_of_the_report():
    found = paper()
    tables = [text(table) for table in found.tables]
    indicators = [row for row in SUMMARY.rows if row[2] != vi.A_TASK]
    short = [[printed(row[n]) for n in (0, 1, 2, 3, 4, 7, 8)] for row in indicators]
    assert tables[1][1:] == short
    assert tables[3] == [list(HEADINGS), *([printed(value) for value in row] for row in SUMMARY.rows)]
    assert tables[4] == [list(MATRIX.headings), *([printed(value) for value in row] for row in MATRIX.rows)]
    said_in = "\n".join(p.text for p in found.paragraphs)
    for expected in (
        REPORT.standing,
        *REPORT.lacking,
        *(p.text for p in (*REPORT.paragraphs, *REPORT.tasks)),
    ):
        assert expected in said_in
    assert "NV1. Ban hành danh mục. Hoàn thành" in said_in
    assert f"Căn cứ {REPORT.legal_basis[0]};" in said_in
    assert "Kế hoạch số …/KH-STTTT tháng 01 năm 2022" in said_in
    head, foot = "\n".join(map(str, tables[0])), "\n".join(map(str, tables[2]))
    for expected in ("UBND TỈNH BẮC KẠN", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "/BC-STTTT", words.COUNTRY):
        assert expected in head
    assert "Bắc Kạn, ngày 05 tháng 02 năm 2022" in head
    assert "- UBND tỉnh (b/c);" in foot
    assert "- Lưu: VT." in foot
    assert "Nguyễn Văn Ước" in foot
    everything = said_in + str(tables)
    assert not re.search(r"None|\{[{%]p? (?!year)|Fraction", everything)


def test_a_document_is_laid_out_as_the_decree_asks():
    body, annex = paper().sections
    assert (body.page_width.mm, body.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    assert (annex.page_width.mm, annex.page_height.mm) == pytest.approx((297, 210), abs=0.1)
    margins = (body.top_margin.mm, body.bottom_margin.mm, body.left_margin.mm)
    assert margins == pytest.approx((20, 20, 30), abs=0.1)
    assert 15 <= round(body.right_margin.mm) <= 20
    for section in (body, annex):
        foot = section.footer.paragraphs[0].text
        assert foot.startswith(
            "Số liệu minh họa · Bản xuất 17 · mã 4f9a1c2b7d3e · kế hoạch 5b1e77d0c2aa\tTrang "
        )
    plain = replace(REPORT, illustrative=False)
    assert vi.ILLUSTRATIVE not in paper(plain).sections[0].footer.paragraphs[0].text
    assert {style.font.name for style in paper().styles if style.name == "Normal"} == {"Times New Roman"}


def test_columns_made_by_a_loop_stay_on_the_page():
    """Eight indicators beside a unit and its notes: as wide as the page allows, no wider."""
    (annex,) = (table for table in paper().tables if table.rows[0].cells[0].text == "Đơn vị")
    widths = [cell.width.mm for cell in annex.rows[0].cells]
    assert sum(widths) <= 267.1
    assert len(set(widths[1:-1])) == 1
    assert widths[0] > widths[1]


def test_a_report_with_nothing_in_it_is_still_a_document():
    empty = replace(
        REPORT,
        summary=replace(SUMMARY, rows=()),
        matrix=replace(MATRIX, rows=()),
        paragraphs=(),
        tasks=(),
        lacking=(),
        counts=(),
        recipients=(),
        legal_basis=(),
        superior="",
        place="",
        number="",
        issued="",
    )
    said_in = "\n".join(p.text for p in paper(empty).paragraphs)
    assert "không có chỉ tiêu, nhiệm vụ nào chậm" in said_in
    assert "Kế hoạch không giao nhiệm vụ" in said_in
    assert "- Lưu: VT." in str(text(paper(empty).tables[2]))


def test_many_tasks_are_a_table():
    many = replace(REPORT, tasks=REPORT.tasks * 12, summary=replace(SUMMARY, rows=SUMMARY.rows[2:] * 12))
    (tasks,) = (text(table) for table in paper(many).tables if "Nhiệm vụ" in text(table)[0])
    done = ["3", SUMMARY.rows[2][1], "Phòng Công nghệ thông tin", "31/12/2022", "05/02/2022", "Hoàn thành"]
    assert tasks[1:] == [done] * 12


def test_a_head_names_the_province_once():
    assert (
        words.short_issuer(
            "Sở X tỉnh Bà Rịa – Vũng Tàu", "UBND tỉnh Bà Rịa - Vũng Tàu", "Tỉnh Bà Rịa - Vũng Tàu"
        )
        == "Sở X"
    )
    assert words.short_issuer("Sở X tỉnh Bắc Kạn", "", "Tỉnh Bắc Kạn") == "Sở X tỉnh Bắc Kạn"


def test_text_that_xml_cannot_hold_does_not_spoil_a_document():
    bad = replace(REPORT, standing="một\x00\x0bhai\ud800\nba\tbốn")
    assert "mộthai" in "\n".join(p.text for p in paper(bad).paragraphs)


def test_days_have_a_leading_zero_only_where_documents_write_it():
    days = (date(2022, 2, 5), date(2022, 3, 9), date(2022, 12, 31), date(2022, 10, 1), date(2022, 1, 10))
    assert [words.in_full(day) for day in days] == [
        "ngày 05 tháng 02 năm 2022",
        "ngày 09 tháng 3 năm 2022",
        "ngày 31 tháng 12 năm 2022",
        "ngày 01 tháng 10 năm 2022",
        "ngày 10 tháng 01 năm 2022",
    ]


def test_the_shipped_template_has_no_fault():
    assert docx.check(TEMPLATE) == []


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (b"no file", "không phải tài liệu Word"),
        (TEMPLATE[:5000], "không phải tài liệu Word"),
        (spoiled("{{ standing }}", "{{ standings }}"), "chỗ điền “standings”"),
        (spoiled("{{ row.verdict }}", "{{ row.verdikt }}"), "chỗ điền “verdikt”"),
        (spoiled("in indicators %}", "in indicator_s %}"), "chỗ điền “indicator_s”"),
        (spoiled("{{ opening }}", "{{ opening }"), "viết sai hoặc chưa đóng"),
        (spoiled("{{ opening }}", "{{ opening | nonsense }}"), "viết sai hoặc chưa đóng"),
        (spoiled("{{ opening }}", "{{ 1/0 }}"), "viết sai hoặc chưa đóng"),
        (spoiled("{{ opening }}", "{{ opening.__class__.__mro__ }}"), "chỗ điền “__class__”"),
        (spoiled("{{ opening }}", "{% include 'x' %}"), "viết sai hoặc chưa đóng"),
        (spoiled("{%tr endfor %}", ""), "viết sai hoặc chưa đóng"),
        (spoiled("{%p for line in lacking %}", "{% for line in lacking %}"), "mở ở một đoạn"),
        (spoiled("{{ mark }}", "{{ marks }}"), "chỗ điền “marks”"),
    ],
)
def test_a_spoiled_template_is_refused_with_what_is_wrong(template, reason):
    with pytest.raises(TemplateError) as refused:
        docx.document(REPORT, STAMP, template, Path("mau.docx"))
    assert reason in refused.value.reason
    assert vi.refusal(refused.value).startswith("Mẫu tài liệu mau.docx không dùng được: ")
    assert any(reason in fault for fault in docx.check(template))


def test_a_command_that_spoils_only_some_reports_is_found_beforehand():
    """It would go well as long as the figures are illustrative."""
    (fault,) = docx.check(spoiled("{%p if illustrative %}", "{% if illustrative %}"))
    assert "mở ở một đoạn" in fault


TREE = small.tree(3, 2)


def told(indicator, *readings, missing=(), unreported=(), quarter=Q4, closed=True):
    plan = small.plan(TREE, indicator)
    (row,) = assess(plan, TREE, quarter, readings, closed=closed)
    return words.paragraph(row, ["Phòng A huyện Ba Bể", "Bưu điện tỉnh"], missing, unreported)


def test_a_paragraph_says_result_target_difference_verdict_and_what_lacks():
    assert told(small.indicator(96), said("d0", 95, 99)) == (
        "Kết quả: 95,96% (95/99), thấp hơn 0,04 điểm % so với chỉ tiêu (≥ 96%). Đánh giá: Chưa đạt. "
        "Báo cáo 1/2 đơn vị. Cần 96, còn thiếu 01 xã. Đơn vị thực hiện: Phòng A huyện Ba Bể; Bưu điện tỉnh."
    )
    met = told(
        small.indicator(90), said("d0", 9, 10), said("d1", 9, 10), missing=["Xã A"], unreported=["Xã B"]
    )
    assert met.startswith("Kết quả: 90,0% (18/20), bằng chỉ tiêu (≥ 90%). Đánh giá: Đạt. Còn thiếu ở: Xã A.")
    assert "Chưa báo cáo: Xã B." in met


def test_a_paragraph_of_nothing_reported_says_so():
    assert told(small.indicator(90)).startswith(
        "Chỉ tiêu giao: ≥ 90%. Đánh giá: Chưa có số liệu. Báo cáo 0/2 đơn vị."
    )


def test_a_paragraph_of_a_plan_without_numbers_names_no_target():
    spoken = told(replace(small.indicator(90), target=None), said("d0", 9, 10), said("d1", 9, 10))
    assert spoken.startswith("Kết quả: 90,0% (18/20). Đánh giá: ")
    assert "chỉ tiêu" not in spoken


def test_a_paragraph_counts_places_and_things_with_two_digits():
    ranking = small.ranking(2)
    plan = small.plan(TREE, ranking)
    (row,) = assess(plan, TREE, Q2, [])
    ahead = replace(row, status=Status.EXCEEDED, value=Fraction(51), gain=8, edition=2022, reported=1)
    assert words.paragraph(ahead, [], []) == (
        "Kết quả: hạng 51 (năm 2022), tăng 08 bậc (năm 2022 so với 2021), "
        "cao hơn 06 bậc so với chỉ tiêu (tăng ≥ 02 bậc). Đánh giá: Vượt."
    )
    waiting = replace(row, status=Status.AWAITING, value=Fraction(51), gain=8, edition=2021)
    assert words.paragraph(waiting, [], []).startswith(
        "Chỉ tiêu giao: tăng ≥ 02 bậc; mới nhất đã biết: hạng 51 (năm 2021)"
    )
    count = small.indicator(5, kind=Kind.COUNT)
    spoken = told(count, replace(said("d0", 3, 1), denominator=None))
    assert spoken.startswith("Kết quả: 03 xã, phường, thấp hơn 02 xã so với chỉ tiêu (≥ 05 xã, phường).")
    assert words.in_prose("4G, 3,9 điểm %, 5/8, 7 bậc, cần 1, còn thiếu 1 xã") == (
        "4G, 3,9 điểm %, 5/8, 07 bậc, cần 01, còn thiếu 01 xã"
    )


def test_many_names_are_counted():
    offices = [f"Phòng Văn hóa và Thông tin huyện {n}" for n in "ABCDEF"]
    plan = small.plan(TREE, small.indicator())
    (row,) = assess(plan, TREE, Q4, [])
    spoken = words.paragraph(row, offices, [f"Xã {n}" for n in range(14)])
    assert "Đơn vị thực hiện: Phòng Văn hóa và Thông tin huyện (06 đơn vị)." in spoken
    assert "Xã 11 và 02 đơn vị khác." in spoken


def test_a_paragraph_of_a_task_says_when_and_by_what_it_was_done():
    result = Document("Quyết định phê duyệt", "676/QĐ-UBND", date(2022, 4, 26), "UBND tỉnh")
    assert words.task_paragraph(
        "Phòng CNTT", TaskState.DONE, date(2022, 4, 17), date(2022, 4, 26), 9, result, "đã gửi các sở."
    ) == (
        "Tình trạng: Hoàn thành ngày 26/04/2022, chậm 09 ngày (thời hạn 17/04/2022). "
        "Văn bản kết quả: Quyết định phê duyệt số 676/QĐ-UBND ngày 26/04/2022 của UBND tỉnh. "
        "Đơn vị thực hiện: Phòng CNTT. Đã gửi các sở."
    )


def test_without_libreoffice_a_pdf_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("KPI_SOFFICE", str(tmp_path / "soffice"))
    with pytest.raises(NoOfficeProgramError) as refused:
        pdf.convert(b"")
    assert "chưa cài LibreOffice" in vi.refusal(refused.value)


def test_a_program_that_makes_no_pdf_is_no_libreoffice(monkeypatch, tmp_path):
    (tmp_path / "soffice").write_text("no program")
    monkeypatch.setenv("KPI_SOFFICE", str(tmp_path / "soffice"))
    with pytest.raises(NoOfficeProgramError) as refused:
        pdf.convert(b"")
    assert refused.value.failed


def read(content, *options):
    """The words of a PDF."""
    command = [str(shutil.which("pdftotext")), *options, "-", "-"]
    made = subprocess.run(command, input=content, capture_output=True, check=True)
    return made.stdout.decode()


@pytest.mark.office
def test_on_paper_a_document_prints_every_number_of_the_report():
    printed_text = read(pdf.convert(docx.document(REPORT, STAMP, TEMPLATE)), "-layout")
    tokens = printed_text.split()
    for value in figures(SUMMARY, MATRIX):
        assert printed(value) in tokens
    pages = printed_text.split("\f")[:-1]
    assert all("Bản xuất 17 · mã 4f9a1c2b7d3e · kế hoạch 5b1e77d0c2aa" in page for page in pages)
    assert "96,0" not in tokens
    assert "ngày 05 tháng 02 năm 2022" in printed_text


@pytest.mark.office
def test_on_paper_a_workbook_prints_every_number_of_the_report():
    printed_text = read(pdf.convert(xlsx.workbook(REPORT, STAMP), suffix=".xlsx"), "-layout")
    tokens = printed_text.split()
    for value in figures(SUMMARY, MATRIX, COMMUNES):
        decimals = max(-int(value.shown.as_tuple().exponent), 0)
        assert f"{value.shown:,.{decimals}f}" in tokens
    assert "14/12/2022" in tokens
    assert "###" not in printed_text
    assert "1. Trạm tốt" in printed_text


@pytest.mark.office
def test_a_spreadsheet_opens_our_csv_with_numbers_as_numbers_and_text_as_text(tmp_path):
    source = tmp_path / "bao-cao.csv"
    source.write_bytes(export.write(SUMMARY, "csv"))
    # Semicolons, quotes, UTF-8, from the first line, as a Vietnamese Excel reads it.
    read_as = "--infilter=CSV:59,34,76,1,,1066,false,true"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    office = [str(pdf.program()), profile, "--headless", read_as, "--convert-to", "xlsx"]
    subprocess.run(
        [*office, "--outdir", str(tmp_path), str(source)], check=True, capture_output=True, timeout=120
    )
    sheet = openpyxl.load_workbook(tmp_path / "bao-cao.xlsx").active
    for number, line in enumerate((HEADINGS, *SUMMARY.rows), 1):
        for value, cell in zip(line, sheet[number], strict=True):
            match value:
                case Figure(_, shown):
                    assert Decimal(str(cell.value)) == shown
                case date():
                    assert cell.value.date() == value
                case None:
                    assert cell.value is None
                case str() if not value.isdecimal():
                    assert (cell.value or "").lstrip("'") == value
                    assert cell.data_type != "f"
