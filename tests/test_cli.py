from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document

from kpi import plan as plan_files
from kpi import vi
from kpi.cli import main
from kpi.store import Store
from tests.filled import Q1

FIRST, SECOND = "058", "060"


@pytest.fixture
def kpi(tmp_path, monkeypatch):
    """Run a command against a store of its own, not there yet."""
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "store" / "kpi.duckdb"))
    monkeypatch.delenv("KPI_DATA", raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def form(tmp_path, sender):
    """A file of the post office: posts with staff, of 20, in each district from the first on."""

    def write(*manned: int) -> Path:
        path: Path = tmp_path / f"bưu điện {len(list(tmp_path.iterdir()))}.xlsx"
        path.write_bytes(sender.posts(Q1, *manned).content)
        return path

    return write


def said(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[-1])


def numbers(value: Any) -> list[Any]:
    """Everything in a JSON value that is a bare number."""
    if isinstance(value, dict):
        return [n for inner in value.values() for n in numbers(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in numbers(inner)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def test_a_blank_form_filled_in_is_read_and_kept(kpi, form, tmp_path):
    blank = kpi(
        "blank",
        "--plan",
        "bac-kan-2022",
        "--reporter",
        "BDT",
        "--quarter",
        "2022-Q1",
        "--out",
        tmp_path / "b",
    )
    assert blank.exit_code == 0
    assert (tmp_path / "b").read_bytes().startswith(b"PK")
    file = form(18, 19)
    kept = kpi("keep", file, "--person", "Lan", "--json")
    assert kept.exit_code == 0
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert said(kept) == {"upload": "1", "sha256": sha256, "new": "2", "changed": "0", "unchanged": "0"}
    assert "Đã lưu (lần nạp số 1): 2 số liệu mới" in kept.stdout


def test_reading_stores_nothing_and_makes_nothing(kpi, form, tmp_path):
    result = kpi("read", form(18, 19), "--json")
    assert result.exit_code == 0
    found = said(result)
    assert (found["verdict"], found["reporter"], found["quarter"]) == ("warn", "BDT", "2022-Q1")
    assert [(r["indicator"], r["unit"], r["numerator"], r["denominator"]) for r in found["readings"]] == [
        ("7", FIRST, "18", "20"),
        ("7", SECOND, "19", "20"),
    ]
    assert all(r["sheet"] and r["cell"] for r in found["readings"])
    assert numbers(found) == []
    assert not (tmp_path / "store").exists()


def test_a_wrong_file_is_refused_with_every_reason_and_its_cell(kpi, form, tmp_path):
    result = kpi("keep", form(21, 19, 22), "--person", "Lan", "--json")
    assert result.exit_code == 1
    found = [f for f in said(result)["findings"] if f["reason"] == "numerator_above_denominator"]
    assert len(found) == 2
    assert all(f["cell"] and f["message"] in result.stdout for f in found)
    assert said(kpi("uploads", "--json")) == []


def test_what_is_no_workbook_is_refused_without_a_traceback(kpi, tmp_path):
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"not a workbook")
    result = kpi("read", file, "--json")
    assert result.exit_code == 1
    assert said(result)["verdict"] == "refuse"
    assert "Traceback" not in result.output


def test_the_same_bytes_again_are_told_when_they_were_kept(kpi, form):
    file = form(18, 19)
    kpi("keep", file, "--person", "Lan")
    again = kpi("keep", file, "--person", "Hoa", "--json")
    assert again.exit_code == 0
    assert "đã được nạp lúc" in again.stdout
    assert {k: v for k, v in said(again).items() if k != "sha256"} == {
        "upload": "1",
        "new": "0",
        "changed": "0",
        "unchanged": "2",
    }
    assert len(said(kpi("uploads", "--json"))) == 1


def test_reading_knows_what_is_held(kpi, form, sender, tmp_path):
    """Counted once a year and cumulative: 5 after 9 is asked about."""
    earlier = tmp_path / "q1.xlsx"
    earlier.write_bytes(sender.content("061", Q1, {("9", "061"): (9, 100)}))
    assert kpi("keep", earlier, "--person", "Lan").exit_code == 0
    later = tmp_path / "q2.xlsx"
    later.write_bytes(sender.content("061", Q1.next, {("9", "061"): (5, 100)}))
    result = kpi("read", later, "--json")
    asked = [f for f in said(result)["findings"] if "choices" in f]
    assert (result.exit_code, said(result)["verdict"]) == (1, "ask")
    assert [f["reason"] for f in asked] == ["cumulative_fell"]
    wrong = kpi("keep", later, "--person", "Lan", "--answer", f"{asked[0]['cell']}=nope")
    assert wrong.exit_code == 2
    assert asked[0]["choices"][0] in wrong.stderr
    answer = f"{asked[0]['cell']}={asked[0]['choices'][0]}"
    kept = kpi("keep", later, "--person", "Lan", "--answer", answer, "--json")
    assert kept.exit_code == 0, kept.stdout


def test_an_answer_to_nothing_is_wrong_usage(kpi, form):
    result = kpi("keep", form(18), "--person", "Lan", "--answer", "Z99=96%")
    assert result.exit_code == 2
    assert "Không có câu hỏi nào ở ô Z99" in result.stderr


def test_uploads_are_listed_newest_first(kpi, form):
    kpi("keep", form(18, 19), "--person", "Lan")
    kpi("keep", form(17, 16), "--person", "Hoa")
    found = said(kpi("uploads", "--json"))
    assert [(u["id"], u["person"], u["current"]) for u in found] == [("2", "Hoa", True), ("1", "Lan", False)]
    assert {"sha256", "reporter", "quarter", "kept_at"} <= found[0].keys()
    assert numbers(found) == []
    assert "đã được thay" in kpi("uploads").stdout


def test_an_original_comes_back_byte_for_byte(kpi, form, tmp_path):
    file = form(18)
    kpi("keep", file, "--person", "Lan")
    assert kpi("original", "1", "--out", tmp_path / "o.xlsx").exit_code == 0
    assert (tmp_path / "o.xlsx").read_bytes() == file.read_bytes()


def test_an_upload_can_be_withdrawn(kpi, form):
    kpi("keep", form(18), "--person", "Lan")
    kpi("keep", form(17), "--person", "Lan")
    assert kpi("withdraw", "2", "--person", "Lan", "--why", "nhầm").exit_code == 0
    (row,) = said(
        kpi("progress", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--unit", FIRST, "--json")
    )[:1]
    assert row["unit"] == FIRST
    assert [u["withdrawn"] for u in said(kpi("uploads", "--json"))] == [True, False]


@pytest.mark.parametrize(
    "words", [("original", "9", "--out", "x"), ("withdraw", "9", "--person", "L", "--why", "w")]
)
def test_an_unknown_upload_is_refused_on_stdout(kpi, words):
    result = kpi(*words, "--json")
    assert result.exit_code == 1
    assert said(result) == {"reason": "unknown_upload", "message": "Không có lần nạp số 9."}


def test_progress_says_where_every_indicator_stands_and_why(kpi, form):
    file = form(18, 19)
    kpi("keep", file, "--person", "Lan")
    result = kpi("progress", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--json")
    assert result.exit_code == 0
    rows = said(result)
    assert [row["indicator"] for row in rows] == [str(number) for number in range(1, 14)]
    assert numbers(rows) == []
    posts = rows[6]
    expected = {
        "unit": "06",
        "quarter": "2022-Q1",
        "numerator": "37",
        "denominator": "40",
        "value": "92.5",
        "target": "100",
        "status": "behind",
        "status_vi": "Chậm tiến độ",
        "reported": "2",
        "expected": "8",
    }
    assert expected.items() <= posts.items()
    assert FIRST in posts["missing_units"]
    assert {"lower", "upper", "gap", "needed"} <= posts.keys()
    assert [s["unit"] for s in posts["source"]] == [FIRST, SECOND]
    assert {"file": file.name, "person": "Lan", "upload": "1"}.items() <= posts["source"][0].items()
    assert "Điểm bưu chính có người phục vụ" in result.stdout


def test_progress_of_a_unit_and_of_those_below_it(kpi, form):
    kpi("keep", form(18, 20), "--person", "Lan")
    rows = said(
        kpi(
            "progress",
            "--plan",
            "bac-kan-2022",
            "--quarter",
            "2022-Q1",
            "--unit",
            "06",
            "--children",
            "--closed",
            "--json",
        )
    )
    posts = {row["unit"]: row["status"] for row in rows if row["indicator"] == "7"}
    assert (posts[FIRST], posts[SECOND], posts["061"]) == ("missed", "met", "no_data")


def test_progress_without_anything_kept_says_so_and_makes_nothing(kpi, tmp_path):
    result = kpi("progress", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--json")
    assert {row["status"] for row in said(result)} == {"no_data", "awaiting"}
    assert not (tmp_path / "store").exists()


def test_the_table_is_exported_for_excel_and_for_machines(kpi, form, tmp_path):
    kpi("keep", form(18), "--person", "Lan")
    asked = ("export", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--format")
    assert kpi(*asked, "csv", "--out", tmp_path / "vn.csv").exit_code == 0
    assert kpi(*asked, "csv-machine", "--out", tmp_path / "m.csv").exit_code == 0
    assert (tmp_path / "vn.csv").read_bytes().startswith(b"\xef\xbb\xbfSTT;")
    assert (tmp_path / "m.csv").read_bytes().startswith(b"STT,")


@pytest.mark.parametrize(
    "words",
    [
        ("progress", "--plan", "nope", "--quarter", "2022-Q1"),
        ("progress", "--plan", "bac-kan-2022", "--quarter", "2022-Q5"),
        ("progress", "--plan", "bac-kan-2022", "--quarter", "2023-Q1"),
        ("progress", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--unit", "999"),
        ("blank", "--plan", "bac-kan-2022", "--reporter", "nope", "--quarter", "2022-Q1", "--out", "x"),
        ("export", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--out", "no/such/folder/x.csv"),
        ("export", "--plan", "bac-kan-2022", "--period", "2022-Q7", "--out", "x.csv"),
        ("export", "--plan", "bac-kan-2022", "--period", "2023", "--out", "x.csv"),
        ("export", "--plan", "bac-kan-2022", "--out", "x.csv"),
        ("export", "--plan", "bac-kan-2022", "--snapshot", "0123456789", "--out", "x.csv"),
        ("read", "no-such-file.xlsx"),
        ("keep", "no-such-file.xlsx"),
        ("nope",),
    ],
)
def test_wrong_usage_exits_with_2(kpi, words):
    assert kpi(*words).exit_code == 2


FORM = ("blank", "--plan", "bac-kan-2022", "--reporter", "061", "--quarter", "2022-Q1", "--out")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("xyz",), "Không có lệnh “xyz”."),
        (("raed",), "Không có lệnh “raed”. Có phải: 'read'?"),
        (("read",), "Thiếu FILE."),
        (("read", "no-such-file.xlsx"), "FILE: không có tệp “no-such-file.xlsx”."),
        (("read", "."), "FILE: “.” là một thư mục, không phải tệp."),
        (FORM[:-1], "Thiếu tùy chọn --out."),
        (FORM, "Tùy chọn --out cần một giá trị."),
        ((*FORM, "."), "--out: “.” là một thư mục, không phải tệp."),
        (("demo", "--samples", "README.md"), "--samples: “README.md” là một tệp, không phải thư mục."),
        (("uploads", "--jsn"), "Không có tùy chọn --jsn. Có phải: '--json'?"),
        (("uploads", "--json=1"), "Tùy chọn --json không kèm giá trị."),
        (("uploads", "a", "b"), "Thừa: a b."),
        (("person", "nope"), "Không có lệnh “nope”."),
        (
            ("progress", "--plan", "bac-kan-2022", "--quarter", "x"),
            "--quarter: " + vi.unknown("quarter", "x", ["2022-Q1", "2022-Q2", "…"]),
        ),
    ],
)
def test_wrong_usage_is_said_in_vietnamese_with_the_way_to_type_it(kpi, words, sentence):
    *way, error = kpi(*words).stderr.strip().split("\n")
    assert error == f"Lỗi: {sentence}"
    if way:  # click does not know it where an option lacks its value
        assert way[0].startswith("Cách dùng: ")
        assert way[-2].startswith("Gõ “")
        assert way[-2].endswith(" --help” để xem hướng dẫn.")
        assert way[-1] == ""


@pytest.mark.parametrize("words", [("--help",), ("person", "--help"), ("read", "--help")])
def test_the_help_is_in_vietnamese(kpi, words):
    told = kpi(*words).stdout
    assert told.startswith("Cách dùng: ")
    assert "Tùy chọn:" in told
    assert "Xem hướng dẫn này." in told
    assert not any(word in told for word in ("Usage", "Options:", "Commands:", "Show this"))


def test_the_data_files_have_no_faults(kpi):
    result = kpi("check")
    assert result.exit_code == 0, result.stdout
    assert "không có lỗi" in result.stdout


def test_a_spoiled_or_missing_template_is_named(kpi, tmp_path, monkeypatch):
    folder = tmp_path / "data" / "templates"
    folder.mkdir(parents=True)
    shutil.copytree(plan_files.SHIPPED / "plans", tmp_path / "data" / "plans")
    for name in ("bao-cao", "to-trinh"):
        spoiled = Document(str(plan_files.SHIPPED / "templates" / f"{name}.docx"))
        spoiled.add_paragraph("{{ nguoi_ki }}")
        spoiled.save(str(folder / f"{name}.docx"))
    (folder / "bien-ban.docx").write_bytes(b"x")
    (folder / "~$bien-ban.docx").write_bytes(b"x")
    monkeypatch.setenv("KPI_DATA", str(tmp_path / "data"))
    result = kpi("check", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout.splitlines()[-1])
    faults = [(Path(f["file"]).name, f["message"]) for f in told if f["reason"] == "template"]
    assert [name for name, _ in faults] == ["bao-cao.docx", "bien-ban.docx", "to-trinh.docx"]
    assert all(name in message and message in result.stdout for name, message in faults)
    assert "nguoi_ki" in faults[0][1]
    assert "không có lỗi" not in result.stdout
    (folder / "bao-cao.docx").unlink()
    assert "Mẫu tài liệu bao-cao.docx không dùng được: không có tệp này" in kpi("check").stdout


def test_a_faulty_plan_file_is_named_with_key_and_value(kpi, tmp_path, monkeypatch):
    shutil.copytree(plan_files.SHIPPED / "plans", tmp_path / "data" / "plans")
    path = tmp_path / "data" / "plans" / "bac-kan-2022.toml"
    path.write_text(path.read_text("utf-8").replace('behaviour = "flow"', 'behaviour = "flwo"', 1), "utf-8")
    monkeypatch.setenv("KPI_DATA", str(tmp_path / "data"))
    for words in (("check",), ("progress", "--plan", "bac-kan-2022", "--quarter", "2022-Q1")):
        result = kpi(*words)
        assert result.exit_code == 1
        assert "indicator.11.behaviour" in result.stdout
        assert "flwo" in result.stdout


def test_the_store_may_be_a_folder_and_be_named_after_the_command(kpi, form, tmp_path):
    assert kpi("--store", tmp_path / "a", "keep", form(18), "--person", "Lan").exit_code == 0
    assert kpi("keep", form(17), "--person", "Lan", "--store", tmp_path / "b").exit_code == 0
    assert sorted(path.parent.name for path in tmp_path.glob("*/kpi.duckdb")) == ["a", "b"]


def test_an_open_store_is_refused_with_what_to_do(kpi, form, tmp_path):
    """In a process of its own, whose stdout is not UTF-8, as in a Windows console."""
    with Store(tmp_path / "store" / "kpi.duckdb"):
        done = subprocess.run(
            [sys.executable, "-m", "kpi", "uploads", "--json"],
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "cp1258"},
        )
    assert done.returncode == 1
    first, last = done.stdout.decode("utf-8").splitlines()
    assert "Hãy đóng chương trình đó" in first
    assert json.loads(last)["reason"] == "store_busy"


def test_a_bug_is_a_lookup_code_and_the_traceback_stays_out_of_stdout(kpi):
    result = kpi("export", "--json", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--out", "a\0b")
    assert result.exit_code == 1
    assert "Mã tra cứu: " in result.stdout
    assert said(result)["reason"] == "bug"
    assert "Traceback" not in result.stdout


def test_the_sample_quarters_fill_a_store_of_their_own_once(kpi, demonstration, tmp_path, monkeypatch):
    first = json.loads((demonstration / "said").read_text("utf-8").splitlines()[-1])
    assert first == {"kept": "69", "store": str(demonstration / "demo" / "kpi.duckdb")}
    assert len(list((demonstration / "hand").glob("*.xlsx"))) == 3
    assert not (demonstration / "live").exists()
    monkeypatch.delenv("KPI_STORE")
    monkeypatch.setenv("KPI_DATA", str(tmp_path))
    shutil.copytree(demonstration / "demo", tmp_path / "demo")
    assert said(kpi("demo", "--json"))["kept"] == "0"
    assert not (tmp_path / "live").exists()
