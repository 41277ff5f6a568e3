"""Files that are not what their name says, or worse. Whatever they hold, people get a sentence and never a traceback."""

import io
import os
import random
import re
import struct
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import vi, workbook
from kpi.model import Quarter
from kpi.problems import DamagedWorkbook, TooMany, TooManyRows, reason
from kpi.workbook import apart, guard, limits
from kpi.workbook.apart import load_apart
from kpi.workbook.loading import load_here
from tests.bare_books import OLE, STRICT, XML_2003, book, cells, locked, merged, one, parts, rows, xls, zipped
from tests.sheets import edit, grids, reasons, sentences, sheet_of


def padded(size):
    """A workbook of exactly so many bytes."""

    def stored(blob):
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as target:
            for name, content in {**parts(one("A1")), "xl/media/a.bin": blob}.items():
                target.writestr(name, content)
        return raw.getvalue()

    return stored(bytes(size - len(stored(b""))))


def filler(*sizes):
    return zipped({**parts(one("A1")), **{f"xl/media/{n}.bin": bytes(size) for n, size in enumerate(sizes)}})


def unpacked(size):
    """A workbook whose parts come to so many bytes."""
    rest = size - sum(len(content) for content in parts(one("A1")).values())
    return filler(rest // 3, rest // 3, rest - 2 * (rest // 3))


def many_parts(count):
    known = parts(one("A1"))
    return zipped({**known, **{f"xl/media/{n}": "" for n in range(count - len(known))}})


def deep(count):
    # One level is the worksheet itself.
    return book(one("A1") + "<x>" * (count - 1) + "</x>" * (count - 1))


def coded(*codes):
    """A workbook with these number formats, one for each of its cells."""
    known = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(codes))
    formats = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(codes)))
    shown = "".join(f'<c s="{n}"><v>{n}.5</v></c>' for n in range(min(len(codes), 100)))
    return book(rows(f"<row>{shown}</row>"), styles=f"<numFmts>{known}</numFmts><cellXfs>{formats}</cellXfs>")


def titled(*titles):
    """A sheet of its own for each title."""
    known = parts(one("A1"), sheets=len(titles))
    for number, title in enumerate(titles):
        known["xl/workbook.xml"] = known["xl/workbook.xml"].replace(f'"Trang {number}"', f'"{title}"')
    return zipped(known)


WHOLE = "".join(parts(one("A1")).values())


def attributed(count):
    """So many attributes of a hundred names in all parts."""
    full, rest = divmod(count - WHOLE.count('="'), 100)
    some, each = (" ".join(f'a{n}=""' for n in range(many)) for many in (rest, 100))
    return book(one("A1") + f"<x {each}/>" * full + f"<x {some}/>")


def named(count):
    """So many names of elements and attributes in all parts."""
    known = {*re.findall(r"<([\w:]+)", WHOLE), *re.findall(r'([\w:]+)="', WHOLE)}
    return book(one("A1") + "".join(f"<x{n}/>" for n in range(count - len(known))))


LIMITS = {
    "bytes": (padded, limits.LARGEST, "too_many_bytes"),
    "parts": (many_parts, limits.MOST_PARTS, "unpacks_too_large"),
    "one part": (filler, limits.LARGEST_PART, "unpacks_too_large"),
    "all parts": (unpacked, limits.LARGEST_UNPACKED, "unpacks_too_large"),
    "sheets": (lambda n: book(one("A1"), sheets=n), limits.MOST_SHEETS, "too_many"),
    "rows": (lambda n: book(one(f"A{n}")), limits.MOST_ROWS, "too_many_rows"),
    "columns": (lambda n: book(one(limits.address_of(1, n))), limits.MOST_COLUMNS, "too_many_rows"),
    "cells": (lambda n: book(cells(n)), limits.MOST_CELLS, "too_many"),
    "merges": (lambda n: book(one("A1") + merged(n)), limits.MOST_MERGES, "too_many"),
    "formats": (
        lambda n: book(one("A1"), styles=f"<cellXfs>{'<xf/>' * n}</cellXfs>"),
        limits.MOST_FORMATS,
        "too_many",
    ),
    "texts": (lambda n: book(one("A1"), strings="<si/>" * n), limits.MOST_TEXTS, "too_many"),
    "depth": (deep, limits.DEEPEST, "damaged_workbook"),
    "attributes": (
        lambda n: book(one("A1") + "<x " + " ".join(f'a{i}=""' for i in range(n)) + "/>"),
        limits.MOST_ATTRIBUTES,
        "damaged_workbook",
    ),
    "text": (lambda n: book(one("A1") + f"<x>{'x' * n}</x>"), limits.LONGEST_TEXT, "unpacks_too_large"),
    "attributes in all": (attributed, limits.MOST_ATTRIBUTES_IN_ALL, "unpacks_too_large"),
    "names": (named, limits.MOST_NAMES, "damaged_workbook"),
    "number format": (lambda n: coded("0" * n), limits.LONGEST_CODE, "damaged_workbook"),
    "number formats": (lambda n: coded(*["0"] * n), limits.MOST_CODES, "too_many"),
    "title": (lambda n: titled("x" * n), limits.LONGEST_TITLE, "damaged_workbook"),
}


@pytest.mark.parametrize(("make", "limit", "why"), LIMITS.values(), ids=LIMITS)
def test_a_file_at_a_limit_is_read_and_one_above_is_refused(make, limit, why):
    assert guard.refuse("a.xlsx", make(limit)) is None
    refused = guard.refuse("a.xlsx", make(limit + 1))
    assert refused is not None
    assert reason(refused) == why
    assert vi.explain(refused)


def test_what_is_too_large_is_named_with_its_sheet_and_cell():
    refused = guard.refuse("a.xlsx", book(one("XFD1048576")))
    assert refused is not None
    assert str(refused.at) == "Trang 0!XFD1048576"
    assert "hơn 20.000 dòng hoặc 702 cột" in vi.explain(refused)


def xls_merged(count):
    def write(made):
        sheet = made.add_sheet("a")
        for row in range(count):
            sheet.merge(row, row, 0, 1)

    return xls(write)


def xls_cells(count):
    def write(made):
        sheet = made.add_sheet("a")
        for n in range(count):
            sheet.write(n // 200, n % 200, 1)

    return xls(write)


XLS_LIMITS = {
    "sheets": (lambda n: xls(lambda made: [made.add_sheet(f"a{i}") for i in range(n)]), limits.MOST_SHEETS),
    "rows": (lambda n: xls(lambda made: made.add_sheet("a").write(n - 1, 0, 1)), limits.MOST_ROWS),
    "merges": (xls_merged, limits.MOST_MERGES),
    "cells": (xls_cells, limits.MOST_CELLS),
}


@pytest.mark.parametrize(("make", "limit"), XLS_LIMITS.values(), ids=XLS_LIMITS)
def test_an_old_file_has_the_same_limits(make, limit):
    assert guard.refuse("a.xls", make(limit)) is None
    assert isinstance(guard.refuse("a.xls", make(limit + 1)), TooMany | TooManyRows)


@pytest.mark.parametrize(
    ("content", "why", "says"),
    [
        (b"", "empty_file", "rỗng"),
        (b"\0" * 100, "empty_file", "rỗng"),
        (OLE + bytes(600), "damaged_workbook", "hỏng"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "other_format", "quá cũ"),
        (b"<html><table>", "web_page", "trang web"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web_page", "trang web"),
        ("<?xml version='1.0'?>".encode("utf-16"), "web_page", "trang web"),
        (XML_2003, "other_format", "SpreadsheetML"),
        ("STT;Đơn vị;Tử số\n1;Ba Bể;3".encode(), "other_format", "không đổi đuôi tệp bằng tay"),
        ("STT\tĐơn vị\tTử số\n1\tBa Bể\t3".encode("utf-16"), "other_format", "CSV"),
        (b"%PDF-1.7", "not_a_workbook", "không phải định dạng .xlsx"),
        (b"PK\x03\x04 cut off", "damaged_workbook", "hỏng"),
        (zipped({"word/document.xml": "x", "[Content_Types].xml": "x"}), "not_a_workbook", ".xlsx"),
        (zipped({"xl/workbook.xml": "x", "[Content_Types].xml": "x"}), "damaged_workbook", "hỏng"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "other_format", ".ods"),
        (zipped({"xl/workbook.bin": "x", "[Content_Types].xml": "<x/>"}), "other_format", ".xlsb"),
        (book(one("A1"), main=STRICT), "other_format", "Strict"),
        (b"x" * (limits.LARGEST + 1), "too_many_bytes", "lớn hơn mức cho phép 5 MB"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_in_plain_words(desk, content, why, says):
    draft = desk.read(content)
    assert [reason(p) for p in draft.problems] == [why]
    assert says in sentences(draft)
    assert (draft.verdict, draft.plan, draft.readings) == ("refuse", None, ())


# What is made to do harm.


def overlapping():
    """Two entries that share the bytes of one."""
    content = book(one("A1"))
    at = content.index(b"PK\x01\x02")
    length = 46 + sum(struct.unpack_from("<HHH", content, at + 28))
    # Its twin under another name of the same length.
    twin = content[at : at + length].replace(b"[Content_Types].xml", b"[Content_Types].xmk")
    end = content.rindex(b"PK\x05\x06")
    count, size, start = (
        struct.unpack_from("<H", content, end + 10)[0],
        *struct.unpack_from("<II", content, end + 12),
    )
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count + 1, count + 1, size + length, start, 0)
    return content[:end] + twin + tail


def wrong_checksum():
    content = bytearray(book(one("A1")))
    at = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    content[at + 16] ^= 1
    return bytes(content)


def with_entry(name, content=b"", method=zipfile.ZIP_STORED):
    raw = io.BytesIO(book(one("A1")))
    with zipfile.ZipFile(raw, "a") as target:
        target.writestr(zipfile.ZipInfo(name), content, method)
    return raw.getvalue()


def looping(at_sector):
    """An old workbook whose chain of sectors bites its tail."""
    content = bytearray(xls(lambda made: made.add_sheet("a").write(0, 0, "x" * 9000)))
    (fat,) = struct.unpack_from("<I", content, 76)
    struct.pack_into("<I", content, (fat + 1) * 512 + at_sector * 4, at_sector)
    return bytes(content)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHING = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><worksheet>&l9;</worksheet>'
FAR_READS = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'
LONG = "Huyện Ba Bể " * 2_700


def sheet_of_xml(xml):
    return zipped({**parts(), "xl/worksheets/sheet0.xml": xml})


def wide_merges(count):
    ranges = "".join(f'<mergeCell ref="A{n}:ZZ{n + 30}"/>' for n in range(1, count + 1))
    return book(one("ZZ20000") + f"<mergeCells>{ranges}</mergeCells>")


def one_part_for_all(count, cells_of_it):
    """Sheets that all name the same part."""
    known = parts(cells(cells_of_it), sheets=count)
    known["xl/_rels/workbook.xml.rels"] = re.sub(
        r"sheet[0-9]+\.xml", "sheet0.xml", known["xl/_rels/workbook.xml.rels"]
    )
    return zipped({name: part for name, part in known.items() if not re.search("sheet[1-9]", name)})


def brackets_in_an_old_file():
    """As many number formats as fit, each of which asks for its end from every bracket."""

    def write(made):
        sheet = made.add_sheet("a")
        for n in range(200):
            sheet.write(0, n, 1, xlwt.easyxf(num_format_str="0" + "[" * (4_000 - n)))

    return xls(write)


def two_versions(inside, outside="{}"):
    choices = "".join(f"<mc:{kind}>{inside}</mc:{kind}>" for kind in ("Choice", "Fallback"))
    namespace = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    return outside.format(f"<mc:AlternateContent {namespace}>{choices}</mc:AlternateContent>")


CELL = '<c r="A1"><v>1</v></c>'
MANY_NAMES = "".join(f"<b{n} " + " ".join(f'x{n}_{m}=""' for m in range(20)) + "/>" for n in range(60_000))

HOSTILE = {
    "a number format of brackets": lambda: coded("0" + "[" * 200_000),
    "number formats of brackets": lambda: coded(*["0" + "[" * (20_000 + n) for n in range(25)]),
    "number formats of brackets in an old file": brackets_in_an_old_file,
    "thousands of number formats": lambda: coded(*["0" + "[" * 250] * 60_000),
    "sixty sheets of one part": lambda: one_part_for_all(60, 20_000),
    "two sheets of one title": lambda: titled("Biểu", "BIỂU"),
    "a title of megabytes": lambda: titled("quý " * 60_000),
    "a text longer than a cell holds": lambda: book(
        rows(f'<row><c t="inlineStr"><is>{"<r><t>" + "(" * 16_400 + "</t></r>"}{"<r><t>" + "(" * 16_400 + "</t></r>"}</is></c></row>')
    ),
    "a million names": lambda: sheet_of_xml(f"<a>{MANY_NAMES}</a>"),
    "millions of attributes": lambda: attributed(3_300_000),
    "a cell in two versions": lambda: book(rows(two_versions(CELL, "<row>{}</row>"))),
    "a row in two versions": lambda: book(rows(two_versions(f"<row>{CELL}</row>"))),
    "a value in two versions": lambda: book(rows(two_versions("<v>1</v>", '<row><c r="A1">{}</c></row>'))),
    "the cells in two versions": lambda: book(two_versions(rows(f"<row>{CELL}</row>"))),
    "a text in two versions": lambda: book(one("A1"), strings=two_versions("<si><t>x</t></si>")),
    "a format in two versions": lambda: book(one("A1"), styles=two_versions("<xf/>", "<cellXfs>{}</cellXfs>")),
    "an element inside a number": lambda: book(rows("<row><c><v>1<z>9</z>2</v></c></row>")),
    "an element inside a text": lambda: book(
        rows('<row><c t="s"><v>0</v></c></row>'), strings="<si><r><t>1<z>9</z>2</t></r></si>"
    ),
    "a row inside a row": lambda: book(rows(f'<row><row r="2">{CELL}</row></row>')),
    "a cell inside a cell": lambda: book(rows(f"<row><c>{CELL}</c></row>")),
    "a list of texts inside a text": lambda: book(one("A1"), strings="<si><t>a</t><x><si><t>b</t></si></x></si>"),
    "a document type where nobody reads": lambda: with_entry("docProps/app.xml", b"<!DOCTYPE x><x/>"),
    "a sheet where nobody reads that breaks off": lambda: zipped(
        {
            **{name: part.replace("worksheets/sheet0.xml", "/customXml/sheet0.xml") for name, part in parts().items()},
            "customXml/sheet0.xml": f"<worksheet>{one('A1')}",
        }
    ),
    "a part that unpacks without end": lambda: filler(200_000_000),
    "a sheet of nothing but spaces": lambda: book(" " * 24_000_000),
    "a thousand parts": lambda: many_parts(1_000),
    "entries that overlap": overlapping,
    "a wrong checksum": wrong_checksum,
    "an entry above its folder": lambda: with_entry("xl/../../etc/passwd"),
    "an entry of the root": lambda: with_entry("/etc/passwd"),
    "an entry of another system": lambda: with_entry("xl\\styles.bin"),
    "an entry twice but for its case": lambda: with_entry("XL/WORKBOOK.XML", b"<workbook/>"),
    "another compression": lambda: with_entry("xl/a.bin", bytes(1000), zipfile.ZIP_LZMA),
    "a billion laughs": lambda: sheet_of_xml(LAUGHING),
    "an entity from elsewhere": lambda: sheet_of_xml(FAR_READS),
    "tags without end": lambda: sheet_of_xml("<a>" * 5_000_000),
    "millions of small elements": lambda: sheet_of_xml(f"<a>{'<b/>' * 5_000_000}</a>"),
    "an attribute of megabytes": lambda: sheet_of_xml(f'<a b="{"x" * 20_000_000}"/>'),
    "a comment of megabytes": lambda: sheet_of_xml(f"<a><!--{'x' * 20_000_000}--></a>"),
    "thousands of attributes": lambda: sheet_of_xml("<a " + " ".join(f'b{n}=""' for n in range(300_000)) + "/>"),
    "a number of megabytes": lambda: book(rows(f"<row><c><v>{'9' * 20_000_000}</v></c></row>")),
    "a cell at the end of the sheet": lambda: book(one("XFD1048576")),
    "a row that is none": lambda: book(rows('<row r="99999999999999999999"><c><v>1</v></c></row>')),
    "a cell that is none": lambda: book(one("ABCDEFGH1")),
    "one cell twice": lambda: book(rows('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
    "a million cells": lambda: book(cells(1_000_000)),
    "a million merged ranges": lambda: book(one("A1") + merged(900_000)),
    "merged ranges over everything": lambda: wide_merges(1_900),
    "texts without end": lambda: book(one("A1"), strings="<si><t>x</t></si>" * 1_300_000),
    "a long text in every cell": lambda: book(
        rows(*['<row>' + '<c t="s"><v>0</v></c>' * 100 + "</row>"] * 1_900), strings=f"<si><t>{LONG}</t></si>"
    ),
    "formats without end": lambda: book(one("A1"), styles="<cellXfs>" + "<xf/>" * 1_400_000 + "</cellXfs>"),
    "sheets without end": lambda: zipped({**parts(one("A1")), "xl/workbook.xml": f"<workbook><sheets>{'<sheet/>' * 500_000}</sheets></workbook>"}),
    "a sheet that is missing": lambda: zipped({k: v for k, v in parts(one("A1")).items() if "sheet0" not in k}),
    "a chain of sectors without end": lambda: looping(1),
    "a directory without end": lambda: looping(struct.unpack_from("<I", looping(1), 48)[0]),
    "an old file with a password": locked,
    "an old file at the end of the sheet": lambda: xls(lambda made: made.add_sheet("a").write(65_535, 255, 1)),
}  # fmt: skip


def test_a_password_is_named(desk):
    encrypted = bytearray(xls(lambda made: made.add_sheet("a").write(0, 0, "x")))
    at = encrypted.index("Workbook".encode("utf-16-le"))
    encrypted[at : at + 66] = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 34)
    zip_with_one = bytearray(book(one("A1")))
    zip_with_one[zip_with_one.index(b"PK\x01\x02") + 8] |= 1
    for content in (locked(), bytes(encrypted), bytes(zip_with_one)):
        assert "Bỏ mật khẩu" in sentences(desk.read(content))


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_words(desk, make):
    draft = desk.read(make())
    assert (draft.verdict, len(draft.problems), draft.readings) == ("refuse", 1, ())
    assert re.search(r"rồi (lưu|tải) lại", sentences(draft))


@pytest.mark.heavy
def test_hostile_files_are_refused_apart_and_take_little_memory_there(tmp_path):
    """What the process that reads them takes at most, Python itself with it."""
    for number, make in enumerate(HOSTILE.values()):
        content = make()
        if len(content) <= limits.LARGEST:
            (tmp_path / f"{number}.xlsx").write_bytes(content)
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert int(measured.stdout) <= 256 * 1024


MEASURE = """
import resource, sys
from pathlib import Path
from kpi.workbook.apart import load_apart
assert not [p for p in Path(sys.argv[1]).iterdir() if isinstance(load_apart(p.name, p.read_bytes()), tuple)]
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_parser_that_dies_is_a_damaged_file_with_a_code_that_leads_to_the_log(
    monkeypatch, tmp_path, caplog
):
    """Whatever becomes of the process: no memory, no time left, a crash, an answer that is none."""
    ends = {
        "MemoryError": "bytes(10**10)",
        "exit -9": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "exit 3": "import os; os._exit(3)",
        "JSONDecodeError": "print('{')",
        "KeyError": "print('{}')",
        "wall clock": "import time; time.sleep(60)",
    }
    monkeypatch.setattr(apart, "SECONDS", 2)
    for why, code in ends.items():
        child = tmp_path / "child.py"
        child.write_text(f"import sys; sys.stdin.buffer.read()\n{LIMITED}\n{code}\n", "utf-8")
        monkeypatch.setattr(apart, "_CHILD", child)
        caplog.clear()
        refused = load_apart("a.xlsx", book(one("A1")))
        assert isinstance(refused, DamagedWorkbook)
        assert f"Mã tra cứu: {refused.code}." in vi.explain(refused)
        assert refused.code in caplog.text
        assert why in caplog.text


LIMITED = f"""
sys.path.insert(0, {str(Path(workbook.__file__).parent)!r})
import child
child.limit()
"""


def test_the_process_knows_nothing_of_the_server(monkeypatch, tmp_path):
    monkeypatch.setenv("KPI_SECRET", "geheim")
    child = tmp_path / "child.py"
    told = tmp_path / "told"
    child.write_text(
        f"import os, sys\nopen({str(told)!r}, 'w').write(f'{{os.getcwd()}} {{dict(os.environ)}} {{sys.path}}')",
        "utf-8",
    )
    monkeypatch.setattr(apart, "_CHILD", child)
    load_apart("a.xlsx", book(one("A1")))
    known = told.read_text("utf-8")
    assert "geheim" not in known
    assert os.getcwd() not in known.split(" ")[0]


def test_only_two_files_are_read_at_once_and_the_others_wait(monkeypatch, tmp_path):
    child, running = tmp_path / "child.py", tmp_path / "running"
    running.mkdir()
    child.write_text(
        f"""
import os, sys, time
sys.stdin.buffer.read()
mine = os.path.join({str(running)!r}, str(os.getpid()))
open(mine, "w").close()
print(len(os.listdir({str(running)!r})), file=open({str(tmp_path / "seen")!r}, "a"))
time.sleep(0.1)
os.remove(mine)
""",
        "utf-8",
    )
    monkeypatch.setattr(apart, "_CHILD", child)
    waiting = [threading.Thread(target=load_apart, args=("a.xlsx", book(one("A1")))) for _ in range(6)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    seen = [int(line) for line in (tmp_path / "seen").read_text("utf-8").split()]
    assert len(seen) == 6
    assert max(seen) <= 2


# What is odd and yet sound.


def test_what_ordinary_programs_write_passes(desk):
    content = desk.filled("BDT")
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        known = {name: source.read(name) for name in source.namelist()}
    wanted = desk.read(content).readings
    # WPS writes its folders too.
    folders = {"_rels/": b"", "xl/": b"", "xl/worksheets/": b"", "docProps/": b""}
    # Old workbooks gather tens of thousands of formats; LibreOffice tells the height of the very last row.
    bloated = re.sub(rb"(</cellXfs>)", b"<xf/>" * 60_000 + rb"\1", known["xl/styles.xml"])
    last = b'<row r="1048576" ht="12.8"><c r="XFD1048576" s="1"/></row></sheetData>'
    sheet = known["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", last)
    for odd in (
        {**folders, **known},
        {**known, "xl/styles.xml": bloated},
        {**known, "xl/worksheets/sheet1.xml": sheet},
        # A dimension that is not so.
        {
            **known,
            "xl/worksheets/sheet1.xml": re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', sheet),
        },
    ):
        assert desk.read(zipped(odd)).readings == wanted != ()


FAR = '<row r="30000"><c r="A30000" s="1"/></row><row r="30001"><c r="XFD30001" s="1"/></row>'
EXTENDED = """<extLst xmlns:m="m"><ext><x:dataValidation xmlns:x="x"><x:formula1><m:f>A1</m:f></x:formula1><m:v/><m:is/>
</x:dataValidation><row r="5"><c r="C5"><v>99</v></c></row></ext></extLst>"""


def read_back(content):
    """Address -> value, of the first sheet."""
    return {limits.address_of(*place): spot.value for place, spot in grids(content)[0].spots.items()}


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        # A formatted cell far away, and after it rules whose elements are called as those of cells are.
        (book(rows(f"<row>{CELL}</row>", FAR) + EXTENDED), {"A1": 1}),
        (book(rows("<row><c><v>.5</v></c><c><v>-.25E1</v></c></row>")), {"A1": 0.5, "B1": -2.5}),
        # One row in two pieces.
        (
            book(rows(f'<row r="1">{CELL}</row>', '<row r="1"><c r="C1"><v>3</v></c></row>')),
            {"A1": 1, "C1": 3},
        ),
        (with_entry("docProps/app.xml"), {"A1": 1}),
        (with_entry("customXml/item1.xml", b"<a><b></a>"), {"A1": 1}),
        # Two versions of a picture.
        (book(one("A1") + two_versions("<drawing/>")), {"A1": 1}),
        (
            zipped(
                {
                    name.replace("sheet0", "Sheet 0"): part.replace(
                        "worksheets/sheet0", "Worksheets/sheet%200"
                    )
                    for name, part in parts(one("A1")).items()
                }
            ),
            {"A1": 1},
        ),
    ],
)
def test_what_is_odd_and_harms_nobody_is_read_in_full(content, wanted):
    assert read_back(content) == wanted


@pytest.mark.parametrize("ref", ["A1:B2", "$A$1:$B$2", "B2:A1"])
def test_a_merged_range_is_the_same_however_its_corners_are_named(ref):
    (grid,) = grids(book(one("A1") + f'<mergeCells><mergeCell ref="{ref}"/></mergeCells>'))
    assert grid.merges == ((1, 1, 2, 2),)


@pytest.mark.parametrize(
    "stored", ["1_000", "NaN", "INF", "-INF", "1e999", "9" * 5_000, "１２", "0x10", "1,5", "٣"]
)
def test_a_number_that_no_program_writes_is_no_figure(desk, stored):
    content = desk.filled()
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        known = {name: source.read(name) for name in source.namelist()}
    name = "xl/worksheets/sheet1.xml"
    place = next(
        r.cell for r in desk.read(content).readings if (r.cell.sheet, r.numerator) == ("Cấp huyện", 8)
    )
    box = re.compile(rf'(<c r="{place.address}"[^>]*><v>)[^<]*'.encode())
    assert len(box.findall(known[name])) == 1
    known[name] = box.sub(lambda found: found[1] + stored.encode(), known[name])
    draft = desk.read(zipped(known))
    assert draft.verdict == "refuse"
    assert [str(p.at) for p in draft.problems] == [str(place)]


@pytest.mark.parametrize("typed", ["1_000", "NaN", "∞", "-∞", "1e999", "9" * 5_000, "１２", "٣", "²"])
def test_what_only_looks_like_a_number_is_no_figure_when_it_is_typed(desk, typed):
    place = desk.changed({}).readings[0].cell
    draft = desk.changed({str(place): typed})
    assert not [r for r in draft.readings if r.cell == place]
    assert place in [p.at for p in draft.problems]


def test_macros_are_never_run_and_said(desk):
    raw = io.BytesIO(desk.filled())
    with zipfile.ZipFile(raw, "a") as target:
        target.writestr("xl/vbaProject.bin", b"macro")
    draft = desk.read(raw.getvalue())
    assert draft.clean
    assert reasons(draft) == {"macros_ignored"}


def test_the_name_of_a_file_is_only_its_last_part(plans, directory):
    assert workbook.read("C:\\Users\\x\\bao cao.xlsx", b"", plans, directory).filename == "bao cao.xlsx"


# What chance makes of a file.


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", OLE, b"<"]))
def test_random_bytes_are_refused(plans, directory, content, start):
    draft = workbook.read("x.xlsx", start + content, plans, directory, load=load_here)
    assert draft.verdict == "refuse"
    assert all(map(vi.explain, draft.problems))


def old(content):
    """The same sheets as .xls."""

    def write(made):
        for grid in grids(content):
            sheet = made.add_sheet(grid.title)
            for spot in grid.spots.values():
                sheet.write(spot.row - 1, spot.column - 1, spot.value)

    return xls(write)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_file_cut_off_anywhere_is_refused(desk, kind):
    content = desk.filled("BDT") if kind == "xlsx" else old(desk.filled("BDT"))
    for percent in range(1, 100):
        draft = desk.read(content[: len(content) * percent // 100])
        assert draft.verdict == "refuse"
        assert sentences(draft)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_flipped_bytes_never_break_the_reader(desk, kind):
    content = desk.filled("BDT") if kind == "xlsx" else old(desk.filled("BDT"))
    chance = random.Random(1)  # noqa: S311
    for _ in range(150):
        flipped = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        draft = desk.read(bytes(flipped))
        assert sentences(draft) is not None


def test_garbled_sheets_inside_a_sound_file_never_break_the_reader(desk):
    """Flips behind the compression reach the parser itself."""
    with zipfile.ZipFile(io.BytesIO(desk.filled("PCNTT"))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    chance = random.Random(2)  # noqa: S311
    names = [n for n in parts if n.endswith(".xml")]
    for _ in range(150):
        name = chance.choice(names)
        garbled = bytearray(parts[name])
        for _ in range(chance.randint(1, 4)):
            garbled[chance.randrange(len(garbled))] = chance.choice(b'<>"/0129-=xAe. ')
        draft = desk.read(zipped({**parts, name: bytes(garbled)}))
        assert sentences(draft) is not None


def check_what_is_typed(desk, data):
    typed = st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=8000, exclude_categories=["Cs"]), max_size=12),
        st.floats(allow_nan=False), st.integers(-(10**20), 10**20), st.booleans(), st.datetimes(),
        st.sampled_from(["-", "x", "98/108", "1.292", "0,96", "=1/0", "#DIV/0!", "Tổng cộng", "Huyện Ba Bể", "I"]),
    )  # fmt: skip
    code = data.draw(st.sampled_from(["061", "PCNTT", "PBCVT"]))
    sheets = {"061": ["Cấp xã", "Cấp huyện"], "PCNTT": ["Xếp hạng"], "PBCVT": ["Cấp huyện"]}[code]
    places = st.tuples(st.sampled_from(sheets), st.sampled_from("ABCDEFGHIJKL"), st.integers(1, 26))

    def write(book):
        for (sheet, column, row), value in data.draw(st.lists(st.tuples(places, typed), max_size=8)):
            box = book[sheet][f"{column}{row}"]
            if hasattr(box, "number_format") and type(box).__name__ == "Cell":
                box.value = value

    draft = desk.read(edit(desk.filled(code), write))
    assert sentences(draft) is not None
    for doubt in draft.doubts:
        answered = desk.read(draft.content, answers={str(doubt.at): doubt.choices[0]})
        assert sentences(answered) is not None


@settings(max_examples=25)
@given(data=st.data())
def test_anything_typed_anywhere_is_answered_in_words(desk, data):
    check_what_is_typed(desk, data)


@pytest.mark.slow
@settings(max_examples=2_000)
@given(data=st.data())
def test_anything_typed_anywhere_is_answered_in_words_2_000_times(desk, data):
    check_what_is_typed(desk, data)


@pytest.mark.parametrize(
    "text", ["(" * 32_000, "- " * 16_000, "i, " * 10_000, "số liệu " * 4_000, "Quý " * 8_000, " " * 32_000]
)
def test_a_text_of_any_length_is_read_in_words(desk, text):
    rows = (("STT", "Đơn vị", "(1)"), (1, "Xã Bành Trạch", "Có"), (2, text, "Có"), (None, text))
    draft = desk.read(
        sheet_of((text,), ("Đơn vị gửi: " + text,), *rows), reporter="061", quarter=Quarter(2022, 1)
    )
    assert all(len(vi.explain(problem)) < 1_000 for problem in draft.problems)
