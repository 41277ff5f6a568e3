"""What is said inside a workbook that is handed back with its mistakes marked."""

from __future__ import annotations

from pathlib import Path

from kpi import vi
from kpi.model import Cell

SHEET = "Lỗi"
AUTHOR = "Hệ thống KPI"
HEAD = "Hệ thống KPI kiểm tra:"
"""Begins what we say in a comment, also below what somebody else has written there."""
TITLE = "NHỮNG CHỖ CẦN SỬA TRONG TỆP NÀY"
NOTHING_LEFT = "Tệp không còn chỗ nào cần sửa."
HEADINGS = (vi.ORDER, "Việc", "Trang", "Ô", "Thấy gì và cách sửa")
MEND, ANSWER = "Cần sửa", "Cần trả lời"
WHOLE_FILE = "Cả tệp"
HOW = (
    "Sửa các ô tô màu đỏ, kiểm tra các ô tô màu vàng, lưu lại rồi nạp lại chính tệp này. "
    "Bấm vào cột Ô để đến ô cần sửa. Không cần xóa trang này, màu và ghi chú: khi đọc tệp chúng được bỏ qua."
)
ONLY_A_LIST = (
    "Không đánh dấu được trong tệp của bạn, nên chỉ có danh sách này. Sửa trong tệp gốc rồi nạp lại tệp gốc."
)
OLD_WORKBOOK = (
    "Tệp Excel 97–2003 (.xls) không đánh dấu được mà vẫn giữ nguyên công thức và định dạng, nên chỉ có danh sách này. "
    "Sửa trong tệp gốc rồi nạp lại; muốn thấy lỗi ngay tại ô, mở tệp bằng Excel, lưu thành .xlsx và nạp tệp đó."
)


def beside(at: Cell | None, words: str) -> str:
    """A sentence of `vi.explain` or `vi.ask` beside which its place stands already."""
    rest = words.removeprefix(f"{vi.place(at)}: ") if at else words
    return rest[:1].upper() + rest[1:]


def and_more(count: int) -> str:
    return f"… và {vi.number(count)} chỗ nữa. Sửa những chỗ trên rồi nạp lại để thấy tiếp."


def file_name(filename: str, sha256: str) -> str:
    """Of the file handed back, which is a list of its own when the upload was no .xlsx or .xlsm."""
    return f"{Path(filename).stem}-loi-{sha256[:12]}{suffix(filename)}"


def suffix(filename: str) -> str:
    """How the name of the file handed back ends."""
    found = Path(filename).suffix.lower()
    return found if found in {".xlsx", ".xlsm"} else ".xlsx"


def other_suffix(out: Path, wanted: str, *, old: bool) -> str:
    """Excel does not open a file whose name promises another format; `old`: of the workbook there is only the list."""
    why = (
        f"Từ tệp Excel 97–2003 (.xls) chỉ lập được danh sách chỗ cần sửa, là một tệp {wanted}"
        if old
        else f"Bản đánh dấu là một tệp {wanted}"
    )
    return f"{why}. Hãy đặt tên kết thúc bằng {wanted}, ví dụ {out.with_suffix(wanted).name}."


def never_over_the_original(out: Path) -> str:
    return f"{out} chính là tệp gốc. Tệp gốc không bị ghi đè; hãy chọn tên khác."


def marked(count: int) -> str:
    return f"Trang “{SHEET}” ghi {vi.number(count)} chỗ cần sửa hoặc cần trả lời."


def nothing_wrong(filename: str) -> str:
    return f"{filename}: không có chỗ nào cần sửa, không ghi tệp nào."
