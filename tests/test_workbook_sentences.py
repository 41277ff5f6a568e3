"""Every sentence that staff may read about a workbook, each drawn out of a file that somebody could send."""

from __future__ import annotations

import ast
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from kpi import problems as p
from kpi import vi, workbook
from kpi.model import Cell, Quarter, Reading, State
from kpi.tasks import stand
from kpi.workbook import blank_tasks, limits
from kpi.workbook.loading import load_here
from tests.bare_books import STRICT, XML_2003, book, cells, locked, merged, one, zipped
from tests.sheets import COMMUNES, DISTRICT, Desk, change, edit, sheet_of, with_result

TITLE = ("BÁO CÁO KẾT QUẢ QUÝ I/2022",)
BA_BE = ("Đơn vị gửi: Phòng VH&TT huyện Ba Bể",)
ROOM = ("Đơn vị gửi: Phòng Bưu chính – Viễn thông",)
POST = ("Đơn vị gửi: Bưu điện tỉnh",)
TENTH = datetime(2022, 12, 10)  # noqa: DTZ001
"""10/12 that Excel has made a day."""
RANKING = ("Đơn vị gửi: Phòng Công nghệ thông tin",)
HEADS = ("STT", "Đơn vị", "(1)")
COVER = ("STT", "Đơn vị", "(4) Tử số", "(4) Mẫu số")
LONG = ("STT", "Chỉ tiêu", "Tử số", "Mẫu số", "Tỷ lệ (%)")
TRACH, LOC = (1, "Xã Bành Trạch"), (2, "Xã Phúc Lộc")
YES = (*TRACH, "Có")
Q1, Q2 = Quarter(2022, 1), Quarter(2022, 2)
Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Said:
    """A file, and what is said of it: the record, and the sentence as staff read it with its place."""

    record: type
    sentence: str
    content: bytes | Callable[[Desk], bytes]
    asked: Mapping[str, Any] = field(default_factory=dict)
    filename: str = "bao-cao.xlsx"
    coast: bool = False
    """Of the province where two communes share a name."""


SAID: list[Said] = []


def says(
    record: type,
    sentence: str,
    content: bytes | Callable[[Desk], bytes],
    *,
    filename: str = "bao-cao.xlsx",
    coast: bool = False,
    **asked: Any,
) -> None:
    SAID.append(Said(record, sentence, content, asked, filename, coast))


# Sheets of an office's own making. The heading stands in row 3, the first row of the table in row 4.


def own(*rows: tuple[Any, ...], over: Rows = (TITLE, BA_BE)) -> bytes:
    return sheet_of(*over, *rows)


def roster(*rows: tuple[Any, ...], heads: tuple[Any, ...] = HEADS) -> bytes:
    return own(heads, *rows)


def by_room(
    *rows: tuple[Any, ...], heads: tuple[Any, ...] = ("STT", "Huyện", "(6) Tử số", "(6) Mẫu số")
) -> bytes:
    return own(heads, *rows, over=(TITLE, ROOM))


def ranking(year: object, rank: object) -> bytes:
    heads = ("STT", "Chỉ tiêu", "Năm", "Hạng")
    return own(heads, (1, "(13) Xếp hạng chuyển đổi số", year, rank), over=(TITLE, RANKING))


def long(*values: Any, indicator: str = "(11) Hồ sơ trực tuyến") -> bytes:
    """One indicator of the district: numerator in C4, denominator in D4, ratio in E4."""
    return own(LONG, (1, indicator, *values))


def dressed(content: bytes, write: Callable[[Any], object]) -> bytes:
    """The same with something changed on its sheet."""
    return edit(content, lambda made: write(made.active))


def formatted(content: bytes, address: str, value: object, number_format: str) -> bytes:
    def write(sheet: Any) -> None:
        sheet[address].value, sheet[address].number_format = value, number_format

    return dressed(content, write)


def only_a_list(desk: Desk) -> bytes:
    """What we hand back of a workbook that cannot be marked."""
    return workbook.annotate(b"<html>", desk.read(b"<html>"))


def form(written: Mapping[str, Any], code: str = "061") -> Callable[[Desk], bytes]:
    """The filled form of a reporter with some cells changed."""
    return lambda desk: change(desk.filled(code), written)


def titled(title: str) -> bytes:
    return own(HEADS, YES, over=((title,), BA_BE))


def sent_by(name: str) -> Callable[[Desk], bytes]:
    """A sheet that says which plan it is for."""
    return lambda desk: own(HEADS, YES, over=((desk.plan.title,), TITLE, (f"Đơn vị gửi: {name}",)))


def dated(day: object) -> bytes:
    return own(HEADS, YES, over=(TITLE, BA_BE, ("Số liệu tính đến ngày:", day)))


def task_form(desk: Desk) -> bytes:
    return blank_tasks(desk.plan, "PCNTT", Q1, stand(desk.plan.tasks, (), Q1, Q1.last_day))


def with_macros(_: Desk) -> bytes:
    raw = io.BytesIO(roster(YES))
    with zipfile.ZipFile(raw, "a") as target:
        target.writestr("xl/vbaProject.bin", b"macro")
    return raw.getvalue()


def cover_sheet(made: Any) -> None:
    made.create_sheet("Bìa").append(["BÁO CÁO"])


def hidden_sheet(made: Any) -> None:
    made.create_sheet("Quý trước").append(["x"])
    made["Quý trước"].sheet_state = "hidden"


def hide_rows(sheet: Any) -> None:
    for row in (4, 5):
        sheet.row_dimensions[row].hidden = True


def whole_district(desk: Desk) -> bytes:
    """The form with a row of the district where the total stood."""

    def write(made: Any) -> None:
        sheet = made[COMMUNES]
        sheet.unmerge_cells("A24:C24")
        for column in "AEGIKLM":
            sheet[f"{column}24"] = None
        sheet["C24"], sheet["E24"] = "Huyện Ba Bể", 13

    return edit(desk.filled(), write)


POSTS = own(
    ("STT", "Huyện", "Điểm có người trực", "Tổng điểm"),
    (1, "Ba Bể", 19, 20),
    over=(TITLE, POST),
)


def kept(indicator: str, over: int, under: int) -> Reading:
    """A figure of Ba Bể in the first quarter."""
    return Reading(indicator, "061", Q1, Decimal(over), Decimal(under), None, State.REPORTED,
                   date(2022, 3, 14), Cell("x", "A1"))  # fmt: skip


# Whole files.

says(p.EmptyFile, "Tệp rỗng hoặc tải lên chưa hết. Tải lại tệp.", b"")
says(
    p.TooManyBytes,
    "Tệp 6,5 MB, lớn hơn mức cho phép 5 MB. Xóa hình ảnh và các trang không cần rồi lưu lại.",
    b"x" * (6 * 1024 * 1024 + 512 * 1024),
)
says(
    p.OtherFormat,
    "Tệp là bảng tính OpenDocument (.ods). Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx) rồi tải lại.",
    zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
)
says(
    p.OtherFormat,
    "Tệp là Excel nhị phân (.xlsb). Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx) rồi tải lại.",
    zipped({"xl/workbook.bin": "x", "[Content_Types].xml": "<x/>"}),
)
says(
    p.OtherFormat,
    "Tệp có đuôi Excel nhưng nội dung là XML của Excel 2003 (SpreadsheetML). Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx) rồi tải lại.",
    XML_2003,
)
says(
    p.OtherFormat,
    "Tệp lưu theo dạng Strict Open XML. Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx), không chọn Strict Open XML Spreadsheet, rồi tải lại.",
    book(one("A1"), main=STRICT),
)
says(
    p.OtherFormat,
    "Tệp không phải định dạng .xlsx: nội dung là văn bản (CSV). Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx) rồi tải lại, không đổi đuôi tệp bằng tay.",
    "STT;Đơn vị;Tử số\n1;Ba Bể;3".encode(),
)
says(
    p.OtherFormat,
    "Tệp là Excel quá cũ (trước Excel 5.0). Mở bằng Excel, chọn Lưu thành > Excel Workbook (.xlsx) rồi tải lại.",
    b"\x09\x04\x06\x00\x00\x00\x10\x00",
)
says(p.LockedByPassword, "Tệp đặt mật khẩu. Bỏ mật khẩu rồi tải lại.", locked())
says(
    p.WebPage,
    "Tệp có đuôi Excel nhưng nội dung là trang web (HTML/XML). Mở bằng Excel và lưu lại dạng .xlsx.",
    b"<html><table><tr><td>1</td></tr></table></html>",
    filename="bao-cao.xls",
)
says(
    p.NotAWorkbook,
    "Tệp “Công văn.xlsx” không phải định dạng .xlsx. Lưu lại từ Excel, không đổi đuôi tệp bằng tay.",
    b"%PDF-1.7",
    filename="Công văn.xlsx",
)
says(
    p.DamagedWorkbook,
    "Tệp bị hỏng hoặc tải lên chưa hết. Mở bằng Excel, lưu lại dạng .xlsx rồi tải lại.",
    b"PK\x03\x04 cut off",
)
says(
    p.UnpacksTooLarge,
    "Bảng quá lớn khi giải nén. Xóa các dòng trống, hình ảnh và trang không cần rồi lưu lại.",
    lambda _: zipped({"xl/media/a.bin": bytes(limits.LARGEST_PART + 1)}),
)
says(
    p.TooMany,
    "Tệp có hơn 60 trang. Xóa các trang không cần rồi lưu lại.",
    lambda _: book(one("A1"), sheets=limits.MOST_SHEETS + 1),
)
says(
    p.TooMany,
    "Trang “Trang 0”, ô A2001: tệp có hơn 200.000 ô. Xóa các dòng, cột trống đã định dạng và trang không cần rồi lưu lại.",
    lambda _: book(cells(limits.MOST_CELLS + 1)),
)
says(
    p.TooMany,
    "Trang “Trang 0”, ô A1: tệp có hơn 2.000 vùng gộp ô hoặc gộp quá rộng. Bỏ gộp các ô không cần rồi lưu lại.",
    lambda _: book(one("A1") + merged(limits.MOST_MERGES + 1)),
)
says(
    p.TooMany,
    "Tệp có hơn 130.980 kiểu định dạng. Chép số liệu (Dán > Giá trị) sang một tệp mới rồi lưu lại.",
    lambda _: book(one("A1"), styles="<cellXfs>" + "<xf/>" * (limits.MOST_FORMATS + 1) + "</cellXfs>"),
)
says(
    p.TooMany,
    "Tệp có hơn 200.000 ô chữ khác nhau. Xóa các trang không cần rồi lưu lại.",
    lambda _: book(one("A1"), strings="<si/>" * (limits.MOST_TEXTS + 1)),
)
says(
    p.TooManyRows,
    "Trang “Trang 0”, ô XFD1048576: bảng quá lớn (hơn 20.000 dòng hoặc 702 cột). Xóa các dòng, cột trống phía dưới và bên phải rồi lưu lại.",
    book(one("XFD1048576")),
)
says(
    p.OnlyAList,
    "Đây là danh sách chỗ cần sửa mà chương trình đã lập, không phải tệp số liệu. Hãy sửa trong tệp gốc của bạn theo danh sách này rồi nạp lại tệp gốc.",
    only_a_list,
)
says(
    p.TaskForm,
    "Đây là biểu nhiệm vụ, không phải biểu số liệu. Hãy nạp ở trang “Nhiệm vụ”, mục “Cập nhật bằng Excel”.",
    task_form,
)

# Who sends it, for when.

says(
    p.UnknownPlan,
    "Không nhận ra tệp thuộc kế hoạch nào. Hãy tải biểu mẫu và điền vào biểu mẫu đó.",
    sheet_of(HEADS, YES),
)
says(
    p.UnknownPlan,
    "Không nhận ra tệp thuộc kế hoạch nào (ghi “bac-kan-2030”). Hãy tải biểu mẫu và điền vào biểu mẫu đó.",
    form({"_khoa!B2": "bac-kan-2030"}),
)
says(
    p.UnknownReporter,
    "Không biết đơn vị nào gửi tệp này. Ghi tên đơn vị ở dòng “Đơn vị gửi:” hoặc chọn đơn vị khi nạp.",
    sent_by("....."),
)
says(
    p.UnknownReporter,
    "Trang “Biểu 01”, ô A3: “Đội cầu đường số 3” không có trong danh sách đơn vị gửi báo cáo của kế hoạch. Ghi đúng tên đơn vị gửi.",
    sent_by("Đội cầu đường số 3"),
)
says(
    p.ReporterDisagrees,
    "Trang “Cấp xã”, ô A3: tên đơn vị trong tệp (UBND huyện Na Rì) khác đơn vị đang nộp (Phòng Văn hóa và Thông tin huyện Ba Bể). Chọn đúng đơn vị hoặc đúng tệp.",
    form({"A3": "Đơn vị gửi: UBND huyện Na Rì"}),
)
says(
    p.UnknownQuarter,
    "Không biết tệp báo cáo quý nào. Ghi quý và năm ở tiêu đề, ví dụ “Quý I/2022”, hoặc chọn quý khi nạp.",
    own(HEADS, YES, over=(("BÁO CÁO",), BA_BE)),
)
says(
    p.InvalidPeriod,
    "Trang “Biểu 01”, ô A1: kỳ báo cáo không hợp lệ: “BÁO CÁO QUÝ V/2022”. Ghi từ Quý I đến Quý IV và năm, ví dụ “Quý I/2022”.",
    titled("BÁO CÁO QUÝ V/2022"),
)
says(
    p.QuarterDisagrees,
    "Trang “Cấp xã”, ô A1: kỳ báo cáo trong tệp (Quý II/2022) khác kỳ đang nộp (Quý I/2022). Chọn đúng kỳ hoặc đúng tệp.",
    form({"A1": "BÁO CÁO SỐ LIỆU QUÝ II/2022"}),
)
says(
    p.QuarterOutsidePlan,
    "Trang “Biểu 01”, ô A1: kỳ Quý I/2023 nằm ngoài kế hoạch năm 2022.",
    titled("BÁO CÁO QUÝ I/2023"),
)
says(
    p.NotADate,
    "Trang “Biểu 01”, ô B3: ngày “3/31/2022” không đúng dạng ngày/tháng/năm. Ví dụ đúng: 14/03/2022.",
    dated("3/31/2022"),
)
says(
    p.DateOutsideQuarter,
    "Trang “Biểu 01”, ô B3: số liệu tính đến ngày 14/03/2002, nằm ngoài Quý I/2022. Ghi một ngày từ 01/01/2022 đến 31/03/2022.",
    dated("14/03/2002"),
)

# The table.

says(
    p.NoHeading,
    "Không tìm thấy dòng tiêu đề (cần có cột đơn vị và ít nhất một chỉ tiêu). Hãy tải biểu mẫu và điền vào biểu mẫu đó.",
    own(("abc", "def")),
)
says(
    p.IndicatorTwice,
    "Trang “Biểu 01”, ô D3: chỉ tiêu 1 xuất hiện ở hai cột, cột này và ô C3. Xóa một cột.",
    roster((*YES, "Có"), heads=(*HEADS, "(1)")),
)
says(
    p.IndicatorTwice,
    "Trang “Biểu 01”, ô E3: “Tử số” xuất hiện ở hai cột, cột này và ô C3. Xóa một cột.",
    own(("STT", "Chỉ tiêu", "Tử số", "Mẫu số", "Tử số"), (1, "(11)", 3, 4, 5)),
)
says(
    p.ColumnWithoutHeading,
    "Trang “Biểu 01”, ô D4: cột D có số liệu nhưng không có tiêu đề. Ghi tiêu đề của cột hoặc xóa cột.",
    roster((*YES, 17)),
)
says(
    p.HeadingDisagrees,
    "Trang “Biểu 01”, ô C3: tiêu đề “(3) Trạm truyền thanh hoạt động tốt” ghi số của chỉ tiêu 3 nhưng tên của chỉ tiêu 2. Sửa số hoặc sửa tên.",
    roster(YES, heads=("STT", "Đơn vị", "(3) Trạm truyền thanh hoạt động tốt")),
)
says(
    p.UnknownIndicator,
    "Trang “Biểu 01”, ô B5: không có chỉ tiêu “Trồng cây xanh” trong kế hoạch. Ghi số thứ tự của chỉ tiêu, ví dụ “(4)”, và tên.",
    own(
        ("STT", "Chỉ tiêu", "Huyện", "Tử số", "Mẫu số"),
        (1, "(7)", "Ba Bể", 19, 20),
        (2, "Trồng cây xanh", "Ba Bể", 1, 2),
        over=(TITLE, POST),
    ),
)

# Units.

says(
    p.UnknownUnit,
    "Trang “Biểu 01”, ô B4: không có đơn vị “Xã Bành Trạcg” trong tỉnh Bắc Kạn. Có phải: Xã Bành Trạch?",
    roster((1, "Xã Bành Trạcg", "Có")),
)
says(
    p.UnknownUnit,
    "Trang “Biểu 01”, ô B4: “Đội 5” không phải đơn vị thuộc tỉnh Bắc Kạn. Ghi đúng tên như trong biểu mẫu.",
    roster((1, "Đội 5", "Có")),
)
says(
    p.OldEncoding,
    "Trang “Biểu 01”, ô B4: “X· Bµnh Tr¹ch” dùng bảng mã TCVN3 (ABC). Chuyển sang Unicode bằng Unikey (Ctrl+Shift+F6) rồi tải lại.",
    roster((1, "X· Bµnh Tr¹ch", "Có")),
)
says(
    p.OldEncoding,
    "Trang “Biểu 01”, ô B4: “Xaõ Baønh Traïch” dùng bảng mã VNI. Chuyển sang Unicode bằng Unikey (Ctrl+Shift+F6) rồi tải lại.",
    roster((1, "Xaõ Baønh Traïch", "Có")),
)
says(
    p.ForeignLetters,
    "Trang “Biểu 01”, ô B4: “Xã Bành Тrạch” có chữ “Т” của bảng chữ cái khác (Nga, Hy Lạp), chỉ trông giống chữ Việt. Xóa ô và gõ lại bằng bàn phím.",
    roster((1, "Xã Bành Тrạch", "Có")),
)
says(
    p.ForeignLetters,
    "Trang “Biểu 01”, ô B4: “Xã Bành Trạch” có ký tự ẩn đảo chiều chữ, không nhìn thấy được. Xóa ô và gõ lại bằng bàn phím.",
    roster((1, "Xã \u202eBành Trạch", "Có")),
)
says(
    p.UnitOfLaterDay,
    "Trang “Biểu 01”, ô B4: “Xã Ba Bể” chỉ có từ ngày 01/07/2025. Ghi tên đơn vị vào thời điểm của kỳ báo cáo.",
    roster((1, "Xã Ba Bể", "Có")),
)
says(
    p.CodeAndNameDisagree,
    "Trang “Cấp huyện”, ô B9: mã 058 là Thành phố Bắc Kạn nhưng tên ghi Huyện Ba Bể. Sửa mã hoặc sửa tên.",
    form({f"{DISTRICT}!C9": "Huyện Ba Bể"}, "PBCVT"),
)
says(
    p.RowWithoutUnit,
    "Trang “Biểu 01”, ô C5: dòng này có số liệu nhưng không có tên đơn vị. Ghi tên đơn vị hoặc xóa số liệu.",
    roster(YES, (2, None, "Có")),
)
says(
    p.RowWithoutIndicator,
    "Trang “Biểu 01”, ô C5: dòng này có số liệu nhưng không có tên chỉ tiêu. Ghi tên chỉ tiêu hoặc xóa số liệu.",
    own(LONG, (1, "(11)", 3, 4), (2, None, 5, 6)),
)
says(
    p.TablesBeside,
    "Trang “Biểu 01”, ô F4: hai bảng đặt cạnh nhau: tên đơn vị của dòng này đứng ở cột của ô B4 và ở cột này, không rõ số liệu nào của đơn vị nào. Đặt bảng sau xuống dưới bảng trước.",
    roster((*YES, None, *LOC, "Có"), heads=(*HEADS, None, "STT", "Đơn vị", "(3)")),
)
says(
    p.ValueAcrossUnits,
    "Trang “Biểu 01”, ô C4: ô số liệu này gộp nhiều dòng, che cả ô C5 của đơn vị khác. Bỏ gộp ô và ghi số liệu từng đơn vị.",
    dressed(roster(YES, LOC), lambda sheet: sheet.merge_cells("C4:C5")),
)
says(
    p.UnitTwice,
    "Trang “Biểu 01”, ô C5: Xã Bành Trạch có hai số liệu khác nhau của chỉ tiêu 4: ô này và ô C4. Giữ một chỗ.",
    roster((*TRACH, 5, 10), (*TRACH, 6, 10), heads=COVER),
)

# Values.

says(
    p.NotANumber,
    "Trang “Biểu 01”, ô C4: chỉ tiêu 11 cần số, không nhận “Đạt”. Ví dụ đúng: 12.",
    long("Đạt", 10),
)
says(
    p.NotYesOrNo,
    "Trang “Biểu 01”, ô C4: chỉ tiêu 1 cần “Có” hoặc “Không”, không nhận “hỏng”.",
    roster((*TRACH, "hỏng")),
)
says(
    p.BothTicked,
    "Trang “Biểu 01”, ô D5: chỉ tiêu 1 được đánh dấu ở cả cột “Có” (ô C5) và cột “Không”. Xóa một dấu.",
    own((*HEADS, None), (None, None, "Có", "Không"), (*TRACH, "x", "x"), (*LOC, "x")),
)
says(
    p.NotARank,
    "Trang “Biểu 01”, ô D4: chỉ tiêu 13 cần thứ hạng, không nhận “cao”. Ví dụ đúng: 51, 51/63 hoặc “tăng 2 bậc”.",
    ranking(2021, "cao"),
)
says(
    p.RemarkInValue,
    "Trang “Biểu 01”, ô E4: “96% (tính đến 14/3)”: ô này chỉ ghi số; chuyển lời giải thích sang cột Ghi chú.",
    long(None, None, "96% (tính đến 14/3)"),
)
says(
    p.PercentInCount,
    "Trang “Biểu 01”, ô C4: ô cần số đếm nhưng đang có định dạng phần trăm (Excel hiện 50%). Đổi định dạng ô về Số (Number) rồi nhập lại số.",
    formatted(long(None, 10), "C4", 0.5, "0%"),
)
says(
    p.OtherMeasure,
    "Trang “Biểu 01”, ô D4: “nghìn hồ sơ”: số liệu phải ghi đúng đơn vị tính của chỉ tiêu, không ghi theo nghìn, trăm hay mét. Đổi số và đơn vị tính.",
    own(("STT", "Chỉ tiêu", "ĐVT", "Tử số", "Mẫu số"), (1, "(11)", "nghìn hồ sơ", 3, 4)),
)
says(
    p.DateInValue,
    "Trang “Biểu 01”, ô C4: ô là ngày tháng (10/12/2022), không phải số; có thể Excel đã đổi số dạng “10/12” thành ngày. Đổi định dạng ô về Số (Number) và nhập lại, tử số và mẫu số ở hai ô.",
    formatted(long(None, 20), "C4", TENTH, "d-mmm"),
)
says(
    p.LogicalInValue,
    "Trang “Biểu 01”, ô C4: ô ghi giá trị lô-gic TRUE. Nhập lại bằng số, hoặc “Có”/“Không” ở ô hỏi có hay không.",
    roster((*TRACH, True)),
)
says(
    p.BrokenFormula,
    "Trang “Biểu 01”, ô C4: công thức bị lỗi (#REF!). Sửa công thức hoặc nhập số.",
    long("#REF!", 10),
)
says(
    p.UncalculatedFormula,
    "Trang “Biểu 01”, ô C4: ô có công thức =3+4 nhưng chưa có kết quả. Mở tệp bằng Excel, lưu lại rồi tải lên, hoặc nhập số.",
    long("=3+4", 10),
)
says(p.OutOfRange, "Trang “Biểu 01”, ô C4: -5 nhỏ hơn 0. Nhập số từ 0 trở lên.", long(-5, 10))
says(
    p.OutOfRange,
    "Trang “Biểu 01”, ô E4: 120 nằm ngoài khoảng 0–100. Kiểm tra lại số.",
    long(None, None, 120, indicator="(9)"),
)
says(
    p.NoFigure,
    "Trang “Biểu 01”, ô C4: “10000000000000000525047602552044202487044685811081591549158541155118024579889081957863713750804478640437044438328838781…” không phải con số đọc được (vô hạn, quá lớn hoặc quá nhiều chữ số). Nhập lại số.",
    long(1e300, 10),
)
says(
    p.TooFine,
    "Trang “Biểu 01”, ô C4: 3,5 không phải số nguyên; hồ sơ đếm bằng số nguyên. Nhập lại số.",
    long(3.5, 10),
)
says(
    p.TooFine,
    "Trang “Biểu 01”, ô C4: 3,1234 có quá 3 chữ số thập phân (km). Làm tròn rồi nhập lại.",
    by_room((1, "Huyện Ba Bể", 3.1234, 10)),
)
says(
    p.PartMissing,
    "Trang “Biểu 01”, ô D4: Xã Bành Trạch, chỉ tiêu 4: thiếu mẫu số. Nhập đủ tử số và mẫu số ở hai ô hoặc để trống cả hai.",
    roster((*TRACH, 5, None), heads=COVER),
)
says(
    p.PartMissing,
    "Trang “Biểu 01”, ô C4: Xã Bành Trạch, chỉ tiêu 4: thiếu tử số. Nhập đủ tử số và mẫu số ở hai ô hoặc để trống cả hai.",
    roster((*TRACH, None, 10), heads=COVER),
)
says(
    p.OtherCount,
    "Trang “Biểu 01”, ô C4: Huyện Ba Bể, chỉ tiêu 11: cột này là số lũy kế từ đầu năm, chỉ tiêu này cần số phát sinh trong quý. Thêm cột số phát sinh trong quý.",
    own(("STT", "Chỉ tiêu", "Lũy kế"), (1, "(11) Hồ sơ trực tuyến", "3/10")),
)
says(
    p.OtherCount,
    "Trang “Biểu 01”, ô C4: Huyện Ba Bể, chỉ tiêu 9: cột này là số phát sinh trong quý, chỉ tiêu này cần số lũy kế từ đầu năm. Thêm cột số lũy kế từ đầu năm.",
    own(("STT", "Chỉ tiêu", "Phát sinh"), (1, "(9)", "3/10")),
)
says(p.PartsGlued, "Trang “Biểu 01”, ô C4: “98/108”: ghi tử số và mẫu số ở hai ô riêng.", long("98/108", 108))
says(
    p.NumeratorAboveDenominator,
    "Trang “Biểu 01”, ô C4: Xã Bành Trạch: tử số 11 lớn hơn mẫu số 10. Kiểm tra lại hai số.",
    roster((*TRACH, 11, 10), heads=COVER),
)
says(
    p.SomethingOfNothing,
    "Trang “Biểu 01”, ô C4: Xã Bành Trạch: tử số 11 nhưng mẫu số bằng 0. Kiểm tra lại hai số.",
    roster((*TRACH, 11, 0), heads=COVER),
)
says(
    p.RatioDisagrees,
    "Trang “Biểu 01”, ô E4: Huyện Ba Bể: ghi 33,4% nhưng 1/3 = 33,3%. Sửa tỷ lệ hoặc sửa tử số, mẫu số.",
    long(1, 3, "33,4%"),
)
says(
    p.BaseUnknown,
    "Trang “Biểu 01”, ô C4: Xã Bành Trạch: đã trả lời chỉ tiêu 2 nhưng chỉ tiêu 1 để trống. Điền chỉ tiêu 1.",
    roster((*TRACH, "Có"), heads=("STT", "Đơn vị", "(2)")),
)
says(
    p.BaseDenied,
    "Trang “Biểu 01”, ô D4: Xã Bành Trạch: chỉ tiêu 2 là “Có” nhưng chỉ tiêu 1 là “Không”. Sửa một trong hai chỉ tiêu.",
    roster((*TRACH, "Không", "Có"), heads=(*HEADS, "(2)")),
)
says(
    p.NoEarlierRank,
    "Trang “Biểu 01”, ô D4: “tăng 2 bậc” là số bậc tăng, giảm, nhưng chưa biết hạng của năm 2017 để tính. Ghi thứ hạng, ví dụ 51/63.",
    ranking(2018, "tăng 2 bậc"),
)
says(
    p.EditionOutsidePlan,
    "Trang “Biểu 01”, ô C4: năm số liệu “2030” không hợp lệ. Ghi năm của bảng xếp hạng, muộn nhất 2022.",
    ranking(2030, 51),
)
says(
    p.RowsWithoutHeading,
    "Trang “Biểu 01”, ô B4: từ dòng này có tên đơn vị và số liệu nhưng không nhận ra dòng tiêu đề ở trên. Ghi rõ tiêu đề các cột, ví dụ “Đơn vị” và tên hoặc số của chỉ tiêu.",
    own(
        ("STT", "Nơi", "Tình hình"),
        (1, "Xã Bành Trạch", "Có"),
        (),
        ("STT", "Chỉ tiêu", "Tử số", "Mẫu số"),
        (1, "(11)", 3, 4),
    ),
)
says(
    p.OnlyOtherTimes,
    "Trang “Biểu 01”, ô C3: bảng này chỉ có số của kỳ khác hoặc của kế hoạch. Thêm cột số liệu của kỳ báo cáo hoặc sửa tiêu đề cột.",
    own(("STT", "Chỉ tiêu", "Lũy kế 9 tháng"), (1, "(11)", "3/4")),
)
says(
    p.NothingReported,
    "Tệp chưa ghi số liệu nào. Điền vào các ô màu vàng rồi tải lên lại.",
    lambda desk: desk.blank(),
)

# Questions.

says(p.PercentUnclear, "Trang “Biểu 01”, ô E4: ghi 0,96: là 96% hay 0,96%?", long(None, None, 0.96))
says(
    p.PercentUnclear,
    "Trang “Biểu 01”, ô E4: ghi 0,96: là 96% hay 0,96%? Trả lời cho cả 2 ô cùng câu hỏi.",
    own(LONG, (1, "(11)", None, None, 0.96), (2, "(12)", None, None, 0.5)),
)
says(
    p.PercentOrCount,
    "Trang “Biểu 01”, ô C4: chỉ tiêu 11 ghi 3 không kèm dấu %: là tỷ lệ phần trăm hay số đếm?",
    own(("STT", "Chỉ tiêu", "Kết quả"), (1, "(11)", 3)),
)
says(
    p.EditionUnclear,
    "Trang “Biểu 01”, ô C4: chỉ tiêu 13: tiêu đề ghi năm 2022. Thứ hạng này của bảng xếp hạng năm nào?",
    own(
        ("STT", "Chỉ tiêu", "Năm 2022"),
        (1, "(13)", 51),
        over=(TITLE, ("Đơn vị gửi: Phòng Công nghệ thông tin",)),
    ),
)
says(
    p.SeparatorUnclear,
    "Trang “Biểu 01”, ô E4: ghi 1.292: dấu chấm/phẩy là hàng nghìn hay thập phân (1,292 hay 1292)?",
    long(None, None, "1.292"),
)
says(
    p.DateUnclear,
    "Trang “Biểu 01”, ô E4: Excel ghi ngày 10/12/2022; có phải tử số/mẫu số đã bị đổi thành ngày?",
    formatted(long(), "E4", TENTH, "d-mmm"),
)
says(
    p.BlankAmongMarks,
    "Trang “Biểu 01”, ô C5: chỉ tiêu 1 chỉ đánh dấu x; 2 ô để trống nghĩa là gì?",
    roster((*TRACH, "x"), LOC, (3, "Xã Hà Hiệu")),
)
says(
    p.IndicatorNotAsked,
    "Trang “Biểu 01”, ô D4: chỉ tiêu 7 không giao cho Phòng Văn hóa và Thông tin huyện Ba Bể báo cáo. Bỏ qua số liệu này hay sửa tệp? Trả lời cho cả 2 ô cùng câu hỏi.",
    roster((*YES, 3, 4), heads=(*HEADS, "(7) Tử số", "(7) Mẫu số")),
)
says(
    p.UnitNotAsked,
    "Trang “Biểu 01”, ô C5: Xã Bằng Thành không thuộc phạm vi báo cáo của Phòng Văn hóa và Thông tin huyện Ba Bể. Bỏ qua dòng này hay sửa tệp?",
    roster(YES, (2, "Xã Bằng Thành", "Có")),
)
says(
    p.UnitUnclear,
    "Trang “Biểu 01”, ô B4: “Phước Hưng” là Phường Phước Hưng (Thành phố Bà Rịa) hay Xã Phước Hưng (Huyện Long Điền)?",
    own(COVER, (1, "Phước Hưng", 5, 10), over=(TITLE, ("Đơn vị gửi: Văn phòng Sở",))),
    coast=True,
)
says(
    p.ReporterUnclear,
    "Trang “Biểu 01”, ô A2: tên đơn vị trong tệp (UBND huyện Na Rì) khác đơn vị đang nộp (Phòng Văn hóa và Thông tin huyện Ba Bể). Nộp cho đơn vị nào? Nếu tệp đúng thì đừng sửa tệp: chọn lại đơn vị gửi ở Bước 1.",
    own(HEADS, YES, over=(TITLE, ("Đơn vị gửi: UBND huyện Na Rì",))),
    reporter="061",
    quarter=Q1,
)
says(
    p.QuarterUnclear,
    "Trang “Biểu 01”, ô A1: kỳ báo cáo trong tệp (Quý I/2022) khác kỳ đang nộp (Quý II/2022). Nộp cho kỳ nào? Nếu tệp đúng thì đừng sửa tệp: chọn Quý I/2022 ở Bước 1.",
    roster(YES),
    reporter="061",
    quarter=Q2,
)
says(
    p.HeadingUnclear,
    "Trang “Biểu 01”, ô C3: cột “Điểm có người trực” có số liệu nhưng không rõ là chỉ tiêu nào. Cột này ghi gì?",
    POSTS,
)
says(
    p.IndicatorUnclear,
    "Trang “Biểu 01”, ô B4: dòng “Hồ sơ qua mạng” có số liệu nhưng không rõ là chỉ tiêu nào. Dòng này ghi gì?",
    own(LONG, (1, "Hồ sơ qua mạng", 3, 4)),
)
says(
    p.CumulativeFell,
    "Trang “Biểu 01”, ô C4: Huyện Ba Bể: chỉ tiêu 9 là số lũy kế từ đầu năm, không thể giảm, nhưng Quý I/2022 ghi 9, nay ghi 8. Giữ số mới hay sửa tệp?",
    own(LONG, (1, "(9)", 8, 10), over=(("BÁO CÁO QUÝ II/2022",), BA_BE)),
    held=(kept("9", 9, 10),),
)

# What is kept, or left out, and worth a look.

says(p.MacrosIgnored, "Tệp có macro; hệ thống chỉ đọc số liệu.", with_macros, filename="bao-cao.xlsm")
says(p.OlderForm, "Biểu mẫu phiên bản cũ (0, hiện nay 1); số liệu vẫn được đọc.", form({"_khoa!B1": "0"}))
says(p.HiddenSheet, "Trang “Quý trước”, ô A1: trang tính ẩn không được đọc.", edit(roster(YES), hidden_sheet))
says(
    p.HiddenRows,
    "Trang “Biểu 01”, ô A4: các dòng ẩn vẫn được đọc: 4, 5.",
    dressed(roster(YES, (*LOC, "Có")), hide_rows),
)
says(
    p.SheetOfAnotherTime,
    "Trang “Kế hoạch 2023”, ô A1: trang này ghi số của kế hoạch hoặc của kỳ khác nên không đọc.",
    edit(long(3, 4), lambda book: book.create_sheet("Kế hoạch 2023").append(["(11)", 5, 6])),
)
says(
    p.SheetSkipped,
    "Trang “Bìa”, ô A1: bỏ qua trang tính này (không có dòng tiêu đề nhận biết được).",
    edit(roster(YES), cover_sheet),
)
says(
    p.ColumnIgnored,
    "Trang “Biểu 01”, ô H3: không đọc cột “Dân số” vì không phải chỉ tiêu của kế hoạch.",
    roster(
        (*YES, "Có", "Có", 5, 10, 3000),
        heads=("STT", "Đơn vị", "(1)", "(2)", "(3)", "(4) Tử số", "(4) Mẫu số", "Dân số"),
    ),
)
says(
    p.RowIgnored,
    "Trang “Biểu 01”, ô B5: không đọc dòng “các xã vùng sâu” vì không có số liệu.",
    roster(YES, (None, "các xã vùng sâu")),
)
says(
    p.UnitReadAs, "Trang “Biểu 01”, ô B4: đọc “Banh Trach” là Xã Bành Trạch.", roster((1, "Banh Trach", "Có"))
)
says(
    p.CodeIgnored,
    "Trang “Biểu 01”, ô B4: không có mã “BT-07” trong danh mục; đọc theo tên là Xã Bành Trạch.",
    roster((1, "BT-07", "Xã Bành Trạch", "Có"), heads=("STT", "Mã", "Đơn vị", "(1)")),
)
says(
    p.OnlyPercent,
    "Trang “Biểu 01”, ô E4: chỉ tiêu 11 chỉ có tỷ lệ, đọc là 96,5%; không có tử số và mẫu số nên không cộng được vào số chung.",
    long(None, None, "96,5%"),
)
says(
    p.SameTwice,
    "Trang “Biểu 01”, ô C5: Xã Bành Trạch ghi hai lần với cùng số liệu (ô C4).",
    roster(YES, (2, "Xã Bành Trạch", "Có")),
)
says(
    p.TargetDiffers,
    "Trang “Biểu 01”, ô C4: chỉ tiêu 11: chỉ tiêu trong tệp (30) khác chỉ tiêu đã giao (25); dùng chỉ tiêu đã giao.",
    own(("STT", "Chỉ tiêu", "Kế hoạch giao", "Tử số", "Mẫu số"), (1, "(11)", 30, 3, 10)),
)
says(
    p.Estimated,
    "Trang “Biểu 01”, ô C4: chỉ tiêu 11: số liệu là ước thực hiện.",
    own(("STT", "Chỉ tiêu", "Ước thực hiện"), (1, "(11)", "3/10")),
)
says(
    p.ReadAsMissing,
    "Trang “Biểu 01”, ô C4: đọc “chưa có” là chưa có số liệu. Nếu bằng không thì ghi 0, hoặc “Không” ở ô hỏi có hay không.",
    roster((*TRACH, "chưa có"), (*LOC, "Có")),
)
says(p.ReadAsZero, "Trang “Biểu 01”, ô C4: đọc “không phát sinh” là 0.", long("không phát sinh", 10))
says(
    p.DividedByNothing,
    "Trang “Biểu 01”, ô E4: tỷ lệ báo lỗi chia cho 0 vì tử số và mẫu số bằng 0; đọc là không phát sinh.",
    long(0, 0, "#DIV/0!"),
)
says(
    p.LinkedFormula,
    "Trang “Biểu 01”, ô C4: công thức =[1]Sheet1!A1 lấy số từ tệp khác; dùng kết quả đã lưu.",
    with_result(long(3, 10), "C4", "[1]Sheet1!A1", "7"),
)
says(
    p.DateBesideQuarter,
    "Trang “Biểu 01”, ô B3: số liệu tính đến ngày 05/04/2022, không nằm trong Quý I/2022. Có đúng không?",
    dated("05/04/2022"),
)
says(
    p.CutOffRead,
    "Trang “Biểu 01”, ô A5: số liệu tính đến ngày 14/03/2022 (đọc từ ghi chú).",
    own(HEADS, YES, ("* Số liệu tính đến ngày 14/3/2022",)),
)
says(
    p.TotalDiffers,
    "Trang “Biểu 01”, ô C6: chỉ tiêu 6: dòng tổng cộng trong tệp (9) khác tổng tính lại (8); dùng tổng tính lại.",
    by_room((1, "Ba Bể", 3, 10), (2, "Na Rì", 5, 20), (None, "Tổng cộng", 9, 30)),
)
says(
    p.OwnFigure,
    "Trang “Biểu 01”, ô C4: số chung của Huyện Ba Bể, chỉ tiêu 4: chỉ dùng cho những xã chưa có số liệu riêng.",
    roster((1, "Huyện Ba Bể", 120, 150), heads=COVER),
)
says(
    p.OwnFigure,
    "Trang “Biểu 01”, ô C6: chỉ tiêu 4: tổng ghi trong tệp (12/20) khác tổng của 2/15 xã có số liệu (11/20), nên được lấy làm số chung của Huyện Ba Bể cho cả những xã chưa có số liệu riêng. Nếu đó chỉ là tổng của các xã đã ghi thì sửa lại cho đúng.",
    roster((*TRACH, 5, 10), (*LOC, 6, 10), (None, "Tổng cộng", 12, 20), heads=COVER),
)
says(
    p.OwnFigureDiffers,
    "Trang “Cấp xã”, ô E24: số chung của Huyện Ba Bể, chỉ tiêu 1 (13) khác tổng của các xã (15); dùng số của các xã.",
    whole_district,
)
says(
    p.UniverseDiffers,
    "Trang “Biểu 01”, ô D4: Huyện Ba Bể, chỉ tiêu 5: mẫu số 2 khác tổng số đã biết 1. Có đúng không?",
    by_room((1, "Huyện Ba Bể", 1, 2), heads=("STT", "Đơn vị", "(5) Tử số", "(5) Mẫu số")),
)
says(
    p.AboveAll,
    "Trang “Biểu 01”, ô C4: Huyện Ba Bể: tử số 12 lớn hơn mẫu số 10. Chấp nhận nếu do hồ sơ tồn của kỳ trước.",
    long(12, 10),
)
says(
    p.AboveAll,
    "Trang “Biểu 01”, ô E4: Huyện Ba Bể: tỷ lệ vượt 100%. Chấp nhận nếu do hồ sơ tồn của kỳ trước.",
    long(None, None, "120%"),
)
says(
    p.AllZero,
    "Trang “Biểu 01”, ô C4: tất cả chỉ tiêu của Xã Bành Trạch bằng 0. Có đúng không?",
    roster((*TRACH, "Không", 0, 10), heads=(*HEADS, "(4) Tử số", "(4) Mẫu số")),
)
says(
    p.GainRead,
    "Trang “Biểu 01”, ô D4: đọc “02 bậc” là hạng 57 của năm 2021 (hạng năm trước: 59).",
    ranking(2021, "02 bậc"),
)
says(
    p.EditionAssumed,
    "Trang “Biểu 01”, ô D4: không ghi năm số liệu; hiểu là bảng xếp hạng năm 2021.",
    ranking(None, 51),
)
says(
    p.ChoiceRemembered,
    "Trang “Biểu 01”, ô D3: “Tổng điểm”: đã chọn sẵn “(7) Điểm bưu chính có người phục vụ – Mẫu số” như lần nạp trước; có thể đổi.",
    POSTS,
    remembered=lambda plan, reporter: {
        ("heading_unclear", "tong diem"): "(7) Điểm bưu chính có người phục vụ – Mẫu số"
    },
)
says(
    p.FiguresReplaced,
    "Quý I/2022 của Phòng Văn hóa và Thông tin huyện Ba Bể đã có số liệu; lưu tệp này sẽ thay 1 số. Xem khác biệt rồi xác nhận.",
    long(4, 10),
    held=(kept("11", 3, 10),),
)
says(
    p.UnitsMissing,
    "Tệp này chưa có số liệu chỉ tiêu 1 của 14/15 đơn vị: Thị trấn Chợ Rã, Xã Phúc Lộc, Xã Hà Hiệu, Xã Cao Thượng, Xã Khang Ninh, Xã Nam Mẫu, Xã Thượng Giáo, Xã Địa Linh, Xã Yến Dương, Xã Chu Hương, Xã Quảng Khê, Xã Mỹ Phương và 2 đơn vị khác.",
    roster(YES),
)
says(p.UnitsMissing, "Tệp này chưa có số liệu chỉ tiêu 2, 3, 4 của cả 15 đơn vị.", roster(YES))


def drawn(draft: workbook.Draft) -> list[tuple[type, str]]:
    """Every record of a draft with what staff read of it."""
    return [
        *((type(found), vi.explain(found)) for found in draft.problems),
        *((type(found), vi.ask(found)) for found in draft.doubts),
        *((type(found), vi.notice(found)) for found in draft.notices),
    ]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.record.__name__)
def test_a_file_draws_the_sentence_that_staff_read(desk, coast, said):
    of = coast if said.coast else desk
    content = said.content(of) if callable(said.content) else said.content
    draft = workbook.read(said.filename, content, of.plans, of.directory, load=load_here, **said.asked)
    assert (said.record, said.sentence) in drawn(draft)


def test_nothing_may_be_said_that_no_file_has_drawn():
    """What may be wrong, doubtful or worth a look, against the records that the files above have drawn."""
    assert {said.record for said in SAID} == {*get_args(p.Problem), *get_args(p.Doubt), *get_args(p.Notice)}


def test_every_wording_of_a_record_is_drawn():
    """As many sentences in the table as `kpi.vi` has for it."""
    drawn = Counter(said.record.__name__ for said in {(s.record, s.sentence): s for s in SAID}.values())
    tree = ast.parse(Path(vi.__file__).read_text("utf-8"))
    worded = Counter(
        case.pattern.cls.id
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name in WORDINGS
        for case in ast.walk(function)
        if isinstance(case, ast.match_case)
        and isinstance(case.pattern, ast.MatchClass)
        and isinstance(case.pattern.cls, ast.Name)
    )
    assert worded.keys() == drawn.keys()
    assert not worded - drawn


WORDINGS = {"_mistake", "_unreadable", "_question", "_remark"}
"""The functions of `kpi.vi` with a case for each wording."""
