"""Reports as they are handed out: gathered once, kept with their figures, found again byte for byte."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import streamlit as st
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from kpi import export, ui
from kpi.cli import main
from kpi.export.changes import compare
from kpi.export.formats import FORMATS, render
from kpi.export.gather import gather
from kpi.model import (
    Act,
    Document,
    NotAllowedError,
    Period,
    Quarter,
    Role,
    TaskState,
    TaskUpdate,
    UnknownSnapshotError,
)
from kpi.plan import SHIPPED
from kpi.store import Store
from tests.filled import LAN, PEOPLE, Q4, user_of
from tests.test_pages_office import ROOT, texts

CODE = "bac-kan-2022"
TEMPLATES = SHIPPED / "templates"


@pytest.fixture
def own(sample, tmp_path):
    """The sample quarters, to be written into."""
    return Path(shutil.copytree(sample.parent, tmp_path / "store")) / sample.name


@pytest.fixture
def store(own):
    with Store(own) as opened:
        yield opened


@pytest.fixture
def kpi(own, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(own))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def gathered(store, plan, units, period="2022-Q4", **more):
    held = store.current(CODE), store.tasks.updates(CODE)
    return gather(
        plan, units, Period.parse(period), *held, day=date(2023, 1, 5), uploads=store.uploads(CODE), **more
    )


def said(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("2022-Q3", Quarter(2022, 3)),
        ("2022-H1", Quarter(2022, 2)),
        ("2022-9M", Quarter(2022, 3)),
        ("2022", Quarter(2022, 4)),
    ],
)
def test_a_period_stands_for_the_quarter_it_ends_with(text, quarter):
    period = Period.parse(text)
    assert (str(period), period.quarter) == (text, quarter)
    assert period in Period.ending(quarter)


@pytest.mark.parametrize("text", ["", "22", "2022-", "2022-H2", "2022-Q5", "2022-q1", "٢٠٢٢", "2022-Q1-Q2"])
def test_what_is_no_period_is_not_read_as_one(text):
    with pytest.raises(ValueError, match=r".*"):
        Period.parse(text)


def test_what_is_kept_of_a_report_gives_the_same_report(store, plan, units):
    report = gathered(store, plan, units)
    text = export.to_json(report)
    assert export.from_json(text) == report
    assert export.to_json(export.from_json(text)) == text
    assert not [v for v in _leaves(json.loads(text)) if isinstance(v, float)]


def _leaves(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [value] if inner is None else [leaf for item in inner for leaf in _leaves(item)]


def test_a_report_says_of_each_indicator_result_target_difference_who_and_what_is_missing(store, plan, units):
    report = gathered(store, plan, units, closed=True)
    by_number = {p.number: p.text for p in report.paragraphs}
    assert len(by_number) == len(plan.indicators)
    assert "20,3% (16.214/79.683), thấp hơn 4,7 điểm % so với chỉ tiêu (≥ 25%)" in by_number["11"]
    assert "Đánh giá: Chưa đạt" in by_number["11"]
    assert "Chưa báo cáo: Huyện Bạch Thông" in by_number["11"]
    assert "Đơn vị thực hiện: Bưu điện tỉnh" in by_number["7"]
    assert any("01 đơn vị chưa gửi số liệu Quý IV/2022" in text for text in report.lacking)
    assert any(text.startswith("Chỉ tiêu 11 (Hồ sơ trực tuyến): chưa đạt") for text in report.lacking)
    assert report.illustrative


def test_the_counts_and_the_sentence_of_a_report_agree_with_its_table(store, plan, units):
    report = gathered(store, plan, units, "2022", closed=True)
    verdicts = [row[8] for row in report.summary.rows[: len(plan.indicators)]]
    done = sum(v in {"Đạt", "Vượt"} for v in verdicts)
    assert report.standing.startswith(f"Đến hết năm 2022: {done}/13 chỉ tiêu đạt hoặc vượt")
    assert dict(report.counts)["Đạt, vượt"].exact == done
    assert sum(figure.exact for _, figure in report.counts) == 13


def test_there_is_an_annex_for_each_district_with_its_communes(store, plan, units):
    report = gathered(store, plan, units)
    districts = [u for u in units.children("06") if u.level == "district"]
    assert [annex.title for annex in report.annexes] == [u.title for u in districts]
    for annex, district in zip(report.annexes, districts, strict=True):
        assert [row[0] for row in annex.communes.rows] == [u.title for u in units.children(district.code)]
        assert len(annex.communes.headings) == 6  # the unit, four indicators of communes, the notes
    assert [c.number for c in report.courses] == [str(n) for n in range(1, 13)]
    assert report.courses[10].values[-1].exact == Fraction(100 * 16214, 79683)
    assert report.courses[10].target.shown == Decimal(25)


def test_half_a_year_and_its_last_quarter_have_the_same_figures_under_their_own_names(store, plan, units):
    half, quarter = gathered(store, plan, units, "2022-H1"), gathered(store, plan, units, "2022-Q2")
    assert half.summary.rows == quarter.summary.rows
    assert "6 tháng đầu năm 2022" in half.summary.title
    assert half.summary.headings[4] == "Kết quả 6 tháng đầu năm 2022"


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "pdf"])
def test_an_export_is_kept_and_made_again_byte_for_byte(store, plan, units, form):
    report = gathered(store, plan, units)
    figures = export.to_json(report)
    made = store.exports.keep(
        LAN,
        CODE,
        Period.parse(report.period),
        form,
        f"x{FORMATS[form].ending}",
        figures,
        plan.source,
        lambda snapshot: render(report, snapshot, TEMPLATES),
        illustrative=True,
    )
    assert store.exports.snapshots(CODE) == [made]
    content = store.exports.content(made.id, LAN)
    assert hashlib.sha256(content).hexdigest() == made.sha256
    again = render(export.from_json(store.exports.figures(made.id)), made, TEMPLATES)
    assert again == content
    assert hashlib.sha256(figures.encode()).hexdigest() == made.figures_sha256
    assert made.plan_sha256 == plan.text == hashlib.sha256(plan.source.encode()).hexdigest()
    assert store.verify() == []


def test_an_export_is_on_record_and_what_is_changed_behind_it_is_found(store):
    made = store.exports.keep(
        LAN, CODE, Period.of(Q4), "csv", "x.csv", "{}", "", lambda snapshot: snapshot.id.encode()
    )
    event = store.record.events(LAN)[0]
    assert (event.act, event.subject, event.quarter) == (Act.EXPORT, "x.csv", "2022-Q4")
    assert made.id in event.after
    with store._database.change() as db:
        db.execute("update snapshot set person = 'Ai đó'")
    assert [flaw.fault for flaw in store.verify()] == ["export"]


def test_only_the_office_hands_out_and_fetches_again(store):
    made = store.exports.keep(LAN, CODE, Period.of(Q4), "csv", "x.csv", "{}", "", lambda _: b"x")
    for role in set(Role) - {Role.OFFICE}:
        with pytest.raises(NotAllowedError):
            store.exports.keep(PEOPLE[role], CODE, Period.of(Q4), "csv", "y.csv", "{}", "", lambda _: b"y")
        with pytest.raises(NotAllowedError):
            store.exports.content(made.id, PEOPLE[role])
    assert [s.filename for s in store.exports.snapshots()] == ["x.csv"]
    with pytest.raises(UnknownSnapshotError):
        store.exports.content("0123456789", LAN)


def test_what_has_changed_since_an_export_is_named_cell_by_cell(store, plan, units, sender):
    then = gathered(store, plan, units)
    assert compare(then, then) == ()
    store.keep(sender.posts(Q4, 19, 20, 20, 20, 20, 20, 20, 20), LAN)
    changes = compare(then, gathered(store, plan, units))
    cells = {(c.row, c.column): (c.was, c.now) for c in changes}
    row = "7. Tỷ lệ các điểm bưu chính có người phục vụ"
    assert cells[row, "Tử số"] == ("131", "159")
    assert cells[row, "Mẫu số"] == ("131", "160")
    assert cells[row, "Đánh giá"][0] == "Đạt"
    assert cells["Toàn tỉnh", "7. Điểm bưu chính có người phục vụ (%)"] == ("100,0", "99,4")
    assert not [c for c in changes if c.row.startswith("1. ")]


def test_a_backup_carries_what_was_handed_out(store):
    made = store.exports.keep(LAN, CODE, Period.of(Q4), "csv", "x.csv", "{}", "", lambda _: b"x;y")
    assert {f"exports/{made.sha256}", f"exports/{made.figures_sha256}"} <= store.files().keys()


@pytest.mark.parametrize("period", ["2022-Q4", "2022-H1", "2022-9M", "2022"])
def test_the_command_line_exports_each_period_and_gives_the_same_bytes_again(kpi, tmp_path, period):
    asked = ("export", "--plan", CODE, "--period", period, "--format", "xlsx", "--out", tmp_path / "a.xlsx")
    made = said(kpi(*asked, "--json"))
    assert set(made) == {"snapshot", "sha256", "out", "head"}
    content = (tmp_path / "a.xlsx").read_bytes()
    assert hashlib.sha256(content).hexdigest() == made["sha256"]
    assert "Tổng hợp" in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    again = said(kpi("export", "--snapshot", made["snapshot"], "--out", tmp_path / "b.xlsx", "--json"))
    assert (again["sha256"], (tmp_path / "b.xlsx").read_bytes()) == (made["sha256"], content)
    listed = said(kpi("snapshots", "--plan", CODE, "--json"))
    assert [(s["id"], s["period"], s["format"]) for s in listed] == [(made["snapshot"], period, "xlsx")]


def test_an_unknown_export_is_refused_with_a_sentence(kpi, tmp_path):
    result = kpi("export", "--snapshot", "abc", "--out", tmp_path / "x")
    assert (result.exit_code, result.stdout.strip()) == (1, "Không có lần xuất báo cáo “abc”.")
    assert not (tmp_path / "x").exists()


def test_a_spoiled_template_is_a_sentence_and_hands_nothing_out(kpi, tmp_path, monkeypatch):
    (tmp_path / "data" / "templates").mkdir(parents=True)
    (tmp_path / "data" / "templates" / "bao-cao.docx").write_bytes(b"PK\x03\x04 no")
    monkeypatch.setenv("KPI_DATA", str(tmp_path / "data"))
    asked = ("export", "--plan", CODE, "--period", "2022-Q4", "--format", "docx")
    result = kpi(*asked, "--out", tmp_path / "x.docx")
    assert result.exit_code == 1
    assert "bao-cao.docx" in result.stdout
    assert not (tmp_path / "x.docx").exists()
    assert said(kpi("snapshots", "--json")) == []


def test_the_page_shows_the_report_before_and_what_has_changed_after(own, monkeypatch, plan, units, sender):
    monkeypatch.setenv("KPI_STORE", str(own))
    st.cache_resource.clear()
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    at.user = user_of(Role.OFFICE)
    at.query_params["ky"] = "Quý II/2022"
    at.run().switch_page("pages/office/report.py").run()
    assert not at.exception
    assert "Đến hết Quý II/2022" in texts(at)
    assert "Chưa xuất báo cáo nào" in texts(at)
    assert at.segmented_control(key="ky_bao_cao").options == ["Quý II/2022", "6 tháng đầu năm 2022"]
    assert {"Tải báo cáo Word", "Tải PDF", "Tải Excel"} <= {b.proto.label for b in at.get("download_button")}
    report = gathered(ui.store(), plan, units, "2022-Q2")
    kept = ui.store().exports.keep(
        LAN,
        CODE,
        Period.parse("2022-Q2"),
        "csv",
        "x.csv",
        export.to_json(report),
        plan.source,
        lambda snapshot: render(report, snapshot, TEMPLATES),
    )
    assert "không ô nào trong hai bảng thay đổi" in texts(at.run())
    ui.store().keep(sender.posts(Quarter(2022, 2), 19, 20, 20, 20, 20, 20, 20, 20), LAN)
    said_now = texts(at.run())
    assert not at.exception
    assert kept.id in said_now
    assert "Số liệu đã khác" in said_now
    assert "ô đã thay đổi" in said_now
    ui.close()


def test_a_closed_year_is_judged_as_final_without_being_told(kpi, own, tmp_path):
    with Store(own) as store:
        store.close_quarter(CODE, Q4, LAN)
    asked = ("export", "--plan", CODE, "--period", "2022", "--out", tmp_path / "a.csv", "--json")
    snapshot = said(kpi(*asked))["snapshot"]
    verdicts = (tmp_path / "a.csv").read_text("utf-8-sig")
    assert ";Chưa đạt;" in verdicts
    assert ";Chậm tiến độ;" not in verdicts
    assert [s["closed"] for s in said(kpi("snapshots", "--json")) if s["id"] == snapshot] == [True]


def test_a_lost_export_is_found(store):
    made = store.exports.keep(LAN, CODE, Period.of(Q4), "csv", "x.csv", "{}", "", lambda _: b"x;y")
    assert store.verify() == []
    (store.path.parent / "exports" / made.sha256).write_bytes(b"x;z")
    assert [flaw.fault for flaw in store.verify()] == ["export"]


@pytest.mark.parametrize(
    "words",
    [
        ("--plan", CODE, "--period", "2022", "--out", "no/such/folder/x.csv"),
        ("--snapshot", "0123456789", "--format", "pdf", "--out", "x.pdf"),
        ("--snapshot", "0123456789", "--closed", "--out", "x.csv"),
    ],
)
def test_what_cannot_be_handed_out_is_not_kept(kpi, words):
    assert kpi("export", *words).exit_code == 2
    assert said(kpi("snapshots", "--json")) == []


def test_no_task_has_the_number_of_an_indicator(store, plans, directory):
    other = next(p for p in plans.values() if any("." in i.number for i in p.indicators))
    units = directory.on(other.start, other.province)
    report = gather(other, units, Period.parse("2023"), (), (), day=date(2024, 1, 5))
    numbers = [row[0] for row in report.summary.rows]
    assert len(numbers) == len(set(numbers)) == len(other.indicators) + len(other.tasks)


def test_after_the_plan_s_last_quarter_a_task_is_late_by_today(store, plan, units):
    def states(day):
        held = store.current(CODE), store.tasks.updates(CODE)
        report = gather(plan, units, Period.parse("2022"), *held, day=day)
        return {p.number: p.text for p in report.tasks}

    assert "Chưa bắt đầu" in states(date(2022, 12, 31))["NV2"]
    assert "Quá hạn, chậm 05 ngày" in states(date(2023, 1, 5))["NV2"]
    told = TaskUpdate("NV2", Q4, TaskState.DONE, date(2023, 2, 5), result=Document("Danh mục", "9/QĐ-UBND"))
    store.tasks.keep(plan, [told], LAN)
    assert "Hoàn thành ngày 05/02/2023, chậm 36 ngày" in states(date(2023, 3, 1))["NV2"]
