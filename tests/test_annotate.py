"""The person's own workbook, handed back with what is wrong marked in it."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import fields
from functools import partial
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from lxml import etree
from openpyxl.styles import GradientFill, PatternFill
from streamlit.testing.v1 import AppTest

from kpi import vi, workbook
from kpi.export import pdf
from kpi.model import Cell, Role
from kpi.problems import NotANumber, RemarkInValue
from kpi.vi import marks as words
from kpi.workbook.annotate import mark_here
from tests.filled import user_of
from tests.packages import faults, parts
from tests.sheets import COMMUNES, DISTRICT, change, edit, sheet_of
from tests.test_cli import kpi, said

__all__ = ["kpi"]

ROOT = Path(__file__).parent.parent
annotate = partial(workbook.annotate, mark=mark_here)
"""Without a process of its own, which the ways back at the end of this file have."""
WRONG, ASKED = re.compile("FFFFA7[0-9A-F]{2}"), re.compile("FFFFDE[0-9A-F]{2}")
MISTAKES = {"E10": "nhiều", "G12": "12 xã", f"{DISTRICT}!G8": 11}


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def marked(content):
    """Sheet -> address -> colour, of every cell that bears one of ours."""
    found = {}
    for sheet in opened(content):
        if sheet.title.startswith("Lỗi"):
            continue
        for row in sheet.iter_rows():
            for cell in row:
                colour = str(cell.fill.fgColor.rgb)
                if WRONG.fullmatch(colour) or ASKED.fullmatch(colour):
                    found[Cell(sheet.title, cell.coordinate)] = colour
    return found


def wanted(draft):
    """The cells that should be marked."""
    wrong = {
        fact
        for p in draft.problems
        for fact in (getattr(p, f.name) for f in fields(p))
        if isinstance(fact, Cell)
    }
    return wrong | {c for d in draft.open_doubts for c in d.cells}


def comments(content):
    """Of all sheets but ours: cell -> text."""
    return {
        Cell(sheet.title, cell.coordinate): cell.comment.text
        for sheet in opened(content)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def rest(content):
    """Everything of a workbook that our marks may not change, as openpyxl sees it."""
    found = {}
    for sheet in opened(content):
        if sheet.title.startswith("Lỗi"):
            continue
        cells = {
            c.coordinate: (
                c.value,
                c.number_format,
                *map(repr, (c.font, c.border, c.alignment, c.protection)),
            )
            for row in sheet.iter_rows()
            for c in row
            if c.value is not None
        }
        found[sheet.title] = (
            cells,
            {k: (d.width, d.hidden) for k, d in sheet.column_dimensions.items()},
            {k: (d.height, d.hidden) for k, d in sheet.row_dimensions.items() if d.height or d.hidden},
            sorted(map(str, sheet.merged_cells.ranges)),
            sorted((str(v.sqref), v.type, v.formula1) for v in sheet.data_validations.dataValidation),
            sorted(str(r.sqref) for r in sheet.conditional_formatting),
            (sheet.sheet_state, sheet.protection.sheet, sheet.freeze_panes, sheet.print_area),
            {
                a: h.location or h.target
                for a, h in ((c.coordinate, c.hyperlink) for r in sheet for c in r)
                if h
            },
        )
    return found, sorted(opened(content).defined_names)


@pytest.fixture(scope="module")
def wrong(desk):
    """The filled form of a district with mistakes on both its sheets."""
    return change(desk.filled(), MISTAKES)


@pytest.fixture(scope="module")
def handed_back(desk, wrong):
    return annotate(wrong, desk.read(wrong))


def test_exactly_the_wrong_cells_are_coloured_and_each_says_what_is_wrong(desk, wrong, handed_back):
    draft = desk.read(wrong)
    assert len(draft.problems) == 3
    assert set(marked(handed_back)) == wanted(draft) == set(comments(handed_back))
    assert all(WRONG.fullmatch(colour) for colour in marked(handed_back).values())
    text = comments(handed_back)[Cell(COMMUNES, "E10")]
    assert text == f"{words.HEAD}\nChỉ tiêu 1 cần “Có” hoặc “Không”, không nhận “nhiều”."


def test_nothing_else_changes(wrong, handed_back):
    assert rest(handed_back) == rest(wrong)
    before, after = parts(wrong), parts(handed_back)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    }
    # The hidden key by which a form is known, its guide and all shared texts keep their bytes.
    assert before.keys() - changed == before.keys() & after.keys() - changed
    assert {*after} - {*before} == {
        "xl/worksheets/sheet5.xml",
        *(f"xl/comments{n}.xml" for n in (1, 2)),
        *(f"xl/drawings/vmlDrawing{n}.vml" for n in (1, 2)),
        *(f"xl/worksheets/_rels/sheet{n}.xml.rels" for n in (1, 2)),
    }


def test_of_a_marked_sheet_only_the_styles_of_the_wrong_cells_change(wrong, handed_back):
    before, after = (etree.fromstring(parts(c)["xl/worksheets/sheet2.xml"]) for c in (wrong, handed_back))
    for cell in after.iter("{*}c"):
        if cell.get("r") in MISTAKES:
            old = next(c for c in before.iter("{*}c") if c.get("r") == cell.get("r"))
            assert cell.get("s") != old.get("s")
            cell.set("s", old.get("s"))
    after.remove(after.find("{*}legacyDrawing"))
    assert etree.tostring(after, method="c14n") == etree.tostring(before, method="c14n")


def test_excel_has_nothing_to_mend(handed_back):
    assert faults(handed_back) == []


def test_the_same_file_always_gives_the_same_bytes(desk, wrong, handed_back):
    assert annotate(wrong, desk.read(wrong)) == handed_back


def test_the_list_says_every_problem_and_leads_to_its_cell(desk, wrong, handed_back):
    draft, sheet = desk.read(wrong), opened(handed_back)["Lỗi"]
    rows = list(sheet.iter_rows(min_row=5, max_col=5))
    assert [row[4].value for row in rows] == [words.beside(p.at, vi.explain(p)) for p in draft.problems]
    assert [(row[2].value, row[3].value) for row in rows] == [
        (p.at.sheet, p.at.address) for p in draft.problems
    ]
    assert [row[3].hyperlink.location for row in rows] == [
        f"'{p.at.sheet}'!{p.at.address}" for p in draft.problems
    ]
    assert {row[1].value for row in rows} == {words.MEND}


def test_mending_only_the_coloured_cells_makes_it_clean(desk, handed_back):
    mended = change(handed_back, {"E10": "Có", "G12": "Có", f"{DISTRICT}!G8": 8})
    draft = desk.read(mended)
    assert draft.clean
    before = desk.read(desk.filled())
    assert [r.figures for r in draft.readings] == [r.figures for r in before.readings]
    # Our sheet, our colours and comments are not worth a word.
    assert draft.notices == before.notices


def test_marking_again_takes_the_old_marks_away(desk, wrong, handed_back):
    still = change(handed_back, {"E10": "Có"})
    again = annotate(still, desk.read(still))
    assert set(marked(again)) == set(comments(again)) == wanted(desk.read(still))
    assert len(marked(again)) == 2
    assert opened(again).sheetnames == opened(handed_back).sheetnames
    assert len(list(opened(again)["Lỗi"].iter_rows(min_row=5))) == 2
    fills = [opened(c)[COMMUNES]["E10"].fill.fgColor.rgb for c in (wrong, again)]
    assert fills[0] == fills[1]
    assert rest(again) == rest(still)
    assert faults(again) == []


def test_marking_the_marked_file_as_it_is_doubles_nothing(desk, handed_back):
    again = annotate(handed_back, desk.read(handed_back))
    assert marked(again) == marked(handed_back)
    assert comments(again) == comments(handed_back)
    assert faults(again) == []
    assert annotate(again, desk.read(again)) == again


def test_once_nothing_is_wrong_the_marks_go(desk, wrong, handed_back):
    mended = change(handed_back, {"E10": "Có", "G12": "Có", f"{DISTRICT}!G8": 8})
    clean = annotate(mended, desk.read(mended))
    assert (marked(clean), comments(clean)) == ({}, {})
    assert opened(clean)["Lỗi"]["A1"].value == words.NOTHING_LEFT
    for address in ("E10", "G12"):
        fills = [opened(c)[COMMUNES][address].fill.fgColor.rgb for c in (wrong, clean)]
        assert fills[0] == fills[1]


def test_marks_that_have_moved_are_found_again(desk, handed_back):
    """A row put in above, the list taken out: the comments and colours are still known as ours."""

    def move(book):
        book.remove(book["Lỗi"])
        book[COMMUNES].move_range("E10:E10", rows=1)
        book[COMMUNES]["E10"].value = "Có"

    moved = edit(handed_back, move)
    again = annotate(moved, desk.read(moved))
    assert set(marked(again)) == wanted(desk.read(moved))


def test_a_file_with_nothing_wrong_is_handed_back_as_it_is(desk):
    assert annotate(desk.filled(), desk.read(desk.filled())) == desk.filled()


# What offices' own workbooks hold.


def office_book(write, *, sheet_name="Biểu 01"):
    """A wide sheet of an office's own making, written by another program than openpyxl."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    sheet = book.add_worksheet(sheet_name)
    sheet.merge_range(
        "A1:F1", "BÁO CÁO SỐ LIỆU QUÝ I/2022", book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    )
    sheet.write("A2", "Đơn vị gửi: Huyện Ba Bể")
    sheet.write_row(
        "A4", ["STT", "Đơn vị", "(11) Hồ sơ trực tuyến - Tử số", "(11) Hồ sơ trực tuyến - Mẫu số", "Ghi chú"]
    )
    sheet.write_row("A5", [1, "Huyện Ba Bể", "hai ba", 190])
    write(book, sheet)
    book.close()
    return raw.getvalue()


def test_charts_pictures_and_the_rest_stay(desk, tmp_path):
    """What openpyxl would lose, and what stands beside our marks in the same parts."""

    def write(book, sheet):
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='Biểu 01'!$D$5:$D$5"})
        sheet.insert_chart("H2", chart)
        sheet.insert_image("H20", "dot.png", {"image_data": io.BytesIO(PNG)})
        sheet.write_comment("C5", "Hỏi lại chị Hoa", {"author": "Lan"})
        sheet.write_comment("D5", "Đã kiểm")
        sheet.insert_button("J2", {"caption": "Nút"})
        sheet.data_validation("D5", {"validate": "integer", "criteria": ">", "value": 0})
        sheet.conditional_format("D5:D9", {"type": "3_color_scale"})
        sheet.write_formula("F5", "=SUM(D5:D5)", None, 190)
        sheet.set_column("B:B", 31.5, None, {"level": 1})
        sheet.set_row(6, None, None, {"hidden": True})
        sheet.add_table("L4:M6", {"name": "Bang"})
        sheet.protect("mật khẩu")
        sheet.repeat_rows(3)
        book.define_name("vung", "='Biểu 01'!$A$4:$E$5")
        hidden = book.add_worksheet("Quý trước")
        hidden.hide()
        pie = book.add_chart({"type": "pie"})
        pie.add_series({"values": "='Biểu 01'!$D$5:$D$5"})
        book.add_chartsheet("Đồ thị").set_chart(pie)

    content = office_book(write)
    draft = desk.read(content)
    assert Cell("Biểu 01", "C5") in wanted(draft)
    back = annotate(content, draft)
    assert faults(back) == []
    assert rest(back) == rest(content)
    before, after = parts(content), parts(back)
    kept = [
        n
        for n in before
        if re.search("chart|drawing1.xml|media|table|sharedStrings|theme|docProps|sheet2", n)
    ]
    assert len(kept) >= 10
    assert all(before[name] == after[name] for name in kept)
    text = comments(back)[Cell("Biểu 01", "C5")]
    assert text.startswith("Hỏi lại chị Hoa\n\n" + words.HEAD)
    assert "“hai ba”" in text
    assert comments(back)[Cell("Biểu 01", "D5")] == "Đã kiểm"
    mended = annotate(back, desk.read(back))
    assert comments(mended) == comments(back)


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def test_a_comment_of_somebody_else_is_whole_again_once_the_cell_is_mended(desk):
    content = office_book(lambda _, sheet: sheet.write_comment("C5", "Hỏi lại chị Hoa", {"author": "Lan"}))
    back = annotate(content, desk.read(content))
    mended = edit(back, lambda book: book["Biểu 01"].__setitem__("C5", 23))
    clean = annotate(mended, desk.read(mended))
    assert comments(clean) == {Cell("Biểu 01", "C5"): "Hỏi lại chị Hoa"}
    assert marked(clean) == {}


def test_several_mistakes_in_one_cell_share_its_comment(desk, wrong):
    at = Cell(COMMUNES, "E10")
    problems = (NotANumber(at, "nhiều", "1"), NotANumber(at, "nhiều", "1"), RemarkInValue(at, "nhiều 2"))
    back = annotate(wrong, workbook.Draft("x.xlsx", wrong, problems=problems))
    assert [*comments(back)] == [at]
    assert comments(back)[at].split("\n") == [
        words.HEAD,
        "Chỉ tiêu 1 cần số, không nhận “nhiều”. Ví dụ đúng: 12.",
        "“nhiều 2”: ô này chỉ ghi số; chuyển lời giải thích sang cột Ghi chú.",
    ]
    assert opened(back)["Lỗi"].max_row == 7


def test_of_a_merged_range_the_corner_is_marked(desk):
    content = office_book(lambda _, sheet: sheet.merge_range("C6:D7", "chưa rõ"))
    problems = (NotANumber(Cell("Biểu 01", "D7"), "chưa rõ", "1"),)
    back = annotate(content, workbook.Draft("x.xlsx", content, problems=problems))
    assert [*marked(back)] == [*comments(back)] == [Cell("Biểu 01", "C6")]
    assert opened(back)["Lỗi"]["D5"].hyperlink.location == "'Biểu 01'!D7"
    assert rest(back) == rest(content)


def test_a_cell_that_is_not_there_is_made_and_looks_as_its_column_did(desk):
    def write(book, sheet):
        sheet.set_column("G:G", None, book.add_format({"num_format": "0.000", "bold": True}))
        sheet.set_row(8, None, book.add_format({"italic": True}))

    content = office_book(write)
    cells = [Cell("Biểu 01", address) for address in ("G5", "G9", "B9", "A3", "AB40")]
    problems = tuple(NotANumber(at, "", "1") for at in cells)
    back = annotate(content, workbook.Draft("x.xlsx", content, problems=problems))
    assert faults(back) == []
    assert set(marked(back)) == set(cells)
    sheet = opened(back)["Biểu 01"]
    assert (sheet["G5"].number_format, sheet["G5"].font.b) == ("0.000", True)
    assert (sheet["G9"].font.i, sheet["B9"].font.i, sheet["AB40"].font.i) == (True, True, False)
    assert sheet.dimensions == "A1:AB40"


@pytest.mark.parametrize(
    "fill",
    [PatternFill("solid", fgColor="FFFF00"), PatternFill("lightGrid", fgColor="0000FF"), GradientFill(stop=("FFFFFF", "000000")),
     PatternFill(fill_type=None)],
)  # fmt: skip
def test_whatever_colour_a_cell_had_comes_back(desk, wrong, fill):
    def paint(book):
        book[COMMUNES]["E10"].fill = fill
        book[COMMUNES]["G12"].number_format = "0.00"

    content = edit(wrong, paint)
    back = annotate(content, desk.read(content))
    mended = change(back, {"E10": "Có"})
    mended = edit(mended, lambda book: setattr(book[COMMUNES]["E10"], "number_format", "@"))
    again = annotate(mended, desk.read(mended))
    found, before = opened(again)[COMMUNES]["E10"], opened(content)[COMMUNES]["E10"]
    assert repr(found.fill) == repr(before.fill)
    # What the person changed meanwhile stays.
    assert found.number_format == "@"


def test_a_sheet_that_already_has_the_name_keeps_it(desk):
    content = office_book(lambda book, _: book.add_worksheet("LỖI").write("A1", "của đơn vị"))
    back = opened(annotate(content, desk.read(content)))
    assert back.sheetnames == ["Biểu 01", "LỖI", "Lỗi (2)"]
    assert back["LỖI"]["A1"].value == "của đơn vị"


def test_open_questions_are_marked_in_another_colour_and_answered_ones_are_not(desk, units):
    communes = [u.code for u in units.children("061")]
    figures = {("1", code): "x" for code in communes[:6]}
    content = workbook.fill(desk.blank(), figures)
    draft = desk.read(content)
    (doubt,) = draft.open_doubts
    back = annotate(content, draft)
    assert set(marked(back)) == set(doubt.cells)
    assert all(ASKED.fullmatch(colour) for colour in marked(back).values())
    assert opened(back)["Lỗi"]["B5"].value == words.ANSWER
    answered = desk.read(content, answers={str(doubt.at): doubt.choices[0]})
    assert annotate(content, answered) == content


def test_a_mistake_of_the_whole_file_stands_in_the_list_only(desk):
    content = office_book(lambda book, sheet: sheet.write("A1", "BÁO CÁO"))
    draft = desk.read(content)
    whole = [p for p in draft.problems if p.at is None]
    assert whole
    rows = list(opened(annotate(content, draft))["Lỗi"].iter_rows(min_row=5, max_col=5, values_only=True))
    assert (words.WHOLE_FILE, vi.explain(whole[0])) in {(row[2], row[4]) for row in rows}


def test_two_figures_that_disagree_are_both_marked(desk):
    """Nobody but the office knows which of them is right."""
    table = (
        ("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số"),
        (1, "Xã Bành Trạch", 5, 10),
        (2, "Xã Bành Trạch", 6, 10),
    )
    content = sheet_of(("BÁO CÁO QUÝ I/2022",), ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",), *table)
    draft = desk.read(content)
    (twice,) = draft.problems
    back = annotate(content, draft)
    assert set(marked(back)) == {twice.at, twice.first} == wanted(draft)
    beside = {cell: text.partition("\n")[2] for cell, text in comments(back).items()}
    assert beside[twice.first] == f"{vi.place(twice.at)}: {beside[twice.at]}"


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 cut off", b"PK\x05\x06" + bytes(18)])
def test_of_a_file_that_was_refused_as_a_whole_there_is_only_the_list(desk, content):
    draft = desk.read(content)
    back = annotate(content, draft)
    assert faults(back) == []
    assert opened(back).sheetnames == ["Lỗi"]
    said = [row[4] for row in opened(back)["Lỗi"].iter_rows(min_row=5, max_col=5, values_only=True)]
    assert said == [vi.explain(p) for p in draft.problems]


def test_an_old_workbook_is_answered_with_the_list_and_the_reason(desk):
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)
    problem = next(iter(desk.changed(MISTAKES).problems))
    back = annotate(ole, workbook.Draft("cu.xls", ole, problems=(problem,)))
    sheet = opened(back)["Lỗi"]
    assert sheet["A2"].value == words.OLD_WORKBOOK
    assert (sheet["D5"].value, sheet["D5"].hyperlink) == (problem.at.address, None)


def test_a_package_that_cannot_be_edited_is_answered_with_the_list(desk, wrong, caplog):
    """Its reader forgave it, Excel may not: nothing is handed back that could be worse than what came."""
    garbled = dict(parts(wrong))
    garbled["[Content_Types].xml"] = b"<Types"
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        for name, content in garbled.items():
            target.writestr(name, content)
    back = workbook.annotate(raw.getvalue(), desk.read(wrong))
    assert opened(back).sheetnames == ["Lỗi"]
    assert opened(back)["Lỗi"]["A2"].value == words.ONLY_A_LIST
    assert re.search(r"mark: exit 1 \S*XMLSyntaxError", caplog.text)


def test_what_no_xml_can_hold_is_left_out_of_the_sentences(desk, wrong):
    bad = NotANumber(Cell(COMMUNES, "E10"), "a\x0bb\ud800" + "c" * 5000, "1")
    back = annotate(wrong, workbook.Draft("x.xlsx", wrong, problems=(bad,)))
    assert len(comments(back)[Cell(COMMUNES, "E10")]) < 1100


# The way back: the command line and the page.


def test_in_a_process_of_its_own_the_very_same_bytes_come_out(desk, wrong, handed_back):
    assert workbook.annotate(wrong, desk.read(wrong)) == handed_back
    assert workbook.annotate(desk.filled(), desk.read(desk.filled())) == desk.filled()


def test_the_persons_own_file_is_never_written_over(kpi, tmp_path, wrong):
    source, link = tmp_path / "sai.xlsx", tmp_path / "link.xlsx"
    source.write_bytes(wrong)
    link.hardlink_to(source)
    for out in (source, link, tmp_path / "." / "sai.xlsx"):
        result = kpi("annotate", source, "--out", out)
        assert result.exit_code == 2
        assert words.never_over_the_original(out) in result.stderr
    assert source.read_bytes() == wrong


@pytest.mark.parametrize(
    ("name", "out"), [("sai.xlsx", "loi.xls"), ("sai.xlsx", "loi"), ("sai.xls", "o.xls")]
)
def test_a_name_that_promises_another_format_is_refused(kpi, tmp_path, wrong, name, out):
    """Also of a package under an old name: Excel would not open one that ends in .xls."""
    (tmp_path / name).write_bytes(wrong)
    result = kpi("annotate", tmp_path / name, "--out", tmp_path / out)
    assert result.exit_code == 2
    assert "Hãy đặt tên kết thúc bằng .xlsx" in result.stderr
    assert words.other_suffix(Path(out), ".xlsx", old=False) in result.stderr
    assert not (tmp_path / out).exists()


def test_of_an_old_workbook_the_command_writes_the_list_as_what_it_is(kpi, tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Biểu 01")
    heads = ("STT", "Huyện", "(7) Tử số", "(7) Mẫu số")
    rows = [("QUÝ I/2022",), ("Đơn vị gửi: Bưu điện tỉnh",), heads, (1, "Ba Bể", 21, 20)]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    source, out = tmp_path / "cu.xls", tmp_path / "loi.xlsx"
    book.save(str(source))
    refused = kpi("annotate", source, "--out", tmp_path / "loi.xls")
    assert refused.exit_code == 2
    assert words.other_suffix(Path("loi.xls"), ".xlsx", old=True) in refused.stderr
    result = kpi("annotate", source, "--out", out)
    assert result.exit_code == 0, result.output
    assert words.OLD_WORKBOOK in result.stdout
    assert opened(out.read_bytes()).sheetnames == ["Lỗi"]


def test_the_command_writes_the_marked_file_and_says_how_many(kpi, tmp_path, wrong):
    source, out = tmp_path / "sai.xlsx", tmp_path / "loi.xlsx"
    source.write_bytes(wrong)
    result = kpi("annotate", source, "--out", out, "--json")
    assert result.exit_code == 0
    assert "3 chỗ cần sửa" in result.output
    assert said(result)["marks"] == "3"
    assert len(marked(out.read_bytes())) == 3


def test_the_command_writes_nothing_when_nothing_is_wrong(kpi, tmp_path, desk):
    source, out = tmp_path / "dung.xlsx", tmp_path / "loi.xlsx"
    source.write_bytes(desk.filled())
    result = kpi("annotate", source, "--out", out)
    assert result.exit_code == 0
    assert "không có chỗ nào cần sửa" in result.output
    assert not out.exists()


def test_the_page_offers_the_marked_file_beside_the_mistakes(house, wrong, desk):
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.user = user_of(Role.OFFICE)
    app.run()
    app.switch_page("pages/submission/upload.py").run()
    app.file_uploader[0].upload("ba-be.xlsx", wrong).run()
    assert not app.exception
    assert "Tải tệp đã đánh dấu lỗi" in {
        getattr(button, "label", "") for button in app.get("download_button")
    }
    app.file_uploader[0].upload("dung.xlsx", desk.filled()).run()
    assert not app.exception


@pytest.mark.office
def test_libreoffice_opens_it_and_shows_the_comments(desk, wrong, handed_back, tmp_path):
    source = tmp_path / "loi.xlsx"
    source.write_bytes(handed_back)
    office = str(pdf.program())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    again = tmp_path / "again"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(again), str(source)],
        check=True,
        timeout=120,
        capture_output=True,
    )
    saved_again = (again / "loi.xlsx").read_bytes()
    assert {c: t.replace("\r", "") for c, t in comments(saved_again).items()} == comments(handed_back)
    assert set(marked(saved_again)) == set(marked(handed_back))
    links = [row[3].hyperlink.location for row in opened(saved_again)["Lỗi"].iter_rows(min_row=5, max_row=7)]
    assert len(links) == 3
    # What another program has saved is marked anew, and still nothing doubles.
    draft = desk.read(saved_again)
    assert wanted(draft) == wanted(desk.read(wrong))
    twice = annotate(saved_again, draft)
    assert set(marked(twice)) == set(comments(twice)) == wanted(draft)
    # With a format of its own it is written by openpyxl, which drops the ratio that LibreOffice had worked out.
    mended = change(twice, {"E10": "Có", "G12": "Có", f"{DISTRICT}!G8": (8, "General")})
    clean = annotate(mended, desk.read(mended))
    assert desk.read(clean).clean
    # LibreOffice says how opaque a colour is, openpyxl does not.
    fills = [opened(c)[COMMUNES]["E10"].fill.fgColor.rgb[2:] for c in (wrong, clean)]
    assert fills[0] == fills[1]
