"""The pages everyone looks at, run without a browser on the sample quarters."""

import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kpi import ui, vi
from kpi.model import Kind, Quarter, Role, Status
from kpi.progress import assess
from kpi.store import Store
from tests.filled import let_in, user_of

ROOT = Path(__file__).parent.parent
OVERVIEW, UNITS, INDICATOR, TASKS = (
    f"progress/{name}" for name in ("overview", "units", "indicator", "tasks")
)
PAGES = (OVERVIEW, UNITS, INDICATOR, TASKS)
QUARTERS = tuple(Quarter(2022, number) for number in (1, 2, 3, 4))


@pytest.fixture
def start(monkeypatch):
    """Open a page of the program on a store, with what stands in the address."""

    def begin(store, page, **address):
        monkeypatch.setenv("KPI_STORE", str(store))
        if not ui.people().everybody():
            let_in(ui.store())
        at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        at.user = user_of(Role.OFFICE)
        for key, value in address.items():
            at.query_params[key] = value
        at.run()
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception
        return at

    st.cache_resource.clear()
    yield begin
    ui.close()


def judged(path, plan, units, quarter):
    with Store(path) as opened:
        return assess(plan, units, quarter, opened.current(plan.code, quarter))


def texts(at):
    """Everything said on the page, tables included, as one text."""
    kinds = ("title", "subheader", "markdown", "caption", "success", "error", "info", "warning")
    said = [str(e.value) for kind in kinds for e in at.get(kind)]
    return "\n".join([*said, *(e.value.to_csv() for e in (*at.table, *at.dataframe))])


def test_the_first_page_goes_to_the_overview_and_keeps_the_address(start, sample):
    at = start(sample, OVERVIEW, ky="Quý II/2022")
    assert at.title[0].value == "Tổng quan"
    assert "Đến hết Quý II/2022" in texts(at)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_every_page_shows_every_quarter_and_says_that_the_figures_are_invented(start, sample, page, quarter):
    at = start(sample, page, ky=vi.quarter(quarter))
    assert vi.ILLUSTRATIVE in texts(at)
    assert at.segmented_control(key="ky").value == vi.quarter(quarter)
    assert not at.error


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_store_says_what_to_do_first(start, tmp_path, page):
    at = start(tmp_path / "new.duckdb", page)
    if page == TASKS:
        assert at.table
    else:
        assert "Nạp số liệu" in at.info[0].value
        assert at.button(key="demo").label.startswith("Nạp các quý mẫu")


def test_the_sentence_counts_what_was_judged(start, sample, plan, units):
    rows = judged(sample, plan, units, QUARTERS[2])
    done = sum(r.status in {Status.MET, Status.EXCEEDED} for r in rows)
    at = start(sample, OVERVIEW, ky=vi.quarter(QUARTERS[2]))
    assert f"Đến hết Quý III/2022: **{done}/13 chỉ tiêu đạt hoặc vượt**" in texts(at)
    assert at.metric[0].value == f"{done}/13"


def test_every_figure_of_the_overview_is_text_in_a_table(start, sample, plan, units):
    rows = judged(sample, plan, units, QUARTERS[3])
    at = start(sample, OVERVIEW, ky=vi.quarter(QUARTERS[3]))
    table = at.table[0].value.to_csv()
    for row in rows:
        assert vi.figure(row.indicator, row.value, row.numerator, row.denominator, row.edition) in table
        assert vi.status(row.status, some=row.value is not None) in table
        assert vi.target(row.indicator) in table


def test_the_overview_has_one_chart(start, sample):
    assert len(start(sample, OVERVIEW).get("plotly_chart")) == 1


def test_the_overview_names_who_has_not_sent_and_the_deadline(start, sample, plan):
    with Store(sample) as opened:
        uploads = opened.uploads(plan.code)
    for quarter in QUARTERS:
        sent = {u.reporter for u in uploads if u.quarter == quarter}
        silent = [r.name for r in plan.reporters if r.code not in sent]
        at = start(sample, OVERVIEW, ky=vi.quarter(quarter))
        assert f"hạn gửi ngày {vi.day(plan.due(quarter))}" in texts(at)
        assert at.metric[-1].value == f"{12 - len(silent)}/12"
        assert all(name in texts(at) for name in silent)
        ui.close()


def test_the_first_quarter_has_nothing_to_be_compared_with(start, sample):
    assert "chưa có quý trước để so sánh" in texts(start(sample, OVERVIEW, ky="Quý I/2022"))


def test_only_the_last_quarter_can_be_judged_as_final(start, sample):
    assert not start(sample, OVERVIEW, ky="Quý III/2022").toggle
    at = start(sample, OVERVIEW, ky="Quý IV/2022")
    before = texts(at)
    at.toggle(key="chot").set_value(True).run()
    assert "chưa đạt" in texts(at)
    assert texts(at) != before


def test_a_link_leads_down_to_a_commune_and_the_way_back_stands_above_it(start, sample):
    at = start(sample, UNITS, don_vi="Huyện Ba Bể", xa="Xã Hà Hiệu")
    assert "**Xã Hà Hiệu**" in texts(at)
    assert [b.label for b in at.button] == ["Tỉnh Bắc Kạn", "Huyện Ba Bể"]
    at.button(key="up_1").click().run()
    assert "**Huyện Ba Bể**" in texts(at)
    at.button(key="up_0").click().run()
    assert "**Tỉnh Bắc Kạn**" in texts(at)
    assert not at.exception


def test_another_district_forgets_the_commune(start, sample):
    at = start(sample, UNITS, don_vi="Huyện Ba Bể", xa="Xã Hà Hiệu")
    at.selectbox(key="don_vi").set_value("062").run()
    assert not at.exception
    assert at.selectbox(key="xa").value == "062"


def test_units_stand_against_indicators_with_symbol_and_figure(start, sample, plan, units):
    at = start(sample, UNITS, ky="Quý IV/2022")
    heat = at.table[0].value
    assert len(heat) == 9
    with Store(sample) as opened:
        held = opened.current(plan.code, QUARTERS[3])
    for row in assess(plan, units, QUARTERS[3], held, units.children(plan.province)):
        if row.unit.code < "100" and row.indicator.kind is Kind.SHARE and row.value is not None:
            assert f"{vi.SYMBOL[row.status]}\u00a0{vi.figure(row.indicator, row.value)}" in heat.to_csv()


def test_the_second_view_goes_by_accountable_room(start, sample, plan):
    at = start(sample, UNITS, xem="Phòng phụ trách")
    assert [h.value for h in at.subheader] == [room.name for room in plan.rooms]
    assert "Không phụ trách chỉ tiêu, nhiệm vụ nào" in texts(at)
    assert "NV1" in texts(at)


def test_an_indicator_names_the_communes_that_lack_it(start, sample, plan, units):
    row = next(r for r in judged(sample, plan, units, QUARTERS[3]) if r.indicator.number == "1")
    at = start(sample, INDICATOR, ky="Quý IV/2022")
    lacking = [c for c in row.missing if c not in row.unreported]
    assert lacking
    assert f"Đã báo cáo là chưa có: {len(lacking)} đơn vị" in texts(at)
    assert all(units.get(code).title in texts(at) for code in lacking)


def test_units_that_live_on_old_figures_are_named_and_nobody_says_all_have_sent(start, sample, plan):
    ninth = plan.indicator("9")
    at = start(sample, INDICATOR, ky="Quý IV/2022", chi_tieu=f"9. {ninth.short_name}")
    assert "Chưa gửi Quý IV/2022, đang dùng số liệu cũ: 1 đơn vị" in texts(at)
    assert "Huyện Bạch Thông" in texts(at)
    assert "Tất cả đơn vị đã báo cáo." not in texts(at)
    assert "cao hơn 2,1 điểm %" in texts(at)


def test_an_indicator_says_what_it_means_and_what_was_assumed(start, sample, plan):
    last = plan.indicators[-1]
    at = start(sample, INDICATOR, chi_tieu=f"{last.number}. {last.short_name}")
    assert at.selectbox(key="chi_tieu").value == last.number
    for indicator in plan.indicators:
        at.selectbox(key="chi_tieu").select(indicator.number).run()
        assert not at.exception
        said = re.sub(r"\\(.)", r"\1", texts(at))
        assert indicator.name in said
        assert indicator.definition in said
        assert all(text in said for text in indicator.assumptions)


def test_each_figure_names_its_file_sheet_cell_time_and_sender(start, sample, plan, units):
    row = next(r for r in judged(sample, plan, units, QUARTERS[3]) if r.indicator.number == "11")
    with Store(sample) as opened:
        uploads = {u.id: u for u in opened.uploads(plan.code)}
    at = start(sample, INDICATOR, chi_tieu="11. Hồ sơ trực tuyến", ky="Quý IV/2022")
    shown = at.dataframe[0].value.to_csv()
    assert len(at.dataframe[0].value) == len(row.readings)
    for reading in row.readings:
        upload = uploads[reading.upload]
        for fact in (upload.filename, reading.cell.sheet, reading.cell.address, vi.moment(upload.kept_at)):
            assert fact in shown


def test_tasks_stand_as_they_were_known_at_the_end_of_the_quarter(start, sample):
    assert "Hoàn thành" not in texts(start(sample, TASKS, ky="Quý I/2022"))
    later = texts(start(sample, TASKS, ky="Quý II/2022"))
    assert "✔ Hoàn thành" in later
    assert "26/04/2022" in later


def test_a_store_that_cannot_be_opened_is_a_sentence_not_a_traceback(tmp_path, monkeypatch):
    (tmp_path / "kpi.duckdb").write_bytes(b"this is no database" * 1000)
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    at.user = user_of(Role.OFFICE)
    at.run()
    assert not at.exception
    assert at.error[0].value.startswith("Không mở được kho số liệu")


def test_a_faulty_plan_file_is_named_and_the_good_one_still_shows(start, sample, tmp_path, monkeypatch):
    (tmp_path / "plans").mkdir()
    for plan in (ROOT / "data" / "plans").glob("*.toml"):
        (tmp_path / "plans" / plan.name).write_bytes(plan.read_bytes())
    (tmp_path / "plans" / "nam-sau.toml").write_text('code = "x"\n', "utf-8")
    monkeypatch.setenv("KPI_DATA", str(tmp_path))
    at = start(sample, OVERVIEW)
    assert "nam-sau.toml" in at.error[0].value
    assert at.metric


def test_a_bug_is_one_sentence_with_a_code_that_finds_it_in_the_log(caplog):
    def broken():
        import dashboard

        dashboard.report_error(ZeroDivisionError("1/0"))

    at = AppTest.from_function(broken).run()
    (code,) = re.findall(r"Mã tra cứu: ([0-9a-f]{6})$", at.error[0].value)
    assert code in caplog.text
    assert "1/0" not in at.error[0].value
    assert "ZeroDivisionError" in caplog.text


def test_text_of_files_is_never_read_as_markdown():
    assert ui.plain("*a* [b](c) :red[x] $1$ <i>") == r"\*a\* \[b\](c) \:red\[x\] \$1\$ \<i>"
    assert ui.plain("1. một") == r"1\. một"
    assert ui.plain("- hai") == r"\- hai"
