"""What Excel insists on in a package, as far as a test can ask: every fault found is a sentence."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        names = package.namelist()
        assert len({name.casefold() for name in names}) == len(names)
        return {name: package.read(name) for name in names}


def faults(content: bytes) -> list[str]:
    """What Excel would mend, with the question whether it should."""
    found = parts(content)
    return [
        *_types(found),
        *_relations(found),
        *_styles(found),
        *_book(found),
        *_sheets(found),
        *_boxes(found),
    ]


def _types(found: dict[str, bytes]) -> Iterator[str]:
    types = etree.fromstring(found["[Content_Types].xml"])
    defaults = [e.get("Extension").lower() for e in types if e.tag.endswith("Default")]
    overrides = [e.get("PartName").lstrip("/") for e in types if e.tag.endswith("Override")]
    yield from (f"twice: {name}" for name, n in Counter(defaults + overrides).items() if n > 1)
    yield from (f"no such part: {name}" for name in overrides if name not in found)
    for name in found:
        if (
            name != "[Content_Types].xml"
            and name not in overrides
            and name.rpartition(".")[2] not in defaults
        ):
            yield f"no content type: {name}"


def _relations(found: dict[str, bytes]) -> Iterator[str]:
    for path in (name for name in found if name.endswith(".rels")):
        folder = posixpath.dirname(posixpath.dirname(path))
        relations = etree.fromstring(found[path])
        yield from (
            f"{path}: id {i} twice" for i, n in Counter(r.get("Id") for r in relations).items() if n > 1
        )
        for relation in relations:
            target = relation.get("Target")
            part = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            if relation.get("TargetMode") != "External" and part not in found:
                yield f"{path}: {target} is not there"


def _styles(found: dict[str, bytes]) -> Iterator[str]:
    root = etree.fromstring(found["xl/styles.xml"])
    sizes = {etree.QName(e).localname: len(e) for e in root}
    for element in root:
        if element.get("count") and int(element.get("count")) != len(element):
            yield f"{element.tag} counts wrongly"
    for xf in root.find(f"{MAIN}cellXfs"):
        for name, attribute in (
            ("fonts", "fontId"),
            ("fills", "fillId"),
            ("borders", "borderId"),
            ("cellStyleXfs", "xfId"),
        ):
            if int(xf.get(attribute, "0")) >= sizes.get(name, 0):
                yield f"a style has {attribute} {xf.get(attribute)} of {sizes.get(name)}"
    for name in _sheet_parts(found):
        used = {int(s) for s in re.findall(rb'<c\b[^>]*\bs="(\d+)"', found[name])}
        yield from (f"{name}: no style {s}" for s in used if s >= sizes["cellXfs"])


def _book(found: dict[str, bytes]) -> Iterator[str]:
    sheets = etree.fromstring(found["xl/workbook.xml"]).findall(f"{MAIN}sheets/{MAIN}sheet")
    for attribute in ("name", "sheetId"):
        names = Counter(sheet.get(attribute).casefold() for sheet in sheets)
        yield from (f"{attribute} {name} twice" for name, n in names.items() if n > 1)


def _sheets(found: dict[str, bytes]) -> Iterator[str]:
    for name in _sheet_parts(found):
        root = etree.fromstring(found[name])
        there = [etree.QName(e).localname for e in root if isinstance(e.tag, str)]
        known = [ORDER.index(tag) for tag in there if tag in ORDER]
        if known != sorted(known):
            yield f"{name}: out of order {there}"
        rows = [int(row.get("r")) for row in root.iter(f"{MAIN}row")]
        if rows != sorted(set(rows)):
            yield f"{name}: rows out of order"
        for row in root.iter(f"{MAIN}row"):
            places = [_column(c.get("r")) for c in row]
            if places != sorted(set(places)):
                yield f"{name}: cells of row {row.get('r')} out of order"


def _boxes(found: dict[str, bytes]) -> Iterator[str]:
    """Every comment has a box of its own, and no number is given twice in the workbook."""
    numbers: Counter[bytes] = Counter()
    for name in _sheet_parts(found):
        path = posixpath.join(posixpath.dirname(name), "_rels", posixpath.basename(name) + ".rels")
        targets = {
            r.get("Type").rpartition("/")[2]: r.get("Target").rpartition("/")[2]
            for r in etree.fromstring(found.get(path, b"<a/>"))
        }
        if "comments" not in targets:
            continue
        comments = etree.fromstring(
            next(b for n, b in found.items() if n.endswith("/" + targets["comments"]))
        )
        drawing = next(b for n, b in found.items() if n.endswith("/" + targets["vmlDrawing"]))
        etree.fromstring(drawing)
        refs = Counter(c.get("ref") for c in comments.iter(f"{MAIN}comment"))
        yield from (f"{name}: two comments in {ref}" for ref, n in refs.items() if n > 1)
        shapes = re.findall(rb"<v:shape [^>]*\bid=\"(_x0000_s\d+)\"", drawing)
        numbers.update(shapes)
        rows, columns = (re.findall(rb"<x:%s>(\d+)<" % tag, drawing) for tag in (b"Row", b"Column"))
        boxes = Counter((int(r) + 1, int(c) + 1) for r, c in zip(rows, columns, strict=True))
        if boxes != Counter((int(re.sub(r"\D", "", ref)), _column(ref)) for ref in refs):
            yield f"{name}: boxes {boxes} for {refs}"
    yield from (f"box {number!r} twice" for number, n in numbers.items() if n > 1)


def _sheet_parts(found: dict[str, bytes]) -> list[str]:
    return [name for name in found if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]


def _column(address: str) -> int:
    number = 0
    for letter in address.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number
