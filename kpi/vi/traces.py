"""What the program says it did with each part of a sheet, and what a column may be."""

from __future__ import annotations

from collections.abc import Mapping

from kpi.model import Indicator
from kpi.problems import Trace, TraceKind, Why

KIND: Mapping[TraceKind, str] = {
    "read": "Đã đọc",
    "skipped": "Bỏ qua",
    "unknown": "Chưa hiểu",
}
WHY: Mapping[Why, str] = {
    Why.FIGURE: "số liệu",
    Why.NAME: "tên đơn vị, tên chỉ tiêu",
    Why.HEADING: "dòng tiêu đề",
    Why.TITLE: "phần đầu trang: tên biểu, kỳ, đơn vị gửi; không có số liệu",
    Why.INDEX: "dòng đánh số các cột",
    Why.GROUP: "dòng tên nhóm; số cộng của nhóm được tính lại và đối chiếu",
    Why.SUBTOTAL: "dòng cộng một phần; được tính lại và đối chiếu",
    Why.TOTAL: "dòng tổng cộng; được tính lại và đối chiếu",
    Why.RATES: "dòng tỷ lệ chung; được tính lại từ số của từng đơn vị",
    Why.REMARKS: "ghi chú, giải trình",
    Why.SIGNATURE: "phần ký tên và những gì đứng sau",
    Why.WORDS: "dòng chỉ có chữ, không có số liệu",
    Why.ORDER: "số thứ tự",
    Why.MEASURE: "đơn vị tính",
    Why.TARGET: "chỉ tiêu giao và tỷ lệ đạt so với chỉ tiêu giao; chỉ để đối chiếu",
    Why.EARLIER: "số của kỳ khác; chỉ để đối chiếu",
    Why.OTHER_COUNT: "số phát sinh hoặc lũy kế mà chỉ tiêu này không dùng",
    Why.ESTIMATE: "số ước thực hiện; đã có số thực hiện",
    Why.LEFT_OUT: "bỏ qua theo câu trả lời",
    Why.HIDDEN_SHEET: "trang tính ẩn",
    Why.NO_TABLE: "trang không có dòng tiêu đề nhận biết được",
    Why.COLUMN: "không rõ cột này là chỉ tiêu nào",
    Why.NO_HEADING: "cột không có tiêu đề",
    Why.ROW: "không rõ dòng này của đơn vị nào hoặc chỉ tiêu nào",
    Why.WRONG: "có lỗi, xem danh sách cần sửa",
    Why.ASKED: "đang chờ trả lời câu hỏi",
}
TRACE_HEADINGS = ("Ô", "Chương trình đã làm gì")
WHOLE_SHEET = "Cả trang"
READ_TITLE = "Chương trình đọc tệp này như thế nào"
LEGEND = "Nền xanh: đã đọc. Nền xám: bỏ qua. Nền vàng: chưa hiểu. Chưa có gì được lưu."
NOT_READ = "Những gì bị bỏ qua hoặc chưa hiểu"


def sheet(title: str) -> str:
    return f"Trang “{title}”"


def trace(found: Trace) -> str:
    """ "Trang “Biểu 01”, ô A1:N6: bỏ qua, phần đầu trang …"."""
    where = f"Trang “{found.sheet}”" + (f", ô {found.area}" if found.area else "")
    return f"{where}: {KIND[found.kind].lower()}, {WHY[found.why]}."


def outcome(found: Trace) -> str:
    """ "Bỏ qua: số thứ tự. Ghi “1”."; beside its place."""
    written = f" Ghi “{found.found}”." if found.found else ""
    return f"{KIND[found.kind]}: {WHY[found.why]}.{written}"


def column_choice(indicator: Indicator, part: str) -> str:
    """ "(7) Điểm bưu chính có người phục vụ – Tử số"; every choice is told from the others by it."""
    return f"({indicator.number}) {indicator.short_name} – {part}"


def row_choice(indicator: Indicator) -> str:
    return f"({indicator.number}) {indicator.short_name}"
