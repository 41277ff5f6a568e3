"""Files that are not what their name says. Whatever they hold, people get a sentence and never a traceback."""

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import vi, workbook
from kpi.problems import reason
from tests.sheets import Desk, edit, reasons, sentences

OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def zipped(parts):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("content", "why", "says"),
    [
        (b"", "empty_file", "rỗng"),
        (b"\0" * 100, "empty_file", "rỗng"),
        (OLE + bytes(600), "old_workbook", "Excel 97-2003"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "locked_by_password", "mật khẩu"),
        (b"<html><table>", "web_page", "trang web"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web_page", "trang web"),
        ("<?xml version='1.0'?>".encode("utf-16"), "web_page", "trang web"),
        ("STT;Đơn vị;Tử số\n1;Ba Bể;3".encode(), "not_a_workbook", "không phải định dạng .xlsx"),
        (b"%PDF-1.7", "not_a_workbook", "không phải định dạng .xlsx"),
        (b"PK\x03\x04 cut off", "damaged_workbook", "hỏng"),
        (zipped({"word/document.xml": "x", "[Content_Types].xml": "x"}), "not_a_workbook", ".xlsx"),
        (zipped({"xl/workbook.xml": "x", "[Content_Types].xml": "x"}), "damaged_workbook", "hỏng"),
        (b"x" * 5_000_001, "too_many_bytes", "lớn hơn mức cho phép 5 MB"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_in_plain_words(desk, content, why, says):
    draft = desk.read(content)
    assert [reason(p) for p in draft.problems] == [why]
    assert says in sentences(draft)
    assert (draft.verdict, draft.plan, draft.readings) == ("refuse", None, ())


def test_a_small_file_that_unpacks_without_end_is_refused_before_it_is_read(desk):
    bomb = zipped(
        {"[Content_Types].xml": "x", "xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": " " * 30_000_000}
    )
    assert len(bomb) < 100_000
    assert reasons(desk.read(bomb)) == {"unpacks_too_large"}
    many = zipped({"[Content_Types].xml": "x", **{f"xl/{n}.xml": "" for n in range(1100)}})
    assert reasons(desk.read(many)) == {"unpacks_too_large"}


def test_one_stray_cell_at_the_end_of_a_sheet_is_said_and_not_walked_to(desk):
    content = edit(desk.filled(), lambda book: book["Cấp xã"].cell(1_048_576, 16_384, "x"))
    assert "too_many_rows" in reasons(desk.read(content))


def test_macros_are_never_run_and_said(desk):
    raw = io.BytesIO(desk.filled())
    with zipfile.ZipFile(raw, "a") as book:
        book.writestr("xl/vbaProject.bin", b"macro")
    draft = desk.read(raw.getvalue())
    assert draft.clean
    assert reasons(draft) == {"macros_ignored"}


def test_the_name_of_a_file_is_only_its_last_part(plans, directory):
    assert workbook.read("C:\\Users\\x\\bao cao.xlsx", b"", plans, directory).filename == "bao cao.xlsx"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", OLE, b"<"]))
def test_random_bytes_are_refused(plans, directory, content, start):
    draft = workbook.read("x.xlsx", start + content, plans, directory)
    assert draft.verdict == "refuse"
    assert all(map(vi.explain, draft.problems))


def test_a_file_cut_off_anywhere_is_refused(desk):
    content = desk.filled("BDT")
    for end in range(1, len(content), len(content) // 40):
        assert desk.read(content[:end]).verdict == "refuse"


def test_flipped_bytes_never_break_the_reader(desk):
    content = desk.filled("BDT")
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


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_anything_typed_anywhere_is_answered_in_words(plan, plans, directory, units, data):
    desk = Desk(plan, plans, directory, units)
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
