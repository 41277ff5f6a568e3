"""The plan of another province, over four years and without numbers to reach: the same program, another file."""

# A Decimal equals the int of the same value, which mypy does not see inside tuples.
# mypy: disable-error-code="comparison-overlap"
import csv
import io
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from kpi import export, ui, vi, workbook
from kpi.model import Grant, Level, Nominee, Person, Plan, Quarter, Role, Rule, Status, TaskState
from kpi.plan import load
from kpi.progress import Assessment, assess
from kpi.store import Store
from kpi.tasks import stand
from kpi.units import Directory, Units
from tests.filled import LAN, Sender, let_in, user_of

ROOT = Path(__file__).parent.parent
CODE = "ba-ria-vung-tau-ntm-2021-2025"
PARTS = ("8.1", "8.2", "8.3", "8.4")
END_2022, MID_2023, END_2023 = Quarter(2022, 4), Quarter(2023, 2), Quarter(2023, 4)


@pytest.fixture(scope="module")
def ntm(plans: dict[str, Plan]) -> Plan:
    return plans[CODE]


@pytest.fixture(scope="module")
def its_units(ntm: Plan, directory: Directory) -> Units:
    return directory.on(ntm.start, ntm.province)


@pytest.fixture(scope="module")
def loaded(sample):
    with Store(sample) as store:
        yield store


def judged(
    loaded: Store, ntm: Plan, its_units: Units, quarter: Quarter, of: str = ""
) -> dict[str, Assessment]:
    rows = assess(ntm, its_units, quarter, loaded.current(CODE, quarter), [its_units.get(of)] if of else None)
    return {row.indicator.number: row for row in rows}


# What the plan says


def test_the_checklist_of_47_communes_is_asked_of_seven_districts(ntm, its_units):
    assert (len(ntm.indicators), len(ntm.quarters)) == (5, 16)
    assert all(i.target is None for i in ntm.indicators)
    assert {len(codes) for codes in ntm.expected.values()} == {47}
    assert {its_units.get(code).kind for code in ntm.expected["8"]} == {"xã"}
    asked = {reporter.code: len(reporter.duties) // len(PARTS) for reporter in ntm.reporters}
    assert asked == {"747": 1, "748": 3, "750": 15, "751": 12, "752": 5, "753": 6, "754": 5}
    assert not any(duty.indicator == "8" for reporter in ntm.reporters for duty in reporter.duties)


def test_every_piece_of_work_is_given_to_each_of_those_the_plan_names(ntm):
    """Two streams: 5 × (8 districts and 2 rooms) and 3 × 10; unit plans of 12; nine of the department."""
    assert len(ntm.tasks) == 50 + 30 + 12 + 9
    assert ntm.task("TT1.755").assignee == "Phòng Văn hóa và Thông tin huyện Côn Đảo"
    assert [t.key for t in ntm.tasks if t.milestone] == ["SK", "TK", "DG2022", "DG2023", "DG2024", "DG2025"]
    assert (ntm.task("SK").start, ntm.task("SK").due) == (date(2023, 10, 1), date(2023, 12, 31))
    (launch,) = stand([ntm.task("PD")], [], END_2022, date(2022, 9, 27))
    assert (launch.state, launch.days_late) == (TaskState.DONE, 0)


def test_a_district_without_communes_has_tasks_and_may_have_a_reporter(ntm):
    assert "755" not in {reporter.code for reporter in ntm.reporters}
    names = vi.bound_names([ntm])
    assert names[Role.REPORTER]["755"] == "Phòng Văn hóa và Thông tin huyện Côn Đảo"
    assert "VP" not in names[Role.REPORTER]


def test_criteria_awards_and_papers_are_those_of_the_plan(ntm):
    rules = [(c.key, c.nominee, c.rule) for c in ntm.criteria]
    assert rules == [
        ("ntm_c1", Nominee.COLLECTIVE, Rule.TASKS),
        ("ntm_c2", Nominee.COLLECTIVE, Rule.CHECKLIST),
        ("ntm_i1", Nominee.INDIVIDUAL, Rule.INITIATIVE),
        ("ntm_i2", Nominee.INDIVIDUAL, Rule.JUDGEMENT),
    ]
    assert ntm.criteria[1].indicator == "8"
    assert ntm.awards == ("Giấy khen của Giám đốc Sở", "Bằng khen của Chủ tịch UBND tỉnh")
    assert ntm.components
    assert any("01/7/2025" in text and "(?)" in text for text in ntm.assumptions)


def test_the_name_of_a_plan_says_its_years(ntm, plan):
    assert vi.plan_name(ntm).startswith("Bà Rịa – Vũng Tàu 2022–2025: Tổ chức thực hiện")
    assert vi.plan_name(plan).startswith("Bắc Kạn 2022: Triển khai")


# Its figures


def test_the_samples_tell_of_growing_coverage(loaded, ntm, its_units):
    """The counts of the file, by hand: 30, 37, 44 communes have all four."""
    found = {q: judged(loaded, ntm, its_units, q) for q in (END_2022, MID_2023, END_2023)}
    assert [found[q]["8"].numerator for q in found] == [30, 37, 44]
    assert [found[q]["8.3"].numerator for q in found] == [31, 38, 44]
    assert {row.denominator for rows in found.values() for row in rows.values()} == {47}
    assert found[END_2023]["8.1"].status is Status.MET
    assert found[END_2023]["8"].status is Status.IN_PROGRESS
    districts = [judged(loaded, ntm, its_units, END_2023, code)["8"] for code in ("750", "751", "753")]
    assert [(row.numerator, row.denominator) for row in districts] == [(15, 15), (10, 12), (5, 6)]
    commune = judged(loaded, ntm, its_units, END_2023, "26623")
    assert {row.status for row in commune.values()} == {Status.MET}
    assert {r.indicator for r in commune["8"].readings} == set(PARTS)


def test_one_office_is_late_and_the_interim_review_was_held(loaded, ntm):
    late = [u.reporter for u in loaded.uploads(CODE) if u.kept_at.date() > ntm.due(u.quarter)]
    assert late == ["752"]
    stands = {
        s.task.key: s for s in stand(ntm.tasks, loaded.tasks.updates(CODE), END_2023, date(2023, 12, 31))
    }
    assert (stands["SK"].state, stands["SK"].done_on) == (TaskState.DONE, date(2023, 12, 15))
    assert all(update.illustrative for update in stands["SK"].updates)
    assert not [s.task.key for s in stands.values() if s.state is TaskState.OVERDUE]
    assert loaded.tasks.verify() == []


def test_half_reported_the_whole_lies_between_bounds(ntm, directory, its_units):
    """Bà Rịa: all four in two of three; Phú Mỹ: five told of three parts only; the others are silent."""
    sender = Sender(ntm, directory)
    towns, port = (
        [u.code for u in its_units.below(code, Level.COMMUNE) if u.kind == "xã"] for code in ("748", "754")
    )
    answers = {(n, code): not (n == "8.3" and code == towns[0]) for n in PARTS for code in towns}
    half = {(n, code): True for n in PARTS[:3] for code in port}
    drafts = [sender.draft("748", END_2022, answers), sender.draft("754", END_2022, half)]
    assert all(draft.clean for draft in drafts)
    readings = [reading for draft in drafts for reading in draft.readings]
    row = assess(ntm, its_units, END_2022, readings)[0]
    assert (row.numerator, row.denominator, row.reported, row.expected) == (2, 47, 3, 47)
    assert (row.lower or 0) * 47 == 200
    assert (row.upper or 0) * 47 == 4600
    assert vi.reports(row.reported, row.expected) == "báo cáo 3/47"


def test_the_form_of_a_district_asks_four_questions_of_each_commune(ntm, its_units):
    book = load_workbook(io.BytesIO(workbook.blank(ntm, its_units, ntm.reporter("751"), END_2022)))
    sheet = book["Cấp xã"]
    names = [sheet.cell(row, 3).value for row in range(9, 9 + 12)]
    assert names[0] == "Xã Phước Thuận"
    assert len(set(names)) == 12
    heads = [str(box.value) for box in sheet[7] if box.value]
    assert [head[1:4] for head in heads if head.startswith("(8")] == list(PARTS)
    assert not any("Chỉ tiêu năm" in head for head in heads)
    places = sum(1 for row in book["_khoa"].iter_rows(min_row=5, values_only=True) if row[0])
    assert places == 12 * 4


def test_the_table_for_the_award_board_has_no_target_to_print(loaded, ntm, its_units):
    rows = assess(ntm, its_units, END_2023, loaded.current(CODE, END_2023))
    table = export.report(ntm, END_2023, rows, illustrative=True)
    text = export.write(table, "csv").decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [line["STT"] for line in lines] == ["8", *PARTS]
    assert {(line["Chỉ tiêu năm 2023"], line["So với chỉ tiêu"]) for line in lines} == {("", "")}
    assert (lines[0]["Kết quả Quý IV/2023"], lines[0]["Tử số"]) == ("93,6", "44")


# Its pages


@pytest.fixture
def start(monkeypatch, sample):
    def begin(page: str, role: Role = Role.OFFICE, **address: str) -> AppTest:
        monkeypatch.setenv("KPI_STORE", str(sample))
        if not ui.people().everybody():
            let_in(ui.store())
        at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        at.user = user_of(role)
        for key, value in address.items():
            at.query_params[key] = value
        at.run()
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception
        return at

    st.cache_resource.clear()
    yield begin
    ui.close()


def texts(at):
    kinds = ("title", "subheader", "markdown", "caption", "success", "error", "info", "warning")
    said = [str(e.value) for kind in kinds for e in at.get(kind)]
    return "\n".join([*said, *(e.value.to_csv() for e in (*at.table, *at.dataframe))])


def test_a_first_visit_shows_the_plan_of_one_year_and_a_link_any_other(start):
    at = start("progress/overview")
    assert at.selectbox(key="ke_hoach").value == "bac-kan-2022"
    assert "9/13 chỉ tiêu" in texts(at)
    at = start("progress/overview", ke_hoach=CODE, ky="Quý IV/2022")
    assert "Đến hết Quý IV/2022: **0/5 chỉ tiêu" in texts(at)
    assert at.selectbox(key="nam").value == 2022


def test_the_overview_without_targets_says_nothing_of_targets(start):
    said = texts(start("progress/overview", ke_hoach=CODE))
    assert "Đến hết Quý IV/2023: **2/5 chỉ tiêu" in said
    assert "Tỷ lệ thực hiện" in said
    assert "93,6% (44/47)" in said
    assert "So với chỉ tiêu giao" not in said
    assert "≥" not in said


def test_choosing_another_year_keeps_the_quarter_of_the_year(start):
    at = start("progress/overview", ke_hoach=CODE, ky="Quý II/2023")
    at.selectbox(key="nam").set_value(2024).run()
    assert at.button_group(key="ky").value == "Quý II/2024"
    assert "Số liệu mới nhất hiện có: Quý IV/2023." in texts(at)
    at.selectbox(key="ke_hoach").set_value("bac-kan-2022").run()
    assert at.button_group(key="ky").value == "Quý IV/2022"
    assert not at.exception


def test_every_last_quarter_of_a_year_can_be_judged_as_final(start):
    at = start("progress/overview", ke_hoach=CODE, ky="Quý IV/2023")
    at.toggle(key="chot").set_value(True).run()
    assert "2/5 chỉ tiêu" in texts(at)
    at.button_group(key="ky").set_value("Quý III/2023").run()
    assert not [toggle for toggle in at.toggle if toggle.key == "chot"]


def test_units_are_shown_from_the_province_down_to_a_commune(start):
    at = start("progress/units", ke_hoach=CODE)
    assert "Huyện\xa0Xuyên\xa0Mộc" in texts(at)
    at.selectbox(key="don_vi").set_value("751").run()
    said = texts(at)
    assert "83,3% (10/12)" in said
    assert "Xã\xa0Tân\xa0Lâm" in said
    assert "Xếp thứ tự" not in said
    at.selectbox(key="don_vi").set_value("755").run()
    assert "Đơn vị này không có chỉ tiêu nào phải báo cáo." in texts(at)
    at.button_group(key="xem").set_value("Phòng phụ trách").run()
    assert "TT1.VP" in texts(at)
    assert not at.exception


def test_an_indicator_that_follows_from_others_names_their_cells(start):
    at = start("progress/indicator", ke_hoach=CODE)
    said = texts(at)
    assert "Diễn biến từ năm 2022 đến năm 2023" in said
    assert "không giao chỉ tiêu số" in said
    assert "Đã báo cáo là chưa có: 3 đơn vị" in said
    sources = at.dataframe[0].value
    assert len(sources) == 47 * 4
    assert set(sources["Chỉ tiêu"].str[:3]) == set(PARTS)


def test_other_pages_open_for_it_too(start):
    at = start("progress/tasks", ke_hoach=CODE)
    assert "Tổ chức sơ kết phong trào thi đua" in texts(at) + str(at.selectbox)
    at = start("submission/upload", ke_hoach=CODE)
    assert at.selectbox(key="nam_747").value == 2023
    assert at.button_group(key="quy_747_2023").value == "Quý I/2023"


def test_somebody_of_a_unit_first_sees_the_plan_the_unit_is_in(start):
    start("progress/overview")
    ui.store().people.invite(Person("con-dao", "Lê Thị Đảo", "", (Grant(Role.REPORTER, "755"),)), LAN)
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    at.user = {"username": "con-dao", "session": "test"}
    at.run()
    at.switch_page("pages/progress/overview.py").run()
    assert at.selectbox(key="ke_hoach").value == CODE


# The same program


def test_no_code_knows_the_name_of_a_plan_but_of_the_one_whose_story_is_told():
    told = "bac-kan-2022"
    others = {path.stem for path in (ROOT / "data/plans").glob("*.toml")} - {told}
    code = [*(ROOT / "kpi").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "dashboard.py"]
    assert others
    assert not [(path, name) for path in code for name in others if name in path.read_text("utf-8")]


def test_the_shipped_file_alone_is_a_plan(directory, ntm):
    assert load(ROOT / "data/plans" / f"{CODE}.toml", directory) == ntm
