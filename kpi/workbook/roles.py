"""What the headings of offices call the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from functools import lru_cache

from kpi.model import Quarter
from kpi.workbook import times
from kpi.workbook.words import folded, plain


class Role(StrEnum):
    ORDER = auto()
    CODE = auto()
    UNIT = auto()
    ABOVE = auto()
    """The unit above the row's own."""
    PERIOD = auto()
    """Which quarter a row is about."""
    MEASURE = auto()
    TARGET = auto()
    ACHIEVED = auto()
    """How much of a plan was done."""
    BEFORE = auto()
    NOTE = auto()
    INDICATOR = auto()
    NUMERATOR = auto()
    DENOMINATOR = auto()
    SHARE = auto()
    VALUE = auto()
    YES = auto()
    """Ticked for a yes; beside it stands a column that is ticked for a no."""
    NO = auto()
    EDITION = auto()
    RANK = auto()
    ESTIMATE = auto()
    INCREMENT = auto()
    CUMULATIVE = auto()


_WHOLE: Mapping[Role, frozenset[str]] = {
    Role.ORDER: folded("STT", "TT", "Số TT", "Số thứ tự"),
    Role.CODE: folded("Mã", "Mã đơn vị", "Mã ĐV", "Mã xã", "Mã huyện", "Mã số", "Mã ĐVHC"),
    Role.UNIT: folded(
        "Đơn vị", "Tên đơn vị", "Đơn vị báo cáo", "Huyện, thành phố", "Tên huyện", "Huyện", "Địa phương", "Địa bàn",
        "Bưu cục Huyện", "Xã, phường, thị trấn", "Xã, phường", "Tên xã", "Tên xã, phường, thị trấn", "Xã", "Cơ quan",
        "Tên cơ quan", "Cơ quan, đơn vị", "Tên đơn vị hành chính", "Sở, ban, ngành", "Đơn vị hành chính", "Tỉnh", "Huyện, thị xã, thành phố",
    ),
    Role.MEASURE: folded("Đơn vị tính", "ĐVT", "ĐV tính"),
    Role.TARGET: folded("Kế hoạch", "Kế hoạch giao", "Chỉ tiêu giao", "Mục tiêu", "KH giao", "Chỉ tiêu được giao"),
    Role.NOTE: folded("Ghi chú", "Giải trình", "Lý do", "Nguyên nhân", "Minh chứng"),
    Role.INDICATOR: folded(
        "Chỉ tiêu", "Tên chỉ tiêu", "Chỉ tiêu, nhiệm vụ", "Nội dung", "Nội dung chỉ tiêu", "Chỉ tiêu thi đua",
    ),
    Role.SHARE: folded("Tỷ lệ", "Tỷ lệ (%)", "%", "Tỷ lệ đạt", "Tỷ lệ đạt (%)", "Tỷ lệ phần trăm", "Kết quả (%)", "Đạt (%)",
        "Tỷ lệ thực hiện"),
    Role.VALUE: folded(
        "Kỳ này", "Quý này", "Thực hiện", "Kết quả", "KQ thực hiện", "Kết quả thực hiện", "Số liệu", "Giá trị",
        "Có/Không", "Hiện trạng", "KQ", "TH", "Kết quả đạt được", "Tình hình thực hiện", "Thực hiện kế hoạch", "Kết quả thực hiện kế hoạch", "Thực hiện trong quý", "Kết quả quý này",
    ),
    Role.EDITION: folded("Năm số liệu", "Năm", "Năm xếp hạng", "Năm dữ liệu", "Năm đánh giá"),
    Role.RANK: folded("Hạng", "Xếp hạng", "Thứ hạng", "Hạng trong năm"),
    Role.INCREMENT: folded(
        "Phát sinh", "Phát sinh trong kỳ", "Phát sinh trong quý", "Trong kỳ", "Trong quý", "Cả quý", "Cộng cả quý",
    ),
    Role.PERIOD: folded("Kỳ", "Kỳ báo cáo", "Kỳ số liệu", "Quý", "Quý báo cáo", "Tháng", "Thời gian", "Thời điểm"),
}  # fmt: skip
_BEGINS: tuple[tuple[str, Role], ...] = (
    ("tu so", Role.NUMERATOR),
    ("mau so", Role.DENOMINATOR),
    ("qui truoc", Role.BEFORE),
    ("ki truoc", Role.BEFORE),
    ("cung ki", Role.BEFORE),
    ("thang", Role.BEFORE),
    ("hang nam truoc", Role.BEFORE),
    ("chi tieu nam", Role.TARGET),
    ("chi tieu kh", Role.TARGET),
    ("ke hoach nam", Role.TARGET),
    ("kh nam", Role.TARGET),
    ("uoc", Role.ESTIMATE),
    ("lui ke", Role.CUMULATIVE),
)
_BY_WORDING = {words: role for role, wordings in _WHOLE.items() for words in wordings}
_FIRST_WORDS = frozenset(begin.partition(" ")[0] for begin, _ in _BEGINS)
WHOLES = folded("Tổng số", "Tổng", "Tổng số phải thực hiện")
VALUES = frozenset(
    {Role.NUMERATOR, Role.DENOMINATOR, Role.SHARE, Role.VALUE, Role.YES, Role.NO, Role.EDITION, Role.RANK}
)
KEYS = frozenset({Role.ORDER, Role.CODE, Role.UNIT, Role.INDICATOR})
MODES = frozenset({Role.ESTIMATE, Role.INCREMENT, Role.CUMULATIVE})


def _dated(text: str, quarter: Quarter) -> Role | None:
    """What a heading with a quarter or a year in it holds: what it says of this quarter, or another time's."""
    words = plain(before_colon(text))
    if not times.names_time(words):
        return None
    rest = times.without_time(words)
    role = role_of(rest) if rest else Role.VALUE
    if role not in VALUES | MODES | {Role.BEFORE}:
        return None
    whole_year = role is Role.ESTIMATE and not times.quarters_in(words)
    return Role.BEFORE if whole_year or times.is_elsewhere(words, quarter) else role


def before_colon(text: str) -> str:
    return re.split(r"[:\n]", text, maxsplit=1)[0]


# "Ước quý sau", "Ước cả năm": not of this quarter, unless the heading names it.
_LATER = re.compile(r"^uoc\b.*\b(?:sau|toi|tiep theo|nam)\b")
# "Tử số quý trước", "Tỷ lệ theo kế hoạch".
_COMPARED = re.compile(
    r"^(?:tu so|mau so|ti le|ket qua|thuc hien|hang)\b.*\b(?:truoc|cung ki|(?<!thuc hien )ke hoach)\b"
)


def mode_of(text: str, quarter: Quarter | None, *, dated: bool = True) -> Role | None:
    """Whether a heading or a row says, beside the indicator's name, that it counts the quarter or the year so far."""
    if times.counts_year(text, quarter, dated=dated):
        return Role.CUMULATIVE
    return Role.INCREMENT if times.counts_quarter(text) else None


# "Phường, xã", "Các xã, thị trấn", "Tên đơn vị hành chính cấp xã": no more than kinds of units.
_UNIT_WORDS = frozenset(
    plain("tên các đơn vị hành chính cấp trực thuộc địa phương xã thị trấn huyện thành phố quận và").split()
)
_UNIT_KINDS = (
    plain("xã"),
    plain("phường"),
    plain("huyện"),
    plain("thị"),
    plain("thành phố"),
    plain("hành chính"),
)


def _names_units(words: str) -> bool:
    said = words.split()
    return bool(said) and _UNIT_WORDS.issuperset(said) and any(kind in words for kind in _UNIT_KINDS)


@lru_cache(maxsize=16384)
def role_of(text: str, quarter: Quarter | None = None) -> Role | None:
    """By the whole heading, then by what stands before a colon or a bracket; with a quarter, by the time it names."""
    if quarter and (dated := _dated(text, quarter)):
        return dated
    said = plain(before_colon(times.without_asides(text)))
    if _COMPARED.search(said) or (_LATER.search(said) and not times.quarters_in(said)):
        return Role.BEFORE
    head, sign, rest = (
        re.split(r"([:(\n])", text, maxsplit=1) if re.search(r"[:(\n]", text) else (text, "", "")
    )
    for part in dict.fromkeys((text, head)):
        words = plain(part)
        if words in _BY_WORDING and part is text:
            return _BY_WORDING[words]
        if words.partition(" ")[0] in _FIRST_WORDS:
            for begin, role in _BEGINS:
                if words == begin or words.startswith(begin + " "):
                    return role
        if words in _BY_WORDING:
            # "Đơn vị: Xã Phúc Lộc" names a unit and heads no column.
            named = sign == ":" and part is head and plain(rest) and _BY_WORDING[words] in KEYS
            return None if named else _BY_WORDING[words]
        if "%" in words and _BY_WORDING.get(words.replace("%", "").strip()) in {Role.VALUE, Role.SHARE}:
            return Role.SHARE
    return Role.UNIT if _names_units(plain(text)) else None
