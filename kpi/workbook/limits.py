"""How large a workbook may be, in one place; and how whoever finds it larger says so."""

from __future__ import annotations

from functools import lru_cache

from kpi.problems import DamagedWorkbook, UnpacksTooLarge, Unreadable

# Those of Excel itself are a hundred times as high, and so is the memory they take: a workbook of all reporters of a
# province has 1.500 rows and unpacks to less than 3 MB.
LARGEST = 5 * 1024 * 1024
MOST_PARTS = 400
LARGEST_PART = 24 * 1024 * 1024
LARGEST_UNPACKED = 48 * 1024 * 1024
MOST_SHEETS = 60
MOST_ROWS = 20_000
MOST_COLUMNS = 702
MOST_CELLS = 200_000
MOST_MERGES = 2_000
# Excel's own limit, for the formats of cells and for those of named styles: old workbooks do reach it.
MOST_FORMATS = 2 * 65_490
# What a number looks like, by its code: Excel itself keeps 255 characters, and a few hundred codes.
LONGEST_CODE = 255
MOST_CODES = 10_000
# As many texts as cells.
MOST_TEXTS = MOST_CELLS
# All that is written in the cells: a text that is kept once may be shown in every cell.
MOST_LETTERS = 4_000_000
# Excel's own limit for what stands in one cell.
LONGEST_VALUE = 32_767
# Excel's own is 31; other programs let people write more.
LONGEST_TITLE = 255
# A cell in three elements, its text in two more, and the formats.
MOST_ELEMENTS = 1_500_000
DEEPEST = 100
MOST_ATTRIBUTES = 100
# Of all elements: those of as many cells, and a dozen for each format.
MOST_ATTRIBUTES_IN_ALL = 3_000_000
# Of elements and attributes, each counted once: all of Office knows a few thousand.
MOST_NAMES = 20_000
# A parser that gets a tag in pieces begins it anew with each piece.
LONGEST_TAG = 256 * 1024
LONGEST_TEXT = 1024 * 1024


class Refused(Exception):  # noqa: N818 - it says what the file is, not that the program erred.
    """Ends the reading of a file at the first limit that it breaks."""

    def __init__(self, problem: Unreadable) -> None:
        super().__init__(type(problem).__name__)
        self.problem = problem


class Letters:
    """Counts what is written in the cells of a workbook while they are read."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, value: object) -> None:
        if isinstance(value, str):
            if len(value) > LONGEST_VALUE:
                raise Refused(DamagedWorkbook())
            self._count += len(value)
            if self._count > MOST_LETTERS:
                raise Refused(UnpacksTooLarge())


def column_of(letters: str) -> int:
    """ "A" -> 1, "XFD" -> 16384."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def address_of(row: int, column: int) -> str:
    return f"{_letters_of(column)}{row}"


@lru_cache(maxsize=1024)
def _letters_of(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
