"""A person's own workbook handed back: the wrong cells coloured, what is wrong said on each and in a list with links.

The package itself is edited, since openpyxl would drop charts, pictures and more when it saves: whatever is not
needed for the marks keeps its bytes. What stood below our colours is kept in the list, so that marking a workbook
again first takes the old marks away. All of it happens where nothing can come to harm: in the subprocess that reads.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property

from lxml import etree
from openpyxl.utils import coordinate_to_tuple, get_column_letter, quote_sheetname
from openpyxl.utils.cell import range_boundaries

from kpi import vi
from kpi.model import Cell
from kpi.problems import Unreadable
from kpi.vi import marks as words
from kpi.workbook.apart import ask_apart
from kpi.workbook.comments import Comments
from kpi.workbook.draft import Draft
from kpi.workbook.grid import Grid, Place
from kpi.workbook.layout import height_of
from kpi.workbook.package import MAIN, RELATION, Element, Package
from kpi.workbook.painting import NO_STYLES, SHADES, STYLES_TYPE, Kind, Legend, Styles

MARK = "kpi-annotations"
"""Stands in the first row of our sheet, out of sight, before the legend of its colours."""
# More help nobody, and the file has to come back through the guard.
MOST_LINES = 2_000
MOST_COMMENTS = 2_000
MOST_LETTERS = 1_000

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_BOOK_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_WIDTHS = (6, 13, 20, 9, 95)
_HEADINGS = 4
_HIDDEN = 7
"""The column of the mark; the legend stands right of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be marked: of what kind, where it begins, what is said, and every cell of it."""

    kind: Kind
    at: Cell | None
    words: str
    cells: tuple[Cell, ...]


Mark = Callable[[bytes, Sequence[Finding]], bytes | None]
"""From a workbook and its findings to the marked one; None when it cannot be marked."""


def mark_here(content: bytes, findings: Sequence[Finding]) -> bytes:
    """In this process: inside the subprocess, and for bytes the program made itself. Raise whatever broken ones cause."""
    book = _Book(Package(content))
    return book.marked([*findings]) if findings or book.list else content


def mark_apart(content: bytes, findings: Sequence[Finding]) -> bytes | None:
    """In a process of its own: its reader may have forgiven what marking it does not."""
    facts = json.dumps([asdict(finding) for finding in findings]).encode()
    return ask_apart("mark", facts + b"\0" + content)


def answered(question: bytes) -> bytes:
    """What the subprocess makes of the question of `mark_apart`."""
    facts, _, content = question.partition(b"\0")
    return mark_here(content, [_finding(**fact) for fact in json.loads(facts)])


def _finding(kind: Kind, at: dict[str, str] | None, words: str, cells: list[dict[str, str]]) -> Finding:
    return Finding(kind, Cell(**at) if at else None, words, tuple(Cell(**cell) for cell in cells))


def annotate(content: bytes, draft: Draft, *, mark: Mark = mark_apart) -> bytes:
    """The workbook with every problem and open question marked; of a file that cannot be marked only the list."""
    findings = [*_findings(draft)]
    if not is_markable(content):
        return _only_a_list(draft, findings, words.OLD_WORKBOOK)
    if any(isinstance(problem, Unreadable) for problem in draft.problems):
        return _only_a_list(draft, findings, words.ONLY_A_LIST)
    return mark(content, findings) or _only_a_list(draft, findings, words.ONLY_A_LIST)


def is_markable(content: bytes) -> bool:
    """Whether a file is a package, whatever its name says; of an old workbook there can only be the list."""
    return content.startswith(b"PK")


def is_list(grid: Grid) -> bool:
    """Our own sheet, which is no part of what was sent."""
    return any(spot.value == MARK for spot in grid.rows.get(1, ()))


def _findings(draft: Draft) -> Iterator[Finding]:
    for problem in draft.problems:
        at = problem.at
        # Also the cell that it is at odds with, where the problem names one.
        facts = (getattr(problem, fact.name) for fact in fields(problem))
        cells = tuple(fact for fact in facts if isinstance(fact, Cell))
        yield Finding("wrong", at, _sound(words.beside(at, vi.explain(problem))), cells)
    for doubt in draft.open_doubts:
        yield Finding("asked", doubt.at, _sound(words.beside(doubt.at, vi.ask(doubt))), doubt.cells)


# XML cannot hold them, though a cell can, escaped.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")


def _sound(text: str) -> str:
    text = _CONTROL.sub("", text)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _only_a_list(draft: Draft, findings: list[Finding], why: str) -> bytes:
    """A workbook of its own, as a package without any sheet to which our sheet is added."""
    macros = draft.filename.lower().endswith(".xlsm")
    package = Package(_EMPTY_ZIP)
    package.put("[Content_Types].xml", _NO_TYPES)
    book = "xl/workbook.xml"
    sheets = f'<workbook xmlns="{MAIN[1:-1]}"><bookViews><workbookView/></bookViews><sheets/></workbook>'
    package.add(book, sheets.encode(), _MACRO_BOOK_TYPE if macros else _BOOK_TYPE)
    package.relate("", "officeDocument", book)
    package.add("xl/styles.xml", NO_STYLES, STYLES_TYPE)
    package.relate(book, "styles", "xl/styles.xml")
    return _Book(package).listed(findings, why)


# What a zip without entries is.
_EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
_NO_TYPES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)


class _Book:
    def __init__(self, package: Package) -> None:
        book = package.related("", "officeDocument")
        if book is None:
            raise KeyError("officeDocument")
        self._package, self._book = package, book
        self._parts = dict(self._sheets())
        self._left = MOST_COMMENTS
        self._styles = Styles(package, book)

    def marked(self, findings: list[Finding]) -> bytes:
        self._forget()
        notes = self._notes(findings)
        for title, places in notes.items():
            sheet = _Sheet(self._package.change(self._parts[title]))
            for place, note in places.items():
                cell = sheet.cell(place)
                cell.set("s", str(self._styles.painted(int(cell.get("s", "0")), note.kind)))
            said = {_address(place): "\n".join(note.words) for place, note in [*places.items()][: self._left]}
            self._left -= len(said)
            Comments(self._package, self._parts[title], sheet.root).say(said)
        return self.listed(findings, words.HOW if notes else "")

    def listed(self, findings: list[Finding], note: str) -> bytes:
        """With our sheet, in the place of an earlier one."""
        view = self._package.look(self._book).find(f"{MAIN}bookViews") is not None
        xml = _List(self._styles, set(self._parts), view=view).xml(findings, note)
        if self.list is None:
            self._add_sheet(xml)
        else:
            self._package.put(self._parts[self.list], xml)
        return self._package.written()

    def _sheets(self) -> Iterator[tuple[str, str]]:
        """Title -> part of every worksheet, in their order."""
        parts = {r.id: r.part for r in self._package.relations(self._book) if r.type == "worksheet"}
        for sheet in self._package.look(self._book).iter(f"{MAIN}sheet"):
            part = parts.get(sheet.get(f"{RELATION}id"))
            if part is not None and part in self._package:
                yield sheet.get("name"), part

    def _add_sheet(self, xml: bytes) -> None:
        """The last of all: names that belong to a sheet count the sheets before it."""
        part = self._package.free_name("xl/worksheets/sheet{}.xml")
        self._package.add(part, xml, _SHEET_TYPE)
        sheets = self._package.change(self._book).find(f"{MAIN}sheets")
        taken = {sheet.get("name").casefold() for sheet in sheets}
        title, number = words.SHEET, 1
        while title.casefold() in taken:
            number += 1
            title = f"{words.SHEET} ({number})"
        last = max((int(sheet.get("sheetId")) for sheet in sheets), default=0)
        added = etree.SubElement(sheets, f"{MAIN}sheet", name=title, sheetId=str(last + 1))
        added.set(f"{RELATION}id", self._package.relate(self._book, "worksheet", part))

    def _notes(self, findings: list[Finding]) -> dict[str, dict[Place, _Note]]:
        """Sheet -> the cells to mark, of a merged range its corner. Problems come first, so their colour wins."""
        found: dict[str, dict[Place, _Note]] = {}
        merges = {title: [*_merges(self._package.look(part))] for title, part in self._parts.items()}
        for finding in findings:
            for cell in finding.cells:
                if cell.sheet in merges:
                    place = _corner(coordinate_to_tuple(cell.address), merges[cell.sheet])
                    note = found.setdefault(cell.sheet, {}).setdefault(place, _Note(finding.kind))
                    said = _said(finding, cell)
                    note.words += [] if said in note.words else [said]
        return {title: dict(sorted(places.items())) for title, places in found.items()}

    # What an earlier marking has left.

    @cached_property
    def list(self) -> str | None:
        """The title of our sheet."""
        return next((title for title, part in self._parts.items() if self._mark(part) is not None), None)

    def _mark(self, part: str) -> Element | None:
        """The cell of our mark, where a sheet has it."""
        if MARK.encode() not in self._package.bytes_of(part) and MARK not in self._shared:
            return None
        row = next(self._package.look(part).iter(f"{MAIN}row"), ())
        return next((cell for cell in row if self._text(cell) == MARK), None)

    @cached_property
    def _shared(self) -> tuple[str, ...]:
        """Those of the workbook's shared texts that are or come before our mark; none when it is not among them."""
        part = self._package.related(self._book, "sharedStrings")
        if part is None or MARK.encode() not in self._package.bytes_of(part):
            return ()
        return tuple(_text_of(item) for item in self._package.look(part).iter(f"{MAIN}si"))

    def _text(self, cell: Element) -> str:
        if cell.get("t") == "s":
            place = int(cell.findtext(f"{MAIN}v", "-1"))
            return self._shared[place] if 0 <= place < len(self._shared) else ""
        return _text_of(cell)

    def _forget(self) -> None:
        """Take away every colour and comment of ours, wherever it has moved since."""
        before = self._styles.unpainted(dict.fromkeys(SHADES, 0) | self._legend())
        for title, part in self._parts.items():
            if title == self.list:
                continue
            painted = (
                [c for c in self._package.look(part).iter(f"{MAIN}c") if _style(c) in before]
                if before
                else []
            )
            for cell in painted:
                cell.set("s", str(before[_style(cell)]))
            sheet = self._package.change(part) if painted else self._package.look(part)
            Comments(self._package, part, sheet).forget_ours()

    def _legend(self) -> Legend:
        """Our colours stand right of the mark, each with what it covers on its right."""
        mark = self._mark(self._parts[self.list]) if self.list else None
        if mark is None:
            return {}
        styles = {coordinate_to_tuple(c.get("r"))[1]: _style(c) for c in mark.getparent()}
        first = coordinate_to_tuple(mark.get("r"))[1] + 1
        colours = {
            self._styles.colour(styles[c]): c + 1 for c in range(first, max(styles) + 1, 2) if c in styles
        }
        return {colour: self._styles.fill_of(styles.get(c, 0)) for colour, c in colours.items() if colour}


@dataclass(slots=True)
class _Note:
    kind: Kind
    words: list[str] = field(default_factory=list)


def _said(finding: Finding, cell: Cell) -> str:
    """A question is the same in all its cells; a problem says where it is, in a cell that it is only at odds with."""
    if finding.kind == "asked" or finding.at is None or finding.at == cell:
        return finding.words
    return f"{vi.place(finding.at)}: {finding.words}"


def _merges(sheet: Element) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right, bottom."""
    return (range_boundaries(merge.get("ref")) for merge in sheet.iter(f"{MAIN}mergeCell"))


def _corner(place: Place, merges: list[tuple[int, int, int, int]]) -> Place:
    row, column = place
    inside = (
        (top, left) for left, top, right, bottom in merges if left <= column <= right and top <= row <= bottom
    )
    return next(inside, place)


def _text_of(element: Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{MAIN}t"))


def _style(cell: Element) -> int:
    return int(cell.get("s", "0"))


def _address(place: Place) -> str:
    return f"{get_column_letter(place[1])}{place[0]}"


class _Sheet:
    """The cells of a worksheet by their place, also where rows and cells do not say theirs."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._data = root.find(f"{MAIN}sheetData")
        self._rows: dict[int, Element] = {}
        for row in self._data.iterchildren(f"{MAIN}row"):
            self._rows[int(row.get("r", max(self._rows, default=0) + 1))] = row
        self._numbers = sorted(self._rows)
        self._cells: dict[int, dict[int, Element]] = {}

    def cell(self, place: Place) -> Element:
        """The cell there; where there was none a blank one that looks as the place did."""
        number, column = place
        row = self._row(number)
        cells = self._cells.setdefault(number, dict(_columns(row)))
        if column not in cells:
            style = (
                row.get("s", "0") if row.get("customFormat") in {"1", "true"} else self._column_style(column)
            )
            cell = etree.Element(f"{MAIN}c", r=_address(place), s=style)
            self._insert(row, cell, next((cells[c] for c in sorted(cells) if c > column), None))
            cells[column] = cell
            row.attrib.pop("spans", None)
            self._extend(place)
        return cells[column]

    def _row(self, number: int) -> Element:
        if number not in self._rows:
            after = bisect_left(self._numbers, number)
            row = etree.Element(f"{MAIN}row", r=str(number))
            follower = self._rows[self._numbers[after]] if after < len(self._numbers) else None
            self._insert(self._data, row, follower)
            self._numbers.insert(after, number)
            self._rows[number] = row
        return self._rows[number]

    @staticmethod
    def _insert(parent: Element, child: Element, before: Element | None) -> None:
        if before is None:
            parent.append(child)
        else:
            before.addprevious(child)

    def _column_style(self, column: int) -> str:
        for col in self.root.iter(f"{MAIN}col"):
            if int(col.get("min")) <= column <= int(col.get("max")):
                return str(col.get("style", "0"))
        return "0"

    def _extend(self, place: Place) -> None:
        """What the sheet says of its own extent has to hold the new cell: some readers believe it."""
        said = self.root.find(f"{MAIN}dimension")
        if said is not None and said.get("ref"):
            left, top, right, bottom = range_boundaries(said.get("ref"))
            (row, column) = place
            first, last = (min(top, row), min(left, column)), (max(bottom, row), max(right, column))
            said.set("ref", f"{_address(first)}:{_address(last)}")


def _columns(row: Element) -> Iterator[tuple[int, Element]]:
    column = 0
    for cell in row.iterchildren(f"{MAIN}c"):
        column = coordinate_to_tuple(cell.get("r"))[1] if cell.get("r") else column + 1
        yield column, cell


class _List:
    """Our sheet: what is to be done, where, a link to it, and why."""

    def __init__(self, styles: Styles, sheets: set[str], *, view: bool) -> None:
        self._styles, self._sheets = styles, sheets
        self._root = etree.Element(f"{MAIN}worksheet", nsmap={None: MAIN[1:-1]})
        page = etree.SubElement(self._root, f"{MAIN}sheetPr")
        etree.SubElement(page, f"{MAIN}pageSetUpPr", fitToPage="1")
        if view:
            views = etree.SubElement(self._root, f"{MAIN}sheetViews")
            frozen = etree.SubElement(views, f"{MAIN}sheetView", showGridLines="0", workbookViewId="0")
            below = f"A{_HEADINGS + 1}"
            pane = {
                "ySplit": str(_HEADINGS),
                "topLeftCell": below,
                "activePane": "bottomLeft",
                "state": "frozen",
            }
            etree.SubElement(frozen, f"{MAIN}pane", pane)
        self._columns = etree.SubElement(self._root, f"{MAIN}cols")
        self._data = etree.SubElement(self._root, f"{MAIN}sheetData")
        self._links: list[tuple[str, Cell]] = []

    def xml(self, findings: list[Finding], note: str) -> bytes:
        legend = [*self._styles.legend.items()]
        self._set_widths(len(legend))
        title = self._row(1, [words.TITLE if findings else words.NOTHING_LEFT], '<b/><sz val="14"/>', None)
        self._add_legend(title, legend)
        self._row(2, [note], '<sz val="11"/>', None, height_of(note, sum(_WIDTHS), 11))
        self._row(_HEADINGS, words.HEADINGS, '<b/><sz val="11"/>', "FFE3EAF2", 22)
        for order, finding in enumerate(findings[:MOST_LINES], start=1):
            self._line(order, finding)
        if more := len(findings[MOST_LINES:]):
            self._row(
                _HEADINGS + MOST_LINES + 1, ["", "", "", "", words.and_more(more)], '<sz val="11"/>', ""
            )
        self._finish()
        return bytes(etree.tostring(self._root, encoding="UTF-8", xml_declaration=True, standalone=True))

    def _set_widths(self, shades: int) -> None:
        for column, width in enumerate(_WIDTHS, start=1):
            col = {"min": str(column), "max": str(column), "width": str(width), "customWidth": "1"}
            etree.SubElement(self._columns, f"{MAIN}col", col)
        hidden = {"min": str(_HIDDEN), "max": str(_HIDDEN + 2 * shades), "width": "9", "hidden": "1"}
        etree.SubElement(self._columns, f"{MAIN}col", hidden)

    def _add_legend(self, row: Element, legend: list[tuple[str, int]]) -> None:
        self._cell(row, (1, _HIDDEN), MARK, 0)
        for place, (colour, under) in enumerate(legend):
            column = _HIDDEN + 1 + 2 * place
            self._cell(row, (1, column), "", self._styles.shaded(colour))
            self._cell(row, (1, column + 1), "", self._styles.with_fill(0, under))

    def _line(self, order: int, finding: Finding) -> None:
        at = finding.at
        doing = words.MEND if finding.kind == "wrong" else words.ANSWER
        where = (at.sheet, at.address) if at else (words.WHOLE_FILE, "")
        height = max(height_of(finding.words, _WIDTHS[-1], 11), height_of(where[0], _WIDTHS[2], 11))
        row = self._row(
            _HEADINGS + order, [str(order), doing, *where, finding.words], '<sz val="11"/>', "", height
        )
        if at and at.sheet in self._sheets:
            link = self._styles.text('<u/><sz val="11"/><color rgb="FF0563C1"/>', "", center=True)
            row[3].set("s", str(link))
            self._links.append((row[3].get("r"), at))

    def _row(
        self, number: int, texts: list[str] | tuple[str, ...], font: str, fill: str | None, height: float = 20
    ) -> Element:
        row = etree.SubElement(
            self._data, f"{MAIN}row", r=str(number), ht=f"{min(height, 400):g}", customHeight="1"
        )
        styles = [self._styles.text(font, fill, center=center) for center in (False, True)]
        for column, text in enumerate(texts, start=1):
            self._cell(row, (number, column), text, styles[column in {1, 4} and fill is not None])
        return row

    @staticmethod
    def _cell(row: Element, place: Place, text: str, style: int) -> None:
        """With its text inside: the texts that the workbook shares stay as they are."""
        cell = etree.SubElement(row, f"{MAIN}c", r=_address(place), s=str(style))
        if text:
            cell.set("t", "inlineStr")
            inside = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
            inside.text = text
            inside.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _finish(self) -> None:
        merges = etree.SubElement(self._root, f"{MAIN}mergeCells", count="2")
        for row in (1, 2):
            etree.SubElement(merges, f"{MAIN}mergeCell", ref=f"A{row}:{get_column_letter(len(_WIDTHS))}{row}")
        if self._links:
            links = etree.SubElement(self._root, f"{MAIN}hyperlinks")
            for ref, at in self._links:
                target = {
                    "ref": ref,
                    "location": f"{quote_sheetname(at.sheet)}!{at.address}",
                    "display": at.address,
                }
                etree.SubElement(links, f"{MAIN}hyperlink", target)
        margins = {
            "left": "0.4",
            "right": "0.4",
            "top": "0.6",
            "bottom": "0.6",
            "header": "0.3",
            "footer": "0.3",
        }
        etree.SubElement(self._root, f"{MAIN}pageMargins", margins)
        paper = {"paperSize": "9", "orientation": "landscape", "fitToHeight": "0"}
        etree.SubElement(self._root, f"{MAIN}pageSetup", paper)
