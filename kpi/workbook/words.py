"""How words are compared, and the spellings that offices use for the parts of a sheet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# As many names as the largest sheet holds; what is longer is no name, and would only fill the memory.
_MOST, _LONGEST = 16_384, 300


def fold(text: str) -> str:
    """For comparing: no accents, no case, i for y, one space, typographic signs as on a keyboard."""
    return _fold(text) if len(text) <= _LONGEST else _fold.__wrapped__(text)


def tidy(text: str) -> str:
    """Composed letters, no invisible characters, single spaces."""
    return _tidy(text) if len(text) <= _LONGEST else _tidy.__wrapped__(text)


@lru_cache(maxsize=_MOST)
def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", tidy(text).casefold()).replace("đ", "d")
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.translate(_PLAIN).replace("y", "i")


@lru_cache(maxsize=_MOST)
def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


# Marks that turn the direction of what is shown; a width of zero is only forgiven.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SCRIPTS = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u058f\u13a0-\u13ff\u1f00-\u1fff]")


def turns(text: str) -> bool:
    """Whether what is seen is not what stands there."""
    return bool(_TURNING.search(text))


def foreign_letters(text: str) -> str:
    """The letters of Cyrillic, Greek and other scripts whose shapes are ours."""
    return "".join(dict.fromkeys(c for c in text if _SCRIPTS.match(c) and c.isalpha()))


def plain(text: str) -> str:
    """Folded letters and digits only, for whole names: "Trạm/đài (truyền thanh)" -> "tram dai truien thanh"."""
    return " ".join(re.findall(r"[a-z0-9%]+", fold(text)))


_PLAIN = str.maketrans({"–": "-", "—": "-", "“": '"', "”": '"', "’": "'", "−": "-"})


def folded(*texts: str) -> frozenset[str]:
    return frozenset(plain(text) for text in texts)


YES = frozenset({"co", "x", "✓", "✔", "√", "☑", "dat", "1", "1.0", "1,0"})
NO = frozenset({"khong", "chua dat", "khong dat", "0", "0.0", "0,0"})
TICKS = frozenset({"x", "✓", "✔", "√", "☑"})

NO_VALUE = re.compile(r"[-–—_.…·/\s]+")
UNKNOWN = folded(
    "chưa có",
    "chưa công bố",
    "chờ công bố",
    "đang chờ công bố",
    "chưa xếp hạng",
    "chưa có số liệu",
    "chưa có số",
    "chưa thống kê",
    "không có số liệu",
    "chưa báo cáo",
)
NONE_HAPPENED = folded("không có", "không phát sinh", "KPS", "k phát sinh", "ko phát sinh", "không p/s")

# With their accents, since "Công an" is no total.
_TOTAL = re.compile(r"(tổng (cộng|số|hợp)|tổng|cộng|toàn (tỉnh|huyện|thành phố|thị xã))(?=$|[\s:;,.(=])")
_TOTAL_WORDS = re.compile(
    r"^(?:(?:tong cong|tong so|tong hop|tong|cong chung|cong|toan (?:tinh|huien|thanh pho|thi xa))\b ?)+"
)
_TOTALS = folded(
    "tổng cộng", "tổng số", "tổng", "cộng", "toàn tỉnh", "toàn huyện", "toàn thành phố", "cộng chung"
)
_SUBTOTAL = re.compile(r"cộng\s.*|.*\b[ivx]+\s*\+\s*[ivx]+.*")
_GROUP = re.compile(r"[ivxlc]+|[a-z]|phan\b.*")
_GREAT_GROUP = re.compile(r"[IVXLC]+|[A-Z]|PHẦN\b.*|Phần\b.*")
# Not X, P, H and T, which are short for kinds of units.
_LED = re.compile(r"(I{1,3}|IV|VI{0,3}|IX|XI{1,3}|[A-E])\s*[.):–-]\s*[^\W\d].*")
_MARKS = re.compile(r"\b(?:[ivxlc]+|[a-z])(?:\s*[+,]\s*(?:[ivxlc]+|[a-z]))*$")
_END = re.compile(
    r"\(?(nguoi (lap|tong hop|bao cao|ki)\b|thu truong\b|ki,|ki ten|noi nhan|giam doc\b|truong phong\b|chu tich\b"
    r"|pho (giam doc|truong phong|chu tich)\b|[tk]m\.|kt\.|tl\.|tuq\.)|.*,\s*ngai[\s\d.…_]*thang[\s\d.…_]*nam"
)
_YEAR_SO_FAR = re.compile(r"\b(?:lui ke|cong don)\b|\btu dau nam\b|\btu (?:ngai )?0?1[/.-]0?1(?!\d)")
# A unit of measure that the plan does not count in.
_SCALED = re.compile(r"(?:nghìn|ngàn|trăm|chục|triệu|nghin|trieu|10+ ?[^\W\d]|\d{1,3}(?:\.\d{3})+ ?[^\W\d])")
_METRES = re.compile(r"(?:met|m|hm|dm|dam|hai li)\b")
_MEASURE = re.compile(
    r"(?:don vi(?: tinh)?|dvt)\s*:\s*(.+)|(?:don vi tinh|dvt)\s+(.+)"
    r"|.*\(\s*(?:(?:dvt|don vi(?: tinh)?)\s*:?\s*)?([^()]+)\)[^()]*"
)
_NOTE = re.compile(r"ghi chu\b|luu i\b|chu thich\b|nguon\b|\*")
_AS_OF, _UP_TO = re.compile(r"so lieu\b"), re.compile(r"\bden\b")
_SHORTEST_AS_OF = len("so lieu den")
_SENDER = re.compile(r"(?:don vi(?: gui| bao cao| nop| lap(?: bieu)?)?|noi gui)(?: bao cao)?\s*:\s*")


def is_total(text: str) -> bool:
    return bool(_TOTAL.match(tidy(text).casefold())) or (text.isascii() and plain(text) in _TOTALS)


def is_bare_total(text: str) -> bool:
    """No more than "Tổng cộng": "Tổng số cuộc họp" counts something."""
    return plain(text) in _TOTALS


def beside_total(text: str) -> str:
    """The plain words behind "Tổng cộng", "Toàn huyện" and the like."""
    return _TOTAL_WORDS.sub("", plain(text)).strip()


def is_subtotal(text: str) -> bool:
    """ "Cộng I + II": a sum of some of the rows, which nothing is compared with."""
    words = tidy(text).casefold()
    return is_total(text) and bool(_SUBTOTAL.fullmatch(words))


def is_group_number(text: str) -> bool:
    """What numbers a heading inside the table: I, II, A, "Phần I"."""
    return bool(_GROUP.fullmatch(fold(text).strip(" .)-(")))


def group_mark(text: str) -> str | None:
    """ "I" of "I." and of "I. Vùng thấp", "A" of "(A)", "PHẦN I" of "PHẦN I - VÙNG THẤP"; small letters number what is inside a row."""
    bare = tidy(text).strip(" .)-(:")
    if led := _LED.fullmatch(bare):
        return led[1]
    if not _GREAT_GROUP.fullmatch(bare):
        return None
    return re.split(r"\s*[-–:.]\s*", bare, maxsplit=1)[0]


def group_style(mark: str) -> str:
    """Groups of one style follow each other; of different styles one stands inside the other."""
    if mark.casefold().startswith("ph"):
        return "part"
    return "roman" if re.fullmatch("[IVX]+", mark) else "letter"


def summed_marks(text: str) -> tuple[str, ...]:
    """The groups that "Cộng I + II" adds up."""
    found = _MARKS.search(tidy(text).casefold())
    return tuple(re.findall(r"[a-z]+", found.group())) if found else ()


def ends_table(text: str) -> bool:
    return bool(_END.match(fold(text)))


def says_year_so_far(text: str) -> bool:
    return bool(_YEAR_SO_FAR.search(fold(text)))


def is_scaled(measure: str, things: str = "") -> bool:
    """ "nghìn hồ sơ"; and metres where kilometres are counted."""
    words = tidy(measure).casefold()
    scaled = _SCALED.match(fold(words) if words.isascii() else words)
    return bool(scaled) or (things == "km" and bool(_METRES.match(fold(words))))


def measure_in(text: str) -> str:
    """What stands behind "Đơn vị tính:", or in the brackets of a heading, with its accents."""
    shown = tidy(text)
    words = fold(shown)
    found = _MEASURE.fullmatch(words)
    place = next((place for place in range(1, 4) if found and found[place]), 0)
    if found is None or not place:
        return ""
    return (shown if len(shown) == len(words) else words)[found.start(place) : found.end(place)].strip()


def is_note(text: str) -> bool:
    return bool(_NOTE.match(fold(text)))


def tells_cut_off(text: str) -> bool:
    words = fold(text) if len(text) >= _SHORTEST_AS_OF else ""
    found = _AS_OF.search(words)
    return found is not None and bool(_UP_TO.search(words, found.end()))


def sender(text: str) -> str | None:
    """What stands after "Đơn vị gửi:"; "" when it was left as dots, None when the text says no such thing."""
    label = _SENDER.match(fold(text))
    if label is None:
        return None
    name = tidy(text).partition(":")[2].strip()
    return "" if NO_VALUE.fullmatch(name) else name
