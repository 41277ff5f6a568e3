"""The 99 ways in which offices' sheets differ, each built as a workbook and read: what is done, and what staff read."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.comments import Comment

from kpi import vi, workbook
from kpi.model import Quarter, Reading
from kpi.problems import reason
from kpi.store import AlreadyKeptError, Store
from kpi.vi import traces as words
from kpi.workbook import Draft
from kpi.workbook.loading import load_here
from tests.filled import LAN
from tests.sheets import Q1, Desk, edit, sentences, sheet_of, with_result

VARIANTS = list(
    csv.DictReader((Path(__file__).parent / "data" / "messy_variants.csv").read_text("utf-8").splitlines())
)
TITLE = ("BÁO CÁO KẾT QUẢ QUÝ I/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
ROOM = ("Đơn vị gửi: Phòng Bưu chính – Viễn thông",)
TRACH, LOC = "01891", "01894"
NOTHING_SAID = {"units_missing", "only_percent"}
"""What is said of any sheet that holds a few figures only."""


@dataclass
class Case:
    """One form of a variant, and the figures that are read: "n/d", "n" of a yes or no, "v%", None for none."""

    content: bytes
    figures: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)
    filename: str = "bao-cao.xlsx"
    desk: Desk | None = None


Build = Callable[[Desk], "list[Case]"]
BUILD: dict[int, Build] = {}


def variant(number: int) -> Callable[[Build], Build]:
    def add(build: Build) -> Build:
        BUILD[number] = build
        return build

    return add


@pytest.mark.parametrize("row", VARIANTS, ids=lambda row: f"{row['id']}-{row['name']}")
def test_a_messy_sheet_is_read_or_asked_about_or_refused_with_the_reason(desk, coast, row, tmp_path):
    number = int(row["id"])
    cases = (
        OF_A_STORE[number](desk, tmp_path)
        if number in OF_A_STORE
        else BUILD[number]((desk, coast)[number in OF_THE_COAST])
    )
    said = ""
    for case in cases:
        draft, words = case if isinstance(case, tuple) else read(case, desk)
        said += words
        {"accept": quiet, "accept_with_notice": clean, "skip": clean, "question": asking, "refuse": refused}[
            row["wanted"]
        ](draft)
        if not isinstance(case, tuple):
            hold(draft, case.figures)
    for fragment in filter(None, row["says"].split(" | ")):
        assert fragment in said, said


def test_every_variant_is_built_and_quoted():
    assert (
        sorted(BUILD.keys() | OF_A_STORE.keys())
        == [int(row["id"]) for row in VARIANTS]
        == list(range(1, 100))
    )
    assert all(row["says"] for row in VARIANTS if row["wanted"] != "accept")


def read(case: Case, desk: Desk) -> tuple[Draft, str]:
    of = case.desk or desk
    draft = workbook.read(case.filename, case.content, of.plans, of.directory, load=load_here, **case.asked)
    return draft, "\n".join([sentences(draft), *map(words.trace, draft.traces)])


def quiet(draft: Draft) -> None:
    assert draft.clean, sentences(draft)
    assert {reason(n) for n in draft.notices} <= NOTHING_SAID, sentences(draft)


def clean(draft: Draft) -> None:
    assert draft.clean, sentences(draft)


def asking(draft: Draft) -> None:
    assert not draft.problems, sentences(draft)
    assert draft.verdict == "ask"


def refused(draft: Draft) -> None:
    assert draft.verdict == "refuse", sentences(draft)


def hold(draft: Draft, figures: Mapping[tuple[str, str], str | None]) -> None:
    found = {(r.indicator, r.unit): figure(r) for r in draft.readings}
    assert {key: found.get(key) for key in figures} == figures


def figure(reading: Reading) -> str:
    if reading.value is not None:
        return vi.number(reading.value).replace(",", ".") + ("" if reading.edition else "%")
    return f"{reading.numerator}" + ("" if reading.denominator is None else f"/{reading.denominator}")


# Sheets of an office's own making.


def roster(*rows, heads=("STT", "Đơn vị", "(1)"), over=(TITLE, BA_BE), **changed) -> bytes:
    """Communes of Ba Bể and what they answer; the first row of the table stands in row 4."""
    content = sheet_of(*over, heads, *rows)
    return edit(content, changed["by"]) if "by" in changed else content


def cables(*rows, heads=("STT", "Đơn vị", "(6) Tử số", "(6) Mẫu số"), over=(TITLE, ROOM), **changed) -> bytes:
    """Districts and their kilometres."""
    return roster(*rows, heads=heads, over=over, **changed)


def ratio(
    raw: object, number_format: str = "General", parts=(None, None), indicator="(11) Hồ sơ trực tuyến"
) -> bytes:
    """One indicator of the district: numerator and denominator in C4 and D4, the ratio in E4."""

    def write(book: Workbook) -> None:
        book.active["E4"].value, book.active["E4"].number_format = raw, number_format

    heads = ("STT", "Chỉ tiêu", "Tử số", "Mẫu số", "Tỷ lệ (%)")
    return edit(sheet_of(TITLE, BA_BE, heads, (1, indicator, *parts)), write)


def count(raw: object, under: object = 2_000_000, number_format: str = "General") -> bytes:
    def write(book: Workbook) -> None:
        book.active["C4"].value, book.active["C4"].number_format = raw, number_format

    return edit(ratio(None, parts=(None, under)), write)


ELEVEN = ("11", "061")
YES = {("1", TRACH): "1"}
ONE_YES = (1, "Xã Bành Trạch", "Có")


# Files: 1 to 9.


@variant(1)
def _(desk):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Biểu 01")
    rows = (TITLE, BA_BE, ("STT", "Chỉ tiêu", "Tử số", "Mẫu số", "Tỷ lệ (%)"), (1, "(11) Hồ sơ trực tuyến"))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    sheet.write(3, 4, 0.96, xlwt.easyxf(num_format_str="0%"))
    raw = io.BytesIO()
    book.save(raw)
    return [Case(raw.getvalue(), {ELEVEN: "96%"}, filename="Biểu quý I.xls")]


@variant(2)
def _(desk):
    pages = (
        b"<html><table><tr><td>1</td></tr></table></html>",
        b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    )
    return [Case(page, filename="bao_cao.xls") for page in pages]


@variant(3)
def _(desk):
    return [Case("STT;Đơn vị;Số\n1;Ba Bể;3\n".encode(), filename="bao_cao.xlsx")]


@variant(4)
def _(desk):
    book = xlwt.Workbook()
    book.add_sheet("Biểu 01")
    raw = io.BytesIO()
    book.save(raw)
    # A container whose stream is the encrypted package instead of a workbook.
    content = bytearray(raw.getvalue())
    at = content.index("Workbook".encode("utf-16-le"))
    content[at : at + 64] = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0")
    content[at + 64 : at + 66] = (34).to_bytes(2, "little")
    return [Case(bytes(content), filename="bao-cao.xlsx")]


@variant(5)
def _(desk):
    return [Case(b""), Case(roster(ONE_YES)[:-200])]


@variant(6)
def _(desk):
    raw = io.BytesIO(roster(ONE_YES))
    with zipfile.ZipFile(raw, "a") as parts:
        parts.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return [Case(raw.getvalue(), YES, filename="bao-cao.xlsm")]


@variant(7)
def _(desk):
    return [Case(roster(ONE_YES, by=lambda book: book.active.cell(1_048_576, 1, "x")))]


def of_a_store(desk: Desk, folder: Path) -> tuple[Store, Draft]:
    store = Store(folder / "kpi.duckdb")
    first = desk.read(cables((1, "Huyện Ba Bể", 3, 10)))
    store.keep(first, LAN)
    return store, first


def twice(desk, folder):
    store, first = of_a_store(desk, folder)
    with store, pytest.raises(AlreadyKeptError) as refusal:
        store.keep(first, LAN)
    return [(first, vi.refusal(refusal.value))]


def corrected(desk, folder):
    store, _ = of_a_store(desk, folder)
    with store:
        draft = desk.read(cables((1, "Huyện Ba Bể", 4, 10)), held=store.current("bac-kan-2022"))
    assert [c.sort for c in workbook.compare(draft, draft.readings) if c.unit == "061" and c.indicator == "6"]
    return [(draft, sentences(draft))]


OF_A_STORE = {8: twice, 9: corrected}


# Sheets: 10 to 20.


@variant(10)
def _(desk):
    def more(book):
        book.create_sheet("Bìa", 0).append(["BÁO CÁO"])
        second = book.create_sheet("Biểu 02")
        for row in (TITLE, BA_BE, ("STT", "Chỉ tiêu", "Tử số", "Mẫu số"), (1, "(11)", 3, 4)):
            second.append(row)
        book.create_sheet("Sheet3").append(["abc"])

    return [Case(roster(ONE_YES, by=more), YES | {ELEVEN: "3/4"})]


@variant(11)
def _(desk):
    def hide(book):
        book.active.row_dimensions[5].hidden = True
        old = book.create_sheet("Quý trước")
        old.sheet_state = "hidden"
        for row in (("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "Không")):
            old.append(row)

    return [Case(roster(ONE_YES, (2, "Xã Phúc Lộc", "Có"), by=hide), YES | {("1", LOC): "1"})]


@variant(12)
def _(desk):
    return [Case(roster(ONE_YES, over=((code,), TITLE, BA_BE)), YES) for code in ("10000", 10001)]


@variant(13)
def _(desk):
    other = ("Đơn vị gửi: Phòng VH&TT huyện Na Rì",)
    asked = {"reporter": "061", "quarter": Q1}
    dots = desk.read(roster(ONE_YES, over=(("Đơn vị gửi: .....",), TITLE)), **asked)
    quiet(dots)
    kept = desk.read(roster(ONE_YES, over=(TITLE, other)), **asked, answers={"A2": desk.reporter().name})
    assert kept.clean
    hold(kept, YES)
    return [Case(roster(ONE_YES, over=(TITLE, other)), asked=asked)]


@variant(14)
def _(desk):
    forms = (("Biểu 02-05/GTGT-BC",), ("Biểu số 01/STTTT",), ("Mã số: 01",))
    return [Case(roster(ONE_YES, over=(form, TITLE, BA_BE)), YES) for form in forms]


@variant(15)
def _(desk):
    motto = ("SỞ TT&TT", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), (None, "Độc lập - Tự do - Hạnh phúc")
    content = roster(ONE_YES, over=(*motto, TITLE, BA_BE), by=lambda book: book.active.merge_cells("B1:C1"))
    return [Case(content, YES)]


@variant(16)
def _(desk):
    title = ("BÁO CÁO KẾT QUẢ PHONG TRÀO THI ĐUA QUÝ I/2022",)
    content = roster(ONE_YES, over=(title, BA_BE), by=lambda book: book.active.merge_cells("A1:C1"))
    quiet(desk.read(content))
    second = Quarter(2022, 2)
    kept = desk.read(content, quarter=second, answers={"A1": "Quý II/2022"})
    assert kept.clean
    assert {r.quarter for r in kept.readings} == {second}
    return [Case(content, asked={"quarter": second})]


@variant(17)
def _(desk):
    return [Case(roster(ONE_YES, over=(("Tháng. . . năm . .",), BA_BE)), YES, {"quarter": Q1})]


@variant(18)
def _(desk):
    return [Case(roster(ONE_YES, ("", " ", "", "")), YES)]


@variant(19)
def _(desk):
    rows = (("I", "Vùng thấp"), ONE_YES, (), (), ("II", "Vùng cao"), (1, "Xã Phúc Lộc", "Không"))
    return [Case(roster(*rows), YES | {("1", LOC): "0"})]


@variant(20)
def _(desk):
    def dress(book):
        sheet = book.active
        sheet.auto_filter.ref, sheet.freeze_panes, sheet.print_area = "A3:C4", "A4", "A1:C4"
        sheet["C4"].comment = Comment("đã đối chiếu", "PVHTT")

    return [Case(roster(ONE_YES, by=dress), YES)]


# Headings: 21 to 34.


@variant(21)
def _(desk):
    def merge(book):
        for area in ("A3:A5", "B3:B5", "C3:E3", "C4:D4", "E4:E5"):
            book.active.merge_cells(area)

    rows = (("STT", "Đơn vị", "(4) Phủ sóng 3G, 4G"), (None, None, "Số thôn", None, "Tỷ lệ (%)"),
            (None, None, "Tử số", "Mẫu số"), (1, "Xã Bành Trạch", 5, 10, 50))  # fmt: skip
    return [Case(edit(sheet_of(TITLE, BA_BE, *rows), merge), {("4", TRACH): "5/10"})]


@variant(22)
def _(desk):
    heads = ("STT", "Mã", "Đơn vị", "(4) Tử số", "(4) Mẫu số")
    row = (1, TRACH, "Xã Bành Trạch", 1, 2)
    indexes = (("A", "B", "C", 1, 2), ("A", "B", "C", "(1)", "(2)"), (1, 2, 3, 4, 5))
    return [Case(roster(index, row, heads=heads), {("4", TRACH): "1/2"}) for index in indexes]


@variant(23)
def _(desk):
    return [Case(roster((1, "Xã Bành Trạch", 5, 10, 17), heads=("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số")))]


@variant(24)
def _(desk):
    words = ("STT", "TT", "Stt", "Số TT", "Số thứ tự")
    return [Case(roster(ONE_YES, heads=(word, "Đơn vị", "(1)")), YES) for word in words]


@variant(25)
def _(desk):
    words = (
        "Đơn vị",
        "Tên đơn vị",
        "Đơn vị báo cáo",
        "Huyện, thành phố",
        "Địa phương",
        "Bưu cục Huyện",
        "Nơi thực hiện",
    )
    row = (1, "Huyện Ba Bể", 3, 10)
    rows = (row, (2, "Huyện Na Rì", 1, 5))
    return [
        Case(cables(*rows, heads=("STT", word, "(6) Tử số", "(6) Mẫu số")), {("6", "061"): "3/10"})
        for word in words
    ]


@variant(26)
def _(desk):
    words = ("Đơn vị tính", "ĐVT", "Đơn vị\ntính", "Đơn vị")
    row = (1, "(11) Hồ sơ trực tuyến", "hồ sơ", "Huyện Ba Bể", 3, 10)
    heads = [("STT", "Chỉ tiêu", word, "Đơn vị báo cáo", "Tử số", "Mẫu số") for word in words]
    alone = [("STT", "Chỉ tiêu", word, "Tử số", "Mẫu số") for word in words]
    return [Case(roster(row, heads=h), {ELEVEN: "3/10"}) for h in heads] + [
        Case(roster((*row[:3], *row[4:]), heads=h), {ELEVEN: "3/10"}) for h in alone
    ]


@variant(27)
def _(desk):
    return [
        Case(
            roster(
                (1, "Xã Bành Trạch\n", "Có"),
                heads=(" STT", "Đơn  vị ", "(1)\nTrạm  truyền thanh\nhoạt động "),
            ),
            YES,
        )
    ]


@variant(28)
def _(desk):
    words = ("Kế hoạch", "Kế hoạch giao", "Chỉ tiêu giao", "Chỉ tiêu KH năm 2022")
    row = (1, "(11) Hồ sơ trực tuyến", 30, 3, 10)
    return [
        Case(roster(row, heads=("STT", "Chỉ tiêu", word, "Tử số", "Mẫu số")), {ELEVEN: "3/10"})
        for word in words
    ]


@variant(29)
def _(desk):
    rows = {"Thực hiện": 0, "Kết quả": 0, "KQ thực hiện": 0, "Ước thực hiện": 1}
    return [
        Case(roster((1, "(11)", "3/10"), heads=("STT", "Chỉ tiêu", word)), {ELEVEN: "3/10"}) for word in rows
    ]


@variant(30)
def _(desk):
    one = roster(
        (1, "(11)", "3/10", "30/100"),
        (2, "(9)", "4/20", "12/20"),
        heads=("STT", "Chỉ tiêu", "Phát sinh", "Lũy kế"),
    )
    rows = (
        (None, None, "Phát sinh", None, "Lũy kế"),
        (None, None, "Tử số", "Mẫu số", "Tử số", "Mẫu số"),
        (1, "Huyện Ba Bể", 3, 10, 30, 100),
    )
    wide = [
        roster(*rows, heads=("STT", "Đơn vị", head))
        for head in ("(11) Hồ sơ trực tuyến", "(9) TTHC qua BCCI cấp huyện")
    ]
    return [
        Case(one, {ELEVEN: "3/10", ("9", "061"): "12/20"}),
        Case(wide[0], {ELEVEN: "3/10"}),
        Case(wide[1], {("9", "061"): "30/100"}),
    ]


@variant(31)
def _(desk):
    words = ("Tỷ lệ", "Tỉ lệ", "Tỷ lệ (%)", "%")
    return [Case(roster((1, "(11)", 96), heads=("STT", "Chỉ tiêu", word)), {ELEVEN: "96%"}) for word in words]


@variant(32)
def _(desk):
    return [
        Case(roster(ONE_YES, heads=("STT", "Đơn vị", word)), YES) for word in ("(1)", "CT1", "Chỉ tiêu 1")
    ]


@variant(33)
def _(desk):
    return [Case(roster((*ONE_YES, "Không"), heads=("STT", "Đơn vị", "(1)", "Chỉ tiêu 1")))]


@variant(34)
def _(desk):
    return [Case(sheet_of(TITLE, BA_BE, ("abc", "def"), (1, 2)))]


# Units: 35 to 62.


def districts(*names: object, code: str) -> list[Case]:
    rest = (2, "Huyện Ngân Sơn", 1, 5)
    return [Case(cables((1, name, 3, 10), rest), {("6", code): "3/10"}) for name in names]


def communes(desk: Desk, within: str, *names: object, code: str) -> list[Case]:
    over = TITLE, (f"Đơn vị gửi: {desk.reporter(within).name}",)
    return [Case(roster((1, name, "Có"), over=over), {("1", code): "1"}) for name in names]


@variant(35)
def _(desk):
    return districts("Huyện Ba Bể", "H. Ba Bể", "H.Ba Bể", "Ba Bể", "BA BỂ", code="061")


@variant(36)
def _(desk):
    return [
        *districts("Ba Be", code="061"),
        *districts("Pac Nam", code="060"),
        *districts("Cho Don", code="064"),
    ]


@variant(37)
def _(desk):
    return districts("Thành Phố Bắc Kạn", "TP Bắc Kạn", "TP.Bắc Kạn", "Tp. Bắc Kạn", code="058")


@variant(38)
def _(desk):
    total = (None, "Tổng cộng tỉnh Bắc Kạn", 3, 10)
    return [
        *districts("Bắc Kạn", code="058"),
        Case(cables((1, "Bắc Kạn", 3, 10), total), {("6", "058"): "3/10"}),
    ]


@variant(39)
def _(desk):
    return districts("Pắc Nặm", "Pác Nặm", "Pác Nậm", code="060")


@variant(40)
def _(desk):
    return districts("Na Rỳ", "Na Rì", "Nari", code="066")


@variant(41)
def _(desk):
    return communes(desk, "063", "Sĩ Bình", "Sỹ Bình", code="01978")


@variant(42)
def _(desk):
    names = {"01948": ("Trung Hoà", "Trung Hòa"), "02197": ("Liêm Thuỷ", "Liêm Thủy")}
    return [
        c
        for code, two in names.items()
        for c in communes(desk, desk.units.path(code)[1].code, *two, code=code)
    ]


@variant(43)
def _(desk):
    heads = tuple(
        unicodedata.normalize("NFD", text) for text in ("STT", "Đơn vị", "(1) Trạm truyền thanh hoạt động")
    )
    over = tuple((unicodedata.normalize("NFD", row[0]),) for row in (TITLE, BA_BE))
    return [
        Case(roster((1, unicodedata.normalize("NFD", "Xã Bành Trạch"), "Có"), heads=heads, over=over), YES)
    ]


@variant(44)
def _(desk):
    return communes(
        desk,
        "061",
        "Xã\u00a0Bành  Trạch",
        "Xã Bành\u200bTrạch".replace("\u200b", "\u200b "),
        "Xã Bành Trạch\n",
        code=TRACH,
    )


@variant(45)
def _(desk):
    heads = roster((1, "X· Bµnh Tr¹ch", "Cã"), heads=("STT", "Tªn ®¬n vÞ", "Tr¹m truyÒn thanh"))
    return [Case(cables((1, name, 3, 10))) for name in ("B¾c K¹n", "Chî §ån")] + [Case(heads)]


@variant(46)
def _(desk):
    return [Case(cables((1, name, 3, 10))) for name in ("Baéc Kaïn", "Chôï Ñoàn")]


@variant(47)
def _(desk):
    return communes(desk, "058", "Phường Minh Khai", code="01834")


@variant(48)
def _(desk):
    return [
        *communes(desk, "058", "Huyền Tụng", code="01846"),
        *communes(desk, "064", "Phương Viên", code="02050"),
    ]


def wards(desk: Desk, name: object, code: str | None) -> Case:
    content = roster(
        (1, name, 5, 10),
        heads=("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số"),
        over=(TITLE, ("Đơn vị gửi: Văn phòng Sở",)),
    )
    return Case(content, {("4", code): "5/10"} if code else {}, desk=desk)


OF_THE_COAST = {49, 50, 51, 52, 61}


@variant(49)
def _(desk):
    return [wards(desk, "Phước Hưng", None)]


@variant(50)
def _(desk):
    codes = {u.name: u.code for u in desk.units if u.kind == "xã" or u.kind == "thị trấn"}
    names = ("Xuyên Mộc", "Long Điền", "Đất Đỏ")
    content = roster(
        (1, "Xuyên Mộc", 3, 4),
        heads=("STT", "Đơn vị", "(11) Tử số", "(11) Mẫu số"),
        over=(TITLE, ("Đơn vị gửi: Văn phòng Sở",)),
    )
    return [
        *(wards(desk, name, codes[name]) for name in names),
        Case(content, {("11", "751"): "3/4"}, desk=desk),
    ]


@variant(51)
def _(desk):
    return [wards(desk, name, "26506") for name in (1, 1.0)]


@variant(52)
def _(desk):
    return [wards(desk, name, "26506") for name in ("Phường 01", "P.1", "P1")]


@variant(53)
def _(desk):
    return [
        Case(
            roster((1, "Xã Bành Trạcg", "Có"), (2, "Xã Phúc Lộc", "Có")),
            {("1", TRACH): None, ("1", LOC): "1"},
        )
    ]


@variant(54)
def _(desk):
    return [Case(cables((1, "Huyện Ba Vì", 3, 10), (2, "Huyện Ba Bể", 1, 2)), {("6", "061"): "1/2"})]


@variant(55)
def _(desk):
    heads = ("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số")
    same = desk.read(roster((1, "Xã Bành Trạch", 5, 10), (2, "Bành Trạch", 5, 10), heads=heads))
    assert same.clean
    return [Case(roster((1, "Xã Bành Trạch", 5, 10), (2, "Bành Trạch", 6, 10), heads=heads))]


@variant(56)
def _(desk):
    return [Case(cables((1, "Huyện Ba Bể", 3, 10)), {("6", "058"): None})]


@variant(57)
def _(desk):
    rows = ((1, "Huyện Ba Bể", "(5) Phủ sóng 5G", 0, 1), (2, None, "(6) Ngầm hóa cáp", 2.5, 10))
    content = cables(*rows, heads=("STT", "Đơn vị", "Chỉ tiêu", "Tử số", "Mẫu số"))
    return [
        Case(
            edit(content, lambda book: book.active.merge_cells("B4:B5")),
            {("6", "061"): "2.5/10", ("5", "061"): "0/1"},
        )
    ]


@variant(58)
def _(desk):
    heads = ("STT", "Mã", "Đơn vị", "(6) Tử số", "(6) Mẫu số")
    return [
        Case(cables((1, code, "Pác Nặm", 3, 10), heads=heads), {("6", "060"): "3/10"})
        for code in (60, 60.0, "060")
    ]


@variant(59)
def _(desk):
    return [
        Case(
            cables((1, "060", "Huyện Ba Bể", 3, 10), heads=("STT", "Mã", "Đơn vị", "(6) Tử số", "(6) Mẫu số"))
        )
    ]


@variant(60)
def _(desk):
    return [Case(roster((1, "Xã Ba Bể", "Có")))]


@variant(61)
def _(desk):
    content = roster(
        (1, "Huyện Côn Đảo", 0, 0),
        heads=("STT", "Đơn vị", "(11) Tử số", "(11) Mẫu số"),
        over=(TITLE, ("Đơn vị gửi: Văn phòng Sở",)),
    )
    return [Case(content, {("11", "755"): "0/0"}, desk=desk)]


@variant(62)
def _(desk):
    return districts("UBND huyện Ba Bể", "Phòng VH&TT huyện Ba Bể", "Bưu điện huyện Ba Bể", code="061")


# Rows: 63 to 68.


@variant(63)
def _(desk):
    words = ("Tổng cộng", "Tổng số", "Cộng", "Toàn tỉnh", "TỔNG")
    rows = ((1, "Huyện Ba Bể", 10, 20), (2, "Huyện Na Rì", 5, 10))
    totals = (14, 15, 15, 15, 15)
    return [
        Case(cables(*rows, (None, word, total, 30)), {("6", "061"): "10/20", ("6", "066"): "5/10"})
        for word, total in zip(words, totals, strict=True)
    ]


@variant(64)
def _(desk):
    rows = (
        ("I", "Vùng thấp"),
        (1, "Huyện Ba Bể", 10, 20),
        ("II", "Vùng cao"),
        (1, "Huyện Na Rì", 5, 10),
        ("III", "Cộng I + II", 1, 3),
    )
    return [Case(cables(*rows), {("6", "061"): "10/20"})]


@variant(65)
def _(desk):
    orders = (("I", "Vùng thấp"), ("A", "Vùng thấp"), ("PHẦN I - VÙNG THẤP",), ("I", "Vùng thấp", 3, 10))
    return [Case(cables(order, (1, "Huyện Ba Bể", 3, 10)), {("6", "061"): "3/10"}) for order in orders]


@variant(66)
def _(desk):
    return [Case(roster((order, "Xã Bành Trạch", "Có")), YES) for order in ("1", 1.0, "01", "-", None, "a)")]


@variant(67)
def _(desk):
    signed = (
        (),
        (None, None, "Bắc Kạn, ngày ... tháng ... năm ..."),
        (None, "NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"),
        (None, "(Ký, ghi rõ họ tên)"),
    )
    return [Case(roster(ONE_YES, *signed), YES)]


@variant(68)
def _(desk):
    notes = (("Ghi chú: số liệu đã đối chiếu",), ("* Số liệu tính đến ngày 14/3/2022",))
    return [Case(roster(ONE_YES, *notes), YES)]


# Values: 69 to 93.


def percents(*raw: tuple[object, str, str]) -> list[Case]:
    return [Case(ratio(value, form), {ELEVEN: f"{read}%"}) for value, form, read in raw]


@variant(69)
def _(desk):
    return percents((0.96, "0%", "96"), (0.57, "0.0%", "57"), (0.29, "0.00%", "29"))


@variant(70)
def _(desk):
    return percents((96, "General", "96"), (96.0, "0.0", "96"))


@variant(71)
def _(desk):
    quiet(desk.read(ratio(0.96, parts=(96, 100))))
    quiet(desk.read(ratio(0.96), answers={"E4": "96%"}))
    return [Case(ratio(0.96))]


@variant(72)
def _(desk):
    return [Case(ratio(1))]


@variant(73)
def _(desk):
    return percents(*((text, "@", "96") for text in ("96%", "96 %", "96,0", "96.0", "96,0%", "≥ 96%")))


@variant(74)
def _(desk):
    for raw in ("1.234", "1,234"):
        hold(desk.read(count(raw)), {ELEVEN: "1234/2000000"})
    return [Case(ratio("1.292"))]


@variant(75)
def _(desk):
    return [
        Case(cables((1, "Huyện Ba Bể", raw, 9999)), {("6", "061"): "1234.5/9999"})
        for raw in ("1.234,5", "1 234,5")
    ]


@variant(76)
def _(desk):
    raws = ("98/108", "98 / 108 xã", "98/108 hồ sơ")
    return [Case(ratio(raw), {ELEVEN: "98/108"}) for raw in raws] + [
        Case(count("98/108", None), {ELEVEN: "98/108"})
    ]


@variant(77)
def _(desk):
    return [Case(count(datetime(2022, 12, 10), number_format="d-mmm"))]  # noqa: DTZ001 - Excel's own


@variant(78)
def _(desk):
    for raw in ("Đạt", "x", "X", "✓", "Có"):
        hold(desk.read(roster((1, "Xã Bành Trạch", raw))), YES)
    for raw in ("Chưa đạt", "Không"):
        hold(desk.read(roster((1, "Xã Bành Trạch", raw))), {("1", TRACH): "0"})
    return [Case(count(raw)) for raw in ("Đạt", "x", "✓", "Có")]


@variant(79)
def _(desk):
    rows = ((2, "Xã Phúc Lộc", "Có"),)
    return [
        Case(roster((1, "Xã Bành Trạch", raw), *rows), {("1", TRACH): None}) for raw in ("-", "–", "…", "...")
    ]


@variant(80)
def _(desk):
    other = (2, "(12)", 1, 2)
    heads = ("STT", "Chỉ tiêu", "Tử số", "Mẫu số")
    missing = [
        Case(roster((1, "(11)", raw, raw), other, heads=heads), {ELEVEN: None})
        for raw in ("chưa có", "chưa có số liệu")
    ]
    return missing + [
        Case(roster((1, "(11)", raw, 10), heads=heads), {ELEVEN: "0/10"})
        for raw in ("không có", "KPS", "không phát sinh")
    ]


@variant(81)
def _(desk):
    return [Case(roster((1, "Xã Bành Trạch", None), (2, "Xã Phúc Lộc", "Có")), {("1", TRACH): None})]


@variant(82)
def _(desk):
    heads = ("STT", "Đơn vị", "(5) Tử số", "(5) Mẫu số", "(6) Tử số", "(6) Mẫu số")
    return [Case(cables((1, "Huyện Ba Bể", 0, 1, 0, 10), heads=heads), {("6", "061"): "0/10"})]


@variant(83)
def _(desk):
    stock = [roster((1, "(9)", raw), heads=("STT", "Chỉ tiêu", "Tỷ lệ (%)")) for raw in (120, "120%", -5)]
    return [Case(content) for content in stock]


@variant(84)
def _(desk):
    return [Case(roster((1, "Xã Bành Trạch", 11, 10), heads=("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số")))]


@variant(85)
def _(desk):
    quiet(desk.read(ratio("33,3%", parts=(1, 3))))
    return [Case(ratio("33,4%", parts=(1, 3)))]


@variant(86)
def _(desk):
    return [Case(count(raw)) for raw in ("#REF!", "#N/A", "#VALUE!", "#DIV/0!")]


@variant(87)
def _(desk):
    return [Case(count("=3+4"))]


@variant(88)
def _(desk):
    return [Case(with_result(count(3, 10), "C4", "[1]Sheet1!A1", "7"), {ELEVEN: "7/10"})]


@variant(89)
def _(desk):
    return percents((95.96, "0", "95.96"), (0.9596, "0%", "95.96"))


@variant(90)
def _(desk):
    return [Case(count(True)), Case(roster((1, "Xã Bành Trạch", True)))]


@variant(91)
def _(desk):
    over = (TITLE, ("Đơn vị gửi: Phòng Công nghệ thông tin",))
    heads = ("STT", "Chỉ tiêu", "Năm", "Hạng")
    raws = {"02 bậc": "57", "tăng 2 bậc": "57", "+2": "57", "51/63": "51", "hạng 51": "51"}
    return [
        Case(
            roster((1, "(13) Xếp hạng chuyển đổi số", 2021, raw), heads=heads, over=over),
            {("13", "06"): read},
        )
        for raw, read in raws.items()
    ]


@variant(92)
def _(desk):
    heads = ("STT", "Đơn vị", "(1)", "Ghi chú")
    rows = (
        (1, "Xã Bành Trạch", "Có", "+ đang sửa"),
        (2, "Xã Phúc Lộc", "Có", "@ghi"),
        (3, "Xã Hà Hiệu", "Có", "- chờ"),
    )
    return [Case(roster(*rows, heads=heads), YES)]


@variant(93)
def _(desk):
    return [Case(ratio(raw)) for raw in ("96% (tính đến 14/3)", "khoảng 96%", "trên 96%")]


# Periods: 94 to 99.


def titled(*titles: str, quarter: int) -> list[Case]:
    asked = {"quarter": Quarter(2022, quarter)}
    return [Case(roster(ONE_YES, over=((title,), BA_BE)), YES, asked) for title in titles]


@variant(94)
def _(desk):
    return titled(
        "Quý I/2022", "Quý 1/2022", "Q1/2022", "Q.I-2022", "quý I năm 2022", "Qúy I/2022", quarter=1
    )


@variant(95)
def _(desk):
    return [
        *titled("6 tháng đầu năm 2022", quarter=2),
        *titled("9 tháng năm 2022", quarter=3),
        *titled("Năm 2022", quarter=4),
    ]


@variant(96)
def _(desk):
    return [
        Case(roster(ONE_YES, over=((f"Báo cáo {raw}",), BA_BE)))
        for raw in ("Quý IIII", "Quý V/2022", "Quý 5")
    ]


@variant(97)
def _(desk):
    for quarter, month in ((1, 3), (2, 6), (3, 9), (4, 12)):
        title = (f"BÁO CÁO QUÝ {quarter}/2022",)
        draft = desk.read(roster(ONE_YES, over=(title, BA_BE)))
        assert draft.as_of == date(2022, month, 14)
    return [Case(roster(ONE_YES, over=(TITLE, BA_BE, ("Số liệu tính đến ngày:", None, "14/03/2022"))), YES)]


@variant(98)
def _(desk):
    for raw in ("31/3/2022", "31-03-2022", "31.3.2022", datetime(2022, 3, 31)):  # noqa: DTZ001 - Excel's own
        draft = desk.read(roster(ONE_YES, over=(TITLE, BA_BE, ("Số liệu tính đến ngày:", raw))))
        assert (draft.clean, draft.as_of) == (True, date(2022, 3, 31))
    return [Case(roster(ONE_YES, over=(TITLE, BA_BE, ("Số liệu tính đến ngày:", "3/31/2022"))))]


@variant(99)
def _(desk):
    return [Case(roster(ONE_YES, over=(("BÁO CÁO QUÝ I/2023",), BA_BE)))]
