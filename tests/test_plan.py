from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpi import plan as plan_files
from kpi import vi
from kpi.model import (
    Behaviour,
    Duty,
    Edition,
    Entry,
    Fault,
    Indicator,
    Kind,
    Level,
    Plan,
    Quarter,
    Reporter,
    Target,
    Task,
    TaskState,
)
from kpi.plan import PlanError
from kpi.tasks import stand
from kpi.units import Directory, Units

DATA = Path(__file__).parent.parent / "data"
SHIPPED = (DATA / "plans/bac-kan-2022.toml").read_text("utf-8")


@pytest.fixture
def faults_of(tmp_path: Path, directory: Directory) -> Callable[..., list[Fault]]:
    """What is wrong with the shipped plan once some of its text is replaced; warnings are left out."""

    def faults(*replaced: tuple[str, str], text: str = SHIPPED, name: str = "bac-kan-2022") -> list[Fault]:
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / f"{name}.toml"
        path.write_text(text, "utf-8")
        with pytest.raises(PlanError) as caught:
            plan_files.load(path, directory)
        assert caught.value.path == path
        return [fault for fault in caught.value.faults if not fault.warning]

    return faults


@pytest.fixture
def warnings_of(tmp_path: Path, directory: Directory) -> Callable[..., list[tuple[str, str]]]:
    """Key and reason of every warning of the shipped plan once some of its text is replaced."""

    def warnings(*replaced: tuple[str, str]) -> list[tuple[str, str]]:
        text = SHIPPED
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "plans").mkdir()
        (tmp_path / "plans/bac-kan-2022.toml").write_text(text, "utf-8")
        plan_files.load(tmp_path / "plans/bac-kan-2022.toml", directory)
        faults = plan_files.check(tmp_path)
        assert all(fault.warning for fault in faults)
        return [(fault.key, fault.reason) for fault in faults]

    return warnings


def test_the_plan_says_what_the_document_says(plan: Plan):
    assert plan.issuer == "Sở Thông tin và Truyền thông tỉnh Bắc Kạn"
    assert (plan.start, plan.end) == (date(2022, 1, 1), date(2022, 12, 31))
    assert plan.dossier_before == date(2023, 1, 15)
    assert plan.quarters == tuple(Quarter(2022, n) for n in (1, 2, 3, 4))
    assert plan.as_of(Quarter(2022, 2)) == date(2022, 6, 14)
    assert plan.due(Quarter(2022, 2)) == date(2022, 6, 25)
    assert len(plan.legal_basis) == 4


def test_the_13_targets_are_those_of_the_plan(plan: Plan):
    targets = {i.number: i.target for i in plan.indicators}
    floors = [100, 96, 90, 100, 10, 25, 100, 50, 50, 82, 25, 5]
    assert targets == {
        **{str(n): Target(Decimal(floor)) for n, floor in enumerate(floors, start=1)},
        "13": Target(Decimal(2), rise=True),
    }


def test_the_kinds_and_times_are_those_of_the_domain(plan: Plan):
    by_time = {
        behaviour: [i.number for i in plan.indicators if i.behaviour == behaviour] for behaviour in Behaviour
    }
    assert by_time == {
        Behaviour.STOCK: ["1", "2", "3", "4", "5", "6", "7", "10"],
        Behaviour.DISTINCT: ["8", "9"],
        Behaviour.FLOW: ["11", "12"],
        Behaviour.EDITION: ["13"],
    }
    assert [i.number for i in plan.indicators if i.entry == Entry.YES_NO] == ["1", "2", "3"]
    assert [i.number for i in plan.indicators if i.kind == Kind.COUNT] == ["1"]
    assert [i.number for i in plan.indicators if i.maintain] == ["7"]
    assert plan.indicator("2").within == "1"
    assert plan.indicator("4").universe == 1292
    assert plan.indicator("5").universe == {
        "058": 1, "060": 0, "061": 1, "062": 1, "063": 1, "064": 1, "065": 1, "066": 1
    }  # fmt: skip
    assert plan.indicator("6").decimals == 3


def test_the_seven_centres_are_the_city_and_the_six_townships(plan: Plan, units: Units):
    centres = {unit.parent for unit in units.at(Level.COMMUNE) if unit.kind == "thị trấn"} | {"058"}
    universe = plan.indicator("5").universe
    assert isinstance(universe, dict)
    assert {code for code, count in universe.items() if count} == centres


def test_nothing_is_known_that_nobody_published(plan: Plan):
    assert all(i.baseline is None and not i.milestones for i in plan.indicators)
    assert plan.indicator("13").editions == (Edition(2020, 59, source="backan.gov.vn ngày 17/08/2022"),)


def test_every_indicator_can_be_explained_to_a_reader(plan: Plan):
    for indicator in plan.indicators:
        assert indicator.definition
        assert indicator.things
        assert (indicator.numerator != "") == (indicator.kind != Kind.RANK)
        assert (indicator.denominator != "") == (indicator.kind == Kind.SHARE)


def duties(reporter: Reporter) -> dict[str, int]:
    numbers = [duty.indicator for duty in reporter.duties]
    return {number: numbers.count(number) for number in dict.fromkeys(numbers)}


def test_a_district_fills_in_its_own_rows_and_four_of_each_commune(plan: Plan):
    ba_be = plan.reporter("061")
    assert ba_be.name == "Phòng Văn hóa và Thông tin huyện Ba Bể"
    assert duties(ba_be) == {"9": 1, "11": 1, "12": 1, "1": 15, "2": 15, "3": 15, "4": 15}


def test_duties_stand_by_level_then_unit_then_indicator(plan: Plan):
    first = plan.reporter("061").duties[:8]
    assert first == (
        Duty("9", "061"),
        Duty("11", "061"),
        Duty("12", "061"),
        Duty("1", "01888"),
        Duty("2", "01888"),
        Duty("3", "01888"),
        Duty("4", "01888"),
        Duty("1", "01891"),
    )


def test_the_provincial_offices_fill_in_the_rest(plan: Plan):
    assert [r.code for r in plan.reporters[8:]] == ["PBCVT", "BDT", "TTPVHCC", "PCNTT"]
    assert duties(plan.reporter("PBCVT")) == {"5": 8, "6": 8}
    assert duties(plan.reporter("BDT")) == {"7": 8}
    assert duties(plan.reporter("TTPVHCC")) == {"8": 19, "10": 19, "11": 19}
    assert duties(plan.reporter("PCNTT")) == {"13": 1, "12": 19}


def test_every_indicator_is_expected_from_its_units_and_once(plan: Plan):
    counts = {number: len(codes) for number, codes in plan.expected.items()}
    assert counts == dict(
        zip(map(str, range(1, 14)), (108, 108, 108, 108, 8, 8, 8, 19, 8, 19, 27, 27, 1), strict=True)
    )
    everything = [duty for reporter in plan.reporters for duty in reporter.duties]
    assert len(everything) == len(set(everything)) == sum(counts.values())


def test_rooms_are_accountable_for_every_indicator_and_task(plan: Plan):
    held = {room.code: room.indicators for room in plan.rooms}
    assert held == {
        "VP": (),
        "PTTBCXB": ("1", "2", "3"),
        "PBCVT": ("4", "5", "6", "7", "8", "9"),
        "PCNTT": ("10", "11", "12", "13"),
        "TTCNTT": (),
    }
    assert [room.tasks for room in plan.rooms] == [(), (), (), ("NV1", "NV2"), ()]


def test_the_first_task_was_fulfilled_by_decision_676(plan: Plan):
    first, second = plan.tasks
    assert first.result.number == "676/QĐ-UBND"
    assert _state(first, date(2022, 4, 25)) != TaskState.DONE
    assert _state(first, date(2022, 4, 26)) == TaskState.DONE
    assert _state(second, date(2023, 1, 1)) == TaskState.OVERDUE


def _state(task: Task, day: date) -> TaskState:
    (found,) = stand([task], [], Quarter(2022, 4), day)
    return found.state


def test_the_shipped_data_have_these_warnings_and_no_fault():
    found = plan_files.check(DATA)
    assert [(f.key, f.reason, f.warning) for f in found] == [
        ("indicator.1.baseline", "no_pace", True),
        ("indicator.2.target.at_least", "more_than_asked", True),
        ("indicator.2.baseline", "no_pace", True),
        ("indicator.3.baseline", "no_pace", True),
        ("indicator.4.baseline", "no_pace", True),
        ("indicator.5.target.at_least", "at_least_one", True),
        ("indicator.5.baseline", "no_pace", True),
        ("indicator.6.baseline", "no_pace", True),
        ("indicator.10.baseline", "no_pace", True),
    ]
    assert vi.fault(found[1]) == (
        "Lưu ý: plans/bac-kan-2022.toml, khóa indicator.2.target.at_least = 96: tính trên cả 108 xã thì cần 104, "
        "nhiều hơn 100 mà chỉ tiêu 1 giao; mẫu số chỉ có thể là số xã đạt chỉ tiêu 1."
    )
    assert "chỉ có 7 trung tâm nên cần ít nhất một trung tâm; chỉ một cũng đã là 14,3%" in vi.fault(found[5])


def test_next_years_plan_is_one_more_file(tmp_path, directory):
    """A plan of another province, with other numbers and reporters, needs no line of the program."""
    (tmp_path / "ba-ria-2023.toml").write_text(NEXT, "utf-8")
    shutil.copy(DATA / "plans/bac-kan-2022.toml", tmp_path)
    plans = plan_files.load_all(tmp_path, directory)
    assert list(plans) == ["ba-ria-2023", "bac-kan-2022"]
    plan = plans["ba-ria-2023"]
    assert plan.expected == {"1.a": ("747", "748"), "2": tuple(sorted(plan.expected["2"]))}
    assert len(plan.expected["2"]) == 82
    posts = plan.indicator("1.a")
    assert isinstance(posts, Indicator)
    assert posts.target == Target(Decimal("72.5"))
    assert posts.milestones == {1: Decimal(20), 3: Decimal("60.5")}
    assert posts.baseline == 10
    # Côn Đảo has no commune, so nothing to fill in.
    assert "755" not in {reporter.code for reporter in plan.reporters}
    assert plan.year == 2023


NEXT = """
code = "ba-ria-2023"
title = "Phong trào"
number = "1/KH-STTTT"
issuer = "Sở"
issued = "2023"
legal_basis = []
province = "77"
start = 2023-01-01
end = 2023-12-31
dossier_before = 2024-01-15
as_of_day = 14
report_day = 25
[[indicator]]
number = "1.a"
name = "Tỷ lệ điểm phục vụ"
short_name = "Điểm phục vụ"
group = "Bưu chính"
unit_of_measure = "%"
kind = "share"
behaviour = "stock"
entry = "fraction"
levels = ["district"]
target = { at_least = 72.5 }
numerator = "Số điểm có người"
denominator = "Tổng số điểm"
things = "điểm"
baseline = 10
milestones = { q1 = 20, q3 = 60.5 }
[[indicator]]
number = "2"
name = "Số xã có loa"
short_name = "Loa"
group = "Loa"
unit_of_measure = "xã"
kind = "count"
behaviour = "stock"
entry = "yes_no"
levels = ["commune"]
target = { at_least = 80 }
numerator = "Có loa"
things = "xã"
[[reporter]]
code = "BDT"
name = "Bưu điện tỉnh"
asks = [{ level = "district", indicators = ["1.a"], units = ["747", "748"] }]
[[reporter]]
each = "district"
name = "Phòng VH&TT {unit}"
asks = [{ level = "commune", indicators = ["2"] }]
"""


FIRST_TARGET = "target = { at_least = 100 }"
WRONG: dict[str, tuple[str, str, str, object, str]] = {
    # case: text, its replacement, and the key, value and reason of the fault
    "a misspelled key": ("\nthings = ", "\nthing = ", "indicator.1.thing", "xã", "unknown_key"),
    "an unknown key of the plan": ("title =", "titel = 1\ntitle =", "titel", 1, "unknown_key"),
    "an unknown key of a target": (FIRST_TARGET, "target = { atleast = 100 }", "indicator.1.target.atleast", 100, "unknown_key"),
    "a missing key": ('short_name = "Trạm truyền thanh hoạt động"\n', "", "indicator.1.short_name", "", "missing"),
    "an empty text": ('"Trạm truyền thanh hoạt động"', '""', "indicator.1.short_name", "", "missing"),
    "an empty list": ('levels = ["commune"]', "levels = []", "indicator.1.levels", "", "missing"),
    "a number for a text": ('number = "1"', "number = 1", "indicator.1.number", 1, "not_text"),
    "a number with a space": ('number = "3"', 'number = "3 a"', "indicator.3 a.number", "3 a", "bad_form"),
    "a text for a number": (FIRST_TARGET, 'target = { at_least = "100" }', "indicator.1.target.at_least", "100", "not_number"),
    "true for a number": (FIRST_TARGET, "target = { at_least = true }", "indicator.1.target.at_least", True, "not_number"),
    "no number": (FIRST_TARGET, "target = { at_least = nan }", "indicator.1.target.at_least", None, "not_number"),
    "a negative target": (FIRST_TARGET, "target = { at_least = -1 }", "indicator.1.target.at_least", -1, "out_of_range"),
    "a monstrous target": (FIRST_TARGET, "target = { at_least = 1e999999 }", "indicator.1.target.at_least", Decimal("1e999999"), "out_of_range"),
    "a fraction of a day": ("as_of_day = 14", "as_of_day = 14.5", "as_of_day", Decimal("14.5"), "not_whole"),
    "day 31": ("report_day = 25", "report_day = 31", "report_day", 31, "out_of_range"),
    "a text for true": ("maintain = true", 'maintain = "yes"', "indicator.7.maintain", "yes", "not_true_or_false"),
    "a text for a date": ("start = 2022-01-01", 'start = "2022-01-01"', "start", "2022-01-01", "not_date"),
    "a text for a list": ('levels = ["commune"]', 'levels = "commune"', "indicator.1.levels", "commune", "not_list"),
    "a number for a table": (FIRST_TARGET, "target = 100", "indicator.1.target", 100, "not_table"),
    "an unknown word": ('kind = "count"', 'kind = "number"', "indicator.1.kind", "number", "not_one_of"),
    "another file name": ('code = "bac-kan-2022"', 'code = "bac-kan-2023"', "code", "bac-kan-2023", "not_the_file_name"),
    "an end before the beginning": ("end = 2022-12-31", "end = 2021-12-31", "end", date(2021, 12, 31), "dates_out_of_order"),
    "a dossier before the plan": ("dossier_before = 2023-01-15", "dossier_before = 2021-01-15", "dossier_before", date(2021, 1, 15), "dates_out_of_order"),
    "a task due before it starts": ("due = 2022-12-31", "due = 2021-12-31", "task.NV1.due", date(2021, 12, 31), "dates_out_of_order"),
    "a report before its data": ("report_day = 25", "report_day = 10", "report_day", 10, "days_out_of_order"),
    "an unknown province": ('province = "06"', 'province = "99"', "province", "99", "unknown_unit"),
    "a number twice": ('number = "3"', 'number = "4"', "indicator.4.number", "4", "twice"),
    "a room twice": ('code = "VP"', 'code = "PCNTT"', "room.PCNTT.code", "PCNTT", "twice"),
    "a task twice": ('key = "NV2"', 'key = "NV1"', "task.NV1.key", "NV1", "twice"),
    "a reporter twice": ('code = "BDT"', 'code = "061"', "reporter.061.code", "061", "twice"),
    "an edition twice": ("edition = [", "edition = [{ year = 2020, rank = 1 }, ", "indicator.13.edition", 2020, "twice"),
    "an unknown room": ('room = "PBCVT"', 'room = "PBC"', "indicator.4.room", "PBC", "unknown_room"),
    "a count with fractions": ('entry = "yes_no"', 'entry = "fraction"', "indicator.1.entry", "fraction", "does_not_fit"),
    "a roster that adds up": ('behaviour = "stock"', 'behaviour = "flow"', "indicator.1.behaviour", "flow", "does_not_fit"),
    "a rise of a count": (FIRST_TARGET, "target = { rise_at_least = 2 }", "indicator.1.target", "rise_at_least", "wrong_target"),
    "two targets": (FIRST_TARGET, "target = { at_least = 1, rise_at_least = 2 }", "indicator.1.target", "at_least, rise_at_least", "wrong_target"),
    "no target": (FIRST_TARGET, "target = {}", "indicator.1.target", "", "wrong_target"),
    "a share of nothing": ('denominator = "Tổng số xã, phường, thị trấn"\n', "", "indicator.3.denominator", "", "missing"),
    "a universe of a roster": ('within = "1"', 'within = "1"\nuniverse = 108', "indicator.2.universe", 108, "means_nothing_here"),
    "a year's total of a stock": ("\nmaintain = true", "\nmaintain = true\nexpected_year_total = 7", "indicator.7.expected_year_total", Decimal(7), "means_nothing_here"),
    "within an unknown indicator": ('within = "1"', 'within = "99"', "indicator.2.within", "99", "unknown_indicator"),
    "within itself": ('within = "1"', 'within = "2"', "indicator.2.within", "2", "unknown_indicator"),
    "within a fraction": ('within = "1"', 'within = "4"', "indicator.2.within", "4", "within_no_roster"),
    "an unknown unit of a universe": ('"066" = 1 }', '"067" = 1 }', "indicator.5.universe", "067", "unknown_unit"),
    "a universe in words": ("universe = 1292", 'universe = "1292"', "indicator.4.universe", "1292", "not_whole"),
    "half a centre": ('"066" = 1 }', '"066" = 0.5 }', "indicator.5.universe.066", Decimal("0.5"), "not_whole"),
    "a unit's name for its code": ('"066" = 1 }', '"Na Rì" = 1 }', "indicator.5.universe.Na Rì", "Na Rì", "bad_form"),
    "a reporter of two sorts": ('code = "BDT"', 'code = "BDT"\neach = "agency"', "reporter.BDT", "BDT, agency", "code_or_each"),
    "a name for all districts": ("Thông tin {unit}", "Thông tin", "reporter.district.name", "Phòng Văn hóa và Thông tin", "name_without_unit"),
    "an unknown indicator asked": ('indicators = ["7"]', 'indicators = ["70"]', "reporter.BDT.asks.district.indicators", "70", "unknown_indicator"),
    "an indicator asked elsewhere": ('indicators = ["7"]', 'indicators = ["7", "8"]', "reporter.BDT.asks.district.indicators", "8", "not_at_this_level"),
    "an unknown unit asked": ('indicators = ["7"]', 'indicators = ["7"], units = ["01888"]', "reporter.BDT.asks.district.units", "01888", "unknown_unit"),
    "a duty asked twice": ('indicators = ["7"]', 'indicators = ["7", "6"]', "reporter.BDT", "BDT", "asked_twice"),
    "an indicator nobody reports": ('["8", "10", "11"]', '["8", "11"]', "indicator.10.levels", "agency", "nobody_reports"),
    "a level nobody reports": ('["8", "10", "11"]', '["8", "10"]', "indicator.11.levels", "agency", "nobody_reports"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_of_a_plan_is_named_with_its_path_and_value(case, faults_of):
    old, new, key, value, reason = WRONG[case]
    found = next(f for f in faults_of((old, new)) if (f.key, f.reason) == (key, reason))
    assert value is None or found.value == value
    said = vi.fault(found)
    assert f"/bac-kan-2022.toml, khóa {key}" in said
    assert said.endswith(".")


def test_a_misspelled_key_is_answered_with_the_right_one(faults_of):
    missing, unknown = sorted(faults_of(("\nthings = ", "\nthing = ")), key=lambda f: f.reason)
    assert missing.key == "indicator.1.things"
    assert vi.fault(unknown).endswith("khóa indicator.1.thing = “xã”: không có khóa này; có phải “things”?.")


def test_all_faults_of_a_plan_are_found_at_once(faults_of):
    found = faults_of(
        ('province = "06"', "province = 6"),
        ("as_of_day = 14", 'as_of_day = "14"'),
        (FIRST_TARGET, "target = 100"),
        ("at_least = 96", "atleast = 96"),
    )
    assert [f.key for f in found] == [
        "province",
        "as_of_day",
        "indicator.1.target",
        "indicator.2.target.atleast",
    ]


def test_an_unknown_key_hides_no_other_fault(faults_of):
    found = faults_of(("title =", "titel = 1\ntitle ="), ('room = "PTTBCXB"', 'room = "NOPE"'))
    assert {f.reason for f in found} >= {"unknown_key", "unknown_room"}


def test_faults_that_need_the_units_are_found_together_with_those_that_do_not(faults_of):
    found = faults_of(('room = "PBCVT"', 'room = "X"'), ('indicators = ["7"]', 'indicators = ["70"]'))
    assert {f.reason for f in found} == {"unknown_room", "unknown_indicator"}


def test_broken_toml_is_shown_with_its_line(faults_of):
    (found,) = faults_of(("start = 2022-01-01", "start = 01/01/2022"))
    line = SHIPPED.splitlines().index("start = 2022-01-01") + 1
    assert (found.reason, found.line, found.value) == ("broken_toml", line, "start = 01/01/2022")
    assert f"bac-kan-2022.toml, dòng {line} = “start = 01/01/2022”: viết sai cú pháp TOML" in vi.fault(found)


def test_toml_that_stops_in_the_middle_is_no_traceback(faults_of):
    (found,) = faults_of(text='code = "bac-kan-2022')
    assert found.reason == "broken_toml"
    (found,) = faults_of(text="[[indicator]")
    assert found.line == 1


def test_an_empty_file_lacks_everything(faults_of):
    assert {f.reason for f in faults_of(text="")} == {"missing"}


def test_a_file_in_another_encoding_is_shown_with_its_line(tmp_path, directory):
    path = tmp_path / "bac-kan-2022.toml"
    path.write_bytes(SHIPPED.encode("utf-16"))
    with pytest.raises(PlanError) as caught:
        plan_files.load(path, directory)
    (found,) = caught.value.faults
    assert (found.reason, found.line) == ("not_utf8", 1)


def test_a_file_saved_by_notepad_with_a_byte_order_mark_is_read(tmp_path, directory, plan):
    path = tmp_path / "bac-kan-2022.toml"
    path.write_bytes(SHIPPED.replace("\n", "\r\n").encode("utf-8-sig"))
    assert replace(plan_files.load(path, directory), text=plan.text, source=plan.source) == plan


def test_a_target_above_100_percent_is_doubtful(warnings_of):
    assert ("indicator.3.target.at_least", "over_100") in warnings_of(("at_least = 90", "at_least = 190"))


def test_a_milestone_above_100_percent_is_doubtful(warnings_of):
    found = warnings_of(("decimals = 3", "decimals = 3\nmilestones = { q1 = 10, q4 = 101 }"))
    assert ("indicator.6.milestones.q4", "over_100") in found
    assert ("indicator.6.baseline", "no_pace") not in found


def test_a_baseline_gives_a_pace_and_zero_is_one(warnings_of):
    assert ("indicator.6.baseline", "no_pace") not in warnings_of(
        ("decimals = 3", "decimals = 3\nbaseline = 0")
    )


def test_an_indicator_without_a_room_is_doubtful(warnings_of):
    assert ("indicator.4.room", "no_room") in warnings_of(('room = "PBCVT"\n', ""))


def test_two_is_doubtful_beside_one_whether_or_not_the_file_says_within(warnings_of):
    found = warnings_of(('within = "1"\n', ""))
    assert ("indicator.2.target.at_least", "more_than_asked") in found


def test_less_than_one_asks_for_no_doubt(warnings_of):
    found = warnings_of(("at_least = 96", "at_least = 92"))
    assert ("indicator.2.target.at_least", "more_than_asked") not in found


def test_all_plans_are_read_before_any_fault_is_reported(tmp_path, directory):
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(SHIPPED, "utf-8")
    with pytest.raises(PlanError) as caught:
        plan_files.load_all(tmp_path, directory)
    assert [(f.path.name, f.reason) for f in caught.value.faults if not f.warning] == [
        ("a.toml", "not_the_file_name"),
        ("b.toml", "not_the_file_name"),
    ]


def test_faults_of_units_and_plans_are_listed_together(tmp_path):
    (tmp_path / "plans").mkdir()
    shutil.copytree(DATA / "units", tmp_path / "units")
    (tmp_path / "plans/bac-kan-2022.toml").write_text(
        SHIPPED.replace("at_least = 96", "atleast = 96"), "utf-8"
    )
    with (tmp_path / "units/aliases.csv").open("a", encoding="utf-8") as file:
        file.write("999,Không có,2021-01-01,\n")
    found = [(f.path.name, f.key) for f in plan_files.check(tmp_path)]
    assert found == [("aliases.csv", "code"), ("bac-kan-2022.toml", "indicator.2.target.atleast")]


def test_a_data_folder_without_its_own_files_uses_those_that_came_with_the_program(tmp_path):
    assert plan_files.folder(tmp_path, "units") == DATA / "units"
    (tmp_path / "plans").mkdir()
    assert plan_files.folder(tmp_path, "plans") == tmp_path / "plans"
    assert [f.reason for f in plan_files.check(tmp_path)] == ["no_plans"]
